"""The cards that deliveries owe, made from what is known at the moment of sending."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

import msgspec
from sqlalchemy import Connection

from bot import seen
from bot.deliver.notices import notice_card
from bot.events.origins import outlet_of
from bot.extract.gazetteer import gazetteer
from bot.model.card import Action, Card, CardStatus, Line, Section, Thumbnail
from bot.model.delivery import Delivery
from bot.model.event import ChangeNote, Event
from bot.model.report import Report
from bot.model.subscription import Subscription
from bot.queries.alerts import alert_card
from bot.queries.cards import report_card, source_link
from bot.queries.digests import digest_card
from bot.queries.question import counts_of
from bot.store import delivered, events, feeds, reports, subscriptions

_TOPICS_STATES = ("killed", "injured", "missing", "captured", "displaced")
_STATUS: dict[str, CardStatus] = {
    "correction": "corrected",
    "toll_down": "corrected",
    "denied": "denied",
    "disputed": "disputed",
    "acknowledged": "acknowledged",
}


def card_of(c: Connection, delivery: Delivery, now: datetime) -> Card | None:
    """The card of a delivery; None where what it tells of is no longer there."""
    kind, _, about = delivery.ref.partition(":")
    if delivery.kind == "edit":
        edited = delivered.delivery(c, delivery.card)
        return card_of(c, edited, now) if edited is not None else None
    make = _CARDS.get(kind)
    card = make(c, delivery, about, now) if make is not None else None
    order = _order(c, delivery)
    if card is None or order is None or card.kind == "settings":
        return card
    crosspost = order.crosspost and delivery.kind in ("post", "note", "digest")
    return msgspec.structs.replace(card, spoiler=order.spoilers, crosspost=crosspost)


def _order(c: Connection, delivery: Delivery) -> Subscription | None:
    return subscriptions.subscription(c, delivery.subscription_id) if delivery.subscription_id else None


def _report(c: Connection, delivery: Delivery, report_id: str, now: datetime) -> Card | None:
    """A report's card; one that began its event's thread says what stands in there."""
    del now
    tenant = delivery.destination.tenant
    told = reports.one(c, report_id, tenant=tenant)
    if told is None:
        return None
    order = _order(c, delivery)
    event = seen.event_of(c, report_id, tenant=tenant)
    card = report_card(
        *told,
        preset=order.preset if order else "standard",
        event=event,
        revised=bool(reports.revisions(c, report_id)),
    )
    thumbnail = _thumbnail(told[0], order)
    card = msgspec.structs.replace(card, topics=_topics(event) if event else (), thumbnail=thumbnail)
    if event is None or delivery.posted is None or delivery.posted.thread is None:
        return card
    later = [name for name in event.reports if name != report_id]
    newest = reports.one(c, later[-1], tenant=tenant) if later else None
    if newest is None:
        return card
    line = Line(
        text=f"{outlet_of(newest[0])}: {newest[1].headline}",
        at=newest[0].published_at,
        refs=(newest[0].id,),
        command=f"event {event.id}",
    )
    section = Section(heading="Latest in the thread", lines=(line,))
    return msgspec.structs.replace(card, sections=(*card.sections, section))


def _thumbnail(report: Report, order: Subscription | None) -> Thumbnail | None:
    """The picture that the source gives with its report, where the channel allows one."""
    if order is None or order.pictures == "no" or not report.image:
        return None
    alt = f"Picture that {outlet_of(report)} gives with its report; Sitrep has not looked at it."
    return Thumbnail(url=report.image, alt=alt, covered=order.pictures == "covered")


def _topics(event: Event) -> tuple[str, ...]:
    """Words that a forum may file an event under: its countries, by name, and what has been told of people."""
    told = {entry.state for entry in event.tolls if entry.scope == "event" and (entry.max is None or entry.max > 0)}
    states = [state for state in _TOPICS_STATES if state in told]
    known = gazetteer().countries
    countries = [known[code].name if code in known else code for code in event.countries[:3]]
    return (*countries, *states, *(["disputed"] if event.disputes else []))


def _note(c: Connection, delivery: Delivery, numbers: str, now: datetime) -> Card | None:
    """What moved in an event, as attributed sentences."""
    del now
    tenant = delivery.destination.tenant
    held = filter(None, (events.note(c, int(number)) for number in numbers.split(",")))
    notes = seen.notes(c, held, tenant=tenant)
    if not notes:
        return None
    event = seen.event(c, notes[0].event_id, tenant=tenant)
    told = reports.one(c, notes[0].report_id, tenant=tenant)
    return note_card(notes, event, told[0].id if told else "", sources=(source_link(told[0]),) if told else ())


def note_card(notes: Sequence[ChangeNote], event: Event | None, report_id: str, *, sources: tuple[object, ...]) -> Card:
    """The card of change notes of one report; its title is the first of them."""
    lines = tuple(Line(text=note.text, refs=note.refs or (note.report_id,)) for note in notes)
    actions = [Action(label="Evidence", command=f"evidence {report_id}")] if report_id else []
    if event is not None:
        actions += [
            Action(label="Event", command=f"event {event.id}"),
            Action(label="Timeline", command=f"timeline {event.id}"),
        ]
    return Card(
        kind="note",
        title=f"Changed: {event.title}" if event else "Changed",
        tag=event.id if event else "",
        subtitle=counts_of(event) if event else "",
        as_of=notes[0].at,
        status=next((_STATUS[note.kind] for note in notes if note.kind in _STATUS), "neutral"),
        sections=(Section(heading="What changed", lines=lines),),
        sources=sources,  # type: ignore[arg-type]  # made by `source_link`
        actions=tuple(action for action in actions if len(action.command) <= 90),
        topics=_topics(event) if event else (),
    )


def _digest(c: Connection, delivery: Delivery, about: str, now: datetime) -> Card | None:
    owner, _, stamp = about.rpartition(":")
    order = _order(c, delivery)
    schedule = order.schedule if order else None
    return digest_card(c, owner, int(stamp), tenant=delivery.destination.tenant, schedule=schedule, now=now)


def _paused(c: Connection, delivery: Delivery, about: str, now: datetime) -> Card | None:
    """To whoever set a channel up: it is no longer posted to, why, and what to do."""
    del delivery
    order = subscriptions.subscription(c, about.rpartition(":")[0])
    if order is None or not order.paused:
        return None
    where = order.destination
    channel = {"discord": f"<#{where.channel}>", "slack": f"<#{where.channel}>"}.get(where.platform, where.channel)
    return Card(
        kind="settings",
        title="A channel that you set up is no longer posted to",
        as_of=now,
        status="error",
        lead=f"Channel {where.channel}: {order.paused}",
        sections=(
            Section(
                heading="What to do",
                lines=(
                    Line(text="Open the channel to me again, then give `channel replay all` in it."),
                    Line(text="What was owed there is kept until then; `channel drop all` drops it."),
                ),
            ),
        ),
        footer=f"This came to you because you set up {channel}.",
    )


def _feed(c: Connection, delivery: Delivery, about: str, now: datetime) -> Card | None:
    """What has become of a feed."""
    del delivery
    feed = feeds.feed_by_id(c, about.partition(":")[0])
    return notice_card(feed, now=now) if feed is not None else None


def _alert(c: Connection, delivery: Delivery, about: str, now: datetime) -> Card | None:
    """To a person, what their watch has seen."""
    return alert_card(c, delivery, about.partition(":")[0], now=now)


_CARDS: dict[str, Callable[[Connection, Delivery, str, datetime], Card | None]] = {
    "report": _report,
    "note": _note,
    "digest": _digest,
    "paused": _paused,
    "notice": _feed,
    "alert": _alert,
    "alerts": _alert,
}
"""By what a delivery's `ref` begins with."""
