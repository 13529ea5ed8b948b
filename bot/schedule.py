"""When things happen: the scheduler's jobs, each a coroutine function that never runs twice at once."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

import structlog
from apscheduler.events import EVENT_JOB_ERROR, EVENT_JOB_MAX_INSTANCES, JobExecutionEvent, JobSubmissionEvent
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

from bot import metrics

log = structlog.get_logger()

Job = Callable[[], Awaitable[object]]


class Schedule:
    """The clockwork: every job at its interval, missed runs folded into one, a failing job logged and run again."""

    def __init__(self) -> None:
        self._scheduler = AsyncIOScheduler(timezone="UTC")
        self._scheduler.add_listener(_tell, EVENT_JOB_ERROR)
        self._scheduler.add_listener(_count, EVENT_JOB_MAX_INSTANCES)
        # What jobs raise is told by `_tell`, in our own form and without those that were stopped.
        logging.getLogger("apscheduler.executors.default").setLevel(logging.CRITICAL)
        logging.getLogger("apscheduler.scheduler").addFilter(_worth_telling)

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


def _count(event: JobSubmissionEvent) -> None:
    """A job is still under way when its time comes again.

    Nothing is left out: whatever falls due meanwhile is found by the one that is under way, or by the next. Whether it
    keeps up is told by what waits, and for how long.
    """
    metrics.TICKS_SKIPPED.labels(event.job_id).inc()


def _worth_telling(record: logging.LogRecord) -> bool:
    """Whether the scheduler says more than that a job is still under way, which it does each second under load."""
    return "maximum number of running instances" not in str(record.msg)


def _tell(event: JobExecutionEvent) -> None:
    if isinstance(event.exception, asyncio.CancelledError):
        return  # the clockwork was stopped
    log.error("job_failed", job=event.job_id, error=type(event.exception).__name__, exc_info=event.exception)
