"""The poller: reads the feeds that are due, and stores what they gave with their state, many in one transaction."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime

import msgspec
import structlog
from sqlalchemy import Connection

from bot import metrics
from bot.deliver.notices import feed_notices
from bot.model.errors import StoreError
from bot.model.feed import Feed
from bot.model.report import Report
from bot.sources.identity import newly_told
from bot.sources.poll import poll
from bot.sources.port import Fetched, Source
from bot.store import feeds, outbox, received, reports, subscriptions
from bot.store.engine import Store
from bot.store.received import Received
from bot.work.turns import work_off

log = structlog.get_logger()

AT_ONCE = 200
"""Feeds that are under way at once; most of them wait for their host's turn or its answer."""
WRITTEN_AT_ONCE = 50


class Reading(msgspec.Struct, frozen=True):
    """A feed as it was before it was read, and what reading it gave."""

    before: Feed
    fetched: Fetched


class Poller:
    """Reads what is due; a slow or broken feed holds up and harms no other."""

    def __init__(self, store: Store, sources: Mapping[str, Source], *, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._sources = sources
        self._clock = clock
        self._unwritten: list[tuple[Reading, asyncio.Future[None]]] = []
        self._writing = asyncio.Lock()
        self._failed: set[str] = set()

    async def run_due(self) -> None:
        """Read every feed that is due, until none is."""
        self._failed.clear()
        await work_off(self._due, self.read, name_of=lambda feed: feed.id, at_once=AT_ONCE)

    async def _due(self, limit: int) -> Sequence[Feed]:
        due = await self._store.read(feeds.due_feeds, self._clock(), limit + len(self._failed))
        return [feed for feed in due if feed.id not in self._failed]

    async def read(self, feed: Feed) -> None:
        """Read one feed; returns once its reports and its state are stored, in one transaction."""
        reading = Reading(feed, await poll(feed, sources=self._sources, clock=self._clock))
        news = "changed" if reading.fetched.reports else "unchanged"
        well = reading.fetched.feed.health in ("ok", "new")
        metrics.POLLS.labels(news if well else reading.fetched.feed.health).inc()
        stored = asyncio.get_running_loop().create_future()
        self._unwritten.append((reading, stored))
        # Whoever gets the lock writes for all who wait: under load one transaction takes many feeds.
        async with self._writing:
            while not stored.done():
                batch, self._unwritten = self._unwritten[:WRITTEN_AT_ONCE], self._unwritten[WRITTEN_AT_ONCE:]
                await self._write([one for one, _ in batch])
                for _, future in batch:
                    future.set_result(None)

    async def _write(self, readings: Sequence[Reading]) -> None:
        try:
            await self._store.write(receive, readings, self._clock())
        except StoreError as error:
            if len(readings) > 1:
                for reading in readings:
                    await self._write([reading])
                return
            # What one feed says cannot be stored; it is due again at the next tick, and the others go on.
            log.exception("reading_not_stored", feed_id=readings[0].before.id, error=str(error))
            self._failed.add(readings[0].before.id)


def receive(c: Connection, readings: Sequence[Reading], now: datetime) -> int:
    """Store the feeds' state, the reports that say something new, and notices; returns how many reports are new.

    New is what the store does not hold, what its outlet has changed, and what another tenant's feed has brought before.
    """
    ids = list(dict.fromkeys(report.id for reading in readings for report in reading.fetched.reports))
    arrived: list[Received] = []
    if ids:
        held = reports.stored(c, ids)
        seen = reports.seen(c, held, tenants={reading.before.tenant for reading in readings} | {""})
        _note(received.waiting(c, ids), held, seen)
        for reading in readings:
            fresh = _fresh(reading, held, seen)
            _note(fresh, held, seen)
            arrived += fresh
    received.add(c, arrived)
    feeds.save_readings(c, [(reading.before, reading.fetched.feed) for reading in readings])
    told = [reading.fetched for reading in readings if reading.fetched.notice]
    if told:
        orders = subscriptions.subscriptions(c)
        outbox.enqueue(c, [notice for fetched in told for notice in feed_notices(fetched.feed, orders, now=now)])
    return len(arrived)


def _note(arrived: Iterable[Received], held: dict[str, Report], seen: dict[str, set[str]]) -> None:
    for one in arrived:
        held[one.report.id] = one.report
        seen.setdefault(one.report.id, set()).add(one.tenant)


def _fresh(reading: Reading, held: Mapping[str, Report], seen: Mapping[str, set[str]]) -> list[Received]:
    """What a feed says that is new to its tenant, oldest first: events and channels want what happened first."""
    tenant, fetched = reading.before.tenant, reading.fetched
    new = {report.id for report in newly_told(fetched.reports, held)}
    new |= {
        report.id for report in fetched.reports if report.id in held and not seen.get(report.id, set()) & {"", tenant}
    }
    return [
        Received(report=report, feed_id=fetched.feed.id, tenant=tenant, silent=report.id in fetched.silent)
        for report in _oldest_first(report for report in fetched.reports if report.id in new)
    ]


def _oldest_first(reports: Iterable[Report]) -> list[Report]:
    def at(report: Report) -> tuple[float, str]:
        moment = report.published_at or report.fetched_at
        return (moment.timestamp() if moment else 0.0, report.id)

    return sorted(reports, key=at)
