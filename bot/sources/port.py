"""What every source offers, and what it needs from others."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Protocol, TypeVar

import msgspec

from bot.model.feed import Feed
from bot.model.report import Given

T = TypeVar("T")
Clock = Callable[[], datetime]
"""Says what time it is, aware and UTC."""


class Fetched(msgspec.Struct, frozen=True, kw_only=True):
    """What one reading of a source gave.

    Attributes:
        feed: the feed as it is now: validators, health, interval, next reading.
        reports: as given, in document order; revisions and known ones are among them, the store tells them apart.
        unchanged: nothing new was said (304, or the same body as last time).
        silent: ids of reports to be kept without being posted: a new feed's older ones.
        notice: a sentence for the manager of the channel ("" where there is nothing to tell).
    """

    feed: Feed
    reports: tuple[Given, ...] = ()
    unchanged: bool = False
    silent: frozenset[str] = frozenset()
    notice: str = ""


class Source(Protocol):
    """One kind of source."""

    async def fetch(self, feed: Feed) -> Fetched:
        """Read the source once. Raises `SourceError` with the health state where it cannot be read."""
        ...


class Run(Protocol):
    """Runs a picklable function in another process, within a time limit in seconds (`Workers.run`).

    Raises `WorkError` where the function overran its time or memory; the function's own errors come through.
    """

    async def __call__(self, function: Callable[..., T], *args: object, timeout: float = 10.0) -> T:
        """Return `function(*args)`."""
        ...
