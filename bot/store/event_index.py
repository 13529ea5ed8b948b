"""By which words events are found: id, title and places, and who may see them; the latest to move come first."""

from __future__ import annotations

import msgspec
from sqlalchemy import Connection, bindparam, select, update

from bot.model.event import Event
from bot.store import tables as t
from bot.store.found_by import seen_by
from bot.store.listed import any_of
from bot.store.postings import free_places, is_of, put, take, words_in

_TENANTS_OF = (
    select(t.sightings.c.tenant, t.sightings.c.report_id)
    .join(t.event_reports, t.event_reports.c.report_id == t.sightings.c.report_id)
    .where(t.event_reports.c.event_id == bindparam("event_id"))
)
_INDEXED = any_of(t.events.c.id, "of"), t.events.c.place.is_not(None)
_FOUND = select(t.events.c.place, t.events.c.terms).where(*_INDEXED)
_UNFOUND = update(t.events).where(*_INDEXED).values(terms="", place=None)
_event = msgspec.json.Decoder(Event)


class _Named(msgspec.Struct):
    headline: str = ""
    place: str | None = None


_named = msgspec.json.Decoder(_Named)


def reindex(c: Connection, event_id: str | None) -> None:
    """Make an event findable as it now stands; one that was merged into another, or that is gone, no longer."""
    row = c.execute(select(t.events).where(t.events.c.id == event_id)).one_or_none() if event_id else None
    if row is None:
        return
    if row.merged_into:
        unindex(c, row.id)
        return
    terms, place = indexed(c, _event.decode(row.value), row.terms, row.place, seers_of(c, row.id))
    if (terms, place) != (row.terms, row.place):
        c.execute(update(t.events).where(t.events.c.id == row.id).values(terms=terms, place=place))


def indexed(c: Connection, event: Event, before: str, place: int | None, seers: dict[str, set[str]]) -> tuple[str, int]:
    """Index an event that stood there with these terms at that place; returns what its row is to say of that now."""
    words = words_in(f"{_words(event)} {_other_titles(c, event, seers)}")
    terms = {*words, *map(seen_by, seers)}
    line = " ".join(sorted(terms))
    stays = place is not None and is_of(place, event.last_at)
    if place is not None and line == before and stays:
        return line, place
    if place is not None:
        take(c, "event_search", place, before.split())
    if place is None or not stays:
        (place,) = free_places(c, t.events.c.place, [event.last_at])
    put(c, "event_search", [(place, terms)])
    return line, place


def has_words(event: Event, words: str, *, typing: bool) -> bool:
    """Whether all words stand in an event's id, title or places; with `typing` the last may be the beginning of one."""
    terms = words_in(words)
    held = {*words_in(_words(event))}
    beginning = terms.pop() if typing and terms else ""
    return held.issuperset(terms) and (not beginning or any(word.startswith(beginning) for word in held))


def _words(event: Event) -> str:
    return f"{event.id} {event.title} {' '.join(event.places)}"


def seers_of(c: Connection, event_id: str) -> dict[str, set[str]]:
    """The event's reports by the tenants that see them ("" is everybody)."""
    found: dict[str, set[str]] = {}
    for tenant, report_id in c.execute(_TENANTS_OF, {"event_id": event_id}):
        found.setdefault(tenant, set()).add(report_id)
    return found


def _other_titles(c: Connection, event: Event, seers: dict[str, set[str]]) -> str:
    """The titles of the event to tenants that do not see the report which names it: their own first report's."""
    everybody = seers.get("", set())
    views = [everybody | own for own in seers.values()]
    first = {next((report for report in event.reports if report in view), "") for view in views}
    others = first - {event.reports[0], ""}
    query = select(t.reports.c.summary).where(t.reports.c.id.in_(others))
    told = [_named.decode(row.summary) for row in c.execute(query)] if others else []
    return " ".join(f"{one.headline} {one.place or ''}" for one in told)


def unindex(c: Connection, *event_ids: str) -> None:
    """Let events be found no longer."""
    for place, terms in c.execute(_FOUND, {"of": event_ids}).all():
        take(c, "event_search", place, terms.split())
    c.execute(_UNFOUND, {"of": event_ids})


def index_all(c: Connection) -> None:
    """Make every event findable, where the index is empty."""
    c.execute(update(t.events).values(terms="", place=None))
    for row in c.execute(select(t.events.c.id).order_by(t.events.c.last_at, t.events.c.id)).all():
        reindex(c, row.id)
