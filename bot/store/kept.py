"""Small values that parts remember between runs."""

from __future__ import annotations

from datetime import datetime, timedelta

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


def take(c: Connection, area: str, name: str) -> str | None:
    """What was kept under a name, which is kept no longer; None for whoever comes second."""
    value = recall(c, area, name)
    forget(c, area, name)
    return value


def hold(c: Connection, area: str, name: str, holder: str, *, now: datetime, seconds: float) -> bool:
    """Hold a name for so long, unless another does; one that has died lets go when its time has run out."""
    until, _, other = (recall(c, area, name) or "").partition(" ")
    if other not in ("", holder) and float(until) > now.timestamp():
        return False
    keep(c, area, name, f"{(now + timedelta(seconds=seconds)).timestamp()} {holder}")
    return True


def let_go(c: Connection, area: str, name: str, holder: str) -> None:
    """Hold a name no longer; where another has taken it over meanwhile, it stays the other's."""
    if (recall(c, area, name) or "").endswith(f" {holder}"):
        forget(c, area, name)
