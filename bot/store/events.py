"""Events: their reports, what finds them again, their change notes, and what admins have said about them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from functools import cache

import msgspec
from sqlalchemy import Connection, TextClause, bindparam, delete, exists, insert, select, text, update
from sqlalchemy.dialects import postgresql, sqlite

from bot.model.event import ChangeNote, Event
from bot.store import event_index
from bot.store import tables as t
from bot.store.listed import among, any_of
from bot.store.postings import folded, newest, words_in
from bot.store.reports import visible
from bot.store.search import seen_terms

_json = msgspec.json.Encoder()
_event = msgspec.json.Decoder(Event)


class _Members(msgspec.Struct, frozen=True):
    """Of an event its reports alone: the rest is not read."""

    reports: tuple[str, ...]


_members = msgspec.json.Decoder(_Members)


class Stored(msgspec.Struct, frozen=True):
    """An event as it stands in the store, not yet read: its value, and where it is indexed with which terms."""

    value: bytes
    terms: str
    place: int | None

    def read(self) -> Event:
        """All of it."""
        return _event.decode(self.value)

    def members(self) -> tuple[str, ...]:
        """The ids of its reports."""
        return _members.decode(self.value).reports


_note = msgspec.json.Decoder(ChangeNote)
# Statements that are asked for each report are made once: making one takes several times as long as asking it.
_REPORTS_OF = select(t.event_reports.c.report_id).where(t.event_reports.c.event_id == bindparam("event_id"))
_STORED = select(t.events.c.value, t.events.c.terms, t.events.c.place).where(t.events.c.id == bindparam("id"))
_BY_ID = select(t.events).where(t.events.c.id == bindparam("id"))
# What is merged is told apart by the caller: its index would lead SQLite to read every event that is not.
_SOME = select(t.events.c.id, t.events.c.value, t.events.c.merged_into, t.events.c.terms, t.events.c.place).where(
    any_of(t.events.c.id, "ids")
)
_TRAITS_OF = select(t.traits).where(any_of(t.traits.c.report_id, "ids"))
_NEAR = (
    select(t.traits.c.report_id, t.traits.c.value, t.event_reports.c.event_id)
    .outerjoin(t.event_reports, t.event_reports.c.report_id == t.traits.c.report_id)
    .where(any_of(t.traits.c.report_id, "ids"))
)
_EVENTS_OF = select(t.event_reports).where(any_of(t.event_reports.c.report_id, "ids"))
_EVENT_OF = select(t.event_reports.c.event_id).where(t.event_reports.c.report_id == bindparam("id"))
_NOTES_OF = (
    select(t.notes.c.value).where(t.notes.c.event_id == bindparam("event_id")).order_by(t.notes.c.at, t.notes.c.number)
)
_ANY_PIN = select(exists(select(t.pins.c.report_id)))
_OF_PINNED = select(t.pins.c.report_id).where(any_of(t.pins.c.report_id, "ids"))
_PINNED = select(t.pins.c.event_id).where(t.pins.c.report_id == bindparam("id"))
_SETTLED = select(t.pins.c.event_id).where(any_of(t.pins.c.event_id, "ids")).distinct()
_MERGE = (
    update(t.events).where(any_of(t.events.c.merged_into, "gone")).values(merged_into=bindparam("kept")),
    update(t.events).where(any_of(t.events.c.id, "gone")).values(merged_into=bindparam("kept")),
    update(t.pins).where(any_of(t.pins.c.event_id, "gone")).values(event_id=bindparam("kept")),
)
_LEAVE = delete(t.event_reports).where(any_of(t.event_reports.c.event_id, "gone"))
_OUTLET_OF = select(t.reports.c.outlet).where(t.reports.c.id == bindparam("id"))
_PUT_NOTE = insert(t.notes).returning(t.notes.c.number)
_PUT_EVENT, _PUT_TRAITS, _PUT_TERMS = insert(t.events), insert(t.traits), insert(t.report_terms)
_PUT_BOTH = text(
    "WITH about AS (INSERT INTO traits (report_id, value) VALUES (:report_id, :value))"
    " INSERT INTO report_terms (term, at, report_id) SELECT unnest(CAST(:terms AS text[])), :at, :report_id"
)
"""A report's traits and its terms in one statement and not in fifteen, where the database has lists."""
_SET_EVENT = update(t.events).where(t.events.c.id == bindparam("of"))
_PER_TERM = 60
"""Reports that are looked at for one term, the latest of the window: a place may be in the news all day."""


def next_number(c: Connection, name: str) -> int:
    """The next number of a counter, from 1; numbers that a rolled-back transaction drew are drawn again."""
    value = c.scalar(select(t.counters.c.value).where(t.counters.c.name == name)) or 0
    if value:
        c.execute(update(t.counters).where(t.counters.c.name == name).values(value=value + 1))
    else:
        c.execute(insert(t.counters).values(name=name, value=1))
    return int(value) + 1


def save_event(c: Connection, event: Event, *, stored: Stored | None = None) -> tuple[str, ...]:
    """Store an event as it now stands, and make it findable as that; `stored` is what is held of it, where it is known.

    Returns its `sharers`.
    """
    if stored is None:
        row = c.execute(_STORED, {"id": event.id}).one_or_none()
        stored = Stored(row.value, row.terms, row.place) if row else None
        held = {*c.execute(_REPORTS_OF, {"event_id": event.id}).scalars()}
    else:
        held = {*stored.members()}
    if gone := held.difference(event.reports):
        c.execute(delete(t.event_reports).where(among(t.event_reports.c.report_id, gone)))
    if come := [report_id for report_id in event.reports if report_id not in held]:
        put = _belongs(c.dialect.name)
        c.execute(put, [{"report_id": report_id, "event_id": event.id} for report_id in come])
    seers = event_index.seers_of(c, event.id)
    terms, place = event_index.indexed(
        c, event, stored.terms if stored else "", stored.place if stored else None, seers
    )
    columns = {
        "first_at": t.stamp(event.first_at),
        "last_at": t.stamp(event.last_at),
        "terms": terms,
        "place": place,
        "merged_into": None,
        "value": _json.encode(event),
    }
    if stored is None:
        c.execute(_PUT_EVENT, {"id": event.id, **columns})
    else:
        c.execute(_SET_EVENT, {"of": event.id, **columns})
    everybody = seers.get("", set())
    return tuple(sorted(tenant for tenant, ids in seers.items() if tenant and not ids <= everybody))


@cache
def _belongs(dialect: str) -> postgresql.Insert | sqlite.Insert:
    """A report belongs to an event from now on, and to no other."""
    put = postgresql.insert(t.event_reports) if dialect == "postgresql" else sqlite.insert(t.event_reports)
    return put.on_conflict_do_update(index_elements=["report_id"], set_={"event_id": put.excluded.event_id})


def merge_into(c: Connection, gone: Collection[str], kept: str) -> None:
    """Let the ids of events that have lost their reports lead to another from now on."""
    for statement in _MERGE:
        c.execute(statement, {"gone": gone, "kept": kept})
    c.execute(_LEAVE, {"gone": gone})
    event_index.unindex(c, *gone)


def merged_into(c: Connection, event_id: str) -> tuple[str, ...]:
    """The ids that lead to this event, oldest first; they are still quoted, followed and watched."""
    query = select(t.events.c.id).where(t.events.c.merged_into == event_id).order_by(t.events.c.id)
    return tuple(str(row.id) for row in c.execute(query))


def event(c: Connection, event_id: str) -> Event | None:
    """An event by its id in any case of letters; the id of a merged one leads to the one it was merged into."""
    row = c.execute(_BY_ID, {"id": event_id.upper()}).one_or_none()
    if row is not None and row.merged_into:
        row = c.execute(_BY_ID, {"id": row.merged_into}).one_or_none()
    return _event.decode(row.value) if row is not None else None


def some(c: Connection, ids: Iterable[str]) -> dict[str, Event]:
    """Events by their ids, as they now stand; ids of merged ones and unknown ones are left out."""
    return {event_id: row.read() for event_id, row in stored(c, ids).items()}


def stored(c: Connection, ids: Iterable[str]) -> dict[str, Stored]:
    """Events by their ids, not yet read; ids of merged ones and unknown ones are left out."""
    wanted = list(dict.fromkeys(ids))
    rows = c.execute(_SOME, {"ids": wanted}) if wanted else ()
    return {row.id: Stored(row.value, row.terms, row.place) for row in rows if row.merged_into is None}


def event_of(c: Connection, report_id: str) -> Event | None:
    """The event that a report belongs to."""
    event_id = c.scalar(_EVENT_OF, {"id": report_id})
    return event(c, event_id) if event_id else None


def remove_event(c: Connection, event_id: str) -> None:
    """Forget an event that has lost its last report."""
    event_index.unindex(c, event_id)
    c.execute(delete(t.event_reports).where(t.event_reports.c.event_id == event_id))
    c.execute(delete(t.events).where(t.events.c.id == event_id))


def save_traits(
    c: Connection, report_id: str, at: datetime, value: bytes, terms: Iterable[str], *, revised: bool
) -> None:
    """Store what a report is about, and the terms by which it is found as a neighbour."""
    if revised:
        c.execute(delete(t.traits).where(t.traits.c.report_id == report_id))
        c.execute(delete(t.report_terms).where(t.report_terms.c.report_id == report_id))
    if c.dialect.name == "postgresql":
        given = {"report_id": report_id, "value": value, "at": t.stamp(at), "terms": sorted(terms)}
        c.execute(_PUT_BOTH, given)
        return
    c.execute(_PUT_TRAITS, {"report_id": report_id, "value": value})
    rows = [{"term": term, "at": t.stamp(at), "report_id": report_id} for term in terms]
    if rows:
        c.execute(_PUT_TERMS, rows)


@cache
def _sharing(terms: int) -> TextClause:
    """The latest reports of a window that hold one of so many terms, in one statement."""
    one = (
        "SELECT * FROM (SELECT term, report_id FROM report_terms WHERE term = :term{n} AND at >= :first AND at <= :last"
        " ORDER BY at DESC, report_id LIMIT :most) AS holding{n}"
    )
    return text(" UNION ALL ".join(one.format(n=n) for n in range(terms)))


def neighbours(
    c: Connection, weights: Mapping[str, float], *, start: datetime, end: datetime, most: int = 24
) -> tuple[tuple[bytes, str | None], ...]:
    """The traits of reports between `start` and `end` that share the heaviest of these terms, best first.

    Each with the id of the event that the report belongs to, or None.
    """
    shared: dict[str, float] = {}
    if weights:
        bound: dict[str, int | str] = {"first": t.stamp(start), "last": t.stamp(end), "most": _PER_TERM}
        bound |= {f"term{n}": term for n, term in enumerate(weights)}
        for term, report_id in c.execute(_sharing(len(weights)), bound).all():
            shared[report_id] = shared.get(report_id, 0.0) + weights[term] ** 2
    best = sorted(shared, key=lambda report_id: (-shared[report_id], report_id))[:most]
    found = {row.report_id: (row.value, row.event_id) for row in c.execute(_NEAR, {"ids": best})}
    return tuple(found[report_id] for report_id in best if report_id in found)


def traits_within(c: Connection, of: Mapping[str, Stored], *, latest: int) -> dict[str, tuple[bytes, ...]]:
    """By event the traits of so many of its latest reports, in the order of their times."""
    members = {key: row.members()[-latest:] for key, row in of.items()}
    wanted = [report_id for ids in members.values() for report_id in ids]
    found: dict[str, bytes] = dict(c.execute(_TRAITS_OF, {"ids": wanted}).all())
    return {key: tuple(found[one] for one in ids if one in found) for key, ids in members.items()}


def events_of(c: Connection, report_ids: Iterable[str]) -> tuple[str, ...]:
    """The ids of the events that these reports belong to, each once, in the reports' order."""
    wanted = list(report_ids)
    of = event_ids(c, wanted)
    return tuple(dict.fromkeys(of[report_id] for report_id in wanted if report_id in of))


def event_ids(c: Connection, report_ids: Iterable[str]) -> dict[str, str]:
    """By these reports' ids the ids of the events that they belong to; reports in none are left out."""
    return dict(c.execute(_EVENTS_OF, {"ids": list(report_ids)}).all())


def latest_events(
    c: Connection,
    *,
    tenant: str,
    words: str = "",
    count: int = 10,
    skip: int = 0,
    since: datetime | None = None,
    typing: bool = False,
) -> tuple[Event, ...]:
    """Stored events with a report that the tenant sees, latest first; `words` must all stand in id, title or places.

    With `typing` the last word may be the beginning of one. They are whole: people are told `bot.seen.latest`.
    """
    terms = words_in(words)
    if words.strip() and not terms:
        return ()
    beginning = terms.pop() if typing and terms else ""
    wanted = [*([term] for term in terms), seen_terms(c, tenant)]
    places = newest(c, "event_search", wanted, limit=skip + count, beginning=beginning, start=since)[skip:]
    rows = c.execute(select(t.events.c.value).where(t.events.c.place.in_(places)).order_by(t.events.c.place.desc()))
    return tuple(_event.decode(row.value) for row in rows)


def unseen(c: Connection, event_ids: Iterable[str], *, tenant: str) -> dict[str, frozenset[str]]:
    """Of which of these events the tenant does not see all reports, and which of them it does not see."""
    member, sighting = t.event_reports.c, t.sightings.c
    seen = exists().where(sighting.report_id == member.report_id, sighting.tenant.in_(visible(tenant)))
    query = select(member.event_id, member.report_id).where(among(member.event_id, list(event_ids)), ~seen)
    found: dict[str, set[str]] = {}
    for row in c.execute(query):
        found.setdefault(row.event_id, set()).add(row.report_id)
    return {event_id: frozenset(hidden) for event_id, hidden in found.items()}


def sharers(c: Connection, event_id: str) -> tuple[str, ...]:
    """The tenants that see reports of this event which not everybody sees."""
    member, sighting = t.event_reports.c, t.sightings.c
    everybody = t.sightings.alias()
    query = (
        select(sighting.tenant)
        .join(t.event_reports, member.report_id == sighting.report_id)
        .where(member.event_id == event_id)
        .where(~exists().where(everybody.c.report_id == member.report_id, everybody.c.tenant == ""))
        .distinct()
    )
    return tuple(sorted(str(row.tenant) for row in c.execute(query)))


def everything(c: Connection) -> tuple[Event, ...]:
    """All events, by their first report's time."""
    query = (
        select(t.events.c.value).where(t.events.c.merged_into.is_(None)).order_by(t.events.c.first_at, t.events.c.id)
    )
    return tuple(_event.decode(row.value) for row in c.execute(query))


def add_notes(
    c: Connection, notes: Iterable[ChangeNote], *, outlets: Mapping[str, str | None] | None = None
) -> tuple[int, ...]:
    """Store change notes; returns their numbers. `outlets` are those of reports, as far as they are known."""
    known = outlets or {}
    return tuple(
        c.execute(
            _PUT_NOTE,
            {
                "event_id": note.event_id,
                "report_id": note.report_id,
                "kind": note.kind,
                "at": t.stamp(note.at),
                "outlet": folded(
                    (known[note.report_id] if note.report_id in known else c.scalar(_OUTLET_OF, {"id": note.report_id}))
                    or ""
                ),
                "value": _json.encode(note),
            },
        ).scalar_one()
        for note in notes
    )


def note(c: Connection, number: int) -> ChangeNote | None:
    """A change note by its number."""
    value = c.scalar(select(t.notes.c.value).where(t.notes.c.number == number))
    return _note.decode(value) if value is not None else None


def notes_of(c: Connection, event_id: str) -> tuple[ChangeNote, ...]:
    """An event's change notes, oldest first."""
    return tuple(map(_note.decode, c.execute(_NOTES_OF, {"event_id": event_id}).scalars()))


def corrections(
    c: Connection, *, tenant: str, since: datetime | None = None, outlet: str | None = None, count: int = 25
) -> tuple[ChangeNote, ...]:
    """Notes of what changed after it was told (corrections and lowered tolls), newest first."""
    # Each kind by itself: an index has them in order, so that no more are read than are told.
    held: list[tuple[int, int, bytes]] = []
    for kind in ("correction", "toll_down"):
        query = select(t.notes.c.at, t.notes.c.number, t.notes.c.value).where(
            t.notes.c.kind == kind,
            exists().where(t.sightings.c.report_id == t.notes.c.report_id, t.sightings.c.tenant.in_(visible(tenant))),
        )
        if since is not None:
            query = query.where(t.notes.c.at >= t.stamp(since))
        if outlet:
            query = query.where(t.notes.c.outlet == folded(outlet))
        held += c.execute(query.order_by(t.notes.c.at.desc(), t.notes.c.number.desc()).limit(count))
    held.sort(reverse=True)
    return tuple(_note.decode(value) for _, _, value in held[:count])


def pin(c: Connection, report_id: str, event_id: str, *, by: str) -> None:
    """Remember where an admin wants a report; "" is "in no event"."""
    c.execute(delete(t.pins).where(t.pins.c.report_id == report_id))
    c.execute(insert(t.pins).values(report_id=report_id, event_id=event_id, by=by))


def any_pin(c: Connection) -> bool:
    """Whether an admin has said of any report where it belongs."""
    return bool(c.scalar(_ANY_PIN))


def pinned(c: Connection, report_id: str) -> str | None:
    """Where an admin wants a report: an event's id, "" for none, or None where nobody has said anything."""
    value = c.scalar(_PINNED, {"id": report_id})
    return None if value is None else str(value)


def spoken_of(c: Connection, report_ids: Iterable[str]) -> frozenset[str]:
    """Those of the reports of which an admin has said where they belong."""
    ids = list(report_ids)
    return frozenset(c.execute(_OF_PINNED, {"ids": ids}).scalars()) if ids else frozenset()


def settled(c: Connection, event_ids: Iterable[str]) -> frozenset[str]:
    """Those of the events that hold a report which an admin has put there."""
    ids = list(event_ids)
    return frozenset(c.execute(_SETTLED, {"ids": ids}).scalars()) if ids else frozenset()
