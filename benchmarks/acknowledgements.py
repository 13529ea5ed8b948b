"""How soon Slack's requests are acknowledged and answered: many at once, signed, on a store of many summaries.

python -m benchmarks.acknowledgements [--reports 100000] [--at-once 200] [--rounds 5]      # `make bench-slack`
python -m benchmarks.acknowledgements --soak 20 [--per-second 10]                          # … with ticks beside it

The whole bot runs in one process over HTTP; this process is Slack: it sends commands, presses and events, and takes what
the bot asks of the Web API. The store is that of `benchmarks.interactions`.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import hmac
import json
import random
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlencode

import aiohttp

from benchmarks.interactions import figures, filled, run_until_told
from bot.settings import Secret, Settings, SlackSettings, SourceSettings, StoreSettings, Tokens, WebSettings
from tests.samples import told
from tests.stand_ins.slack_server import SlackServer, slack_server

LATE = 3.0
"""Seconds after which Slack tells the person that the app did not respond."""
SIGNING = "signing-secret"
_FORM = "application/x-www-form-urlencoded"
Make = Callable[[random.Random, str], tuple[str, str]]
"""A request's body and content type, for a chance and the stand-in's address."""


def settings_for(db: Path, *, api: str, port: int) -> Settings:
    """A bot for one workspace over HTTP, over this store."""
    return Settings(
        store=StoreSettings(url=f"sqlite:///{db}"),
        sources=SourceSettings(opml=(), folders=("shipped:seeds/reports",), interval=5, min_interval=5, max_interval=5),
        slack=SlackSettings(api_url=f"{api}api/"),
        web=WebSettings(port=port),
        tokens=Tokens(slack_bot=Secret("xoxb-1"), slack_signing=Secret(SIGNING)),
    )


def kinds(count: int) -> dict[str, tuple[int, Make]]:
    """What people do, by kind, each with how often."""
    words = ("karabakh", "gaza", "turkey", "hospital", "quake", "ceasefire", "ministry", "shelling", "killed")
    samples = [report.id for report, _ in told()]

    def report(r: random.Random) -> str:
        number = r.randrange(count)
        return f"{samples[number % len(samples)]}-{number}"

    def command(say: Callable[[random.Random], str]) -> Make:
        def make(r: random.Random, url: str) -> tuple[str, str]:
            fields = {"command": "/news", "text": say(r), "user_id": f"U{r.randrange(500)}", "team_id": "T1"}
            more = {"channel_id": "C1", "trigger_id": "1.1", "response_url": f"{url}respond"}
            return urlencode(fields | more), _FORM

        return make

    def press(r: random.Random, url: str) -> tuple[str, str]:
        value = f"evidence {report(r)}"
        action = {"type": "button", "action_id": "sitrep:0", "block_id": "b", "value": value, "action_ts": "1"}
        place = {"channel": {"id": "C1"}, "response_url": f"{url}respond"}
        told = {"type": "block_actions", "team": {"id": "T1"}, "user": {"id": "U1"}, "actions": [action], **place}
        return urlencode({"payload": json.dumps(told)}), _FORM

    def typing(r: random.Random, url: str) -> tuple[str, str]:
        typed = r.choice(words)[: r.randrange(1, 6)]
        asked = {"type": "block_suggestion", "team": {"id": "T1"}, "user": {"id": "U1"}}
        told = {**asked, "action_id": "suggest:event", "block_id": "event", "value": typed}
        return urlencode({"payload": json.dumps(told)}), _FORM

    def home(r: random.Random, url: str) -> tuple[str, str]:
        event = {"type": "app_home_opened", "user": f"U{r.randrange(500)}", "tab": "home"}
        body = {"type": "event_callback", "team_id": "T1", "api_app_id": "A1", "event_id": f"E{r.random()}"}
        return json.dumps(body | {"event": event}), "application/json"

    return {
        "latest": (15, command(lambda r: "latest")),
        "search": (15, command(lambda r: f"search {r.choice(words)}")),
        "report": (15, command(lambda r: f"report {report(r)}")),
        "event": (10, command(lambda r: f"event {r.choice(words)}")),
        "toll": (10, command(lambda r: f"toll {r.choice(words)}")),
        "form": (5, command(lambda r: "")),
        "button": (15, press),
        "completion": (10, typing),
        "home": (5, home),
    }


class Slack:
    """The other side: sends requests, and knows when each was acknowledged."""

    def __init__(self, url: str, server: SlackServer, session: aiohttp.ClientSession) -> None:
        self._url = url
        self._server = server
        self._session = session
        self.spent: list[tuple[str, float]] = []
        self.failed = 0

    async def send(self, kind: str, request: tuple[str, str]) -> None:
        """One signed request, and the watch on its acknowledgement."""
        body, content = request
        stamp = str(int(time.time()))
        signed = hmac.new(SIGNING.encode(), f"v0:{stamp}:{body}".encode(), hashlib.sha256).hexdigest()
        headers = {
            "X-Slack-Request-Timestamp": stamp,
            "X-Slack-Signature": f"v0={signed}",
            "Content-Type": content,
        }
        began = time.perf_counter()
        try:
            async with self._session.post(self._url, data=body, headers=headers) as response:
                self.failed += response.status != 200
                await response.read()
        except (aiohttp.ClientError, TimeoutError):
            self.failed += 1
        self.spent.append((kind, time.perf_counter() - began))

    def told(self, title: str, *, answers: int) -> None:
        """Print what was measured."""
        every = sorted(spent for _, spent in self.spent)
        print(f"\n{title}: {len(every)} requests, acknowledged after (ms)")
        print(f"{'':18}{'count':>7}{'p50':>8}{'p99':>8}{'most':>8}")
        for kind in dict.fromkeys(kind for kind, _ in self.spent):
            print(f"{kind:18}{figures(sorted(spent for name, spent in self.spent if name == kind))}")
        print(f"{'all':18}{figures(every)}")
        late = sum(spent > LATE for spent in every)
        print(f"later than {LATE:.0f} s: {late}; refused or lost: {self.failed}; answers taken: {answers}")


async def measure(given: argparse.Namespace) -> None:
    """Start the bot, be Slack, and print figures."""
    db = Path("build", f"interactions-{given.reports}.db")
    filled(db, given.reports)
    chance = random.Random(given.seed)
    made = kinds(given.reports)
    names = [name for name, (weight, _) in made.items() for _ in range(weight)]
    async with slack_server() as server:
        options = ["--serve", str(db), "--api", server.url, "--port", str(given.port)]
        bot = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "benchmarks.acknowledgements", *options, *(["--ticks"] if given.soak else []),
            stdout=asyncio.subprocess.PIPE,
        )  # fmt: skip
        assert bot.stdout is not None
        await bot.stdout.readline()
        limits = aiohttp.TCPConnector(limit=0)
        try:
            async with aiohttp.ClientSession(connector=limits, timeout=aiohttp.ClientTimeout(total=15)) as session:
                url = f"http://127.0.0.1:{given.port}/slack/events"
                warm = Slack(url, server, session)
                for name, (_, make) in made.items():
                    await warm.send(name, make(chance, server.url))
                await asyncio.sleep(2.0)
                server.calls.clear()
                slack = Slack(url, server, session)
                if given.soak:
                    await _soak(slack, server, made, names, chance, given)
                    title = f"soak of {given.soak:g} min, {given.per_second:g} a second, ticks beside it"
                else:
                    for _ in range(given.rounds):
                        chosen = chance.choices(names, k=given.at_once)
                        await asyncio.gather(*(slack.send(n, made[n][1](chance, server.url)) for n in chosen))
                        await asyncio.sleep(3.0)
                    title = f"{given.at_once} at once, {given.rounds} times, {given.reports:,} summaries"
                await asyncio.sleep(5.0)
                slack.told(title, answers=len(server.of("response_url")))
        finally:
            with suppress(ProcessLookupError):
                bot.terminate()
            await bot.wait()


async def _soak(
    slack: Slack,
    server: SlackServer,
    made: dict[str, tuple[int, Make]],
    names: list[str],
    chance: random.Random,
    given: argparse.Namespace,
) -> None:
    """Requests at a steady pace with now and then a burst of twenty."""
    end = time.monotonic() + 60 * given.soak
    async with asyncio.TaskGroup() as group:
        while time.monotonic() < end:
            for name in chance.choices(names, k=20 if chance.random() < 0.02 else 1):
                group.create_task(slack.send(name, made[name][1](chance, server.url)))
            await asyncio.sleep(chance.expovariate(given.per_second))


def main() -> None:
    """Read the options."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--reports", type=int, default=100_000)
    options.add_argument("--at-once", type=int, default=200)
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--soak", type=float, default=0.0, help="minutes, at most 20")
    options.add_argument("--per-second", type=float, default=10.0)
    options.add_argument("--seed", type=int, default=7)
    options.add_argument("--port", type=int, default=8392)
    options.add_argument("--serve", type=Path, help=argparse.SUPPRESS)
    options.add_argument("--api", help=argparse.SUPPRESS)
    options.add_argument("--ticks", action="store_true", help=argparse.SUPPRESS)
    given = options.parse_args()
    given.soak = min(given.soak, 20.0)
    if given.serve:
        asyncio.run(run_until_told(settings_for(given.serve, api=given.api, port=given.port), ticks=given.ticks))
    else:
        asyncio.run(measure(given))


if __name__ == "__main__":
    main()
