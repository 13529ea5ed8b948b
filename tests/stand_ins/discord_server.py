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

from tests.stand_ins.journal import Bucket, Faults, Journal

BOT = 900000000000000001
APPLICATION = 900000000000000002
GUILD = 900000000000000010
_EPOCH = 1420070400000
_NONCE_SECONDS = 180.0
_V2 = 1 << 15
TEXT, FORUM, THREAD, DM = 0, 15, 11, 1
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
                return _patience(0.2) if status == 429 else _error(status, code)
            limited = self._limited(method, route, request)
            if limited is not None:
                self.journal.note(**entry, status=429)
                return limited
            writes = method in ("POST", "PATCH") and route.startswith("/channels/")
            fault = self.faults.draw() if writes else None
            if fault in ("limited", "refused"):
                self.journal.note(**entry, status=429 if fault == "limited" else 500, fault=fault)
                return _patience(0.5, shared=True) if fault == "limited" else _error(500, 0)
            answer = await handler(request)
            self.journal.note(**entry, status=answer.status, fault=fault)
            if fault == "failed":
                return _error(500, 0)
            if fault == "hangs":
                await asyncio.sleep(self.faults.hang_seconds)
            if fault in ("lost", "hangs") and request.transport is not None:
                request.transport.abort()
            if (bucket := self._buckets.get(self._bucket_of(method, route, request))) is not None:
                answer.headers.update(_bucket_headers(bucket, self._bucket_of(method, route, request)))
            return answer

        return guarded

    def _bucket_of(self, method: str, route: str, request: web.Request) -> str:
        return f"{method} {route} {request.match_info.get('channel', '')}"

    def _limited(self, method: str, route: str, request: web.Request) -> web.Response | None:
        if route.startswith(("/interactions", "/webhooks", "/gateway", "/oauth2")):
            return None
        if wait := self._all.wait():
            return _patience(wait, globally=True)
        if method in ("POST", "PATCH") and route.startswith("/channels/"):
            name = self._bucket_of(method, route, request)
            bucket = self._buckets.setdefault(name, Bucket(*self._per_channel))
            if wait := bucket.wait():
                answer = _patience(wait)
                answer.headers.update(_bucket_headers(bucket, name))
                return answer
        return None

    async def _me(self, request: web.Request) -> web.Response:
        return _json(_bot())

    async def _application(self, request: web.Request) -> web.Response:
        return _json(
            {
                "id": str(APPLICATION), "name": "Sitrep", "icon": None, "description": "", "bot_public": True,
                "bot_require_code_grant": False, "verify_key": "0" * 64, "flags": 0, "owner": _bot(), "team": None,
                "bot": _bot(),
            }
        )  # fmt: skip

    async def _gateway(self, request: web.Request) -> web.Response:
        limit = {"total": 1000, "remaining": 1000, "reset_after": 0, "max_concurrency": 1}
        url = self.url.replace("http", "ws", 1) + "/gateway"
        return _json({"url": url, "shards": 1, "session_start_limit": limit})

    async def _commands(self, request: web.Request) -> web.Response:
        self.commands = [
            {**command, "id": str(self.new_id()), "application_id": str(APPLICATION), "version": "1"}
            for command in await request.json()
        ]
        return _json(self.commands)

    async def _answered(self, request: web.Request) -> web.Response:
        """An answer to an interaction."""
        given, _ = await _given(request)
        self.answers.append(given)
        if wrong := _unsound(given.get("data") or given):
            return _error(400, 50035, wrong)
        if request.query.get("with_response"):
            return _json({"interaction": {"id": request.match_info["interaction"], "type": 2}})
        if request.match_info.get("application"):
            return _json(self._followed_up(given))
        return web.Response(status=204)

    def _followed_up(self, given: dict[str, Any]) -> dict[str, Any]:
        """The message that an interaction's webhook gives back."""
        empty: dict[str, Any] = {"attachments": [], "embeds": [], "mentions": [], "mention_roles": [], "content": ""}
        state = {"tts": False, "pinned": False, "mention_everyone": False, "type": 0, "edited_timestamp": None}
        where = {"id": str(self.new_id()), "channel_id": str(GUILD), "author": _bot()}
        at = {"timestamp": datetime.now(UTC).isoformat(), "flags": given.get("flags", _V2)}
        return {**where, **at, **empty, **state, "components": _echoed(given.get("components") or [])}

    async def _open_dm(self, request: web.Request) -> web.Response:
        person = int((await request.json())["recipient_id"])
        number = person + 1
        self.channels.setdefault(number, {"id": str(number), "type": DM, "last_message_id": None})
        user = {**_bot(), "id": str(person), "username": "reader", "bot": False}
        return _json({**self.channels[number], "recipients": [user]})

    async def _channel(self, request: web.Request) -> web.Response:
        found = self._known(request)
        return _json(found) if found else _error(404, 10003)

    async def _edit_channel(self, request: web.Request) -> web.Response:
        found = self._known(request)
        if not found:
            return _error(404, 10003)
        given = await request.json()
        for tag in given.get("available_tags", ()):
            tag["id"] = str(tag.get("id") or self.new_id())
        found.update(given)
        return _json(found)

    async def _post(self, request: web.Request) -> web.Response:
        found = self._known(request)
        if not found:
            return _error(404, 10003)
        if found["type"] == FORUM:
            return _error(400, 50008)
        given, files = await _given(request)
        if wrong := _unsound(given, sending=True):
            return _error(400, 50035, wrong)
        channel, nonce = int(found["id"]), str(given.get("nonce") or "")
        request[_ENTRY]["key"] = nonce
        held = self._nonces.get((channel, nonce))
        if given.get("enforce_nonce") and held and time.monotonic() - held[0] < self._nonce_seconds:
            request[_ENTRY].update(message=str(held[1]), repeated=True)
            return _json(self.messages[held[1]])
        made = self._made(channel, given, files, nonce)
        self._nonces[channel, nonce] = (time.monotonic(), int(made["id"]))
        request[_ENTRY].update(message=made["id"], taken=True, text=_texts(given))
        return _json(made)

    def _made(
        self, channel: int, given: dict[str, Any], files: list[dict[str, Any]], nonce: str = ""
    ) -> dict[str, Any]:
        number = self.new_id()
        made = {
            "id": str(number), "channel_id": str(channel), "author": _bot(), "content": given.get("content") or "",
            "timestamp": datetime.now(UTC).isoformat(), "edited_timestamp": None, "tts": False,
            "mention_everyone": False, "mentions": [], "mention_roles": [], "attachments": files, "embeds": [],
            "pinned": False, "type": 0, "flags": given.get("flags", 0), "nonce": nonce,
            "components": _echoed(given.get("components") or []),
        }  # fmt: skip
        self.messages[number] = made
        return made

    async def _history(self, request: web.Request) -> web.Response:
        channel, after = request.match_info["channel"], int(request.query.get("after") or 0)
        found = [m for number, m in sorted(self.messages.items()) if m["channel_id"] == channel and number > after]
        kept = (
            found[: int(request.query.get("limit") or 50)] if after else found[-int(request.query.get("limit") or 50) :]
        )
        return _json(kept[::-1])

    async def _message(self, request: web.Request) -> web.Response:
        found = self.messages.get(int(request.match_info["message"]))
        return _json(found) if found else _error(404, 10008)

    async def _edit(self, request: web.Request) -> web.Response:
        found = self.messages.get(int(request.match_info["message"]))
        if not found:
            return _error(404, 10008)
        given, files = await _given(request)
        if wrong := _unsound(given):
            return _error(400, 50035, wrong)
        found.update(components=_echoed(given.get("components") or []), attachments=files)
        found["edited_timestamp"] = datetime.now(UTC).isoformat()
        request[_ENTRY].update(message=found["id"], text=_texts(given))
        return _json(found)

    async def _delete(self, request: web.Request) -> web.Response:
        return web.Response(status=204 if self.messages.pop(int(request.match_info["message"]), None) else 404)

    async def _open_thread(self, request: web.Request) -> web.Response:
        number = int(request.match_info["message"])
        if number not in self.messages:
            return _error(404, 10008)
        if number in self.channels:
            return _error(400, 160004)
        given = await request.json()
        if not 1 <= len(given["name"]) <= 100:
            return _error(400, 50035, "name")
        return _json(self._thread(number, int(request.match_info["channel"]), given["name"]), status=201)

    def _thread(self, number: int, parent: int, name: str, tags: tuple[str, ...] = ()) -> dict[str, Any]:
        self.channels[number] = {
            "id": str(number), "type": THREAD, "guild_id": str(GUILD), "parent_id": str(parent), "owner_id": str(BOT),
            "name": name, "message_count": 0, "member_count": 1, "rate_limit_per_user": 0, "flags": 0, "applied_tags": list(tags),
            "thread_metadata": {
                "archived": False, "auto_archive_duration": 1440, "locked": False,
                "archive_timestamp": datetime.now(UTC).isoformat(),
            },
        }  # fmt: skip
        return self.channels[number]

    async def _begin_post(self, request: web.Request) -> web.Response:
        """A forum's post: a thread with the message that begins it. There is no nonce here."""
        found = self._known(request)
        if not found or found["type"] != FORUM:
            return _error(400, 50024)
        given, files = await _given(request)
        tags = tuple(map(str, given.get("applied_tags") or ()))
        message = given.get("message") or {}
        known = {tag["id"] for tag in found["available_tags"]}
        if wrong := _unsound(message) or ("applied_tags" if len(tags) > 5 or not known.issuperset(tags) else ""):
            request[_ENTRY]["wrong"] = wrong
            return _error(400, 50035, wrong)
        made = self._made(0, message, files)
        number = int(made["id"])
        made["channel_id"] = str(number)
        thread = self._thread(number, int(found["id"]), given["name"], tags)
        request[_ENTRY].update(message=made["id"], taken=True, text=_texts(message), tags=list(tags))
        return _json({**thread, "message": made}, status=201)

    async def _active(self, request: web.Request) -> web.Response:
        threads = [channel for channel in self.channels.values() if channel["type"] == THREAD]
        return _json({"threads": threads, "members": []})

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
            "v": 10, "user": _bot(), "guilds": [{"id": str(GUILD), "unavailable": True}], "session_id": "s",
            "resume_gateway_url": self.url.replace("http", "ws", 1) + "/gateway", "shard": shard,
            "application": {"id": str(APPLICATION), "flags": 0},
        }  # fmt: skip
        await self.dispatch("READY", ready)
        await self.dispatch("GUILD_CREATE", self._guild())

    def _guild(self) -> dict[str, Any]:
        everybody = {
            "id": str(GUILD), "name": "@everyone", "color": 0, "hoist": False, "position": 0, "managed": False,
            "permissions": str((1 << 53) - 1), "mentionable": False,
        }  # fmt: skip
        member = {
            "user": _bot(),
            "roles": [],
            "joined_at": datetime.now(UTC).isoformat(),
            "deaf": False,
            "mute": False,
            "flags": 0,
        }
        own = [channel for channel in self.channels.values() if channel["type"] in (TEXT, FORUM)]
        return {
            "id": str(GUILD), "name": "Guild", "owner_id": str(BOT), "roles": [everybody], "channels": own,
            "threads": [channel for channel in self.channels.values() if channel["type"] == THREAD],
            "members": [member], "member_count": 1, "large": False, "emojis": [], "stickers": [], "features": [],
            "voice_states": [], "presences": [], "stage_instances": [], "guild_scheduled_events": [],
            "soundboard_sounds": [], "verification_level": 0, "default_message_notifications": 0,
            "explicit_content_filter": 0, "mfa_level": 0, "system_channel_flags": 0, "premium_tier": 0,
            "preferred_locale": "en-US", "nsfw_level": 0, "premium_progress_bar_enabled": False, "afk_timeout": 300,
            "unavailable": False,
        }  # fmt: skip


def _bot() -> dict[str, Any]:
    return {
        "id": str(BOT), "username": "sitrep", "discriminator": "0", "global_name": None, "avatar": None, "bot": True,
        "mfa_enabled": True, "verified": True, "email": None, "flags": 0, "public_flags": 0, "locale": "en-US",
    }  # fmt: skip


def _json(value: Any, *, status: int = 200, headers: dict[str, str] | None = None) -> web.Response:
    """JSON by exactly the content type that the client looks for."""
    content = json.dumps(value).encode()
    return web.Response(body=content, status=status, headers=headers, content_type="application/json")


def _error(status: int, code: int, message: str = "") -> web.Response:
    return _json({"message": message or f"error {code}", "code": code}, status=status)


def _patience(wait: float, *, globally: bool = False, shared: bool = False) -> web.Response:
    headers = {"Retry-After": f"{wait:.3f}", "Via": "1.1 google", "X-RateLimit-Scope": "shared" if shared else "user"}
    if globally:
        headers["X-RateLimit-Global"] = "true"
    body = {"message": "You are being rate limited.", "retry_after": round(wait, 3), "global": globally}
    return _json(body, status=429, headers=headers)


def _bucket_headers(bucket: Bucket, name: str) -> dict[str, str]:
    reset = bucket.reset_after
    return {
        "X-RateLimit-Limit": str(bucket.most), "X-RateLimit-Remaining": str(max(0, bucket.left)),
        "X-RateLimit-Reset-After": f"{reset:.3f}", "X-RateLimit-Reset": f"{time.time() + reset:.3f}",
        "X-RateLimit-Bucket": name.rpartition(" ")[0].encode().hex()[:32],
    }  # fmt: skip


async def _given(request: web.Request) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """A request's JSON, and its files as attachments."""
    if request.content_type != "multipart/form-data":
        return await request.json(), []
    form = await request.post()
    files = []
    for name, value in form.items():
        if isinstance(value, web.FileField):
            content = value.file.read()
            files.append(
                {
                    "id": str(len(files) + 1), "filename": value.filename, "size": len(content),
                    "url": f"http://files/{value.filename}", "proxy_url": f"http://files/{value.filename}", "field": name,
                }
            )  # fmt: skip
    return json.loads(str(form["payload_json"])), files


def _walk(components: list[dict[str, Any]]) -> list[dict[str, Any]]:
    found = []
    for component in components:
        found += [component, *_walk(component.get("components") or [])]
        if component.get("accessory"):
            found += _walk([component["accessory"]])
    return found


def _texts(given: dict[str, Any]) -> str:
    return "\n".join(c["content"] for c in _walk(given.get("components") or []) if c.get("type") == 10)


def _unsound(given: dict[str, Any], *, sending: bool = False) -> str:
    """What of a message Discord would refuse, in a word; "" where it is sound."""
    components = _walk(given.get("components") or [])
    ids = [c["custom_id"] for c in components if c.get("custom_id")]
    mentions = given.get("allowed_mentions")
    checks = {
        "flags": bool(components) and not given.get("flags", 0) & _V2 and sending,
        "content": bool(components) and bool(given.get("content")),
        "allowed_mentions": bool(components) and (mentions is None or mentions.get("parse") not in ([], None)),
        "components": len(components) > 40,
        "text": len(_texts(given)) > 4000,
        "custom_id": len(ids) != len(set(ids)) or any(len(one) > 100 for one in ids),
        "label": any(len(c.get("label") or "") > 80 for c in components if c.get("type") == 2),
        "url": any(len(c.get("url") or "") > 512 for c in components),
        "nonce": sending and not 0 < len(str(given.get("nonce") or "")) <= 25,
    }
    return next((name for name, wrong in checks.items() if wrong), "")


def _echoed(components: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Components as Discord gives them back: each with an id, media resolved."""
    for number, component in enumerate(_walk(components), 1):
        component.setdefault("id", number)
        for media in [component.get("file"), *(item.get("media") for item in component.get("items") or [])]:
            if media:
                media.update(proxy_url=media["url"], height=None, width=None, content_type="text/plain")
        if component.get("type") == 13:
            component.update(name="file", size=1)
    return components


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
