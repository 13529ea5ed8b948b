"""Which deliveries a stored report causes; called in the transaction that stores the report."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime

import msgspec

from bot.deliver.facts import Facts
from bot.deliver.orders import Order, Orders
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
        merged: ids of events that have become part of this one.
    """

    report: Report
    summary: Summary
    event: Event | None
    notes: tuple[ChangeNote, ...]
    tenant: str
    number: int = 1
    posted: tuple[tuple[Destination, Posted], ...] = ()
    merged: tuple[str, ...] = ()


def standing(subscriptions: Iterable[Subscription]) -> Orders[Subscription]:
    """Subscriptions laid out for planning; paused ones are left out."""
    return Orders(
        Order(subscription, subscription.destination.tenant, subscription.filter, subscription.feeds)
        for subscription in subscriptions
        if not subscription.paused
    )


def plan(news: News, orders: Orders[Subscription], *, now: datetime) -> tuple[Delivery, ...]:
    """A post for each subscription that the report passes, and an edit of each card of it that stands already."""
    if news.number > 1:
        return tuple(
            _delivery("edit", f"report:{news.report.id}:{news.number}", where, news, now, posted=posted)
            for where, posted in news.posted
        )
    facts = Facts.of(news.report, news.summary, news.event, merged=news.merged)
    return tuple(
        _delivery("post", f"report:{news.report.id}", subscription.destination, news, now, subscription=subscription)
        for subscription in orders.wanting(facts, tenant=news.tenant)
    )


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
