"""Which deliveries a stored report causes; called in the transaction that stores the report."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime

import msgspec

from bot.deliver.filters import Facts, compiled
from bot.model.delivery import Delivery, Posted
from bot.model.event import ChangeNote, Event
from bot.model.report import Report
from bot.model.subscription import Destination, Subscription
from bot.model.summary import Summary


def key_of(kind: str, ref: str, destination: Destination) -> str:
    """The delivery's key: 25 characters, the same for the same card in the same place."""
    place = f"{destination.platform}\n{destination.tenant}\n{destination.channel}\n{kind}\n{ref}"
    return hashlib.blake2b(place.encode(), digest_size=16).hexdigest()[:25]


class News(msgspec.Struct, frozen=True):
    """What has been stored.

    Attributes:
        tenant: who reads the feed ("" everybody).
        posted: where cards of this report stand already (for edits).
        number: of the revision; 1 for a new report.
    """

    report: Report
    summary: Summary
    event: Event | None
    notes: tuple[ChangeNote, ...]
    tenant: str
    number: int = 1
    posted: tuple[tuple[Destination, Posted], ...] = ()


def plan(news: News, subscriptions: Sequence[Subscription], *, now: datetime) -> tuple[Delivery, ...]:
    """A post for each subscription that the report passes, and an edit of each card of it that stands already."""
    if news.number > 1:
        return tuple(
            _delivery("edit", f"report:{news.report.id}:{news.number}", where, news, now, posted=posted)
            for where, posted in news.posted
        )
    facts = Facts.of(news.report, news.summary, news.event)
    return tuple(
        _delivery("post", f"report:{news.report.id}", subscription.destination, news, now, subscription=subscription)
        for subscription in subscriptions
        if wants(subscription, news, facts)
    )


def wants(subscription: Subscription, news: News, facts: Facts) -> bool:
    """Whether a subscription asks for this report."""
    if subscription.paused or news.tenant not in ("", subscription.destination.tenant):
        return False
    if subscription.feeds and news.report.feed_id not in subscription.feeds:
        return False
    return compiled(subscription.filter).passes(facts)


def _delivery(
    kind: str,
    ref: str,
    where: Destination,
    news: News,
    now: datetime,
    *,
    posted: Posted | None = None,
    subscription: Subscription | None = None,
) -> Delivery:
    return Delivery(
        key=key_of(kind, ref, where),
        kind=kind,  # type: ignore[arg-type]  # the callers' words are kinds
        destination=where,
        ref=ref,
        due_at=now,
        posted=posted,
        event_id=news.event.id if news.event else None,
        subscription_id=subscription.id if subscription else None,
    )
