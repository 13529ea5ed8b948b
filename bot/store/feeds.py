"""Feeds: what is read, and when next."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

import msgspec
from sqlalchemy import Connection, bindparam, delete, insert, select, update

from bot.model.feed import Feed
from bot.store import tables as t
from bot.store.listed import any_of
from bot.store.reports import visible

_json = msgspec.json.Encoder()
_feed = msgspec.json.Decoder(Feed)
_HELD = select(t.feeds.c.id, t.feeds.c.value).where(any_of(t.feeds.c.id, "ids"))
_DUE = (
    select(t.feeds.c.id, t.feeds.c.value)
    .where(t.feeds.c.paused.is_(False), t.feeds.c.next_at <= bindparam("now"))
    .order_by(t.feeds.c.next_at)  # as the index has them: a second column would have all that are due sorted each time
    .limit(bindparam("limit"))
)
_SAVED = (
    update(t.feeds)
    .where(t.feeds.c.id == bindparam("feed_id"))
    .values({name: bindparam(name) for name in ("tenant", "url", "next_at", "paused", "value")})
)

_READ = (
    update(t.feeds)
    .where(t.feeds.c.id == bindparam("feed_id"))
    .values({name: bindparam(name) for name in ("next_at", "paused", "value")})
)
"""What nearly every reading changes: a column that is set, be it to what it was, has its index written anew."""


def _columns(feed: Feed) -> dict[str, object]:
    return {"tenant": feed.tenant, "url": feed.url, **_state(feed)}


def _state(feed: Feed) -> dict[str, object]:
    return {
        "next_at": t.stamp(feed.next_at) if feed.next_at else 0,
        "paused": bool(feed.paused),
        "value": _json.encode(feed),
    }


def add_feed(c: Connection, feed: Feed) -> bool:
    """Add a feed; False (and nothing changed) where the tenant already has one of that address."""
    same = select(t.feeds.c.id).where(t.feeds.c.tenant == feed.tenant, t.feeds.c.url == feed.url)
    if c.execute(same).first() is not None:
        return False
    c.execute(insert(t.feeds).values(id=feed.id, **_columns(feed)))
    return True


def save_feeds(c: Connection, feeds: Iterable[Feed]) -> None:
    """Store feeds as they are now; one that has been removed meanwhile stays removed."""
    rows = [{"feed_id": feed.id, **_columns(feed)} for feed in feeds]
    if rows:
        c.execute(_SAVED, rows)


def save_readings(c: Connection, readings: Sequence[tuple[Feed, Feed]]) -> None:
    """Store what readings made of feeds, each as (before, after); what a manager has set meanwhile stands.

    A feed that has moved to an address which its tenant reads already keeps its own, and is paused.
    """
    rows = c.execute(_HELD, {"ids": [before.id for before, _ in readings]})
    held: dict[str, bytes] = {row.id: row.value for row in rows}
    stayed: list[Feed] = []
    moved: list[Feed] = []
    for before, after in readings:
        if before.id not in held:
            continue
        # Most feeds are what they were when they were taken to be read: their rows need not be taken apart.
        as_held = held[before.id]
        now = before if as_held == _json.encode(before) else _feed.decode(as_held)
        if now != before:
            after = _merged(before, after, now)
        if after.url != now.url and _taken(c, after):
            after = msgspec.structs.replace(after, url=now.url, paused="moved to an address that is read here already")
        (stayed if after.url == now.url else moved).append(after)
    save_feeds(c, moved)
    if stayed:
        c.execute(_READ, [{"feed_id": feed.id, **_state(feed)} for feed in stayed])


def _merged(before: Feed, after: Feed, now: Feed) -> Feed:
    """What the reading changed, over the feed as a manager has left it in the meantime."""
    changed = {
        name: value
        for name, value in msgspec.structs.asdict(after).items()
        if value != getattr(before, name) and getattr(now, name) == getattr(before, name)
    }
    feed = msgspec.structs.replace(now, **changed)
    return msgspec.structs.replace(feed, interval=min(max(feed.interval, feed.min_interval), feed.max_interval))


def _taken(c: Connection, feed: Feed) -> bool:
    other = select(t.feeds.c.id).where(
        t.feeds.c.tenant == feed.tenant, t.feeds.c.url == feed.url, t.feeds.c.id != feed.id
    )
    return c.execute(other).first() is not None


def feed(c: Connection, feed_id: str, *, tenant: str | None = None) -> Feed | None:
    """A feed by its id, address or name; with `tenant`, only one that it sees."""
    for candidate in feeds(c, tenant=tenant):
        if feed_id in (candidate.id, candidate.url) or feed_id.casefold() == candidate.name.casefold():
            return candidate
    return None


def feed_by_id(c: Connection, feed_id: str) -> Feed | None:
    """A feed by its id."""
    value = c.scalar(select(t.feeds.c.value).where(t.feeds.c.id == feed_id))
    return _feed.decode(value) if value is not None else None


def feeds(c: Connection, *, tenant: str | None = None) -> tuple[Feed, ...]:
    """All feeds, or those that the tenant sees, by name."""
    query = select(t.feeds.c.value)
    if tenant is not None:
        query = query.where(t.feeds.c.tenant.in_(visible(tenant)))
    found = [_feed.decode(row.value) for row in c.execute(query)]
    return tuple(sorted(found, key=lambda feed: (feed.name.casefold(), feed.url)))


def due_feeds(c: Connection, now: datetime, limit: int, *, without: Collection[str] = ()) -> tuple[Feed, ...]:
    """Of the first `limit` feeds whose time has come, the longest waiting first, those that are not among `without`."""
    rows = c.execute(_DUE, {"now": t.stamp(now), "limit": limit})
    return tuple(_feed.decode(value) for feed_id, value in rows if feed_id not in without)


def remove_feed(c: Connection, feed_id: str, *, tenant: str) -> bool:
    """Remove a tenant's own feed; its reports stay. False where it has none of that id."""
    done = c.execute(delete(t.feeds).where(t.feeds.c.id == feed_id, t.feeds.c.tenant == tenant))
    return bool(done.rowcount)
