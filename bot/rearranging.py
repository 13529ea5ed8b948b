"""An admin's word on which reports belong together: it holds through what comes later, and is told where it matters.

What is said is kept as pins, which win over likeness (`placing`). Cards that were posted move with their reports, are
edited, and have a note beside them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

import msgspec
from sqlalchemy import Connection

from bot import seen
from bot.deliver.plan import Earlier, plan_rearranged
from bot.deliver.timing import HOUR
from bot.events.changes import moved
from bot.model.delivery import Delivery
from bot.model.errors import CommandError
from bot.model.event import ChangeNote, Event
from bot.model.report import Report
from bot.model.summary import Summary
from bot.placing import made_one, number_of, told_anew
from bot.store import delivered, events, outbox, reports, subscriptions


class Rearranged(msgspec.Struct, frozen=True):
    """What an admin's word came to.

    Attributes:
        events: those that it touched and that still stand, the one that keeps its id first.
        notes: what is told of it.
        cards: the posted cards whose event is another one now.
    """

    events: tuple[Event, ...]
    notes: tuple[ChangeNote, ...] = ()
    cards: tuple[Delivery, ...] = ()


def merge(c: Connection, names: Sequence[str], *, by: str) -> Rearranged:
    """Make one event of several, under the oldest id; the other ids lead to it from then on.

    Raises `CommandError` where fewer than two events are named.
    """
    named = {found.id: found for name in names if (found := _named(c, name))}
    if len(named) < 2:
        raise CommandError("merging takes two events or more", subject=" ".join(names), hint="events merge KAR-1 KAR-2")
    kept = min(named, key=number_of)
    members = [report for found in named.values() for report in found.reports]
    gone = [other for other in named if other != kept]
    after = told_anew(c, kept, members)
    cards = made_one(c, gone, kept)
    events.save_event(c, after)
    _pin(c, members, kept, by=by)
    told = _last(c, after)
    words = (
        f"{' and '.join(gone)} {'is' if len(gone) == 1 else 'are'} told under {kept} from now on, by an admin's word"
    )
    return Rearranged((after,), (moved(after, told, "merged", words),), cards)


def split(c: Connection, name: str, parts: Sequence[str], *, by: str) -> Rearranged:
    """Make two events of one: the named reports, and the rest; the id stays with the more.

    Raises `CommandError` where a report is not the event's, or where nothing would be left on one of the sides.
    """
    found = _named(c, name)
    chosen = [report for report in found.reports if report in set(parts)]
    if strange := [part for part in parts if part not in found.reports]:
        raise CommandError(f"not a report of {found.id}", subject=" ".join(strange), hint=f"see event {found.id}")
    rest = [report for report in found.reports if report not in chosen]
    if not chosen or not rest:
        raise CommandError("a split leaves reports on both sides", subject=found.id, hint="events split KAR-1 report …")
    stay, go = (rest, chosen) if len(rest) >= len(chosen) else (chosen, rest)
    kept = told_anew(c, found.id, stay)
    new = told_anew(c, None, go)
    for event in (kept, new):
        events.save_event(c, event)
        _pin(c, event.reports, event.id, by=by)
    count = f"{len(go)} report{'s' * (len(go) != 1)}"
    words = (
        f"{count} of {kept.id} {'is' if len(go) == 1 else 'are'} told under {new.id} from now on, by an admin's word"
    )
    notes = tuple(moved(event, _last(c, event), "split", words) for event in (kept, new))
    return Rearranged((kept, new), notes, _posted(c, go, new.id))


def detach(c: Connection, report_id: str, *, by: str) -> Rearranged:
    """Take a report out of its event, to belong to none.

    Raises `CommandError` where the report is in no event.
    """
    found = events.event_of(c, report_id)
    if found is None:
        raise CommandError("this report is in no event", subject=report_id, hint="events attach report event:KAR-1")
    _pin(c, [report_id], "", by=by)
    rest = [report for report in found.reports if report != report_id]
    if not rest:
        events.remove_event(c, found.id)
        return Rearranged((), cards=_posted(c, [report_id], None))
    after = told_anew(c, found.id, rest)
    events.save_event(c, after)
    words = f"a report is no longer told under {after.id}, by an admin's word: {report_id}"
    notes = (moved(after, _last(c, after), "split", words, report_id),)
    return Rearranged((after,), notes, _posted(c, [report_id], None))


def attach(c: Connection, report_id: str, name: str, *, by: str) -> Rearranged:
    """Put a report into an event, whatever it was in before: what undoes `detach`."""
    found = _named(c, name)
    before = events.event_of(c, report_id)
    if before is not None and before.id == found.id:
        raise CommandError("this report is in that event", subject=f"{report_id} {found.id}")
    left: tuple[Event, ...] = ()
    if before is not None:
        rest = [report for report in before.reports if report != report_id]
        if rest:
            left = (told_anew(c, before.id, rest),)
            events.save_event(c, left[0])
        else:
            made_one(c, [before.id], found.id)
    after = told_anew(c, found.id, [*found.reports, report_id])
    events.save_event(c, after)
    _pin(c, after.reports, after.id, by=by)
    told = reports.one(c, report_id) or _last(c, after)
    words = f"a report is told under {after.id} by an admin's word: {report_id}"
    notes = (moved(after, told, "merged", words, report_id),)
    return Rearranged((after, *left), notes, _posted(c, [report_id], after.id))


def tell_of(c: Connection, done: Rearranged, *, now: datetime) -> int:
    """Keep the notes, and owe them and the edits of posted cards in every place that knows of the events; how many."""
    numbers = events.add_notes(c, done.notes)
    ids = [event.id for event in done.events]
    firsts = delivered.first_cards(c, *ids) if ids else ()
    earlier = Earlier(
        order=lambda order: subscriptions.subscription(c, order),
        firsts=firsts,
        moved=done.cards,
        recent=lambda order: delivered.recent(c, order, since=now - HOUR),
    )
    owed = 0
    for tenant in sorted({card.destination.tenant for card in (*firsts, *done.cards)}):
        notes = [
            (number, told)
            for number, note in zip(numbers, done.notes, strict=True)
            for told in seen.notes(c, [note], tenant=tenant)
        ]
        owed += outbox.enqueue(c, plan_rearranged(notes, earlier, tenant=tenant, now=now))
    return owed


def _posted(c: Connection, members: Sequence[str], event: str | None) -> tuple[Delivery, ...]:
    """The posted cards of reports that belong to another event from now on, or to none."""
    refs = [f"report:{report_id}" for report_id in members]
    outbox.move_cards(c, refs, event)
    return tuple(card for ref in refs for card in delivered.cards_of(c, ref))


def _named(c: Connection, name: str) -> Event:
    found = events.event(c, name)
    if found is None:
        raise CommandError("no event of that id", subject=name, hint="ids look like KAR-0142: see latest")
    return found


def _last(c: Connection, event: Event) -> tuple[Report, Summary]:
    """The event's latest report, in whose thread a note about the event belongs."""
    told = reports.one(c, event.reports[-1])
    assert told is not None  # an event's reports are stored
    return told


def _pin(c: Connection, members: Iterable[str], event: str, *, by: str) -> None:
    for report_id in members:
        events.pin(c, report_id, event, by=by)
