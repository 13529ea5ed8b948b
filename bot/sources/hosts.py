"""Courtesy towards one host: few questions at a time, and a breath between them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

T = TypeVar("T")

_REMEMBERED = 1000


class _Host:
    """What is under way at one host."""

    __slots__ = ("free", "next_at", "users")

    def __init__(self, at_once: int) -> None:
        self.free = asyncio.Semaphore(at_once)
        self.next_at = 0.0
        self.users = 0


class HostGate:
    """Lets at most `at_once` questions through to a host, begun at least `spacing` seconds apart."""

    def __init__(self, *, at_once: int = 2, spacing: float = 0.5, timer: Callable[[], float] = time.monotonic) -> None:
        self._at_once = at_once
        self._spacing = spacing
        self._timer = timer
        self._hosts: dict[str, _Host] = {}
        self._remember = _REMEMBERED

    def __len__(self) -> int:
        return len(self._hosts)

    async def through(self, host: str, ask: Callable[[], Awaitable[T]]) -> T:
        """What `ask` comes to, called when it has its turn at `host`, which it holds until it is done."""
        state = self._hosts.get(host)
        if state is None:
            state = self._hosts[host] = _Host(self._at_once)
        state.users += 1
        try:
            async with state.free:
                now = self._timer()
                starts_at = max(now, state.next_at)
                state.next_at = starts_at + self._spacing
                if starts_at > now:
                    await asyncio.sleep(starts_at - now)
                return await ask()
        finally:
            state.users -= 1
            if len(self._hosts) > self._remember:
                self._forget_idle()

    def _forget_idle(self) -> None:
        now = self._timer()
        for host in [host for host, state in self._hosts.items() if not state.users and state.next_at <= now]:
            del self._hosts[host]
        # What is left is busy; looking again at every call would be quadratic.
        self._remember = max(_REMEMBERED, 2 * len(self._hosts))
