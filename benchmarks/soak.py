"""A node for some minutes on loopback: both platforms' stand-ins connected, feeds that change, channels that follow them.

python -m benchmarks.soak [--minutes 3] [--feeds 200] [--channels 40] [--every 120]

The bot is `sitrep run` in a process of its own, with its workers; every feed has a host of its own, is read every half
minute and has a new report every so many seconds; five feeds tell of one happening, so that an event's cards are edited and
noted on as it goes on. What is there at the first reading is kept without being posted. A Slack app may edit 50 messages a
minute in a workspace: at a pace that asks for more, edits wait at the end, folded to one a card.

Told at the end: the time from start to ready, memory of all processes (PSS: pages that several share are counted in parts)
along the way, the longest pause between two readings of a feed, and what was lost or doubled: reports that a feed gave and
the store does not hold, cards owed and not sent, keys sent twice. Ends with status 1 where something was.
"""

from __future__ import annotations

import argparse
import asyncio
import html
import os
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from contextlib import suppress
from datetime import UTC, datetime
from email.utils import format_datetime
from itertools import pairwise
from pathlib import Path

import msgspec
import psutil
from aiohttp import ClientError, ClientSession, web

from bot.model.subscription import Destination, Subscription
from bot.queries.feeds import new_feed
from bot.store import feeds, subscriptions
from bot.store.engine import Store
from tests.stand_ins.discord_server import DiscordServer, discord_server
from tests.stand_ins.discord_wire import GUILD
from tests.stand_ins.slack_server import SlackServer, slack_server

READ_EVERY = 30
SAMPLE = 5.0
SHOWN = 20
"""Reports that a feed lists."""
DRAIN = 240.0
_WAITING = "SELECT (SELECT coalesce(sum(reports), 0) FROM received), (SELECT count(*) FROM deliveries WHERE open)"
_TELL_OF_IT = 5
"""Feeds that tell of one happening, as the outlets of a region do; the next five have others."""
_SYLLABLES = "av bri cor dol est far gor hes iv jor kel lor mu nev os pra qui ros sta tur ul vek wen yar zem".split()
_THINGS = "bridge depot school harbour market mill station clinic barracks refinery dam airfield".split()
_WHO = ("The governor", "The defence ministry", "A police spokesman", "The army", "The Red Cross", "A rebel commander")


class Desk:
    """The feeds, on one port and a host for each; `given` are the guids that each has shown so far."""

    def __init__(self, count: int, every: float) -> None:
        self.count, self.every = count, every
        self.began = time.monotonic()
        self.first = datetime.now(UTC)
        self.open = True
        self.given: dict[int, set[str]] = defaultdict(set)
        self.read_at: dict[int, list[float]] = defaultdict(list)

    def close(self) -> None:
        """Nothing new from here on; what was shown stays."""
        self.open = False

    async def answer(self, request: web.Request) -> web.Response:
        """One reading of a feed."""
        feed = int(request.match_info["feed"])
        self.read_at[feed].append(time.monotonic())
        if self.open:
            # Each begins with one, and has the next at a time of its own within the interval.
            since = time.monotonic() - self.began + feed * 7.3 % self.every
            self.given[feed].update(f"f{feed}-{number}" for number in range(1 + int(since // self.every))[-SHOWN:])
        numbers = sorted(int(guid.partition("-")[2]) for guid in self.given[feed])[-SHOWN:]
        body = (
            f"<rss version='2.0'><channel><title>Outlet {feed}</title>{''.join(self._item(feed, n) for n in numbers)}"
        )
        return web.Response(body=f"{body}</channel></rss>".encode(), content_type="application/rss+xml")

    def _item(self, feed: int, number: int) -> str:
        happening, draw = random.Random(f"{feed // _TELL_OF_IT}-{number}"), random.Random(f"{feed}-{number}")
        place = "".join(happening.choices(_SYLLABLES, k=3)).capitalize()
        thing, who = happening.choice(_THINGS), draw.choice(_WHO)
        text = (
            f"{who} said {draw.randint(2, 40)} people were killed near the {thing} of {place} on Monday. "
            f"Residents of {place} denied that the {happening.choice(_THINGS)} had been hit. "
        )
        title = html.escape(f"{place}: reports from the {thing}, number {number} of outlet {feed}")
        return (
            f"<item><title>{title}</title><guid isPermaLink='false'>f{feed}-{number}</guid>"
            f"<pubDate>{format_datetime(self.first)}</pubDate><description>{html.escape(text)}</description></item>"
        )


def _memory(process: psutil.Process) -> tuple[float, int]:
    """MiB of a process with its children, and how many they are."""
    total, counted = 0.0, 0
    for one in (process, *process.children(recursive=True)):
        try:
            total += one.memory_full_info().pss / 2**20
            counted += 1
        except psutil.Error:
            continue
    return total, counted


def _spent(process: psutil.Process) -> float:
    """CPU seconds of a process and of those that it has started."""
    total = 0.0
    for one in (process, *process.children(recursive=True)):
        with suppress(psutil.Error):
            times = one.cpu_times()
            total += times.user + times.system
    return total


def _host(feed: int) -> str:
    return f"127.1.{feed // 250}.{1 + feed % 250}"


def _url(feed: int, port: int) -> str:
    return f"http://{_host(feed)}:{port}/{feed}"


def _prepare(place: Path, options: argparse.Namespace, port: int, channels: list[tuple[str, str, str]]) -> Path:
    """The settings, and a database in which feeds and channels stand."""
    hosts = [f"{_host(n)}:{port}" for n in range(options.feeds)]
    settings, listed = place / "soak.toml", place / "soak.opml"
    outlines = "".join(f'<outline text="Outlet {n}" xmlUrl="{_url(n, port)}"/>' for n in range(options.feeds))
    listed.write_text(f'<opml version="2.0"><body>{outlines}</body></opml>', encoding="utf-8")
    settings.write_text(
        f'[store]\nurl = "sqlite:///{place / "soak.db"}"\n[sources]\nopml = ["{listed}"]\nfolders = []\nfull_text = false\n'
        f"interval = {READ_EVERY}\nmin_interval = {READ_EVERY}\nmax_interval = {READ_EVERY}\n"
        f'allow_hosts = {hosts!r}\n[web]\nport = {options.port}\n[log]\nlevel = "warning"\n'.replace("'", '"'),
        encoding="utf-8",
    )
    store = Store(f"sqlite:///{place / 'soak.db'}")
    store.migrate()
    ids = []
    for n in range(options.feeds):
        feed = new_feed(_url(n, port), tenant="", name=f"Outlet {n}", backfill=0)
        feed = msgspec.structs.replace(feed, interval=READ_EVERY, min_interval=READ_EVERY, max_interval=READ_EVERY)
        store.write_now(feeds.add_feed, feed)
        ids.append(feed.id)
    for n, (platform, tenant, channel) in enumerate(channels):
        share = tuple(ids[n :: len(channels)])
        where = Destination(platform=platform, tenant=tenant, channel=channel)
        store.write_now(subscriptions.save_subscription, Subscription(id=f"s{n}", destination=where, feeds=share))
    store.close()
    return settings


async def _ready(port: int, process: subprocess.Popen[bytes]) -> float:
    began = time.monotonic()
    async with ClientSession() as session:
        while process.poll() is None and time.monotonic() - began < 120:
            try:
                async with session.get(f"http://127.0.0.1:{port}/readyz") as answer:
                    if answer.status == 200:
                        return time.monotonic() - began
            except ClientError:
                pass
            await asyncio.sleep(0.02)
    raise SystemExit("the bot did not become ready")


def _start(settings: Path, discord: DiscordServer, slack: SlackServer) -> subprocess.Popen[bytes]:
    # What is installed has been compiled: so is this, by the first start, wherever the checkout's own are kept.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"} | {
        "PYTHONPYCACHEPREFIX": str(settings.parent / "compiled"),
        "DISCORD_TOKEN": "t", "DISCORD_API_BASE": f"{discord.url}/api/v10",
        "DISCORD_GATEWAY_URL": discord.url.replace("http", "ws") + "/gateway/",
        "SLACK_BOT_TOKEN": "xoxb-1", "SLACK_APP_TOKEN": "xapp-1", "SLACK_API_URL": f"{slack.url}api/",
    }  # fmt: skip
    command = [sys.executable, "-m", "adapters.terminal.cli", "--config", str(settings), "run"]
    return subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)


async def _stop(bot: subprocess.Popen[bytes]) -> None:
    bot.send_signal(signal.SIGTERM)
    await asyncio.to_thread(bot.wait, 60)


def _rows(database: Path, query: str) -> list[tuple[object, ...]]:
    with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as connection:
        return connection.execute(query).fetchall()


async def soak(options: argparse.Namespace) -> int:
    """Run it; returns how many things went wrong."""
    desk = Desk(options.feeds, options.every)
    app = web.Application()
    app.router.add_get("/{feed}", desk.answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "0.0.0.0", 0).start()
    port = runner.addresses[0][1]
    discord = DiscordServer()
    numbers = [discord.add_channel(f"news-{n}") for n in range(options.channels // 2)]
    channels = [("discord", f"discord:{GUILD}", str(number)) for number in numbers]
    channels += [("slack", "slack:T1", f"C{n}") for n in range(options.channels - len(channels))]
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        settings = _prepare(place, options, port, channels)
        async with discord_server(discord), slack_server() as slack:
            bot = _start(settings, discord, slack)
            ready = await _ready(options.port, bot)
            await _stop(bot)
            bot = _start(settings, discord, slack)
            warm = await _ready(options.port, bot)
            print(
                f"start to ready: {ready:.2f} s at first (nothing compiled, a new database), {warm:.2f} s warm",
                flush=True,
            )
            samples = await _watched(bot, place / "soak.db", options.minutes * 60)
            desk.close()
            await _drained(place / "soak.db")
            await _stop(bot)
        wrong = _told(desk, place / "soak.db", discord, slack, samples)
    await runner.cleanup()
    return wrong


async def _watched(bot: subprocess.Popen[bytes], database: Path, seconds: float) -> list[tuple[float, float]]:
    """Memory along the way: (seconds, MiB)."""
    process, began, samples = psutil.Process(bot.pid), time.monotonic(), []
    while (at := time.monotonic() - began) < seconds:
        mebibytes, count = await asyncio.to_thread(_memory, process)
        samples.append((at, mebibytes))
        if len(samples) % 6 == 1:
            reports, cards = _rows(database, _WAITING)[0]
            spent = _spent(process)
            print(f"{at:6.0f} s  {mebibytes:6.1f} MiB in {count} processes, {spent:.0f} s of CPU;"
                  f" waiting: {reports} reports, {cards} cards", flush=True)  # fmt: skip
        await asyncio.sleep(SAMPLE)
    return samples


async def _drained(database: Path) -> None:
    """Wait until every feed has been read once more, and nothing waits."""
    await asyncio.sleep(READ_EVERY + 10)
    until = time.monotonic() + DRAIN
    while time.monotonic() < until and any(_rows(database, _WAITING)[0]):  # noqa: ASYNC110
        await asyncio.sleep(1)  # what another process does has no event here


def _told(
    desk: Desk, database: Path, discord: DiscordServer, slack: SlackServer, samples: list[tuple[float, float]]
) -> int:
    given = sum(map(len, desk.given.values()))
    held = int(str(_rows(database, "SELECT count(*) FROM reports")[0][0]))
    states = dict(_rows(database, "SELECT state, count(*) FROM deliveries GROUP BY state"))
    keys = Counter(entry["key"] for entry in discord.journal.entries if entry.get("taken"))
    keys.update(str(post["metadata"]["event_payload"]) for post in slack.posted if post.get("metadata"))
    doubled = sum(times - 1 for times in keys.values())
    pauses = [later - at for times in desk.read_at.values() for at, later in pairwise(times)]
    unread = desk.count - len(desk.read_at)
    late = [mebibytes for at, mebibytes in samples if at > samples[-1][0] / 2]
    growth = (late[-1] - late[0]) / max(1e-9, samples[-1][0] / 2 / 60)
    print(f"memory: {max(m for _, m in samples):.0f} MiB at most, {growth:+.1f} MiB a minute in the second half")
    readings = sum(map(len, desk.read_at.values()))
    print(f"readings: {readings}, longest pause {max(pauses):.0f} s of {READ_EVERY}; never read: {unread}")
    print(f"reports: {given} given, {held} held, lost {given - held}")
    print(f"deliveries: {states}; posts on Discord and Slack: {sum(keys.values())}, doubled {doubled}")
    return abs(given - held) + doubled + unread + sum(int(str(states.get(s, 0))) for s in ("due", "leased", "dead"))


def main() -> None:
    """Read the options, and run."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=3.0)
    parser.add_argument("--feeds", type=int, default=200)
    parser.add_argument("--channels", type=int, default=40)
    parser.add_argument("--every", type=float, default=120.0, help="seconds between two new reports of a feed")
    parser.add_argument("--port", type=int, default=18080, help="of the bot's web door")
    sys.exit(1 if asyncio.run(soak(parser.parse_args())) else 0)


if __name__ == "__main__":
    main()
