"""How things stand in the store: numbers for the doctor and the metrics, each from an index or a small table."""

from __future__ import annotations

from datetime import datetime

import msgspec
from sqlalchemy import Connection, func, select

from bot.model.feed import Feed
from bot.model.subscription import Subscription
from bot.store import tables as t

_feed = msgspec.json.Decoder(Feed)
_subscription = msgspec.json.Decoder(Subscription)


def newest_fetch(c: Connection) -> datetime | None:
    """When the last report was fetched."""
    stamp = c.scalar(select(func.max(t.reports.c.fetched_at)))
    return t.moment(stamp) if stamp is not None else None


def longest_due(c: Connection) -> datetime | None:
    """Since when the delivery that waits longest has been due."""
    waiting = (t.deliveries.c.open.is_(True), t.deliveries.c.state == "due")
    stamp = c.scalar(select(func.min(t.deliveries.c.due_at)).where(*waiting))
    return t.moment(stamp) if stamp is not None else None


def feed_due(c: Connection) -> datetime | None:
    """Since when the feed that waits longest has been due, or will be; those that have never been read do not count."""
    stamp = c.scalar(select(func.min(t.feeds.c.next_at)).where(t.feeds.c.paused.is_(False), t.feeds.c.next_at > 0))
    return t.moment(stamp) if stamp is not None else None


def feeds_by_health(c: Connection) -> dict[str, tuple[Feed, ...]]:
    """All feeds by the key of their health; paused ones under "paused"."""
    found: dict[str, list[Feed]] = {}
    for row in c.execute(select(t.feeds.c.value).order_by(t.feeds.c.id)):
        feed = _feed.decode(row.value)
        found.setdefault("paused" if feed.paused else feed.health, []).append(feed)
    return {health: tuple(feeds) for health, feeds in sorted(found.items())}


def last_posts(c: Connection) -> tuple[tuple[Subscription, datetime | None], ...]:
    """Every subscription with the due time of the last card that was posted to its channel."""
    posted = {
        (row.platform, row.channel): t.moment(row.at)
        for row in c.execute(
            select(t.deliveries.c.platform, t.deliveries.c.channel, func.max(t.deliveries.c.due_at).label("at"))
            .where(t.deliveries.c.state == "sent")
            .group_by(t.deliveries.c.platform, t.deliveries.c.channel)
        )
    }
    query = select(t.subscriptions.c.value).order_by(t.subscriptions.c.id)
    orders = [_subscription.decode(row.value) for row in c.execute(query)]
    return tuple((order, posted.get((order.destination.platform, order.destination.channel))) for order in orders)
