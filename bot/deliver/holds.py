"""Which platforms and places are left alone for now, because they have asked for patience or do not answer."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from bot.model.errors import TryLater

Place = tuple[str, str]
LONGEST_HOLD = 60.0
"""Seconds at most between two questions to a platform that does not answer and has not said when it will."""


class Holds:
    """Until when nothing is sent: by platform, and by place (a platform and a channel on it)."""

    def __init__(self, clock: Callable[[], datetime], chance: Callable[[], float]) -> None:
        self._clock = clock
        self._chance = chance
        self._until: dict[str | Place, datetime] = {}
        self._failures: dict[str, int] = {}

    def hold(self, place: Place, error: TryLater) -> datetime:
        """Leave a place, or for a `wide` error its platform, alone; returns until when."""
        wait = error.retry_after
        if error.wide:
            failures = self._failures[place[0]] = self._failures.get(place[0], 0) + 1
            wait = max(wait, min(LONGEST_HOLD, 2.0 ** min(failures, 10)) * (0.5 + self._chance() / 2))
        until = self._clock() + timedelta(seconds=wait)
        held: str | Place = place[0] if error.wide else place
        self._until[held] = max(until, self._until.get(held, until))
        return self._until[held]

    def answered(self, platform: str) -> None:
        """The platform has taken something: what it failed at before is forgotten."""
        self._failures.pop(platform, None)

    def held(self, place: Place) -> bool:
        """Whether nothing may be sent to a place now."""
        now = self._clock()
        return any(self._until.get(of, now) > now for of in (place, place[0]))

    def platforms(self) -> frozenset[str]:
        """The platforms that are left alone now."""
        now = self._clock()
        return frozenset(of for of, until in self._until.items() if isinstance(of, str) and until > now)

    def places(self) -> frozenset[Place]:
        """The single places that are left alone now; those whose time is over are forgotten."""
        now = self._clock()
        self._until = {of: until for of, until in self._until.items() if until > now}
        return frozenset(of for of in self._until if isinstance(of, tuple))
