"""Many nodes on one real PostgreSQL: each thing is done by one of them, and what a dead one held is taken over."""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from datetime import datetime, timedelta

import msgspec
import pytest
from sqlalchemy import text

from adapters.assemble import built, running
from adapters.slack.talk import Once
from bot.deliver.ledger import Ledger
from bot.model.card import Card
from bot.model.delivery import Delivery, Posted
from bot.model.errors import StoreError
from bot.model.feed import Feed
from bot.model.report import Given
from bot.model.subscription import Destination
from bot.newsroom import Newsroom
from bot.queries.desk import Desk
from bot.queries.doctor import own_clock
from bot.queries.feeds import new_feed
from bot.settings import NodeSettings, Settings, SourceSettings, StoreSettings
from bot.sources.politeness import after_reading
from bot.sources.port import Fetched
from bot.store import answered, delivered, feeds, jobs, nodes, outbox, received, reports
from bot.store.engine import Store
from bot.store.received import Received
from bot.work.local import ThreadWorkers
from bot.work.node import Fleet, Node, SharedClock
from bot.work.pgqueuer import SharedJobs
from tests.conftest import own_schema
from tests.samples import NOW
from tests.test_newsroom import Board


@pytest.fixture
def url(postgres: str, request: pytest.FixtureRequest) -> str:
    return own_schema(postgres, f"n{abs(hash(request.node.name)) % 10**8}")


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    made = Store(url)
    made.migrate()
    yield made
    made.close()


async def until(true: Callable[[], bool], seconds: float = 20) -> None:
    async with asyncio.timeout(seconds):
        while not true():  # noqa: ASYNC110  # what is waited for is in the database
            await asyncio.sleep(0.02)


def given(number: int, words: str = "") -> Given:
    said = f"The ministry said that two people were injured near bridge {number}. {words}"
    return Given(id=f"r{number}", text=said, title=f"Bridge {number}", published_at=NOW, given_hash=f"{number}{words}")


def arrive(store: Store, feed: str, *numbers: int, words: str = "") -> None:
    for number in numbers:
        row = Received(feed_id=feed, tenant="", reports=(given(number, words),))
        store.write_now(received.add, [row])


def waiting(store: Store) -> list[int]:
    return [row.number for row in store.read_now(received.first, 100)]


def pass_by(store: Store, node: str) -> None:
    """Let a node's lease run out."""
    store.write_now(lambda c: c.execute(text("UPDATE nodes SET until = 0 WHERE id = :id"), {"id": node}))


class Counting:
    """A source that counts who is asked for how often."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self.asked: Counter[str] = Counter()
        self.clock = clock

    async def fetch(self, feed: Feed) -> Fetched:
        self.asked[feed.id] += 1
        await asyncio.sleep(0.02)
        return Fetched(feed=after_reading(feed, changed=True, now=self.clock(), spread=0.5), reports=())


async def test_two_nodes_share_the_feeds_and_each_is_read_once(url: str, store: Store) -> None:
    other = Store(url)
    source = Counting(lambda: NOW)
    for number in range(250):
        store.write_now(feeds.add_feed, new_feed(f"https://f{number}.example/", tenant=""))
    rooms = []
    for each in (store, other):
        node = Node(each, lease=60)
        await node.beat()
        room = Newsroom(each, ThreadWorkers(), {"feed": source}, clock=lambda: NOW)
        room.share(node.id)
        rooms.append(room)
    await asyncio.gather(*(room.poll() for room in rooms))
    assert len(source.asked) == 250 and set(source.asked.values()) == {1}
    assert store.read_now(feeds.due_feeds, NOW, 10) == ()
    other.close()


async def test_a_host_is_asked_by_one_node_at_a_time(store: Store) -> None:
    first, second = Node(store, lease=60), Node(store, lease=60)
    await first.beat()
    await second.beat()
    for name in ("one.example/a", "one.example/b", "two.example/a"):
        store.write_now(feeds.add_feed, new_feed(f"https://{name}", tenant=""))
    (held,) = store.beside_now(nodes.lease_feeds, first.id, NOW, 1)
    taken = store.beside_now(nodes.lease_feeds, second.id, NOW, 9)
    hosts = [{feed.url.split("/")[2] for feed in some} for some in ((held,), taken)]
    assert taken and not hosts[0] & hosts[1]
    rest = store.beside_now(nodes.lease_feeds, first.id, NOW, 9)
    assert len(rest) == 2 - len(taken) and {feed.url.split("/")[2] for feed in rest} <= hosts[0]
    store.beside_now(nodes.release_feeds, first.id)
    assert all(feed.url.split("/")[2] in hosts[0] for feed in store.beside_now(nodes.lease_feeds, second.id, NOW, 9))


async def test_what_a_dead_node_held_is_taken_over_and_what_it_read_meanwhile_is_left_out(store: Store) -> None:
    store.write_now(feeds.add_feed, new_feed("https://f.example/", tenant=""))
    dead, alive = Node(store, lease=60), Node(store, lease=60)
    await dead.beat()
    await alive.beat()
    (feed,) = store.write_now(nodes.lease_feeds, dead.id, NOW, 10)
    assert store.write_now(nodes.lease_feeds, alive.id, NOW, 10) == ()
    pass_by(store, dead.id)
    await alive.beat()
    assert [node.id for node in alive.present] == [alive.id]
    assert store.write_now(nodes.lease_feeds, alive.id, NOW, 10) == (feed,)
    assert store.write_now(nodes.held_feeds, dead.id, [feed.id]) == set()
    assert store.write_now(nodes.held_feeds, alive.id, [feed.id]) == {feed.id}


async def test_one_node_is_the_keeper_and_another_becomes_it_when_it_goes(store: Store) -> None:
    first, second, third = (Node(store, lease=60) for _ in range(3))
    for node in (first, second, third):
        await node.beat()
    assert [node.keeper for node in (first, second, third)] == [True, False, False]
    did: list[str] = []

    async def upkeep() -> None:
        did.append("done")

    for node in (first, second):
        await node.kept(upkeep)()
    assert did == ["done"]
    await first.leave()
    await second.beat()
    await third.beat()
    assert second.keeper and not third.keeper and second.count == 2


async def test_a_keeper_that_is_cut_off_keeps_no_longer_than_its_lease_and_answers_on_only_alone(store: Store) -> None:
    fleet = Fleet(shared=True)
    assert not fleet.answers() and fleet.count() == 1  # not among them yet
    first, second = Node(store, lease=0.5), Node(store, lease=60)
    fleet.node = first
    await first.beat()
    assert fleet.answers()
    await asyncio.sleep(0.6)
    assert not first.keeper and fleet.answers()  # there was nobody else
    await second.beat()
    assert second.keeper and second.answers
    await first.beat()
    assert not first.keeper and not fleet.answers() and fleet.count() == 2
    assert Fleet(shared=False).answers()


async def test_nodes_go_by_the_database_s_clock_however_their_own_jumps(store: Store) -> None:
    clock = SharedClock()
    clock.set(NOW)
    node = Node(store, lease=60, clock=clock)
    await node.beat()
    assert abs(clock() - store.read_now(nodes.clock)) < timedelta(seconds=2)


def owe(store: Store, channel: str, event: str, number: int) -> str:
    where = Destination(platform="board", tenant="t1", channel=channel)
    key = f"{channel}{event}{number}"
    store.write_now(
        outbox.enqueue, [Delivery(key=key, kind="post", destination=where, ref="report:r", due_at=NOW, event_id=event)]
    )
    return key


def test_a_channel_is_posted_to_by_one_node_at_a_time_and_others_serve_the_rest(store: Store) -> None:
    ours = [owe(store, "c1", "A", 1), owe(store, "c1", "B", 2)]
    theirs = owe(store, "c2", "A", 3)
    lease = {"seconds": 60, "platforms": ["board"]}
    assert [one.key for one in store.beside_now(outbox.lease, NOW, limit=1, holder="n1", **lease)] == ours[:1]
    assert [one.key for one in store.beside_now(outbox.lease, NOW, limit=9, holder="n2", **lease)] == [theirs]
    assert [one.key for one in store.beside_now(outbox.lease, NOW, limit=9, holder="n1", **lease)] == ours[1:]
    assert store.beside_now(outbox.begin, ours[:1], holder="n1", now=NOW, seconds=60) == set(ours[:1])
    # Of what a node that is gone had begun it is not known whether it got through: that waits; the rest goes on at once.
    assert store.beside_now(outbox.hand_back, ["n1"]) == 1
    later = NOW + timedelta(seconds=61)
    assert [one.key for one in store.beside_now(outbox.lease, later, limit=9, holder="n3", **lease)] == [*ours, theirs]
    assert store.read_now(delivered.delivery, ours[0]).tried_at == NOW


async def test_an_event_that_a_platform_repeats_to_another_node_is_answered_by_the_first(
    url: str, store: Store
) -> None:
    other = Store(url)
    here, there = (Once(Desk(each, clock=lambda: NOW, understand=None)) for each in (store, other))  # type: ignore[arg-type]
    firsts = await asyncio.gather(*(once.first("Ev1") for once in (here, there)))
    assert sorted(firsts) == [False, True]
    assert await there.first("Ev2") and not await here.first("Ev2")
    assert store.write_now(answered.forget_older, NOW + timedelta(days=2)) == 2
    other.close()


async def test_what_another_has_taken_over_is_the_others_to_tell(store: Store) -> None:
    key = owe(store, "c1", "A", 1)
    lease = {"seconds": 60, "platforms": ["board"], "limit": 9}
    (slow,) = store.beside_now(outbox.lease, NOW, holder="n1", **lease)
    later = NOW + timedelta(seconds=61)
    (taken,) = store.beside_now(outbox.lease, later, holder="n2", **lease)
    assert store.beside_now(outbox.begin, [key], holder="n2", now=later, seconds=60) == {key}
    ledger = Ledger(store, holder="n1", lease_seconds=60, clock=lambda: later)
    await ledger.save(msgspec.structs.replace(slow, state="due", leased_until=None))
    assert not await ledger.begin(key)
    held = store.read_now(delivered.delivery, key)
    assert held is not None and held.state == "leased" and held.tried_at == later
    await Ledger(store, holder="n2", lease_seconds=60, clock=lambda: later).save(
        msgspec.structs.replace(taken, state="sent", leased_until=None)
    )
    held = store.read_now(delivered.delivery, key)
    assert held is not None and held.state == "sent"


async def test_a_node_that_is_stopped_ends_what_it_had_begun_and_leaves_the_rest_at_once(
    url: str, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Slow(Board):
        async def send(self, *args, **options) -> Posted:
            sending.set()
            await asyncio.sleep(0.5)
            return await super().send(*args, **options)

    async def card_of(delivery: Delivery) -> Card:
        return Card(kind="report", title=delivery.key)

    sending = asyncio.Event()
    board = Slow()
    settings = Settings(store=StoreSettings(url=url), sources=SourceSettings(opml=(), folders=()))
    async with built(settings, workers=ThreadWorkers()) as house:
        monkeypatch.setattr(house, "card_of", card_of)
        keys = [owe(house.store, "c1", event, number) for number, event in enumerate("ABC")]
        async with running(house, {"board": board}):
            await sending.wait()
        states = [store.read_now(delivered.delivery, key).state for key in keys]
        assert states == ["sent", "due", "due"] and list(board.posts) == keys[:1]
        assert store.read_now(nodes.present) == ()


async def test_jobs_are_done_once_by_whichever_node_is_free(url: str, store: Store) -> None:
    other = Store(url)
    did: Counter[int] = Counter()

    async def work(number: int) -> None:
        did[number] += 1
        await asyncio.sleep(0.005)
        store.write_now(received.remove, number)

    arrive(store, "f1", *range(40))
    rows = waiting(store)
    tasks = [asyncio.create_task(SharedJobs(each, lease=30, at_once=4).run(work)) for each in (store, other)]
    await until(lambda: not waiting(store))
    arrive(store, "f1", 99)
    await until(lambda: sum(did.values()) == 41, seconds=3)  # it was rung for
    await until(lambda: store.read_now(jobs.depth) == {})
    assert set(rows) < set(did) and set(did.values()) == {1}
    await ended(*tasks)
    other.close()


async def test_a_node_that_has_enough_to_do_leaves_the_rest_to_another(url: str, store: Store) -> None:
    other = Store(url)
    did: dict[str, list[int]] = {"busy": [], "free": []}

    def worker(name: str) -> Callable[[int], Awaitable[None]]:
        async def work(number: int) -> None:
            did[name].append(number)
            await asyncio.sleep(0.005)
            store.write_now(received.remove, number)

        return work

    busy = True
    arrive(store, "f1", *range(10))
    first = SharedJobs(store, lease=30, busy=lambda: busy)
    tasks = [
        asyncio.create_task(first.run(worker("busy"))),
        asyncio.create_task(SharedJobs(other, lease=30).run(worker("free"))),
    ]
    await until(lambda: not waiting(store))
    assert did["busy"] == [] and len(did["free"]) == 10
    await ended(tasks[1])
    arrive(store, "f1", 99)
    busy = False
    first.ring()
    await until(lambda: did["busy"] != [])
    await ended(tasks[0])
    other.close()


async def test_a_job_of_a_node_that_died_is_done_by_another(store: Store) -> None:
    arrive(store, "f1", 1)
    stuck = asyncio.Event()

    async def hang(number: int) -> None:
        stuck.set()
        await asyncio.Event().wait()

    dying = SharedJobs(store, lease=1, at_once=2)
    await dying._take(hang, 1)  # as a process that is killed: it takes a job, and is not heard of again
    await stuck.wait()
    did: list[int] = []

    async def work(number: int) -> None:
        did.append(number)
        store.write_now(received.remove, number)

    alive = asyncio.create_task(SharedJobs(store, lease=1, at_once=2).run(work))
    await until(lambda: bool(did))
    assert did == waiting(store) or not waiting(store)
    for task in dying._in_hand.values():
        task.cancel()
    await ended(alive)


async def test_a_job_that_fails_is_put_off_and_harms_no_other(store: Store) -> None:
    arrive(store, "f1", 1, 2)
    bad, good = waiting(store)
    did: list[int] = []

    async def work(number: int) -> None:
        if number == bad:
            raise ValueError("a mistake")
        did.append(number)

    task = asyncio.create_task(SharedJobs(store, lease=30).run(work))
    await until(lambda: store.read_now(jobs.depth) == {"queued": 1})
    assert did == [good]
    await ended(task)


async def test_rows_without_a_job_get_one(store: Store) -> None:
    arrive(store, "f1", 1, 2)
    store.write_now(lambda c: c.execute(text("TRUNCATE pgqueuer")))  # as after a crash of the server
    assert store.write_now(jobs.mend) == 2 and store.write_now(jobs.mend) == 0
    assert store.read_now(jobs.depth) == {"queued": 2}


async def test_a_feed_s_rows_are_filed_in_their_order_by_whichever_node(store: Store) -> None:
    def room() -> Newsroom:
        return Newsroom(store, ThreadWorkers(), {}, clock=lambda: NOW)

    arrive(store, "f1", 7)
    arrive(store, "f1", 7, words="A third was killed, it added.")
    first, second = waiting(store)
    assert await room().do(second) is None  # understood, and left until what came before is filed
    assert waiting(store) == [first, second] and store.read_now(reports.count) == 0
    assert await room().do(first) is None
    assert waiting(store) == []
    told = store.read_now(reports.one, "r7")
    assert told is not None and "third" in told[0].text and len(store.read_now(reports.revisions, "r7")) == 1
    assert await room().do(second) is None  # a job that comes again finds nothing to do


async def test_two_writers_that_look_and_then_write_never_come_in_between(url: str, store: Store) -> None:
    others = [Store(url) for _ in range(3)]

    def count_on(c) -> None:
        at = c.execute(text("SELECT value FROM counters WHERE name = 'x'")).scalar() or 0
        c.execute(text("DELETE FROM counters WHERE name = 'x'"))
        c.execute(text("INSERT INTO counters VALUES ('x', :at)"), {"at": at + 1})

    await asyncio.gather(*(each.write(count_on) for each in [store, *others] * 10))
    assert store.read_now(lambda c: c.execute(text("SELECT value FROM counters")).scalar()) == 40
    for each in others:
        each.close()


async def test_the_doctor_and_the_metrics_know_who_holds_what_and_what_waits(url: str) -> None:
    settings = Settings(
        store=StoreSettings(url=url), sources=SourceSettings(opml=(), folders=()), nodes=NodeSettings("n1")
    )
    async with built(settings, workers=ThreadWorkers()) as house:
        assert any(one.area == "nodes" and one.level == "warning" for one in await house.examine())
        store = house.store
        node = await house.join()
        assert node is not None
        dead = Node(store, name="n2", lease=60)
        await dead.beat()
        for number in range(3):
            store.write_now(feeds.add_feed, new_feed(f"https://f{number}.example/", tenant=""))
        store.write_now(nodes.lease_feeds, node.id, house.clock(), 2)
        arrive(store, "f1", 1, 2)
        pass_by(store, dead.id)
        store.write_now(lambda c: c.execute(text("UPDATE pgqueuer SET created = now() - interval '1 hour'")))
        found = {one.area: [] for one in await house.examine()}
        for one in await house.examine():
            found[one.area].append(one)
        mine, theirs = found["nodes"]
        assert mine.told.startswith("n1 ") and "2 feeds" in mine.told and "the keeper" in mine.told
        assert theirs.level == "warning" and theirs.told.startswith("n2 ") and theirs.hint
        (waits,) = found["queue"]
        assert waits.level == "warning" and waits.told.startswith("2 jobs wait") and "another node" in waits.hint
        assert all(one.level == "ok" for one in found["clock"])
        await node.beat()
        told = (await house.measure()).decode()
    for line in ("sitrep_nodes 1.0", "sitrep_keeper 1.0", 'sitrep_node_holds{what="feeds"} 2.0'):
        assert line in told
    assert 'sitrep_jobs{state="queued"} 2.0' in told and "sitrep_reports_waiting 2.0" in told


def test_a_machine_whose_clock_is_off_is_told() -> None:
    assert own_clock(NOW, NOW + timedelta(seconds=5)).level == "ok"
    off = own_clock(NOW + timedelta(minutes=10), NOW)
    assert off.level == "warning" and "600 s ahead" in off.told and "NTP" in off.hint


async def ended(*tasks: asyncio.Task[None]) -> None:
    for task in tasks:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError, StoreError):
            await task
