"""Every command in every place where it can be given, with rights and without: each has its answer, none breaks."""

from __future__ import annotations

from typing import Any

import pytest

from bot.queries.forms import for_everybody, form_of
from bot.queries.grammar import VERBS
from tests.adapters.discord.payloads import alone, interaction, person
from tests.adapters.discord.simulated import discord_with, text_of
from tests.adapters.discord.test_answers import Room
from tests.adapters.discord.test_incoming import World, world
from tests.samples import sample_desk

EVERY = [(root, verb) for root, verbs in VERBS.items() for verb in verbs]
OPEN = [(root, verb) for root, verb in EVERY if for_everybody(root)]
MANAGED = [(root, verb) for root, verb in EVERY if not for_everybody(root)]
WORDS = {
    "query": "Karabakh", "id": "karabakh-1", "name": "Baku", "url": "https://news.example/feed.xml", "event": "gaza",
    "site": "news.example", "feed": "f1", "report": "karabakh-1", "reports": "karabakh-1", "watch": "w1", "actor": "Armenia",
    "topic": "karabakh", "filter": "country:AM", "what": "country:AM", "status": "denied", "view": "by-source",
    "other": "karabakh", "item": "karabakh", "confirm": "yes", "mode": "daily", "since": "3d", "from": "3d", "to": "2030-01-01",
    "source": "Sample Wire", "side_a": "Azerbaijan", "side_b": "Armenia", "by": "Baku", "about": "shelling",
    "per_hour": "5", "start": "22:00", "end": "07:00", "days": "weekdays", "at": "08:00", "tz": "Europe/London",
}  # fmt: skip


def _given(root: str, verb: str, *, required: bool) -> dict[str, Any]:
    """Words for the options of a command: those that must be given, or all that are lines of text."""
    found: dict[str, Any] = {}
    for option in VERBS[root][verb]:  # type: ignore[index]
        form = form_of(root, verb, option)  # type: ignore[arg-type]
        if form.kind != "text" or (required and not form.required):
            continue
        words = form.choices[0] if form.choices and WORDS.get(option) not in form.choices else WORDS.get(option)
        if words is not None:
            found[option] = words
    return found


def _can_be_typed(root: str, verb: str) -> bool:
    """Whether all that must be given is text (files are read in tests of their own)."""
    return all(form_of(root, verb, o).kind == "text" or not form_of(root, verb, o).required for o in VERBS[root][verb])  # type: ignore[index, arg-type]


def _slash(root: str, verb: str, options: dict[str, Any]) -> dict[str, Any]:
    given = [{"name": name, "type": 3, "value": value} for name, value in options.items()]
    return {"id": "1", "name": root, "type": 1, "options": [{"name": verb, "type": 1, "options": given}]}


def _said(answer: Any) -> str:
    """What an answer says; a form says its title."""
    data = answer["data"]
    return str(data["title"]) if answer["type"] == 9 else text_of(data["components"])


async def _answered(w: World, root: str, verb: str, who: dict[str, Any], *, required: bool) -> str:
    status, answer = await w.send(interaction(2, _slash(root, verb, _given(root, verb, required=required)), who))
    if status == 202:
        (answer,) = [body for _, path, body, _ in w.of("/callback")][-1:]
    assert status in (200, 202), (root, verb, status)
    return _said(answer)


@pytest.mark.parametrize("required", [True, False])
async def test_every_command_of_a_manager_is_answered_and_nothing_breaks(required: bool) -> None:
    async with world(sample_desk()) as w:
        for root, verb in EVERY:
            if _can_be_typed(root, verb):
                said = await _answered(w, root, verb, person(manages=True), required=required)
                assert len(said) > 3 and "Something broke" not in said, (root, verb)
                assert "may not change" not in said, (root, verb)


async def test_every_command_that_changes_a_server_refuses_who_may_not_give_it() -> None:
    async with world(sample_desk()) as w:
        for who in (person(), alone(0)):
            for root, verb in MANAGED:
                if _can_be_typed(root, verb):
                    assert "may not change" in await _answered(w, root, verb, who, required=False), (root, verb)


@pytest.mark.parametrize("context", [0, 1, 2])
async def test_every_command_of_everybody_works_for_who_carries_the_bot_along(context: int) -> None:
    async with world(sample_desk()) as w:
        for root, verb in OPEN:
            said = await _answered(w, root, verb, alone(context), required=True)
            assert len(said) > 3 and "Something broke" not in said and "may not" not in said, (root, verb)


async def test_every_look_up_works_in_a_thread_and_in_direct_messages() -> None:
    async with discord_with(sample_desk()) as env:
        room = Room(env)
        message = await room.bob.send(room.channel, "start")
        thread = (
            await env.bot.get_channel(room.channel.id).get_partial_message(message.id).create_thread(name="a thread")
        )
        (place,) = [held for held in room.channel.threads if held.id == thread.id]
        for verb in VERBS["news"]:
            given = _given("news", verb, required=True)
            for shown in (
                await room.alice.slash(place, f"news {verb}", **given),
                await room.alice.user.slash(f"news {verb}", **given),
            ):
                assert len(text_of(shown.response.components)) > 40, verb
