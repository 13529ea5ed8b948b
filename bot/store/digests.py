"""What digests will tell of: collected as it is filed, told when the digest falls due."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import msgspec
from sqlalchemy import Connection, func, select
from sqlalchemy.dialects import postgresql, sqlite

from bot.store import tables as t


class Item(msgspec.Struct, frozen=True):
    """One thing to be told in a digest.

    Attributes:
        ref: "report:<id>" or "note:<n>".
        at: aware, UTC; when it was filed.
    """

    ref: str
    event_id: str | None
    at: datetime


class Told(msgspec.Struct, frozen=True):
    """A report of a digest, as far as ranking needs it; `event_id` is where it stands now, `at` its publication."""

    report_id: str
    event_id: str | None
    outlet: str | None
    at: datetime


def collect(c: Connection, owner: str, due_at: datetime, items: Iterable[Item]) -> None:
    """Put items into an owner's digest of that time; one that is in it already stays once."""
    make = postgresql.insert if c.dialect.name == "postgresql" else sqlite.insert
    rows = [
        {"owner": owner, "due_at": t.stamp(due_at), "ref": item.ref, "event_id": item.event_id, "at": t.stamp(item.at)}
        for item in items
    ]
    if rows:
        c.execute(make(t.digest_items).on_conflict_do_nothing(), rows)


def items(c: Connection, owner: str, due_at: datetime) -> tuple[Item, ...]:
    """What a digest tells of, in the order in which it was filed."""
    rows = t.digest_items
    query = select(rows).where(rows.c.owner == owner, rows.c.due_at == t.stamp(due_at)).order_by(rows.c.at, rows.c.ref)
    return tuple(Item(row.ref, row.event_id, t.moment(row.at)) for row in c.execute(query))


def reports_told(c: Connection, owner: str, due_at: datetime) -> tuple[Told, ...]:
    """The reports of a digest that are still there, oldest first, each with the event that it now belongs to."""
    rows = t.digest_items
    query = (
        select(t.reports.c.id, t.reports.c.outlet, t.reports.c.published_at, t.event_reports.c.event_id)
        .join(t.reports, t.reports.c.id == func.substr(rows.c.ref, len("report:") + 1))
        .outerjoin(t.event_reports, t.event_reports.c.report_id == t.reports.c.id)
        .where(rows.c.owner == owner, rows.c.due_at == t.stamp(due_at))
        .order_by(t.reports.c.published_at, t.reports.c.id)
    )
    return tuple(Told(row.id, row.event_id, row.outlet, t.moment(row.published_at)) for row in c.execute(query))


def remove(c: Connection, owner: str, due_at: datetime) -> None:
    """Forget what a digest was to tell of."""
    rows = t.digest_items
    c.execute(rows.delete().where(rows.c.owner == owner, rows.c.due_at == t.stamp(due_at)))
