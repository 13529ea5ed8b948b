"""`/channel schedule`, `limit`, `quiet`: when a channel is posted to.

Words come in any order, as people write them: "daily 08:00 Europe/London", "22:00 07:00 critical".
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import get_args

import msgspec
from sqlalchemy import Connection

from bot.deliver import calendar
from bot.deliver.collecting import rearrange
from bot.deliver.filters import compiled
from bot.deliver.timing import CRITICAL
from bot.model.card import Card
from bot.model.errors import CommandError
from bot.model.subscription import Mode, QuietHours, QuietMode, Schedule, Subscription
from bot.queries.channel import changed
from bot.queries.question import Question

_DAY = re.compile(r"(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*[-,]?)+|weekdays|weekend", re.IGNORECASE)
_OFF = ("off", "none", "no", "0")
MOST_AN_HOUR = 1000


def schedule(c: Connection, q: Question) -> Card:
    """When cards come: at once, or collected in one card at local times."""
    words = " ".join(q.option(name) for name in ("mode", "at", "tz", "days"))
    made = read_schedule(words, zone=q.asker.zone)

    def with_schedule(held: Subscription) -> Subscription:
        return msgspec.structs.replace(held, schedule=made)

    return _arranged(c, q, with_schedule)


def read_schedule(words: str, *, zone: str) -> Schedule:
    """A schedule from words in any order: a mode, times, a zone, days; raises `CommandError` at what is none."""
    mode: Mode | None = None
    times: list[str] = []
    days: list[str] = []
    zones: list[str] = []
    for word in words.replace(" at ", " ").split():
        folded = word.lower().strip(",")
        if folded in calendar.MODES and mode is None:
            mode = folded
        elif folded in ("twice", "daily") and mode in (None, "daily"):
            mode = "twice-daily" if folded == "twice" else mode
        elif _DAY.fullmatch(folded):
            days.append(folded)
        elif folded[0].isdigit():
            times += [calendar.read_time(part) for part in folded.split(",") if part]
        else:
            zones.append(word)
    if mode is None:
        hint = f"it is one of {', '.join(calendar.MODES)}, as: channel schedule daily 08:00 Europe/London"
        raise CommandError("which schedule?", subject=words[:40], hint=hint)
    chosen = calendar.read_days(",".join(days)) if days else ()
    _check_counts(mode, times, chosen)
    return Schedule(
        mode=mode,
        times=tuple(sorted(times)),
        days=chosen,
        zone=calendar.read_zone(" ".join(zones)) if zones else zone,
    )


def _check_counts(mode: Mode, times: list[str], days: tuple[int, ...]) -> None:
    most = {"daily": 1, "weekly": 1, "twice-daily": 2}.get(mode, 0)
    if len(times) > most or (mode == "twice-daily" and len(set(times)) == 1):
        few = {0: "no times", 1: "one time", 2: "two different times, or none"}[most]
        raise CommandError(f"{mode} takes {few}", subject=", ".join(times), hint="twice-daily takes two times")
    if mode == "weekly" and len(days) > 1:
        raise CommandError("weekly takes one day", hint="daily takes several: channel schedule daily 08:00 mon,thu")
    if mode == "now" and days:
        raise CommandError("now takes no days", hint="quiet hours keep a channel quiet")


def limit(c: Connection, q: Question) -> Card:
    """How many cards come within an hour at most; the rest come together."""
    words = q.option("per_hour").lower()
    most = 0 if words in _OFF else q.number("per_hour", 0, most=MOST_AN_HOUR)
    if not words:
        raise CommandError("how many cards an hour?", hint="channel limit 6, or channel limit off")
    return _arranged(c, q, lambda held: msgspec.structs.replace(held, limit_per_hour=most))


def quiet(c: Connection, q: Question) -> Card:
    """Hours of rest: only critical reports, no notifications, or nothing until they end."""
    hours = None
    words = " ".join(q.option(name) for name in ("start", "end", "tz", "mode"))
    if words.strip().lower() not in _OFF:
        hours = _read_hours(words, zone=q.asker.zone, critical=q.option("filter"))
    return _arranged(c, q, lambda held: msgspec.structs.replace(held, quiet=hours))


def _read_hours(words: str, *, zone: str, critical: str) -> QuietHours:
    times: list[str] = []
    zones: list[str] = []
    mode: QuietMode = "batch"
    for word in words.replace("–", "-").split():
        folded = word.lower()
        if folded in get_args(QuietMode):
            mode = folded  # type: ignore[assignment]  # it is one of the modes
        elif folded[0].isdigit():
            times += [calendar.read_time(part) for part in folded.split("-") if part]
        elif folded not in ("to", "until"):
            zones.append(word)
    if len(times) != 2 or times[0] == times[1]:
        raise CommandError(
            "quiet hours need a start and an end", subject=words[:40], hint="channel quiet 22:00 07:00 Europe/London"
        )
    compiled(critical)
    if critical and mode != "critical":
        raise CommandError("a filter says what is critical", hint="add mode:critical")
    return QuietHours(
        start=times[0],
        end=times[1],
        zone=calendar.read_zone(" ".join(zones)) if zones else zone,
        mode=mode,
        critical=critical,
    )


def _arranged(c: Connection, q: Question, change: Callable[[Subscription], Subscription]) -> Card:
    card, held = changed(c, q, change)
    rearrange(c, held, now=q.now)
    if held.quiet is not None and held.quiet.mode == "critical" and not held.quiet.critical:
        card = msgspec.structs.replace(card, footer=f"Critical: {CRITICAL}.")
    return card
