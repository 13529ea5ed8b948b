"""The clockwork: jobs come round, never two of one at once, and a failing one comes again."""

from __future__ import annotations

import asyncio

import pytest

from bot import metrics
from bot.schedule import Schedule


async def test_a_failing_job_comes_round_again_and_harms_no_other() -> None:
    ran: list[str] = []
    schedule = Schedule()

    async def failing() -> None:
        ran.append("failing")
        raise RuntimeError("broken feed")

    async def sound() -> None:
        ran.append("sound")

    schedule.every(0.05, failing, name="failing")
    schedule.every(0.05, sound, name="sound")
    await schedule.start()
    await asyncio.sleep(0.6)
    await schedule.stop()
    assert ran.count("failing") > 1
    assert ran.count("sound") > 1


async def test_a_slow_job_never_runs_twice_at_once_and_ticks_that_find_it_at_work_are_counted(
    caplog: pytest.LogCaptureFixture,
) -> None:
    under_way = 0
    most = 0
    schedule = Schedule()

    async def slow() -> None:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        await asyncio.sleep(0.2)
        under_way -= 1

    skipped = {"job": "slow"}
    before = metrics.REGISTRY.get_sample_value("sitrep_ticks_skipped_total", skipped) or 0
    schedule.every(0.03, slow, name="slow")
    await schedule.start()
    await asyncio.sleep(0.5)
    await schedule.stop()
    assert most == 1
    assert (metrics.REGISTRY.get_sample_value("sitrep_ticks_skipped_total", skipped) or 0) > before
    assert not caplog.records  # that it is under way when it comes round is nothing to warn of


async def test_a_job_that_is_under_way_when_the_clockwork_stops_has_not_failed(
    capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    begun = asyncio.Event()
    schedule = Schedule()

    async def long() -> None:
        begun.set()
        await asyncio.sleep(60)

    schedule.every(60, long, name="long")
    await schedule.start()
    await begun.wait()
    await schedule.stop()
    await asyncio.sleep(0.1)
    told = capsys.readouterr()
    assert "job_failed" not in told.out + told.err
    assert not caplog.records
