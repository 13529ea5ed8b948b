"""How much is sent to Discord: well under its limits, and nothing once too much of it was invalid.

Discord allows 50 requests a second and about five messages in five seconds to a channel; whoever sends 10,000 invalid
requests (answers 401, 403, 429) in ten minutes is banned for a day. discord.py waits where Discord says so; this keeps
us from having to be told. Answers to interactions do not count toward the global limit and are never held back.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import aiohttp
import discord
import structlog

log = structlog.get_logger()

A_SECOND = 40.0
"""Requests a second; Discord's limit is 50."""
MESSAGES, MESSAGES_SECONDS = 4, 5.0
"""Messages to one channel within so many seconds; Discord's bucket is about five in five."""
MOST_INVALID, INVALID_SECONDS = 500, 600.0
"""Invalid requests within so many seconds after which nothing more is sent; Discord bans at 10,000."""
_INVALID = {401, 403, 429}
_FREE = re.compile(r"/(?:interactions|webhooks)/\d+/")
_MESSAGES = re.compile(r"/channels/(\d+)/messages(?:/|$)")
_MOST_CHANNELS = 10_000


class Window:
    """At most `most` things within any `seconds`."""

    def __init__(self, most: int, seconds: float) -> None:
        self.most = most
        self._seconds = seconds
        self._times: deque[float] = deque()

    def wait(self, now: float) -> float:
        """Seconds until the next thing may happen; 0.0 where it may now, and it is then counted."""
        self._forget(now)
        if len(self._times) < self.most:
            self._times.append(now)
            return 0.0
        return self._times[-self.most] + self._seconds - now

    def count(self, now: float) -> int:
        """How many there were within the last `seconds`."""
        self._forget(now)
        return len(self._times)

    def add(self, now: float) -> None:
        """Count one that has happened."""
        self._times.append(now)

    def until_fewer(self, now: float) -> float:
        """Seconds until the count falls below `most`."""
        self._forget(now)
        return max(0.0, self._times[-self.most] + self._seconds - now) if len(self._times) >= self.most else 0.0

    def _forget(self, now: float) -> None:
        while self._times and now - self._times[0] >= self._seconds:
            self._times.popleft()


class Budget:
    """Holds requests back until they fit, and refuses them while too many were invalid.

    `shared_by` tells how many nodes share the bot's requests a second: each takes an equal part.
    """

    def __init__(
        self,
        *,
        clock: Callable[[], float] = time.monotonic,
        a_second: float = A_SECOND,
        most_invalid: int = MOST_INVALID,
        shared_by: Callable[[], int] = lambda: 1,
    ) -> None:
        self._clock = clock
        self._a_second = int(a_second)
        self._shared_by = shared_by
        self._global = Window(self._a_second, 1.0)
        self._channels: OrderedDict[str, Window] = OrderedDict()
        self._invalid = Window(most_invalid, INVALID_SECONDS)

    def trace(self) -> aiohttp.TraceConfig:
        """The hook for `discord.Client(http_trace=…)`: every request of the client passes here."""
        config = aiohttp.TraceConfig()
        config.on_request_start.append(self._starts)
        config.on_request_end.append(self._ended)
        return config

    async def _starts(
        self, session: aiohttp.ClientSession, context: SimpleNamespace, params: aiohttp.TraceRequestStartParams
    ) -> None:
        del session, context
        await self.take(params.method, params.url.path)

    async def _ended(
        self, session: aiohttp.ClientSession, context: SimpleNamespace, params: aiohttp.TraceRequestEndParams
    ) -> None:
        del session, context
        self.record(params.response.status, params.response.headers)

    async def take(self, method: str, path: str) -> None:
        """Wait for this request's turn; raises `discord.RateLimited` while too many requests were invalid."""
        if _FREE.search(path):
            return
        if wait := self._invalid.until_fewer(self._clock()):
            raise discord.RateLimited(wait)
        self._global.most = max(1, self._a_second // self._shared_by())
        windows = [self._global]
        if method in ("POST", "PATCH") and (match := _MESSAGES.search(path)):
            windows.append(self._channel(match[1]))
        for window in reversed(windows):
            await self._turn(window)

    async def _turn(self, window: Window) -> None:
        wait = window.wait(self._clock())
        if wait:
            await asyncio.sleep(wait)
            await self._turn(window)  # others may have been quicker

    def _channel(self, channel: str) -> Window:
        window = self._channels.setdefault(channel, Window(MESSAGES, MESSAGES_SECONDS))
        self._channels.move_to_end(channel)
        while len(self._channels) > _MOST_CHANNELS:
            self._channels.popitem(last=False)
        return window

    def record(self, status: int, headers: Any) -> None:
        """Count an answer that was invalid; those of a limit that others share with us do not count."""
        if status not in _INVALID or headers.get("X-RateLimit-Scope") == "shared":
            return
        now = self._clock()
        self._invalid.add(now)
        if self._invalid.until_fewer(now):
            log.error("too_many_invalid_requests", within_seconds=INVALID_SECONDS, count=self._invalid.count(now))
