"""This process among those that share a database.

A node is present while it beats. What it holds (feeds that it reads, deliveries that it posts, jobs that it is at) is
its own for so long; when it leaves, or has not beaten for a lease, the others take it over. One node is the keeper: it
does what is done once for all. There is no other tie between nodes: any may come and go at any time.
"""

from __future__ import annotations

import os
import platform
import secrets
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import structlog

from bot.store import nodes
from bot.store.engine import Store
from bot.store.nodes import Present

log = structlog.get_logger()

BEATS = 4
"""Beats in one lease: three may fail before the others take over."""


class SharedClock:
    """The database's time, which all nodes go by; this machine's own clock may be wrong, or jump."""

    def __init__(self) -> None:
        self._at = datetime.now(UTC)
        self._since = time.monotonic()

    def set(self, at: datetime) -> None:
        """It is that time now."""
        self._at, self._since = at, time.monotonic()

    def __call__(self) -> datetime:
        """The time, aware, UTC."""
        return self._at + timedelta(seconds=time.monotonic() - self._since)


class Node:
    """One `sitrep run` on a PostgreSQL. `lease` is in seconds: what the others wait for one that has died."""

    def __init__(self, store: Store, *, name: str = "", lease: float, clock: SharedClock | None = None) -> None:
        self.id = f"{secrets.token_hex(4)}-{os.getpid()}"
        self.name = name or platform.node() or "node"
        self.lease = lease
        self.present: tuple[Present, ...] = ()
        self._store = store
        self._clock = clock
        self._beaten = time.monotonic()

    @property
    def own(self) -> Present | None:
        """This node as it stood at its last beat."""
        return next((each for each in self.present if each.id == self.id), None)

    @property
    def keeper(self) -> bool:
        """Whether this node does what is done once for all: while its lease lasts, by its own count of the time."""
        return self.own is not None and self.own.keeper and self._left() > 0

    @property
    def answers(self) -> bool:
        """Whether this node answers what comes to all of them; alone it does so also while the database is away."""
        return self.keeper or (self.own is not None and self.count == 1)

    def _left(self) -> float:
        return self._beaten + self.lease - time.monotonic()

    @property
    def count(self) -> int:
        """How many nodes there are, this one among them."""
        return max(1, len(self.present))

    async def beat(self) -> None:
        """Be present for a lease more."""
        before, was_keeper, asked = {each.id for each in self.present}, self.keeper, time.monotonic()
        now, self.present = await self._store.beside(nodes.beat, self.id, name=self.name, lease=self.lease)
        self._beaten = asked
        if self._clock is not None:
            self._clock.set(now)
        if {each.id for each in self.present} != before:
            log.info("nodes_changed", node=self.id, present=[f"{each.name} {each.id}" for each in self.present])
        if self.keeper and not was_keeper:
            log.info("node_keeps", node=self.id)

    async def leave(self) -> None:
        """Go: the others need not wait."""
        await self._store.beside(nodes.leave, self.id)

    def kept(self, job: Callable[[], Awaitable[object]]) -> Callable[[], Awaitable[None]]:
        """The job, done where this node is the keeper."""

        async def done() -> None:
            if self.keeper:
                await job()

        return done


class Fleet:
    """How this process stands among those that share the work; where there can be no others it does everything."""

    def __init__(self, *, shared: bool) -> None:
        self._shared = shared
        self.node: Node | None = None

    def count(self) -> int:
        """How many nodes share what all of them together may do, such as a platform's requests a second."""
        return self.node.count if self.node else 1

    def answers(self) -> bool:
        """Whether what comes to every node is for this one to answer."""
        return self.node.answers if self.node else not self._shared
