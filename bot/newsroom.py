"""The newsroom: reads feeds that are due, has their reports understood, and files them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from pathlib import Path

import structlog
from sqlalchemy import Connection

from bot import metrics
from bot.extract.pipeline import summarise
from bot.intake import Filed, file_reports
from bot.model.errors import WorkError
from bot.model.feed import Feed
from bot.model.report import Report
from bot.model.summary import Summary
from bot.sources.identity import newly_told
from bot.sources.poll import poll
from bot.sources.port import Fetched, Source
from bot.store import feeds, reports
from bot.store.engine import Store
from bot.work.port import Workers

log = structlog.get_logger()

AT_ONCE = 50
"""Feeds taken in one tick's batch."""
Complete = Callable[[Report], Awaitable[Report]]


class Newsroom:
    """Polls, understands and files; one `tick` does all that is due.

    `complete` fetches the article of a report whose feed has only a teaser; it never fails. `gazetteer` is a user's own
    file of names.
    """

    def __init__(
        self,
        store: Store,
        workers: Workers,
        sources: Mapping[str, Source],
        *,
        clock: Callable[[], datetime],
        complete: Complete | None = None,
        extract_timeout: float = 20.0,
        gazetteer: Path | None = None,
    ) -> None:
        self._store = store
        self._workers = workers
        self._sources = sources
        self._clock = clock
        self._complete = complete
        self._timeout = extract_timeout
        self._gazetteer = gazetteer

    async def tick(self) -> tuple[Filed, ...]:
        """Read every feed that is due; returns what was filed."""
        filed: list[Filed] = []
        while due := await self._store.read(feeds.due_feeds, self._clock(), AT_ONCE):
            async with asyncio.TaskGroup() as group:
                tasks = [group.create_task(self.read(feed)) for feed in due]
            filed += [one for task in tasks for one in task.result()]
        return tuple(filed)

    async def read(self, feed: Feed) -> tuple[Filed, ...]:
        """Read one feed and file its reports; the feed's own state is stored in the same transaction as they are."""
        fetched = await poll(feed, sources=self._sources, clock=self._clock)
        well = fetched.feed.health in ("ok", "new")
        news = "changed" if fetched.reports else "unchanged"
        metrics.POLLS.labels(news if well else fetched.feed.health).inc()
        if not fetched.reports:
            await self._store.write(feeds.save_poll, [fetched.feed])
            return ()
        held = await self._store.read(reports.told, [report.id for report in fetched.reports])
        fresh = newly_told(fetched.reports, {report_id: told[0] for report_id, told in held.items()})
        wanted = [report for report in fresh if report.id not in fetched.silent]
        completed = {report.id: await self._completed(report) for report in wanted}
        told = [await self.understood(completed.get(report.id, report)) for report in fresh]
        return await self._store.write(_file, feed, fetched, told, self._clock())

    async def _completed(self, report: Report) -> Report:
        return await self._complete(report) if self._complete is not None and report.teaser else report

    async def understood(self, report: Report) -> tuple[Report, Summary]:
        """The report with its summary; one that cannot be understood in time is kept, with a notice."""
        try:
            with metrics.EXTRACTION.time():
                summary = await self._workers.run(
                    summarise, report, self._gazetteer, lane="language", timeout=self._timeout
                )
        except WorkError as error:
            metrics.EXTRACTIONS_FAILED.inc()
            log.warning("report_not_understood", report_id=report.id, error=str(error))
            summary = Summary(id=report.id, headline=report.title or "", notice="failed")
        return report, summary


def _file(
    c: Connection, feed: Feed, fetched: Fetched, told: list[tuple[Report, Summary]], now: datetime
) -> tuple[Filed, ...]:
    filed = file_reports(c, _oldest_first(told), tenant=feed.tenant, silent=fetched.silent, now=now)
    feeds.save_poll(c, [fetched.feed])
    for (report, _), one in zip(_oldest_first(told), filed, strict=True):
        metrics.REPORTS.labels(one.outcome).inc()
        if one.outcome != "same":
            log.info("report_stored", report_id=report.id, feed_id=feed.id, event_id=one.event_id, outcome=one.outcome)
    return filed


def _oldest_first(told: list[tuple[Report, Summary]]) -> list[tuple[Report, Summary]]:
    """Feeds list the newest first; events and channels want what happened first."""

    def at(pair: tuple[Report, Summary]) -> tuple[float, str]:
        moment = pair[0].published_at or pair[0].fetched_at
        return (moment.timestamp() if moment else 0.0, pair[0].id)

    return sorted(told, key=at)
