"""Notices to those who manage a channel: what has become of a feed that it is posted from."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from bot.deliver.plan import key_of
from bot.model.card import Action, Card
from bot.model.delivery import Delivery
from bot.model.feed import Feed
from bot.model.subscription import Subscription


def feed_notices(feed: Feed, orders: Iterable[Subscription], *, now: datetime) -> tuple[Delivery, ...]:
    """A notice about the feed for each channel of its tenant that reads it; its `ref` is "notice:<feed>:<moment>".

    The operator's own feeds (of no tenant) are told of in the log alone: no channel's manager could mend them.
    """
    ref = f"notice:{feed.id}:{int(now.timestamp())}"
    return tuple(
        Delivery(
            key=key_of("notice", ref, order.destination),
            kind="notice",
            destination=order.destination,
            ref=ref,
            due_at=now,
            subscription_id=order.id,
        )
        for order in orders
        if feed.tenant
        and order.destination.tenant == feed.tenant
        and not order.paused
        and feed.id in (order.feeds or (feed.id,))
    )


def notice_card(feed: Feed, *, now: datetime) -> Card | None:
    """What there is to tell of a feed now; None where it does well again."""
    actions: tuple[Action, ...] = ()
    if feed.paused:
        title = f"{feed.name or feed.url} is paused"
        lead = f"{feed.paused[:1].upper()}{feed.paused[1:]}. {feed.health_note}"
        actions = (Action(label="Read it again", command=f"feeds resume {feed.id}"),)
    elif feed.health == "moved":
        title, lead = f"{feed.name or feed.url} has moved", feed.health_note
    else:
        return None
    return Card(
        kind="settings",
        status="error",
        title=title,
        lead=lead,
        as_of=now,
        actions=(*actions, Action(label="Feed health", command="feeds health")),
    )
