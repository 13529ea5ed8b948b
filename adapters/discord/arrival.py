"""When all servers have come in after connecting: as soon as those that Discord named are there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

PAUSE = 0.5
"""Seconds without a further server after which the missing ones are not waited for; they are taken in as they come."""
AT_ONCE = 0.02
"""The same where none is missing: discord.py takes in what has come, and is ready."""


class _State(Protocol):
    """What is used of discord.py's state of a connection."""

    parsers: dict[str, Callable[[Any], None]]
    guild_ready_timeout: float


class Arrivals:
    """Counts off the servers that Discord names when it says hello, and shortens discord.py's wait for further ones."""

    def __init__(self, state: _State) -> None:
        self._state = state
        self._missing: set[int] = set()
        for event, note in (("READY", self._named), ("GUILD_CREATE", self._come), ("GUILD_DELETE", self._come)):
            state.parsers[event] = self._noted(note, state.parsers[event])

    def _noted(self, note: Callable[[Any], None], take: Callable[[Any], None]) -> Callable[[Any], None]:
        def taken(data: Any) -> None:
            note(data)
            if self._state.guild_ready_timeout in (PAUSE, AT_ONCE):  # else somebody has set a wait of their own
                self._state.guild_ready_timeout = PAUSE if self._missing else AT_ONCE
            take(data)

        return taken

    def _named(self, data: Any) -> None:
        self._missing.update(int(server["id"]) for server in data["guilds"])

    def _come(self, data: Any) -> None:
        self._missing.discard(int(data["id"]))
