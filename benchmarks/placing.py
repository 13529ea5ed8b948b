"""How long adding a report to a store of many events takes: CPU per report, and whether it grows with the events.

    python -m benchmarks.placing                  # stores of 1,000, 10,000 and 100,000 events, SQLite in a file
    python -m benchmarks.placing 1000 --plan      # the query plans as well

Reports are generated from a vocabulary with a realistic skew: a few places are in the news every day, most words are
rare; most events have one report, some have hundreds. Events come at the same pace whatever their number, 60 a day;
what lies further back than the window of likeness is stored as plain rows, one report an event.
"""

from __future__ import annotations

import random
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from pathlib import Path

import msgspec
from rich.progress import track
from sqlalchemy import Connection, insert, text

from bot.events import traits
from bot.events.tell import tell
from bot.events.traits import looked_up_by, traits_of
from bot.model.report import Report
from bot.model.summary import Actor, CasualtyFigure, Claim, Summary
from bot.placing import TERMS, place
from bot.store import events, reports
from bot.store import tables as t
from bot.store.engine import Store
from bot.work.collector import settle

A_DAY = 60
ADDED = 200
RECENT = 540
"""Events of the last nine days, stored in full."""
BACKGROUND = Path(traits.__file__).parent / "background.tsv"
_BEGAN = datetime(2024, 1, 1, tzinfo=UTC)
_EXPONENT = 0.6
_COUNTRIES = ("UA", "RU", "SD", "ML", "IL", "PS", "MM", "CD")
_ACTS = ("shelled", "bombed", "attacked", "struck", "raided")

Told = tuple[Report, Summary]


class World:
    """Words and happenings, the same for a seed."""

    def __init__(self, seed: int = 7) -> None:
        self._random = random.Random(seed)
        known = [line.split("\t") for line in BACKGROUND.read_text(encoding="utf-8").splitlines() if line[0] != "#"]
        self._common = [word for word, _ in known]
        self._shares = list(accumulate(float(share) for _, share in known))
        self._words = [self._word() for _ in range(40_000)]
        self._weights = list(accumulate(1 / rank**_EXPONENT for rank in range(1, len(self._words) + 1)))
        self._sizes = list(accumulate(1 / size**2.1 for size in range(1, 401)))

    def _word(self) -> str:
        return "".join(self._random.choice("bdfgklmnprstvz") + self._random.choice("aeiou") for _ in range(4))

    def words(self, count: int) -> list[str]:
        """Words as often as they are in the news."""
        return self._random.choices(self._common, cum_weights=self._shares, k=count)

    def places(self, count: int) -> list[str]:
        """Names of places: a few are in the news every day."""
        return self._random.choices(self._words, cum_weights=self._weights, k=count)

    def size(self) -> int:
        """How many reports an event has."""
        return self._random.choices(range(1, 401), cum_weights=self._sizes)[0]

    def happening(self) -> tuple[str, ...]:
        """What all reports of one event name: its place and what it is about."""
        return tuple(word.capitalize() for word in self.places(2)) + tuple(self._random.choices(self._words, k=6))

    def report(self, id: str, happening: tuple[str, ...], at: datetime) -> Told:
        """A report of a happening: 180 words, six claims of two sides, two figures."""
        sides = self._random.sample(_COUNTRIES, 2)
        body: list[str] = []
        claims: list[Claim] = []
        figures: list[CasualtyFigure] = []
        length = 0
        for n in range(6):
            said = f"{self._random.choice(_ACTS)} the {happening[2]} in {happening[0]} near {happening[1]} with {' '.join(self.words(14))}"
            number = self._random.randint(2, 60)
            content = f"{sides[(n + 1) % 2]} forces {said}, killing {number} people"
            sentence = f"The ministry {n % 2} said {content} {' '.join(self._random.sample(happening, 4))}. "
            start = length + sentence.index(content)
            span = (start, start + len(content))
            stance = "denies" if n == 3 else "accuses" if n == 0 else "asserts"
            claims.append(Claim(id=f"c{n}", content=(span,), sentence=span, speaker=f"a{n % 2}", stance=stance))
            if n in (1, 4):
                victims = (start + content.index(str(number)), span[1])
                figures.append(
                    CasualtyFigure(
                        id=f"k{n}", state="killed", min=number, max=number, qualifier="exact", victims=victims,
                        sentence=span, number=(victims[0], victims[0] + len(str(number))), according_to=f"c{n}",
                    )
                )  # fmt: skip
            body.append(sentence)
            length += len(sentence)
        actors = tuple(
            Actor(id=f"a{n}", name=f"Ministry of Defence of {side}", type="military", country=side)
            for n, side in enumerate(sides)
        )
        told = Report(
            id=id, text="".join(body), title=f"Strike in {happening[0]}: {' '.join(happening[2:5])}",
            outlet=f"Outlet {self._random.randint(1, 300)}", published_at=at,
        )  # fmt: skip
        return told, Summary(
            id=id, headline=told.title or "", actors=actors, claims=tuple(claims), casualties=tuple(figures)
        )


def filled(world: World, count: int) -> Iterator[tuple[list[Told], tuple[str, ...]]]:
    """As many events, in the order of their days: each one's reports and what they name."""
    for number in range(max(0, count - RECENT), count):
        happening = world.happening()
        at = _BEGAN + timedelta(days=number / A_DAY)
        hours = sorted(world._random.uniform(0, 72) for _ in range(world.size()))
        yield (
            [world.report(f"e{number}-{n}", happening, at + timedelta(hours=hour)) for n, hour in enumerate(hours)],
            happening,
        )


def store_event(c: Connection, told: list[Told], number: int) -> None:
    """Put an event and its reports into the tables, as placing would have left them."""
    encode = msgspec.json.encode
    for report, summary in told:
        at = t.stamp(report.published_at or _BEGAN)
        c.execute(
            insert(t.reports).values(
                id=report.id, published_at=at, fetched_at=at, outlet=report.outlet, value=encode(report),
                summary=encode(summary),
            )
        )  # fmt: skip
        about = traits_of(report, summary)
        heaviest = looked_up_by(about, TERMS)
        events.save_traits(c, report.id, about.at, encode(about), heaviest, revised=False)
    events.save_event(c, tell(f"EVT-{number:06d}", told[-12:] if len(told) > 12 else told))
    event = events.event(c, f"EVT-{number:06d}")
    assert event is not None
    events.save_event(c, msgspec.structs.replace(event, reports=tuple(report.id for report, _ in told)))


def store_older(c: Connection, world: World, count: int) -> None:
    """Put events of earlier days into the tables, one report each."""
    encode = msgspec.json.encode
    for number in range(count):
        told = world.report(f"o{number}", world.happening(), _BEGAN + timedelta(days=number / A_DAY))
        at = t.stamp(told[0].published_at or _BEGAN)
        if number % 1000 == 0:
            event = encode(tell(f"OLD-{number:06d}", [told]))
            about = encode(traits_of(*told))
        value = {"id": told[0].id, "published_at": at, "fetched_at": at, "value": encode(told[0]), "summary": b"{}"}
        c.execute(insert(t.reports), value)
        c.execute(insert(t.traits), {"report_id": told[0].id, "value": about})
        terms = {*world.places(6), *world.words(8)}
        c.execute(insert(t.report_terms), [{"term": term[:8], "at": at, "report_id": told[0].id} for term in terms])
        named = {
            "id": f"OLD-{number:06d}",
            "first_at": at,
            "last_at": at,
            "folded": told[0].title or "",
            "value": event,
        }
        c.execute(insert(t.events), named)
        c.execute(insert(t.event_reports), {"report_id": told[0].id, "event_id": f"OLD-{number:06d}"})


def added(c: Connection, told: Told) -> tuple[float, int]:
    """Place a stored report; returns the CPU seconds, and how many reports its event has then."""
    report, summary = told
    reports.save_report(c, report, summary, now=report.published_at or _BEGAN)
    began = time.thread_time()
    event = place(c, report, summary, revised=False, pins=events.any_pin(c)).event
    return time.thread_time() - began, len(event.reports) if event else 0


def measure(count: int, folder: Path, *, plans: bool) -> None:
    """Fill a store, add reports to it, and print what it took."""
    world = World()
    store = Store(f"sqlite:///{folder / f'{count}.db'}")
    store.migrate()
    recent: list[tuple[tuple[str, ...], int]] = []
    batch: list[tuple[list[Told], int]] = []
    total = max(0, count - RECENT)

    def flush(c: Connection) -> None:
        for told, number in batch:
            store_event(c, told, number)
        c.execute(t.counters.delete())
        c.execute(insert(t.counters).values(name="event", value=count))

    older = max(0, count - RECENT)
    store.write_now(store_older, world, older)
    held = track(filled(world, count), total=count - older, description=f"{count}")
    for number, (told, happening) in enumerate(held, older):
        batch.append((told, number))
        total += len(told)
        recent = [*recent[-400:], (happening, len(told))]
        if len(batch) == 500 or number == count - 1:
            store.write_now(flush)
            batch.clear()
    end = _BEGAN + timedelta(days=count / A_DAY)
    settle()  # as the bot does when it has started
    spent: list[tuple[float, int]] = []
    for n in range(ADDED):
        happening = world.happening()
        if n % 2:
            happening = world._random.choices([h for h, _ in recent], weights=[size for _, size in recent])[0]
        spent.append(store.write_now(added, world.report(f"new{n}", happening, end + timedelta(minutes=n))))
    times = sorted(seconds for seconds, _ in spent)
    at = {share: 1000 * times[int(share * (len(times) - 1))] for share in (0.5, 0.9, 0.99, 1.0)}
    largest = max(size for _, size in spent)
    print(
        f"{count:>8,} events, {total:>8,} reports: p50 {at[0.5]:.1f} ms · p90 {at[0.9]:.1f} ms · p99 {at[0.99]:.1f} ms"
        f" · most {at[1.0]:.1f} ms · largest event added to: {largest} reports"
    )
    if plans:
        store.read_now(_print_plans)
    store.close()


def _print_plans(c: Connection) -> None:
    for query in (
        "SELECT report_id FROM report_terms WHERE term = 'x' AND at >= 0 AND at <= 9 ORDER BY at DESC LIMIT 200",
        "SELECT * FROM event_reports WHERE report_id IN ('a', 'b')",
        "SELECT report_id FROM event_reports WHERE event_id = 'a'",
        "SELECT id, value, merged_into FROM events WHERE id IN (SELECT value FROM json_each('[1]'))",
        "SELECT event_id FROM pins WHERE report_id = 'a'",
    ):
        steps = "; ".join(row[3] for row in c.execute(text(f"EXPLAIN QUERY PLAN {query}")))
        print(f"  {query}\n    {steps}")


def main() -> None:
    """Measure each of the sizes that are named."""
    counts = [int(word) for word in sys.argv[1:] if word.isdecimal()] or [1_000, 10_000, 100_000]
    with tempfile.TemporaryDirectory() as place_:
        for count in counts:
            measure(count, Path(place_), plans="--plan" in sys.argv and count == counts[-1])


if __name__ == "__main__":
    main()
