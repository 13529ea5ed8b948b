"""Events as a tenant sees them: what goes to people, or is compared with their filters, comes from here.

An event is stored whole. Where it holds reports that only another tenant's private feeds have brought, it is told anew
from those that the tenant sees, and does not exist where it sees none. That is looked up once for all the events of an
answer; nearly always nothing is hidden, and they are what the store holds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

import msgspec
from sqlalchemy import Connection

from bot.events.tell import tell_part
from bot.model.event import ChangeNote, Event
from bot.store import events, reports
from bot.store.event_index import has_words

_MOST_PAGES = 4
"""So many pages of events are looked through for those that are found by what the tenant itself sees."""


def as_seen(c: Connection, stored: Iterable[Event], *, tenant: str) -> tuple[Event, ...]:
    """These stored events as the tenant sees them, in their order; those of which it sees no report are left out."""
    whole = tuple(stored)
    hidden = events.unseen(c, [event.id for event in whole], tenant=tenant) if whole else {}
    told = (_told(c, event, hidden[event.id]) if event.id in hidden else event for event in whole)
    return tuple(event for event in told if event is not None)


def _told(c: Connection, event: Event, hidden: frozenset[str]) -> Event | None:
    told = reports.told(c, (report for report in event.reports if report not in hidden))
    return tell_part(event, tuple(told.values())) if told else None


def _one(c: Connection, stored: Event | None, tenant: str) -> Event | None:
    return next(iter(as_seen(c, [stored], tenant=tenant)), None) if stored is not None else None


def event(c: Connection, event_id: str, *, tenant: str) -> Event | None:
    """An event by its id, or by the id of one merged into it; None where the tenant sees nothing of it."""
    return _one(c, events.event(c, event_id), tenant)


def event_of(c: Connection, report_id: str, *, tenant: str) -> Event | None:
    """The event that a report belongs to; None where the tenant does not see the report."""
    found = _one(c, events.event_of(c, report_id), tenant)
    return found if found is not None and report_id in found.reports else None


def some(c: Connection, ids: Iterable[str], *, tenant: str) -> dict[str, Event]:
    """Events by their ids; those that are gone or that the tenant does not see are left out."""
    return {event.id: event for event in as_seen(c, events.some(c, ids).values(), tenant=tenant)}


def latest(
    c: Connection,
    *,
    tenant: str,
    words: str = "",
    count: int = 10,
    since: datetime | None = None,
    typing: bool = False,
) -> tuple[Event, ...]:
    """The latest events; `words` must all stand in id, title or places as the tenant is told them.

    With `typing` the last word may be the beginning of one.
    """
    found: list[Event] = []
    retold = False
    for page in range(_MOST_PAGES):
        stored = events.latest_events(
            c, tenant=tenant, words=words, count=count, skip=page * count, since=since, typing=typing
        )
        whole = {event.id: event for event in stored}
        for event in as_seen(c, stored, tenant=tenant):
            told = event is not whole[event.id]
            if not told or (has_words(event, words, typing=typing) and (since is None or event.last_at >= since)):
                found.append(event)
            retold = retold or told
        if len(stored) < count or len(found) >= count:
            break
    if retold:
        found.sort(key=lambda event: event.last_at, reverse=True)
    return tuple(found[:count])


def notes(c: Connection, stored: Iterable[ChangeNote], *, tenant: str) -> tuple[ChangeNote, ...]:
    """These change notes as far as they are about what the tenant sees, in their order.

    A note is told where its report is seen, and what it was set against: a figure that is higher than one that only
    others have seen is not "raised" here.
    """
    given = tuple(stored)
    named = {ref.partition("#")[0] for note in given for ref in (note.report_id, *note.refs)}
    seen = reports.seen(c, named, tenants=reports.visible(tenant))
    views: dict[str, tuple[Event | None, bool]] = {}
    told = []
    for note in given:
        if note.report_id not in seen:
            continue
        refs = tuple(ref for ref in note.refs if ref.partition("#")[0] in seen)
        event, whole = views.get(note.report_id, (None, True))
        if note.report_id not in views:
            stored_event = events.event_of(c, note.report_id)
            event = _one(c, stored_event, tenant)
            whole = event is stored_event
            of = event.reports if event is not None else (note.report_id,)
            views |= dict.fromkeys(of, (event, whole))
        if _stands(note, refs, event, whole=whole):
            told.append(msgspec.structs.replace(note, refs=refs))
    return tuple(told)


def _stands(note: ChangeNote, refs: Sequence[str], event: Event | None, *, whole: bool) -> bool:
    """Whether what a note of a report that is seen says holds without the reports that are not."""
    if note.kind in ("merged", "split"):
        return whole and len(refs) == len(note.refs)
    if note.kind == "disputed":
        return len(refs) > 1 or len(note.refs) < 2
    if whole or event is None or note.kind not in ("toll_up", "toll_down"):
        return True
    entry = next((entry for entry in event.tolls if f"{entry.report}#{entry.casualty}" in refs), None)
    return entry is not None and any(
        (old.state, old.groups, old.side, old.scope) == (entry.state, entry.groups, entry.side, entry.scope)
        for old in event.tolls
        if old.report != entry.report and (old.at, old.report) <= (entry.at, entry.report) and not old.subset_of
    )


class Audience(msgspec.Struct, frozen=True):
    """Tenants that see an event alike: as what, and whether a tenant is one of them."""

    event: Event | None
    tenant: str
    holds: Callable[[str], bool]


def audiences(
    c: Connection, stored: Event | None, *, tenants: Iterable[str], sharers: Sequence[str]
) -> tuple[Audience, ...]:
    """Who is told of a report of this event, by how they see the event; `tenants` see the report, "" is everybody.

    `sharers` are the event's (`events.sharers`).
    """
    told_to = set(tenants)
    apart = set(told_to - {""})
    if "" in told_to:
        apart = set(sharers)
    found = [Audience(_one(c, stored, tenant), tenant, tenant.__eq__) for tenant in sorted(apart)]
    if "" in told_to:
        found.insert(0, Audience(_one(c, stored, "") if apart else stored, "", lambda tenant: tenant not in apart))
    return tuple(found)
