"""Filing what has been understood: rows that are ready at the same time in one transaction, of whichever feed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import msgspec
import structlog
from sqlalchemy import Connection

from bot import metrics
from bot.intake import Brought, Filed, file_brought
from bot.model.report import Report
from bot.model.summary import Summary
from bot.store import received
from bot.store.engine import Store
from bot.store.received import LARGEST, Received

log = structlog.get_logger()

UNFILED_FOR = timedelta(minutes=10)
"""How long a report that could not be filed waits: the disk may be full."""
Told = tuple[Report, Summary]
Outcome = Sequence[tuple[Report, Filed]]
"""What was filed of a row; nothing where another node has filed it meanwhile."""


class _Ready(msgspec.Struct, frozen=True):
    row: Received
    told: Sequence[Told]
    filed: asyncio.Future[Outcome]


class Filer:
    """Files rows of what has come in: where several wait for their turn, one transaction takes them.

    A transaction costs as much as some reports do: the turn among all nodes, a look at what stands, and the disk.
    `unfiled` are the rows that could not be filed, and until when they wait.
    """

    def __init__(self, store: Store, *, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._clock = clock
        self._ready: list[_Ready] = []
        self._turn = asyncio.Lock()
        self.unfiled: dict[int, datetime] = {}

    async def file(self, row: Received, told: Sequence[Told]) -> tuple[Filed, ...]:
        """File a row; returns what was filed of it. A report that cannot be filed harms no other, and waits."""
        mine = _Ready(row, told, asyncio.get_running_loop().create_future())
        self._ready.append(mine)
        async with self._turn:
            while not mine.filed.done():
                batch = self._next()
                try:
                    await self._file(batch)
                except BaseException:
                    # Whoever waits still goes on by itself; what has been filed after all is not there any more then.
                    self._ready[:0] = [one for one in batch if not one.filed.done() and one is not mine]
                    raise
        outcome = mine.filed.result()
        _tell(row, outcome)  # here, and not where it was written: the lines belong to this row's trace
        return tuple(filed for _, filed in outcome)

    def _next(self) -> list[_Ready]:
        """Those that have waited longest, as far as they are not too much for one transaction."""
        size, count = 0, 0
        for one in self._ready:
            size += len(one.told)
            if count and size > LARGEST:
                break
            count += 1
        batch, self._ready = self._ready[:count], self._ready[count:]
        return batch

    async def _file(self, batch: Sequence[_Ready]) -> None:
        rows = [(one.row, one.told) for one in batch]
        try:
            filed = await self._store.write(_file_rows, rows, self._clock())
        except Exception:
            if len(batch) > 1:
                for one in batch:
                    await self._file([one])
                return
            log.exception("reports_not_filed", feed_id=batch[0].row.feed_id, reports=len(batch[0].told))
            batch[0].filed.set_result(await self._apart(*rows[0]))
            return
        for one, some in zip(batch, filed, strict=True):
            self.unfiled.pop(one.row.number, None)
            one.filed.set_result([(report, done) for (report, _), done in zip(one.told, some, strict=False)])

    async def _apart(self, row: Received, told: Sequence[Told]) -> Outcome:
        """A row's reports, each by itself."""
        outcome: list[tuple[Report, Filed]] = []
        for one in told:
            try:
                outcome += [(one[0], done) for done in await self._store.write(_file_one, row, one, self._clock())]
            except Exception:
                log.exception("report_not_filed", report_id=one[0].id, feed_id=row.feed_id)
                self.unfiled[row.number] = self._clock() + UNFILED_FOR
        return outcome


def _file_rows(
    c: Connection, rows: Sequence[tuple[Received, Sequence[Told]]], now: datetime
) -> tuple[tuple[Filed, ...], ...]:
    """File rows and take them out of the queue, in one transaction; of one that is filed already nothing."""
    left = received.claim(c, [row.number for row, _ in rows])
    mine = []
    for row, told in rows:
        mine.append(tuple(told) if row.number in left else ())
        left.discard(row.number)  # it may stand there twice
    brought = [Brought(told, row.tenant, row.silent) for (row, _), told in zip(rows, mine, strict=True)]
    filed = file_brought(c, brought, now=now)
    received.remove(c, *(row.number for row, _ in rows))
    return filed


def _file_one(c: Connection, row: Received, one: Told, now: datetime) -> tuple[Filed, ...]:
    """File one report and take it out of its row."""
    if not received.claim(c, [row.number]):
        return ()
    (filed,) = file_brought(c, [Brought((one,), row.tenant, row.silent)], now=now)
    received.drop(c, row.number, {one[0].id})
    return filed


def _tell(row: Received, outcome: Outcome) -> None:
    for report, one in outcome:
        metrics.REPORTS.labels(one.outcome).inc()
        if one.outcome != "same":
            log.info(
                "report_stored",
                report_id=report.id,
                feed_id=row.feed_id,
                event_id=one.event_id,
                outcome=one.outcome,
            )
