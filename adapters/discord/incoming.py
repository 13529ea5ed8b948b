"""Interactions over HTTP: a second way in, for hosting without a gateway, answered by the same handlers.

Discord signs every request (Ed25519 over the timestamp and the body). The first answer goes out in the body of the
HTTP response, all later ones by the interaction's webhook; an answer with files goes to the callback address, since
Discord refuses larger files in an HTTP response, and the request is then answered with 202.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections import OrderedDict
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import discord
import structlog
from aiohttp import web
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from discord.http import MultipartParameters
from discord.webhook.async_ import AsyncWebhookAdapter, async_context

from bot.model.errors import SettingsError

log = structlog.get_logger()

PATH = "/discord/interactions"
PING, PONG = 1, 1
OLDEST = 300.0
"""Seconds after which a signed request is not taken any more."""
PATIENCE = 2.8
"""Seconds for the first answer; Discord gives up after three."""
ARRIVAL = 0.25
"""Seconds that a deferral is given to arrive before it is followed up."""
_DEFERRALS = {5, 6}
_MOST_SEEN = 10_000


class Signatures:
    """Checks that a request is Discord's, is fresh, and was not seen before."""

    def __init__(self, public_key: str, *, clock: Callable[[], float] = time.time) -> None:
        try:
            self._key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(public_key))
        except ValueError:
            raise SettingsError(
                "this is no public key",
                subject="discord.public_key",
                hint="copy the 64 characters from the developer portal, General Information",
            ) from None
        self._clock = clock
        self._seen: OrderedDict[str, None] = OrderedDict()

    def accept(self, signature: str, timestamp: str, body: bytes) -> bool:
        """Whether the body is to be taken: rightly signed, not older than `OLDEST`, and for the first time."""
        try:
            self._key.verify(bytes.fromhex(signature), timestamp.encode() + body)
            age = abs(self._clock() - float(timestamp))
        except (InvalidSignature, ValueError):
            return False
        if not age <= OLDEST or signature in self._seen:
            return False
        self._seen[signature] = None
        while len(self._seen) > _MOST_SEEN:
            self._seen.popitem(last=False)
        return True


class Incoming:
    """The handler of Discord's requests for one client; `route` mounts it."""

    def __init__(self, client: discord.Client, signatures: Signatures) -> None:
        self._client = client
        self._signatures = signatures

    def route(self) -> web.RouteDef:
        """Where Discord's requests come in."""
        return web.post(PATH, self.take)

    async def take(self, request: web.Request) -> web.StreamResponse:
        """Answer one request."""
        body = await request.read()
        signature = request.headers.get("X-Signature-Ed25519", "")
        timestamp = request.headers.get("X-Signature-Timestamp", "")
        if not self._signatures.accept(signature, timestamp, body):
            return web.Response(status=401, text="the signature does not fit")
        try:
            told = json.loads(body)
            kind = int(told["type"])
        except (ValueError, KeyError, TypeError):
            return web.Response(status=400, text="this is no interaction")
        if kind == PING:
            return web.json_response({"type": PONG})
        return await self._answered(request, told)

    async def _answered(self, request: web.Request, told: dict[str, Any]) -> web.StreamResponse:
        answers = _InTheResponse(asyncio.get_running_loop().create_future())
        # What the handlers start from here on answers through it: tasks take their context along.
        before = async_context.set(answers)
        try:
            self._client._connection.parse_interaction_create(told)  # type: ignore[arg-type]
        except (KeyError, ValueError, TypeError):
            return web.Response(status=400, text="this is no interaction")
        finally:
            async_context.reset(before)
        try:
            payload = await asyncio.wait_for(asyncio.shield(answers.first), PATIENCE)
            response = web.Response(status=202) if payload is None else web.json_response(payload)
            with suppress(ConnectionResetError):  # Discord has hung up: there is nobody to answer
                await response.prepare(request)
                await response.write_eof()
        except TimeoutError:
            log.error("interaction_not_answered", kind=told["type"])
            return web.Response(status=500, text="no answer in time")
        finally:
            answers.sent.set()
        return response


class _InTheResponse(AsyncWebhookAdapter):
    """Keeps the first answer for the HTTP response's body; sends everything after that as usual."""

    def __init__(self, first: asyncio.Future[dict[str, Any] | None]) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.first = first
        self.sent = asyncio.Event()

    async def create_interaction_response(
        self, interaction_id: int, token: str, *, params: MultipartParameters, **options: Any
    ) -> Any:
        if params.files:
            told = await super().create_interaction_response(interaction_id, token, params=params, **options)
            self._answer(None)
            return told
        payload = dict(params.payload or {})
        self._answer(payload)
        if payload.get("type") in _DEFERRALS:
            await self.sent.wait()
            await asyncio.sleep(ARRIVAL)
        return {"interaction": {"id": str(interaction_id), "type": payload.get("type")}}

    def _answer(self, payload: dict[str, Any] | None) -> None:
        if not self.first.done():
            self.first.set_result(payload)
