"""A node under a watch desk's load: every feed read once in a quarter of an hour, one in twenty of them changed.

`begin` takes PORT FEEDS SECONDS DIRECTORY. The quarter of an hour passes in SECONDS: the clock that the
bot is given runs faster, the readings, their pace among each other and all that follows (articles apart) are the real ones,
with worker processes. Every feed has a host of its own and 34 known reports. CPU and memory are those of all processes.
"""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import os
import sys
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import structlog
from sqlalchemy import Connection, delete, insert

from bot.model.report import Given, Report
from bot.model.summary import Summary
from bot.newsroom import Newsroom
from bot.queries.feeds import new_feed
from bot.sources.fetch import Fetcher
from bot.sources.poll import FeedSource
from bot.store import feeds, received, reports
from bot.store import tables as t
from bot.store.engine import Store
from bot.work.collector import settle
from bot.work.local import ProcessWorkers

QUARTER = 900.0
TICK = 5.0
_BEGUN = datetime(2026, 1, 6, tzinfo=UTC)


def _family() -> list[int]:
    """The process ids of this process, first, and of all that it has started, by whichever of its threads."""
    found, new = [os.getpid()], [os.getpid()]
    while new:
        parents, new = new, []
        for parent in parents:
            for thread in Path(f"/proc/{parent}/task").glob("*/children"):
                with suppress(OSError):
                    new += map(int, thread.read_text(encoding="ascii").split())
        found += new
    return found


def _memory(pid: int, kind: str = "Pss") -> float:
    """MiB of a process, 0 where it has ended: PSS (pages that several share are counted in parts) or RSS."""
    try:
        told = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii")
    except OSError:
        return 0.0
    return next(int(line.split()[1]) for line in told.splitlines() if line.startswith(f"{kind}:")) / 1024


def _cpu(pid: int) -> float:
    """CPU seconds of a process."""
    try:
        told = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(told[11]) + int(told[12])) / os.sysconf("SC_CLK_TCK")


def _host(number: int) -> str:
    return f"127.{1 + number // 60000}.{number // 250 % 240}.{1 + number % 250}"


def _hosts(port: int, count: int) -> list[str]:
    return [f"{_host(number)}:{port}" for number in range(count)]


def _known(c: Connection) -> int:
    """File what has come in as if it had been understood long ago."""
    done = 0
    encode = msgspec.json.Encoder().encode
    while rows := received.first(c, 100):
        held = [(row, given) for row in rows for given in row.reports]
        c.execute(
            insert(t.reports),
            [
                {
                    "id": given.id, "feed_id": row.feed_id, "outlet": given.outlet, "published_at": t.stamp(_at(given)),
                    "fetched_at": t.stamp(_at(given)), "revision": 1, "value": encode(_plain(given)),
                    "summary": encode(Summary(id=given.id, headline=given.title or "")),
                }
                for row, given in held
            ],
        )  # fmt: skip
        c.execute(
            insert(t.sightings),
            [{"tenant": row.tenant, "report_id": given.id, "published_at": t.stamp(_at(given))} for row, given in held],
        )
        c.execute(delete(t.received).where(t.received.c.number.in_([row.number for row in rows])))
        done += len(held)
    return done


def _at(given: Given) -> datetime:
    return given.published_at or datetime(2026, 1, 1, tzinfo=UTC)


def _plain(given: Given) -> Report:
    fields = {name: value for name, value in msgspec.structs.asdict(given).items() if name != "markup"}
    return Report(**fields)


async def prepare(port: int, count: int, directory: Path) -> None:
    """Read all feeds once, and file what they say as if it had been understood long ago."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(40))
    now = _BEGUN
    store = Store(f"sqlite:///{directory / 'node'}.db")
    store.migrate()
    workers = ProcessWorkers()
    hosts = _hosts(port, count)
    async with Fetcher(allow_hosts=hosts) as fetcher:
        room = Newsroom(store, workers, {"feed": FeedSource(fetcher, workers.run, lambda: now)}, clock=lambda: now)
        for start in range(0, count, 500):
            store.write_now(_add, [(n, f"http://{hosts[n]}/live/{n}") for n in range(start, min(count, start + 500))])
        await room.poll()
        known = store.write_now(_known)
        assert known == 34 * count, "not all was read"
        begun_at = _BEGUN + timedelta(days=1)
        held = store.read_now(feeds.feeds)
        spread = [
            msgspec.structs.replace(feed, next_at=begun_at + timedelta(seconds=QUARTER * place / count))
            for place, feed in enumerate(held)
        ]
        store.write_now(feeds.save_feeds, spread)
    await workers.close()
    store.close()


async def main(port: int, count: int, seconds: float, directory: Path) -> None:
    """Read all once, spread over the compressed quarter of an hour: a bot that has just been started on its store."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(40))
    begun_at = now = _BEGUN + timedelta(days=1)
    store = Store(f"sqlite:///{directory / 'node'}.db")
    known = store.read_now(reports.count)
    workers = ProcessWorkers()
    async with Fetcher(allow_hosts=_hosts(port, count)) as fetcher:
        room = Newsroom(store, workers, {"feed": FeedSource(fetcher, workers.run, lambda: now)}, clock=lambda: now)
        settle()
        await workers.run(len, "warm", lane="parse", timeout=30)
        await room.understood(Report(id="r", text="The ministry said that two people were injured."))
        before = {pid: _cpu(pid) for pid in _family()}
        begun, most, resident, each = time.monotonic(), 0.0, 0.0, [0.0]
        ticks = int(QUARTER / TICK)
        for tick in range(1, ticks + 1):
            now = begun_at + timedelta(seconds=TICK * tick)
            await room.tick()
            used = [_memory(pid) for pid in _family()]
            resident = max(resident, sum(_memory(pid, "Rss") for pid in _family()))
            if sum(used) > most:
                most, each = sum(used), used
            await asyncio.sleep(max(0.0, begun + seconds * tick / ticks - time.monotonic()))
        spent = sum(_cpu(pid) - before.get(pid, 0.0) for pid in _family())
        read = [feed for feed in store.read_now(feeds.feeds) if feed.fetched_at and feed.fetched_at > begun_at]
        told = {
            "cpu": spent,
            "memory": most,
            "resident": resident,
            "each": [round(one) for one in each],
            "readings": len(read),
            "changed": sum(bool(feed.changed_at and feed.changed_at > begun_at) for feed in read),
            "reports": store.read_now(reports.count) - known,
            "took": time.monotonic() - begun,
        }
    await workers.close()
    store.close()
    print(json.dumps(told))


def _add(c: Connection, urls: list[tuple[int, str]]) -> None:
    for number, url in urls:
        feed = new_feed(url, tenant="", name=f"Outlet {number}", backfill=0)
        feeds.add_feed(c, msgspec.structs.replace(feed, min_interval=900, interval=900, max_interval=900))


def begin() -> None:
    """Take the arguments. Called from a command without a module of its own, as `sitrep` is: workers load that again."""
    port, count, directory = int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[4])
    preparing = multiprocessing.get_context("spawn").Process(target=_prepare, args=(port, count, directory))
    preparing.start()
    preparing.join()
    assert preparing.exitcode == 0, "the store could not be prepared"
    asyncio.run(main(port, count, float(sys.argv[3]), directory))


def _prepare(port: int, count: int, directory: Path) -> None:
    asyncio.run(prepare(port, count, directory))
