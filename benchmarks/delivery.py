"""What deliveries cost: the outbox beside a bare loop, a digest of 5,000 reports, and the way from a feed to a post.

python -m benchmarks.delivery outbox      rows claimed and completed per second, against sqlite3 alone, in turns
python -m benchmarks.delivery digest      a digest of 5,000 reports of 1,000 events, its card laid out for both platforms
python -m benchmarks.delivery latency     from a changed feed's tick to the card in the stand-in's hands, over loopback

`make bench-delivery` runs all of it. The changes of `latency` come `EVERY` seconds apart: Discord takes some five messages
in five seconds in one channel and we send four, and one host is asked at most twice a second; changes that come quicker
than that wait for their turn, which says nothing about the way.
"""

from __future__ import annotations

import argparse
import asyncio
import sqlite3
import statistics
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import pairwise
from operator import itemgetter
from pathlib import Path

import discord
import msgspec
import structlog
from aiohttp import web
from discord.http import Route

from adapters.assemble import built, running
from adapters.discord.client import DiscordDoor
from adapters.discord.render import render as render_for_discord
from adapters.slack.render import render as render_for_slack
from bot.deliver.plan import key_of
from bot.model.delivery import Delivery
from bot.model.subscription import Destination, Schedule, Subscription
from bot.queries.digests import digest_card
from bot.queries.feeds import new_feed
from bot.settings import DiscordSettings, Secret, Settings, SourceSettings, StoreSettings
from bot.store import digests, events, feeds, outbox, reports, subscriptions
from bot.store.engine import Store
from bot.store.tables import stamp
from tests.stand_ins.discord_server import DiscordServer, discord_server
from tests.stand_ins.discord_wire import GUILD
from tests.stand_ins.journal import Journal

NOW = datetime(2026, 6, 9, 12, tzinfo=UTC)
ROWS = 10_000
BATCH = 200
CHANNELS = 100
ROUNDS = 2
EVERY = 2.0
"""Seconds between two changes of the feed."""


def _owed(number: int) -> Delivery:
    where = Destination(platform="discord", tenant="discord:1", channel=f"c{number % CHANNELS}")
    ref = f"report:r{number}"
    return Delivery(
        key=key_of("post", ref, where), kind="post", destination=where, ref=ref, due_at=NOW,
        event_id=f"E-{number % 4000:04d}", subscription_id=f"s{number % CHANNELS}",
    )  # fmt: skip


def _bare(file: Path) -> float:
    """A queue as small as it can be, on the driver alone: claim a batch, complete it; rows per second."""
    held = sqlite3.connect(file, isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "cache_size=-32768"):
        held.execute(f"PRAGMA {pragma}")
    held.execute("CREATE TABLE queue (key TEXT PRIMARY KEY, number INTEGER, state TEXT, due INTEGER, value BLOB)")
    held.execute("CREATE INDEX ready ON queue (state, number)")
    held.execute("BEGIN")
    rows = [(one.key, n, "due", stamp(NOW), msgspec.json.encode(one)) for n, one in enumerate(map(_owed, range(ROWS)))]
    held.executemany("INSERT INTO queue VALUES (?, ?, ?, ?, ?)", rows)
    held.execute("COMMIT")
    claim = (
        "UPDATE queue SET state = 'leased' WHERE key IN "
        "(SELECT key FROM queue WHERE state = 'due' AND due <= ? ORDER BY number LIMIT ?) RETURNING key, value"
    )
    began, done = time.perf_counter(), 0
    while True:
        held.execute("BEGIN IMMEDIATE")
        taken = held.execute(claim, (stamp(NOW), BATCH)).fetchall()
        held.execute("COMMIT")
        if not taken:
            break
        held.execute("BEGIN IMMEDIATE")
        held.executemany("UPDATE queue SET state = 'sent' WHERE key = ?", [(key,) for key, _ in taken])
        held.execute("COMMIT")
        done += len(taken)
    spent = time.perf_counter() - began
    held.close()
    assert done == ROWS
    return done / spent


def _ours(file: Path, *, begun: bool) -> float:
    """The outbox: lease in lanes, with `begun` the fence before sending as well, complete; rows per second."""
    store = Store(f"sqlite:///{file}")
    store.migrate()
    store.write_now(outbox.enqueue, map(_owed, range(ROWS)))
    began, done = time.perf_counter(), 0
    while taken := store.write_now(
        outbox.lease, NOW, seconds=60, limit=BATCH, platforms=["discord", "slack"], holder="b"
    ):
        if begun:
            keys = [one.key for one in taken]
            assert len(store.write_now(outbox.begin, keys, holder="b", now=NOW, seconds=60)) == len(keys)
        ended = [msgspec.structs.replace(one, state="sent", leased_until=None, parts=1) for one in taken]
        store.write_now(outbox.save, *ended)
        done += len(taken)
    spent = time.perf_counter() - began
    store.close()
    assert done == ROWS
    return done / spent


def measure_outbox() -> None:
    """In turns, each on a fresh file; the best of each."""
    found: dict[str, list[float]] = {"bare": [], "claim and complete": [], "claim, begin, complete": []}
    for _ in range(ROUNDS):
        with tempfile.TemporaryDirectory() as folder:
            found["bare"].append(_bare(Path(folder, "bare.db")))
            found["claim and complete"].append(_ours(Path(folder, "ours.db"), begun=False))
            found["claim, begin, complete"].append(_ours(Path(folder, "begun.db"), begun=True))
    floor = max(found["bare"])
    for name, speeds in found.items():
        print(f"{name:24} {max(speeds):9,.0f} rows/s   {max(speeds) / floor:.2f} of bare")


def measure_digest(count: int = 5000, per_event: int = 5) -> None:
    """File so many reports for a weekly digest straight into the store, then make its card."""
    from bot.events.tell import tell
    from tests.deliver.post import told

    due = NOW + timedelta(days=1)
    with tempfile.TemporaryDirectory() as folder:
        store = Store(f"sqlite:///{Path(folder, 'd.db')}")
        store.migrate()

        def fill(c) -> None:  # type: ignore[no-untyped-def]  # a transaction's body
            for start in range(0, count, per_event):
                pairs = [
                    told(f"r{n}", f"shelling near P{start}", at=NOW + timedelta(seconds=n), killed=n % 40)
                    for n in range(start, start + per_event)
                ]
                for pair in pairs:
                    reports.save_report(c, *pair, now=NOW)
                event = msgspec.structs.replace(tell("", pairs), id=f"E-{start:04d}")
                events.save_event(c, event)
                lines = [digests.Item(f"report:{report.id}", event.id, NOW) for report, _ in pairs]
                digests.collect(c, "s", due, lines)

        store.write_now(fill)
        times = []
        for _ in range(5):
            began = time.perf_counter()
            card = store.read_now(digest_card, "s", stamp(due), tenant="t", schedule=Schedule(mode="weekly"), now=due)
            assert card is not None and f"{count:,} reports" in card.title
            render_for_discord(card)
            render_for_slack(card)
            times.append(time.perf_counter() - began)
        store.close()
    print(
        f"digest of {count:,} reports in {count // per_event:,} events: {statistics.median(times):.3f} s (median of 5)"
    )


def _feed(number: int) -> bytes:
    """A feed whose newest item is the numbered one."""
    items = "".join(
        f"<item><guid>item-{n}</guid><title>Shelling near crossing {n:03d}</title><link>https://e.example/{n}</link>"
        f"<pubDate>{format_datetime(datetime.now(UTC))}</pubDate><description>Officials in Arvo{n:03d} said shells had "
        f"hit a bridge and that {n % 9 + 2} people had been injured. The army denied it.</description></item>"
        for n in range(number, max(-1, number - 10), -1)
    )
    channel = f"<title>Wire</title><link>https://e.example</link>{items}"
    return f'<?xml version="1.0"?><rss version="2.0"><channel>{channel}</channel></rss>'.encode()


class Marks:
    """When each stage of the present round was reached, in seconds since the epoch."""

    def __init__(self) -> None:
        self.number = 0
        self.at: dict[str, float] = {}

    def reached(self, stage: str) -> None:
        """Note a stage; what is reached again keeps its first time."""
        self.at.setdefault(stage, time.time())

    def listen(self, logger: object, method: str, entry: structlog.typing.EventDict) -> structlog.typing.EventDict:
        """A processor of the log: stages are read from what is logged, and nothing is printed."""
        del logger, method
        self.reached(entry["event"])
        raise structlog.DropEvent


STAGES = ("tick", "asked", "report_stored", "posted")


@asynccontextmanager
async def _served(marks: Marks) -> AsyncIterator[str]:
    async def answer(request: web.Request) -> web.Response:
        marks.reached("asked")
        return web.Response(body=_feed(marks.number), content_type="application/rss+xml")

    app = web.Application()
    app.router.add_get("/feed.xml", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


async def measure_latency(rounds: int) -> None:
    """One feed, one Discord channel: from the tick that finds the feed changed to the post that the stand-in takes."""
    server = DiscordServer(journal=Journal())
    channel = server.add_channel()
    marks = Marks()
    structlog.configure(processors=[marks.listen])
    base, gateway = Route.BASE, discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY
    with tempfile.TemporaryDirectory() as folder:
        async with discord_server(server), _served(marks) as host:
            settings = Settings(
                store=StoreSettings(url=f"sqlite:///{Path(folder, 'l.db')}"),
                sources=SourceSettings(allow_hosts=(host,), opml=(), folders=(), full_text=False),
            )
            async with built(settings) as house:
                api, socket = f"{server.url}/api/v10", server.url.replace("http", "ws") + "/gateway/"
                door = DiscordDoor(DiscordSettings(api_base=api, gateway_url=socket), Secret("t"), house.desk)
                where = Destination(platform="discord", tenant=f"discord:{GUILD}", channel=str(channel))
                feed = new_feed(f"http://{host}/feed.xml", tenant=where.tenant, name="Wire", backfill=1)
                # Only this program ticks: the clockwork's own poll would find nothing due.
                await house.store.write(feeds.add_feed, feed)
                await house.store.write(subscriptions.save_subscription, Subscription(id="s", destination=where))
                await door.start()
                try:
                    async with running(house, {"discord": door.platform}):
                        found = [await _one(house, feed.id, server, marks, number) for number in range(1, rounds + 1)]
                finally:
                    await door.stop()
                    Route.BASE, discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = base, gateway
    # The first report of all starts the worker that understands it.
    print(f"the first change, with the start of the language worker: {1000 * found[0]['posted']:.0f} ms")
    found = found[1:]
    _row("from tick to post", [one["posted"] for one in found])
    for before, stage in pairwise(STAGES):
        _row(f"  {before} to {stage}", [one[stage] - one[before] for one in found])
    for one in sorted(found, key=itemgetter("posted"))[-3:]:
        print("  slow:", ", ".join(f"{stage} at {1000 * one[stage]:.0f} ms" for stage in STAGES[1:]))


def _row(title: str, spent: list[float]) -> None:
    spent = sorted(spent)
    p99 = spent[min(len(spent) - 1, int(len(spent) * 0.99))]
    print(f"{title:28} p50 {1000 * statistics.median(spent):4.0f} ms, p99 {1000 * p99:4.0f} ms ({len(spent)} changes)")


async def _one(house, feed_id: str, server: DiscordServer, marks: Marks, number: int) -> dict[str, float]:  # type: ignore[no-untyped-def]
    """One change: when each stage was reached, in seconds from the tick."""
    await asyncio.sleep(EVERY)
    before = sum(1 for entry in server.journal.entries if entry.get("taken"))
    held = await house.store.read(feeds.feed, feed_id)
    due = msgspec.structs.replace(held, next_at=datetime.now(UTC) - timedelta(seconds=1), etag="", body_hash="")
    await house.store.write(feeds.save_readings, [(held, due)])
    marks.number = number
    marks.at.clear()
    marks.reached("tick")
    await house.newsroom.poll()
    while True:
        posts = [entry for entry in server.journal.entries if entry.get("taken")]
        if len(posts) > before:
            reached = marks.at | {"posted": float(posts[before]["at"])}
            return {stage: reached[stage] - reached["tick"] for stage in STAGES}
        if time.time() - marks.at["tick"] > 120:
            raise SystemExit("the card did not come")
        await asyncio.sleep(0.005)


def main() -> None:
    """Measure one thing, or all."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("outbox", "digest", "latency", "all"))
    parser.add_argument("--rounds", type=int, default=60)
    given = parser.parse_args()
    if given.what in ("outbox", "all"):
        measure_outbox()
    if given.what in ("digest", "all"):
        measure_digest()
    if given.what in ("latency", "all"):
        asyncio.run(measure_latency(given.rounds))


if __name__ == "__main__":
    main()
