"""CPU per feed of polling, ours beside the peers', in one run.

    python -m benchmarks.polling compare [--feeds 300] [--rounds 3]   with lemon24/reader, and bare aiohttp + fastfeedparser
    python -m benchmarks.polling growth                               1,000, 3,000 and 10,000 feeds; draws docs/pictures/polling-growth.png
    python -m benchmarks.polling node                                 6,000 feeds every 15 minutes, 95 % unchanged

The feeds (34 entries, 34 KiB) come from a loopback server in another process. CPU is that of all threads and workers, user
and system; the machine may be shared, so that ratios within a run say more than the figures.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
PEERS = Path("build/bench/bin/python")
PICTURE = Path("docs/pictures/polling-growth.png")
STATES = {"new": "all new", "304": "304", "same": "same body"}


@contextmanager
def serving() -> Iterator[str]:
    """The loopback server's port, while it runs."""
    server = subprocess.Popen(
        [sys.executable, str(HERE / "server.py")], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert server.stdout is not None and server.stdin is not None
    try:
        yield server.stdout.readline().strip()
    finally:
        server.stdin.close()
        server.wait(10)


def run(command: list[str], *arguments: object) -> dict[str, Any]:
    """What a side prints."""
    with tempfile.TemporaryDirectory() as directory:
        whole = [*command, *map(str, arguments), directory]
        told = subprocess.run(whole, check=True, capture_output=True, text=True, timeout=900)
    found: dict[str, Any] = json.loads(told.stdout.splitlines()[-1])
    return found


OURS = [sys.executable, "-m", "benchmarks.polling.ours"]


def compare(feeds: int, rounds: int) -> None:
    """Rounds of all three sides in turn; the table of medians, in milliseconds of CPU per feed."""
    sides: dict[str, list[dict[str, float]]] = {"ours": [], "bare": [], "reader": []}
    with serving() as port:
        for _ in range(rounds):
            sides["ours"].append(run(OURS, port, feeds))
            sides["bare"].append(run([str(PEERS), str(HERE / "peers.py"), "bare"], port, feeds))
            sides["reader"].append(run([str(PEERS), str(HERE / "peers.py"), "reader"], port, feeds))
    print(
        f"| CPU per feed, ms (median of {rounds} × {feeds} feeds) | Sitrep | lemon24/reader | bare aiohttp + fastfeedparser | reader : Sitrep (each round) |"
    )
    print("|---|---|---|---|---|")
    for state, words in STATES.items():
        cost = {side: [1000 * one[state] / feeds for one in told] for side, told in sides.items()}
        middle = {side: statistics.median(values) for side, values in cost.items()}
        ratios = [theirs / ours for theirs, ours in zip(cost["reader"], cost["ours"], strict=True)]
        shown = ", ".join(f"{ratio:.1f}" for ratio in sorted(ratios))
        print(
            f"| {words} | {middle['ours']:.2f} | {middle['reader']:.2f} | {middle['bare']:.2f} "
            f"| {statistics.median(ratios):.1f} ({shown}) |"
        )


def growth(rounds: int) -> None:
    """CPU per feed over the number of feeds, ours and bare, each round in turn; prints a table and draws a picture."""
    counts = (1000, 3000, 10000)
    found: dict[str, dict[int, list[dict[str, float]]]] = {side: {n: [] for n in counts} for side in ("Sitrep", "bare")}
    with serving() as port:
        for _ in range(rounds):
            for count in counts:
                found["Sitrep"][count].append(run(OURS, port, count))
                found["bare"][count].append(run([str(PEERS), str(HERE / "peers.py"), "bare"], port, count))
    lines = {
        (side, state): [statistics.median(1000 * one[state] / count for one in found[side][count]) for count in counts]
        for side in found
        for state in STATES
    }
    print("| CPU per feed, ms | " + " | ".join(f"{count:,}" for count in counts) + " | growth |")
    print("|---|" + "---|" * (len(counts) + 1))
    for (side, state), values in lines.items():
        told = " | ".join(f"{value:.2f}" for value in values)
        print(f"| {side}, {STATES[state]} | {told} | {100 * (values[-1] / values[0] - 1):+.0f} % |")
    from benchmarks.polling.picture import draw

    draw(counts, lines, PICTURE)
    print(f"drew {PICTURE}")


def node(feeds: int, seconds: float) -> None:
    """A node's load over a compressed quarter of an hour; see `benchmarks.polling.node`."""
    with serving() as port:
        begin = "from benchmarks.polling.node import begin; begin()"
        told = run([sys.executable, "-c", begin], port, feeds, seconds)
    share = 100 * told["cpu"] / 900
    print(
        f"{feeds:,} feeds, each read {told['readings'] / feeds:.2f} times; {told['changed']:,.0f} readings brought {told['reports']:,.0f} reports"
    )
    print(f"CPU of all processes: {told['cpu']:.1f} s for a quarter of an hour's readings = {share:.1f} % of a core")
    print(
        f"memory, the most of all processes together: {told['memory']:.0f} MiB (PSS; each, the bot first: {told['each']}), "
        f"{told['resident']:.0f} MiB (RSS, shared pages counted for each)"
    )


def main() -> None:
    """See the module."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("what", choices=("compare", "growth", "node"))
    asked.add_argument("--feeds", type=int, default=0)
    asked.add_argument("--rounds", type=int, default=3)
    asked.add_argument("--seconds", type=float, default=60.0)
    given = asked.parse_args()
    if given.what == "compare":
        compare(given.feeds or 300, given.rounds)
    elif given.what == "growth":
        growth(given.rounds)
    else:
        node(given.feeds or 6000, given.seconds)


if __name__ == "__main__":
    main()
