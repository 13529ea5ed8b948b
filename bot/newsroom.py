"""The newsroom: has the reports that came in understood, and files them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path

import msgspec
import structlog
from sqlalchemy import Connection

from bot import metrics, trace
from bot.extract.understanding import understood_each
from bot.filing import UNFILED_FOR, Filer, Told
from bot.intake import Filed
from bot.model.errors import WorkError
from bot.model.report import Given, Report
from bot.model.summary import Summary
from bot.poller import Poller
from bot.sources.entries import read_given
from bot.sources.identity import newly_told
from bot.sources.port import Source
from bot.store import received, reports
from bot.store.engine import Store
from bot.store.received import Received
from bot.work.port import Workers
from bot.work.together import Together
from bot.work.turns import work_off

log = structlog.get_logger()

FEEDS_AT_ONCE = 8
"""Feeds whose reports are understood side by side: a slow site's articles hold up its own feed alone."""
ARTICLES_AT_ONCE = 4
"""Articles of one feed that are fetched side by side."""
UNDERSTOOD_TOGETHER = 8
"""Reports that a worker is handed at a time, where so many wait: some tenths of a second of work."""
_LOOKED_AT = 40
Complete = Callable[[Report], Awaitable[Report]]


class Newsroom:
    """Polls, understands and files.

    `poll` reads the feeds that are due and stores what they say; `understand` takes it from there. Both may run at the
    same time, and a crash between or within them loses and repeats nothing. `complete` fetches the article of a report
    whose feed has only a teaser; it never fails. `gazetteer` is a user's own file of names. There are
    `workers_at_once` language workers. `owed` is called whenever deliveries have come to be owed.
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
        workers_at_once: int = 1,
    ) -> None:
        self._store = store
        self._workers = workers
        self._poller = Poller(store, sources, clock=clock)
        self._clock = clock
        self._complete = complete
        self._timeout = extract_timeout
        self._gazetteer = gazetteer
        self._language: Together[Report, Summary] = Together(
            self._each, at_once=workers_at_once + 1, most=UNDERSTOOD_TOGETHER
        )
        self._filer = Filer(store, clock=clock)
        self._understanding = asyncio.Lock()

    @property
    def busy(self) -> bool:
        """Whether enough waits for the language workers: what more there is may be left to other nodes."""
        return self._language.enough

    def when_free(self, ring: Callable[[], None]) -> None:
        """Call this whenever `busy` has ended, or may have."""
        self._language.low = ring

    async def tick(self) -> tuple[Filed, ...]:
        """Read every feed that is due, and file all that has come in."""
        await self.poll()
        return await self.understand()

    def share(self, holder: str) -> None:
        """Read feeds as one of many nodes: only those that no other node holds."""
        self._poller.holder = holder

    async def poll(self) -> None:
        """Read every feed that is due; their reports wait in the store to be understood."""
        await self._poller.run_due()

    async def keep_up(self) -> None:
        """Understand what comes in as soon as it has; until cancelled. What fails is tried again by `understand`."""
        while True:
            await self._poller.arrived.wait()
            self._poller.arrived.clear()
            try:
                await self.understand()
            except Exception:
                log.exception("reports_not_understood")

    async def understand(self) -> tuple[Filed, ...]:
        """Understand and file the reports that wait, each feed's oldest first; returns what was filed."""
        filed: list[Filed] = []

        async def work(waiting: Received) -> None:
            with trace.gone_on(waiting.trace, "file"):
                filed.extend(await self._filed(waiting))

        # One at a time: two would take the same reports.
        async with self._understanding:
            await work_off(
                self._waiting,
                work,
                name_of=lambda waiting: waiting.feed_id,
                at_once=FEEDS_AT_ONCE,
                bell=self._poller.arrived,
            )
        return tuple(filed)

    async def _waiting(self, limit: int) -> Sequence[Received]:
        """What has waited longest; of one feed the oldest first."""
        unfiled = self._filer.unfiled
        found = await self._store.read(received.first, _LOOKED_AT + limit + len(unfiled))
        now = self._clock()
        for number in [number for number, until in unfiled.items() if until <= now]:
            del unfiled[number]
        return [one for one in found if one.number not in unfiled]

    async def do(self, number: int) -> timedelta | None:
        """A job of the nodes' queue: understand a row of what has come in, then file what is ready of its feed.

        Rows of one feed may be understood by several nodes at once, and are filed in their order: one that waits for
        an earlier one is kept as it was understood, and filed by whoever finds it ready. Returns for how long to put
        the job off, where the row could not be filed.
        """
        waiting, first = await self._store.read(_looked_up, number)
        if waiting is None:
            return None
        with trace.gone_on(waiting.trace, "understand"):
            told = waiting.told if waiting.told is not None else await self._told(waiting)
            if not first and waiting.told is None:
                await self._store.beside(received.note_told, number, told)
        with trace.gone_on(waiting.trace, "file"):
            filed = await self._filer.file(waiting, told) if first else ()
            self._announce((*filed, *await self._file_ready(waiting.feed_id)))
        return UNFILED_FOR if number in self._filer.unfiled else None

    async def understand_row(self, number: int) -> None:
        """Understand a row of what has come in, and keep what came of it until it is filed."""
        waiting = await self._store.read(received.one, number)
        if waiting is not None and waiting.told is None:
            await self._store.beside(received.note_told, number, await self._told(waiting))

    async def _file_ready(self, feed_id: str) -> tuple[Filed, ...]:
        """File what has been understood and waits for nothing before it."""
        filed: list[Filed] = []
        last = 0
        while True:
            ready = await self._store.read(received.next_told, feed_id, after=last)
            if ready is None:
                return tuple(filed)
            self._filer.unfiled.pop(ready.number, None)
            filed += await self._filer.file(ready, ready.told or ())
            last = ready.number

    async def _filed(self, waiting: Received) -> tuple[Filed, ...]:
        filed = await self._filer.file(waiting, await self._told(waiting))
        self._announce(filed)
        return filed

    def _announce(self, filed: Sequence[Filed]) -> None:
        if any(result.owed for result in filed):
            self.owed()

    async def _told(self, waiting: Received) -> list[Told]:
        """What has come in, understood; articles are fetched, and what is known already is not understood again."""
        held = await self._store.read(reports.told, [report.id for report in waiting.reports])
        some = asyncio.Semaphore(ARTICLES_AT_ONCE)

        async def told(given: Given) -> Told | None:
            report = read_given(given)
            known = held.get(given.id)
            if report is None:
                return None
            if known is not None and not newly_told([report], {given.id: known[0]}):
                return msgspec.structs.replace(known[0], given_hash=given.given_hash), known[1]
            async with some:
                return await self.understood(await self._completed(report, silent=given.id in waiting.silent))

        understood = await asyncio.gather(*(told(given) for given in waiting.reports))
        return [one for one in understood if one is not None]

    async def _completed(self, report: Report, *, silent: bool) -> Report:
        """The report with its article's text, where its feed has only a teaser and it is going to be posted."""
        wanted = self._complete is not None and report.teaser and not silent
        return await self._complete(report) if wanted and self._complete is not None else report

    async def _each(self, some: Sequence[Report]) -> Sequence[Summary]:
        return await self._workers.run(understood_each, some, self._gazetteer, lane="language", timeout=self._timeout)

    async def understood(self, report: Report) -> Told:
        """The report with its summary; one that cannot be understood in time is kept, with a notice."""
        try:
            with metrics.EXTRACTION.time():
                summary = await self._language.do(report)
        except WorkError as error:
            metrics.EXTRACTIONS_FAILED.inc()
            log.warning("report_not_understood", report_id=report.id, error=str(error))
            summary = Summary(id=report.id, headline=report.title or "", notice="failed")
        return report, summary


def _looked_up(c: Connection, number: int) -> tuple[Received | None, bool]:
    """A row that waits, and whether none of its feed waits before it."""
    waiting = received.one(c, number)
    return waiting, waiting is not None and received.is_first(c, waiting.feed_id, number)
