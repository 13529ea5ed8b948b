"""The audit: who changed which setting of a place, and when."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, delete, insert

from bot.model.command import Asker
from bot.store import tables as t

LONGEST = 200


def record(c: Connection, asker: Asker, command: str, *, now: datetime) -> None:
    """Remember that somebody gave a command that changes a place's settings."""
    c.execute(insert(t.audit).values(at=t.stamp(now), tenant=asker.tenant, user=asker.user, command=command[:LONGEST]))


def forget_older(c: Connection, before: datetime) -> int:
    """Forget entries made before a time; returns how many."""
    return int(c.execute(delete(t.audit).where(t.audit.c.at < t.stamp(before))).rowcount)
