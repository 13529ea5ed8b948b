"""What has become of deliveries: look-ups of what is owed, posted or given up. The outbox changes them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import Connection, and_, func, or_, select

from bot.model.delivery import Delivery, DeliveryKind, DeliveryState, Posted
from bot.store import tables as t
from bot.store.listed import any_of

_delivery = msgspec.json.Decoder(Delivery)
_CARDS: tuple[DeliveryKind, ...] = ("post", "note", "digest")
_posted = msgspec.json.Decoder(Posted)

ROW = (
    t.deliveries.c.value, t.deliveries.c.number, t.deliveries.c.state, t.deliveries.c.due_at,
    t.deliveries.c.leased_until, t.deliveries.c.attempts, t.deliveries.c.tried_at, t.deliveries.c.postponed,
    t.deliveries.c.parts, t.deliveries.c.posted, t.deliveries.c.reason, t.deliveries.c.event_id,
)  # fmt: skip
"""The columns that a delivery is read from."""

_FIRST = (
    select(func.min(t.deliveries.c.number))
    .where(any_of(t.deliveries.c.event_id, "of"))
    .where(t.deliveries.c.kind == "post", t.deliveries.c.state.in_(("sent", "leased", "due")))
    .where(or_(t.deliveries.c.state != "sent", t.deliveries.c.posted.is_not(None)))
    .group_by(t.deliveries.c.event_id, t.deliveries.c.platform, t.deliveries.c.channel)
)
_FIRST_CARDS = (
    select(*ROW)
    .where(t.deliveries.c.number.in_(_FIRST), any_of(t.deliveries.c.event_id, "of"))
    .order_by(t.deliveries.c.number)
)


def read_row(row: Any) -> Delivery:
    """The delivery of a row of `ROW`: its value, with what the columns say now."""
    value, number, state, due, leased, attempts, tried, postponed, parts, posted, reason, event_id = row
    owed = _delivery.decode(value)
    return msgspec.structs.replace(
        owed,
        order=number,
        state=state,
        due_at=t.moment(due),
        first_due_at=owed.due_at,
        leased_until=t.moment(leased) if leased else None,
        attempts=attempts,
        tried_at=t.moment(tried) if tried else None,
        postponed=postponed,
        parts=parts,
        posted=_posted.decode(posted) if posted else None,
        reason=reason,
        event_id=event_id,
    )


def delivery(c: Connection, key: str) -> Delivery | None:
    """A delivery by its key."""
    row = c.execute(select(*ROW).where(t.deliveries.c.key == key)).one_or_none()
    return read_row(row) if row is not None else None


def in_state(
    c: Connection,
    *states: DeliveryState,
    tenant: str | None = None,
    channel: str | None = None,
    key: str = "",
    limit: int = 50,
) -> tuple[Delivery, ...]:
    """Deliveries in any of these states (none: in whatever state), newest first; `key` is how theirs begin."""
    rows = t.deliveries
    query = select(*ROW)
    if states:
        query = query.where(rows.c.state.in_(states))
    if tenant is not None:
        query = query.where(rows.c.tenant == tenant)
    if channel is not None:
        query = query.where(rows.c.channel == channel)
    if key:
        query = query.where(rows.c.key.startswith(key, autoescape=True))
    query = query.order_by(rows.c.number.desc()).limit(limit)
    return tuple(read_row(row) for row in c.execute(query))


def cards_of(c: Connection, ref: str) -> tuple[Delivery, ...]:
    """The posts of a report, in whatever place, whose card stands or is being sent at this moment."""
    rows = t.deliveries
    query = select(*ROW).where(rows.c.ref == ref, rows.c.kind == "post", rows.c.state.in_(("sent", "leased")))
    return tuple(read_row(row) for row in c.execute(query.order_by(rows.c.number)))


def first_cards(c: Connection, *event_ids: str) -> tuple[Delivery, ...]:
    """For each of these events and each place that has been told of it, the first post that stands or is owed."""
    return tuple(read_row(row) for row in c.execute(_FIRST_CARDS, {"of": event_ids}))


def recent(
    c: Connection, subscription_id: str, *, since: datetime, kinds: Collection[DeliveryKind] = _CARDS
) -> tuple[datetime, ...]:
    """When a subscription's cards since then were or will be due, in order; edits are no cards."""
    rows = t.deliveries
    query = select(rows.c.due_at).where(
        rows.c.subscription_id == subscription_id,
        rows.c.due_at > t.stamp(since),
        rows.c.kind.in_(kinds),
        rows.c.state != "dropped",
    )
    return tuple(t.moment(row.due_at) for row in c.execute(query.order_by(rows.c.due_at)))


def was_mentioned(c: Connection, platform: str, channel: str, event_id: str, *, since: datetime) -> bool:
    """Whether a card of this event with a mention was due in a channel since then."""
    rows = t.deliveries
    query = select(rows.c.key).where(
        rows.c.event_id == event_id,
        rows.c.channel == channel,
        rows.c.platform == platform,
        rows.c.mentions.is_(True),
        rows.c.due_at > t.stamp(since),
        rows.c.state != "dropped",
    )
    return c.execute(query.limit(1)).one_or_none() is not None


def waiting(c: Connection, subscription_id: str, kind: str = "") -> tuple[Delivery, ...]:
    """What a subscription is owed and has not begun to be sent, oldest first; of one kind where given."""
    rows = t.deliveries
    query = select(*ROW).where(
        rows.c.subscription_id == subscription_id,
        rows.c.open.is_(True),
        rows.c.state == "due",
        rows.c.tried_at.is_(None),
    )
    if kind:
        query = query.where(rows.c.kind == kind)
    return tuple(read_row(row) for row in c.execute(query.order_by(rows.c.due_at, rows.c.number)))


def backlogs(c: Connection, now: datetime, *, older: timedelta, more_than: int) -> tuple[tuple[Delivery, ...], ...]:
    """For each subscription with more than so many posts due longer ago than `older`, all its posts that are due.

    Those of which nobody knows whether they got through are left out: they have to be found out about one by one.
    """
    rows = t.deliveries
    waiting = and_(
        rows.c.open.is_(True),
        rows.c.state == "due",
        rows.c.kind.in_(("post", "note")),
        rows.c.subscription_id.is_not(None),
        rows.c.tried_at.is_(None),
    )
    late = (
        select(rows.c.subscription_id)
        .where(waiting, rows.c.due_at < t.stamp(now - older))
        .group_by(rows.c.subscription_id)
        .having(func.count() > more_than)
    )
    found = []
    for row in c.execute(late.order_by(rows.c.subscription_id)).all():
        query = select(*ROW).where(
            waiting, rows.c.subscription_id == row.subscription_id, rows.c.due_at <= t.stamp(now)
        )
        found.append(tuple(read_row(held) for held in c.execute(query.order_by(rows.c.number))))
    return tuple(found)


def of_ref(c: Connection, ref: str, *, tenant: str) -> tuple[Delivery, ...]:
    """A tenant's deliveries of what `ref` names, in order, whatever became of them."""
    query = select(t.deliveries.c.value).where(t.deliveries.c.ref == ref, t.deliveries.c.tenant == tenant)
    return tuple(_delivery.decode(row.value) for row in c.execute(query.order_by(t.deliveries.c.number)))


def depth(c: Connection) -> dict[str, int]:
    """How many deliveries are in each state."""
    query = select(t.deliveries.c.state, func.count().label("n")).group_by(t.deliveries.c.state)
    return {row.state: row.n for row in c.execute(query)}
