"""What planning one report against many standing orders costs: `python -m benchmarks.planning [COUNT]`.

The orders are made of a grammar of what people ask for (countries, actors, words, tolls, outlets, regular expressions),
from a fixed seed; the reports are the samples. CPU time of this process, and beside it the floor: asking every order.
"""

from __future__ import annotations

import json
import random
import statistics
import sys
import time
from collections.abc import Callable

from bot.deliver.facts import Facts
from bot.deliver.filters import compiled
from bot.deliver.orders import Order, Orders
from bot.events.tell import tell
from bot.extract.gazetteer import gazetteer
from bot.extract.lines import read_reports
from bot.extract.pipeline import summarise
from bot.model.report import Report
from bot.shipped import shipped

_WORDS = (
    "ceasefire drone shelling hospital border convoy grain refinery mayor evacuation hostages dam bridge prison school "
    "navy refugees sanctions minister artillery earthquake flood aid crossing corridor parliament mines embassy"
).split()
_OUTLETS = "BBC Reuters AFP Guardian Jazeera Tass Xinhua ReliefWeb".split()


def line(chance: random.Random) -> str:
    """One filter as people write them."""
    countries = sorted(gazetteer().countries)
    facts: list[Callable[[], str]] = [
        lambda: f"country:{chance.choice(countries)}",
        lambda: chance.choice(_WORDS),
        lambda: f'"{chance.choice(_WORDS)} {chance.choice(_WORDS)}"',
        lambda: f"{chance.choice(_WORDS)[:4]}*",
        lambda: f"killed>={chance.choice((1, 5, 10, 50))}",
        lambda: f"children>={chance.choice((1, 3))}",
        lambda: f"status:{chance.choice(('denied', 'disputed', 'acknowledged'))}",
        lambda: f"actor:{gazetteer().countries[chance.choice(countries)].name.split()[0]}",
        lambda: f"place:{chance.choice(_WORDS)}",
        lambda: f"origins>={chance.choice((2, 3))}",
    ]
    shape = chance.random()
    if shape < 0.45:
        return f"country:{chance.choice(countries)} AND ({chance.choice(facts)()} OR {chance.choice(facts)()})"
    if shape < 0.7:
        return f"{chance.choice(_WORDS)} {chance.choice(facts)()} NOT outlet:{chance.choice(_OUTLETS)}"
    if shape < 0.85:
        return f"{chance.choice(facts)()} AND {chance.choice(facts)()}"
    if shape < 0.95:
        return f"({chance.choice(facts)()} OR country:{chance.choice(countries)}) NOT {chance.choice(_WORDS)}"
    return rf"/\b{chance.choice(_WORDS)}\w* (in|near|of) {chance.choice(_WORDS)[:3]}/ OR {chance.choice(facts)()}"


def main(count: int = 10_000) -> None:
    """Print what one report costs, and how many orders it finds."""
    chance = random.Random(7)
    lines = [line(chance) for _ in range(count)]
    files = sorted(shipped("seeds/reports").glob("*.json"))
    read = read_reports([json.dumps(json.loads(file.read_text(encoding="utf-8"))).encode() for file in files])
    told = [(report, summarise(report)) for report in read if isinstance(report, Report)]
    started = time.process_time()
    orders = Orders(Order(number, f"tenant:{number % 500}", text) for number, text in enumerate(lines))
    print(f"{count} orders laid out in {time.process_time() - started:.2f} s, once per change of any order")
    indexed, floor, wanted = [], [], 0
    built = [compiled(text) for text in lines]
    for report, summary in told:
        event = tell("X-0001", [(report, summary)])
        for _ in range(3):
            started = time.process_time()
            found = orders.wanting(Facts.of(report, summary, event), tenant="")
            indexed.append(time.process_time() - started)
        started = time.process_time()
        facts = Facts.of(report, summary, event)
        every = [number for number, one in enumerate(built) if one.passes(facts)]
        floor.append(time.process_time() - started)
        assert found == every
        wanted += len(found)
    milliseconds = [1000 * spent for spent in indexed]
    print(
        f"one report: median {statistics.median(milliseconds):.2f} ms, worst {max(milliseconds):.2f} ms; asking every "
        f"order: {1000 * statistics.median(floor):.2f} ms; {wanted / len(told):.0f} orders want a report on average"
    )


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:]))
