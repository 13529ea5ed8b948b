"""Traces for OpenTelemetry: each step from a tick or a command to the deliveries that come of it, as a span.

The ids of a trace are made from ours, so that steps on other nodes and after restarts belong to the same trace. Spans
hold what is done and when, and nothing else. Its libraries are an extra: `pip install sitrep[otel]`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from hashlib import blake2b

from bot import VERSION, trace
from bot.model.errors import SettingsError

try:
    from opentelemetry.context import Context
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor
    from opentelemetry.sdk.trace.id_generator import RandomIdGenerator
    from opentelemetry.trace import NonRecordingSpan, SpanContext, TraceFlags, set_span_in_context
except ImportError:
    raise SettingsError(
        "traces need libraries that are not installed", subject="log.traces", hint="pip install sitrep[otel]"
    ) from None

Ids = tuple[int, int]
"""Of a trace, and of the span that begins it."""
_beginning: ContextVar[Ids | None] = ContextVar("beginning", default=None)


class _Ids(RandomIdGenerator):
    """Random ids, but for the span that begins a trace."""

    def generate_trace_id(self) -> int:
        given = _beginning.get()
        return given[0] if given else super().generate_trace_id()

    def generate_span_id(self) -> int:
        given = _beginning.get()
        return given[1] if given else super().generate_span_id()


def export_traces(endpoint: str) -> Callable[[], None]:
    """Send spans to an OTLP collector over HTTP ("http://127.0.0.1:4318/v1/traces"); returns what ends that."""
    resource = Resource({"service.name": "sitrep", "service.version": VERSION})
    provider = TracerProvider(resource=resource, id_generator=_Ids(), shutdown_on_exit=False)
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=endpoint)))
    tracer = provider.get_tracer("sitrep", VERSION)

    @contextmanager
    def step(name: str, what: str, begins: bool) -> Iterator[None]:
        ids = _ids_of(name)
        if begins:
            token = _beginning.set(ids)
            span = tracer.start_span(what, context=Context())
            _beginning.reset(token)
        else:
            first = NonRecordingSpan(SpanContext(*ids, is_remote=True, trace_flags=TraceFlags(TraceFlags.SAMPLED)))
            span = tracer.start_span(what, context=set_span_in_context(first, Context()))
        try:
            yield
        except BaseException as error:
            span.set_attribute("error.type", type(error).__name__)
            raise
        finally:
            span.end()

    def end() -> None:
        trace.follow(None)
        provider.shutdown()

    trace.follow(step)
    return end


def _ids_of(name: str) -> Ids:
    made = blake2b(name.encode(), digest_size=24).digest()
    return int.from_bytes(made[:16], "big"), int.from_bytes(made[16:], "big")
