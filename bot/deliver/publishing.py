"""Publishing: cards of an announcement channel passed on to the channels that follow it, within its hourly limit."""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog
from sqlalchemy import Connection

from bot.deliver.plan import key_of
from bot.deliver.timing import HOUR
from bot.model.delivery import Delivery, DeliveryKind
from bot.store import delivered, outbox

log = structlog.get_logger()

_KINDS: tuple[DeliveryKind, ...] = ("publish",)
MOST_AN_HOUR = 10
"""Cards of a channel: Discord's limit."""
LATEST = timedelta(hours=6)
"""How late a card may be published; it stands in its own channel all the same."""


def owe_publication(c: Connection, card: Delivery, now: datetime) -> None:
    """Owe that a card which stands is passed on: at once, or when its channel's hour has room again."""
    recent = delivered.recent(c, card.subscription_id or "", since=now - HOUR, kinds=_KINDS)
    due = now if len(recent) < MOST_AN_HOUR else max(now, recent[-MOST_AN_HOUR] + HOUR)
    if due - now > LATEST:
        log.warning("publication_left_out", delivery_id=card.key, waiting=len(recent))
        return
    ref = f"publish:{card.key}"
    outbox.enqueue(
        c,
        [
            Delivery(
                key=key_of("publish", ref, card.destination),
                kind="publish",
                destination=card.destination,
                ref=ref,
                due_at=due,
                subscription_id=card.subscription_id,
                card=card.key,
                trace=card.trace,
            )
        ],
    )
