"""What planning one report against many subscriptions and watches costs: `python -m benchmarks.planning [COUNT]`.

The orders are made of a grammar of what people ask for (countries, actors, words, tolls, outlets, regular expressions),
from a fixed seed; the reports are the samples. CPU time of this process, the least of three rounds, and beside it what
asking every filter costs.
"""

from __future__ import annotations

import json
import math
import random
import statistics
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TypeVar, get_args

import msgspec

from bot.deliver.facts import Facts
from bot.deliver.filters import compiled
from bot.deliver.orders import Order, Orders
from bot.deliver.plan import Earlier, News, plan, standing
from bot.deliver.watches import asked_for, changes_of, line_of
from bot.events.tell import tell
from bot.extract.gazetteer import gazetteer
from bot.extract.lines import read_reports
from bot.extract.pipeline import summarise
from bot.model.report import Report
from bot.model.subscription import Destination, Subscription, Watch, WatchWhen
from bot.shipped import shipped

T = TypeVar("T")
_NOW = datetime(2023, 10, 20, 12, 0, tzinfo=UTC)
_WHENS = get_args(WatchWhen)
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


def watch(chance: random.Random, number: int) -> Watch:
    """One watch as people make them."""
    countries = sorted(gazetteer().countries)
    where = Destination(platform="bench", tenant=f"tenant:{number % 500}", channel=f"p{number}", direct=True)
    made = Watch(
        id=f"w{number}",
        destination=where,
        user=f"p{number}",
        when=tuple(sorted(chance.sample(_WHENS, chance.choice((1, 1, 2, 3))))),
    )
    shape = chance.random()
    if shape < 0.4:
        return msgspec.structs.replace(made, country=chance.choice(countries))
    if shape < 0.6:
        return msgspec.structs.replace(made, actor=gazetteer().countries[chance.choice(countries)].name)
    if shape < 0.9:
        return msgspec.structs.replace(made, keywords=chance.choice(_WORDS), country=chance.choice(countries))
    return msgspec.structs.replace(made, event=f"EVT-{number:04d}")


def timed(name: str, work: Callable[[], T], rounds: int = 3) -> tuple[T, float]:
    """What the work gives, and the least of its CPU seconds."""
    least, result = math.inf, None
    for _ in range(rounds):
        started = time.process_time()
        result = work()
        least = min(least, time.process_time() - started)
    assert result is not None, name
    return result, least


def main(count: int = 10_000) -> None:
    """Print what one report costs, and how many orders it finds."""
    chance = random.Random(7)
    files = sorted(shipped("seeds/reports").glob("*.json"))
    read = read_reports([json.dumps(json.loads(file.read_text(encoding="utf-8"))).encode() for file in files])
    told = [(report, summarise(report)) for report in read if isinstance(report, Report)]
    orders = [
        Subscription(
            id=f"s{number}",
            destination=Destination(platform="bench", tenant=f"tenant:{number % 500}", channel=f"c{number}"),
            filter=line(chance),
        )
        for number in range(count)
    ]
    built = [compiled(order.filter) for order in orders]
    laid_out, seconds = timed("laid out", lambda: standing(orders), 1)
    print(f"{count} subscriptions laid out in {seconds:.2f} s, once per change of any")
    watches = [watch(chance, number) for number in range(count)]
    watching, seconds = timed(
        "watches", lambda: Orders(Order(one, one.destination.tenant, line_of(one)) for one in watches), 1
    )
    print(f"{count} watches laid out in {seconds:.2f} s")
    spent: dict[str, list[float]] = {}
    wanted = alerted = 0
    for report, summary in told:
        event = tell("X-0001", [(report, summary)])
        news = News(report=report, summary=summary, event=event)

        def asked_each(news: News = news) -> list[int]:
            facts = Facts.of(news.report, news.summary, news.event)
            return [number for number, one in enumerate(built) if one.passes(facts)]

        def found(news: News = news) -> list[Subscription]:
            return laid_out.wanting(Facts.of(news.report, news.summary, news.event), tenant="")

        def alerts(news: News = news) -> list[Watch]:
            wanting = watching.wanting(Facts.of(news.report, news.summary, news.event), tenant="")
            changes = changes_of(news.report, news.summary, news.event, (), number=1)
            return [one for one in wanting if asked_for(one, changes)]

        every, floor = timed("each", asked_each, 1)
        wanting, looked_up = timed("found", found)
        assert [int(order.id[1:]) for order in wanting] == every
        planned, whole = timed("planned", lambda news=news: plan(news, laid_out, Earlier(), now=_NOW))
        alerting, watched = timed("watches", alerts)
        for name, seconds in (
            ("asking each filter", floor), ("finding those that want it", looked_up), ("the plan with its deliveries", whole),
            ("finding watches and their changes", watched),
        ):  # fmt: skip
            spent.setdefault(name, []).append(1000 * seconds)
        wanted, alerted = wanted + len(planned.deliveries), alerted + len(alerting)
    for name, values in spent.items():
        print(f"one report, {name}: median {statistics.median(values):.2f} ms, worst {max(values):.2f} ms")
    print(f"on average {wanted / len(told):.0f} subscriptions and {alerted / len(told):.0f} watches want a report")


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:]))
