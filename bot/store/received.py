"""What feeds have brought, waiting to be understood: stored with the feed's state, taken out when it is filed."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

import msgspec
from sqlalchemy import Connection, delete, func, insert, select, update

from bot.model.report import Given, Report
from bot.model.summary import Summary
from bot.store import jobs
from bot.store import tables as t
from bot.store.listed import any_of

LARGEST = 40
"""Reports of one row: what is understood and filed together."""


class Received(msgspec.Struct, frozen=True, kw_only=True):
    """Some reports of one reading that wait.

    Attributes:
        number: their place in the queue; 0 before they are stored.
        tenant: who reads the feed ("" everybody).
        silent: ids of those that are to be kept without being posted.
        trace: of the reading that brought them (see bot/trace.py).
        told: what has been understood of them, where that is done and it waits to be filed.
    """

    feed_id: str
    tenant: str
    reports: tuple[Given, ...]
    silent: frozenset[str] = frozenset()
    number: int = 0
    trace: str = ""
    told: tuple[tuple[Report, Summary], ...] | None = None


_OF_FEEDS = select(t.received).where(any_of(t.received.c.feed_id, "feeds")).order_by(t.received.c.number)
_json = msgspec.json.Encoder()
_packed = msgspec.msgpack.Encoder()
_received = msgspec.msgpack.Decoder(Received)
"""MessagePack is written and read in half the time that JSON takes: nearly all of a row is text."""
_told = msgspec.json.Decoder(tuple[tuple[Report, Summary], ...])


def add(c: Connection, arrived: Iterable[Received]) -> None:
    """Put what has come in at the end, in its order; rows hold at most `LARGEST` reports.

    Where there are many nodes, each row becomes a job for one of them.
    """
    rows = [
        {
            "feed_id": each.feed_id,
            "tenant": each.tenant,
            "reports": len(each.reports[start : start + LARGEST]),
            "value": _packed.encode(msgspec.structs.replace(each, reports=each.reports[start : start + LARGEST])),
        }
        for each in arrived
        for start in range(0, len(each.reports), LARGEST)
    ]
    if not rows:
        return
    if c.dialect.name == "sqlite":
        c.execute(insert(t.received), rows)
    else:
        jobs.add(c, list(c.scalars(insert(t.received).returning(t.received.c.number), rows)))


def first(c: Connection, limit: int) -> tuple[Received, ...]:
    """What has waited longest; `limit` is in rows."""
    return tuple(_read(row) for row in c.execute(select(t.received).order_by(t.received.c.number).limit(limit)))


def one(c: Connection, number: int) -> Received | None:
    """A row by its place in the queue; None where it has been filed."""
    row = c.execute(select(t.received).where(t.received.c.number == number)).one_or_none()
    return _read(row) if row is not None else None


def note_told(c: Connection, number: int, told: Iterable[tuple[Report, Summary]]) -> None:
    """Keep what has been understood of a row until it is filed; one that has been filed meanwhile stays so."""
    c.execute(update(t.received).where(t.received.c.number == number).values(told=_json.encode(tuple(told))))


def next_told(c: Connection, feed_id: str, *, after: int) -> Received | None:
    """A feed's first row after a number; None where there is none, or it has not been understood yet."""
    query = select(t.received).where(t.received.c.feed_id == feed_id, t.received.c.number > after)
    row = c.execute(query.order_by(t.received.c.number).limit(1)).one_or_none()
    return _read(row) if row is not None and row.told is not None else None


def of_feeds(c: Connection, feed_ids: Collection[str]) -> tuple[Received, ...]:
    """What these feeds have brought and still waits, oldest first."""
    return tuple(_read(row) for row in c.execute(_OF_FEEDS, {"feeds": feed_ids}))


def is_first(c: Connection, feed_id: str, number: int) -> bool:
    """Whether no row of the feed waits before this one."""
    earlier = select(t.received.c.number).where(t.received.c.feed_id == feed_id, t.received.c.number < number)
    return c.scalar(earlier.limit(1)) is None


def claim(c: Connection, numbers: Iterable[int]) -> set[int]:
    """Those of these rows that still wait; on PostgreSQL nobody else files them until this transaction ends."""
    query = select(t.received.c.number).where(t.received.c.number.in_(list(numbers))).order_by(t.received.c.number)
    return {*c.scalars(query.with_for_update())}


def remove(c: Connection, *numbers: int) -> None:
    """Take rows out of the queue, in the transaction that files their reports."""
    c.execute(delete(t.received).where(t.received.c.number.in_(numbers)))


def drop(c: Connection, number: int, ids: Collection[str]) -> None:
    """Take some reports out of a row; the last ones take the row with them."""
    before = one(c, number)
    if before is None:
        return
    left = msgspec.structs.replace(before, reports=tuple(each for each in before.reports if each.id not in ids))
    if not left.reports:
        remove(c, number)
        return
    changed: dict[str, object] = {"reports": len(left.reports), "value": _packed.encode(_plain(left))}
    if left.told is not None:
        changed["told"] = _json.encode(tuple(each for each in left.told if each[0].id not in ids))
    c.execute(update(t.received).where(t.received.c.number == number).values(**changed))


def depth(c: Connection) -> int:
    """How many reports wait."""
    return c.scalar(select(func.coalesce(func.sum(t.received.c.reports), 0))) or 0


def _plain(waiting: Received) -> Received:
    """As its value is stored: the number and what is told stand in columns."""
    return msgspec.structs.replace(waiting, number=0, told=None)


def _read(row: Any) -> Received:
    told = _told.decode(row.told) if row.told is not None else None
    return msgspec.structs.replace(_received.decode(row.value), number=row.number, told=told)
