"""Deliveries: one card owed to one place, and how far it has got."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec

from bot.model.subscription import Destination

DeliveryKind = Literal["post", "edit", "note", "digest", "alert", "notice", "publish"]
DeliveryState = Literal["due", "leased", "sent", "dead", "dropped"]


class Posted(msgspec.Struct, frozen=True, kw_only=True):
    """Where a card stands on its platform.

    Attributes:
        channel: what the message is addressed by: the channel, or (Discord) the thread that it was posted in.
        thread: the thread that was opened on it, where its event's updates go; None where there is none.
        forum: the card began its thread: it is a forum's post.
    """

    channel: str
    message: str
    thread: str | None = None
    forum: bool = False


class Delivery(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One card owed to one destination.

    Attributes:
        key: ≤ 25 characters, the same in every attempt: the platform's nonce or metadata.
        ref: what is posted: "report:<id>", "event:<id>", "digest:<owner>:<due>", "note:<n>", "paused:<subscription>",
            "publish:<key>".
        order: deliveries of the same destination and event go out in this order.
        due_at, leased_until: aware, UTC.
        first_due_at: when it first fell due, however often it was put off; None before it is stored.
        attempts: failures so far that were this card's own, and not its platform's.
        tried_at: when the first attempt began of which nobody knows whether it got through; None where all are known.
        postponed: it failed and waits to be tried again; what follows it in its order waits with it.
        posted: set once it has been sent; `parts` counts its messages that have got through.
        parent: key of the card in whose thread it goes, "" for the channel itself.
        card: for an edit or a publication, key of the delivery whose card is meant.
        instead: for an edit, ref of the note that is posted where the card can no longer be edited, or "".
        mention: id of the role or group to be mentioned, "@" and an id for a person, or None.
        reason: why it is dead or waits.
        trace: of what caused it (see bot/trace.py), or "".
    """

    key: str
    kind: DeliveryKind
    destination: Destination
    ref: str
    order: int = 0
    due_at: datetime
    first_due_at: datetime | None = None
    state: DeliveryState = "due"
    attempts: int = 0
    tried_at: datetime | None = None
    postponed: bool = False
    leased_until: datetime | None = None
    posted: Posted | None = None
    parts: int = 0
    event_id: str | None = None
    subscription_id: str | None = None
    parent: str = ""
    card: str = ""
    instead: str = ""
    mention: str | None = None
    silent: bool = False
    reason: str = ""
    trace: str = ""
