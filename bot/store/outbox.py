"""The outbox: which cards are owed, leased, sent or dead."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

import msgspec
from sqlalchemy import Connection, and_, exists, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from bot.model.delivery import Delivery, DeliveryState
from bot.store import tables as t

_json = msgspec.json.Encoder()
_delivery = msgspec.json.Decoder(Delivery)
_Row = dict[str, object]


def _columns(delivery: Delivery) -> _Row:
    where = delivery.destination
    return {
        "key": delivery.key,
        "number": delivery.order,
        "state": delivery.state,
        "due_at": t.stamp(delivery.due_at),
        "leased_until": t.stamp(delivery.leased_until) if delivery.leased_until else None,
        "platform": where.platform,
        "tenant": where.tenant,
        "channel": where.channel,
        "event_id": delivery.event_id,
        "ref": delivery.ref,
        "value": _json.encode(delivery),
    }


def enqueue(c: Connection, deliveries: Iterable[Delivery]) -> int:
    """Owe these cards; one whose key is known already is not owed twice. Returns how many are new."""
    make = postgresql.insert if c.dialect.name == "postgresql" else sqlite.insert
    added = 0
    for delivery in deliveries:
        number = (c.scalar(select(func.max(t.deliveries.c.number))) or 0) + 1
        row = _columns(msgspec.structs.replace(delivery, order=number))
        adding = make(t.deliveries).values(row).on_conflict_do_nothing().returning(t.deliveries.c.key)
        added += len(c.execute(adding).all())
    return added


def lease(
    c: Connection, now: datetime, *, seconds: float, limit: int, platforms: Iterable[str]
) -> tuple[Delivery, ...]:
    """Take due deliveries for `seconds`, oldest first: of each channel only the first that is not done yet.

    A lease that has run out (its holder died) is due again.
    """
    rows = t.deliveries
    earlier = rows.alias()
    open_states = ("due", "leased")
    ready = or_(
        and_(rows.c.state == "due", rows.c.due_at <= t.stamp(now)),
        and_(rows.c.state == "leased", rows.c.leased_until <= t.stamp(now)),
    )
    before = exists().where(
        earlier.c.platform == rows.c.platform,
        earlier.c.channel == rows.c.channel,
        earlier.c.state.in_(open_states),
        earlier.c.number < rows.c.number,
    )
    query = (
        select(rows.c.value)
        .where(rows.c.platform.in_(sorted(platforms)), ready, ~before)
        .order_by(rows.c.number)
        .limit(limit)
    )
    if c.dialect.name == "postgresql":
        query = query.with_for_update(skip_locked=True)
    until = now + timedelta(seconds=seconds)
    taken = tuple(
        msgspec.structs.replace(_delivery.decode(row.value), state="leased", leased_until=until)
        for row in c.execute(query)
    )
    for delivery in taken:
        save(c, delivery)
    return taken


def save(c: Connection, delivery: Delivery) -> None:
    """Store a delivery as it now stands."""
    c.execute(update(t.deliveries).where(t.deliveries.c.key == delivery.key).values(**_columns(delivery)))


def delivery(c: Connection, key: str) -> Delivery | None:
    """A delivery by its key."""
    value = c.scalar(select(t.deliveries.c.value).where(t.deliveries.c.key == key))
    return _delivery.decode(value) if value is not None else None


def in_state(
    c: Connection, state: DeliveryState, *, tenant: str | None = None, channel: str | None = None, limit: int = 50
) -> tuple[Delivery, ...]:
    """Deliveries of a state, newest first."""
    query = select(t.deliveries.c.value).where(t.deliveries.c.state == state)
    if tenant is not None:
        query = query.where(t.deliveries.c.tenant == tenant)
    if channel is not None:
        query = query.where(t.deliveries.c.channel == channel)
    query = query.order_by(t.deliveries.c.number.desc()).limit(limit)
    return tuple(_delivery.decode(row.value) for row in c.execute(query))


def posted_for(
    c: Connection, *, platform: str, channel: str, ref: str | None = None, event_id: str | None = None
) -> Delivery | None:
    """The first card that was posted to a channel for a report's `ref` or for an event."""
    query = select(t.deliveries.c.value).where(
        t.deliveries.c.platform == platform, t.deliveries.c.channel == channel, t.deliveries.c.state == "sent"
    )
    if ref is not None:
        query = query.where(t.deliveries.c.ref == ref)
    if event_id is not None:
        query = query.where(t.deliveries.c.event_id == event_id)
    for row in c.execute(query.order_by(t.deliveries.c.number)):
        found = _delivery.decode(row.value)
        if found.kind in ("post", "alert") and found.posted:
            return found
    return None


def posted_refs(c: Connection, ref: str) -> tuple[Delivery, ...]:
    """Every posted card of a report, wherever it stands."""
    query = select(t.deliveries.c.value).where(t.deliveries.c.ref == ref, t.deliveries.c.state == "sent")
    return tuple(_delivery.decode(row.value) for row in c.execute(query.order_by(t.deliveries.c.number)))


def of_ref(c: Connection, ref: str, *, tenant: str) -> tuple[Delivery, ...]:
    """A tenant's deliveries of what `ref` names, in order, whatever became of them."""
    query = select(t.deliveries.c.value).where(t.deliveries.c.ref == ref, t.deliveries.c.tenant == tenant)
    return tuple(_delivery.decode(row.value) for row in c.execute(query.order_by(t.deliveries.c.number)))


def depth(c: Connection) -> dict[str, int]:
    """How many deliveries are in each state."""
    query = select(t.deliveries.c.state, func.count().label("n")).group_by(t.deliveries.c.state)
    return {row.state: row.n for row in c.execute(query)}
