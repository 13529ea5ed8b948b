"""Socket Mode over a real socket: acknowledged, answered, opened anew when Slack asks for it or the line breaks."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from adapters.slack.app import SlackDoor
from bot.settings import SlackSettings
from tests.adapters.slack.workspace import plain, tokens
from tests.samples import sample_desk
from tests.stand_ins.slack_server import SlackServer, slack_server


@asynccontextmanager
async def connected() -> AsyncIterator[SlackServer]:
    async with slack_server() as server:
        door = SlackDoor(SlackSettings(api_url=f"{server.url}api/"), tokens(app=True), sample_desk())
        await door.start()
        try:
            await asyncio.wait_for(server.connected.wait(), 10)
            yield server
        finally:
            await door.stop()


async def given(server: SlackServer, envelope: str, kind: str = "slash_commands", **payload: Any) -> None:
    """Send an envelope down the newest socket, and wait until it has been acknowledged."""
    before = len(server.of("acknowledged"))
    await server.sockets[-1].send_json({"type": kind, "envelope_id": envelope, "payload": payload})
    await until(lambda: len(server.of("acknowledged")) > before)


def command(server: SlackServer, text: str) -> dict[str, Any]:
    who = {"user_id": "U1", "team_id": "T1", "channel_id": "C1", "response_url": f"{server.url}respond"}
    return {"command": "/news", "text": text, **who}


async def until(true: Any) -> None:
    for _ in range(400):
        if true():
            return
        await asyncio.sleep(0.05)
    raise AssertionError("it did not come to that within 20 s")


async def test_commands_and_events_are_acknowledged_and_answered() -> None:
    async with connected() as server:
        await given(server, "e1", **command(server, "latest"))
        await until(lambda: server.of("response_url"))
        assert "Latest reports" in plain(server.of("response_url")[0])
        mention = {"type": "app_mention", "user": "U1", "channel": "C1", "ts": "5.5", "text": "<@UBOT> latest"}
        for envelope in ("e2", "e3"):  # Slack sends again what it thinks was not taken
            await given(
                server, envelope, "events_api", type="event_callback", team_id="T1", event_id="Ev1", event=mention
            )
        await until(lambda: server.of("chat.postMessage"))
        assert [told["envelope_id"] for told in server.of("acknowledged")] == ["e1", "e2", "e3"]
        assert len(server.of("chat.postMessage")) == 1


@pytest.mark.parametrize("reason", ["warning", "refresh_requested", "the line breaks"])
async def test_a_socket_that_ends_is_opened_anew_and_answers_on(reason: str) -> None:
    async with connected() as server:
        server.connected.clear()
        if reason == "the line breaks":
            transport = server.sockets[0]._req.transport  # type: ignore[union-attr]  # as if a cable had been pulled
            assert transport is not None
            transport.abort()
        else:
            await server.sockets[0].send_json({"type": "disconnect", "reason": reason})
        await asyncio.wait_for(server.connected.wait(), 30)
        await given(server, "e2", **command(server, "latest"))
        await until(lambda: server.of("response_url"))
        assert [told["envelope_id"] for told in server.of("acknowledged")] == ["e2"]
