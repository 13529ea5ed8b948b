"""Work begins when the loop is calm: after those who only want a first answer, and never too late."""

from __future__ import annotations

import asyncio
import time

from bot.work import calm
from bot.work.calm import Calm


async def test_work_begins_after_what_keeps_the_loop_busy(monkeypatch) -> None:
    monkeypatch.setattr(calm, "LONGEST", 3600.0)
    order: list[str] = []

    async def work() -> None:
        await quiet.come()
        order.append("work")

    async def answering() -> None:
        for number in range(5):
            time.sleep(2 * calm.A_TURN)  # noqa: ASYNC251  # a turn of the loop that is long
            order.append(f"answer {number}")
            await asyncio.sleep(0)

    quiet = Calm()
    await asyncio.gather(work(), work(), answering())
    assert order == [*(f"answer {number}" for number in range(5)), "work", "work"]


async def test_a_loop_that_is_always_busy_starves_nobody(monkeypatch) -> None:
    monkeypatch.setattr(calm, "A_TURN", 0.0)  # no turn is short
    monkeypatch.setattr(calm, "LONGEST", 0.02)
    began = time.monotonic()
    async with asyncio.timeout(20):
        await Calm().come()
    assert time.monotonic() - began >= calm.LONGEST
