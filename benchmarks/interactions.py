"""How soon interactions have their first answer: many at once, over real sockets, on a store of many summaries.

python -m benchmarks.interactions [--reports 100000] [--at-once 200] [--rounds 10]    # `make bench-discord`
python -m benchmarks.interactions --soak 20 [--per-second 10]                          # … with ticks beside it
python -m benchmarks.interactions --typing 20 [--ticks]                                # completions alone, letter by letter

The whole bot runs in one process, with interactions coming in over HTTP (signed, as Discord sends them); this process
is Discord: it sends them, takes what goes to the callback and webhook addresses, and holds the watch. The store is made
of the sample reports under other ids and times; the file is kept in build/.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import signal
import statistics
import sys
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import aiohttp
import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from adapters.assemble import built, running
from adapters.discord.incoming import PATH
from adapters.doors import Doors
from adapters.logs import set_up_logs
from bot.model.event import Event
from bot.model.report import Report
from bot.model.summary import Summary
from bot.settings import DiscordSettings, Secret, Settings, SourceSettings, StoreSettings, Tokens, WebSettings
from bot.store import events, reports
from bot.store.engine import Store
from tests.adapters.discord.payloads import interaction, message_of, person, slash
from tests.samples import NOW, told
from tests.stand_ins.discord_server import DiscordServer, discord_server

BATCH = 1000
GAVE_UP = 3.0
"""Seconds after which Discord tells the person that the application did not respond."""
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC = KEY.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw).hex()


def filled(path: Path, count: int) -> None:
    """A store with so many reports, each fifth an event of its own; made where it is not there yet."""
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    for rest in ("", "-wal", "-shm"):
        Path(f"{part}{rest}").unlink(missing_ok=True)
    store = Store(f"sqlite:///{part}")
    store.migrate()
    for first in range(0, count, BATCH):
        store.write_now(_batch, first, min(BATCH, count - first), count)
        print(f"\r{first + BATCH:,} of {count:,} reports stored", end="", flush=True)
    print()
    store.close()
    part.rename(path)


def _batch(c: Any, first: int, size: int, count: int) -> None:
    samples = told()
    made = [_again(*samples[n % len(samples)], n, count) for n in range(first, first + size)]
    reports.save_new(c, made, now=NOW)
    for number in range(first, first + size, 5):
        report, _ = made[number - first]
        assert report.published_at is not None and report.title is not None
        held = Event(
            id=f"{report.title[:3].upper()}-{number:05}",
            title=report.title,
            reports=(report.id,),
            outlets=1,
            origins=1,
            first_at=report.published_at,
            last_at=report.published_at,
        )
        events.save_event(c, held)


def _again(report: Report, summary: Summary, number: int, count: int) -> tuple[Report, Summary]:
    at = NOW - timedelta(minutes=5 * (count - number))
    name = f"{report.id}-{number}"
    return (
        msgspec.structs.replace(report, id=name, published_at=at, fetched_at=at),
        msgspec.structs.replace(summary, id=name),
    )


def settings_for(db: Path, *, api: str, port: int) -> Settings:
    """A bot without a gateway over this store."""
    return Settings(
        store=StoreSettings(url=f"sqlite:///{db}"),
        sources=SourceSettings(opml=(), folders=("shipped:seeds/reports",), interval=5, min_interval=5, max_interval=5),
        discord=DiscordSettings(api_base=f"{api}/api/v10", gateway=False, public_key=PUBLIC),
        web=WebSettings(port=port),
        tokens=Tokens(discord=Secret("token")),
    )


async def run_until_told(settings: Settings, *, ticks: bool) -> None:
    """The bot's side, until it is told to stop; with `ticks`, feeds are read and posted beside."""
    set_up_logs("error", "json")
    async with built(settings) as house:
        doors = Doors(house)
        await doors.open()
        print("ready", flush=True)
        stop = asyncio.Event()
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
        try:
            if ticks:
                async with running(house, {door.platform.name: door.platform for door in doors.platforms}):
                    await stop.wait()
            else:
                await stop.wait()
        finally:
            await doors.shut()


Make = Callable[[random.Random], dict[str, Any]]


def _pressed(words: str) -> dict[str, Any]:
    button = {"type": 2, "style": 2, "label": "x", "custom_id": f"sitrep:{words}"}
    shown = {"flags": 1 << 15 | 64, "components": [{"type": 17, "components": [{"type": 1, "components": [button]}]}]}
    data = {"custom_id": button["custom_id"], "component_type": 2}
    return interaction(3, data, person(), message=message_of(shown))


def _typing(root: str, verb: str, option: str, value: str) -> dict[str, Any]:
    typed = {"name": option, "type": 3, "value": value, "focused": True}
    verb_told = {"name": verb, "type": 1, "options": [typed]}
    return interaction(4, {"id": "1", "name": root, "type": 1, "options": [verb_told]}, person())


def kinds(count: int) -> dict[str, tuple[int, Make]]:
    """What people do, by kind, each with how often."""
    words = ("karabakh", "gaza", "turkey", "hospital", "quake", "ceasefire", "ministry", "shelling", "killed")
    samples = [report.id for report, _ in told()]

    def report(r: random.Random) -> str:
        number = r.randrange(count)
        return f"{samples[number % len(samples)]}-{number}"

    def command(verb: str, **options: Callable[[random.Random], str]) -> Make:
        return lambda r: interaction(2, slash("news", verb, **{n: v(r) for n, v in options.items()}), person())

    def word(r: random.Random) -> str:
        return r.choice(words)

    return {
        "latest": (10, command("latest")),
        "latest on a topic": (8, command("latest", topic=word)),
        "search": (10, command("search", query=word)),
        "report": (12, command("report", id=report)),
        "event": (8, command("event", event=word)),
        "claims": (8, command("claims", event=word)),
        "toll": (8, command("toll", event=word)),
        "toll over time": (2, command("toll", event=word, view=lambda r: "timeline")),
        "actor": (5, command("actor", name=lambda r: r.choice(("Baku", "Israel", "Hamas", "Turkey")))),
        "evidence": (5, command("evidence", id=report)),
        "export": (2, command("export", event=word)),
        "help": (3, command("help")),
        "button": (12, lambda r: _pressed(f"evidence {report(r)}")),
        "completion": (12, lambda r: _typing("news", "toll", "event", word(r)[: r.randrange(1, 6)])),
        "form": (2, lambda r: interaction(2, slash("watch", "add"), person())),
    }


TYPED = {
    "events": ("news", "toll", "event", ("karabakh", "gaza hospital", "turkey quake", "ceasefire")),
    "actors": ("news", "actor", "name", ("azerbaijan", "hamas", "israel armed")),
    "outlets": ("news", "latest", "source", ("sample wire", "herald", "harbour")),
    "feeds": ("feeds", "test", "feed", ("sample", "wire")),
    "time zones": ("channel", "schedule", "tz", ("europe/lon", "america/new")),
}
"""What is typed in which option, by what it completes."""
KEYSTROKE = 0.15
"""Seconds between two letters of somebody who types quickly."""
WANTED = 0.05
"""Seconds within which completions are to be there."""


async def typing(discord: Discord, people: int, chance: random.Random) -> None:
    """So many people type at the same time, each every word letter by letter; each letter asks for completions."""

    async def one(r: random.Random) -> None:
        for what, (root, verb, option, words) in r.sample(sorted(TYPED.items()), k=len(TYPED)):
            word = r.choice(words)
            for end in range(len(word) + 1):
                await discord.send(what, _typing(root, verb, option, word[:end]))
                await asyncio.sleep(KEYSTROKE * r.uniform(0.6, 1.4))

    async with asyncio.TaskGroup() as group:
        for _ in range(people):
            group.create_task(one(random.Random(chance.random())))


class Discord:
    """The other side: sends interactions, and knows which have been answered, when and how."""

    def __init__(self, url: str, session: aiohttp.ClientSession) -> None:
        self._url = url
        self._session = session
        self.spent: list[tuple[str, float]] = []
        self.answers: Counter[str] = Counter()

    async def send(self, kind: str, told: dict[str, Any]) -> None:
        """One interaction, and the watch on its first answer."""
        body = json.dumps(told).encode()
        timestamp = str(int(time.time()))
        headers = {
            "X-Signature-Ed25519": KEY.sign(timestamp.encode() + body).hex(),
            "X-Signature-Timestamp": timestamp,
            "Content-Type": "application/json",
        }
        began = time.perf_counter()
        try:
            async with self._session.post(self._url, data=body, headers=headers) as response:
                answer = await response.json() if response.content_type == "application/json" else {}
                how = {202: "at the callback address"}.get(response.status, _NAMES.get(answer.get("type"), "none"))
        except (aiohttp.ClientError, TimeoutError):
            how = "none"
        self.spent.append((kind, time.perf_counter() - began))
        self.answers[how] += 1

    def last(self, count: int) -> float:
        """The 99th percentile of the last so many, in seconds."""
        spent = sorted(spent for _, spent in self.spent[-count:])
        return spent[min(len(spent) - 1, int(0.99 * len(spent)))]

    def told(self, title: str) -> None:
        """Print what was measured."""
        every = sorted(spent for _, spent in self.spent)
        print(f"\n{title}: {len(every)} interactions, first answers by kind (ms)")
        print(f"{'':18}{'count':>7}{'p50':>8}{'p99':>8}{'most':>8}")
        for kind in dict.fromkeys(kind for kind, _ in self.spent):
            print(f"{kind:18}{figures(sorted(spent for name, spent in self.spent if name == kind))}")
        print(f"{'all':18}{figures(every)}")
        late = sum(spent > GAVE_UP for spent in every)
        print(f"answered {dict(self.answers)}; later than {GAVE_UP:.0f} s or not at all: {late + self.answers['none']}")


_NAMES = {1: "pong", 4: "at once", 5: "deferred", 7: "in place", 8: "completions", 9: "form"}


def figures(spent: list[float]) -> str:
    """Count, median, 99th percentile and most of what was spent, in ms, as cells of a row."""

    def at(share: float) -> float:
        return 1000 * spent[min(len(spent) - 1, int(share * len(spent)))]

    return f"{len(spent):>7}{1000 * statistics.median(spent):>8.0f}{at(0.99):>8.0f}{1000 * spent[-1]:>8.0f}"


async def measure(given: argparse.Namespace) -> None:
    """Start the bot, be Discord, and print figures."""
    db = Path("build", f"interactions-{given.reports}.db")
    filled(db, given.reports)
    chance = random.Random(given.seed)
    made = kinds(given.reports)
    names = [name for name, (weight, _) in made.items() for _ in range(weight)]
    # Answers to interactions do not count toward the limit of requests a second.
    async with discord_server(DiscordServer(per_second=1_000_000)) as server:
        options = ["--serve", str(db), "--api", server.url, "--port", str(given.port)]
        bot = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "benchmarks.interactions", *options, *(["--ticks"] if given.soak or given.ticks else []),
            stdout=asyncio.subprocess.PIPE,
        )  # fmt: skip
        assert bot.stdout is not None
        await bot.stdout.readline()
        connector = aiohttp.TCPConnector(limit=0)
        timeout = aiohttp.ClientTimeout(total=10)
        try:
            async with aiohttp.ClientSession(connector=connector, timeout=timeout) as session:
                url = f"http://127.0.0.1:{given.port}{PATH}"
                warm = Discord(url, session)
                for name, (_, make) in made.items():
                    await warm.send(name, make(chance))
                discord = Discord(url, session)
                if given.typing:
                    floor = Discord(url, session)
                    for number in range(200):
                        await floor.send("ping", {"id": str(number), "token": "t", "type": 1})
                    floor.told("pings, one after the other")
                    await typing(discord, given.typing, chance)
                    discord.told(f"{given.typing} people typing at the same time, {given.reports:,} summaries")
                    late = sum(spent > WANTED for _, spent in discord.spent)
                    print(f"later than {1000 * WANTED:.0f} ms: {late} of {len(discord.spent)}")
                elif given.soak:
                    await _soak(discord, made, names, chance, 60 * given.soak, given.per_second)
                    discord.told(f"soak of {given.soak:g} min, {given.per_second:g} a second, ticks beside it")
                else:
                    floor = Discord(url, session)
                    rounds = []
                    for _ in range(given.rounds):
                        pings = [{"id": str(n), "token": "t", "type": 1} for n in range(given.at_once)]
                        await asyncio.gather(*(floor.send("ping", ping) for ping in pings))
                        told = [(name, made[name][1](chance)) for name in chance.choices(names, k=given.at_once)]
                        await asyncio.gather(*(discord.send(name, one) for name, one in told))
                        rounds.append((floor.last(given.at_once), discord.last(given.at_once)))
                        await asyncio.sleep(5.0)
                    discord.told(f"{given.at_once} at once, {given.rounds} times, {given.reports:,} summaries")
                    print("p99 of each round beside that of as many pings (signed, answered, nothing else), ms:")
                    print(", ".join(f"{round(1000 * p99)} beside {round(1000 * ping)}" for ping, p99 in rounds))
                    ratio = statistics.median(p99 / ping for ping, p99 in rounds)
                    print(
                        f"median of the rounds: {1000 * statistics.median(p99 for _, p99 in rounds):.0f} ms, {ratio:.1f} × pings"
                    )
                    single = Discord(url, session)
                    for name in chance.choices(names, k=200):
                        await single.send(name, made[name][1](chance))
                    single.told("one after the other")
        finally:
            with suppress(ProcessLookupError):
                bot.terminate()
            await bot.wait()


async def _soak(
    discord: Discord,
    made: dict[str, tuple[int, Make]],
    names: list[str],
    chance: random.Random,
    seconds: float,
    rate: float,
) -> None:
    """Interactions at a steady pace with now and then a burst of twenty."""
    end = time.monotonic() + seconds
    async with asyncio.TaskGroup() as group:
        while time.monotonic() < end:
            for name in chance.choices(names, k=20 if chance.random() < 0.02 else 1):
                group.create_task(discord.send(name, made[name][1](chance)))
            await asyncio.sleep(chance.expovariate(rate))


def main() -> None:
    """Read the options."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--reports", type=int, default=100_000)
    options.add_argument("--at-once", type=int, default=200)
    options.add_argument("--rounds", type=int, default=10)
    options.add_argument("--soak", type=float, default=0.0, help="minutes, at most 20")
    options.add_argument("--typing", type=int, default=0, help="how many people type at the same time")
    options.add_argument("--per-second", type=float, default=10.0)
    options.add_argument("--seed", type=int, default=7)
    options.add_argument("--port", type=int, default=8391)
    options.add_argument("--serve", type=Path, help=argparse.SUPPRESS)
    options.add_argument("--api", help=argparse.SUPPRESS)
    options.add_argument("--ticks", action="store_true", help="feeds are read and posted beside it")
    given = options.parse_args()
    given.soak = min(given.soak, 20.0)
    if given.serve:
        asyncio.run(run_until_told(settings_for(given.serve, api=given.api, port=given.port), ticks=given.ticks))
    else:
        asyncio.run(measure(given))


if __name__ == "__main__":
    main()
