"""What feeds have brought, waiting to be understood: stored with the feed's state, taken out when it is filed."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

import msgspec
from sqlalchemy import Connection, delete, func, insert, select, update

from bot.model.report import Given
from bot.store import tables as t

LARGEST = 40
"""Reports of one row: what is understood and filed together."""


class Received(msgspec.Struct, frozen=True, kw_only=True):
    """Some reports of one reading that wait.

    Attributes:
        number: their place in the queue; 0 before they are stored.
        tenant: who reads the feed ("" everybody).
        silent: ids of those that are to be kept without being posted.
        trace: of the reading that brought them (see bot/trace.py).
    """

    feed_id: str
    tenant: str
    reports: tuple[Given, ...]
    silent: frozenset[str] = frozenset()
    number: int = 0
    trace: str = ""


_json = msgspec.json.Encoder()
_received = msgspec.json.Decoder(Received)


def add(c: Connection, arrived: Iterable[Received]) -> None:
    """Put what has come in at the end of the queue, in its order; rows hold at most `LARGEST` reports."""
    rows = [
        {
            "feed_id": one.feed_id,
            "tenant": one.tenant,
            "reports": len(one.reports[start : start + LARGEST]),
            "value": _json.encode(msgspec.structs.replace(one, reports=one.reports[start : start + LARGEST])),
        }
        for one in arrived
        for start in range(0, len(one.reports), LARGEST)
    ]
    if rows:
        c.execute(insert(t.received), rows)


def first(c: Connection, limit: int) -> tuple[Received, ...]:
    """What has waited longest; `limit` is in rows."""
    return tuple(_read(row) for row in c.execute(select(t.received).order_by(t.received.c.number).limit(limit)))


def of_feeds(c: Connection, feed_ids: Collection[str]) -> tuple[Received, ...]:
    """What these feeds have brought and still waits, oldest first."""
    query = select(t.received).where(t.among(t.received.c.feed_id, feed_ids)).order_by(t.received.c.number)
    return tuple(_read(row) for row in c.execute(query))


def remove(c: Connection, number: int) -> None:
    """Take a row out of the queue, in the transaction that files its reports."""
    c.execute(delete(t.received).where(t.received.c.number == number))


def drop(c: Connection, number: int, ids: Collection[str]) -> None:
    """Take some reports out of a row; the last ones take the row with them."""
    held = c.execute(select(t.received).where(t.received.c.number == number)).one_or_none()
    if held is None:
        return
    before = _read(held)
    left = msgspec.structs.replace(before, reports=tuple(one for one in before.reports if one.id not in ids))
    if not left.reports:
        remove(c, number)
        return
    changed = {"reports": len(left.reports), "value": _json.encode(left)}
    c.execute(update(t.received).where(t.received.c.number == number).values(**changed))


def depth(c: Connection) -> int:
    """How many reports wait."""
    return c.scalar(select(func.coalesce(func.sum(t.received.c.reports), 0))) or 0


def _read(row: Any) -> Received:
    return msgspec.structs.replace(_received.decode(row.value), number=row.number)
