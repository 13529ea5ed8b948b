"""`/news toll`: killed, injured, missing, not separated; according to whom; never added up."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

import msgspec
from sqlalchemy import Connection

from bot.events.origins import origin_of_each
from bot.model.card import Attachment, Card, Line, Section
from bot.model.errors import CommandError, WorkError
from bot.model.event import Event, TollEntry
from bot.queries import cards
from bot.queries.question import Question, counts_of, empty, event_actions, event_asked
from bot.store import reports
from bot.store.engine import Store
from bot.store.reports import Told

Draw = Callable[[Callable[[Event], Attachment | None], Event], Awaitable[Attachment | None]]
"""Runs a drawing function beside the event loop."""
_PEOPLE = {"all": None, "civilians": "civilian", "children": "children", "military": "military"}
_MOST_FIGURES = 20


def _now(found: Event, group: str = "all") -> list[TollEntry]:
    """What each speaker's latest report gives for each state and people, in order; parts stay under their whole."""
    wanted = _PEOPLE[group]
    newest: dict[tuple[object, ...], str] = {}
    shown = [entry for entry in found.tolls if wanted is None or wanted in entry.groups]
    for entry in shown:
        newest[_series(entry)] = entry.report
    return [entry for entry in shown if newest[_series(entry)] == entry.report]


def _series(entry: TollEntry) -> tuple[object, ...]:
    who = entry.speaker or entry.outlet
    return who, entry.state, entry.groups, entry.side, entry.scope, entry.subset_of is not None


def _who(entry: TollEntry) -> str:
    return f"according to {cards.short_name(entry.speaker)}" if entry.speaker else f"{entry.outlet}'s own account"


def now_lines(found: Event, group: str = "all") -> list[Line]:
    """Per speaker and state the latest figure; figures are never added."""
    lines = []
    for entry in _now(found, group):
        marks = (" · running total" if entry.scope == "cumulative" else "") + (
            " · corrected downwards" if entry.corrects else ""
        )
        lines.append(
            Line(
                text=("incl. " if entry.subset_of else "") + cards.toll_words(entry) + marks,
                note=_who(entry),
                at=entry.at,
                level=1 if entry.subset_of else 0,
                refs=(f"{entry.report}#{entry.casualty}",),
            )
        )
    return lines


def _range_lines(found: Event, told: Sequence[Told], group: str = "all") -> list[Line]:
    """Where independent origins differ on the same people: the lowest and the highest figure, each with its source."""
    origin = origin_of_each(told)
    held: dict[tuple[object, ...], list[TollEntry]] = {}
    for entry in _now(found, group):
        if entry.scope == "event" and entry.subset_of is None and entry.report in origin:
            held.setdefault((entry.state, entry.groups, entry.side), []).append(entry)
    lines = []
    for entries in held.values():
        lowest = min(entries, key=lambda e: e.min if e.min is not None else e.max or 0)
        highest = max(entries, key=lambda e: e.max if e.max is not None else e.min or 0)
        count = len({origin[entry.report] for entry in entries})
        if count > 1 and (lowest.min, lowest.max) != (highest.min, highest.max):
            lines.append(
                Line(
                    text=" to ".join(f"{cards.toll_words(entry)} ({_who(entry)})" for entry in (lowest, highest)),
                    note=f"{count} independent origins",
                    refs=tuple(f"{entry.report}#{entry.casualty}" for entry in (lowest, highest)),
                )
            )
    return lines


def toll(c: Connection, q: Question) -> Card:
    """Killed, injured, missing, not separated; according to whom; never added up."""
    view, group = q.option("view", "now"), q.option("group", "all")
    if view not in ("now", "by-source", "timeline"):
        raise CommandError("there is no such view", subject=view, hint="now, by-source or timeline")
    if group not in _PEOPLE:
        raise CommandError("there is no such group", subject=group, hint="all, civilians, children or military")
    found = event_asked(c, q)
    if found is None:
        return empty(c, q, q.option("event"))
    told = tuple(reports.told(c, found.reports, tenant=q.asker.tenant).values())
    if view == "now":
        lines = now_lines(found, group)
        sections = [
            _cut("According to each source, latest figure", lines, f"toll {found.id} view:by-source"),
            Section(heading="Range over independent origins", lines=tuple(_range_lines(found, told, group))),
        ]
    else:
        lines = _series_lines(found, group, by_source=view == "by-source")
        sections = [_cut("All figures", lines, f"export {found.id} format:csv")]
    return Card(
        kind="toll",
        title=f"Toll: {found.title}",
        tag=found.id,
        subtitle=counts_of(found),
        as_of=q.now,
        lead="" if lines else "No report of this event gives a figure of this kind.",
        sections=tuple(section for section in sections if section.lines),
        sources=tuple(cards.source_link(r) for r, _ in told),
        actions=event_actions(found),
        footer="Figures of different sources are never added.",
    )


async def toll_over_time(store: Store, q: Question, draw: Draw) -> Card:
    """The toll's card with its chart; where that cannot be drawn in time, the list alone, and it says so."""
    card = await store.read(toll, q)
    found = await store.read(event_asked, q)
    if found is None:
        return card
    try:
        return msgspec.structs.replace(card, picture=await draw(_chart, found))
    except WorkError:
        return msgspec.structs.replace(card, footer=f"{card.footer} The chart could not be drawn; the list is whole.")


def _chart(found: Event) -> Attachment | None:
    from bot.queries.charts import toll_chart  # loading the drawing library takes longer than starting the rest

    return toll_chart(found)


def _cut(heading: str, lines: list[Line], command: str) -> Section:
    left = max(0, len(lines) - _MOST_FIGURES)
    return Section(heading=heading, lines=tuple(lines[:_MOST_FIGURES]), left_out=left, command=command if left else "")


def _series_lines(found: Event, group: str, *, by_source: bool) -> list[Line]:
    wanted = _PEOPLE[group]
    entries = [entry for entry in found.tolls if wanted is None or wanted in entry.groups]
    if by_source:
        entries.sort(key=lambda e: (e.speaker or e.outlet or "", e.at))
    return [
        Line(
            text=f"{cards.short_name(entry.speaker) if entry.speaker else entry.outlet}: {cards.toll_words(entry)}",
            note=" · ".join(
                mark
                for mark, holds in (
                    ("part of the figure before", entry.subset_of),
                    ("running total", entry.scope == "cumulative"),
                    ("corrected downwards", entry.corrects),
                )
                if holds
            ),
            at=entry.at,
            refs=(f"{entry.report}#{entry.casualty}",),
        )
        for entry in entries
    ]
