"""Quiet hours: whether an instant lies within them, and when they end; over midnight, and when the clock jumps."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.deliver.calendar import instant
from bot.model.subscription import QuietHours


def is_quiet(hours: QuietHours | None, at: datetime) -> bool:
    """Whether `at` (aware) lies within the hours; their first minute does, the minute of their end does not."""
    return quiet_until(hours, at) is not None


def quiet_until(hours: QuietHours | None, at: datetime) -> datetime | None:
    """When the quiet hours that `at` (aware) lies in end, in UTC; None where it lies in none.

    Hours whose end is not after their start go over midnight; equal ones last the whole day round.
    """
    if hours is None:
        return None
    zone = ZoneInfo(hours.zone)
    today = at.astimezone(zone).date()
    over_midnight = hours.end <= hours.start
    for day in (today - timedelta(days=1), today):
        start = instant(day, hours.start, zone)
        end = instant(day + timedelta(days=1) if over_midnight else day, hours.end, zone)
        if start <= at < end:
            return end
    return None


def told(hours: QuietHours | None) -> str:
    """The hours in words: "22:00 to 07:00 (Europe/London): only critical reports, the rest afterwards"."""
    if hours is None:
        return "none"
    what = {
        "critical": "only critical reports, the rest together afterwards",
        "silent": "posted without a notification",
        "batch": "everything together afterwards",
    }[hours.mode]
    return f"{hours.start} to {hours.end} ({hours.zone}): {what}"
