"""What each crafted feed of tests/sources/test_hostile_feeds.py costs, alone in a process with a parse worker's limits.

python -m benchmarks.hostile prints the table of docs/security.md: CPU (user and system) of reading alone, the most memory
of the whole process (resident, the loaded parsers included), and how it ended.
"""

from __future__ import annotations

import multiprocessing
import os
import resource
from multiprocessing.connection import Connection

from bot.model.errors import SourceError
from bot.sources.feed import parse_feed
from bot.sources.poll import PARSE_TIMEOUT
from tests.sources.test_hostile_feeds import CRAFTED, ITEM, MEBIBYTES


def ordinary_feed() -> bytes:
    """For comparison: 34 short entries."""
    return f"<rss version='2.0'><channel><title>Sample</title>{ITEM * 34}</channel></rss>".encode()


def read(body: bytes, told: Connection) -> None:
    """Read it once, in a process of its own; tells the CPU seconds spent before, and then the end."""
    parse_feed(ordinary_feed())  # what is loaded once is not the feed's cost
    resource.setrlimit(resource.RLIMIT_DATA, (MEBIBYTES * 2**20, MEBIBYTES * 2**20))
    told.send(_cpu(resource.getrusage(resource.RUSAGE_SELF)))
    try:
        told.send(f"{len(parse_feed(body, url='https://e.org/feed').entries)} entries")
    except SourceError as error:
        told.send(error.health)
    except MemoryError:
        told.send("out of memory")


def measured(body: bytes) -> tuple[float, float, str]:
    """CPU seconds, the most MiB, and the end; a process that takes longer than a worker may is ended as a worker is."""
    here, there = multiprocessing.Pipe(duplex=False)
    process = multiprocessing.get_context("spawn").Process(target=read, args=(body, there))
    process.start()
    there.close()
    before = here.recv()
    end = "ended after the worker's time"
    try:
        if here.poll(PARSE_TIMEOUT):
            end = here.recv()
    except EOFError:
        end = "out of memory (the process died)"
    process.kill()
    assert process.pid is not None
    _, _, spent = os.wait4(process.pid, 0)
    return _cpu(spent) - before, spent.ru_maxrss / 1024, end


def _cpu(spent: resource.struct_rusage) -> float:
    return spent.ru_utime + spent.ru_stime


def main() -> None:
    """One process for each feed, one after the other."""
    print("| feed | size, KiB | CPU, s | memory, MiB | ended as |\n|---|---|---|---|---|")
    for craft in (ordinary_feed, *CRAFTED):
        body = craft()
        spent, most, end = measured(body)
        print(f"| `{craft.__name__}` | {len(body) // 1024:,} | {spent:.2f} | {most:.0f} | {end} |", flush=True)


if __name__ == "__main__":
    main()
