"""What becomes of deliveries that could not be made: notes instead of edits, closed places, back-logs in one card."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec
import structlog
from sqlalchemy import Connection

from bot.deliver.alerts import rest_watches
from bot.deliver.collecting import collect, due_of
from bot.deliver.plan import key_of
from bot.model.delivery import Delivery
from bot.model.subscription import Destination, Subscription
from bot.store import delivered, outbox, subscriptions
from bot.store.digests import Item

log = structlog.get_logger()

BACKLOG_OLDER = timedelta(hours=1)
BACKLOG_MORE_THAN = 10


def note_instead(c: Connection, edit: Delivery, why: str, *, now: datetime) -> None:
    """The card cannot be edited: drop the edit, and owe the note that says what it would have said."""
    outbox.save(c, msgspec.structs.replace(edit, state="dropped", leased_until=None, reason=why))
    if not edit.instead:
        return
    edited = delivered.delivery(c, edit.card)
    note = Delivery(
        key=key_of("note", edit.instead, edit.destination),
        kind="note",
        destination=edit.destination,
        ref=edit.instead,
        due_at=now,
        event_id=edit.event_id,
        subscription_id=edit.subscription_id,
        parent=(edited.parent or _threaded(edited)) if edited else "",
    )
    outbox.enqueue(c, [note])


def _threaded(card: Delivery) -> str:
    return card.key if card.posted is not None and card.posted.thread is not None else ""


def close(c: Connection, delivery: Delivery, in_hand: Sequence[Delivery], why: str, *, now: datetime) -> None:
    """A place has turned out closed for good: pause what goes there, and tell whoever set it up.

    What is owed there, and what the courier has `in_hand` for it, is dead and can be replayed. A notice that does not
    get through goes to another channel.
    """
    for one in (delivery, *in_hand):
        outbox.save(c, msgspec.structs.replace(one, state="dead", leased_until=None, reason=why))
    where = delivery.destination
    if delivery.kind == "notice":
        outbox.enqueue(c, _elsewhere(c, delivery, now))
        return
    outbox.give_up(c, platform=where.platform, channel=where.channel, why=why)
    rest_watches(c, where, why, now=now)
    for order in subscriptions.pause_destination(c, platform=where.platform, channel=where.channel, why=why):
        log.warning("destination_paused", subscription_id=order.id, platform=where.platform)
        notice = _notice(order, now)
        outbox.enqueue(c, [notice] if order.set_up_by else _elsewhere(c, notice, now))


def _notice(order: Subscription, now: datetime) -> Delivery:
    """A notice to whoever set a subscription up that it is paused."""
    where = Destination(
        platform=order.destination.platform, tenant=order.destination.tenant, channel=order.set_up_by, direct=True
    )
    ref = f"paused:{order.id}:{int(now.timestamp())}"
    return Delivery(key=key_of("notice", ref, where), kind="notice", destination=where, ref=ref, due_at=now)


def _elsewhere(c: Connection, notice: Delivery, now: datetime) -> list[Delivery]:
    """The same notice to another channel of its tenant that is posted to; once, and to nobody where there is none."""
    if not notice.destination.direct:
        return []
    tenant = notice.destination.tenant
    open_ones = [order for order in subscriptions.subscriptions(c, tenant=tenant) if not order.paused]
    if not open_ones:
        log.warning("notice_reached_nobody", delivery_id=notice.key)
        return []
    where = open_ones[0].destination
    key = key_of("notice", notice.ref, where)
    return [msgspec.structs.replace(notice, key=key, destination=where, state="due", due_at=now, reason="")]


def roll_up(c: Connection, now: datetime) -> int:
    """Put the posts of each long back-log into one digest that is due now; returns how many posts.

    A back-log is more than `BACKLOG_MORE_THAN` posts of one subscription that have been due for `BACKLOG_OLDER`.
    """
    outbox.keep_from_leasing(c)
    rolled = 0
    for waiting in delivered.backlogs(c, now, older=BACKLOG_OLDER, more_than=BACKLOG_MORE_THAN):
        owner = waiting[0].subscription_id or ""
        told = "told in one card with the others that had waited"
        outbox.save(c, *(msgspec.structs.replace(one, state="dropped", reason=told) for one in waiting))
        late = [due_of(digest.ref) for digest in delivered.waiting(c, owner, "digest") if digest.due_at <= now]
        lines = [Item(one.ref, one.event_id, one.due_at) for one in waiting]
        collect(c, owner, waiting[0].destination, late[0] if late else now, lines)
        log.warning("backlog_rolled_up", subscription_id=owner, posts=len(waiting))
        rolled += len(waiting)
    return rolled
