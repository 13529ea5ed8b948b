"""When things happen: the scheduler's jobs, each a coroutine function that never runs twice at once."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

import structlog
from apscheduler.events import EVENT_JOB_ERROR, JobExecutionEvent
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

log = structlog.get_logger()

Job = Callable[[], Awaitable[object]]


class Schedule:
    """The clockwork: every job at its interval, missed runs folded into one, a failing job logged and run again."""

    def __init__(self) -> None:
        self._scheduler = AsyncIOScheduler(timezone="UTC")
        self._scheduler.add_listener(_tell, EVENT_JOB_ERROR)

    def every(self, seconds: float, job: Job, *, name: str) -> None:
        """Run `job` at once when the clockwork starts, and then every `seconds`."""
        self._scheduler.add_job(
            job,
            IntervalTrigger(seconds=seconds, timezone="UTC"),
            id=name,
            coalesce=True,
            max_instances=1,
            misfire_grace_time=None,
            next_run_time=datetime.now(UTC),
        )

    async def start(self) -> None:
        """Begin; needs a running loop."""
        self._scheduler.start()

    async def stop(self) -> None:
        """End; a job that is under way is not waited for."""
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)


def _tell(event: JobExecutionEvent) -> None:
    if isinstance(event.exception, asyncio.CancelledError):
        return  # the clockwork was stopped
    log.error("job_failed", job=event.job_id, error=type(event.exception).__name__, exc_info=event.exception)
