"""The Slack door: signed requests and a real socket into the real Bolt app, a Web API on loopback behind it."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime
from urllib.parse import urlencode

import pytest
from aiohttp import web

from adapters.slack.app import SlackDoor
from bot.model.errors import SettingsError, TryLater, Undeliverable
from bot.model.subscription import Destination
from bot.queries.cards import report_card
from bot.settings import SlackSettings
from tests.adapters.slack.workspace import TOKEN, plain, tokens, workspace
from tests.samples import sample, sample_desk
from tests.stand_ins.slack_server import slack_server


async def test_a_command_is_answered_to_the_asker_alone_unless_shared() -> None:
    async with workspace() as slack:
        answer = await slack.command("report karabakh-1")
        assert "Azerbaijan MoD" in answer and "denied by Armenia MoD" in answer
        assert "killed" not in answer
        assert slack.server.of("response_url")[-1]["response_type"] == "ephemeral"
        await slack.command("toll gaza share")
        assert slack.server.of("response_url")[-1]["response_type"] == "in_channel"


async def test_an_export_is_a_file_in_the_askers_direct_messages() -> None:
    async with workspace() as slack:
        await slack.command("export gaza format:csv")
        (told,) = slack.server.of("chat.postMessage")
        assert told["channel"] == "U1"
        (content,) = slack.server.files.values()
        assert b"report,figure,at" in content and b"471" in content
        assert "direct messages" in slack.server.of("response_url")[-1]["text"]


async def test_a_chart_is_shown_with_its_words_even_while_slack_is_working_on_it() -> None:
    async with workspace() as slack:
        slack.server.working_on_pictures = 1
        await slack.event(
            {
                "type": "message",
                "channel_type": "im",
                "user": "U1",
                "text": "toll gaza view:timeline",
                "channel": "D1",
                "ts": "7.7",
            }
        )
        await slack.until("chat.postMessage", 2)  # the first was refused
        shown = slack.server.of("chat.postMessage")[-1]
        (picture,) = [block for block in shown["blocks"] if block["type"] == "image"]
        assert slack.server.files[picture["slack_file"]["id"]].startswith(b"\x89PNG")
        assert "killed" in picture["alt_text"]
        assert slack.server.of("files.getUploadURLExternal")[0]["alt_txt"]


async def test_where_no_picture_can_be_uploaded_its_words_are_told() -> None:
    async with workspace() as slack:
        slack.server.refuse["files.getUploadURLExternal"] = [
            web.json_response({"ok": False, "error": "file_uploads_disabled"})
        ]
        await slack.command("toll gaza view:timeline")
        await slack.until("response_url")
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
        assert "This channel is set up" in await slack.command("channel setup country:AM", user="UADMIN")


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


async def test_a_body_that_is_too_large_is_not_read() -> None:
    async with workspace() as slack:
        body = "payload=" + "x" * 300_000
        assert await slack.send(body, kind="application/x-www-form-urlencoded") == 413
        assert not slack.server.of("response_url")
