"""Small values that parts remember between runs."""

from __future__ import annotations

from sqlalchemy import Connection, delete, insert, select

from bot.store import tables as t


def recall(c: Connection, area: str, name: str) -> str | None:
    """What was kept under a name, or None."""
    value = c.scalar(select(t.kept.c.value).where(t.kept.c.area == area, t.kept.c.name == name))
    return None if value is None else str(value)


def forget(c: Connection, area: str, name: str) -> None:
    """Keep nothing under a name any more."""
    c.execute(delete(t.kept).where(t.kept.c.area == area, t.kept.c.name == name))


def keep(c: Connection, area: str, name: str, value: str) -> None:
    """Keep a value, instead of what was kept before."""
    forget(c, area, name)
    c.execute(insert(t.kept).values(area=area, name=name, value=value))
