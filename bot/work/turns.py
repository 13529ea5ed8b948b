"""Many small jobs at once, bounded, where one that is slow holds up nobody else."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from typing import TypeVar

T = TypeVar("T")

LOOK_AGAIN = 1.0
"""Seconds after which new work is looked for while slow jobs are under way."""


async def work_off(
    take: Callable[[int], Awaitable[Sequence[T]]],
    work: Callable[[T], Awaitable[object]],
    *,
    name_of: Callable[[T], str],
    at_once: int,
    bell: asyncio.Event | None = None,
) -> None:
    """Do what `take` gives, at most `at_once` jobs at a time, until it gives nothing and nothing is under way.

    `take(limit)` may give again what is under way: it is told apart by `name_of`. A job that is given again once it is
    done is done again. What a job raises ends all of them. `bell` is set by whoever has brought new work, so that it is
    begun at once while slow jobs are under way.
    """
    under_way: set[str] = set()
    bell = bell or asyncio.Event()

    async def done(job: T) -> None:
        try:
            await work(job)
        finally:
            under_way.discard(name_of(job))
            if 2 * len(under_way) <= at_once:
                bell.set()

    async with asyncio.TaskGroup() as group:
        while True:
            bell.clear()  # what comes while `take` looks rings again
            if len(under_way) < at_once:
                for job in await take(at_once):
                    if len(under_way) == at_once:
                        break
                    if name_of(job) not in under_way:
                        under_way.add(name_of(job))
                        group.create_task(done(job))
            if not under_way:
                return
            with suppress(TimeoutError):
                async with asyncio.timeout(LOOK_AGAIN):
                    await bell.wait()
