"""Alerts: which changes each watch has been told of or will be, and by which delivery."""

from __future__ import annotations

from datetime import datetime

import msgspec
from sqlalchemy import Connection, delete, insert, select

from bot.model.subscription import Watch
from bot.store import tables as t


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


def told(c: Connection, watch_id: str, change: str) -> bool:
    """Whether a watch has been told of this change already, or will be."""
    rows = t.alerts
    query = select(rows.c.watch_id).where(rows.c.watch_id == watch_id, rows.c.change == change)
    return c.execute(query).first() is not None


def add(c: Connection, watch: Watch, alert: Alert) -> None:
    """Remember that a watch is told of a change."""
    c.execute(
        insert(t.alerts).values(
            watch_id=watch.id,
            change=alert.change,
            tenant=watch.destination.tenant,
            kind=alert.kind,
            report_id=alert.report_id,
            text=alert.text,
            at=t.stamp(alert.at),
            delivery=alert.delivery,
        )
    )


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
