"""Which of the platforms' events have been answered, by whichever node: a platform may tell of one again."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, delete
from sqlalchemy.dialects import postgresql, sqlite

from bot.store import tables as t


def first(c: Connection, event_id: str, now: datetime) -> bool:
    """Whether this event has not been noted before; it is from now on."""
    make = postgresql.insert if c.dialect.name == "postgresql" else sqlite.insert
    noting = make(t.answered).values(id=event_id, at=t.stamp(now)).on_conflict_do_nothing()
    return c.execute(noting.returning(t.answered.c.id)).one_or_none() is not None


def forget_older(c: Connection, before: datetime) -> int:
    """Forget what was noted before a time; returns how many."""
    return c.execute(delete(t.answered).where(t.answered.c.at < t.stamp(before))).rowcount
