"""What becomes of a report: stored, placed in an event, its deliveries planned, all in one transaction."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

import msgspec
from sqlalchemy import Connection

from bot import seen
from bot.deliver.alerts import owe_alerts, standing_watches
from bot.deliver.collecting import collect
from bot.deliver.orders import Orders
from bot.deliver.plan import Earlier, News, plan
from bot.deliver.plan import standing as laid_out
from bot.deliver.timing import HOUR
from bot.model.delivery import Delivery
from bot.model.report import Report
from bot.model.subscription import Subscription, Watch
from bot.model.summary import Summary
from bot.placing import Placed, place
from bot.store import delivered, events, outbox, reports, subscriptions
from bot.store.digests import Item


class Filed(msgspec.Struct, frozen=True):
    """What filing a report came to: how many deliveries are owed for it, and its event's id if it has one."""

    outcome: reports.Outcome
    event_id: str | None
    owed: int


class Brought(msgspec.Struct, frozen=True):
    """Reports that a tenant's feed ("" everybody's) has brought; the ids in `silent` are kept without being posted."""

    told: tuple[tuple[Report, Summary], ...]
    tenant: str = ""
    silent: frozenset[str] = frozenset()


class _Standing(msgspec.Struct, frozen=True):
    """What stands while a transaction files its reports, and is looked up once for all of them.

    Attributes:
        pins: whether an admin has said of any report where it belongs.
    """

    orders: Orders[Subscription]
    watches: Orders[Watch]
    pins: bool


def file_reports(
    c: Connection,
    told: Iterable[tuple[Report, Summary]],
    *,
    tenant: str = "",
    silent: frozenset[str] = frozenset(),
    now: datetime,
) -> tuple[Filed, ...]:
    """File reports in their order; the ids in `silent` are kept without being posted."""
    (filed,) = file_brought(c, [Brought(tuple(told), tenant, silent)], now=now)
    return filed


def file_brought(c: Connection, brought: Iterable[Brought], *, now: datetime) -> tuple[tuple[Filed, ...], ...]:
    """File what feeds have brought, in its order; returns what was filed of each.

    What comes of it is the same whether it is filed together or one report after the other. New reports are stored
    together; events and deliveries come of each in its turn.
    """
    given = [msgspec.structs.replace(one, told=tuple((_dated(r, now), s) for r, s in one.told)) for one in brought]
    every = [(pair, one.tenant) for one in given for pair in one.told]
    if not every:
        return tuple(() for _ in given)
    held = reports.known(c, [report.id for (report, _), _ in every])
    new: dict[str, tuple[tuple[Report, Summary], str]] = {}
    for pair, tenant in every:
        if pair[0].id not in held:
            new.setdefault(pair[0].id, (pair, tenant))
    reports.save_new(c, [pair for pair, _ in new.values()], *(tenant for _, tenant in new.values()), now=now)
    standing = _Standing(_orders(c), standing_watches(c), events.any_pin(c))
    return tuple(
        tuple(_file(c, pair, standing, one, new=new.pop(pair[0].id, None) is not None, now=now) for pair in one.told)
        for one in given
    )


def _dated(report: Report, now: datetime) -> Report:
    if report.published_at is None and report.fetched_at is None:
        return msgspec.structs.replace(report, fetched_at=now)
    return report


_laid_out: dict[str, Orders[Subscription]] = {}


def _orders(c: Connection) -> Orders[Subscription]:
    """All subscriptions, laid out once for as long as none of them changes."""
    version = subscriptions.version(c, "subscriptions")
    held = _laid_out.get(version)
    if held is None:
        held = laid_out(subscriptions.subscriptions(c))
        _laid_out.clear()
        _laid_out[version] = held
    return held


def _file(
    c: Connection,
    pair: tuple[Report, Summary],
    standing: _Standing,
    brought: Brought,
    *,
    new: bool,
    now: datetime,
) -> Filed:
    (report, summary), tenant = pair, brought.tenant
    held = None if new else reports.one(c, report.id)
    outcome = "new" if new else reports.save_report(c, report, summary, tenant=tenant, now=now)
    if outcome == "same":
        return Filed(outcome, None, 0)
    if outcome == "seen":
        event = events.event_of(c, report.id)
        placed = Placed(event, sharers=events.sharers(c, event.id) if event else ())
    else:
        placed = place(c, report, summary, revised=outcome == "revised", pins=standing.pins)
    event = placed.event
    numbers = events.add_notes(c, placed.notes, outlets={report.id: report.outlet})
    if report.id in brought.silent:
        return Filed(outcome, event.id if event else None, 0)
    news = News(
        report=report,
        summary=summary,
        event=event,
        notes=tuple(zip(numbers, placed.notes, strict=True)),
        tenant=tenant,
        merged=events.merged_into(c, event.id) if event else (),
        number=1 + len(reports.revisions(c, report.id)) if outcome == "revised" else 1,
        before=held[1] if held else None,
    )
    tenants = reports.seers_of(c, report.id) if outcome == "revised" else (tenant,)
    told = _as_told(c, news, tenants, placed.sharers)
    return Filed(outcome, event.id if event else None, sum(_owe(c, one, standing, placed.cards, now) for one in told))


def _as_told(c: Connection, news: News, tenants: Iterable[str], sharers: Sequence[str]) -> Iterator[News]:
    """The news as each of those who see the report is told it; nearly always all are told the same."""
    for audience in seen.audiences(c, news.event, tenants=tenants, sharers=sharers):
        told = dict(zip((number for number, _ in news.notes), (note for _, note in news.notes), strict=True))
        if audience.event is not news.event:
            told = {
                number: note
                for number, stored in told.items()
                for note in seen.notes(c, [stored], tenant=audience.tenant)
            }
        yield msgspec.structs.replace(news, event=audience.event, notes=tuple(told.items()), told_to=audience.holds)


def _owe(c: Connection, news: News, standing: _Standing, moved: tuple[Delivery, ...], now: datetime) -> int:
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
    planned = plan(news, standing.orders, earlier, now=now)
    owed = outbox.enqueue(c, planned.deliveries)
    for line in planned.collected:
        item = Item(line.ref, line.event_id, now)
        owed += collect(c, line.owner, line.destination, line.due_at, [item], silent=line.silent)
    return owed + owe_alerts(c, news, standing.watches, now=now)
