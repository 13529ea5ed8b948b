"""Many small pieces of work, handed over a few at a time where several wait, and one by one where none do."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

T = TypeVar("T")
R = TypeVar("R")

Each = Callable[[Sequence[T]], Awaitable[Sequence[R]]]
"""Does pieces of work and returns what came of each, in their order."""


class Together(Generic[T, R]):
    """Hands pieces to `each`, at most `most` in one call and `at_once` calls at a time.

    Handing over costs much the same for one and for several. Where a call fails, each of its pieces is done by itself:
    so that one harms no other, and fails for itself. `low` is called when little waits.
    """

    low: Callable[[], None] = staticmethod(lambda: None)

    def __init__(self, each: Each[T, R], *, at_once: int, most: int) -> None:
        self._each = each
        self._at_once = at_once
        self._most = most
        self._waiting: deque[tuple[T, asyncio.Future[R]]] = deque()
        self._under_way: set[asyncio.Task[None]] = set()

    @property
    def enough(self) -> bool:
        """Whether what waits keeps all hands busy for some time."""
        return len(self._waiting) >= self._at_once * self._most

    async def do(self, piece: T) -> R:
        """What comes of one piece of work; raises what `each` raises for it."""
        result: asyncio.Future[R] = asyncio.get_running_loop().create_future()
        self._waiting.append((piece, result))
        self._hand_over()
        return await result

    def _hand_over(self) -> None:
        while self._waiting and len(self._under_way) < self._at_once:
            some = [self._waiting.popleft() for _ in range(min(self._most, len(self._waiting)))]
            task = asyncio.create_task(self._done([(piece, result) for piece, result in some if not result.done()]))
            self._under_way.add(task)
            task.add_done_callback(self._go_on)

    def _go_on(self, task: asyncio.Task[None]) -> None:
        self._under_way.discard(task)
        self._hand_over()
        if not self.enough:
            self.low()

    async def _done(self, some: Sequence[tuple[T, asyncio.Future[R]]]) -> None:
        try:
            found = await self._each([piece for piece, _ in some])
        except Exception as error:
            if len(some) > 1:
                for one in some:
                    await self._done([one])
            elif some and not some[0][1].done():
                some[0][1].set_exception(error)
            return
        for (_, result), came in zip(some, found, strict=True):
            if not result.done():
                result.set_result(came)
