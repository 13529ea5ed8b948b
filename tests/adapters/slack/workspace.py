"""A workspace to test with: the real Bolt app over HTTP, signed requests into it, Slack's Web API on loopback behind it."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlencode

from aiohttp import ClientSession, web

from adapters.slack.app import SlackDoor
from bot.queries.desk import Desk
from bot.settings import Secret, SlackSettings, Tokens
from tests.samples import sample_desk
from tests.stand_ins.slack_server import SlackServer, slack_server

SIGNING = "signing-secret"
TOKEN = "xoxb-very-secret"


class Workspace:
    """A door over HTTP, and the Slack that it talks to."""

    def __init__(self, server: SlackServer, door: SlackDoor, url: str) -> None:
        self.server = server
        self.door = door
        self.url = url
        self._standing = asyncio.all_tasks()

    async def send(self, body: str, *, kind: str, at: float | None = None, signature: str | None = None) -> int:
        """The status of a signed request's answer."""
        return (await self.exchange(body, kind=kind, at=at, signature=signature))[0]

    async def exchange(
        self, body: str, *, kind: str, at: float | None = None, signature: str | None = None
    ) -> tuple[int, str]:
        stamp = str(int(at or time.time()))
        signed = hmac.new(SIGNING.encode(), f"v0:{stamp}:{body}".encode(), hashlib.sha256).hexdigest()
        headers = {
            "X-Slack-Request-Timestamp": stamp,
            "X-Slack-Signature": signature or f"v0={signed}",
            "Content-Type": kind,
        }
        async with ClientSession() as session, session.post(self.url, data=body, headers=headers) as answer:
            told = await answer.text()
            await self._settled()
            return answer.status, told

    async def _settled(self) -> None:
        """The listeners go on after the acknowledgement: wait until nothing is under way that was not before."""
        for _ in range(400):
            await asyncio.sleep(0)
            begun = asyncio.all_tasks() - self._standing - {asyncio.current_task()}
            busy = [task for task in begun if not _serves(task)]
            if not busy:
                return
            await asyncio.wait(busy, timeout=0.05)

    async def form(self, **fields: Any) -> int:
        return await self.send(urlencode(fields), kind="application/x-www-form-urlencoded")

    async def command(self, text: str, *, user: str = "U1") -> str:
        status = await self.form(
            command="/news",
            text=text,
            user_id=user,
            team_id="T1",
            channel_id="C1",
            trigger_id="1",
            response_url=f"{self.server.url}respond",
        )
        assert status == 200
        return self.last_answer()

    async def payload(self, **fields: Any) -> Any:
        """The acknowledgement's content for an interaction; None where it has none."""
        status, told = await self.exchange(
            urlencode({"payload": json.dumps({"team": {"id": "T1"}, **fields})}),
            kind="application/x-www-form-urlencoded",
        )
        assert status == 200, told
        return json.loads(told) if told.startswith("{") else None

    async def press(self, words: str, *, user: str = "U1", **where: Any) -> Any:
        """Press a button that gives a command."""
        action = {"type": "button", "action_id": "sitrep:0", "block_id": "b", "value": words, "action_ts": "1"}
        place = where or {"channel": {"id": "C1"}, "response_url": f"{self.server.url}respond"}
        return await self.payload(type="block_actions", user={"id": user}, trigger_id="9.9", actions=[action], **place)

    async def hand_in(self, view: dict[str, Any], *, user: str = "U1", **filled: Any) -> Any:
        """Hand a form in, with what stands in its fields (option → the element's state)."""
        fields = {block["block_id"]: block["element"] for block in view["blocks"] if block["type"] == "input"}
        values = {name: {fields[name]["action_id"]: state} for name, state in filled.items()}
        return await self.payload(
            type="view_submission",
            user={"id": user},
            trigger_id="9.9",
            view={**view, "id": "V1", "state": {"values": values}},
        )

    async def event(self, event: dict[str, Any], *, event_id: str = "Ev1") -> int:
        body = {"type": "event_callback", "team_id": "T1", "api_app_id": "A1", "event_id": event_id, "event": event}
        return await self.send(json.dumps(body), kind="application/json")

    async def until(self, method: str, times: int = 1) -> None:
        """Wait until Slack has been asked for that so many times (a chart takes a moment), and then for the rest."""
        for _ in range(200):
            if len(self.server.of(method)) >= times:
                break
            await asyncio.sleep(0.05)
        await self._settled()

    def last_answer(self) -> str:
        answers = self.server.of("response_url")
        return plain(answers[-1]) if answers else ""


def _serves(task: asyncio.Task[Any]) -> bool:
    """Whether a task waits for requests: those are open for as long as their connection."""
    return "RequestHandler" in getattr(task.get_coro(), "__qualname__", "")


def plain(given: dict[str, Any]) -> str:
    return json.dumps(given.get("blocks"), ensure_ascii=False).replace("\u2060", "") + given["text"].replace(
        "\u2060", ""
    )


def tokens(*, app: bool = False) -> Tokens:
    return Tokens(slack_bot=Secret(TOKEN), slack_signing=Secret(SIGNING), slack_app=Secret("xapp-1") if app else None)


@asynccontextmanager
async def workspace(desk: Desk | None = None, given: Tokens | None = None) -> AsyncIterator[Workspace]:
    async with slack_server() as server:
        door = SlackDoor(SlackSettings(api_url=f"{server.url}api/"), given or tokens(), desk or sample_desk())
        app = web.Application()
        app.add_routes(door.http_routes())
        runner = web.AppRunner(app)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        await door.start()
        try:
            yield Workspace(server, door, f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events")
        finally:
            await door.stop()
            await runner.cleanup()
