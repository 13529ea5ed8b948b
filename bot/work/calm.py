"""First answers before work: what can wait begins when the event loop has nothing more urgent to do."""

from __future__ import annotations

import asyncio
import time

A_TURN = 0.003
"""Seconds that a turn of an idle loop stays far below; a longer one had questions to take or answers to give."""
LONGEST = 0.25
"""Seconds for which work is held back at most: a loop that is always busy starves nobody."""


class Calm:
    """Waits until two turns of the loop in a row were short, or for `LONGEST`; all who wait have one watch together.

    Where many ask at once, those who are told first that their answer takes a moment are told so before threads begin
    to look answers up, and share the interpreter with the loop.
    """

    def __init__(self) -> None:
        self._watch: asyncio.Task[None] | None = None

    async def come(self) -> None:
        """Return when the loop is calm."""
        if self._watch is None or self._watch.done():
            self._watch = asyncio.create_task(_watched())
        await asyncio.shield(self._watch)


async def _watched() -> None:
    began = before = time.perf_counter()
    short = 0
    while short < 2 and before - began < LONGEST:
        await asyncio.sleep(0)
        now = time.perf_counter()
        short = short + 1 if now - before < A_TURN else 0
        before = now
