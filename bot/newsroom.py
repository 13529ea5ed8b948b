"""The newsroom: has the reports that came in understood, and files them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path

import structlog
from sqlalchemy import Connection

from bot import metrics
from bot.extract.pipeline import summarise
from bot.intake import Filed, file_reports
from bot.model.errors import WorkError
from bot.model.report import Report
from bot.model.summary import Summary
from bot.poller import Poller
from bot.sources.port import Source
from bot.store import received, reports
from bot.store.engine import Store
from bot.store.received import Received
from bot.work.port import Workers
from bot.work.turns import work_off

log = structlog.get_logger()

FEEDS_AT_ONCE = 8
"""Feeds whose reports are understood side by side: a slow site's articles hold up its own feed alone."""
ARTICLES_AT_ONCE = 4
"""Articles of one feed that are fetched side by side."""
_LOOKED_AT = 400
_FILED_AT_ONCE = 40
Complete = Callable[[Report], Awaitable[Report]]
Told = tuple[Report, Summary]


class Newsroom:
    """Polls, understands and files.

    `poll` reads the feeds that are due and stores what they say; `understand` takes it from there. Both may run at the
    same time, and a crash between or within them loses and repeats nothing. `complete` fetches the article of a report
    whose feed has only a teaser; it never fails. `gazetteer` is a user's own file of names.
    `owed` is called whenever deliveries have come to be owed.
    """

    owed: Callable[[], None] = staticmethod(lambda: None)

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
        self._poller = Poller(store, sources, clock=clock)
        self._clock = clock
        self._complete = complete
        self._timeout = extract_timeout
        self._gazetteer = gazetteer
        self._understanding = asyncio.Lock()
        self._unfiled: set[int] = set()

    async def tick(self) -> tuple[Filed, ...]:
        """Read every feed that is due, and file all that has come in."""
        await self.poll()
        return await self.understand()

    async def poll(self) -> None:
        """Read every feed that is due; their reports wait in the store to be understood."""
        await self._poller.run_due()

    async def understand(self) -> tuple[Filed, ...]:
        """Understand and file the reports that wait, each feed's oldest first; returns what was filed."""
        filed: list[Filed] = []

        async def work(batch: tuple[Received, ...]) -> None:
            filed.extend(await self._filed(batch))

        # One at a time: two would take the same reports.
        async with self._understanding:
            await work_off(self._batches, work, name_of=lambda batch: batch[0].feed_id, at_once=FEEDS_AT_ONCE)
        return tuple(filed)

    async def _batches(self, limit: int) -> Sequence[tuple[Received, ...]]:
        """The reports that wait, in batches of one feed each, the longest waiting first."""
        del limit
        by_feed: dict[str, list[Received]] = {}
        for one in await self._store.read(received.first, _LOOKED_AT + len(self._unfiled)):
            if one.number in self._unfiled:
                continue
            by_feed.setdefault(one.feed_id, []).append(one)
        return [tuple(batch[:_FILED_AT_ONCE]) for batch in by_feed.values()]

    async def _filed(self, batch: tuple[Received, ...]) -> tuple[Filed, ...]:
        held = await self._store.read(reports.told, [one.report.id for one in batch])
        some = asyncio.Semaphore(ARTICLES_AT_ONCE)

        async def told(one: Received) -> Told:
            known = held.get(one.report.id)
            if known is not None and known[0].given_hash == one.report.given_hash is not None:
                return known
            async with some:
                return await self.understood(await self._completed(one))

        understood = await asyncio.gather(*(told(one) for one in batch))
        filed = await self._file(batch, understood)
        if any(result.owed for result in filed):
            self.owed()
        for one, result in zip(batch, filed, strict=True):
            metrics.REPORTS.labels(result.outcome).inc()
            if result.outcome != "same":
                log.info(
                    "report_stored",
                    report_id=one.report.id,
                    feed_id=one.feed_id,
                    event_id=result.event_id,
                    outcome=result.outcome,
                )
        return filed

    async def _file(self, batch: Sequence[Received], told: Sequence[Told]) -> tuple[Filed, ...]:
        """File a batch; a report that cannot be filed harms no other, and stays until the next start."""
        try:
            return await self._store.write(_file, batch, told, self._clock())
        except Exception:
            if len(batch) == 1:
                log.exception("report_not_filed", report_id=batch[0].report.id, feed_id=batch[0].feed_id)
                self._unfiled.add(batch[0].number)
                return (Filed("same", None, 0),)
        return tuple([(await self._file([one], [each]))[0] for one, each in zip(batch, told, strict=True)])

    async def _completed(self, one: Received) -> Report:
        """The report with its article's text, where its feed has only a teaser and it is going to be posted."""
        wanted = self._complete is not None and one.report.teaser and not one.silent
        return await self._complete(one.report) if wanted and self._complete is not None else one.report

    async def understood(self, report: Report) -> Told:
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


def _file(c: Connection, batch: Sequence[Received], told: Sequence[Told], now: datetime) -> tuple[Filed, ...]:
    """File a feed's reports and take them out of the queue, in one transaction."""
    silent = frozenset(one.report.id for one in batch if one.silent)
    filed = file_reports(c, told, tenant=batch[0].tenant, silent=silent, now=now)
    received.remove(c, [one.number for one in batch])
    return filed
