"""What is told together later: lines go into a digest that is owed once, and no line into one that has left already."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

import msgspec
from sqlalchemy import Connection

from bot.deliver.plan import digest_of
from bot.deliver.timing import HOUR, timing
from bot.model.subscription import Destination, Subscription
from bot.store import delivered, digests, outbox
from bot.store.digests import Item
from bot.store.tables import moment

_NEXT = timedelta(milliseconds=1)


def due_of(ref: str) -> datetime:
    """When a digest of that ref ("digest:<owner>:<milliseconds>") was to fall due: what its lines are kept under."""
    return moment(int(ref.rpartition(":")[2]))


def collect(
    c: Connection, owner: str, where: Destination, due_at: datetime, lines: Iterable[Item], *, silent: bool = False
) -> int:
    """Put lines into the owner's digest of that time, and owe it; returns how many deliveries are new.

    Where that digest is being sent, or has been, they go into another one right after it.
    """
    while True:
        digest = digest_of(owner, where, due_at, silent=silent)
        held = delivered.delivery(c, digest.key)
        if held is None or (held.state == "due" and held.tried_at is None):
            break
        due_at += _NEXT
    digests.collect(c, owner, due_at, lines)
    return outbox.enqueue(c, [digest])


def rearrange(c: Connection, order: Subscription, *, now: datetime) -> None:
    """Let what an order has been collecting fall due as its hours now say; at once where nothing is collected."""
    for digest in delivered.waiting(c, order.id, "digest"):
        recent = delivered.recent(c, order.id, since=now - HOUR)
        when = timing(order, now=now, critical=False, recent=[at for at in recent if at <= now])
        held = due_of(digest.ref)
        if when.due_at == held:
            continue
        outbox.save(c, msgspec.structs.replace(digest, state="dropped", reason="its hours have been changed"))
        lines = digests.items(c, order.id, held)
        digests.remove(c, order.id, held)
        collect(c, order.id, order.destination, when.due_at, lines, silent=when.silent)
