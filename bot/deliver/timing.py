"""When a subscription is told of something: at once, or as part of one card later; and what is critical."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec

from bot.deliver.calendar import next_due
from bot.deliver.quiet import quiet_until
from bot.model.subscription import QuietHours, Subscription
from bot.model.summary import Summary

HOUR = timedelta(hours=1)
CRITICAL = (
    "at least 10 killed, or at least 25 killed or injured and not separated, by one source's figure; "
    "or a state, its government or army that denies or acknowledges something"
)
"""What is critical where nobody has said otherwise, in words."""
_KILLED = 10
_UNSPECIFIED = 25
_OF_A_STATE = frozenset(("state", "government", "military"))


class Timing(msgspec.Struct, frozen=True):
    """When a card is due (aware, UTC).

    Attributes:
        collected: it is told then together with others, in one card.
        silent: it is posted without a notification.
    """

    due_at: datetime
    collected: bool = False
    silent: bool = False


def timing(order: Subscription, *, now: datetime, critical: bool, recent: Sequence[datetime]) -> Timing:
    """When an order's next card is due: by its schedule, then its limit an hour, then its quiet hours.

    `recent` are the times at which its cards of the last hour were due, and will be. A card over the limit waits for
    the moment at which the limit allows one more: no hour, from whatever minute it is counted, has more cards.
    """
    due, collected = next_due(order.schedule, now), order.schedule.mode != "now"
    if not collected and order.limit_per_hour:
        past = [at for at in sorted(recent) if now - HOUR < at <= now]
        if len(past) >= order.limit_per_hour:
            due, collected = past[-order.limit_per_hour] + HOUR, True
    return rested(order.quiet, due, collected=collected, critical=critical)


def rested(hours: QuietHours | None, due: datetime, *, collected: bool, critical: bool) -> Timing:
    """When a card that is due at `due` is due after its quiet hours."""
    quiet_end = quiet_until(hours, due)
    if hours is None or quiet_end is None:
        return Timing(due, collected)
    if hours.mode == "silent":
        return Timing(due, collected, silent=True)
    if hours.mode == "critical" and critical and not collected:
        return Timing(due)
    return Timing(quiet_end, collected=True)


def is_critical(summary: Summary) -> bool:
    """Whether a report is critical (see `CRITICAL`): by what its sources claim, which nobody has judged."""
    for figure in summary.casualties:
        if figure.scope == "event" and figure.min is not None:
            least = {"killed": _KILLED, "unspecified": _UNSPECIFIED}.get(figure.state)
            if least is not None and figure.min >= least:
                return True
    of_a_state = {actor.id for actor in summary.actors if actor.type in _OF_A_STATE}
    return any(claim.stance in ("denies", "acknowledges") and claim.speaker in of_a_state for claim in summary.claims)
