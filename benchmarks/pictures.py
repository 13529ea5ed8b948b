"""How long pictures take to draw, and how large they are: `make bench-pictures`.

Figures are CPU time of one process; the first picture of a worker includes loading what draws.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import numpy as np
from rich.console import Console
from rich.table import Table

from bot.model.card import Attachment, Card, Line, Section
from bot.model.event import Event, TollEntry

START = datetime(2024, 6, 11, 5, tzinfo=UTC)
STATES = ("killed", "injured", "missing", "unspecified")
_FIRST = (
    "import time; from benchmarks.pictures import event; told = event(12, 3, 2); began = time.process_time(); "
    "from bot.queries.charts import toll_chart; toll_chart(told); print(time.process_time() - began)"
)


def event(points: int, speakers: int, states: int) -> Event:
    """An event with so many figures, of so many speakers, in so many states; every fifth is a range."""
    tolls = tuple(
        TollEntry(
            report=f"r{n}",
            casualty=f"k{n}",
            at=START + timedelta(hours=3 * n),
            state=STATES[n % states],  # type: ignore[arg-type]  # they are states
            min=5 + n,
            max=5 + n + (4 if n % 5 == 0 else 0),
            qualifier="exact",
            scope="event",
            speaker=f"Ministry of Extraordinary Situations of Region {n % speakers}",
            corrects=n % 17 == 3,
        )
        for n in range(points)
    )
    return Event(
        id="MAR-0007",
        title="Strike on a market in the old town",
        reports=("r1",),
        outlets=1,
        origins=1,
        first_at=START,
        last_at=START,
        tolls=tolls,
    )


def card(kind: str, lines: int) -> Card:
    """A card with so many lines in each section."""
    of = tuple(
        Line(text="Ministry: " + "its forces had not been near the town " * 4, note="⟂ denied by Kestria", at=START)
        for _ in range(lines)
    )
    sections = tuple(Section(heading=side, lines=of) for side in ("Osmia", "Kestria")[: 2 if kind == "compare" else 1])
    return Card(kind=kind, title="Two accounts", tag="MAR-0007", sections=sections)  # type: ignore[arg-type]  # a kind


def drawn() -> dict[str, Callable[[], Attachment | None]]:
    """What is drawn."""
    from bot.queries.charts import toll_chart
    from bot.queries.pictures import over_time, two_columns

    return {
        "toll, one point": lambda: toll_chart(event(1, 1, 1)),
        "toll, 12 points, 3 speakers, 2 states": lambda: toll_chart(event(12, 3, 2)),
        "toll, 50 points, 3 speakers, 2 states": lambda: toll_chart(event(50, 3, 2)),
        "toll, 300 points, 40 speakers, 4 states": lambda: toll_chart(event(300, 40, 4)),
        "two accounts, 5 claims each": lambda: two_columns(card("compare", 5)),
        "timeline, 16 lines": lambda: over_time(card("timeline", 16)),
    }


def main() -> None:
    """Print milliseconds and kilobytes."""
    table = Table("picture", "p50 ms", "p99 ms", "kB")
    for name, draw in drawn().items():
        spent, size = [], 0
        for _ in range(40):
            began = time.process_time()
            made = draw()
            spent.append(1000 * (time.process_time() - began))
            size = len(made.content) if made else 0
        table.add_row(name, *(f"{value:.0f}" for value in np.percentile(spent, [50, 99])), f"{size / 1000:.0f}")
    first = subprocess.run([sys.executable, "-c", _FIRST], capture_output=True, text=True, check=True)
    table.add_row("first of a new process (12 points)", f"{1000 * float(first.stdout):.0f}", "", "")
    Console().print(table)


if __name__ == "__main__":
    main()
