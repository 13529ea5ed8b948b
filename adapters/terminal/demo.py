"""The demo: the whole bot over the sample reports, on the embedded defaults and a database of its own.

The reports come from a folder and from an RSS feed served on loopback; later in the samples' time the feed brings a
correction, which edits the card that was posted.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import msgspec
from aiohttp import web
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.rule import Rule

from adapters.assemble import House, built, running, utc_now
from adapters.terminal.platform import TerminalPlatform
from adapters.terminal.render import show
from bot.model.command import Asker
from bot.model.subscription import Destination, Subscription
from bot.queries.feeds import new_feed
from bot.settings import Settings
from bot.shipped import shipped
from bot.store import delivered, feeds, reports, subscriptions

_QUESTIONS = ("event karabakh", "toll derna view:by-source", "who denies the dam?", "evidence ahli-1")
_PATIENCE = 60.0


@asynccontextmanager
async def _served() -> AsyncIterator[tuple[str, dict[str, Path]]]:
    """The sample feed on loopback; what it serves can be changed."""
    serving = {"file": shipped("seeds/feed.xml")}

    async def feed(request: web.Request) -> web.Response:
        del request
        return web.Response(body=serving["file"].read_bytes(), content_type="application/rss+xml")

    app = web.Application()
    app.router.add_get("/feed.xml", feed)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    assert runner.addresses
    try:
        yield f"127.0.0.1:{runner.addresses[0][1]}", serving
    finally:
        await runner.cleanup()


async def run_demo(settings: Settings, console: Console, *, keep: Path | None) -> None:
    """Read, understand, post, correct, and answer some questions."""
    with tempfile.TemporaryDirectory() as folder:
        path = keep or Path(folder, "demo.db")
        async with _served() as (host, serving):
            sources = msgspec.structs.replace(settings.sources, opml=(), allow_hosts=(host,), backfill=20)
            settings = msgspec.structs.replace(
                settings, store=msgspec.structs.replace(settings.store, url=f"sqlite:///{path}"), sources=sources
            )
            async with built(settings) as house:
                await _show(house, console, f"http://{host}/feed.xml", serving)


async def _show(house: House, console: Console, url: str, serving: dict[str, Path]) -> None:
    feed = new_feed(url, tenant="terminal", name="Riverside News", backfill=20)
    where = Destination(platform="terminal", tenant="terminal", channel="terminal")
    await house.store.write(feeds.add_feed, feed)
    await house.store.write(subscriptions.save_subscription, Subscription(id="demo", destination=where))
    count = len(list(shipped("seeds/reports").glob("*.json"))) + serving["file"].read_text(encoding="utf-8").count(
        "<item>"
    )
    printed = TerminalPlatform(console)
    gate = _Gate(printed)
    console.print(Rule("Reading the sample reports: a folder, and a feed on loopback"))
    async with running(house, {"terminal": gate}):
        with _progress(console) as progress:
            task = progress.add_task("reading and understanding", total=count)
            await _until(house, lambda known: progress.update(task, completed=known), count)
        console.print(Rule("The cards, as they are posted to a channel"))
        gate.open.set()
        await _all_sent(house, gate)
        console.print(Rule("A day later the feed corrects one report: the posted card is edited"))
        serving["file"] = shipped("seeds/feed-later.xml")
        await house.store.write(
            feeds.save_feeds,
            [
                msgspec.structs.replace(
                    feed, next_at=utc_now() - timedelta(seconds=1), fetched_at=utc_now(), body_hash=""
                )
            ],
        )
        await _until(house, lambda known: None, count + 1)
        await _all_sent(house, gate)
    console.print(Rule("Questions, in the words of the chat"))
    asker = Asker(
        platform="terminal", tenant="terminal", user="operator", channel="terminal", may_manage=True, direct=True
    )
    for words in _QUESTIONS:
        console.print(f"[bold]> {words}[/bold]")
        show(await house.desk.ask(words, asker), console)


def _progress(console: Console) -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed:.0f}/{task.total:.0f}"),
        TimeElapsedColumn(),
        console=console,
    )


class _Gate(TerminalPlatform):
    """Holds the cards back until the reading's progress bar is done with the screen."""

    def __init__(self, behind: TerminalPlatform) -> None:
        super().__init__(behind.console)
        self.open = asyncio.Event()

    async def turn(self, destination: Destination) -> None:
        """Wait until the gate is open."""
        await self.open.wait()


async def _until(house: House, tell: Callable[[int], object], count: int) -> None:
    """Wait until so many reports are stored."""
    async with asyncio.timeout(_PATIENCE):
        while (known := await house.store.read(reports.count)) < count:
            tell(known)
            await asyncio.sleep(0.05)
        tell(known)


async def _all_sent(house: House, printed: TerminalPlatform) -> None:
    """Wait until all is printed; raises `BrokenPipeError` where nobody reads it."""
    async with asyncio.timeout(_PATIENCE):
        while not {"due", "leased"}.isdisjoint(await house.store.read(delivered.depth)):
            if printed.unread:
                raise BrokenPipeError
            await asyncio.sleep(0.05)
