"""Slack's Web API and Socket Mode on loopback: takes what the real client sends, checks it, and keeps it."""

from __future__ import annotations

import asyncio
import importlib.util
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import lru_cache
from typing import Any

from aiohttp import WSMsgType, web

from adapters.slack import limits
from adapters.slack.budget import methods
from tests.conftest import SHARED


@lru_cache(maxsize=1)
def _checker() -> Any | None:
    file = SHARED / "platforms" / "blockkit_check.py"
    if not file.is_file():
        return None
    loaded = importlib.util.spec_from_file_location("blockkit_check", file)
    assert loaded and loaded.loader
    module = importlib.util.module_from_spec(loaded)
    loaded.loader.exec_module(module)
    return module


class SlackServer:
    """What Slack was asked (`calls`: method and parameters), and how it answers."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.url = ""
        self.refuse: dict[str, list[web.Response]] = {}
        self.admins = {"UADMIN"}
        self.posted: list[dict[str, Any]] = []
        self.sockets: list[web.WebSocketResponse] = []
        self.connected = asyncio.Event()
        self.files: dict[str, bytes] = {}
        self.working_on_pictures = 0
        self.users = 0
        self.used_up: set[str] = set()
        """What tokens were renewed with: it is good once."""
        self.people: dict[str, dict[str, Any]] = {}
        """What is told of somebody beside whether they are an admin, by their id."""

    def of(self, method: str) -> list[dict[str, Any]]:
        """The parameters of all calls of a method."""
        return [given for name, given in self.calls if name == method]

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """One call of the Web API."""
        method = request.match_info["method"]
        given = await self._given(request)
        if self.refuse.get(method):
            return self.refuse[method].pop(0)
        self.calls.append((method, given))
        assert method in methods(), f"{method} has no budget"
        if "view" in given:
            assert_view_sound(given["view"])
        assert_sound(given)
        for unfurled in (given.get("unfurls") or {}).values():
            assert_sound({"text": "beside a link", **unfurled})
        if self.working_on_pictures and any(block["type"] == "image" for block in given.get("blocks") or ()):
            self.working_on_pictures -= 1
            return web.json_response({"ok": False, "error": "invalid_blocks"})
        return web.json_response(self._result(method, given))

    async def _given(self, request: web.Request) -> dict[str, Any]:
        if request.method == "GET":
            return dict(request.query)
        if request.content_type == "application/json":
            return await request.json()
        given = {**request.query, **await request.post()}
        return {
            name: json.loads(value) if name in ("blocks", "metadata", "view", "files") else value
            for name, value in given.items()
        }

    def _result(self, method: str, given: dict[str, Any]) -> dict[str, Any]:
        if method == "users.info":
            return {
                "ok": True,
                "user": {
                    "id": given["user"],
                    "team_id": "T1",
                    "is_admin": given["user"] in self.admins,
                    "tz": "Europe/London",
                    **self.people.get(given["user"], {}),
                },
            }
        if method == "chat.postMessage":
            stamp = f"1700000000.{len(self.posted):06d}"
            self.posted.append({"ts": stamp, "metadata": given.get("metadata"), "channel": given["channel"]})
            return {"ok": True, "ts": stamp, "channel": given["channel"]}
        if method == "conversations.history":
            return {"ok": True, "messages": self.posted[::-1]}
        if method == "files.getUploadURLExternal":
            file_id = f"F{len(self.files)}"
            self.files[file_id] = b""
            return {"ok": True, "file_id": file_id, "upload_url": f"{self.url}upload/{file_id}"}
        if method == "files.completeUploadExternal":
            return {"ok": True, "files": [{"id": file["id"]} for file in given["files"]]}
        if method == "chat.getPermalink":
            return {"ok": True, "permalink": f"https://desk.slack.example/{given['channel']}/{given['message_ts']}"}
        if method == "oauth.v2.access":
            return self._installed(given)
        if method == "apps.connections.open":
            return {"ok": True, "url": self.url.replace("http", "ws", 1) + "socket"}
        return {"ok": True, "user_id": "UBOT", "bot_id": "BBOT", "team_id": "T1"}

    def _installed(self, given: dict[str, Any]) -> dict[str, Any]:
        """What an installation, or the renewal of a token, comes to."""
        used = given.get("refresh_token")
        if used in self.used_up:
            return {"ok": False, "error": "invalid_refresh_token"}
        self.used_up |= {used} if used else set()
        self.users += 1
        return {
            "ok": True,
            "access_token": f"xoxe.xoxb-{self.users}-secret",
            "refresh_token": f"xoxe-{self.users}-refresh",
            "expires_in": 43200,
            "token_type": "bot",
            "scope": "chat:write",
            "bot_user_id": "UBOT",
            "app_id": "A1",
            "team": {"id": "T9", "name": "Nine"},
            "enterprise": None,
            "is_enterprise_install": False,
            "authed_user": {"id": "U9"},
        }

    async def uploaded(self, request: web.Request) -> web.Response:
        """The bytes of a file."""
        given = await request.post() if request.content_type.startswith("multipart/") else None
        if given is not None:
            held = next(iter(given.values()))
            self.files[request.match_info["file"]] = held.file.read()  # type: ignore[union-attr]
        else:
            self.files[request.match_info["file"]] = await request.read()
        return web.Response(text="OK")

    async def responded(self, request: web.Request) -> web.Response:
        """An answer to a command's or button's own address."""
        given = await request.json()
        self.calls.append(("response_url", given))
        assert_sound(given)
        return web.Response(text="ok")

    async def socket(self, request: web.Request) -> web.WebSocketResponse:
        """Socket Mode: says hello, and keeps what is acknowledged."""
        opened = web.WebSocketResponse()
        await opened.prepare(request)
        self.sockets.append(opened)
        await opened.send_json({"type": "hello", "num_connections": 1})
        self.connected.set()
        async for message in opened:
            if message.type == WSMsgType.TEXT and "envelope_id" in message.data:
                self.calls.append(("acknowledged", json.loads(message.data)))
        return opened


def assert_sound(given: dict[str, Any]) -> None:
    """Blocks are what Slack takes, with a text beside them, and links are not unfurled."""
    blocks = given.get("blocks")
    if not blocks:
        return
    assert given["text"].strip()
    if (checker := _checker()) is not None:
        found = checker.check(blocks)
        assert not found, found


def assert_view_sound(view: dict[str, Any]) -> None:
    """A modal or Home is what Slack takes: its blocks, their number, its title."""
    blocks = view["blocks"]
    assert 0 < len(blocks) <= limits.MODAL_BLOCKS
    assert not any(block["type"] == "table" for block in blocks)
    if view["type"] == "modal":
        assert all(
            0 < len(view[part]["text"]) <= limits.MODAL_TITLE for part in ("title", "submit", "close") if part in view
        )
        assert len(view.get("private_metadata", "")) <= limits.PRIVATE_METADATA
        assert "submit" in view or not any(block["type"] == "input" for block in blocks)
    if (checker := _checker()) is not None:
        for start in range(0, len(blocks), 20):
            found = checker.check(blocks[start : start + 20])
            assert not found, found


@asynccontextmanager
async def slack_server(server: SlackServer | None = None, *, port: int = 0) -> AsyncIterator[SlackServer]:
    """The server on a port of loopback (0: a free one)."""
    server = server or SlackServer()
    app = web.Application()
    app.router.add_post("/api/{method}", server.answer)
    app.router.add_get("/api/{method}", server.answer)
    app.router.add_post("/respond", server.responded)
    app.router.add_post("/upload/{file}", server.uploaded)
    app.router.add_get("/api/socket", server.socket)
    app.router.add_get("/socket", server.socket)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    server.url = f"http://127.0.0.1:{runner.addresses[0][1]}/"
    try:
        yield server
    finally:
        for opened in server.sockets:
            await opened.close()
        await runner.cleanup()
