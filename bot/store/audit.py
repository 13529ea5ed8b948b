"""The audit: who changed which setting of a place, and when."""

from __future__ import annotations

from datetime import datetime

import msgspec
from sqlalchemy import Connection, delete, insert, select

from bot.model.command import Asker
from bot.store import tables as t

LONGEST = 200


class Entry(msgspec.Struct, frozen=True):
    """One command that was given; `at` is aware, UTC."""

    at: datetime
    user: str
    command: str


def record(c: Connection, asker: Asker, command: str, *, now: datetime) -> None:
    """Remember that somebody gave a command that changes a place's settings."""
    c.execute(insert(t.audit).values(at=t.stamp(now), tenant=asker.tenant, user=asker.user, command=command[:LONGEST]))


def forget_older(c: Connection, before: datetime) -> int:
    """Forget entries made before a time; returns how many."""
    return int(c.execute(delete(t.audit).where(t.audit.c.at < t.stamp(before))).rowcount)


def entries(c: Connection, *, tenant: str, beginning: str = "", count: int = 20) -> tuple[Entry, ...]:
    """A tenant's latest entries, newest first; `beginning` is how their commands begin."""
    query = select(t.audit).where(t.audit.c.tenant == tenant, t.audit.c.command.startswith(beginning, autoescape=True))
    rows = c.execute(query.order_by(t.audit.c.number.desc()).limit(count))
    return tuple(Entry(t.moment(row.at), row.user, row.command) for row in rows)
