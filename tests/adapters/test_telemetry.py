"""Spans from a tick to the deliveries that come of it, as a collector of OpenTelemetry gets them over HTTP."""

from __future__ import annotations

import asyncio
from pathlib import Path

from aiohttp import web
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from adapters.telemetry import export_traces
from bot import trace
from tests.test_newsroom import world


async def test_a_tick_and_the_deliveries_that_come_of_it_are_one_trace_and_tell_nothing_else(tmp_path: Path) -> None:
    got: list[ExportTraceServiceRequest] = []

    async def collect(request: web.Request) -> web.Response:
        got.append(ExportTraceServiceRequest.FromString(await request.read()))
        return web.Response()

    app = web.Application()
    app.router.add_post("/v1/traces", collect)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    end = export_traces(f"http://127.0.0.1:{runner.addresses[0][1]}/v1/traces")
    try:
        async with world(tmp_path) as w:
            await w.tick()
        assert w.board.posts
    finally:
        await asyncio.to_thread(end)
        await runner.cleanup()
    spans = [
        span for request in got for of in request.resource_spans for scope in of.scope_spans for span in scope.spans
    ]
    (first,) = [span for span in spans if span.name == "feed"]
    assert first.parent_span_id == b""
    later = [span for span in spans if span.name in ("file", "deliver")]
    assert len([span for span in later if span.name == "deliver"]) == len(w.board.posts)
    assert {span.trace_id for span in later} == {first.trace_id}
    assert {span.parent_span_id for span in later} == {first.span_id}
    assert all(span.end_time_unix_nano >= span.start_time_unix_nano and not span.attributes for span in spans)


async def test_where_nobody_follows_a_trace_is_an_id_in_the_log_alone() -> None:
    with trace.begun("feed"):
        name = trace.current()
        assert name.startswith("feed-")
    with trace.gone_on(name, "deliver"):
        assert trace.current() == name
    with trace.gone_on("", "deliver"):
        assert trace.current() == ""
