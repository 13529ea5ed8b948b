"""What becomes of a report: stored, placed in an event, its deliveries planned, all in one transaction."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import msgspec
from sqlalchemy import Connection

from bot.deliver.alerts import owe_alerts
from bot.deliver.orders import Orders
from bot.deliver.plan import Earlier, News, plan, standing
from bot.deliver.timing import HOUR
from bot.events.changes import changes
from bot.events.cluster import NEAR, joined
from bot.events.naming import event_id
from bot.events.tell import tell
from bot.events.traits import Traits, telling, traits_of
from bot.model.delivery import Delivery
from bot.model.event import ChangeNote, Event
from bot.model.report import Report
from bot.model.subscription import Subscription
from bot.model.summary import Summary
from bot.store import digests, events, outbox, reports, subscriptions

_TERMS = 14
"""How many of a report's heaviest terms it is looked up by."""
_LEAST_TELLING = 3.5

_encode = msgspec.json.encode
_traits = msgspec.json.Decoder(Traits)


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
    return Filed(outcome, event.id if event else None, _owe(c, news, orders, moved, now))


def _owe(c: Connection, news: News, orders: Orders[Subscription], moved: tuple[Delivery, ...], now: datetime) -> int:
    """Owe all that the news causes."""
    earlier = Earlier(
        order=lambda order: subscriptions.subscription(c, order),
        firsts=outbox.first_cards(c, news.event.id) if news.event else (),
        moved=moved,
        own=outbox.cards_of(c, f"report:{news.report.id}") if news.number > 1 else (),
        recent=lambda order: outbox.recent(c, order, since=now - HOUR),
        mentioned=lambda where, event: outbox.was_mentioned(c, where.platform, where.channel, event, since=now - HOUR),
    )
    planned = plan(news, orders, earlier, now=now)
    for line in planned.collected:
        digests.collect(c, line.owner, line.due_at, [digests.Item(line.ref, line.event_id, now)])
    return outbox.enqueue(c, planned.deliveries) + owe_alerts(c, news, now=now)


def place(
    c: Connection, report: Report, summary: Summary, *, revised: bool
) -> tuple[Event | None, tuple[ChangeNote, ...], tuple[Delivery, ...]]:
    """Put a stored report into its event, which may be new, or one made of several.

    Returns the event, the notes of what moved, and the first cards of events that have become part of it.
    """
    traits = traits_of(report, summary)
    heaviest = dict(
        sorted(
            ((term, weight) for term, weight in traits.terms.items() if telling(term) >= _LEAST_TELLING),
            key=lambda item: (-item[1], item[0]),
        )[:_TERMS]
    )
    events.save_traits(c, report.id, traits.at, _encode(traits), heaviest)
    ids = _event_ids(c, traits, heaviest)
    if not ids and not traits.crisis:
        return None, (), ()
    kept = min(ids, key=_number, default=None)
    before = events.event(c, kept) if kept else None
    members = {report.id: None} | {r: None for other in ids if (e := events.event(c, other)) for r in e.reports}
    after = tell(kept or "", list(reports.told(c, members).values()))
    if kept is None:
        place_name = after.places[0] if after.places else ""
        after = msgspec.structs.replace(after, id=event_id(place_name, after.title, events.next_number(c, "event")))
    moved: list[Delivery] = []
    for other in ids:
        if other != after.id:
            moved += outbox.first_cards(c, other)
            events.merge_into(c, other, after.id)
            outbox.move_event(c, other, after.id)
    events.save_event(c, after)
    cards = tuple(msgspec.structs.replace(card, event_id=after.id) for card in moved)
    return after, changes(before, after, (report, summary), revised=revised), cards


def _number(event: str) -> int:
    """Events are numbered as they come: the lowest number is the oldest id."""
    return int(event.rpartition("-")[2])


def _event_ids(c: Connection, traits: Traits, heaviest: dict[str, float]) -> list[str]:
    """The events that the report belongs to: an admin's word first, then its own and its neighbours'."""
    pinned = events.pinned(c, traits.report_id)
    if pinned is not None:
        found = events.event(c, pinned) if pinned else None
        return [found.id] if found else []
    own = events.events_of(c, [traits.report_id])
    held = [
        _traits.decode(value) for value in events.neighbours(c, heaviest, start=traits.at - NEAR, end=traits.at + NEAR)
    ]
    near = joined(traits, [other for other in held if other.report_id != traits.report_id])
    free = [report_id for report_id in near if events.pinned(c, report_id) is None]
    return list(dict.fromkeys([*own, *events.events_of(c, free)]))
