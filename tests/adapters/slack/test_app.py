"""The Slack door: signed requests and a real socket into the real Bolt app, a Web API on loopback behind it."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import pytest
from aiohttp import ClientSession, web

from adapters.slack.app import SlackDoor
from bot.model.errors import SettingsError, TryLater, Undeliverable
from bot.model.subscription import Destination
from bot.queries.cards import report_card
from bot.queries.desk import Desk
from bot.settings import Secret, SlackSettings, Tokens
from bot.shipped import shipped
from tests.samples import sample, sample_desk
from tests.stand_ins.slack_server import SlackServer, slack_server

SIGNING = "signing-secret"
TOKEN = "xoxb-very-secret"


class Workspace:
    """A door over HTTP, and the Slack that it talks to."""

    def __init__(self, server: SlackServer, door: SlackDoor, url: str) -> None:
        self.server = server
        self.door = door
        self.url = url

    async def send(self, body: str, *, kind: str, at: float | None = None, signature: str | None = None) -> int:
        stamp = str(int(at or time.time()))
        signed = hmac.new(SIGNING.encode(), f"v0:{stamp}:{body}".encode(), hashlib.sha256).hexdigest()
        headers = {
            "X-Slack-Request-Timestamp": stamp,
            "X-Slack-Signature": signature or f"v0={signed}",
            "Content-Type": kind,
        }
        async with ClientSession() as session, session.post(self.url, data=body, headers=headers) as answer:
            await answer.read()
            await asyncio.sleep(0.6)  # the listeners go on after the acknowledgement
            return answer.status

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

    async def event(self, event: dict[str, Any], *, event_id: str = "Ev1") -> int:
        body = {"type": "event_callback", "team_id": "T1", "api_app_id": "A1", "event_id": event_id, "event": event}
        return await self.send(json.dumps(body), kind="application/json")

    async def until_answered(self) -> None:
        for _ in range(200):
            if self.server.of("response_url"):
                await asyncio.sleep(0.3)
                return
            await asyncio.sleep(0.05)

    def last_answer(self) -> str:
        answers = self.server.of("response_url")
        return plain(answers[-1]) if answers else ""


def plain(given: dict[str, Any]) -> str:
    return json.dumps(given.get("blocks"), ensure_ascii=False).replace("\u2060", "") + given["text"].replace(
        "\u2060", ""
    )


def tokens(*, app: bool = False) -> Tokens:
    return Tokens(slack_bot=Secret(TOKEN), slack_signing=Secret(SIGNING), slack_app=Secret("xapp-1") if app else None)


@asynccontextmanager
async def workspace(desk: Desk | None = None) -> AsyncIterator[Workspace]:
    async with slack_server() as server:
        door = SlackDoor(SlackSettings(api_url=f"{server.url}api/"), tokens(), desk or sample_desk())
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


async def test_a_command_is_answered_to_the_asker_alone_unless_shared() -> None:
    async with workspace() as slack:
        answer = await slack.command("report karabakh-1")
        assert "Azerbaijan MoD" in answer and "denied by Armenia MoD" in answer
        assert "killed" not in answer
        assert slack.server.of("response_url")[-1]["response_type"] == "ephemeral"
        await slack.command("toll gaza share")
        assert slack.server.of("response_url")[-1]["response_type"] == "in_channel"


async def test_an_export_and_a_charts_words_follow_the_answer() -> None:
    async with workspace() as slack:
        await slack.command("export gaza format:csv")
        told = "".join(plain(given) for given in slack.server.of("response_url"))
        assert "report,figure,at" in told and "471" in told
        slack.server.calls.clear()
        await slack.command("toll gaza view:timeline")
        await slack.until_answered()
        told = "".join(plain(given) for given in slack.server.of("response_url"))
        assert "The picture in words" in told


async def test_a_button_gives_its_command() -> None:
    async with workspace() as slack:
        await slack.command("report ahli-1")
        (actions,) = [b for b in slack.server.of("response_url")[-1]["blocks"] if b["type"] == "actions"]
        evidence = next(e for e in actions["elements"] if e["text"]["text"] == "Evidence")
        pressed = {
            "type": "block_actions",
            "team": {"id": "T1"},
            "user": {"id": "U1"},
            "channel": {"id": "C1"},
            "response_url": f"{slack.server.url}respond",
            "actions": [{**evidence, "block_id": "b", "action_ts": "1"}],
        }
        assert await slack.form(payload=json.dumps(pressed)) == 200
        assert "characters" in slack.last_answer()


async def test_a_mention_is_answered_in_its_thread_once() -> None:
    async with workspace() as slack:
        event = {
            "type": "app_mention",
            "user": "U1",
            "text": "<@UBOT> who denies the attack on the hospital in Gaza?",
            "channel": "C1",
            "ts": "5.5",
        }
        await slack.event(event)
        await slack.event(event)  # Slack repeats what it thinks was not taken
        (posted,) = slack.server.of("chat.postMessage")
        assert posted["thread_ts"] == "5.5"


async def test_a_direct_message_is_answered_and_our_own_are_not() -> None:
    async with workspace() as slack:
        message = {
            "type": "message",
            "channel_type": "im",
            "user": "U1",
            "text": "how many killed in Gaza?",
            "channel": "D1",
            "ts": "6.6",
        }
        await slack.event({**message, "bot_id": "BBOT"}, event_id="own")
        assert not slack.server.of("chat.postMessage")
        await slack.event(message)
        (posted,) = slack.server.of("chat.postMessage")
        assert "according to" in plain(posted)


async def test_only_admins_may_change_what_is_posted() -> None:
    async with workspace() as slack:
        assert "you may not change" in (await slack.command("channel setup")).lower()
        assert "Saved" in await slack.command("channel setup country:AM", user="UADMIN")


@pytest.mark.parametrize("wrong", ["forged", "late"])
async def test_a_forged_or_late_request_is_refused(wrong: str) -> None:
    async with workspace() as slack:
        body = urlencode({"command": "/news", "text": "latest", "user_id": "U1", "team_id": "T1"})
        kind = "application/x-www-form-urlencoded"
        if wrong == "forged":
            assert await slack.send(body, kind=kind, signature="v0=" + "0" * 64) == 401
        else:
            assert await slack.send(body, kind=kind, at=time.time() - 600) == 401
        assert not slack.server.of("response_url")


async def test_a_message_shortcut_reads_claims() -> None:
    async with workspace() as slack:
        shortcut = {
            "type": "message_action",
            "callback_id": "extract_claims",
            "team": {"id": "T1"},
            "user": {"id": "U1"},
            "channel": {"id": "C1"},
            "response_url": f"{slack.server.url}respond",
            "message": {"text": "The mayor of Kharkiv said two residents were injured. Moscow denied responsibility."},
        }
        assert await slack.form(payload=json.dumps(shortcut)) == 200
        assert "two residents were injured" in slack.last_answer()


async def test_a_card_is_posted_with_its_key_and_found_by_it() -> None:
    async with workspace() as slack:
        where = Destination(platform="slack", tenant="slack:T1", channel="C1")
        posted = await slack.door.platform.send(where, report_card(*sample("karabakh-1")), key="k" * 25)
        (call,) = slack.server.of("chat.postMessage")
        assert call["metadata"]["event_payload"]["key"] == "k" * 25
        assert str(call["unfurl_links"]).lower() in ("0", "false")
        since = datetime.now(UTC)
        assert await slack.door.platform.find(where, "k" * 25, since=since) == posted
        with pytest.raises(TryLater) as later:
            await slack.door.platform.find(where, "other", since=since)
        assert 50 < later.value.retry_after <= 60 and not later.value.unsure, "read once a minute, and no oftener"
        await slack.door.platform.edit(where, posted, report_card(*sample("karabakh-1"), revised=True))
        assert slack.server.of("chat.update")[0]["ts"] == posted.message


async def test_slacks_errors_become_ours() -> None:
    async with workspace() as slack:
        where = Destination(platform="slack", tenant="slack:T1", channel="C1")
        card = report_card(*sample("karabakh-1"))
        slack.server.refuse["chat.postMessage"] = [
            web.json_response({"ok": False, "error": "ratelimited"}, status=429, headers={"Retry-After": "7"}),
            web.json_response({"ok": False, "error": "is_archived"}),
        ]
        with pytest.raises(TryLater) as later:
            await slack.door.platform.send(where, card, key="a")
        assert later.value.retry_after == 7
        with pytest.raises(Undeliverable, match="is_archived"):
            await slack.door.platform.send(where, card, key="a")


async def test_a_wrong_token_is_one_line_that_names_the_setting_and_not_the_token() -> None:
    async with slack_server() as server:
        server.refuse["auth.test"] = [web.json_response({"ok": False, "error": "invalid_auth"})]
        door = SlackDoor(SlackSettings(api_url=f"{server.url}api/"), tokens(), sample_desk())
        with pytest.raises(SettingsError) as caught:
            await door.start()
        assert "SLACK_BOT_TOKEN" in str(caught.value) and "\n" not in str(caught.value)
        assert TOKEN not in str(caught.value)


async def test_over_socket_mode_commands_are_acknowledged_and_answered() -> None:
    async with slack_server() as server:
        door = SlackDoor(SlackSettings(api_url=f"{server.url}api/"), tokens(app=True), sample_desk())
        await door.start()
        try:
            await asyncio.wait_for(server.connected.wait(), 10)
            payload = {
                "command": "/news",
                "text": "latest",
                "user_id": "U1",
                "team_id": "T1",
                "channel_id": "C1",
                "response_url": f"{server.url}respond",
            }
            await server.sockets[0].send_json({"type": "slash_commands", "envelope_id": "e1", "payload": payload})
            for _ in range(100):
                if server.of("response_url"):
                    break
                await asyncio.sleep(0.05)
            assert server.of("acknowledged")[0]["envelope_id"] == "e1"
            assert "Latest reports" in plain(server.of("response_url")[0])
        finally:
            await door.stop()


def test_the_manifest_asks_for_what_is_used_and_no_more() -> None:
    manifest = json.loads(shipped("config/slack-manifest.json").read_text(encoding="utf-8"))
    scopes = set(manifest["oauth_config"]["scopes"]["bot"])
    uses = {
        "commands": "slash command and shortcuts",
        "app_mentions:read": "app_mention",
        "im:history": "message.im",
        "chat:write": "chat.postMessage, chat.update",
        "users:read": "users.info",
        "channels:history": "conversations.history in public channels",
        "groups:history": "conversations.history in private channels",
    }
    assert scopes == set(uses)
    assert set(manifest["settings"]["event_subscriptions"]["bot_events"]) == {
        "app_home_opened",
        "app_mention",
        "message.im",
    }
    assert {s["callback_id"] for s in manifest["features"]["shortcuts"]} == {"extract_claims", "show_evidence"}
