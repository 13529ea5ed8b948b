"""When a schedule falls due: local times of a zone as instants, each exactly once.

A local time that the clock skips in spring, or shows twice in autumn, is read as RFC 5545 (3.3.5) reads it: a skipped
one with the offset that held before the jump (02:30 becomes 03:30), a repeated one at its first showing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from bot.model.errors import CommandError
from bot.model.subscription import Mode, Schedule

MORNING, EVENING = "08:00", "18:00"
MODES: tuple[Mode, ...] = ("now", "hourly", "daily", "twice-daily", "weekly")
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAY_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_SPANS = {"weekdays": (0, 1, 2, 3, 4), "weekend": (5, 6), "daily": (), "every": (), "all": ()}
_TIME = re.compile(r"(\d{1,2})(?::?(\d{2}))?(am|pm)?")
_QUARTER = timedelta(minutes=15)
_AHEAD = 10
"""Local days looked ahead: a week, and room for a day that a zone has left out."""


def next_due(schedule: Schedule, after: datetime) -> datetime:
    """The first instant strictly after `after` (aware) at which the schedule is due, in UTC; "now" is due at once."""
    after = after.astimezone(UTC)
    if schedule.mode == "now":
        return after
    zone = ZoneInfo(schedule.zone)
    if schedule.mode == "hourly":
        return _next_hour(schedule, zone, after)
    return min(due for due in _times(schedule, zone, after) if due > after)


def times_of(schedule: Schedule) -> tuple[str, ...]:
    """The schedule's local times, the usual ones where none is given; none for "now" and "hourly"."""
    if schedule.mode in ("now", "hourly"):
        return ()
    if schedule.mode == "twice-daily":
        return schedule.times[:2] or (MORNING, EVENING)
    return schedule.times[:1] or (MORNING,)


def days_of(schedule: Schedule) -> tuple[int, ...]:
    """The weekdays on which it is due, 0 = Monday; weekly without a day means Monday."""
    if schedule.mode == "weekly":
        return schedule.days[:1] or (0,)
    return schedule.days or tuple(range(7))


def told(schedule: Schedule) -> str:
    """The schedule in words: "daily at 08:00 (Europe/London), Monday to Friday"."""
    if schedule.mode == "now":
        return "at once"
    times = times_of(schedule)
    at = f" at {' and '.join(times)}" if times else ""
    days = "" if days_of(schedule) == tuple(range(7)) else f", {', '.join(_DAY_NAMES[d] for d in days_of(schedule))}"
    return f"{schedule.mode}{at}{days} ({schedule.zone})"


def read_time(words: str) -> str:
    """ "8", "08:00", "0800" and "8pm" as "HH:MM"; raises `CommandError` where it is no time of day."""
    match = _TIME.fullmatch(words.strip().lower())
    if match is None:
        raise CommandError("that is no time of day", subject=words[:20], hint="write it as 08:00")
    hour, minute, half = int(match[1]), int(match[2] or 0), match[3]
    if half and 1 <= hour <= 12:
        hour = hour % 12 + 12 * (half == "pm")
    if hour > 23 or minute > 59:
        raise CommandError("that is no time of day", subject=words[:20], hint="write it as 08:00")
    return f"{hour:02d}:{minute:02d}"


def read_days(words: str) -> tuple[int, ...]:
    """ "mon,wed", "mon-fri", "weekdays" as days, 0 = Monday, in order; raises `CommandError` at what is none."""
    found: set[int] = set()
    for part in re.split(r"[,\s]+", words.strip().lower()):
        if not part:
            continue
        if part in _SPANS:
            found |= set(_SPANS[part])
            continue
        first, dash, last = part.partition("-")
        start = _day(first)
        end = _day(last) if dash else start
        found |= {(start + step) % 7 for step in range((end - start) % 7 + 1)}
    return tuple(sorted(found))


def _day(word: str) -> int:
    for number, name in enumerate(_DAY_NAMES):
        if len(word) >= 3 and name.lower().startswith(word):
            return number
    raise CommandError("that is no day of the week", subject=word[:20], hint=f"days are {', '.join(_DAYS)}")


@cache
def zones() -> tuple[str, ...]:
    """The names of all time zones, in order; found out once, since the whole of their folder has to be read for it."""
    return tuple(sorted(available_timezones()))


def read_zone(words: str) -> str:
    """A zone of the IANA data by its name in any case of letters; raises `CommandError` where there is none."""
    wanted = words.strip().replace(" ", "_").lower()
    names = {name.lower(): name for name in zones()}
    if wanted in names:
        return names[wanted]
    cities = sorted(name for folded, name in names.items() if folded.rpartition("/")[2] == wanted and "/" in name)
    if len(cities) == 1:
        return cities[0]
    hint = f"did you mean {' or '.join(cities[:3])}?" if cities else "write it as Europe/London"
    raise CommandError("there is no such time zone", subject=words[:40], hint=hint)


def instant(day: date, local: str, zone: ZoneInfo) -> datetime:
    """The instant, in UTC, of a local "HH:MM" on a day in a zone."""
    hour, _, minute = local.partition(":")
    return datetime.combine(day, time(int(hour), int(minute)), zone).astimezone(UTC)


def _times(schedule: Schedule, zone: ZoneInfo, after: datetime) -> Iterator[datetime]:
    days = days_of(schedule)
    first = after.astimezone(zone).date() - timedelta(days=1)
    for ahead in range(_AHEAD):
        day = first + timedelta(days=ahead)
        if day.weekday() in days:
            for local in times_of(schedule):
                yield instant(day, local, zone)


def _next_hour(schedule: Schedule, zone: ZoneInfo, after: datetime) -> datetime:
    """The next full hour of the local clock on one of the days; zones differ from UTC by whole quarters of an hour."""
    days = days_of(schedule)
    near = after.replace(minute=after.minute // 15 * 15, second=0, microsecond=0) + _QUARTER
    while (local := near.astimezone(zone)).minute or local.weekday() not in days:
        near += _QUARTER
    return near
