"""What each crafted feed of tests/sources/test_hostile_feeds.py costs, alone in a process with a parse worker's limits.

python -m benchmarks.hostile prints the table of docs/security.md: CPU (user and system) of reading alone, the most memory
of the whole process (resident, the loaded parsers included), and how it ended.
"""

from __future__ import annotations

import multiprocessing
import resource
from multiprocessing.connection import Connection

from bot.model.errors import SourceError
from bot.sources.feed import parse_feed
from tests.sources.test_hostile_feeds import CRAFTED, ITEM, MEBIBYTES


def ordinary_feed() -> bytes:
    """For comparison: 34 short entries."""
    return f"<rss version='2.0'><channel><title>Sample</title>{ITEM * 34}</channel></rss>".encode()


def read(body: bytes, told: Connection) -> None:
    """Read it once; tells CPU seconds, MiB and the end. Runs in a process of its own."""
    parse_feed(ordinary_feed())  # what is loaded once is not the feed's cost
    resource.setrlimit(resource.RLIMIT_DATA, (MEBIBYTES * 2**20, MEBIBYTES * 2**20))
    before = resource.getrusage(resource.RUSAGE_SELF)
    try:
        end = f"{len(parse_feed(body, url='https://e.org/feed').entries)} entries"
    except SourceError as error:
        end = error.health
    except MemoryError:
        end = "out of memory"
    after = resource.getrusage(resource.RUSAGE_SELF)
    spent = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    told.send((spent, after.ru_maxrss / 1024, end))


def main() -> None:
    """One process for each feed, one after the other."""
    spawn = multiprocessing.get_context("spawn")
    print("| feed | size, KiB | CPU, s | memory, MiB | ended as |\n|---|---|---|---|---|")
    for craft in (ordinary_feed, *CRAFTED):
        body = craft()
        here, there = spawn.Pipe(duplex=False)
        process = spawn.Process(target=read, args=(body, there))
        process.start()
        there.close()
        try:
            spent, most, end = here.recv()
            print(f"| `{craft.__name__}` | {len(body) // 1024:,} | {spent:.3f} | {most:.0f} | {end} |", flush=True)
        except EOFError:
            print(f"| `{craft.__name__}` | {len(body) // 1024:,} | – | – | the process died |", flush=True)
        process.join()


if __name__ == "__main__":
    main()
