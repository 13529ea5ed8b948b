"""An event told from its reports: title, counts, toll series, disputes; a pure function of reports and summaries."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache

import msgspec

from bot.events.disputes import disputes_across
from bot.events.origins import Told, origins, outlet_of, outlets
from bot.model.event import Dispute, Event, TollEntry
from bot.model.happening import HAPPENINGS, KINDS
from bot.model.report import Report
from bot.model.summary import CasualtyFigure, Summary


def told_at(report: Report) -> datetime:
    """When a report was published, else fetched."""
    at = report.published_at or report.fetched_at
    assert at is not None  # reports get one of the two on their way in
    return at


def in_order(told: Sequence[Told]) -> list[Told]:
    """Reports by time, then id."""
    return sorted(told, key=lambda pair: (told_at(pair[0]), pair[0].id))


def tell(event_id: str, told: Sequence[Told]) -> Event:
    """The event that these reports (at least one) tell of; the same whatever order they are given in."""
    ordered = in_order(told)
    within = [
        Dispute(*sorted((f"{summary.id}#{claim.id}", f"{summary.id}#{other}")))
        for _, summary in ordered
        for claim in summary.claims
        for other in claim.disputes
    ]
    entries = [entry for report, summary in ordered for entry in _tolls(report, summary)]
    return _event(event_id, ordered, entries, {*within, *disputes_across(ordered)})


def tell_part(event: Event, told: Sequence[Told]) -> Event:
    """The event as some of its reports (at least one) tell it: nothing in it is of the others."""
    ordered = in_order(told)
    held = {report.id for report, _ in ordered}
    entries = [msgspec.structs.replace(entry, corrects=False) for entry in event.tolls if entry.report in held]
    stand = {
        dispute
        for dispute in event.disputes
        if {dispute.one.partition("#")[0], dispute.other.partition("#")[0]} <= held
    }
    return _event(event.id, ordered, entries, stand)


def _event(event_id: str, ordered: Sequence[Told], entries: list[TollEntry], disputes: set[Dispute]) -> Event:
    return Event(
        id=event_id,
        title=_title(ordered),
        reports=tuple(report.id for report, _ in ordered),
        outlets=outlets(ordered),
        origins=origins(ordered),
        first_at=told_at(ordered[0][0]),
        last_at=told_at(ordered[-1][0]),
        places=_places(ordered),
        countries=_countries(ordered),
        kind=_kind(ordered),
        tolls=_with_corrections(entries),
        disputes=tuple(sorted(disputes)),
    )


class Standing(msgspec.Struct, frozen=True):
    """A report of an event as far as the event's counts and order need it; `at` is aware, UTC."""

    id: str
    outlet: str
    at: datetime


def tell_on(befores: Sequence[Event], latest: Sequence[Told], every: Sequence[Standing]) -> Event:
    """An event of many reports told on: what its latest reports tell is told anew, what stood before stays.

    `befores` are the events whose reports are `every` but for the new ones, the one that keeps its id first; `latest`
    are the reports that are looked at, the new ones among them. Between a report and those that are no longer among the
    latest no disputes are looked for any more.
    """
    before = befores[0]
    part = tell(before.id, latest)
    anew = {report.id for report, _ in latest}
    known = {report_id for event in befores for report_id in event.reports}
    order = {one.id: (one.at, one.id) for one in every}
    kept = [entry for event in befores for entry in event.tolls if entry.report not in anew]
    entries = sorted((*kept, *part.tolls), key=lambda entry: order[entry.report])
    # Each event's are in order, and none of them is among the part's: putting them together compares few.
    stand = [
        dispute
        for event in befores
        for dispute in event.disputes
        if dispute.one.partition("#")[0] not in anew or dispute.other.partition("#")[0] not in anew
    ]
    held = [pair for pair in latest if pair[0].id in known]
    more = part.origins - (origins(in_order(held)) if held else 0)
    publishers = len({one.outlet.casefold() for one in every})
    return msgspec.structs.replace(
        before,
        reports=tuple(sorted(order, key=lambda report_id: order[report_id])),
        outlets=publishers,
        origins=max(1, min(publishers, sum(event.origins for event in befores) + more)),
        first_at=min(one.at for one in every),
        last_at=max(one.at for one in every),
        tolls=_with_corrections(
            [msgspec.structs.replace(entry, corrects=False) if entry.corrects else entry for entry in entries]
        ),
        disputes=tuple(sorted([*stand, *part.disputes])),
    )


def _title(ordered: Sequence[Told]) -> str:
    """The first report's headline that names who says it, else the first."""
    headlines = [summary.headline or report.title or report.id for report, summary in ordered]
    return headlines[0]


def _places(ordered: Sequence[Told]) -> tuple[str, ...]:
    counts = Counter(summary.place for _, summary in ordered if summary.place)
    return tuple(sorted(counts, key=lambda place: (-counts[place], place))[:5])


def _countries(ordered: Sequence[Told]) -> tuple[str, ...]:
    counts = Counter(actor.country for _, summary in ordered for actor in summary.actors if actor.country)
    return tuple(sorted(counts, key=lambda country: (-counts[country], country))[:6])


def _kind(ordered: Sequence[Told]) -> str:
    counts: Counter[str] = Counter()
    for report, _ in ordered:
        counts.update(_kinds_in(f"{report.title or ''}\n{report.text[:800]}"))
    best = max(KINDS, key=lambda kind: counts[kind])
    return best if counts[best] else ""


_kinds_in = lru_cache(maxsize=2048)(HAPPENINGS.counts)
"""Looked for once: an event is told anew with each report that comes."""


def _tolls(report: Report, summary: Summary) -> list[TollEntry]:
    """The report's figures that belong to the event; those of earlier wars do not."""
    names = {actor.id: actor.name for actor in summary.actors}
    speakers = {claim.id: names.get(claim.speaker or "") for claim in summary.claims}
    # Who denies a figure does not give it: "denied that 11 had died" is nobody's toll of 11.
    denials = {claim.id for claim in summary.claims if claim.stance == "denies"}
    return [
        _entry(report, figure, speakers.get(figure.according_to or ""))
        for figure in summary.casualties
        if figure.scope != "historical" and (figure.max == 0 or figure.according_to not in denials)
    ]


def _entry(report: Report, figure: CasualtyFigure, speaker: str | None) -> TollEntry:
    return TollEntry(
        report=report.id,
        casualty=figure.id,
        at=told_at(report),
        speaker=speaker,
        claim=figure.according_to,
        outlet=outlet_of(report),
        state=figure.state,
        groups=figure.groups,
        side=figure.side,
        min=figure.min,
        max=figure.max,
        qualifier=figure.qualifier,
        scope=figure.scope,
        subset_of=figure.subset_of,
    )


def _with_corrections(entries: list[TollEntry]) -> tuple[TollEntry, ...]:
    """The series, with each figure marked that is lower than what the same speaker gave before for the same people."""
    held: dict[tuple[object, ...], TollEntry] = {}
    marked = []
    for entry in entries:
        key = (
            entry.speaker or entry.outlet,
            entry.state,
            entry.groups,
            entry.side,
            entry.scope,
            entry.subset_of is None,
        )
        before = held.get(key)
        lower = before is not None and before.report != entry.report and below(entry, before)
        marked.append(msgspec.structs.replace(entry, corrects=True) if lower else entry)
        held[key] = entry
    return tuple(marked)


def below(entry: TollEntry, other: TollEntry) -> bool:
    """Whether a figure is lower than another for certain: its top lies under the other's bottom."""
    return entry.max is not None and other.min is not None and entry.max < other.min
