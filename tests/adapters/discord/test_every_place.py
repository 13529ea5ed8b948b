"""Buttons, selects, forms, menus, completions and files in every place, with rights and without: answered, never broken."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from adapters.discord import modals
from adapters.discord.render import CHOOSE, COMMAND
from bot.queries.forms import for_everybody, form_of
from bot.queries.grammar import VERBS, parse
from tests.adapters.discord.payloads import (
    CHANNEL,
    GUILD,
    USER,
    alone,
    interaction,
    message_of,
    person,
    slash,
)
from tests.adapters.discord.simulated import components_in, text_of
from tests.adapters.discord.test_everywhere import _given
from tests.adapters.discord.test_incoming import World, world
from tests.samples import sample_desk
from tests.test_newsroom import world as newsroom

THREAD = {"id": CHANNEL, "type": 11, "guild_id": GUILD, "parent_id": "601", "owner_id": USER, "name": "a thread",
          "message_count": 1, "member_count": 1, "permissions": "0", "rate_limit_per_user": 0, "flags": 0,
          "thread_metadata": {"archived": False, "auto_archive_duration": 1440, "locked": False,
                              "archive_timestamp": "2023-10-20T12:00:00Z"}}  # fmt: skip
PLACES: dict[str, dict[str, Any]] = {
    "server": person(),
    "server, managing": person(manages=True),
    "thread": {**person(), "channel": THREAD},
    "thread, managing": {**person(manages=True), "channel": THREAD},
    "direct messages": alone(1),
    "others' messages": alone(2),
    "a server that has not invited us": alone(0),
}
ASKED = (
    ("latest", {"count": "10"}), ("report", {"id": "karabakh-1"}), ("event", {"event": "karabakh"}), ("toll", {"event": "gaza"}),
    ("compare", {"event": "karabakh"}), ("toll", {"event": "Atlantis"}),
)  # fmt: skip
WORDS = "The mayor of Kharkiv said two residents were injured. Moscow denied responsibility."


def completed() -> Iterator[tuple[str, str, str, str]]:
    for root, verbs in VERBS.items():
        for verb, options in verbs.items():
            for option in options:
                form = form_of(root, verb, option)
                if form.completes and not form.choices:
                    yield root, verb, option, form.completes


async def answered(w: World, told: dict[str, Any]) -> dict[str, Any]:
    """What an interaction is answered with: a message or a form."""
    status, answer = await w.send(told)
    if status == 202:  # an answer with a file
        (answer,) = [body for _, path, body, _ in w.of("/callback")][-1:]
    assert status in (200, 202), told["data"]
    return answer["data"]


async def said(w: World, told: dict[str, Any]) -> str:
    """The words of the answer: a message's, or a form's title."""
    data = await answered(w, told)
    return str(data["title"]) if "title" in data else text_of(data["components"])


def button(words: str) -> dict[str, Any]:
    """A message with a button that gives a command."""
    made = {"type": 2, "style": 2, "label": "Do", "custom_id": f"{COMMAND}{words}", "id": 2}
    return message_of({"flags": 64 | 1 << 15, "components": [{"type": 1, "id": 1, "components": [made]}]})


@pytest.mark.parametrize("place", PLACES)
async def test_what_is_typed_is_completed_in_every_place_without_a_word_of_others(place: str) -> None:
    async with world(sample_desk()) as w:
        for root, verb, option, kind in completed():
            focused = {"name": option, "type": 3, "value": "", "focused": True}
            data = {"id": "1", "name": root, "type": 1, "options": [{"name": verb, "type": 1, "options": [focused]}]}
            _, offered = await w.send(interaction(4, data, PLACES[place]))
            choices = offered["data"]["choices"]
            assert offered["type"] == 8 and len(choices) <= 25, (root, verb, option)
            assert all(1 <= len(choice[key]) <= 100 for choice in choices for key in ("name", "value"))
            assert choices or kind in ("feed", "watch"), (root, verb, option)


@pytest.mark.parametrize("place", PLACES)
async def test_every_button_and_select_that_is_shown_is_answered_in_every_place(place: str) -> None:
    who = PLACES[place]
    async with world(sample_desk()) as w:
        pressed: set[str] = set()
        for verb, options in ASKED:
            shown = await answered(w, interaction(2, slash("news", verb, **options), who))
            message = message_of(shown)
            for c in components_in(shown["components"]):
                values = [c["options"][0]["value"]] if c.get("custom_id") == CHOOSE else []
                word = " ".join((values[0] if values else c.get("custom_id", "").removeprefix(COMMAND)).split()[:1])
                if c["type"] not in (2, 3) or "custom_id" not in c or f"{c['type']} {word}" in pressed:
                    continue
                pressed.add(f"{c['type']} {word}")
                given = {
                    "custom_id": c["custom_id"],
                    "component_type": c["type"],
                    **({"values": values} if values else {}),
                }
                told = await said(w, interaction(3, given, who, message=message))
                assert len(told) > 3 and "Something broke" not in told and "may not" not in told, c
        assert len(pressed) > 4


@pytest.mark.parametrize("place", PLACES)
async def test_buttons_of_managers_commands_are_theirs_alone_in_every_place(place: str) -> None:
    who, manages = PLACES[place], "managing" in place
    async with world(sample_desk()) as w:
        for words in ("channel setup toll", "channel doctor", "feeds list", "events log", "channel reset"):
            assert parse(words).root in VERBS
            given = {"custom_id": f"{COMMAND}{words}", "component_type": 2}
            told = await said(w, interaction(3, given, who, message=button(words)))
            assert ("may not change" in told) is not manages, (words, told[:200])


@pytest.mark.parametrize("place", PLACES)
async def test_every_form_opens_and_is_taken_in_every_place_where_its_command_may_be_given(place: str) -> None:
    who, manages = PLACES[place], "managing" in place
    async with world(sample_desk()) as w:
        for (root, verb), sheet in modals.SHEETS.items():
            allowed = manages or for_everybody(root)
            if sheet.key:  # it opens for something that there is: made first, or told to be missing
                told = await said(w, interaction(2, slash(root, verb, **{sheet.key: "w1"}), who))
                assert ("may not change" in told) is not allowed, (root, verb)
                continue
            opening = {"custom_id": f"{COMMAND}{root} {verb}", "component_type": 2}
            told = await said(w, interaction(3, opening, who, message=button(f"{root} {verb}")))
            assert told.startswith("/") if allowed else "may not change" in told, (root, verb)
            # Handed in by somebody who never saw it: the right is looked at again.
            fields = _given(root, verb, required=False)
            filled = [
                {"type": 18, "component": _field(root, verb, option, value)}
                for option, value in fields.items()
                if option in modals.fields_of(parse(f"{root} {verb}"))
            ]
            handed_in = {"custom_id": f"{modals.FORM}{root} {verb}", "components": filled}
            told = await said(w, interaction(5, handed_in, who))
            assert "Something broke" not in told and ("may not change" in told) is not allowed, (root, verb)


def _field(root: Any, verb: str, option: str, value: str) -> dict[str, Any]:
    chosen = bool(form_of(root, verb, option).choices)
    return {"type": 3 if chosen else 4, "custom_id": option, **({"values": [value]} if chosen else {"value": value})}


@pytest.mark.parametrize("place", PLACES)
async def test_the_menus_of_a_message_work_in_every_place(place: str) -> None:
    who = PLACES[place]
    author = {"id": USER, "username": "alice", "discriminator": "0", "avatar": None, "global_name": None}
    message = {**message_of({"flags": 0, "components": []}), "id": "77", "content": WORDS, "author": author}
    async with world(sample_desk()) as w:
        for menu, tells in (
            ("Extract claims", "two residents were injured"),
            ("Show evidence", "two residents were injured"),
            ("Report an error", "Report an error"),
        ):
            data = {"id": "1", "name": menu, "type": 3, "target_id": "77", "resolved": {"messages": {"77": message}}}
            assert tells in await said(w, interaction(2, data, who)), menu
        note = [{"type": 18, "component": {"type": 4, "custom_id": "note", "value": "The toll is of last year."}}]
        handed_in = {"custom_id": f"{modals.COMPLAINT}{CHANNEL} 77", "components": note}
        assert "noted" in await said(w, interaction(5, handed_in, who))


@pytest.mark.parametrize("verb", ["add", "no-longer"])
async def test_a_command_that_somebodys_discord_knows_from_before_is_answered(verb: str) -> None:
    """Without what must be given, or unknown here: it was told to Discord once, and has changed since."""
    async with world(sample_desk()) as w:
        assert "has changed since" in await said(w, interaction(2, slash("feeds", verb), person(manages=True)))


async def test_the_feeds_of_an_attached_list_are_taken_and_a_file_that_is_none_is_told(tmp_path: Path) -> None:
    outline = '<outline type="rss" text="{0}" xmlUrl="https://{0}.example/feed"/>'
    opml = f"<opml version='2.0'><body>{outline.format('one')}{outline.format('two')}</body></opml>"
    async with newsroom(tmp_path) as n, world(n.house.desk) as w:
        w.files = {"list.opml": opml.encode(), "list.txt": b"no list at all"}
        for name, tells in (("list.opml", "2 of 2 feeds taken"), ("list.txt", "no list")):
            held = {"id": "88", "filename": name, "size": len(w.files[name]), "url": f"{w.cdn}/files/{name}"}
            file = {"name": "file", "type": 11, "value": "88"}
            data = {
                "id": "1",
                "name": "feeds",
                "type": 1,
                "options": [{"name": "import", "type": 1, "options": [file]}],
            }
            data["resolved"] = {"attachments": {"88": {**held, "proxy_url": held["url"]}}}
            assert tells in await said(w, interaction(2, data, person(manages=True)))
            assert "may not change" in await said(w, interaction(2, data, person()))
        big = {**held, "size": 2_000_000, "proxy_url": held["url"]}
        data["resolved"] = {"attachments": {"88": big}}
        assert "too long" in await said(w, interaction(2, data, person(manages=True)))
