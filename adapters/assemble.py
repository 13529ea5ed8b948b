"""The only place that knows everybody: builds the parts from the settings, starts them, and ends them."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import msgspec
import structlog
from sqlalchemy import Connection

from bot import metrics
from bot.deliver.courier import Courier
from bot.deliver.port import Platform
from bot.model.card import Card
from bot.model.delivery import Delivery
from bot.model.errors import SettingsError, StoreError
from bot.model.feed import Feed
from bot.model.finding import Finding
from bot.newsroom import Newsroom
from bot.queries import doctor
from bot.queries.desk import Desk
from bot.queries.feeds import new_feed
from bot.queries.links import Links, link_key
from bot.queries.posts import card_of
from bot.queries.presets import check_presets
from bot.retention import forget
from bot.schedule import Schedule
from bot.settings import Settings, located
from bot.sources.article import complete
from bot.sources.discover import FoundFeed, find_feeds
from bot.sources.fetch import Fetcher
from bot.sources.folder import FolderSource
from bot.sources.opml import read_opml
from bot.sources.page import PageSource
from bot.sources.poll import FeedSource, poll
from bot.sources.port import Fetched, Source
from bot.sources.reliefweb import ReliefWebSource
from bot.store import alerts, answered, census, delivered, feeds, jobs, nodes, outbox, received, tenants
from bot.store.engine import Store
from bot.work.collector import settle
from bot.work.local import ProcessWorkers
from bot.work.node import BEATS, Fleet, Node, SharedClock
from bot.work.port import Workers

log = structlog.get_logger()

Clock = Callable[[], datetime]
POLL_SECONDS = 5.0
UNDERSTAND_SECONDS = 1.0
ERASE_SECONDS = 3600.0
MEND_SECONDS = 30.0
ENDING_SECONDS = 10.0
"""What posts that are under way have for their answer when the bot is stopped."""
QUEUE_NOTES_HOURS = 24
_SWITCH_SECONDS = 0.0005
KEPT_AFTER_LEAVING = timedelta(days=30)
REMEMBERED = timedelta(days=90)
ANSWERED = timedelta(days=1)


def utc_now() -> datetime:
    """The wall clock, aware."""
    return datetime.now(UTC)


class Reader:
    """Reads feeds without storing anything: for tests of a feed and for discovery."""

    def __init__(self, sources: Mapping[str, Source], fetcher: Fetcher, workers: Workers, clock: Clock) -> None:
        self._sources = sources
        self._fetcher = fetcher
        self._workers = workers
        self._clock = clock

    async def read(self, feed: Feed) -> Fetched:
        """See `FeedReader.read`."""
        return await poll(feed, sources=self._sources, clock=self._clock)

    async def find(self, site: str) -> tuple[FoundFeed, ...]:
        """See `FeedReader.find`."""
        return await find_feeds(site, fetcher=self._fetcher, run=self._workers.run)

    async def fetch(self, url: str, *, most: int) -> bytes:
        """See `FeedReader.fetch`."""
        return (await self._fetcher.get(url, accept="*/*", max_body=most)).body


class House:
    """The parts, built and not yet started."""

    def __init__(
        self,
        settings: Settings,
        store: Store,
        workers: Workers,
        fetcher: Fetcher,
        *,
        clock: Clock = utc_now,
        links: Links | None = None,
    ) -> None:
        self.settings = settings
        self.store = store
        self.workers = workers
        self.clock = clock
        run = workers.run
        self.sources: dict[str, Source] = {
            "feed": FeedSource(fetcher, run, clock),
            "page": PageSource(fetcher, run, clock),
            "folder": FolderSource(clock),
            "reliefweb": ReliefWebSource(fetcher, clock),
        }
        self.newsroom = Newsroom(
            store,
            workers,
            self.sources,
            clock=clock,
            complete=partial(complete, fetcher=fetcher, run=run) if settings.sources.full_text else None,
            extract_timeout=settings.extract.timeout,
            gazetteer=Path(settings.extract.gazetteer) if settings.extract.gazetteer else None,
            workers_at_once=settings.work.language,
        )
        self.desk = Desk(
            store,
            clock=clock,
            understand=self.newsroom.understood,
            reader=Reader(self.sources, fetcher, workers, clock),
            draw=run,
            links=links,
        )
        self.links = links
        self.fleet = Fleet(shared=store.shared)

    async def card_of(self, delivery: Delivery) -> Card | None:
        """The card that a delivery owes, made from what is known now; None where its report is gone."""
        card = await self.store.read(card_of, delivery, self.clock())
        return self.links.linked(card, delivery.destination.tenant, self.clock()) if card and self.links else card

    async def examine(self) -> tuple[Finding, ...]:
        """How the bot stands, by what is on this machine: database, disk, clock, feeds, deliveries, channels."""
        if not self.store.exists:
            hint = "`sitrep run` makes one, or `sitrep db migrate`"
            none = Finding("database", "warning", f"{self.store}: there is none yet", hint)
            return none, doctor.disk(self.store.file)
        schema, newest = await asyncio.to_thread(self.store.schema)
        wrong = "" if schema == newest else f", the newest is {newest}"
        database = Finding(
            "database",
            "wrong" if wrong else "ok",
            f"{self.store}, schema {schema or 'missing'}{wrong}",
            "run `sitrep db migrate`" if wrong else "",
        )
        found = [database, doctor.disk(self.store.file)]
        if self.store.shared and not wrong:
            found.append(doctor.own_clock(utc_now(), await self.store.read(nodes.clock)))
        return tuple(found) if wrong else (*found, *await self.store.read(doctor.examined, self.clock()))

    async def measure(self) -> bytes:
        """The metrics, with the gauges as the store stands now."""
        await self.store.read(_stand, self.clock())
        if node := self.fleet.node:
            holds = {"feeds": node.own.feeds, "deliveries": node.own.deliveries} if node.own else {}
            metrics.node_stands(nodes=node.count, keeper=node.keeper, holds=holds)
        return await asyncio.to_thread(metrics.exposed)

    async def erase_departed(self) -> None:
        """Erase what servers and workspaces had set that removed the bot `KEPT_AFTER_LEAVING` ago."""
        before = self.clock() - KEPT_AFTER_LEAVING
        while await self.store.write(tenants.unsee_departed, before):
            pass
        if gone := await self.store.write(tenants.erase_departed, before):
            log.info("tenants_erased", count=len(gone))

    async def forget_old(self) -> None:
        """Forget what watches were told of `REMEMBERED` ago, and what the settings keep for so long and no longer."""
        now = self.clock()
        gone = {"alerts": await self.store.write(alerts.forget_older, now - REMEMBERED)}
        gone["answered"] = await self.store.write(answered.forget_older, now - ANSWERED)
        gone |= await forget(self.store, self.settings.keep, now)
        if self.store.shared:
            gone["queue"] = await self.store.beside(jobs.forget_done, QUEUE_NOTES_HOURS)
        if any(gone.values()):
            log.info("old_entries_forgotten", **gone)

    async def mend_queue(self) -> None:
        """Give a job to what has come in and has none: after a restored backup, or a crash of the database's server."""
        if mended := await self.store.write(jobs.mend):
            log.warning("queue_mended", jobs=mended)

    async def join(self) -> Node | None:
        """This process as one of the nodes that share the database; None where it has one to itself."""
        if self.fleet.node or not self.store.shared:
            return self.fleet.node
        mine = self.settings.nodes
        clock = self.clock if isinstance(self.clock, SharedClock) else None
        node = Node(self.store, name=mine.name, lease=mine.lease, clock=clock)
        await node.beat()
        self.newsroom.share(node.id)
        self.fleet.node = node
        return node

    def courier(self, platforms: Mapping[str, Platform], node: Node | None = None) -> Courier:
        """A courier for these platforms; it is woken when the newsroom owes something."""
        lease, holder = self.settings.nodes.lease, node.id if node else ""
        courier = Courier(self.store, platforms, self.card_of, clock=self.clock, holder=holder, lease=lease)
        self.newsroom.owed = courier.wake
        return courier


def _stand(c: Connection, now: datetime) -> None:
    due, fetched, feed = census.longest_due(c), census.newest_fetch(c), census.feed_due(c)
    metrics.stand(
        deliveries=delivered.depth(c),
        jobs=jobs.depth(c),
        waiting=received.depth(c),
        feeds={health: len(feeds) for health, feeds in census.feeds_by_health(c).items()},
        longest_due=max(0.0, (now - due).total_seconds()) if due else 0.0,
        last_fetch=(now - fetched).total_seconds() if fetched else 0.0,
        feed_late=max(0.0, (now - feed).total_seconds()) if feed else 0.0,
    )


def shipped_feeds(settings: Settings) -> list[Feed]:
    """The operator's own feeds, which everybody sees: from the settings' OPML files and folders."""
    found = [
        new_feed(outline.url, tenant="", name=outline.name, backfill=settings.sources.backfill)
        for path in settings.sources.opml
        for outline in read_opml(located(path).read_bytes())
    ]
    found += [
        new_feed(f"folder:{located(path)}", tenant="", name=Path(path).name, kind="folder", backfill=20)
        for path in settings.sources.folders
    ]
    s = settings.sources
    return [
        msgspec.structs.replace(feed, interval=s.interval, min_interval=s.min_interval, max_interval=s.max_interval)
        for feed in found
    ]


def add_shipped(c: Connection, wanted: list[Feed]) -> int:
    """Add the operator's feeds that are not there yet, and remove those that the settings no longer name.

    What the settings say of intervals goes for those that are there, too.
    """
    kept = {feed.url: feed for feed in wanted}
    for held in feeds.feeds(c, tenant=""):
        if (now := kept.get(held.url)) is None:
            feeds.remove_feed(c, held.id, tenant="")
        elif (held.min_interval, held.max_interval) != (now.min_interval, now.max_interval):
            within = min(max(held.interval, now.min_interval), now.max_interval)
            bounds = {"min_interval": now.min_interval, "max_interval": now.max_interval}
            feeds.save_feeds(c, [msgspec.structs.replace(held, interval=within, **bounds)])
    return sum(feeds.add_feed(c, feed) for feed in wanted)


@asynccontextmanager
async def built(
    settings: Settings,
    *,
    clock: Clock = utc_now,
    workers: Workers | None = None,
    exclusive: bool = True,
    migrate: bool = True,
) -> AsyncIterator[House]:
    """The house with its store migrated (unless told not to) and its HTTP client open; all is ended on the way out."""
    # The loop shares the interpreter with the store's threads; with Python's own 5 ms, whoever waits for a first answer
    # waits for each of them at every read and write of a socket.
    sys.setswitchinterval(_SWITCH_SECONDS)
    async with AsyncExitStack() as stack:
        store = Store(settings.store.url, exclusive=exclusive)
        stack.callback(store.close)
        if migrate:
            store.migrate()
        if store.shared and clock is utc_now:
            clock = SharedClock()
            clock.set(await store.read(nodes.clock))
        made = workers or ProcessWorkers(language=settings.work.language, parse=settings.work.parse)
        stack.push_async_callback(made.close)
        s = settings.sources
        fetcher = await stack.enter_async_context(
            Fetcher(allow_hosts=s.allow_hosts, concurrency=s.concurrency, per_host=s.per_host)
        )
        yield House(settings, store, made, fetcher, clock=clock, links=_links(settings, store))


def _links(settings: Settings, store: Store) -> Links | None:
    """What makes and reads the links to evidence pages; None where there are no such pages."""
    url = settings.web.public_url
    if not url:
        return None
    if not url.startswith(("https://", "http://")):
        raise SettingsError(
            "no web address", subject=f"web.public_url {url}", hint='such as "https://sitrep.example.org"'
        )
    return Links(url, store.write_now(link_key), days=settings.web.link_days)


@asynccontextmanager
async def running(house: House, platforms: Mapping[str, Platform]) -> AsyncIterator[Schedule]:
    """The clockwork over a house: polls, and deliveries to the given platforms."""
    await asyncio.to_thread(check_presets)
    await house.store.write(add_shipped, shipped_feeds(house.settings))
    node = await house.join()
    courier = house.courier(platforms, node)
    schedule = Schedule()
    working = [courier.run()]
    for_all = node.kept if node else lambda job: job
    if node:
        from bot.work.pgqueuer import SharedJobs  # loads PgQueuer, which one process alone has no use for

        schedule.every(node.lease / BEATS, node.beat, name="beat")
        schedule.every(MEND_SECONDS, node.kept(house.mend_queue), name="mend_queue")
        shared = SharedJobs(house.store, lease=node.lease, busy=lambda: house.newsroom.busy)
        house.newsroom.when_free(shared.ring)
        working.append(shared.run(house.newsroom.do))
    else:
        schedule.every(UNDERSTAND_SECONDS, house.newsroom.understand, name="understand")
        working.append(house.newsroom.keep_up())
    schedule.every(POLL_SECONDS, house.newsroom.poll, name="poll")
    schedule.every(ERASE_SECONDS, for_all(house.erase_departed), name="erase_departed")
    schedule.every(ERASE_SECONDS, for_all(house.forget_old), name="forget_old")
    if house.store.alone:
        await house.store.write(outbox.release, list(platforms))
    settle()
    await schedule.start()
    tasks = [asyncio.create_task(work) for work in working]
    try:
        yield schedule
    finally:
        await schedule.stop()
        courier.end()
        for task in tasks[1:]:
            task.cancel()
        await asyncio.wait(tasks, timeout=ENDING_SECONDS)
        for task in tasks:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
        if node:
            with suppress(StoreError):  # the others find out by themselves
                await node.leave()
