"""`/news toll`: killed, injured, missing, not separated; according to whom; never added up."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from sqlalchemy import Connection

from bot.events.origins import origin_of_each
from bot.model.card import Card, Line, Section
from bot.model.errors import CommandError
from bot.model.event import Event, TollEntry
from bot.queries import cards
from bot.queries.nearest import empty, other_events
from bot.queries.question import Question, counts_of, event_actions, event_asked, turning
from bot.store import reports
from bot.store.reports import Told

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


def who_says(entry: TollEntry) -> str:
    """According to whom a figure is."""
    return f"according to {cards.short_name(entry.speaker)}" if entry.speaker else f"{entry.outlet}'s own account"


def toll_marks(entry: TollEntry) -> str:
    """What else there is to know of a figure."""
    told = (("running total", entry.scope == "cumulative"), ("corrected downwards", entry.corrects))
    return " · ".join(mark for mark, holds in told if holds)


def now_lines(found: Event, group: str = "all") -> list[Line]:
    """Per speaker and state the latest figure; figures are never added."""
    lines = []
    for entry in _now(found, group):
        marks = f" · {said}" if (said := toll_marks(entry)) else ""
        lines.append(
            Line(
                text=("incl. " if entry.subset_of else "") + cards.toll_words(entry) + marks,
                note=who_says(entry),
                at=entry.at,
                level=1 if entry.subset_of else 0,
                refs=(f"{entry.report}#{entry.casualty}",),
            )
        )
    return lines


def range_lines(found: Event, told: Sequence[Told], group: str = "all") -> list[Line]:
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
                    text=" to ".join(f"{cards.toll_words(entry)} ({who_says(entry)})" for entry in (lowest, highest)),
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
        return empty(c, q)
    told = tuple(reports.told(c, found.reports, tenant=q.asker.tenant).values())
    page = q.number("page", 1, most=50)
    if view == "now":
        lines = now_lines(found, group)
        ranges = tuple(range_lines(found, told, group)) if page == 1 else ()
        sections = [
            Section(heading="According to each source, latest figure", lines=tuple(_of_page(lines, page))),
            Section(heading="Range over independent origins", lines=ranges),
        ]
    else:
        lines = _series_lines(found, group, by_source=view == "by-source")
        shown = _of_page(lines, page)
        sections = _by_speaker(shown) if view == "by-source" else [Section(heading="By time", lines=tuple(shown))]
    return Card(
        kind="toll",
        title=f"Toll: {found.title}",
        tag=found.id,
        subtitle=counts_of(found),
        as_of=q.now,
        lead="" if lines else "No report of this event gives a figure of this kind.",
        sections=(*(section for section in sections if section.lines), *other_events(c, q, found)),
        sources=tuple(cards.source_link(r) for r, _ in told),
        actions=event_actions(found),
        footer="Figures of different sources are never added.",
        **turning(q, page, max(1, -(-len(lines) // _MOST_FIGURES))),  # type: ignore[arg-type]  # page, pages and their commands
    )


def _of_page(lines: list[Line], page: int) -> list[Line]:
    return lines[(page - 1) * _MOST_FIGURES : page * _MOST_FIGURES]


def _by_speaker(lines: list[Line]) -> list[Section]:
    """One section a source; its name heads it instead of each line."""
    held: dict[str, list[Line]] = {}
    for line in lines:
        speaker, _, figure = line.text.partition(": ")
        held.setdefault(speaker, []).append(msgspec.structs.replace(line, text=figure))
    return [Section(heading=speaker, lines=tuple(of)) for speaker, of in held.items()]


def _series_lines(found: Event, group: str, *, by_source: bool) -> list[Line]:
    wanted = _PEOPLE[group]
    entries = [entry for entry in found.tolls if wanted is None or wanted in entry.groups]
    if by_source:
        entries.sort(key=lambda e: (e.speaker or e.outlet or "", e.at))
    return [
        Line(
            text=f"{cards.short_name(entry.speaker) if entry.speaker else entry.outlet}: {cards.toll_words(entry)}",
            note=" · ".join(filter(None, ("part of the figure before" * bool(entry.subset_of), toll_marks(entry)))),
            at=entry.at,
            refs=(f"{entry.report}#{entry.casualty}",),
        )
        for entry in entries
    ]
