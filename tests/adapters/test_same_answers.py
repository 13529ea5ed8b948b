"""The same words give the same facts and ids through every door: Discord, Slack, and the terminal."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable

import pytest

from adapters.terminal.render import plain as printed
from bot.model.card import Card
from bot.model.command import Asker
from bot.queries.desk import Desk
from tests.adapters.discord.simulated import discord_with, text_of
from tests.adapters.slack.workspace import plain, workspace
from tests.samples import filled_store, sample_desk

QUESTIONS = (
    "latest count:3",
    "search hospital",
    "search status:denied",
    "report karabakh-1",
    "event karabakh",
    "claims gaza status:disputed",
    "toll gaza",
    "toll gaza view:by-source",
    "timeline gaza",
    "actor Armenia",
    "corrections",
    "evidence ahli-1",
    "who denies the attack on the hospital?",
    "how many killed in Gaza?",
    "toll Atlantis",
    "tol karabakh",
    "watch add actor:Armenia when:denied",
    "watch list",
)
_ID = re.compile(r"\b[A-Z]{3}-\d{4}\b")
_LONGEST = 60


async def _by_discord(desk: Desk, words: str) -> str:
    async with discord_with(desk) as env:
        await env.create_user("alice").send_dm(words)
        sent = [r for r in env.http_requests if r.method == "POST" and r.path.endswith("/messages")]
        return "\n".join(text_of(request.json["components"]) for request in sent)


async def _by_slack(desk: Desk, words: str) -> str:
    async with workspace(desk) as slack:
        message = {"type": "message", "channel_type": "im", "user": "U1", "text": words, "channel": "D1", "ts": "6.6"}
        await slack.event(message)
        await slack.until("chat.postMessage")
        return "\n".join(plain(given) for given in slack.server.of("chat.postMessage"))


async def _by_terminal(desk: Desk, words: str) -> str:
    asker = Asker(platform="terminal", tenant="terminal", user="operator", channel="terminal", direct=True, alone=True)
    return printed(await desk.ask(words, asker), width=10_000)


DOORS: dict[str, Callable[[Desk, str], Awaitable[str]]] = {
    "discord": _by_discord,
    "slack": _by_slack,
    "terminal": _by_terminal,
}


def _facts(card: Card) -> list[str]:
    """The beginnings of the card's lines, which every door must show."""
    return [
        _flat(line.text)[:_LONGEST]
        for section in (*card.sections, *card.overflow)
        for line in section.lines
        if not line.emphasis
    ]


def _flat(text: str) -> str:
    """Words alone: marks of style, escapes and line breaks differ from door to door."""
    return " ".join(re.findall(r"[^\W_]+", text.replace("&amp;", "&").replace("&gt;", ">").replace("&lt;", "<")))


@pytest.mark.parametrize("words", QUESTIONS)
async def test_every_door_tells_the_same_facts_and_ids(words: str) -> None:
    reference = Asker(
        platform="terminal", tenant="terminal", user="operator", channel="terminal", direct=True, alone=True
    )
    card = await sample_desk(filled_store()).ask(words, reference)
    ids = set(_ID.findall(" ".join(line.text for section in card.sections for line in section.lines) + card.tag))
    for door, ask in DOORS.items():
        told = await ask(sample_desk(filled_store()), words)
        flat = _flat(told)
        assert _flat(card.title)[:_LONGEST] in flat, door
        assert ids <= set(_ID.findall(told)), door
        missing = [fact for fact in _facts(card) if fact not in flat]
        assert not missing, (door, missing[:3])
