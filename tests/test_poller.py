"""Many feeds at once: a slow, broken or edited one harms no other, and nothing is lost between reading and filing."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import Connection

from bot import filing as filing_module
from bot import poller as poller_module
from bot.model.feed import Feed
from bot.model.report import Given
from bot.model.subscription import Destination, Subscription
from bot.newsroom import Newsroom
from bot.queries.feeds import new_feed
from bot.sources.politeness import after_reading
from bot.sources.port import Fetched
from bot.store import delivered, feeds, received, reports, subscriptions
from bot.store.engine import Store
from bot.work import turns
from bot.work.local import ThreadWorkers
from bot.work.turns import work_off
from tests.samples import NOW


class Scripted:
    """A source whose feeds answer as told, by address."""

    def __init__(self) -> None:
        self.says: dict[str, tuple[Given, ...]] = {}
        self.waits: dict[str, asyncio.Event] = {}
        self.breaks: set[str] = set()
        self.under_way = self.most = 0

    async def fetch(self, feed: Feed) -> Fetched:
        self.under_way += 1
        self.most = max(self.most, self.under_way)
        try:
            if feed.url in self.waits:
                await self.waits[feed.url].wait()
            await asyncio.sleep(0)
            if feed.url in self.breaks:
                raise RuntimeError("a mistake in a parser")
        finally:
            self.under_way -= 1
        read = after_reading(feed, changed=True, now=NOW, spread=0.5)
        return Fetched(
            feed=read, reports=tuple(msgspec.structs.replace(r, feed_id=feed.id) for r in self.says.get(feed.url, ()))
        )


def report(name: str, text: str = "The ministry said that two people were injured.") -> Given:
    return Given(
        id=f"r{name}", text=text, title=f"Report {name}", outlet="Sample", published_at=NOW, given_hash=f"{name}{text}"
    )


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not true():  # noqa: ASYNC110  # what is waited for is in the database
            await asyncio.sleep(0.01)


@pytest.fixture
def store(tmp_path: Path):
    made = Store(f"sqlite:///{tmp_path / 'p.db'}")
    made.migrate()
    yield made
    made.close()


@pytest.fixture
def source() -> Scripted:
    return Scripted()


@pytest.fixture
def room(store: Store, source: Scripted) -> Newsroom:
    return Newsroom(store, ThreadWorkers(), {"feed": source}, clock=lambda: NOW)


def add(store: Store, name: str, *, tenant: str = "t1") -> Feed:
    feed = new_feed(f"https://{name}.example/", tenant=tenant)
    store.write_now(feeds.add_feed, feed)
    return feed


async def test_a_slow_feed_does_not_hold_up_the_others(store: Store, source: Scripted, room: Newsroom) -> None:
    slow = add(store, "slow")
    source.waits[slow.url] = asyncio.Event()
    for number in range(30):
        add(store, f"quick{number}")
        source.says[f"https://quick{number}.example/"] = (report(f"q{number}"),)
    polling = asyncio.create_task(room.poll())
    await until(lambda: store.read_now(received.depth) == 30)
    late = add(store, "late")
    source.says[late.url] = (report("late"),)
    await until(lambda: bool(store.read_now(received.of_feeds, [late.id])))
    assert not polling.done()
    source.waits[slow.url].set()
    await polling
    assert store.read_now(feeds.due_feeds, NOW, 10) == ()


async def test_at_most_so_many_feeds_are_under_way(store: Store, source: Scripted, room: Newsroom, monkeypatch) -> None:
    monkeypatch.setattr(poller_module, "AT_ONCE", 5)
    for number in range(40):
        add(store, f"f{number}")
    await room.poll()
    assert source.most <= 5
    assert store.read_now(feeds.due_feeds, NOW, 10) == ()


async def test_a_mistake_that_one_feed_brings_to_light_stops_no_other(
    store: Store, source: Scripted, room: Newsroom
) -> None:
    broken, good = add(store, "broken"), add(store, "good")
    source.breaks.add(broken.url)
    source.says[good.url] = (report("1"),)
    await room.tick()
    assert store.read_now(reports.count) == 1
    held = store.read_now(feeds.feed_by_id, broken.id)
    assert held is not None and held.health == "failing" and held.failures == 1


async def test_a_feed_that_cannot_be_stored_harms_no_other(
    store: Store, source: Scripted, room: Newsroom, monkeypatch
) -> None:
    from sqlalchemy.exc import SQLAlchemyError

    bad, good = add(store, "bad"), add(store, "good")
    source.says[good.url] = (report("1"),)
    save = feeds.save_readings

    def refusing(c: Connection, readings) -> None:
        if any(before.id == bad.id for before, _ in readings):
            raise SQLAlchemyError("no")
        save(c, readings)

    monkeypatch.setattr(feeds, "save_readings", refusing)
    await room.tick()
    assert store.read_now(reports.count) == 1
    assert [feed.id for feed in store.read_now(feeds.due_feeds, NOW, 10)] == [bad.id]


async def test_a_report_that_is_no_text_harms_no_other_feed(store: Store, source: Scripted, room: Newsroom) -> None:
    bad, good = add(store, "bad"), add(store, "good")
    source.says[bad.url] = (report("1", "half a character: \ud83d"),)
    source.says[good.url] = (report("2"),)
    await room.tick()
    assert store.read_now(reports.count) == 1
    assert [feed.id for feed in store.read_now(feeds.due_feeds, NOW, 10)] == [bad.id]


async def test_what_a_manager_sets_while_a_feed_is_read_stands(store: Store, source: Scripted, room: Newsroom) -> None:
    feed = add(store, "slow")
    source.waits[feed.url] = asyncio.Event()
    polling = asyncio.create_task(room.poll())
    await asyncio.sleep(0.05)
    edited = msgspec.structs.replace(feed, paused="by a manager", name="Our name", min_interval=3600, interval=3600)
    store.write_now(feeds.save_feeds, [edited])
    source.waits[feed.url].set()
    await polling
    held = store.read_now(feeds.feed_by_id, feed.id)
    assert held is not None
    assert (held.paused, held.name, held.min_interval, held.interval) == ("by a manager", "Our name", 3600, 3600)
    assert held.fetched_at == NOW and held.health == "ok"


async def test_a_feed_that_moves_to_one_that_is_read_already_is_paused(store: Store) -> None:
    old, new = add(store, "old"), add(store, "new")
    store.write_now(feeds.save_readings, [(old, msgspec.structs.replace(old, url=new.url))])
    held = store.read_now(feeds.feed_by_id, old.id)
    assert held is not None and held.url == old.url and "read here already" in held.paused


async def test_a_crash_after_reading_loses_nothing_and_repeats_nothing(
    store: Store, source: Scripted, room: Newsroom
) -> None:
    feed = add(store, "one")
    source.says[feed.url] = (report("1"), report("2"))
    await room.poll()
    assert store.read_now(reports.count) == 0
    again = Newsroom(store, ThreadWorkers(), {"feed": source}, clock=lambda: NOW)
    assert [one.outcome for one in await again.understand()] == ["new", "new"]
    assert await again.understand() == ()
    assert store.read_now(received.depth) == 0


async def test_a_report_that_waits_is_not_taken_in_again_but_its_revision_is(
    store: Store, source: Scripted, room: Newsroom
) -> None:
    feed = add(store, "one")
    for text in ("Two people were injured.", "Two people were injured.", "Three people were injured."):
        source.says[feed.url] = (report("1", text),)
        store.write_now(feeds.save_feeds, [msgspec.structs.replace(feed, next_at=None)])
        await room.poll()
    assert store.read_now(received.depth) == 2
    assert [one.outcome for one in await room.understand()] == ["new", "revised"]


async def test_a_report_that_cannot_be_filed_harms_no_other(
    store: Store, source: Scripted, room: Newsroom, monkeypatch
) -> None:
    feed = add(store, "one")
    source.says[feed.url] = (report("1"), report("2"), report("3"))
    file_brought = filing_module.file_brought

    def refusing(c, brought, **options):
        if any(one.id == "r2" for some in brought for one, _ in some.told):
            raise ValueError("a mistake of ours")
        return file_brought(c, brought, **options)

    monkeypatch.setattr(filing_module, "file_brought", refusing)
    await room.tick()
    assert store.read_now(reports.known, ["r1", "r2", "r3"]) == {"r1", "r3"}
    assert store.read_now(received.depth) == 1
    assert await room.understand() == ()
    monkeypatch.undo()
    await Newsroom(store, ThreadWorkers(), {"feed": source}, clock=lambda: NOW).understand()
    assert store.read_now(reports.count) == 3


async def test_rows_that_wait_for_their_turn_are_filed_in_one_transaction_and_each_feed_in_its_order(
    store: Store, source: Scripted, room: Newsroom, monkeypatch
) -> None:
    taken: list[list[str]] = []
    file_brought = filing_module.file_brought

    def noting(c, brought, **options):
        taken.append([one.id for some in brought for one, _ in some.told])
        return file_brought(c, brought, **options)

    monkeypatch.setattr(filing_module, "file_brought", noting)
    for number in range(6):
        feed = add(store, f"feed{number}")
        source.says[feed.url] = (report(f"{number}a"), report(f"{number}b"))
    filed = await room.tick()
    assert {one.outcome for one in filed} == {"new"} and len(filed) == 12
    assert sorted(one for some in taken for one in some) == sorted(f"r{n}{x}" for n in range(6) for x in "ab")
    assert len(taken) < 6
    assert all(some.index(f"r{n}a") < some.index(f"r{n}b") for some in taken for n in range(6) if f"r{n}a" in some)
    assert store.read_now(received.depth) == 0


async def test_a_second_tenant_gets_the_reports_of_a_site_that_is_read_already(
    store: Store, source: Scripted, room: Newsroom
) -> None:
    for tenant in ("t1", "t2"):
        feed = add(store, "one", tenant=tenant)
        source.says[feed.url] = (report("1"),)
        where = Destination(platform="board", tenant=tenant, channel=f"c-{tenant}")
        store.write_now(subscriptions.save_subscription, Subscription(id=f"s{tenant}", destination=where))
        await room.tick()
    owed = store.read_now(delivered.in_state, "due")
    assert sorted((one.destination.tenant, one.ref) for one in owed) == [("t1", "report:r1"), ("t2", "report:r1")]
    assert store.read_now(reports.one, "r1", tenant="t2") is not None


async def test_a_feed_that_is_given_up_is_paused_and_its_channels_are_told_in_one_transaction(
    store: Store, source: Scripted, room: Newsroom
) -> None:
    mine, other = (Destination(platform="board", tenant=tenant, channel="c1") for tenant in ("t1", "t2"))
    elsewhere = Destination(platform="board", tenant="t1", channel="c2")
    feed = add(store, "broken")
    for number, (where, only) in enumerate([(mine, ()), (other, ()), (elsewhere, ("f-other",))]):
        store.write_now(subscriptions.save_subscription, Subscription(id=f"s{number}", destination=where, feeds=only))
    source.breaks.add(feed.url)
    store.write_now(feeds.save_feeds, [msgspec.structs.replace(feed, failures=19)])
    await room.poll()
    held = store.read_now(feeds.feed_by_id, feed.id)
    assert held is not None and held.paused == "failed 20 times in a row"
    (notice,) = store.read_now(delivered.in_state, "due")
    assert (notice.kind, notice.destination) == ("notice", mine)
    assert notice.ref.startswith(f"notice:{feed.id}:")
    await room.poll()
    assert len(store.read_now(delivered.in_state, "due")) == 1


async def test_work_that_is_slow_holds_a_place_and_no_more() -> None:
    left = list(range(20))
    done: list[int] = []
    gate = asyncio.Event()

    async def take(limit: int) -> list[int]:
        return left[:limit]

    async def work(number: int) -> None:
        if number == 0:
            await gate.wait()
        left.remove(number)
        done.append(number)

    working = asyncio.create_task(work_off(take, work, name_of=str, at_once=4))
    await until(lambda: len(done) == 19)
    assert not working.done()
    gate.set()
    await working
    assert sorted(done) == list(range(20))


async def test_new_work_is_begun_while_slow_work_is_under_way(monkeypatch) -> None:
    monkeypatch.setattr(turns, "LOOK_AGAIN", 3600.0)
    left, bell, gate = ["slow"], asyncio.Event(), asyncio.Event()

    async def take(limit: int) -> list[str]:
        return left[:limit]

    async def work(name: str) -> None:
        if name == "slow":
            await gate.wait()
        left.remove(name)

    working = asyncio.create_task(work_off(take, work, name_of=str, at_once=4, bell=bell))
    await asyncio.sleep(0)
    left.append("new")
    bell.set()
    await until(lambda: left == ["slow"])
    assert not working.done()
    gate.set()
    await working
    assert left == []


async def test_a_single_reading_is_stored_at_once_and_many_together(
    store: Store, source: Scripted, monkeypatch
) -> None:
    written: list[int] = []
    receive = poller_module.receive

    def counted(c: Connection, readings, now, **more):
        written.append(len(readings))
        return receive(c, readings, now, **more)

    monkeypatch.setattr(poller_module, "receive", counted)
    monkeypatch.setattr(poller_module, "GATHERING", 3600.0)
    add(store, "single")
    await Newsroom(store, ThreadWorkers(), {"feed": source}, clock=lambda: NOW).poll()
    assert written == [1]
    monkeypatch.setattr(poller_module, "GATHERING", 0.2)
    for number in range(60):
        add(store, f"of-many{number}")
    await Newsroom(store, ThreadWorkers(), {"feed": source}, clock=lambda: NOW).poll()
    assert sum(written) == 61
    assert len(written) <= 4


def test_readings_of_removed_feeds_are_dropped(store: Store) -> None:
    feed = new_feed("https://gone.example/", tenant="t1")
    store.write_now(feeds.save_readings, [(feed, msgspec.structs.replace(feed, fetched_at=NOW + timedelta(1)))])
    assert store.read_now(feeds.feeds) == ()
