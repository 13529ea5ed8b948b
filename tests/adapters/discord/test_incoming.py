"""Interactions over HTTP: signed, fresh, answered by the same handlers, without a gateway."""

from __future__ import annotations

import asyncio
import json
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from discord.http import Route
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.discord.answers import CROWD
from adapters.discord.client import DiscordDoor
from adapters.discord.incoming import OLDEST, PATH, Signatures
from adapters.web.server import WebDoor
from bot.model.card import Card
from bot.model.command import Asker
from bot.model.errors import SettingsError
from bot.model.subscription import Destination, Subscription
from bot.queries.desk import Desk
from bot.settings import DiscordSettings, Secret, WebSettings
from bot.store import subscriptions, tenants
from tests.adapters.discord.payloads import (
    APPLICATION,
    CHANNEL,
    GUILD,
    USER,
    alone,
    interaction,
    message_of,
    person,
    slash,
)
from tests.adapters.discord.simulated import assert_sound, buttons_of, components_in, text_of
from tests.samples import filled_store, sample_desk

# RFC 8032, section 7.1, TEST 3.
RFC_SECRET = "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7"
RFC_PUBLIC = "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025"
RFC_MESSAGE = bytes.fromhex("af82")
RFC_SIGNATURE = "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"
KEY = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(RFC_SECRET))


def test_a_signature_of_the_standards_vectors_is_right_and_any_other_is_wrong() -> None:
    assert KEY.sign(RFC_MESSAGE).hex() == RFC_SIGNATURE
    signatures = Signatures(RFC_PUBLIC, clock=lambda: 1000.0)
    good = KEY.sign(b"1000{}").hex()
    assert signatures.accept(good, "1000", b"{}")
    for signature, timestamp, body in (
        (KEY.sign(b"1000{}x").hex(), "1000", b"{}"),
        (KEY.sign(b"1001{}").hex(), "1000", b"{}"),
        (good[:-2], "1000", b"{}"),
        ("", "1000", b"{}"),
        ("zz", "1000", b"{}"),
        (RFC_SIGNATURE, "1000", RFC_MESSAGE),
    ):
        assert not Signatures(RFC_PUBLIC, clock=lambda: 1000.0).accept(signature, timestamp, body)


def test_a_request_is_taken_once_and_not_long_after_it_was_signed() -> None:
    now = [1000.0]
    signatures = Signatures(RFC_PUBLIC, clock=lambda: now[0])
    signed = KEY.sign(b"1000{}").hex()
    assert signatures.accept(signed, "1000", b"{}")
    assert not signatures.accept(signed, "1000", b"{}")
    other = KEY.sign(b"1000{1}").hex()
    now[0] = 1000.0 + OLDEST + 1
    assert not signatures.accept(other, "1000", b"{1}")
    for timestamp in ("nan", "inf", "-1", "x", ""):
        assert not signatures.accept(KEY.sign(timestamp.encode() + b"{}").hex(), timestamp, b"{}")


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=140), st.text(max_size=20), st.binary(max_size=60))
def test_no_made_up_signature_is_taken_and_none_raises(signature: str, timestamp: str, body: bytes) -> None:
    assert not Signatures(RFC_PUBLIC).accept(signature, timestamp, body)


@pytest.mark.parametrize("key", ["", "abc", "zz" * 32, "ab" * 31])
def test_a_wrong_public_key_is_told_at_the_start(key: str) -> None:
    with pytest.raises(SettingsError, match="public key"):
        Signatures(key)


def _json(told: Any, *, status: int = 200) -> web.Response:
    """As Discord writes it: without a charset, which discord.py relies on."""
    return web.Response(body=json.dumps(told).encode(), status=status, content_type="application/json")


class World:
    """A bot without a gateway, its web door, and what it asked of Discord."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, Any, float]] = []
        self.url = ""
        self.cdn = ""
        self.files: dict[str, bytes] = {}
        self.guilds: Sequence[str] | int = ()

    async def rest(self, request: web.Request) -> web.StreamResponse:
        """Discord's API, as far as a bot without a gateway needs it."""
        body: Any = None
        if request.content_type == "multipart/form-data":
            form = await request.post()
            body = json.loads(str(form["payload_json"]))
        elif request.can_read_body:
            body = await request.json()
        self.asked.append((request.method, request.path, body, time.monotonic()))
        if (file := self.files.get(request.path.removeprefix("/files/"))) is not None:
            return web.Response(body=file)
        if request.path.endswith("/users/@me/guilds"):
            if isinstance(self.guilds, int):
                return _json({"message": "no", "code": 0}, status=self.guilds)
            return _json([{"id": guild, "name": guild, "icon": None} for guild in self.guilds])
        if request.path.endswith("/users/@me"):
            return _json({"id": APPLICATION, "username": "sitrep", "discriminator": "0", "avatar": None})
        if request.path.endswith("/applications/@me"):
            about = {
                "id": APPLICATION,
                "name": "Sitrep",
                "icon": None,
                "description": "",
                "flags": 0,
                "bot_public": True,
            }
            more = {
                "bot_require_code_grant": False,
                "verify_key": RFC_PUBLIC,
                "summary": "",
                "owner": {"id": USER, "username": "owner", "discriminator": "0", "avatar": None},
                "team": None,
            }
            return _json(about | more)
        if request.path.endswith("/callback"):
            return _json({"interaction": {"id": "1", "type": 2}})
        if request.path.endswith("/commands"):
            return _json([])
        if "/webhooks/" in request.path:
            author = {"id": APPLICATION, "username": "sitrep", "discriminator": "0", "avatar": None}
            told = {
                "id": "5",
                "channel_id": CHANNEL,
                "author": author,
                "content": "",
                "timestamp": "2023-10-20T12:00:00Z",
            }
            lists = {"attachments": [], "embeds": [], "mentions": [], "mention_roles": [], "components": []}
            return _json(
                told
                | lists
                | {"edited_timestamp": None, "tts": False, "mention_everyone": False, "pinned": False, "type": 0}
            )
        return _json({"code": 0, "message": "unknown"}, status=404)

    def of(self, part: str) -> list[tuple[str, str, Any, float]]:
        return [call for call in self.asked if part in call[1]]

    async def send(self, told: dict[str, Any], *, sign: bool = True) -> tuple[int, Any]:
        """Discord's request with this interaction; status and body of the answer."""
        body = json.dumps(told).encode()
        timestamp = str(int(time.time()))
        signature = KEY.sign(timestamp.encode() + body).hex() if sign else "00" * 64
        headers = {
            "X-Signature-Ed25519": signature,
            "X-Signature-Timestamp": timestamp,
            "Content-Type": "application/json",
        }
        async with aiohttp.ClientSession() as session, session.post(self.url, data=body, headers=headers) as response:
            answer = await response.json() if response.content_type == "application/json" else await response.text()
            if isinstance(answer, dict) and "type" in answer and answer["type"] != 1:
                assert_sound("POST", f"/interactions/{told['id']}/{told['token']}/callback", answer)
            return response.status, answer


@asynccontextmanager
async def world(desk: Desk, guilds: Sequence[str] | int = (GUILD,)) -> AsyncIterator[World]:
    """`guilds` are the servers that have us, or the status with which Discord refuses to list them."""
    held = World()
    held.guilds = guilds
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", held.rest)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    base = Route.BASE
    held.cdn = f"http://127.0.0.1:{runner.addresses[0][1]}"
    chosen = DiscordSettings(api_base=f"{held.cdn}/api/v10", gateway=False, public_key=RFC_PUBLIC)
    door = DiscordDoor(chosen, Secret("token"), desk)
    server = WebDoor(WebSettings(port=0), routes=door.http_routes())
    await door.start()
    await server.start()
    held.url = f"http://127.0.0.1:{server._runner.addresses[0][1]}{PATH}"
    try:
        yield held
    finally:
        await server.stop()
        await door.stop()
        Route.BASE = base
        await runner.cleanup()


async def test_discords_ping_is_answered_and_an_unsigned_one_is_not() -> None:
    async with world(sample_desk()) as w:
        assert await w.send({"id": "1", "token": "t", "type": 1, "application_id": APPLICATION}) == (200, {"type": 1})
        status, _ = await w.send({"id": "1", "token": "t", "type": 1}, sign=False)
        assert status == 401


async def test_a_look_up_is_answered_in_the_response_without_a_gateway() -> None:
    async with world(sample_desk()) as w:
        status, answer = await w.send(interaction(2, slash("news", "report", id="karabakh-1"), person()))
        assert status == 200 and answer["type"] == 4
        assert answer["data"]["flags"] & 64
        assert "denied by Armenia MoD" in text_of(answer["data"]["components"])
        assert not w.of("/callback")


@pytest.mark.parametrize("context", [0, 1, 2])
async def test_look_ups_work_for_who_carries_the_bot_along_and_settings_do_not(context: int) -> None:
    async with world(sample_desk()) as w:
        _, answer = await w.send(interaction(2, slash("news", "toll", event="gaza"), alone(context)))
        assert "according to" in text_of(answer["data"]["components"])
        _, refused = await w.send(interaction(2, slash("channel", "reset"), alone(context)))
        assert "may not change" in text_of(refused["data"]["components"])


async def test_completions_buttons_selects_and_forms_come_in_the_same_way() -> None:
    async with world(sample_desk()) as w:
        typing = {"id": "1", "name": "news", "type": 1}
        option = {"name": "event", "type": 3, "value": "kara", "focused": True}
        data = {**typing, "options": [{"name": "toll", "type": 1, "options": [option]}]}
        _, offered = await w.send(interaction(4, data, person()))
        assert offered["type"] == 8 and offered["data"]["choices"][0]["value"].startswith("KAR-")

        _, shown = await w.send(interaction(2, slash("news", "latest", count="10"), person()))
        (select,) = [c for c in components_in(shown["data"]["components"]) if c["type"] == 3]
        message = message_of(shown["data"])
        chosen = {"custom_id": select["custom_id"], "component_type": 3, "values": [select["options"][0]["value"]]}
        _, opened = await w.send(interaction(3, chosen, person(), message=message))
        assert "Claims" in text_of(opened["data"]["components"])

        evidence = buttons_of(opened["data"]["components"])["Evidence"]
        pressed = {"custom_id": evidence, "component_type": 2}
        _, told = await w.send(interaction(3, pressed, person(), message=message_of(opened["data"])))
        assert "characters" in text_of(told["data"]["components"])

        _, form = await w.send(interaction(2, slash("channel", "filter"), person(manages=True)))
        assert form["type"] == 9
        filled = [{"type": 18, "component": {"type": 4, "custom_id": "filter", "value": "country:AM"}}]
        handed_in = {"custom_id": form["data"]["custom_id"], "components": filled}
        _, saved = await w.send(interaction(5, handed_in, person(manages=True)))
        assert "country:AM" in text_of(saved["data"]["components"])
        _, refused = await w.send(interaction(5, handed_in, person()))
        assert "may not change" in text_of(refused["data"]["components"])


async def test_an_answer_with_a_file_goes_to_the_callback_address() -> None:
    async with world(sample_desk()) as w:
        status, _ = await w.send(interaction(2, slash("news", "export", event="gaza"), person()))
        assert status == 202
        ((_, path, body, _),) = w.of("/callback")
        assert body["data"]["attachments"]
        assert_sound("POST", path.removeprefix("/api/v10"), body)


async def test_what_takes_long_is_deferred_and_followed_up_by_the_webhook(monkeypatch: pytest.MonkeyPatch) -> None:
    desk = sample_desk()
    ask = desk.ask

    async def slow(words: Any, asker: Asker) -> Card:
        await asyncio.sleep(0.3)
        return await ask(words, asker)

    monkeypatch.setattr(desk, "ask", slow)
    monkeypatch.setattr("adapters.discord.answers.SOON", 0.1)
    async with world(desk) as w:
        status, answer = await w.send(interaction(2, slash("news", "report", id="karabakh-1"), person()))
        answered = time.monotonic()
        assert status == 200 and answer == {"type": 5, "data": {"flags": 64}}
        for _ in range(100):
            if w.of("/webhooks/"):
                break
            await asyncio.sleep(0.05)
        ((method, path, body, at),) = w.of("/webhooks/")
        assert method == "PATCH" and path.endswith("/messages/@original")
        assert "denied by Armenia MoD" in text_of(body["components"])
        assert at > answered  # never before Discord can know of the deferral


async def test_in_a_crowd_those_who_come_later_are_told_at_once_and_all_are_answered(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    desk = sample_desk()
    ask, gate = desk.ask, asyncio.Event()

    async def held(words: Any, asker: Asker) -> Card:
        await gate.wait()
        return await ask(words, asker)

    monkeypatch.setattr(desk, "ask", held)
    monkeypatch.setattr("adapters.discord.answers.SOON", 3600.0)
    monkeypatch.setattr("adapters.discord.incoming.ARRIVAL", 0.0)
    async with world(desk) as w:
        asked = [
            asyncio.create_task(w.send(interaction(2, slash("news", "report", id="karabakh-1"), person())))
            for _ in range(3 * CROWD)
        ]
        while sum(one.done() for one in asked) < 2 * CROWD:
            await asyncio.wait([one for one in asked if not one.done()], return_when="FIRST_COMPLETED", timeout=20)
        gate.set()  # nobody's work has been done, and two thirds have their first answer
        kinds = Counter(answer["type"] for _, answer in await asyncio.gather(*asked))
        assert kinds == {5: 2 * CROWD, 4: CROWD}
        async with asyncio.timeout(20):
            while len(w.of("/webhooks/")) < 2 * CROWD:  # noqa: ASYNC110  # the stand-in keeps a list
                await asyncio.sleep(0.02)


async def test_what_is_signed_but_no_interaction_is_refused_and_harms_nothing() -> None:
    async with world(sample_desk()) as w:
        for broken in (
            {"id": "1", "token": "t"},
            {"id": "1", "token": "t", "type": 2},
            {"id": "1", "token": "t", "type": "x"},
        ):
            status, _ = await w.send(broken)
            assert status == 400
        assert (await w.send(interaction(2, slash("news", "about"), person())))[0] == 200


@pytest.mark.parametrize("guilds", [(), (GUILD,), 403])
async def test_who_has_removed_us_is_noticed_without_a_gateway_and_never_by_an_answer_that_failed(
    guilds: Sequence[str] | int,
) -> None:
    store = filled_store()
    where = Destination(platform="discord", tenant=f"discord:{GUILD}", channel="1")
    store.write_now(subscriptions.save_subscription, Subscription(id="s1", destination=where))
    async with world(sample_desk(store), guilds) as w:
        await _until(lambda: w.of("/users/@me/guilds"))
        await asyncio.sleep(0.2)
    assert store.read_now(tenants.departed, "discord") == ((f"discord:{GUILD}",) if guilds == () else ())
    async with world(sample_desk(store)):
        await _until(lambda: store.read_now(tenants.departed, "discord") == ())
    held = store.read_now(subscriptions.subscription, "s1")
    assert held is not None and held.paused == ""


async def _until(true: Callable[[], Any]) -> None:
    for _ in range(100):
        if true():
            return
        await asyncio.sleep(0.05)
    raise AssertionError("it did not come to that within 5 s")
