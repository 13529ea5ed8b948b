"""Who shares the database, and who holds what: a lease is a holder's name, and is good while that node is present.

A node is present until a time that it moves on with each beat. All functions but `present` change only rows of the
node itself, of nodes that are gone, or of nobody: they are sound beside other writers.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

import msgspec
from sqlalchemy import ColumnElement, Connection, delete, func, insert, select, text, update

from bot.model.feed import Feed
from bot.store import outbox
from bot.store import tables as t
from bot.store.listed import among

_feed = msgspec.json.Decoder(Feed)
_LEASING_FEEDS = 0x51BF
_BEATING = 0x51BE
"""The key of the advisory lock under which nodes beat, and one of them becomes the keeper."""


class Present(msgspec.Struct, frozen=True, kw_only=True):
    """A node that is there.

    Attributes:
        name: for people: the machine's, or what the settings say.
        until: when it is taken for dead, unless it beats before.
        keeper: whether it does what one node does for all.
        feeds, deliveries: how many it holds.
    """

    id: str
    name: str
    started_at: datetime
    until: datetime
    keeper: bool
    feeds: int = 0
    deliveries: int = 0


def clock(c: Connection) -> datetime:
    """What time it is by the database: nodes go by its clock, so that they mean the same moment (PostgreSQL only)."""
    return t.moment(int(c.scalar(text("SELECT extract(epoch FROM clock_timestamp()) * 1000")) or 0))


def beat(c: Connection, node: str, *, name: str, lease: float) -> tuple[datetime, tuple[Present, ...]]:
    """Be present for `lease` seconds more; whoever has not been for that long loses what it held.

    Returns the time by the database, and who is there. The keeper stays for as long as it is there; when there is none,
    whoever beats becomes it.
    """
    c.execute(text("SELECT pg_advisory_xact_lock(:key, hashtext(current_schema()))"), {"key": _BEATING})
    now = clock(c)
    rows = t.nodes
    gone = list(c.scalars(select(rows.c.id).where(rows.c.until <= t.stamp(now), rows.c.id != node)))
    if gone:
        _let_go(c, gone)
    until = {"until": t.stamp(now + timedelta(seconds=lease))}
    if not c.execute(update(rows).where(rows.c.id == node).values(until)).rowcount:
        c.execute(insert(rows).values(id=node, name=name, started_at=t.stamp(now), keeper=False, **until))
    if c.scalar(select(func.count()).select_from(rows).where(rows.c.keeper.is_(True))) == 0:
        c.execute(update(rows).where(rows.c.id == node).values(keeper=True))
    return now, present(c)


def leave(c: Connection, node: str) -> None:
    """Go, and leave to the others what was held."""
    _let_go(c, [node])


def _let_go(c: Connection, gone: Collection[str]) -> None:
    release_feeds(c, *gone)
    outbox.hand_back(c, gone)
    c.execute(delete(t.nodes).where(t.nodes.c.id.in_(gone)))


def present(c: Connection) -> tuple[Present, ...]:
    """Who is there, longest first, and how much each holds."""
    feeds, leased = t.feeds, t.deliveries
    of = t.nodes.c.id
    held = select(func.count()).select_from(feeds).where(feeds.c.holder == of).scalar_subquery()
    posting = (leased.c.holder == of, leased.c.state == "leased", leased.c.open.is_(True))
    sent = select(func.count()).select_from(leased).where(*posting).scalar_subquery()
    query = select(t.nodes, held.label("feeds"), sent.label("deliveries")).order_by(t.nodes.c.started_at, of)
    return tuple(
        Present(
            id=row.id,
            name=row.name,
            started_at=t.moment(row.started_at),
            until=t.moment(row.until),
            keeper=row.keeper,
            feeds=row.feeds,
            deliveries=row.deliveries,
        )
        for row in c.execute(query)
    )


def lease_feeds(c: Connection, node: str, now: datetime, limit: int) -> tuple[Feed, ...]:
    """Take feeds whose time has come and that nobody holds, the longest waiting first.

    A host is asked by one node at a time, so that it is asked as politely by many as by one.
    """
    c.execute(text("SELECT pg_advisory_xact_lock(:key, hashtext(current_schema()))"), {"key": _LEASING_FEEDS})
    rows, others = t.feeds, t.feeds.alias()
    there = select(t.nodes.c.id)
    asked = select(_host(others.c.url)).where(others.c.holder != node, others.c.holder.in_(there))
    free = (
        select(rows.c.id)
        .where(rows.c.paused.is_(False), rows.c.next_at <= t.stamp(now))
        .where(rows.c.holder.is_(None) | rows.c.holder.not_in(there), _host(rows.c.url).not_in(asked))
        .order_by(rows.c.next_at, rows.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    taken = c.execute(
        update(rows).where(rows.c.id.in_(free)).values(holder=node).returning(rows.c.value, rows.c.next_at)
    )
    return tuple(_feed.decode(row.value) for row in sorted(taken, key=lambda row: int(row.next_at)))


def _host(url: ColumnElement[str]) -> ColumnElement[str]:
    return func.split_part(url, "/", 3)


def held_feeds(c: Connection, node: str, ids: Collection[str]) -> set[str]:
    """Which of these feeds the node still holds: what another has taken over is the other's to store."""
    rows = t.feeds
    query = select(rows.c.id).where(among(rows.c.id, ids), rows.c.holder == node)
    return set(c.scalars(query.with_for_update()))


def release_feeds(c: Connection, *holders: str, only: Collection[str] | None = None) -> None:
    """Let go of what these nodes hold, or of those feeds of it."""
    rows = t.feeds
    held = update(rows).where(rows.c.holder.in_(holders))
    c.execute((held if only is None else held.where(among(rows.c.id, only))).values(holder=None))
