"""Deliveries: one card owed to one place, and how far it has got."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec

from bot.model.subscription import Destination

DeliveryKind = Literal["post", "edit", "note", "digest", "alert", "notice"]
DeliveryState = Literal["due", "leased", "sent", "dead", "dropped"]


class Posted(msgspec.Struct, frozen=True, kw_only=True):
    """Where a card stands on its platform; `thread` is the thread (or forum post) opened on it, if any."""

    channel: str
    message: str
    thread: str | None = None


class Delivery(msgspec.Struct, frozen=True, kw_only=True):
    """One card owed to one destination.

    Attributes:
        key: ≤ 25 characters, the same in every attempt: the platform's nonce or metadata.
        ref: what is posted: "report:<id>", "event:<id>", "digest:<subscription>:<due>", "note:<event>:<n>".
        order: deliveries of the same destination and event go out in this order.
        due_at, leased_until: aware, UTC.
        posted: set once it has been sent (and, for an edit, what is edited).
        reason: why it is dead or waits.
    """

    key: str
    kind: DeliveryKind
    destination: Destination
    ref: str
    order: int = 0
    due_at: datetime
    state: DeliveryState = "due"
    attempts: int = 0
    leased_until: datetime | None = None
    posted: Posted | None = None
    event_id: str | None = None
    subscription_id: str | None = None
    silent: bool = False
    reason: str = ""
