"""Guests, channels shared with other workspaces, and channels that are renamed, archived or deleted; alerts to people."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest
from aiohttp import web

from bot.intake import file_reports
from bot.model.subscription import Destination, Subscription
from bot.store import subscriptions
from tests.adapters.slack.workspace import Workspace, plain, workspace
from tests.samples import sample
from tests.test_newsroom import world

WHERE = Destination(platform="slack", tenant="slack:T1", channel="C1")
NO_MANAGERS = (
    {"is_restricted": True},
    {"is_restricted": True, "is_ultra_restricted": True},
    {"team_id": "T2"},
    {"team_id": "T2", "is_stranger": True},
)


def heads(slack: Workspace) -> list[dict[str, Any]]:
    """The messages that were posted, without what went on in their threads."""
    return [call for call in slack.server.of("chat.postMessage") if not call.get("thread_ts")]


@pytest.mark.parametrize("told", NO_MANAGERS)
async def test_guests_and_other_workspaces_admins_ask_but_change_nothing(told: dict[str, object]) -> None:
    async with workspace() as slack:
        slack.server.people["UADMIN"] = told
        assert "you may not change" in (await slack.command("channel setup", user="UADMIN")).lower()
        assert "Latest reports" in await slack.command("latest", user="UADMIN")


async def test_an_admin_of_an_organisation_manages_each_of_its_workspaces() -> None:
    async with workspace() as slack:
        slack.server.people["UADMIN"] = {"team_id": "T2", "enterprise_user": {"teams": ["T1", "T2"]}}
        assert "This channel is set up" in await slack.command("channel setup country:AM", user="UADMIN")


async def test_a_mention_in_a_shared_channel_is_answered_as_the_workspace_that_has_the_app() -> None:
    async with workspace() as slack:
        slack.server.people["UADMIN"] = {"team_id": "T2"}
        mention = {"type": "app_mention", "user": "UADMIN", "user_team": "T2", "channel": "C1"}
        await slack.event({**mention, "ts": "5.5", "text": "<@UBOT> latest"}, event_id="a")
        await slack.event({**mention, "ts": "5.6", "text": "<@UBOT> channel reset"}, event_id="b")
        latest, refused = slack.server.of("chat.postMessage")
        assert "Latest reports" in plain(latest) and "may not change" in plain(refused)


async def test_a_renamed_channel_is_posted_to_as_before_and_shown_by_its_present_name() -> None:
    """Slack names a channel by its id: the name is its own to show."""
    async with workspace() as slack:
        await slack.command("channel setup country:AM", user="UADMIN")
        assert "<#C1>" in await slack.command("channel list", user="UADMIN")


@pytest.mark.parametrize("error", ["is_archived", "channel_not_found", "not_in_channel"])
async def test_a_closed_channel_is_paused_its_keeper_told_and_taken_up_again(tmp_path: Path, error: str) -> None:
    async with world(tmp_path) as w, workspace(w.house.desk) as slack:
        order = Subscription(id="s1", destination=WHERE, set_up_by="UADMIN")
        await w.house.store.write(subscriptions.save_subscription, order)
        slack.server.refuse["chat.postMessage"] = [web.json_response({"ok": False, "error": error})]
        courier = w.house.courier({"slack": slack.door.platform})
        await w.house.store.write(file_reports, [sample("karabakh-1")], now=w.now)
        await courier.run_due()
        (notice,) = slack.server.of("chat.postMessage")
        assert notice["channel"] == "UADMIN" and "no longer posted to" in plain(notice) and error in plain(notice)
        held = await w.house.store.read(subscriptions.subscription, "s1")
        assert held is not None and held.paused
        await slack.command("channel replay all", user="UADMIN")
        await courier.run_due()
        assert [call["channel"] for call in heads(slack)] == ["UADMIN", "C1"]


async def test_an_alert_comes_by_direct_message_and_says_why_and_how_to_stop_it(tmp_path: Path) -> None:
    async with world(tmp_path) as w, workspace(w.house.desk) as slack:
        assert "Watching Armenia" in await slack.command("watch add actor:Yerevan when:new,denied")
        courier = w.house.courier({"slack": slack.door.platform})
        report, summary = sample("karabakh-1")
        for number in range(2):
            again = msgspec.structs.replace(report, fetched_at=w.now)
            await w.house.store.write(file_reports, [(again, summary)], now=w.now)
            await courier.run_due()
            alerts = heads(slack)
            assert len(alerts) == 1, f"once, also after round {number}"
        assert alerts[0]["channel"] == "U1"
        assert "You get this because you watch Armenia" in plain(alerts[0]) and "watch remove w1" in plain(alerts[0])


async def test_the_home_pauses_edits_and_removes_ones_watches() -> None:
    async with workspace() as slack:
        await slack.command("watch add actor:Armenia when:denied")
        home = slack.server.of("views.publish")[-1]["view"]
        rows = [block for block in home["blocks"] if block["type"] == "actions"]
        buttons = {b["text"]["text"]: b for row in rows for b in row["elements"]}
        assert buttons["Remove"]["confirm"]["text"]["text"].startswith("Remove the watch w1")
        assert buttons["Edit"]["value"] == "watch edit w1"
        view = {"type": "home", "id": "V8", "blocks": []}
        await slack.press(buttons["Pause a day"]["value"], view=view)
        paused = slack.server.of("views.publish")[-1]["view"]
        assert "paused until" in str(paused) and "watch resume w1" in str(paused)
        await slack.press("watch remove w1", view=view)
        assert "None yet" in str(slack.server.of("views.publish")[-1]["view"])
