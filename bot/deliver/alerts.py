"""Alerts: what a report owes to people's watches; called in the transaction that stores the report."""

from __future__ import annotations

from datetime import datetime

import msgspec
import structlog
from sqlalchemy import Connection

from bot.deliver.facts import Facts
from bot.deliver.orders import Order, Orders
from bot.deliver.plan import News, key_of
from bot.deliver.timing import is_critical
from bot.deliver.watches import asked_for, changes_of, due_of, line_of, resting
from bot.model.delivery import Delivery
from bot.model.subscription import Destination, Watch
from bot.store import alerts, delivered, outbox, people, subscriptions

log = structlog.get_logger()

CLOSED = "it could not be delivered"
"""Why a watch is paused whose alerts do not get through."""
_laid_out: dict[str, Orders[Watch]] = {}


def standing_watches(c: Connection) -> Orders[Watch]:
    """All watches, laid out once for as long as none of them changes."""
    version = subscriptions.version(c, "watches")
    held = _laid_out.get(version)
    if held is None:
        held = Orders(Order(watch, watch.destination.tenant, line_of(watch)) for watch in subscriptions.watches(c))
        _laid_out.clear()
        _laid_out[version] = held
    return held


def owe_alerts(c: Connection, news: News, watches: Orders[Watch], *, now: datetime) -> int:
    """Owe the alerts that a new or revised report causes to the standing watches; returns how many deliveries are new.

    A watch sees what its tenant sees: reports of everybody's feeds and of its own tenant's. No change is told twice to
    the same watch, whichever report brings it again.
    """
    if not len(watches):
        return 0
    facts = Facts.of(news.report, news.summary, news.event, merged=news.merged)
    passing = watches.wanting(facts, tenant=news.tenant)
    wanting = [watch for watch in passing if news.told_to(watch.destination.tenant)]
    notes = [note for _, note in news.notes]
    changes = changes_of(news.report, news.summary, news.event, notes, number=news.number) if wanting else ()
    awake = [(watch, asked) for watch in wanting if not resting(watch, now) and (asked := asked_for(watch, changes))]
    told = alerts.told(c, [watch.id for watch, _ in awake], [change.id for change in changes])
    rows: list[tuple[Watch, alerts.Alert]] = []
    deliveries: list[Delivery] = []
    for watch, asked in awake:
        fresh = [change for change in asked if (watch.id, change.id) not in told]
        if fresh:
            delivery = _delivery(c, watch, news, now)
            deliveries.append(delivery)
            rows += [
                (watch, alerts.Alert(change.id, change.kind, news.report.id, change.text, now, delivery.key))
                for change in fresh
            ]
    alerts.add(c, rows)
    return outbox.enqueue(c, deliveries)


def _delivery(c: Connection, watch: Watch, news: News, now: datetime) -> Delivery:
    """The card that tells of it: its own, or the one that collects until it is due."""
    due = due_of(watch, now=now, critical=is_critical(news.summary))
    ref = f"alert:{watch.id}:{news.report.id}:{news.number}"
    while due.collected:
        ref = f"alerts:{watch.id}:{int(due.due_at.timestamp())}"
        held = delivered.delivery(c, key_of("alert", ref, watch.destination))
        if held is None or (held.state == "due" and held.tried_at is None):
            break
        # That card is on its way or gone: what comes now is told in the next one.
        due = due_of(watch, now=due.due_at, critical=False)
        ref = f"alert:{watch.id}:{news.report.id}:{news.number}"
    return Delivery(
        key=key_of("alert", ref, watch.destination),
        kind="alert",
        destination=watch.destination,
        ref=ref,
        due_at=due.due_at,
        event_id=news.event.id if news.event and not due.collected else None,
        silent=due.silent,
        mention=None if watch.destination.direct else f"@{watch.user}",
    )


def rest_watches(c: Connection, where: Destination, why: str, *, now: datetime) -> None:
    """A place has turned out closed: pause the watches that go there, and tell their people when they next ask."""
    for watch in subscriptions.watches_of_place(c, platform=where.platform, channel=where.channel):
        elsewhere = people.person_of(where.platform, "", where.tenant).tenant not in ("", watch.destination.tenant)
        if watch.paused or elsewhere:
            continue
        subscriptions.save_watch(c, msgspec.structs.replace(watch, paused=CLOSED, paused_until=None))
        place = "in direct messages" if watch.destination.direct else "in the channel that it was made for"
        who = people.person_of(where.platform, watch.user, watch.destination.tenant)
        told = f"Watch {watch.id} is paused: I could not reach you {place} ({why}). Once I can: watch resume {watch.id}"
        people.owe_words(c, who, told, now=now)
        log.info("watch_paused", watch_id=watch.id, platform=where.platform)
