"""A question on its way to an answer, and what all answers have in common."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import msgspec
from sqlalchemy import Connection

from bot import seen
from bot.model.card import Action, Card
from bot.model.command import Asker, Command
from bot.model.errors import CommandError
from bot.model.event import Event
from bot.queries.grammar import words_of
from bot.queries.meant import canonical, telling_words
from bot.store import events, reports, search
from bot.store.reports import Told

PAGE = 8
_LOOKED_INTO = 20
"""Of the newest reports with the words, so many are looked at for an event."""


class Question(msgspec.Struct, frozen=True):
    """A command, who gives it, and when it is given (aware, UTC)."""

    command: Command
    asker: Asker
    now: datetime

    def option(self, name: str, default: str = "") -> str:
        """An option's words, or the default."""
        return self.command.options.get(name, default).strip()

    def number(self, name: str, default: int, *, least: int = 1, most: int = 1000) -> int:
        """An option that is a number; raises `CommandError` where it is none or out of range."""
        words = self.option(name)
        if not words:
            return default
        if not words.lstrip("-").isdecimal() or not least <= int(words) <= most:
            raise CommandError(f"{name} is a number from {least} to {most}", subject=words[:20])
        return int(words)

    def time(self, name: str) -> datetime | None:
        """An option that is a date ("2024-06-11"), a time, or a span back from now ("3d", "12h")."""
        words = self.option(name)
        if not words:
            return None
        unit = {"h": 1, "d": 24, "w": 168}.get(words[-1].lower())
        if unit and words[:-1].isdecimal() and int(words[:-1]) < 10_000:
            return self.now - timedelta(hours=unit * int(words[:-1]))
        try:
            read = datetime.fromisoformat(words)
        except ValueError:
            raise CommandError(
                f"{name} is a date such as 2024-06-11, or a span such as 3d", subject=words[:30]
            ) from None
        return read if read.tzinfo else read.replace(tzinfo=UTC)


def event_named(c: Connection, words: str, question: Question) -> Event | None:
    """The event of that id, of that report, or the latest in whose id, title or places all the telling words stand;
    else the latest in one of whose reports they do.
    """
    tenant = question.asker.tenant
    if found := seen.event(c, words, tenant=tenant) or seen.event_of(c, words, tenant=tenant):
        return found
    telling = telling_words(words)
    if not telling:
        return None
    for matching in (telling, telling_words(canonical(words))):
        if named := seen.latest(c, tenant=tenant, words=matching, count=1):
            return named[0]
    of = events_told_of(c, telling, tenant=tenant)
    return seen.event(c, of[0], tenant=tenant) if of else None


def events_told_of(c: Connection, telling: str, *, tenant: str) -> Sequence[str]:
    """The ids of the events of the newest reports in which all these words stand, the newest first."""
    return events.events_of(c, search.search(c, tenant=tenant, query=telling, size=_LOOKED_INTO).ids)


def error_card(error: CommandError, now: datetime) -> Card:
    """What was wrong, to what, and what to do; suggestions as buttons."""
    return Card(
        kind="error",
        title=error.message[:1].upper() + error.message[1:],
        status="error",
        as_of=now,
        lead=" — ".join(part for part in (error.subject, error.hint) if part),
        actions=tuple(Action(label=words, command=words) for words in error.suggestions),
    )


def event_asked(c: Connection, q: Question, option: str = "event") -> Event | None:
    """The event that an option names; the latest where it is not given."""
    words = q.option(option)
    if words:
        return event_named(c, words, q)
    return next(iter(seen.latest(c, tenant=q.asker.tenant, count=1)), None)


def counts_of(found: Event) -> str:
    """ "3 outlets, 2 origins"."""
    return f"{found.outlets} outlet{'s' * (found.outlets != 1)}, {found.origins} origin{'s' * (found.origins != 1)}"


def event_actions(found: Event) -> tuple[Action, ...]:
    """The buttons under an event's card."""
    return tuple(
        Action(label=label, command=f"{verb} {found.id}{more}")
        for label, verb, more in (
            ("Claims", "claims", ""),
            ("Toll", "toll", ""),
            ("Toll over time", "toll", " view:timeline"),
            ("Timeline", "timeline", ""),
            ("Export", "export", " format:md"),
        )
    )


def turning(q: Question, page: int, pages: int) -> dict[str, object]:
    """Page numbers and the commands of the neighbouring pages."""

    def command(number: int) -> str:
        options = {**q.command.options, "page": str(number)}
        words = words_of(type(q.command)(root=q.command.root, verb=q.command.verb, options=options))
        return words if len(words) <= 90 else ""

    return {
        "page": page,
        "pages": pages,
        "previous_page": command(page - 1) if page > 1 else "",
        "next_page": command(page + 1) if page < pages else "",
    }


def told_asked(c: Connection, q: Question, option: str = "id") -> Told | None:
    """The report of an id, or the latest of an event."""
    words = q.option(option)
    found = reports.one(c, words, tenant=q.asker.tenant)
    if found is None and (event := event_named(c, words, q)):
        found = reports.one(c, event.reports[-1], tenant=q.asker.tenant)
    return found
