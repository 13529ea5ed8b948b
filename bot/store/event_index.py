"""By which words events are found: id, title and places, and who may see them; the latest to move come first."""

from __future__ import annotations

import msgspec
from sqlalchemy import Connection, select, update

from bot.model.event import Event
from bot.store import tables as t
from bot.store.found_by import seen_by
from bot.store.postings import free_places, is_of, put, take, words_in

_event = msgspec.json.Decoder(Event)


def reindex(c: Connection, event_id: str | None) -> None:
    """Make an event findable as it now stands; one that was merged into another, or that is gone, no longer."""
    row = c.execute(select(t.events).where(t.events.c.id == event_id)).one_or_none() if event_id else None
    if row is None:
        return
    event = _event.decode(row.value)
    terms = set() if row.merged_into else {*words_in(_words(event)), *(seen_by(seer) for seer in _seers(c, event.id))}
    line = " ".join(sorted(terms))
    moved = row.place is None or row.merged_into or not is_of(row.place, event.last_at)
    if line == row.terms and not moved:
        return
    if row.place is not None:
        take(c, "event_search", row.place, row.terms.split())
    place = None
    if terms:
        (place,) = free_places(c, t.events.c.place, [event.last_at]) if moved else (row.place,)
        put(c, "event_search", [(place, terms)])
    c.execute(update(t.events).where(t.events.c.id == event.id).values(terms=line, place=place))


def _words(event: Event) -> str:
    return f"{event.id} {event.title} {' '.join(event.places)}"


def _seers(c: Connection, event_id: str) -> list[str]:
    """The tenants that see one of the event's reports."""
    query = (
        select(t.sightings.c.tenant)
        .join(t.event_reports, t.event_reports.c.report_id == t.sightings.c.report_id)
        .where(t.event_reports.c.event_id == event_id)
        .distinct()
    )
    return [str(row.tenant) for row in c.execute(query)]


def unindex(c: Connection, event_id: str) -> None:
    """Let an event be found no longer."""
    row = c.execute(select(t.events.c.place, t.events.c.terms).where(t.events.c.id == event_id)).one_or_none()
    if row is not None and row.place is not None:
        take(c, "event_search", row.place, row.terms.split())
        c.execute(update(t.events).where(t.events.c.id == event_id).values(terms="", place=None))


def index_all(c: Connection) -> None:
    """Make every event findable, where the index is empty."""
    c.execute(update(t.events).values(terms="", place=None))
    for row in c.execute(select(t.events.c.id).order_by(t.events.c.last_at, t.events.c.id)).all():
        reindex(c, row.id)
