"""The audit: who changed which setting of a place, and when."""

from __future__ import annotations

import re
from datetime import datetime

import msgspec
from sqlalchemy import Connection, delete, insert, select

from bot.model.command import Asker
from bot.store import tables as t

LONGEST = 200
_PRIVATE = re.compile(r'(\w+://)([^/\s"@]*@)?([^\s"?#]*)([?#][^\s"]*)?')


class Entry(msgspec.Struct, frozen=True):
    """One command that was given; `at` is aware, UTC."""

    at: datetime
    user: str
    command: str
    tenant: str


def record(c: Connection, asker: Asker, command: str, *, now: datetime) -> None:
    """Remember that somebody gave a command that changes a place's settings."""
    told = _PRIVATE.sub(_without_secrets, command)[:LONGEST]
    c.execute(insert(t.audit).values(at=t.stamp(now), tenant=asker.tenant, user=asker.user, command=told))


def _without_secrets(address: re.Match[str]) -> str:
    """An address without its user and password, and without what its query and fragment say."""
    scheme, user, rest, query = address.groups()
    return f"{scheme}{'…@' if user else ''}{rest}{query[:1]}…" if query else f"{scheme}{'…@' if user else ''}{rest}"


def forget_older(c: Connection, before: datetime) -> int:
    """Forget entries made before a time; returns how many."""
    return int(c.execute(delete(t.audit).where(t.audit.c.at < t.stamp(before))).rowcount)


def entries(c: Connection, *, tenant: str | None, beginning: str = "", count: int = 20) -> tuple[Entry, ...]:
    """A tenant's latest entries (None: everybody's), newest first; `beginning` is how their commands begin."""
    query = select(t.audit).where(t.audit.c.command.startswith(beginning, autoescape=True))
    if tenant is not None:
        query = query.where(t.audit.c.tenant == tenant)
    rows = c.execute(query.order_by(t.audit.c.number.desc()).limit(count))
    return tuple(Entry(t.moment(row.at), row.user, row.command, row.tenant) for row in rows)
