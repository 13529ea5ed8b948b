"""Feeds: what is read, and when next."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import msgspec
from sqlalchemy import Connection, delete, insert, select, update

from bot.model.feed import Feed
from bot.store import tables as t
from bot.store.reports import visible

_json = msgspec.json.Encoder()
_feed = msgspec.json.Decoder(Feed)


def _columns(feed: Feed) -> dict[str, object]:
    return {
        "tenant": feed.tenant,
        "url": feed.url,
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


def save_poll(c: Connection, feeds: Iterable[Feed]) -> None:
    """Store feeds as their last poll left them; one that has been removed meanwhile stays removed."""
    for feed in feeds:
        c.execute(update(t.feeds).where(t.feeds.c.id == feed.id).values(**_columns(feed)))


def feed(c: Connection, feed_id: str, *, tenant: str | None = None) -> Feed | None:
    """A feed by its id, address or name; with `tenant`, only one that it sees."""
    for candidate in feeds(c, tenant=tenant):
        if feed_id in (candidate.id, candidate.url) or feed_id.casefold() == candidate.name.casefold():
            return candidate
    return None


def feeds(c: Connection, *, tenant: str | None = None) -> tuple[Feed, ...]:
    """All feeds, or those that the tenant sees, by name."""
    query = select(t.feeds.c.value)
    if tenant is not None:
        query = query.where(t.feeds.c.tenant.in_(visible(tenant)))
    found = [_feed.decode(row.value) for row in c.execute(query)]
    return tuple(sorted(found, key=lambda feed: (feed.name.casefold(), feed.url)))


def due_feeds(c: Connection, now: datetime, limit: int) -> tuple[Feed, ...]:
    """Feeds whose time has come, the longest waiting first."""
    query = (
        select(t.feeds.c.value)
        .where(t.feeds.c.paused.is_(False), t.feeds.c.next_at <= t.stamp(now))
        .order_by(t.feeds.c.next_at, t.feeds.c.id)
        .limit(limit)
    )
    return tuple(_feed.decode(row.value) for row in c.execute(query))


def remove_feed(c: Connection, feed_id: str, *, tenant: str) -> bool:
    """Remove a tenant's own feed; its reports stay. False where it has none of that id."""
    done = c.execute(delete(t.feeds).where(t.feeds.c.id == feed_id, t.feeds.c.tenant == tenant))
    return bool(done.rowcount)
