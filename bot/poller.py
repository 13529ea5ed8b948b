"""The poller: reads the feeds that are due, and stores what they gave with their state, many in one transaction."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial

import msgspec
import structlog
from sqlalchemy import Connection

from bot import metrics, trace
from bot.deliver.notices import feed_notices
from bot.model.errors import StoreError
from bot.model.feed import Feed
from bot.model.report import Given
from bot.sources.poll import poll
from bot.sources.port import Fetched, Source
from bot.store import feeds, nodes, outbox, received, reports, subscriptions
from bot.store.engine import Store
from bot.store.received import Received
from bot.work.turns import work_off

log = structlog.get_logger()

AT_ONCE = 200
"""Feeds that are under way at once; most of them wait for their host's turn or its answer."""
WRITTEN_AT_ONCE = AT_ONCE
_NEVER = datetime.min.replace(tzinfo=UTC)
GATHERING = 0.1
"""Seconds at least between two transactions: under load readings are gathered for so long, a single one is not."""


class Reading(msgspec.Struct, frozen=True):
    """A feed as it was before it was read, and what reading it gave."""

    before: Feed
    fetched: Fetched
    trace: str = ""


Unwritten = asyncio.Queue[tuple[Reading, asyncio.Future[None]]]


class Poller:
    """Reads what is due; a slow or broken feed holds up and harms no other. `arrived` is set when reports have come.

    `holder` is this node's id, where many share the feeds: each takes those that nobody reads.
    """

    holder = ""

    def __init__(self, store: Store, sources: Mapping[str, Source], *, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._sources = sources
        self._clock = clock
        self._failed: set[str] = set()
        self._under_way: set[str] = set()
        self._held = 0
        self.arrived = asyncio.Event()

    async def run_due(self) -> None:
        """Read every feed that is due, until none is."""
        self._failed.clear()
        if self.holder:
            self._held = 0
            await self._store.beside(nodes.release_feeds, self.holder)  # what an earlier run left behind
        async with asyncio.TaskGroup() as group:
            unwritten: Unwritten = asyncio.Queue()
            writing = group.create_task(self._write_what_comes(unwritten))
            await work_off(self._due, partial(self._read, unwritten), name_of=lambda feed: feed.id, at_once=AT_ONCE)
            writing.cancel()

    async def _due(self, limit: int) -> Sequence[Feed]:
        if self.holder:
            taken = await self._store.beside(nodes.lease_feeds, self.holder, self._clock(), AT_ONCE - self._held)
            self._held += len(taken)
            return taken
        without = self._failed | self._under_way
        return await self._store.read(feeds.due_feeds, self._clock(), limit + len(self._failed), without=without)

    async def _read(self, unwritten: Unwritten, feed: Feed) -> None:
        """Read one feed; returns once its reports and its state are stored, in one transaction."""
        self._under_way.add(feed.id)
        try:
            with trace.begun("feed") as name:
                fetched = await poll(feed, sources=self._sources, clock=self._clock)
                news = "changed" if fetched.reports else "unchanged"
                well = fetched.feed.health in ("ok", "new")
                metrics.POLLS.labels(news if well else fetched.feed.health).inc()
                stored = asyncio.get_running_loop().create_future()
                unwritten.put_nowait((Reading(feed, fetched, name), stored))
                await stored
        finally:
            self._under_way.discard(feed.id)
            self._held -= 1

    async def _write_what_comes(self, unwritten: Unwritten) -> None:
        """Under load one transaction takes many readings; until cancelled."""
        while True:
            batch = [await unwritten.get()]
            next_at = time.monotonic() + GATHERING
            while not unwritten.empty() and len(batch) < WRITTEN_AT_ONCE:
                batch.append(unwritten.get_nowait())
            await self._write([reading for reading, _ in batch])
            for _, stored in batch:
                if not stored.done():
                    stored.set_result(None)
            await asyncio.sleep(max(0.0, next_at - time.monotonic()))

    async def _write(self, readings: Sequence[Reading]) -> None:
        try:
            if await self._store.write(receive, readings, self._clock(), holder=self.holder):
                self.arrived.set()
        except StoreError as error:
            if len(readings) > 1:
                for reading in readings:
                    await self._write([reading])
                return
            # What one feed says cannot be stored; it is due again at the next tick, and the others go on.
            log.exception("reading_not_stored", feed_id=readings[0].before.id, error=str(error))
            self._failed.add(readings[0].before.id)


def receive(c: Connection, readings: Sequence[Reading], now: datetime, *, holder: str = "") -> int:
    """Store the feeds' state, the reports that say something new, and notices; returns how many reports are new.

    New is what the store does not hold, what its outlet has changed, and what another tenant's feed has brought before.
    With a `holder`, only the readings of feeds that it still holds are stored, and it lets go of them.
    """
    if holder:
        held = nodes.held_feeds(c, holder, [reading.before.id for reading in readings])
        readings = [reading for reading in readings if reading.before.id in held]
        nodes.release_feeds(c, holder, only=held)
    arrived = _arrived(c, [reading for reading in readings if reading.fetched.reports])
    received.add(c, arrived)
    feeds.save_readings(c, [(reading.before, reading.fetched.feed) for reading in readings])
    told = [reading.fetched for reading in readings if reading.fetched.notice]
    if told:
        orders = subscriptions.subscriptions(c)
        outbox.enqueue(c, [notice for fetched in told for notice in feed_notices(fetched.feed, orders, now=now)])
    return sum(len(one.reports) for one in arrived)


def _arrived(c: Connection, readings: Sequence[Reading]) -> list[Received]:
    if not readings:
        return []
    ids = list(dict.fromkeys(report.id for reading in readings for report in reading.fetched.reports))
    gone = reports.forgotten(c, ids)
    held = reports.given_hashes(c, ids)
    seen = reports.seen(c, held, tenants={reading.before.tenant for reading in readings} | {""})
    waiting: dict[str, dict[str, str | None]] = {}
    for one in received.of_feeds(c, [reading.before.id for reading in readings]):
        waiting.setdefault(one.feed_id, {}).update((report.id, report.given_hash) for report in one.reports)
    return [
        Received(
            feed_id=reading.before.id,
            tenant=reading.before.tenant,
            reports=_oldest_first(fresh),
            silent=reading.fetched.silent,
            trace=reading.trace,
        )
        for reading in readings
        if (
            fresh := [
                one for one in _fresh(reading, held, seen, waiting.get(reading.before.id, {})) if one.id not in gone
            ]
        )
    ]


def _fresh(
    reading: Reading,
    held: Mapping[str, str | None],
    seen: Mapping[str, set[str]],
    waiting: Mapping[str, str | None],
) -> list[Given]:
    """What a feed says that is new to its tenant."""
    mine = {"", reading.before.tenant}
    return [
        report
        for report in reading.fetched.reports
        if (
            waiting[report.id] != report.given_hash
            if report.id in waiting
            else report.id not in held or held[report.id] != report.given_hash or not seen.get(report.id, set()) & mine
        )
    ]


def _oldest_first(reports: Iterable[Given]) -> tuple[Given, ...]:
    """Events and channels want what happened first."""

    return tuple(sorted(reports, key=lambda report: (report.published_at or report.fetched_at or _NEVER, report.id)))
