"""Alerts: which changes each watch has been told of or will be, and by which delivery."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

import msgspec
from sqlalchemy import Connection, delete, insert, select

from bot.model.subscription import Watch
from bot.store import tables as t

_AT_ONCE = 500


class Alert(msgspec.Struct, frozen=True):
    """One change that a watch is told of.

    Attributes:
        change: its id, the same whichever report brings it.
        kind: "new", "denied", …; `text` says what changed, for people.
        at: aware, UTC; when it was filed.
        delivery: key of the card that tells of it.
    """

    change: str
    kind: str
    report_id: str
    text: str
    at: datetime
    delivery: str


def told(c: Connection, watch_ids: Sequence[str], changes: Sequence[str]) -> set[tuple[str, str]]:
    """Which of these watches have been told of which of these changes already, or will be: (watch, change)."""
    rows = t.alerts
    found: set[tuple[str, str]] = set()
    for start in range(0, len(watch_ids), _AT_ONCE):
        some = watch_ids[start : start + _AT_ONCE]
        query = select(rows.c.watch_id, rows.c.change).where(rows.c.watch_id.in_(some), rows.c.change.in_(changes))
        found |= {(row.watch_id, row.change) for row in c.execute(query)}
    return found


def add(c: Connection, alerts: Iterable[tuple[Watch, Alert]]) -> None:
    """Remember that watches are told of changes."""
    rows = [
        {
            "watch_id": watch.id,
            "change": alert.change,
            "tenant": watch.destination.tenant,
            "kind": alert.kind,
            "report_id": alert.report_id,
            "text": alert.text,
            "at": t.stamp(alert.at),
            "delivery": alert.delivery,
        }
        for watch, alert in alerts
    ]
    if rows:
        c.execute(insert(t.alerts), rows)


def of_delivery(c: Connection, key: str) -> tuple[Alert, ...]:
    """What one card tells of, in the order in which it was filed."""
    rows = t.alerts
    query = select(rows).where(rows.c.delivery == key).order_by(rows.c.at, rows.c.report_id, rows.c.change)
    return tuple(
        Alert(row.change, row.kind, row.report_id, row.text, t.moment(row.at), row.delivery) for row in c.execute(query)
    )


def forget(c: Connection, watch_id: str) -> None:
    """Forget what a watch has been told of."""
    c.execute(delete(t.alerts).where(t.alerts.c.watch_id == watch_id))


def forget_older(c: Connection, before: datetime) -> int:
    """Forget alerts filed before a time; returns how many. What changes again after that is told again."""
    return int(c.execute(delete(t.alerts).where(t.alerts.c.at < t.stamp(before))).rowcount)
