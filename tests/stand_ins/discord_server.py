"""Discord's REST interface and gateway on loopback: takes what the real client sends, enforces its limits, logs it.

    async with discord_server() as server:            # in the test's own process
    python -m tests.stand_ins.discord_server --port 8100 --journal discord.jsonl --channels 20 --faults 0.05 --seed 7

Enforced: nonces (a repeated one is answered with the message that stands, for three minutes), a bucket a channel and
one for all (429 with Retry-After), sizes of LIMITS.md, `allowed_mentions` on every send and edit, threads once a message,
forums without nonces. `dispatch` sends any gateway event to the connected client.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from aiohttp import WSMsgType, web

from tests.stand_ins.discord_wire import (
    APPLICATION,
    CROSSPOSTED,
    DM,
    FORUM,
    GUILD,
    NEWS,
    TEXT,
    THREAD,
    V2,
    bot_user,
    bucket_headers,
    echoed,
    given_in,
    guild_of,
    in_json,
    message_of,
    patience,
    refusal,
    texts_of,
    thread_of,
    unsound,
)
from tests.stand_ins.journal import Bucket, Faults, Journal

_EPOCH = 1420070400000
_NONCE_SECONDS = 180.0
_ENTRY = web.RequestKey("entry", dict[str, Any])
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class DiscordServer:
    """One guild with channels; `messages` are all that stand, by id."""

    def __init__(
        self,
        *,
        journal: Journal | None = None,
        faults: Faults | None = None,
        per_channel: tuple[int, float] = (5, 5.0),
        per_second: int = 50,
        nonce_seconds: float = _NONCE_SECONDS,
    ) -> None:
        self.journal = journal or Journal()
        self.faults = faults or Faults()
        self.url = ""
        self.channels: dict[int, dict[str, Any]] = {}
        self.messages: dict[int, dict[str, Any]] = {}
        self.sockets: list[web.WebSocketResponse] = []
        self.commands: list[dict[str, Any]] = []
        self.answers: list[dict[str, Any]] = []
        self.refuse: dict[str, list[tuple[int, int]]] = {}
        """(status, code) to be answered next, by "METHOD route" ("POST /channels/{channel}/messages")."""
        self.connected = asyncio.Event()
        self._per_channel = per_channel
        self._buckets: dict[str, Bucket] = {}
        self._all = Bucket(per_second, 1.0)
        self._published: dict[int, Bucket] = {}
        self._nonces: dict[tuple[int, str], tuple[float, int]] = {}
        self._nonce_seconds = nonce_seconds
        self._count = 0
        self._sequence = 0

    def new_id(self) -> int:
        """A snowflake of this moment."""
        self._count += 1
        return (int(time.time() * 1000) - _EPOCH) << 22 | (self._count & 0xFFF)

    def add_channel(self, name: str = "news", *, kind: int = TEXT, number: int = 0, tags: tuple[str, ...] = ()) -> int:
        """A channel of the guild, before the client connects; returns its id."""
        number = number or self.new_id()
        self.channels[number] = {
            "id": str(number),
            "type": kind,
            "guild_id": str(GUILD),
            "name": name,
            "position": len(self.channels),
            "permission_overwrites": [],
            "parent_id": None,
            "flags": 0,
            "nsfw": False,
            "available_tags": [
                {"id": str(self.new_id()), "name": tag, "moderated": False, "emoji_id": None, "emoji_name": None}
                for tag in tags
            ],
        }
        return number

    def of(self, method: str, route: str) -> list[dict[str, Any]]:
        """The journal's entries of a route, as "POST", "/channels/{channel}/messages"."""
        return [entry for entry in self.journal.entries if (entry["method"], entry["route"]) == (method, route)]

    async def dispatch(self, event: str, data: dict[str, Any]) -> None:
        """Send a gateway event to the client."""
        self._sequence += 1
        for socket in self.sockets:
            if not socket.closed:
                await socket.send_json({"op": 0, "t": event, "s": self._sequence, "d": data})

    def routes(self) -> list[web.RouteDef]:
        """All that is answered."""
        table: tuple[tuple[str, str, Handler], ...] = (
            ("GET", "/users/@me", self._me),
            ("GET", "/oauth2/applications/@me", self._application),
            ("GET", "/gateway/bot", self._gateway),
            ("PUT", "/applications/{application}/commands", self._commands),
            ("PUT", "/applications/{application}/guilds/{guild}/commands", self._commands),
            ("POST", "/users/@me/channels", self._open_dm),
            ("GET", "/channels/{channel}", self._channel),
            ("PATCH", "/channels/{channel}", self._edit_channel),
            ("POST", "/channels/{channel}/messages", self._post),
            ("GET", "/channels/{channel}/messages", self._history),
            ("GET", "/channels/{channel}/messages/{message}", self._message),
            ("PATCH", "/channels/{channel}/messages/{message}", self._edit),
            ("DELETE", "/channels/{channel}/messages/{message}", self._delete),
            ("POST", "/channels/{channel}/messages/{message}/threads", self._open_thread),
            ("POST", "/channels/{channel}/messages/{message}/crosspost", self._crosspost),
            ("POST", "/channels/{channel}/threads", self._begin_post),
            ("GET", "/guilds/{guild}/threads/active", self._active),
            ("POST", "/interactions/{interaction}/{token}/callback", self._answered),
            ("POST", "/webhooks/{application}/{token}", self._answered),
            ("PATCH", "/webhooks/{application}/{token}/messages/@original", self._answered),
        )
        found = [
            web.route(method, f"/api/v10{route}", self._guarded(method, route, handler))
            for method, route, handler in table
        ]
        return [*found, web.get("/gateway/", self._socket), web.get("/gateway", self._socket)]

    def _guarded(self, method: str, route: str, handler: Handler) -> Handler:
        """A handler behind the limits and faults; whatever it answers is in the journal."""

        async def guarded(request: web.Request) -> web.StreamResponse:
            entry: dict[str, Any] = {
                "method": method, "route": route, "path": request.path, "channel": request.match_info.get("channel")
            }  # fmt: skip
            request[_ENTRY] = entry
            if refused := self.refuse.get(f"{method} {route}"):
                status, code = refused.pop(0)
                self.journal.note(**entry, status=status, code=code)
                return patience(0.2) if status == 429 else refusal(status, code)
            limited = self._limited(method, route, request)
            if limited is not None:
                self.journal.note(**entry, status=429)
                return limited
            writes = method in ("POST", "PATCH") and route.startswith("/channels/")
            fault = self.faults.draw() if writes else None
            if fault in ("limited", "refused"):
                self.journal.note(**entry, status=429 if fault == "limited" else 500, fault=fault)
                return patience(0.5, shared=True) if fault == "limited" else refusal(500, 0)
            answer = await handler(request)
            self.journal.note(**entry, status=answer.status, fault=fault)
            if fault == "failed":
                return refusal(500, 0)
            if fault == "hangs":
                await asyncio.sleep(self.faults.hang_seconds)
            if fault in ("lost", "hangs") and request.transport is not None:
                request.transport.abort()
            if (bucket := self._buckets.get(self._bucket_of(method, route, request))) is not None:
                answer.headers.update(bucket_headers(bucket, self._bucket_of(method, route, request)))
            return answer

        return guarded

    def _bucket_of(self, method: str, route: str, request: web.Request) -> str:
        return f"{method} {route} {request.match_info.get('channel', '')}"

    def _limited(self, method: str, route: str, request: web.Request) -> web.Response | None:
        if route.startswith(("/interactions", "/webhooks", "/gateway", "/oauth2")):
            return None
        if wait := self._all.wait():
            return patience(wait, globally=True)
        if method in ("POST", "PATCH") and route.startswith("/channels/"):
            name = self._bucket_of(method, route, request)
            bucket = self._buckets.setdefault(name, Bucket(*self._per_channel))
            if wait := bucket.wait():
                answer = patience(wait)
                answer.headers.update(bucket_headers(bucket, name))
                return answer
        return None

    async def _me(self, request: web.Request) -> web.Response:
        return in_json(bot_user())

    async def _application(self, request: web.Request) -> web.Response:
        return in_json(
            {
                "id": str(APPLICATION), "name": "Sitrep", "icon": None, "description": "", "bot_public": True,
                "bot_require_code_grant": False, "verify_key": "0" * 64, "flags": 0, "owner": bot_user(), "team": None,
                "bot": bot_user(),
            }
        )  # fmt: skip

    async def _gateway(self, request: web.Request) -> web.Response:
        limit = {"total": 1000, "remaining": 1000, "reset_after": 0, "max_concurrency": 1}
        url = self.url.replace("http", "ws", 1) + "/gateway"
        return in_json({"url": url, "shards": 1, "session_start_limit": limit})

    async def _commands(self, request: web.Request) -> web.Response:
        self.commands = [
            {**command, "id": str(self.new_id()), "application_id": str(APPLICATION), "version": "1"}
            for command in await request.json()
        ]
        return in_json(self.commands)

    async def _answered(self, request: web.Request) -> web.Response:
        """An answer to an interaction."""
        given, _ = await given_in(request)
        self.answers.append(given)
        if wrong := unsound(given.get("data") or given):
            return refusal(400, 50035, wrong)
        if request.query.get("with_response"):
            return in_json({"interaction": {"id": request.match_info["interaction"], "type": 2}})
        if request.match_info.get("application"):
            return in_json(message_of(self.new_id(), GUILD, {"flags": V2, **given}))
        return web.Response(status=204)

    async def _open_dm(self, request: web.Request) -> web.Response:
        person = int((await request.json())["recipient_id"])
        number = person + 1
        self.channels.setdefault(number, {"id": str(number), "type": DM, "last_message_id": None})
        user = {**bot_user(), "id": str(person), "username": "reader", "bot": False}
        return in_json({**self.channels[number], "recipients": [user]})

    async def _channel(self, request: web.Request) -> web.Response:
        found = self._known(request)
        return in_json(found) if found else refusal(404, 10003)

    async def _edit_channel(self, request: web.Request) -> web.Response:
        found = self._known(request)
        if not found:
            return refusal(404, 10003)
        given = await request.json()
        for tag in given.get("available_tags", ()):
            tag["id"] = str(tag.get("id") or self.new_id())
        found.update(given)
        return in_json(found)

    async def _post(self, request: web.Request) -> web.Response:
        found = self._known(request)
        if not found:
            return refusal(404, 10003)
        if found["type"] == FORUM:
            return refusal(400, 50008)
        given, files = await given_in(request)
        if wrong := unsound(given, sending=True):
            return refusal(400, 50035, wrong)
        channel, nonce = int(found["id"]), str(given.get("nonce") or "")
        request[_ENTRY]["key"] = nonce
        held = self._nonces.get((channel, nonce))
        if given.get("enforce_nonce") and held and time.monotonic() - held[0] < self._nonce_seconds:
            request[_ENTRY].update(message=str(held[1]), repeated=True)
            return in_json(self.messages[held[1]])
        made = self._made(channel, given, files, nonce)
        self._nonces[channel, nonce] = (time.monotonic(), int(made["id"]))
        request[_ENTRY].update(message=made["id"], taken=True, text=texts_of(given))
        return in_json(made)

    def _made(
        self, channel: int, given: dict[str, Any], files: list[dict[str, Any]], nonce: str = ""
    ) -> dict[str, Any]:
        number = self.new_id()
        made = message_of(number, channel, given, files, nonce)
        self.messages[number] = made
        return made

    async def _history(self, request: web.Request) -> web.Response:
        channel, after = request.match_info["channel"], int(request.query.get("after") or 0)
        found = [m for number, m in sorted(self.messages.items()) if m["channel_id"] == channel and number > after]
        kept = (
            found[: int(request.query.get("limit") or 50)] if after else found[-int(request.query.get("limit") or 50) :]
        )
        return in_json(kept[::-1])

    async def _message(self, request: web.Request) -> web.Response:
        found = self.messages.get(int(request.match_info["message"]))
        return in_json(found) if found else refusal(404, 10008)

    async def _edit(self, request: web.Request) -> web.Response:
        found = self.messages.get(int(request.match_info["message"]))
        if not found:
            return refusal(404, 10008)
        given, files = await given_in(request)
        if wrong := unsound(given):
            return refusal(400, 50035, wrong)
        found.update(components=echoed(given.get("components") or []), attachments=files)
        found["edited_timestamp"] = datetime.now(UTC).isoformat()
        request[_ENTRY].update(message=found["id"], text=texts_of(given))
        return in_json(found)

    async def _delete(self, request: web.Request) -> web.Response:
        return web.Response(status=204 if self.messages.pop(int(request.match_info["message"]), None) else 404)

    async def _crosspost(self, request: web.Request) -> web.Response:
        """Publish a message of an announcement channel: ten an hour."""
        found, channel = self.messages.get(int(request.match_info["message"])), self._known(request)
        if not found or not channel:
            return refusal(404, 10008)
        if channel["type"] != NEWS:
            return refusal(403, 50024)
        if found["flags"] & CROSSPOSTED:
            return refusal(400, 40033)
        if wait := self._published.setdefault(int(channel["id"]), Bucket(10, 3600.0)).wait():
            return patience(wait)
        found["flags"] |= CROSSPOSTED
        request[_ENTRY]["message"] = found["id"]
        return in_json(found)

    async def _open_thread(self, request: web.Request) -> web.Response:
        number = int(request.match_info["message"])
        if number not in self.messages:
            return refusal(404, 10008)
        if number in self.channels:
            return refusal(400, 160004)
        given = await request.json()
        if not 1 <= len(given["name"]) <= 100:
            return refusal(400, 50035, "name")
        return in_json(self._thread(number, int(request.match_info["channel"]), given["name"]), status=201)

    def _thread(self, number: int, parent: int, name: str, tags: tuple[str, ...] = ()) -> dict[str, Any]:
        self.channels[number] = thread_of(number, parent, name, tags)
        return self.channels[number]

    async def _begin_post(self, request: web.Request) -> web.Response:
        """A forum's post: a thread with the message that begins it. There is no nonce here."""
        found = self._known(request)
        if not found or found["type"] != FORUM:
            return refusal(400, 50024)
        given, files = await given_in(request)
        tags = tuple(map(str, given.get("applied_tags") or ()))
        message = given.get("message") or {}
        known = {tag["id"] for tag in found["available_tags"]}
        if wrong := unsound(message) or ("applied_tags" if len(tags) > 5 or not known.issuperset(tags) else ""):
            request[_ENTRY]["wrong"] = wrong
            return refusal(400, 50035, wrong)
        made = self._made(0, message, files)
        number = int(made["id"])
        made["channel_id"] = str(number)
        thread = self._thread(number, int(found["id"]), given["name"], tags)
        request[_ENTRY].update(message=made["id"], taken=True, text=texts_of(message), tags=list(tags))
        return in_json({**thread, "message": made}, status=201)

    async def _active(self, request: web.Request) -> web.Response:
        threads = [channel for channel in self.channels.values() if channel["type"] == THREAD]
        return in_json({"threads": threads, "members": []})

    def _known(self, request: web.Request) -> dict[str, Any] | None:
        return self.channels.get(int(request.match_info["channel"]))

    async def _socket(self, request: web.Request) -> web.WebSocketResponse:
        """The gateway: hello, identify or resume, heartbeats."""
        opened = web.WebSocketResponse()
        await opened.prepare(request)
        await opened.send_json({"op": 10, "s": None, "t": None, "d": {"heartbeat_interval": 41250}})
        async for message in opened:
            if message.type != WSMsgType.TEXT:
                continue
            given = json.loads(message.data)
            if given["op"] == 1:
                await opened.send_json({"op": 11, "s": None, "t": None, "d": None})
            elif given["op"] in (2, 6):
                self.sockets.append(opened)
                await self._greet(given)
                self.connected.set()
        return opened

    async def _greet(self, given: dict[str, Any]) -> None:
        if given["op"] == 6:
            await self.dispatch("RESUMED", {})
            return
        shard = given["d"].get("shard") or [0, 1]
        ready = {
            "v": 10, "user": bot_user(), "guilds": [{"id": str(GUILD), "unavailable": True}], "session_id": "s",
            "resume_gateway_url": self.url.replace("http", "ws", 1) + "/gateway", "shard": shard,
            "application": {"id": str(APPLICATION), "flags": 0},
        }  # fmt: skip
        await self.dispatch("READY", ready)
        await self.dispatch("GUILD_CREATE", guild_of(self.channels.values()))


@asynccontextmanager
async def discord_server(server: DiscordServer | None = None, *, port: int = 0) -> AsyncIterator[DiscordServer]:
    """The server on a port of loopback (0: a free one)."""
    made = server or DiscordServer()
    app = web.Application(client_max_size=32 << 20)
    app.router.add_routes(made.routes())
    runner = web.AppRunner(app, shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port, reuse_address=True).start()
    made.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield made
    finally:
        for socket in made.sockets:
            await socket.close()
        await runner.cleanup()


async def _serve(options: argparse.Namespace) -> None:
    server = DiscordServer(
        journal=Journal(options.journal),
        faults=Faults(share=options.faults, seed=options.seed, hang_seconds=options.hang),
    )
    for number in range(options.channels):
        server.add_channel(f"news-{number}", number=GUILD + 100 + number)
    async with discord_server(server, port=options.port):
        print(server.url, flush=True)
        await asyncio.Event().wait()


def main() -> None:
    """Serve until stopped; channels have the ids GUILD + 100, GUILD + 101, …"""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--journal", type=Path)
    parser.add_argument("--channels", type=int, default=1)
    parser.add_argument("--faults", type=float, default=0.0)
    parser.add_argument("--hang", type=float, default=40.0)
    parser.add_argument("--seed", type=int, default=0)
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_serve(parser.parse_args()))


if __name__ == "__main__":
    main()
