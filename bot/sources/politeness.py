"""How often a source is asked: as often as it changes, as seldom as it wishes, and with growing pauses when it fails.

All functions are pure: a feed and what happened in, the feed as it is now out. Seconds and aware UTC times.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta

import msgspec

from bot.model.errors import SourceError
from bot.model.feed import Feed
from bot.sources.health import sentence

JITTER = 0.1
"""Share of the interval by which readings are spread, so that feeds added together do not stay together."""
MAX_PAUSE = 86400
_QUICKER, _SLOWER = 0.7, 1.2
PATIENCE = 20
"""Failures in a row after which a feed is paused."""
LITTLE_PATIENCE = 8
"""The same for failures that do not mend by themselves."""
_MAX_AGE = re.compile(r"(?:^|[,\s])max-age\s*=\s*\"?(\d{1,9})", re.I)
_LASTING = frozenset(
    {"not_found", "html", "not_a_feed", "unauthorised", "refused", "redirect_loop", "too_large", "too_complex"}
)


def after_reading(
    feed: Feed, *, changed: bool, now: datetime, wish: int = 0, spread: float = 0.5, health: str = "ok", note: str = ""
) -> Feed:
    """The feed after a reading that went well.

    A changed feed is read sooner next time, an unchanged one later, within its bounds; `wish` (seconds, from `wish_of`)
    is a lower bound. `spread` in [0, 1) says where in the jitter the next reading falls.
    """
    interval = feed.interval
    if feed.fetched_at is not None:
        interval = round(interval * (_QUICKER if changed else _SLOWER))
    interval = min(max(interval, feed.min_interval), feed.max_interval)
    pause = max(interval, min(wish, MAX_PAUSE)) * (1 + JITTER * (2 * spread - 1))
    return msgspec.structs.replace(
        feed,
        interval=interval,
        next_at=now + timedelta(seconds=max(pause, wish)),
        fetched_at=now,
        changed_at=now if changed else feed.changed_at,
        health=health,
        health_note=note or sentence(health),
        failures=0,
    )


def after_failure(feed: Feed, error: SourceError, *, now: datetime, spread: float = 0.5) -> tuple[Feed, str]:
    """The feed after a reading that failed, and a notice for the manager where the feed was paused.

    Pauses double with each failure up to six hours or the feed's own longest interval; a `Retry-After` is obeyed.
    """
    failures = feed.failures + 1
    pause = float(min(feed.interval * 2 ** min(failures - 1, 10), max(feed.max_interval, 21600)))
    pause *= 1 + JITTER * (2 * spread - 1)
    if error.retry_after is not None:
        pause = max(pause if error.health != "rate_limited" else feed.min_interval, error.retry_after)
    paused = _given_up(error.health, failures)
    told = replace_health(feed, error.health, note=_noted(error.message, sentence(error.health)))
    failed = msgspec.structs.replace(
        told, failures=failures, next_at=now + timedelta(seconds=min(pause, MAX_PAUSE)), paused=paused or feed.paused
    )
    if not paused:
        return failed, ""
    name = feed.name or feed.url
    return failed, f"{name} is paused: {error.message}. {sentence(error.health)} Resume it with `feeds resume`."


def _noted(message: str, what_to_do: str) -> str:
    """Both, unless the second says the first once more."""
    if what_to_do.casefold().startswith(message.casefold()):
        return what_to_do
    return f"{message[:1].upper()}{message[1:]}. {what_to_do}"


def resumed(feed: Feed, *, now: datetime) -> Feed:
    """The feed set going again, to be read at once."""
    return msgspec.structs.replace(feed, paused="", failures=0, next_at=now)


def replace_health(feed: Feed, health: str, *, note: str = "") -> Feed:
    """The feed in another health state, with its sentence."""
    return msgspec.structs.replace(feed, health=health, health_note=note or sentence(health))


def wish_of(headers: Mapping[str, str], ttl: int | None, *, longest: int) -> int:
    """Seconds between two readings that the site asks for: `Cache-Control: max-age`, or the feed's `ttl`.

    At most `longest`: a site that forgets to take a year's max-age off its feed does not silence it.
    """
    wish = ttl or 0
    control = headers.get("cache-control")
    if control and (found := _MAX_AGE.search(control)):
        wish = max(wish, int(found[1]) - _age(headers))
    return max(0, min(wish, longest))


def _age(headers: Mapping[str, str]) -> int:
    age = headers.get("age", "").strip()
    return int(age) if re.fullmatch(r"[0-9]{1,9}", age) else 0


def _given_up(health: str, failures: int) -> str:
    if health == "gone":
        return "gone"
    if failures >= (LITTLE_PATIENCE if health in _LASTING else PATIENCE):
        return f"failed {failures} times in a row"
    return ""
