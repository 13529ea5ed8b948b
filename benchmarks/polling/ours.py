"""Our side: polls a loopback server's feeds with the poller, store and client that the bot runs.

python -m benchmarks.polling.ours PORT FEEDS DIRECTORY; prints one JSON object: CPU seconds for each state of the feeds,
workers included. Reports are stored as they came in; understanding and filing them is measured elsewhere. One host plays all sites, so that the courtesy towards hosts is switched off.
"""

from __future__ import annotations

import asyncio
import json
import resource
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import structlog

from bot.newsroom import Newsroom
from bot.queries.feeds import new_feed
from bot.sources.fetch import Fetcher
from bot.sources.poll import FeedSource
from bot.store import feeds, received
from bot.store.engine import Store
from bot.work.collector import settle
from bot.work.local import ProcessWorkers

WARM_UP = 20
"""Feeds that are read before anything is measured, on every side."""


def cpu() -> float:
    """CPU seconds of this process and of its ended children."""
    both = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(spent.ru_utime + spent.ru_stime for spent in both)


async def polled(port: int, count: int, directory: Path, kind: str) -> dict[str, float]:
    """CPU seconds of a first and a second reading of all feeds."""
    now = datetime(2026, 1, 6, tzinfo=UTC)
    store = Store(f"sqlite:///{directory / kind}.db")
    store.migrate()
    workers = ProcessWorkers()
    opened = f"127.0.0.1:{port}"
    spent: dict[str, float] = {}
    async with Fetcher(allow_hosts=[opened], per_host=50, spacing=0.0) as fetcher:
        room = Newsroom(store, workers, {"feed": FeedSource(fetcher, workers.run, lambda: now)}, clock=lambda: now)
        store.write_now(_add, [f"http://{opened}/{kind}/{1_000_000 + n}" for n in range(WARM_UP)])
        await room.poll()
        store.write_now(_remove_all)  # as the peer's side does
        settle()  # as the bot does when it has started
        for start in range(0, count, 1000):
            store.write_now(_add, [f"http://{opened}/{kind}/{n}" for n in range(start, min(count, start + 1000))])
        begun = cpu()
        await room.poll()
        spent["new"] = cpu() - begun
        assert store.read_now(received.depth) == 34 * (count + WARM_UP), "not all was read"
        now += timedelta(days=1)
        begun = cpu()
        await room.poll()
        spent["304" if kind == "etag" else "same"] = cpu() - begun
        assert store.read_now(feeds.due_feeds, now, 1) == ()
    await workers.close()
    store.close()
    return spent


def _add(c, urls):  # type: ignore[no-untyped-def]
    for url in urls:
        feeds.add_feed(c, new_feed(url, tenant="", name=url, backfill=0))


def _remove_all(c):  # type: ignore[no-untyped-def]
    for feed in feeds.feeds(c):
        feeds.remove_feed(c, feed.id, tenant="")


async def main(port: int, count: int, directory: Path) -> None:
    """Both kinds of feeds; the first reading is that of the first kind."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(40))
    print(json.dumps(await polled(port, count, directory, "plain") | await polled(port, count, directory, "etag")))


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3])))
