"""Reports as they came in, waiting to be understood: stored with the feed's state, taken out when they are filed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, delete, func, insert, select

from bot.model.report import Report
from bot.store import tables as t

_json = msgspec.json.Encoder()
_report = msgspec.json.Decoder(Report)
_STEP = 500


class Received(msgspec.Struct, frozen=True, kw_only=True):
    """One report that waits.

    Attributes:
        number: its place in the queue; 0 before it is stored.
        tenant: who reads the feed ("" everybody).
        silent: it is to be kept without being posted.
    """

    report: Report
    feed_id: str
    tenant: str = ""
    silent: bool = False
    number: int = 0


def add(c: Connection, arrived: Iterable[Received]) -> None:
    """Put reports at the end of the queue, in their order."""
    rows = [
        {
            "report_id": one.report.id,
            "feed_id": one.feed_id,
            "tenant": one.tenant,
            "silent": one.silent,
            "value": _json.encode(one.report),
        }
        for one in arrived
    ]
    if rows:
        c.execute(insert(t.received), rows)


def first(c: Connection, limit: int) -> tuple[Received, ...]:
    """The reports that have waited longest."""
    return tuple(_read(row) for row in c.execute(select(t.received).order_by(t.received.c.number).limit(limit)))


def waiting(c: Connection, ids: Sequence[str]) -> tuple[Received, ...]:
    """Those of these reports that wait, in their order; a report may wait in several states and for several tenants."""
    found: list[Received] = []
    for start in range(0, len(ids), _STEP):
        query = select(t.received).where(t.received.c.report_id.in_(ids[start : start + _STEP]))
        found += [_read(row) for row in c.execute(query.order_by(t.received.c.number))]
    return tuple(found)


def remove(c: Connection, numbers: Iterable[int]) -> None:
    """Take reports out of the queue, in the transaction that files them."""
    wanted = list(numbers)
    for start in range(0, len(wanted), _STEP):
        c.execute(delete(t.received).where(t.received.c.number.in_(wanted[start : start + _STEP])))


def depth(c: Connection) -> int:
    """How many reports wait."""
    return c.scalar(select(func.count()).select_from(t.received)) or 0


def _read(row: Any) -> Received:
    return Received(
        report=_report.decode(row.value),
        feed_id=row.feed_id,
        tenant=row.tenant,
        silent=row.silent,
        number=row.number,
    )
