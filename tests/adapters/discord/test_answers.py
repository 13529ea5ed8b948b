"""Buttons, selects, forms and menus: each with rights looked up on the press, each answered whatever happens."""

from __future__ import annotations

from typing import Any

import pytest
from discord import PermissionOverwrite, Permissions

from adapters.discord.client import SitrepClient
from adapters.discord.render import render
from bot.model.card import Action, Card
from bot.model.command import Asker
from bot.queries.desk import Desk
from bot.store import complaints
from tests.adapters.discord.simulated import buttons_of, components_in, discord_with, text_of
from tests.samples import filled_store, sample_desk


@pytest.fixture
def desk() -> Desk:
    return sample_desk()


class Room:
    """A server with a channel, somebody who manages it (bob), and somebody who does not (alice)."""

    def __init__(self, env: Any) -> None:
        self.guild = env.create_guild()
        self.channel = self.guild.create_text_channel("news")
        self.managers = self.guild.create_role("managers", permissions=Permissions(manage_guild=True))
        self.editors = self.guild.create_role("editors")
        self.alice = self.guild.add_member(env.create_user("alice"))
        self.bob = self.guild.add_member(env.create_user("bob"), roles=[self.managers])
        self.eve = self.guild.add_member(env.create_user("eve"), roles=[self.editors])


async def test_a_private_answer_can_be_shown_to_the_channel_by_a_button(desk: Desk) -> None:
    async with discord_with(desk) as env:
        room = Room(env)
        shown = (await room.alice.slash(room.channel, "news toll", event="gaza")).response
        assert shown.ephemeral
        pressed = (await room.alice.click(shown, custom_id=buttons_of(shown.components)["Share to channel"])).response
        assert not pressed.ephemeral
        assert text_of(pressed.components).splitlines()[0] == text_of(shown.components).splitlines()[0]
        assert "Share to channel" not in buttons_of(pressed.components)


async def test_errors_and_settings_are_not_offered_to_the_channel(desk: Desk) -> None:
    async with discord_with(desk) as env:
        room = Room(env)
        for person, command, options in (
            (room.alice, "news toll", {"event": "Atlantis"}),
            (room.bob, "channel show", {}),
            (room.bob, "feeds list", {}),
        ):
            shown = (await person.slash(room.channel, command, **options)).response
            assert "Share to channel" not in buttons_of(shown.components)


async def test_a_list_of_more_than_five_opens_by_a_select(desk: Desk) -> None:
    async with discord_with(desk) as env:
        room = Room(env)
        shown = (await room.alice.slash(room.channel, "news latest", count=10)).response
        (select,) = [c for c in components_in(shown.components) if c["type"] == 3]
        assert len(select["options"]) > 5
        assert all(1 <= len(option["label"]) <= 100 for option in select["options"])
        await env.restart_bot(SitrepClient(desk))
        chosen = select["options"][0]["value"]
        opened = (await room.alice.select(shown, [chosen], custom_id=select["custom_id"])).response
        assert opened.ephemeral
        assert "CLAIMS" in text_of(opened.components).upper()


async def test_turning_the_page_of_a_private_answer_takes_its_place(desk: Desk) -> None:
    async with discord_with(desk) as env:
        room = Room(env)
        shown = (await room.alice.slash(room.channel, "news claims", event="gaza")).response
        following = buttons_of(shown.components).get("Next ▶")
        assert following is not None
        before = text_of(shown.components)
        turned = await room.alice.click(shown, custom_id=following)
        edits = [r for r in env.http_requests if r.path.endswith("/callback") and r.json["type"] == 7]
        assert edits and "Page 2" in text_of(edits[-1].json["data"]["components"])
        assert text_of(edits[-1].json["data"]["components"]) != before
        assert turned is not None


async def test_turning_the_page_of_a_shared_answer_leaves_it_as_it_stands(desk: Desk) -> None:
    async with discord_with(desk) as env:
        room = Room(env)
        shown = (await room.alice.slash(room.channel, "news claims", event="gaza", share=True)).response
        turned = (await room.eve.click(shown, custom_id=buttons_of(shown.components)["Next ▶"])).response
        assert turned.ephemeral and "Page 2" in text_of(turned.components)


async def test_a_form_asks_for_what_a_channel_is_to_show_and_begins_with_how_it_stands(desk: Desk) -> None:
    async with discord_with(desk) as env:
        room = Room(env)
        await room.bob.slash(room.channel, "channel setup", filter="country:AM")
        asked = await room.bob.slash(room.channel, "channel filter")
        assert asked.modal is not None
        fields = {c["component"]["custom_id"]: c["component"] for c in asked.modal["components"]}
        assert fields["filter"]["value"] == "country:AM"
        await env.restart_bot(SitrepClient(desk))
        done = (await room.bob.submit_modal(asked, {"filter": "country:UA"})).response
        assert "country:UA" in text_of(done.components)


async def test_a_form_with_a_mistake_says_what_is_wrong_and_keeps_what_was_typed(desk: Desk) -> None:
    async with discord_with(desk) as env:
        room = Room(env)
        asked = await room.bob.slash(room.channel, "channel filter")
        wrong = (await room.bob.submit_modal(asked, {"filter": "country:AM AND ("})).response
        again = await room.bob.click(wrong, custom_id=buttons_of(wrong.components)["Edit and try again"])
        fields = {c["component"]["custom_id"]: c["component"] for c in again.modal["components"]}
        assert fields["filter"]["value"] == "country:AM AND ("
        done = (await room.bob.submit_modal(again, {"filter": "country:AM"})).response
        assert "Saved" in text_of(done.components)


async def test_what_one_typed_is_not_shown_to_another(desk: Desk) -> None:
    async with discord_with(desk) as env:
        room = Room(env)
        asked = await room.bob.slash(room.channel, "channel filter")
        wrong = (await room.bob.submit_modal(asked, {"filter": "country:AM AND ("})).response
        again = buttons_of(wrong.components)["Edit and try again"]
        # A private answer cannot be pressed by another: the button is put where everybody sees it.
        message = await post(env, room, Card(kind="error", title="Wrong"), again=again.removeprefix("sitrep~"))
        pressed = await room.alice.click(message, custom_id=again)
        assert pressed.modal is None
        assert "not kept any more" in text_of(pressed.response.components)


async def post(env: Any, room: Room, card: Card, **options: str) -> Any:
    """A card as it would stand in the channel."""
    return await env.bot.get_channel(room.channel.id).send(view=render(card, **options).view)


@pytest.mark.parametrize("command", ["channel reset", "feeds pause f1", "channel setup", "feeds list"])
async def test_a_button_of_a_managers_command_refuses_others(desk: Desk, command: str) -> None:
    async with discord_with(desk) as env:
        room = Room(env)
        card = Card(kind="settings", title="Buttons", actions=(Action(label="Do", command=command),))
        message = await post(env, room, card)
        pressed = await room.alice.click(message, custom_id=f"sitrep:{command}")
        assert pressed.modal is None
        assert "you may not change" in text_of(pressed.response.components).lower()


async def test_a_role_that_manages_may_manage_but_not_choose_who_does(desk: Desk) -> None:
    async with discord_with(desk) as env:
        room = Room(env)
        say = f"<@{room.guild.me.id}>"

        def last() -> str:
            sent = [r for r in env.http_requests if r.method == "POST" and r.path.endswith("/messages")]
            return text_of(sent[-1].json["components"])

        await room.eve.send(room.channel, f"{say} channel format brief")
        assert "may not change" in last()
        named = (await room.bob.slash(room.channel, "channel managers", role=room.editors)).response
        assert f"<@&{room.editors.id}>" in text_of(named.components)
        await room.eve.send(room.channel, f"{say} channel format brief")
        assert "brief" in last()
        await room.eve.send(room.channel, f"{say} channel managers role:{room.managers.id}")
        assert "may not change" in last()
        await room.bob.send(room.channel, f"{say} channel managers remove:{room.editors.id}")
        await room.eve.send(room.channel, f"{say} channel format full")
        assert "may not change" in last()


async def test_what_a_server_allows_in_its_integrations_settings_holds_for_buttons_and_mentions(desk: Desk) -> None:
    async with discord_with(desk) as env:
        room = Room(env)
        (channel,) = [command for command in await env.bot.tree.fetch_commands() if command.name == "channel"]
        room.guild.set_command_permissions(channel, {room.editors: True})
        done = (await room.eve.slash(room.channel, "channel format", preset="brief")).response
        assert "brief" in text_of(done.components)
        pressed = (await room.eve.click(done, custom_id=buttons_of(done.components)["Log"])).response
        assert "may not" not in text_of(pressed.components)
        refused = await room.eve.click(done, custom_id=buttons_of(done.components)["Feeds"])
        assert "may not change" in text_of(refused.response.components)


async def test_an_error_is_reported_with_the_link_and_the_persons_words_alone() -> None:
    store = filled_store()
    desk = sample_desk(store)
    async with discord_with(desk) as env:
        room = Room(env)
        message = await room.bob.send(room.channel, "Secret words of a message")
        asked = await room.alice.context_menu(room.channel, "Report an error", message)
        assert asked.modal is not None
        done = (await room.alice.submit_modal(asked, {"note": "It was Monday, not Tuesday"})).response
        assert "Thank you" in text_of(done.components)
        seen = (await room.alice.slash(room.channel, "privacy show")).response
        assert "It was Monday, not Tuesday" in text_of(seen.components)
    (kept,) = store.read_now(complaints.complaints)
    assert kept.note == "It was Monday, not Tuesday"
    assert kept.link == f"https://discord.com/channels/{room.guild.id}/{room.channel.id}/{message.id}"
    assert "Secret" not in repr(kept)
    assert store.write_now(complaints.settle, kept.number)
    assert store.read_now(complaints.complaints) == ()


async def test_attached_text_files_and_cards_are_read_by_the_menus(desk: Desk) -> None:
    async with discord_with(desk) as env:
        room = Room(env)
        text = b"The mayor of Kharkiv said two residents were injured. Moscow denied responsibility."
        attached = await room.alice.send(room.channel, "see below", attachments=[("report.txt", text)])
        shown = (await room.alice.context_menu(room.channel, "Show evidence", attached)).response
        assert "two residents were injured" in text_of(shown.components)
        other = await room.alice.send(room.channel, "see below", attachments=[("report.exe", text)])
        shown = (await room.alice.context_menu(room.channel, "Show evidence", other)).response
        assert "Nobody is quoted" in text_of(shown.components)


async def test_the_doctor_names_missing_permissions_in_words(desk: Desk) -> None:
    async with discord_with(desk) as env:
        room = Room(env)
        closed = {room.guild.me: PermissionOverwrite(attach_files=False)}
        narrow = room.guild.create_text_channel("narrow", overwrites=closed)
        well = (await room.bob.slash(room.channel, "channel doctor")).response
        ill = (await room.bob.slash(narrow, "channel doctor")).response
        assert "Attach Files" not in text_of(well.components)
        assert "Attach Files: to post charts" in text_of(ill.components)


async def test_whatever_breaks_there_is_an_answer(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(words: object, asker: Asker) -> Card:
        raise RuntimeError("a bug")

    async with discord_with(desk) as env:
        room = Room(env)
        monkeypatch.setattr(desk, "ask", broken)
        shown = (await room.alice.slash(room.channel, "news latest")).response
        assert "Something broke" in text_of(shown.components) and "a bug" not in text_of(shown.components)


async def test_a_button_of_an_earlier_grammar_is_answered_with_the_nearest_commands(desk: Desk) -> None:
    async with discord_with(desk) as env:
        room = Room(env)
        card = Card(kind="list", title="Old", actions=(Action(label="Old", command="tolls gaza"),))
        message = await post(env, room, card)
        pressed = (await room.alice.click(message, custom_id="sitrep:tolls gaza")).response
        assert "do not know" in text_of(pressed.components)
        assert "toll" in buttons_of(pressed.components)


async def test_a_watch_is_made_and_changed_by_forms_and_an_emptied_field_is_cleared(desk: Desk) -> None:
    async with discord_with(desk) as env:
        room = Room(env)
        asked = await room.alice.slash(room.channel, "watch add")
        fields = {c["component"]["custom_id"]: c["component"] for c in asked.modal["components"]}
        assert list(fields) == ["actor", "country", "keywords", "when", "mode"]
        given = {"actor": "Armenia", "keywords": "drone", "when": ["denied", "toll-change"]}
        made = (await room.alice.submit_modal(asked, given)).response
        assert "Watching Armenia, drone" in text_of(made.components)
        asked = await room.alice.slash(room.channel, "watch edit", watch="w1")
        fields = {c["component"]["custom_id"]: c["component"] for c in asked.modal["components"]}
        assert fields["keywords"]["value"] == "drone"
        chosen = [option["value"] for option in fields["when"]["options"] if option.get("default")]
        assert chosen == ["denied", "toll-change"]
        changed = (await room.alice.submit_modal(asked, {"actor": "Armenia", "keywords": "", "when": ["new"]})).response
        assert "drone" not in text_of(changed.components) and "Armenia" in text_of(changed.components)


async def test_the_command_form_of_a_feed_asks_for_its_address(desk: Desk) -> None:
    async with discord_with(desk) as env:
        room = Room(env)
        message = await post(
            env, room, Card(kind="help", title="Hi", actions=(Action(label="Add", command="feeds add"),))
        )
        asked = await room.bob.click(message, custom_id="sitrep:feeds add")
        done = (await room.bob.submit_modal(asked, {"url": "https://news.example/feed.xml"})).response
        assert "Added" in text_of(done.components)
        refused = await room.alice.click(message, custom_id="sitrep:feeds add")
        assert refused.modal is None and "may not change" in text_of(refused.response.components)


async def test_a_channel_can_have_its_cards_covered_and_uncovered(desk: Desk) -> None:
    async with discord_with(desk) as env:
        room = Room(env)
        done = (await room.bob.slash(room.channel, "channel format", spoilers="yes")).response
        assert "covered until somebody uncovers them" in text_of(done.components)
        done = (await room.bob.slash(room.channel, "channel format", preset="brief")).response
        assert "brief, covered" in text_of(done.components)
        done = (await room.bob.slash(room.channel, "channel format", spoilers="no")).response
        assert "brief" in text_of(done.components) and "covered" not in text_of(done.components)


async def test_whoever_erases_what_is_kept_of_them_erases_their_error_reports() -> None:
    store = filled_store()
    async with discord_with(sample_desk(store)) as env:
        room = Room(env)
        message = await room.bob.send(room.channel, "words")
        for person in (room.alice, room.eve):
            asked = await person.context_menu(room.channel, "Report an error", message)
            await person.submit_modal(asked, {"note": f"wrong, says {person.name}"})
        await room.alice.slash(room.channel, "privacy erase", confirm="yes")
    assert [kept.note for kept in store.read_now(complaints.complaints)] == ["wrong, says eve"]
