"""Forms, selects, the Home and shortcuts on Slack."""

from __future__ import annotations

import json
from typing import Any

import pytest

from adapters.slack import modals
from bot.model.command import Command
from bot.queries.forms import form_of
from bot.queries.grammar import VERBS
from tests.adapters.slack.workspace import Workspace, workspace


def opened(slack: Workspace) -> dict[str, Any]:
    return slack.server.of("views.open")[-1]["view"]


def words_of(view: dict[str, Any]) -> str:
    return json.dumps(view, ensure_ascii=False).replace("\u2060", "")


@pytest.mark.parametrize("sheet", [key for key in modals.SHEETS if key[1] in VERBS.get(key[0], {})])
def test_every_form_asks_only_for_what_its_command_takes(sheet: tuple[Any, str]) -> None:
    key, _ = modals.SHEETS[sheet]
    command = Command(root=sheet[0], verb=sheet[1], options={key: "x"} if key else {})
    view = modals.form_view(command, channel="C1", values={})
    asked = [block["block_id"] for block in view["blocks"] if block["type"] == "input"]
    assert asked and set(asked) <= set(VERBS[sheet[0]][sheet[1]])
    assert all(form_of(sheet[0], sheet[1], option) for option in asked)


async def test_the_bare_command_opens_a_search_and_shows_what_it_finds() -> None:
    async with workspace() as slack:
        await slack.command("")
        view = opened(slack)
        assert view["title"]["text"] == "Search" and view["submit"]["text"] == "Search"
        told = await slack.hand_in(view, query={"type": "plain_text_input", "value": "hospital"})
        assert told["response_action"] == "update"
        assert "gaza" in words_of(told["view"]).lower() or "hospital" in words_of(told["view"]).lower()


async def test_what_is_wrong_in_a_form_is_told_at_its_field_and_what_was_typed_stays() -> None:
    async with workspace() as slack:
        await slack.command("channel filter", user="UADMIN")
        view = opened(slack)
        wrong = await slack.hand_in(view, user="UADMIN", filter={"type": "plain_text_input", "value": "colour:red"})
        assert wrong["response_action"] == "errors"
        assert "colour" in wrong["errors"]["filter"]
        right = await slack.hand_in(view, user="UADMIN", filter={"type": "plain_text_input", "value": "country:AM"})
        assert right["response_action"] == "update" and "country:AM" in words_of(right["view"])
        await slack.command("channel filter", user="UADMIN")
        (field,) = [block for block in opened(slack)["blocks"] if block["type"] == "input"]
        assert field["element"]["initial_value"] == "country:AM"


async def test_a_form_is_not_opened_for_somebody_without_the_right() -> None:
    async with workspace() as slack:
        assert "may not change" in (await slack.command("feeds add")).lower()
        assert not slack.server.of("views.open")
        held = modals.form_view(Command(root="channel", verb="filter"), channel="C1", values={})
        told = await slack.hand_in(held, filter={"type": "plain_text_input", "value": "country:AM"})
        assert told["response_action"] == "errors"  # the right is looked at when it is handed in, too


async def test_events_actors_and_sources_are_found_while_somebody_types() -> None:
    async with workspace() as slack:
        for kind, typed, wanted in (("event", "gaza", "GAZ"), ("actor", "armen", "Armen"), ("source", "", "")):
            told = await slack.payload(
                type="block_suggestion", user={"id": "U1"}, action_id=f"suggest:{kind}", block_id=kind, value=typed
            )
            assert told["options"], kind
            assert any(wanted in option["text"]["text"] + option["value"] for option in told["options"])


async def test_a_press_in_a_modal_changes_the_modal_and_one_in_the_home_opens_one() -> None:
    async with workspace() as slack:
        modal = {"type": "modal", "id": "V7", "private_metadata": "", "blocks": []}
        await slack.press("report karabakh-1", view=modal)
        (changed,) = slack.server.of("views.update")
        assert changed["view_id"] == "V7" and "Azerbaijan MoD" in words_of(changed["view"])
        await slack.press("report karabakh-1", view={"type": "home", "id": "V8", "blocks": []})
        assert "Azerbaijan MoD" in words_of(opened(slack))


async def test_the_home_shows_ones_own_things_and_the_managers_theirs() -> None:
    async with workspace() as slack:
        await slack.event({"type": "app_home_opened", "user": "U1", "tab": "home"})
        plain = words_of(slack.server.of("views.publish")[-1]["view"])
        assert "Latest" in plain and "My watches" in plain and "Feeds of this workspace" not in plain
        await slack.event({"type": "app_home_opened", "user": "UADMIN", "tab": "home"}, event_id="Ev2")
        assert "Feeds of this workspace" in words_of(slack.server.of("views.publish")[-1]["view"])


async def test_the_home_is_fresh_after_a_change() -> None:
    async with workspace() as slack:
        await slack.command("channel setup filter:country:AM", user="UADMIN")
        told = words_of(slack.server.of("views.publish")[-1]["view"])
        assert "<#C1>" in told and "country:AM" in told


async def test_the_home_of_a_workspace_with_five_hundred_feeds_keeps_within_its_limits() -> None:
    from bot.queries.feeds import new_feed
    from bot.store import feeds
    from tests.samples import filled_store, sample_desk

    store = filled_store()
    for number in range(500):
        store.write_now(
            feeds.add_feed, new_feed(f"https://f{number}.example/feed", tenant="slack:T1", name=f"Feed {number:03}")
        )
    async with workspace(sample_desk(store)) as slack:
        await slack.event({"type": "app_home_opened", "user": "UADMIN", "tab": "home"})
        view = slack.server.of("views.publish")[-1]["view"]
        assert len(view["blocks"]) <= 100 and "Feed 00" in words_of(view)
        assert "feeds list page:2" in words_of(view)


async def test_a_channels_managers_are_named_one_by_one_and_only_for_that_channel() -> None:
    async with workspace() as slack:
        await slack.command("channel managers role:<@U1>", user="UADMIN")
        assert "<@U1>" in slack.last_answer()
        assert "Saved" in await slack.command("channel filter country:AM")
        status = await slack.form(
            command="/news",
            text="channel filter country:AZ",
            user_id="U1",
            team_id="T1",
            channel_id="C2",
            trigger_id="1",
            response_url=f"{slack.server.url}respond",
        )
        assert status == 200 and "may not change" in slack.last_answer().lower()
        # Who manages a channel does not name its managers.
        assert "may not change" in (await slack.command("channel managers role:<@U2>")).lower()


async def test_an_error_is_reported_with_a_link_and_ones_own_words() -> None:
    from tests.samples import filled_store, sample_desk

    store = filled_store()
    async with workspace(sample_desk(store)) as slack:
        await slack.payload(
            type="message_action",
            callback_id="report_error",
            user={"id": "U1"},
            channel={"id": "C1"},
            trigger_id="9.9",
            message={"ts": "55.5", "text": "a card"},
            response_url=f"{slack.server.url}respond",
        )
        told = await slack.hand_in(
            opened(slack), note={"type": "plain_text_input", "value": "The toll is of last year."}
        )
        assert told["response_action"] == "update" and "noted" in words_of(told["view"])
    from bot.store import complaints

    (kept,) = store.read_now(complaints.complaints)
    assert kept.note == "The toll is of last year." and kept.link.endswith("/C1/55.5")


async def test_the_global_shortcut_opens_a_search() -> None:
    async with workspace() as slack:
        await slack.payload(type="shortcut", callback_id="search_news", user={"id": "U1"}, trigger_id="9.9")
        assert opened(slack)["title"]["text"] == "Search"
