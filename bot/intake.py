"""What becomes of a report: stored, placed in an event, its deliveries planned, all in one transaction."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

import msgspec
from sqlalchemy import Connection

from bot import seen
from bot.deliver.alerts import owe_alerts
from bot.deliver.collecting import collect
from bot.deliver.orders import Orders
from bot.deliver.plan import Earlier, News, plan, standing
from bot.deliver.timing import HOUR
from bot.model.delivery import Delivery
from bot.model.event import ChangeNote
from bot.model.report import Report
from bot.model.subscription import Subscription
from bot.model.summary import Summary
from bot.placing import place
from bot.store import delivered, events, outbox, reports, subscriptions
from bot.store.digests import Item


class Filed(msgspec.Struct, frozen=True):
    """What filing a report came to: how many deliveries are owed for it, and its event's id if it has one."""

    outcome: reports.Outcome
    event_id: str | None
    owed: int


def file_reports(
    c: Connection,
    told: Iterable[tuple[Report, Summary]],
    *,
    tenant: str = "",
    silent: frozenset[str] = frozenset(),
    now: datetime,
) -> tuple[Filed, ...]:
    """File reports in their order; the ids in `silent` are kept without being posted."""
    orders = _orders(c)
    return tuple(
        _file(c, report, summary, orders, tenant=tenant, silent=report.id in silent, now=now)
        for report, summary in told
    )


_laid_out: dict[str, Orders[Subscription]] = {}


def _orders(c: Connection) -> Orders[Subscription]:
    """All subscriptions, laid out once for as long as none of them changes."""
    version = subscriptions.version(c, "subscriptions")
    held = _laid_out.get(version)
    if held is None:
        held = standing(subscriptions.subscriptions(c))
        _laid_out.clear()
        _laid_out[version] = held
    return held


def _file(
    c: Connection,
    report: Report,
    summary: Summary,
    orders: Orders[Subscription],
    *,
    tenant: str,
    silent: bool,
    now: datetime,
) -> Filed:
    if report.published_at is None and report.fetched_at is None:
        report = msgspec.structs.replace(report, fetched_at=now)
    held = reports.one(c, report.id)
    outcome = reports.save_report(c, report, summary, tenant=tenant, now=now)
    if outcome == "same":
        return Filed(outcome, None, 0)
    notes: tuple[ChangeNote, ...] = ()
    moved: tuple[Delivery, ...] = ()
    if outcome == "seen":
        event = events.event_of(c, report.id)
    else:
        event, notes, moved = place(c, report, summary, revised=outcome == "revised")
    numbers = events.add_notes(c, notes)
    if silent:
        return Filed(outcome, event.id if event else None, 0)
    news = News(
        report=report,
        summary=summary,
        event=event,
        notes=tuple(zip(numbers, notes, strict=True)),
        tenant=tenant,
        merged=events.merged_into(c, event.id) if event else (),
        number=1 if outcome == "seen" else 1 + len(reports.revisions(c, report.id)),
        before=held[1] if held else None,
    )
    tenants = reports.seers_of(c, report.id) if outcome == "revised" else (tenant,)
    owed = sum(_owe(c, one, orders, moved, now) for one in _as_told(c, news, tenants))
    return Filed(outcome, event.id if event else None, owed)


def _as_told(c: Connection, news: News, tenants: Iterable[str]) -> Iterator[News]:
    """The news as each of those who see the report is told it; nearly always all are told the same."""
    for audience in seen.audiences(c, news.event, tenants=tenants):
        told = dict(zip((number for number, _ in news.notes), (note for _, note in news.notes), strict=True))
        if audience.event is not news.event:
            told = {
                number: note
                for number, stored in told.items()
                for note in seen.notes(c, [stored], tenant=audience.tenant)
            }
        yield msgspec.structs.replace(news, event=audience.event, notes=tuple(told.items()), told_to=audience.holds)


def _owe(c: Connection, news: News, orders: Orders[Subscription], moved: tuple[Delivery, ...], now: datetime) -> int:
    """Owe all that the news causes."""
    hour_ago = now - HOUR
    earlier = Earlier(
        order=lambda order: subscriptions.subscription(c, order),
        firsts=delivered.first_cards(c, news.event.id) if news.event else (),
        moved=moved,
        own=delivered.cards_of(c, f"report:{news.report.id}") if news.number > 1 else (),
        recent=lambda order: delivered.recent(c, order, since=hour_ago),
        mentioned=lambda where, event: delivered.was_mentioned(
            c, where.platform, where.channel, event, since=now - HOUR
        ),
    )
    planned = plan(news, orders, earlier, now=now)
    owed = outbox.enqueue(c, planned.deliveries)
    for line in planned.collected:
        item = Item(line.ref, line.event_id, now)
        owed += collect(c, line.owner, line.destination, line.due_at, [item], silent=line.silent)
    return owed + owe_alerts(c, news, now=now)
