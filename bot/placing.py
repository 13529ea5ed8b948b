"""Which event a report belongs to: by likeness as reports come, and by an admin's word (`rearranging`).

An admin's word is kept as pins and wins over likeness. Events that hold pinned reports are *settled*: a later report
that is like several of them joins the one that it is most like, and never makes them one again.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from functools import lru_cache

import msgspec
from sqlalchemy import Connection

from bot.events.changes import changes, moved
from bot.events.cluster import UNRELATED, Group, joined
from bot.events.likeness import NEAR, likeness
from bot.events.naming import event_id
from bot.events.tell import Standing, tell, tell_on
from bot.events.traits import Traits, looked_up_by, traits_of
from bot.model.delivery import Delivery
from bot.model.event import ChangeNote, Event
from bot.model.report import Report
from bot.model.summary import Summary
from bot.store import delivered, events, outbox, reports
from bot.store.events import Stored

TERMS = 14
"""How many of a report's heaviest terms it is looked up by."""
_CANDIDATES = 4
"""Events that are looked at whole: those of the neighbours that are most like the report."""
_COMPARED = 8
"""Of an event, so many of its latest reports are compared with a new one."""
FULL = 200
"""Reports from which on likeness adds none to an event."""
SPAN = timedelta(days=14)
"""How long an event may last that likeness alone has joined."""
WHOLE = 12
"""Reports up to which an event is told anew with each that comes."""
LATEST = 7
"""Of a larger event, so many of its latest reports are told anew."""

_encode = msgspec.json.encode
_traits = lru_cache(maxsize=4096)(msgspec.json.Decoder(Traits).decode)
"""The traits of a neighbour: reports of one day have much the same ones."""


class _Older(msgspec.Struct, frozen=True):
    """What is read of traits that an earlier version of the program stored."""

    report_id: str


class Placed(msgspec.Struct, frozen=True):
    """Where a report has been put.

    Attributes:
        notes: of what moved.
        cards: the first cards of events that have become part of this one.
        sharers: see `events.sharers`.
    """

    event: Event | None = None
    notes: tuple[ChangeNote, ...] = ()
    cards: tuple[Delivery, ...] = ()
    sharers: tuple[str, ...] = ()


def place(c: Connection, report: Report, summary: Summary, *, revised: bool, pins: bool = True) -> Placed:
    """Put a stored report into its event, which may be new, or one made of several.

    `pins` is whether an admin has said of any report where it belongs (`events.any_pin`).
    """
    traits = traits_of(report, summary)
    terms = looked_up_by(traits, TERMS)
    events.save_traits(c, report.id, traits.at, _encode(traits), terms, revised=revised)
    pinned = events.pinned(c, report.id) if pins else None
    own = events.event_ids(c, [report.id]).get(report.id) if revised else None
    ids, loose, stored = _belongs_to(c, traits, terms, own, pinned, pins=pins)
    if not ids and not loose and (traits.topic != "crisis" or pinned == ""):
        return Placed()
    stored |= events.stored(c, [other for other in ([own, *ids] if own else ids) if other not in stored])
    held = {other: stored[other].read() for other in ([own, *ids] if own else ids) if other in stored}
    befores = _room(held.get(own or ""), [held[other] for other in ids if other in held], traits)
    before, joining = (befores[0], befores[1:]) if befores else (None, [])
    members = list(dict.fromkeys([*(r for other in befores for r in other.reports), *loose, report.id]))
    kept = before.id if before else None
    after = _told_on(c, befores, members, report.id) if len(members) > WHOLE else told_anew(c, kept, members)
    cards = made_one(c, [other.id for other in joining], after.id)
    sharers = events.save_event(c, after, stored=stored.get(after.id))
    noted = events.notes_of(c, after.id) if before else ()
    notes = changes(before, after, (report, summary), revised=revised, noted=noted)
    merged = tuple(
        moved(
            after,
            (report, summary),
            "merged",
            f"{other.id} is told under {after.id} from now on: one report joins both",
        )
        for other in joining
    )
    return Placed(after, (*notes, *merged), cards, sharers)


def _room(own: Event | None, near: Sequence[Event], traits: Traits) -> list[Event]:
    """Those of the events that become one with the report, the oldest id first.

    Where something happens every day, reports would join day to day without end: so likeness makes no event of more
    than `FULL` reports or longer than `SPAN`. The event that the report is in stays; then those most like it.
    """
    chosen: list[Event] = [own] if own else []
    for event in near:
        begins = min([traits.at, event.first_at, *(other.first_at for other in chosen)])
        ends = max([traits.at, event.last_at, *(other.last_at for other in chosen)])
        size = len(event.reports) + sum(len(other.reports) for other in chosen)
        if ends - begins <= SPAN and size < FULL and event.id not in {other.id for other in chosen}:
            chosen.append(event)
    return sorted(chosen, key=lambda event: number_of(event.id))


def made_one(c: Connection, gone: Sequence[str], kept: str) -> tuple[Delivery, ...]:
    """Let events' ids and their posted cards lead to another event; returns the cards."""
    if not gone:
        return ()
    cards = delivered.first_cards(c, *gone)
    events.merge_into(c, gone, kept)
    outbox.move_events(c, gone, kept)
    return tuple(msgspec.structs.replace(card, event_id=kept) for card in cards)


def told_anew(c: Connection, kept: str | None, members: Iterable[str]) -> Event:
    """The event that these reports tell of, under its id, or under a new one."""
    after = tell(kept or "", list(reports.told(c, dict.fromkeys(members)).values()))
    if kept:
        return after
    place_name = after.places[0] if after.places else ""
    return msgspec.structs.replace(after, id=event_id(place_name, after.title, events.next_number(c, "event")))


def _told_on(c: Connection, befores: Sequence[Event], members: Sequence[str], new: str) -> Event:
    """An event of many reports with a new or revised one: told from that one and the latest."""
    every = [Standing(*one) for one in reports.standing(c, members)]
    latest = sorted(every, key=lambda one: (one.at, one.id))[-LATEST:]
    return tell_on(befores, list(reports.told(c, dict.fromkeys([*(one.id for one in latest), new])).values()), every)


def number_of(event: str) -> int:
    """Events are numbered as they come: the lowest number is the oldest id."""
    return int(event.rpartition("-")[2])


def _belongs_to(
    c: Connection, traits: Traits, terms: dict[str, float], own: str | None, pinned: str | None, *, pins: bool
) -> tuple[list[str], list[str], dict[str, Stored]]:
    """The events that the report belongs to, and the reports of no event that belong to it.

    These are by an admin's word, where there is one (`pinned`); else by likeness: then the event that the report is in
    (`own`) is among them. Told are also events as they were found stored on the way.
    """
    if pinned is not None:
        said = events.event(c, pinned) if pinned else None
        return [said.id] if said else [], [], {}
    groups, stored = _groups(c, traits, terms, pins=pins)
    chosen = joined(traits, groups)
    loose = {group.key for group in groups if not group.event}
    ids = list(dict.fromkeys(([own] if own else []) + [key for key in chosen if key not in loose]))
    settled = events.settled(c, ids) if pins else frozenset()
    most_alike = next((other for other in ids if other in settled), None)
    kept = [other for other in ids if other == most_alike or other not in settled]
    return kept, [key for key in chosen if key in loose], stored


def _groups(
    c: Connection, traits: Traits, terms: dict[str, float], *, pins: bool
) -> tuple[list[Group], dict[str, Stored]]:
    """The events that a report may belong to, and the reports like it that are in none and that nobody took out.

    Also these events as they are stored.
    """
    sharing = events.neighbours(c, terms, start=traits.at - NEAR, end=traits.at + NEAR)
    read = [(_read(c, value), event_id) for value, event_id in sharing]
    near = {one.report_id: one for one, _ in read if one.report_id != traits.report_id}
    of = {one.report_id: event_id for one, event_id in read if event_id is not None}
    odds = {report_id: likeness(traits, one) for report_id, one in near.items()}
    ordered = sorted((key for key in near if odds[key] >= UNRELATED), key=lambda key: (-odds[key], key))
    alone = [key for key in ordered if key not in of]
    spoken_of = events.spoken_of(c, alone) if pins else frozenset()
    candidates = list(dict.fromkeys(of[key] for key in ordered if key in of))[:_CANDIDATES]
    groups = [Group(key, [near[key]], event=False, odds=odds) for key in alone if key not in spoken_of]
    stored = events.stored(c, candidates)
    for key, values in events.traits_within(c, stored, latest=_COMPARED).items():
        members = [_read(c, value) for value in values]
        groups.append(Group(key, [one for one in members if one.report_id != traits.report_id], odds=odds))
    return groups, stored


def _read(c: Connection, value: bytes) -> Traits:
    """Stored traits; those that an earlier version stored are found anew."""
    try:
        return _traits(value)
    except msgspec.ValidationError:
        told = reports.one(c, msgspec.json.decode(value, type=_Older).report_id)
        assert told is not None  # traits are stored beside their report, and go with it
        return traits_of(*told)
