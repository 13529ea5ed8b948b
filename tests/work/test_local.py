"""Work beside the loop: limits hold, and a lost worker harms nobody else."""

from __future__ import annotations

import asyncio
import os
import signal
import time

import pytest

from bot.model.errors import SourceError, WorkError
from bot.work.local import ProcessWorkers


def double(n: int) -> int:
    return 2 * n


def sleep_for(seconds: float) -> None:
    time.sleep(seconds)


def hoard(mebibytes: int) -> int:
    return len(bytearray(mebibytes * 1024 * 1024))


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def refuse() -> None:
    raise SourceError("not a feed", subject="x")


@pytest.fixture
async def workers():
    made = ProcessWorkers(memory={"language": 1024, "parse": 200})
    yield made
    await made.close()


async def test_overrunning_work_is_ended_and_the_next_call_is_answered(workers: ProcessWorkers) -> None:
    assert await workers.run(double, 2, timeout=30) == 4
    with pytest.raises(WorkError, match="sleep_for took longer than 0.3 s"):
        await workers.run(sleep_for, 60.0, timeout=0.3)
    assert await workers.run(double, 3, timeout=30) == 6


async def test_hoarding_work_ends_as_an_error_of_its_own(workers: ProcessWorkers) -> None:
    with pytest.raises(WorkError, match="ran out of memory"):
        await workers.run(hoard, 800, timeout=30)
    assert await workers.run(double, 4, timeout=30) == 8


async def test_a_killed_worker_is_replaced(workers: ProcessWorkers) -> None:
    with pytest.raises(WorkError):
        await workers.run(die, timeout=30)
    assert await workers.run(double, 5, timeout=30) == 10


async def test_errors_of_the_work_itself_come_through_with_their_fields(workers: ProcessWorkers) -> None:
    with pytest.raises(SourceError) as caught:
        await workers.run(refuse, timeout=30)
    assert str(caught.value) == "not a feed: x"


async def test_the_loop_stays_free_while_work_is_done(workers: ProcessWorkers) -> None:
    await workers.run(double, 1, timeout=30)
    work = asyncio.create_task(workers.run(sleep_for, 0.5, timeout=30))
    ticks = 0
    while not work.done():
        await asyncio.sleep(0.01)
        ticks += 1
    assert ticks > 10
