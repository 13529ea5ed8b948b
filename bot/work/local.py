"""Work done on this machine: a small pool of processes for each lane, and a thread for short commands."""

from __future__ import annotations

import asyncio
import multiprocessing
import resource
from collections.abc import Callable
from concurrent.futures import BrokenExecutor
from typing import TypeVar

from pebble import ProcessExpired, ProcessPool

from bot.model.errors import WorkError
from bot.work.port import Lane

T = TypeVar("T")

_MEBIBYTE = 1024 * 1024


def _limit_memory(mebibytes: int) -> None:
    """Let this process hold at most that much data: a bomb ends as `MemoryError` in the worker, not as an outage."""
    resource.setrlimit(resource.RLIMIT_DATA, (mebibytes * _MEBIBYTE, mebibytes * _MEBIBYTE))


class ProcessWorkers:
    """Worker processes by lane; started when first needed, killed and replaced when they overrun their time.

    `memory` is the data limit of one worker of each lane, in MiB.
    """

    def __init__(self, *, language: int = 1, parse: int = 1, memory: dict[Lane, int] | None = None) -> None:
        self._sizes: dict[Lane, int] = {"language": language, "parse": parse}
        self._memory: dict[Lane, int] = memory or {"language": 2048, "parse": 200}
        self._pools: dict[Lane, ProcessPool] = {}

    def _pool(self, lane: Lane) -> ProcessPool:
        pool = self._pools.get(lane)
        if pool is None or not pool.active:
            # "spawn": a forked copy of a process with threads may hold another thread's locks for ever.
            pool = self._pools[lane] = ProcessPool(
                max_workers=self._sizes[lane],
                initializer=_limit_memory,
                initargs=[self._memory[lane]],
                context=multiprocessing.get_context("spawn"),
            )
        return pool

    async def run(self, function: Callable[..., T], *args: object, lane: Lane = "parse", timeout: float = 10.0) -> T:
        """See `Workers.run`; the limit is enforced by killing the process, which `asyncio.timeout` could not do."""
        name = getattr(function, "__name__", "work")
        future = self._pool(lane).schedule(function, args=list(args), timeout=timeout)
        try:
            result: T = await asyncio.wrap_future(future)
        except TimeoutError:
            raise WorkError(
                f"{name} took longer than {timeout:g} s and was ended", hint="the input was left out"
            ) from None
        except (ProcessExpired, BrokenExecutor, MemoryError):
            raise WorkError(f"{name} ran out of memory or died", hint="the input was left out") from None
        return result

    async def close(self) -> None:
        """End all workers at once."""
        pools, self._pools = list(self._pools.values()), {}
        for pool in pools:
            pool.stop()  # type: ignore[no-untyped-call]  # pebble leaves it untyped
        for pool in pools:
            await asyncio.to_thread(pool.join)


class ThreadWorkers:
    """The same port without processes, for one-shot commands and tests: no limits, a thread instead."""

    async def run(self, function: Callable[..., T], *args: object, lane: Lane = "parse", timeout: float = 10.0) -> T:
        """Run in a thread; `lane` and `timeout` are accepted and not enforced."""
        del lane, timeout
        return await asyncio.to_thread(function, *args)

    async def close(self) -> None:
        """Nothing to end."""
