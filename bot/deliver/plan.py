"""What a stored report causes in every place: posts, notes, edits, lines in digests."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta

import msgspec

from bot.deliver.facts import Facts
from bot.deliver.filters import compiled
from bot.deliver.orders import Order, Orders
from bot.deliver.timing import Timing, is_critical, timing
from bot.model.delivery import Delivery, DeliveryKind
from bot.model.event import ChangeNote, Event
from bot.model.report import Report
from bot.model.subscription import Destination, Subscription
from bot.model.summary import Summary

SETTLING = timedelta(seconds=20)
"""How long an edit that only brings an event's counts up to date waits for more of them."""
_TELL_NOTHING_NEW = frozenset(("new_report",))
Place = tuple[str, str]


def key_of(kind: str, ref: str, destination: Destination) -> str:
    """The delivery's key: 25 characters, the same for the same card in the same place."""
    place = f"{destination.platform}\n{destination.tenant}\n{destination.channel}\n{kind}\n{ref}"
    return hashlib.blake2b(place.encode(), digest_size=16).hexdigest()[:25]


class News(msgspec.Struct, frozen=True):
    """What has been stored.

    Attributes:
        tenant: who reads the feed ("" everybody).
        notes: what moved in the event, each with its number in the store.
        number: of the revision; 1 for a new report.
        merged: ids of events that have become part of this one.
        before: what a revised report said before.
        told_to: whether a tenant is told; the event and the notes are as those see them.
    """

    report: Report
    summary: Summary
    event: Event | None
    notes: tuple[tuple[int, ChangeNote], ...] = ()
    tenant: str = ""
    number: int = 1
    merged: tuple[str, ...] = ()
    before: Summary | None = None
    told_to: Callable[[str], bool] = lambda tenant: True


class Earlier(msgspec.Struct, frozen=True):
    """What has been delivered before, as far as a report's deliveries depend on it.

    Attributes:
        order: a subscription by its id.
        firsts: for each place that knows of the event, its first card there.
        moved: first cards of events that have just become part of this one.
        own: the cards of the report itself that stand (for a revised one).
        recent: when a subscription's cards of the last hour were or will be due.
        mentioned: whether a place had a mention for an event within the last hour.
    """

    order: Callable[[str], Subscription | None] = lambda subscription_id: None
    firsts: tuple[Delivery, ...] = ()
    moved: tuple[Delivery, ...] = ()
    own: tuple[Delivery, ...] = ()
    recent: Callable[[str], Sequence[datetime]] = lambda subscription_id: ()
    mentioned: Callable[[Destination, str], bool] = lambda destination, event_id: False


class Collected(msgspec.Struct, frozen=True):
    """A line for the digest of `owner` that falls due then."""

    owner: str
    destination: Destination
    due_at: datetime
    silent: bool
    ref: str
    event_id: str | None


class Plan(msgspec.Struct, frozen=True):
    """What is owed: deliveries, and lines for digests."""

    deliveries: tuple[Delivery, ...] = ()
    collected: tuple[Collected, ...] = ()


def standing(subscriptions: Iterable[Subscription]) -> Orders[Subscription]:
    """Subscriptions laid out for planning; paused ones are left out."""
    return Orders(
        Order(subscription, subscription.destination.tenant, subscription.filter, subscription.feeds)
        for subscription in subscriptions
        if not subscription.paused
    )


def plan(news: News, orders: Orders[Subscription], earlier: Earlier, *, now: datetime) -> Plan:
    """What a new or revised report causes.

    A new one is posted to whoever wants it, in the thread of its event's first card where threads are wanted; that
    card is edited. Elsewhere than there, but where the event is known, the change notes are posted that matter. A
    revised one edits its cards, and posts the notes that matter beside them.
    """
    facts = Facts.of(news.report, news.summary, news.event, merged=news.merged)
    passing = orders.wanting(facts, tenant=news.tenant)
    wanting = [order for order in passing if news.told_to(order.destination.tenant)]
    planning = _Planning(news, _among(earlier, news.told_to), facts, now)
    if news.number > 1:
        planning.revise(wanting)
    else:
        planning.tell(wanting)
    return Plan(tuple(planning.deliveries), tuple(planning.collected))


def plan_rearranged(
    notes: Sequence[tuple[int, ChangeNote]], earlier: Earlier, *, tenant: str, now: datetime
) -> Iterator[Delivery]:
    """What an admin's word on events causes for a tenant: one note in each place that knows of them, and edits.

    The note goes where the event's updates go; cards that are not posted yet are made from what is known then.
    """
    told: set[Place] = set()
    mine = _among(earlier, tenant.__eq__)
    for number, note in notes:
        for first in mine.firsts:
            owner = earlier.order(first.subscription_id or "")
            if first.event_id == note.event_id and owner and not owner.paused and _place(first.destination) not in told:
                told.add(_place(first.destination))
                recent = earlier.recent(owner.id) if owner.limit_per_hour else ()
                due_at = timing(owner, now=now, critical=False, recent=recent).due_at
                yield _note_of(first, owner, f"note:{number}", note.event_id, due_at)
    about = ",".join(str(number) for number, _ in notes) or f"{now.timestamp():.3f}"
    for card in {card.key: card for card in (*mine.firsts, *mine.moved)}.values():
        if card.state != "due":
            yield _edit_of(card, f"events:{about}", now)


def _note_of(first: Delivery, order: Subscription, ref: str, event_id: str, due_at: datetime) -> Delivery:
    """A note beside an event's first card, in its thread where the place has threads; it wakes nobody."""
    return Delivery(
        key=key_of("note", ref, order.destination),
        kind="note",
        destination=order.destination,
        ref=ref,
        due_at=due_at,
        event_id=event_id,
        subscription_id=order.id,
        parent=first.key if order.threads != "none" else "",
        silent=True,
    )


def _edit_of(card: Delivery, ref: str, due_at: datetime, *, instead: str = "") -> Delivery:
    return Delivery(
        key=key_of("edit", f"{card.key}\n{ref}", card.destination),
        kind="edit",
        destination=card.destination,
        ref=ref,
        due_at=due_at,
        event_id=card.event_id,
        subscription_id=card.subscription_id,
        card=card.key,
        instead=instead,
    )


def _among(earlier: Earlier, told_to: Callable[[str], bool]) -> Earlier:
    """What has been delivered before to those tenants."""

    def of(cards: Iterable[Delivery]) -> tuple[Delivery, ...]:
        return tuple(card for card in cards if told_to(card.destination.tenant))

    return msgspec.structs.replace(earlier, firsts=of(earlier.firsts), moved=of(earlier.moved), own=of(earlier.own))


def what_moved(before: Summary | None, after: Summary) -> bool:
    """Whether a revision changed what a report says: its claims with their speakers and stances, or its figures."""
    return before is None or _said(before) != _said(after)


def _said(summary: Summary) -> tuple[object, ...]:
    names = {actor.id: actor.name for actor in summary.actors}
    claims = sorted((names.get(claim.speaker or "", ""), claim.stance) for claim in summary.claims)
    figures = sorted(
        (figure.state, figure.min or -1, figure.max or -1, figure.qualifier, figure.groups, figure.side or "")
        for figure in summary.casualties
    )
    return tuple(claims), tuple(figures)


def digest_of(order_id: str, where: Destination, due_at: datetime, *, silent: bool = False) -> Delivery:
    """The delivery of an owner's digest of that time: one, however often it is owed."""
    ref = f"digest:{order_id}:{int(due_at.timestamp() * 1000)}"
    return Delivery(
        key=key_of("digest", ref, where),
        kind="digest",
        destination=where,
        ref=ref,
        due_at=due_at,
        subscription_id=order_id,
        silent=silent,
    )


class _Planning:
    """One report's deliveries as they gather."""

    def __init__(self, news: News, earlier: Earlier, facts: Facts, now: datetime) -> None:
        self._news = news
        self._earlier = earlier
        self._facts = facts
        self._now = now
        self._critical = is_critical(news.summary)
        self._firsts = {_place(first.destination): first for first in earlier.firsts}
        self.deliveries: list[Delivery] = []
        self.collected: list[Collected] = []

    def tell(self, wanting: Sequence[Subscription]) -> None:
        """A new report."""
        for order in wanting:
            self._give(order, "post", f"report:{self._news.report.id}", mention=order.mention)
        told = {_place(order.destination) for order in wanting}
        if notes := self._notes_ref():
            for first in self._earlier.firsts:
                owner = self._reader(first)
                if owner is not None and _place(first.destination) not in told:
                    self._give(owner, "note", notes)
        for card in (*self._earlier.firsts, *self._earlier.moved):
            if card.state != "due":
                self._edit(card, f"event:{self._news.report.id}:{self._news.number}", self._now + SETTLING)

    def revise(self, wanting: Sequence[Subscription]) -> None:
        """A revised report."""
        notes = self._notes_ref()
        posted: set[Place] = set()
        if notes:
            for card in (*self._earlier.own, *self._earlier.firsts):
                owner = self._reader(card)
                if owner is not None and _place(card.destination) not in posted:
                    posted.add(_place(card.destination))
                    self._give(owner, "note", notes)
            for order in wanting:
                if order.schedule.mode != "now" and _place(order.destination) not in posted:
                    self._give(order, "note", notes)
        correction = self._notes_ref(every=True)
        for card in self._earlier.own:
            noted = _place(card.destination) in posted
            ref = f"report:{self._news.report.id}:{self._news.number}"
            self._edit(card, ref, self._now, instead="" if noted else correction)
        own = {card.key for card in self._earlier.own}
        for card in (*self._earlier.firsts, *self._earlier.moved):
            if card.key not in own and card.state != "due":
                self._edit(card, f"event:{self._news.report.id}:{self._news.number}", self._now + SETTLING)

    def _reader(self, card: Delivery) -> Subscription | None:
        """Whose card it is, if they are posted to; cards of those who are not told are not among the earlier ones."""
        owner = self._earlier.order(card.subscription_id or "")
        return owner if owner is not None and not owner.paused else None

    def _notes_ref(self, *, every: bool = False) -> str:
        """The ref of a note that tells what matters ("note:4,5"), or "" where nothing does."""
        moved = what_moved(self._news.before, self._news.summary)
        numbers = [
            str(number)
            for number, note in self._news.notes
            if note.kind not in _TELL_NOTHING_NEW and (every or moved or note.kind != "correction")
        ]
        return f"note:{','.join(numbers)}" if numbers else ""

    def _give(self, order: Subscription, kind: DeliveryKind, ref: str, *, mention: str | None = None) -> None:
        """A card for an order, at its time; or a line in its next digest."""
        recent = self._earlier.recent(order.id) if order.limit_per_hour else ()
        when = timing(order, now=self._now, critical=self._is_critical(order), recent=recent)
        event_id = self._news.event.id if self._news.event else None
        if when.collected:
            self.collected.append(Collected(order.id, order.destination, when.due_at, when.silent, ref, event_id))
            return
        first = self._firsts.get(_place(order.destination)) if order.threads != "none" else None
        self.deliveries.append(
            Delivery(
                key=key_of(kind, ref, order.destination),
                kind=kind,
                destination=order.destination,
                ref=ref,
                due_at=when.due_at,
                event_id=event_id,
                subscription_id=order.id,
                parent=first.key if first else "",
                mention=mention if mention and self._may_mention(order, when) else None,
                silent=when.silent,
            )
        )

    def _is_critical(self, order: Subscription) -> bool:
        line = order.quiet.critical if order.quiet else ""
        return compiled(line).passes(self._facts) if line else self._critical

    def _may_mention(self, order: Subscription, when: Timing) -> bool:
        if when.silent or not compiled(order.mention_filter).passes(self._facts):
            return False
        event = self._news.event
        return event is None or not self._earlier.mentioned(order.destination, event.id)

    def _edit(self, card: Delivery, ref: str, due_at: datetime, *, instead: str = "") -> None:
        self.deliveries.append(_edit_of(card, ref, due_at, instead=instead))


def _place(where: Destination) -> Place:
    return where.platform, where.channel
