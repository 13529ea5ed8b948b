"""How long look-ups take over a million summaries and a hundred thousand events, in one process on one SQLite file.

python -m benchmarks.lookups [--reports 1000000] [--events 100000] [--asked 300] [--url postgresql://…]    # `make bench-lookups`

The reports are made from a vocabulary of 100,000 words as skewed as a language's (Zipf and Mandelbrot's law), and are
stored through the store's own functions. The file is kept in build/, so that a second run only measures.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import logging
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import structlog
from rich.console import Console
from rich.progress import track
from rich.table import Table
from sqlalchemy import text

from bot.extract.gazetteer import gazetteer
from bot.model.command import Asker
from bot.model.event import ChangeNote, Event, TollEntry
from bot.model.report import Report
from bot.model.summary import Actor, CasualtyFigure, Claim, Summary
from bot.queries.desk import Desk
from bot.store import events, reports
from bot.store.engine import Store
from bot.store.found_by import PRIVATE
from bot.store.postings import newest

START = datetime(2022, 1, 1, tzinfo=UTC)
YEARS = 4
NOW = START + timedelta(days=365 * YEARS)
WORDS, NAMES, OUTLETS = 100_000, 40_000, 800
TEXT = 110
BATCH = 2000
_SYLLABLES = [c + v for c in "b d f g k l m n p r s t v z sh st tr kr".split() for v in "a e i o u ai or en".split()]
_BODIES = ("Ministry of Defence of", "Ministry of Foreign Affairs of", "Armed Forces of", "Police of", "Governor of")
_STANCES = ("asserts", "denies", "accuses", "acknowledges", "demands", "warns", "supports")
ASKER = Asker(platform="terminal", tenant="terminal", user="u", may_manage=True)


class Skewed:
    """Draws of things by Zipf and Mandelbrot's law: the n-th comes about 1/(n + 2.7)^1.05 as often as the first."""

    def __init__(self, things: list[str], rng: np.random.Generator) -> None:
        self.things = things
        self._rng = rng
        shares = 1 / (np.arange(len(things)) + 2.7) ** 1.05
        self._upto = np.cumsum(shares / shares.sum())

        self._stream = self._drawn()

    def _drawn(self) -> Iterator[str]:
        last = len(self.things) - 1
        while True:
            for i in np.minimum(np.searchsorted(self._upto, self._rng.random(50_000)), last).tolist():
                yield self.things[i]

    def draw(self, count: int) -> list[str]:
        """So many of them."""
        return list(itertools.islice(self._stream, count))


def spelled(rng: np.random.Generator, count: int) -> list[str]:
    """So many different words, the short ones first, as a language has them."""
    found: dict[str, None] = {}
    while len(found) < count:
        length = 1 + len(found) // 4000 % 3 + (len(found) > 100) + (len(found) > 3000)
        found.setdefault("".join(_SYLLABLES[i] for i in rng.integers(len(_SYLLABLES), size=length)))
        if len(found) < 100:
            found.setdefault("".join(_SYLLABLES[i] for i in rng.integers(len(_SYLLABLES), size=2)))
    return list(found)[:count]


class World:
    """Who and what there is; the same for the same seed."""

    def __init__(self, seed: int = 7) -> None:
        self.rng = np.random.default_rng(seed)
        self.words = Skewed(spelled(self.rng, WORDS), self.rng)
        self.stances = Skewed(["asserts"] * 5 + list(_STANCES), self.rng)
        countries = [(c.code, c.name) for c in gazetteer().countries.values()]
        self.rng.shuffle(countries)
        self.countries = countries
        proper = [word.title() for word in self.words.things[5000:]]
        people = (f"{one} {other}" for one, other in zip(proper, reversed(proper), strict=False))
        named = [name for _, name in countries] + [f"{body} {name}" for body in _BODIES for _, name in countries]
        self.actors = Skewed([*named, *itertools.islice(people, NAMES - len(named))], self.rng)
        self.outlets = Skewed(
            [
                f"{word} {kind}"
                for word, kind in zip(
                    proper[:OUTLETS], itertools.cycle(("News", "Times", "Wire", "Post")), strict=False
                )
            ],
            self.rng,
        )
        self._code = {name: code for code, name in countries} | {
            f"{body} {name}": code for body in _BODIES for code, name in countries
        }

    def told(self, count: int) -> Iterator[tuple[Report, Summary]]:
        """Reports with summaries, by time of publication."""
        gap = 365 * YEARS * 86400 / count
        for number in range(count):
            yield self._one(number, START + timedelta(seconds=gap * (number + float(self.rng.random()))))

    def _one(self, number: int, at: datetime) -> tuple[Report, Summary]:
        rng = self.rng
        words = self.words.draw(TEXT)
        written = " ".join(words)
        names = list(dict.fromkeys(self.actors.draw(5)))
        actors = tuple(
            Actor(id=f"a{n}", name=name, type="state", country=self._code.get(name), mentions=((0, 5),))
            for n, name in enumerate(names)
        )
        stances = self.stances.draw(5)
        claims = tuple(
            Claim(
                id=f"c{n}",
                speaker=f"a{n % len(actors)}",
                content=((20 * n, 20 * n + 60),),
                cue=((5, 9),),
                source=((0, 4),),
                sentence=(20 * n, 20 * n + 90),
                stance=stance,
                disputes=("c0",) if n and rng.random() < 0.03 else (),
            )
            for n, stance in enumerate(stances)
        )
        dead = int(rng.integers(1, 60))
        figures = tuple(
            CasualtyFigure(
                id=f"k{n}",
                state="killed",
                min=dead,
                max=dead,
                qualifier="exact",
                victims=(0, 12),
                sentence=(0, 90),
                according_to="c0",
            )
            for n in range(int(rng.integers(0, 3)))
        )
        (outlet,) = self.outlets.draw(1)
        title = " ".join(words[:8]).capitalize()
        report = Report(
            id=f"r{number:07}",
            text=written,
            title=title,
            outlet=outlet,
            url=f"https://news.example/{number}",
            published_at=at,
            fetched_at=at,
        )
        return report, Summary(id=report.id, headline=title, actors=actors, claims=claims, casualties=figures)

    def event(self, number: int, at: datetime, of: list[str]) -> Event:
        """An event of these reports."""
        words = self.words.draw(6)
        code, name = self.countries[min(int(self.rng.pareto(0.9) * 3), len(self.countries) - 1)]
        tolls = tuple(
            TollEntry(
                report=r,
                casualty="k0",
                at=at,
                state="killed",
                min=n + 1,
                max=n + 1,
                qualifier="exact",
                scope="event",
                speaker=name,
            )
            for n, r in enumerate(of)
        )
        return Event(
            id=f"{words[0][:3].upper()}-{number:04}",
            title=" ".join([*words, name]).capitalize(),
            reports=tuple(of),
            outlets=len(of),
            origins=len(of),
            first_at=at,
            last_at=at + timedelta(hours=20),
            places=(name,),
            countries=(code,),
            tolls=tolls,
        )


def filled_at(url: str, world: World, count: int, of_events: int) -> Store:
    """The store at an address, filled where it is empty."""
    store = Store(url)
    store.migrate()
    if not store.read_now(lambda c: c.execute(text("SELECT 1 FROM reports LIMIT 1")).one_or_none()):
        told = world.told(count)
        for _ in track(range(0, count, BATCH), description=f"storing {count:,} reports"):
            store.write_now(reports.save_new, list(itertools.islice(told, BATCH)), now=NOW)
        _store_events(store, world, count, of_events)
        store.write_now(lambda c: c.execute(text("ANALYZE")))
    return store


def filled(path: Path, world: World, count: int, of_events: int) -> Store:
    """The store, made where it is not there yet; the file appears under its name when it is whole."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(".part")
        for rest in ("", "-wal", "-shm"):
            Path(f"{part}{rest}").unlink(missing_ok=True)
        store = Store(f"sqlite:///{part}")
        store.migrate()
        began = time.perf_counter()
        told = world.told(count)
        for _ in track(range(0, count, BATCH), description=f"storing {count:,} reports"):
            store.write_now(reports.save_new, list(itertools.islice(told, BATCH)), now=NOW)
        print(f"{count / (time.perf_counter() - began):,.0f} reports/s")
        _store_events(store, world, count, of_events)
        store.write_now(lambda c: c.execute(text("ANALYZE")))
        store.close()
        part.rename(path)
    store = Store(f"sqlite:///{path}")
    store.migrate()  # one that an earlier version made
    return store


def _store_events(store: Store, world: World, count: int, of_events: int) -> None:
    """Events of two to six neighbouring reports, and a note for every third."""
    step = count // of_events
    for first in track(range(0, of_events, 500), description=f"storing {of_events:,} events"):

        def batch(c, first: int = first) -> None:  # type: ignore[no-untyped-def]
            for number in range(first, min(first + 500, of_events)):
                at = START + timedelta(seconds=365 * YEARS * 86400 * number / of_events)
                of = [f"r{number * step + n:07}" for n in range(min(step, int(world.rng.integers(2, 7))))]
                event = world.event(number, at, of)
                events.save_event(c, event)
                if number % 3 == 0:
                    kind = ("toll_up", "denied", "correction")[number // 3 % 3]
                    events.add_notes(
                        c,
                        [
                            ChangeNote(
                                event_id=event.id,
                                report_id=of[-1],
                                kind=kind,
                                at=at,
                                text="what changed",
                                refs=(f"{of[-1]}#c0",),
                            )
                        ],
                    )

        store.write_now(batch)


def questions(world: World) -> dict[str, Callable[[], str]]:
    """What is asked, by kind; each call gives another question of that kind."""
    rng, words = world.rng, world.words.things

    def word(low: int, high: int) -> str:
        return words[int(rng.integers(low, high))]

    def country(most: int = 60) -> str:
        return world.countries[int(rng.integers(most))][0]

    def actor(low: int, high: int) -> str:
        return world.actors.things[int(rng.integers(low, high))]

    def outlet() -> str:
        return world.outlets.things[int(rng.integers(OUTLETS))]

    def status() -> str:
        return ("claimed", "denied", "acknowledged", "disputed")[int(rng.integers(4))]

    def day() -> str:
        return f"{START + timedelta(days=int(rng.integers(365 * YEARS))):%Y-%m-%d}"

    return {
        "one of the 30 commonest words": lambda: f"search {word(0, 30)}",
        "a middling word": lambda: f"search {word(100, 3000)}",
        "a rare word": lambda: f"search {word(40_000, WORDS)}",
        "a word that nobody wrote": lambda: "search zzyzzyx",
        "two common words": lambda: f"search {word(0, 30)} {word(0, 30)}",
        "a common and a rare word": lambda: f"search {word(0, 30)} {word(20_000, WORDS)}",
        "two middling words": lambda: f"search {word(100, 1000)} {word(100, 1000)}",
        "five of the 200 commonest words": lambda: "search " + " ".join(word(0, 200) for _ in range(5)),
        "common word, country": lambda: f"search {word(0, 30)} country:{country()}",
        "common word, actor": lambda: f'search {word(0, 30)} actor:"{actor(0, 2000)}"',
        "common word, outlet": lambda: f'search {word(0, 30)} source:"{outlet()}"',
        "common word, status": lambda: f"search {word(0, 30)} status:{status()}",
        "common word, a day": lambda: f"search {word(0, 30)} from:{(d := day())} to:{d[:8]}28",
        "middling word, everything": lambda: (
            f"search {word(100, 1000)} country:{country(20)} status:{status()} from:{day()}"
        ),
        "status alone": lambda: f"search status:{status()}",
        "country alone, any of them": lambda: f"search country:{country(190)}",
        "actor alone, any of them": lambda: f'search actor:"{actor(0, NAMES)}"',
        "outlet alone, any of them": lambda: f'search source:"{outlet()}"',
        "country and rare actor": lambda: f'search country:{country(190)} actor:"{actor(5000, NAMES)}"',
        "a day alone": lambda: f"search from:{(d := day())} to:{d[:8]}28",
        "deep pages of a common word": lambda: f"search {word(0, 30)} page:{int(rng.integers(100, 250))}",
        "deep pages of a status": lambda: f"search status:{status()} page:{int(rng.integers(100, 250))}",
        "latest": lambda: "latest count:10",
        "latest of an outlet": lambda: f'latest source:"{outlet()}"',
        "latest on a topic": lambda: f"latest on {word(0, 3000)}",
        "event by two of its words": lambda: f"event {word(0, 200)} {word(0, 200)}",
        "event by a rare word": lambda: f"event {word(5000, WORDS)}",
        "event by a country": lambda: f"event {world.countries[int(rng.integers(190))][1]}",
        "toll by words": lambda: f"toll {word(0, 3000)}",
        "compare by words": lambda: f"compare {word(0, 3000)}",
        "timeline by words": lambda: f"timeline {word(0, 3000)}",
        "claims about a word": lambda: f"claims about:{word(0, 3000)}",
        "actor, any of them": lambda: f'actor "{actor(0, NAMES)}"',
        "corrections": lambda: "corrections",
        "corrections of an outlet": lambda: f'corrections source:"{outlet()}"',
        "evidence": lambda: f"evidence r{int(rng.integers(90_000)):07}",
    }


def typed(world: World) -> dict[str, Callable[[], tuple[str, str]]]:
    """What is typed into fields that complete themselves: the kind and the letters."""
    rng = world.rng

    def letters(things: list[str], most: int) -> str:
        name = things[int(rng.integers(len(things)))]
        start = name.rfind(" ") + 1 if rng.random() < 0.5 else 0
        return name[start : start + int(rng.integers(0, most))]

    return {
        "event, 0 to 3 letters": lambda: ("event", letters(world.words.things[:5000], 4)),
        "event, 2 to 8 letters": lambda: ("event", letters(world.words.things, 7) + "a"),
        "actor, 0 to 3 letters": lambda: ("actor", letters(world.actors.things, 4)),
        "actor, up to 12 letters": lambda: ("actor", letters(world.actors.things, 13)),
        "source, up to 8 letters": lambda: ("source", letters(world.outlets.things, 9)),
        "actor that nobody is": lambda: ("actor", "zzyzzyx"),
    }


async def measured(desk: Desk, world: World, asked: int) -> Table:
    """Milliseconds of whole answers, from words to card."""
    table = Table(
        "asked",
        "CPU p50",
        "CPU p99",
        "CPU most",
        "wall p50",
        "wall p99",
        "found",
        title=f"{asked} of each kind, ms from the words to the card",
    )
    every: list[tuple[float, float]] = []
    for name, make in track(questions(world).items(), description="asking"):
        spent, found = [], 0
        for _ in range(asked):
            words = make()
            began = time.perf_counter(), time.process_time()
            card = await desk.ask(words, ASKER)
            spent.append((1000 * (time.process_time() - began[1]), 1000 * (time.perf_counter() - began[0])))
            assert card.kind != "error", (words, card.lead)
            found += card.kind != "empty"
        every += spent
        table.add_row(name, *_figures(spent), f"{found / asked:.0%}")
    table.add_row("all look-ups", *_figures(every), "", style="bold")
    every = []
    for name, type_ in track(typed(world).items(), description="typing"):
        spent, found = [], 0
        for _ in range(asked):
            kind, letters = type_()
            began = time.perf_counter(), time.process_time()
            found += bool(await desk.suggest(kind, letters, ASKER))
            spent.append((1000 * (time.process_time() - began[1]), 1000 * (time.perf_counter() - began[0])))
        every += spent
        table.add_row(f"completing {name}", *_figures(spent), f"{found / asked:.0%}")
    table.add_row("all completions", *_figures(every), "", style="bold")
    return table


def _figures(spent: list[tuple[float, float]]) -> list[str]:
    """CPU time of the process, which other work on the machine does not lengthen, and the clock's."""
    processor, clock = np.array(spent).T
    return [f"{v:.1f}" for v in (*np.percentile(processor, [50, 99]), max(processor), *np.percentile(clock, [50, 99]))]


def plans(store: Store, world: World) -> Iterator[str]:
    """How SQLite goes about the statements that look-ups rest on."""
    common = world.words.things[3]

    def explained(c):  # type: ignore[no-untyped-def]
        heard: list[tuple[str, object]] = []
        c.connection.driver_connection.set_trace_callback(lambda words: heard.append((words, None)))
        newest(c, "report_search", [[common]], limit=2000, without=PRIVATE)
        events.latest_events(c, tenant="t", words=common, count=10)
        from bot.store import names

        names.suggested(c, "actor", tenant="t", typed="mi")
        events.corrections(c, tenant="t", outlet=world.outlets.things[3])
        c.connection.driver_connection.set_trace_callback(None)
        for words, _ in heard:
            if words.startswith("SELECT"):
                steps = [row[3] for row in c.exec_driver_sql(f"EXPLAIN QUERY PLAN {words}")]
                yield " ".join(words.split())[:200].replace("\ue000", "◆").replace("\ue001", "·"), steps

    for words, steps in store.read_now(lambda c: list(explained(c))):
        yield f"{words}\n" + "\n".join(f"    {step}" for step in steps)


async def understand(report: Report) -> tuple[Report, Summary]:
    """Nothing is read anew here."""
    raise NotImplementedError


def main() -> None:
    """Make the store where it is not there, measure, and print figures and plans."""
    options = argparse.ArgumentParser()
    options.add_argument("--reports", type=int, default=1_000_000)
    options.add_argument("--events", type=int, default=100_000)
    options.add_argument("--asked", type=int, default=300)
    options.add_argument("--url", help="another store, as of a PostgreSQL; filled where it is empty")
    given = options.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    world = World()
    path = Path("build", f"lookups-{given.reports}-{given.events}.db")
    store = (
        filled_at(given.url, world, given.reports, given.events)
        if given.url
        else filled(path, world, given.reports, given.events)
    )
    desk = Desk(store, clock=lambda: NOW, understand=understand)
    console = Console(width=110)
    console.print(asyncio.run(measured(desk, world, given.asked)))
    for plan in () if given.url else plans(store, world):
        print(plan)
    store.close()


if __name__ == "__main__":
    main()
