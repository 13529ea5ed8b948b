"""The same words give the same facts and ids through every door: Discord, Slack, and the terminal."""

from __future__ import annotations

import itertools
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import pytest

from adapters.terminal.render import plain as printed
from bot.model.card import Card
from bot.model.command import Asker
from bot.queries.desk import Desk
from tests.adapters.discord.simulated import discord_with, text_of
from tests.adapters.slack.workspace import plain, workspace
from tests.samples import filled_store, sample_desk

Ask = Callable[[str], Awaitable[str]]
AT_THE_TERMINAL = Asker(
    platform="terminal", tenant="terminal", user="operator", channel="terminal", direct=True, alone=True
)
QUESTIONS = (
    "latest count:3",
    "latest topic:karabakh since:2000-01-01",
    "search Karabakh actor:Armenia",
    "search country:AM page:2",
    "report karabakh-1 detail:full",
    "report karabakh-1 detail:brief",
    "compare karabakh",
    "compare karabakh side_a:Azerbaijan side_b:Armenia",
    "claims karabakh by:Baku",
    "toll gaza group:children",
    "evidence ahli-1 field:c1",
    "timeline karabakh",
    "about",
    "help",
    "help toll",
    "what did Baku say",
    "sources for karabakh",
    "latest on Gaza",
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
    "watch pause w1",
    "watch remove w1",
    "watch quiet 22:00 07:00 Europe/London",
    "privacy show",
)
_ID = re.compile(r"\b[A-Z]{3}-\d{4}\b")
_LONGEST = 60


@asynccontextmanager
async def _discord(desk: Desk) -> AsyncIterator[Ask]:
    async with discord_with(desk) as env:
        alice = env.create_user("alice")

        async def ask(words: str) -> str:
            before = len(env.http_requests)
            await alice.send_dm(words)
            sent = [r for r in env.http_requests[before:] if r.method == "POST" and r.path.endswith("/messages")]
            files = [
                (await file.read()).decode()
                for file in alice.dm_channel.last_message.attachments
                if file.filename.endswith(".txt")
            ]
            return "\n".join([*(text_of(request.json["components"]) for request in sent), *files])

        yield ask


@asynccontextmanager
async def _slack(desk: Desk) -> AsyncIterator[Ask]:
    async with workspace(desk) as slack:
        numbers = itertools.count()

        async def ask(words: str) -> str:
            before = len(slack.server.of("chat.postMessage"))
            message = {"type": "message", "channel_type": "im", "user": "U1", "text": words, "channel": "D1"}
            number = next(numbers)
            await slack.event({**message, "ts": f"6.{number}"}, event_id=f"Ev{number}")
            return "\n".join(plain(given) for given in slack.server.of("chat.postMessage")[before:])

        yield ask


@asynccontextmanager
async def _terminal(desk: Desk) -> AsyncIterator[Ask]:
    async def ask(words: str) -> str:
        return printed(await desk.ask(words, AT_THE_TERMINAL), width=10_000)

    yield ask


DOORS: dict[str, Callable[[Desk], AbstractAsyncContextManager[Ask]]] = {
    "discord": _discord,
    "slack": _slack,
    "terminal": _terminal,
}


def _facts(card: Card) -> list[str]:
    """The beginnings of the card's lines, which every door must show."""
    return [
        _flat(line.text)[:_LONGEST]
        for section in (*card.sections, *(rest for rest in card.overflow if not rest.told_by))
        for line in section.lines
        if not line.emphasis
    ]


def _flat(text: str) -> str:
    """Words alone: marks of style, escapes and line breaks differ from door to door."""
    return " ".join(re.findall(r"[^\W_]+", text.replace("&amp;", "&").replace("&gt;", ">").replace("&lt;", "<")))


@pytest.mark.parametrize("door", DOORS)
async def test_the_same_words_give_the_same_facts_and_ids_at_every_door(door: str) -> None:
    reference = sample_desk(filled_store())
    async with DOORS[door](sample_desk(filled_store())) as ask:
        for words in QUESTIONS:
            card = await reference.ask(words, AT_THE_TERMINAL)
            ids = set(
                _ID.findall(" ".join(line.text for section in card.sections for line in section.lines) + card.tag)
            )
            told = await ask(words)
            flat = _flat(told)
            assert _flat(card.title)[:_LONGEST] in flat, words
            assert ids <= set(_ID.findall(told)), words
            missing = [fact for fact in _facts(card) if fact not in flat]
            assert not missing, (words, missing[:3])


@pytest.mark.parametrize("door", DOORS)
async def test_who_may_not_manage_is_refused_in_the_same_words_at_every_door(door: str) -> None:
    async with DOORS[door](sample_desk(filled_store())) as ask:
        for words in ("channel setup", "feeds add https://news.example/feed", "events log"):
            assert "may not change" in (await ask(words)).lower(), words
