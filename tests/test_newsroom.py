"""From a feed on loopback to a post, once; and nothing twice."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

import msgspec
import pytest
from aiohttp import web

from adapters.assemble import House, built
from bot.deliver.port import Topic
from bot.model.card import Card
from bot.model.delivery import Posted
from bot.model.errors import TryLater, Undeliverable
from bot.model.subscription import Destination, Subscription
from bot.queries.feeds import new_feed
from bot.settings import Settings, SourceSettings, StoreSettings
from bot.shipped import shipped
from bot.store import delivered, events, feeds, reports, subscriptions
from bot.work.local import ThreadWorkers
from tests.samples import NOW

CHANNEL = Destination(platform="board", tenant="t1", channel="c1")


class Sent(NamedTuple):
    """One card as it was sent."""

    destination: Destination
    card: Card
    thread: str | None
    mention: str | None
    silent: bool


class Board:
    """A platform that keeps what is posted; it can fail in every way that a platform can."""

    name = "board"

    def __init__(self) -> None:
        self.posts: dict[str, Card] = {}
        self.edits: list[Card] = []
        self.published: list[str] = []
        self.sent: list[Sent] = []
        self.fail: list[Exception] = []
        self.fail_edits: list[Exception] = []
        self.fail_threads: list[Exception] = []
        self.searched = 0
        self.lose_answer = False

    def parts(self, card: Card) -> int:
        return 1

    async def turn(self, destination: Destination) -> None:
        pass

    async def send(
        self, destination: Destination, card: Card, *, key: str, part=0, of=None, thread=None, topic=None, mention=None, silent=False,
    ) -> Posted:  # fmt: skip
        if self.fail:
            raise self.fail.pop(0)
        assert key not in self.posts, "posted twice"
        self.posts[key] = card
        self.sent.append(Sent(destination, card, thread, mention, silent))
        if self.lose_answer:
            self.lose_answer = False
            raise TryLater("the answer was lost", unsure=True)
        return Posted(channel=thread or destination.channel, message=key)

    async def open_thread(self, destination: Destination, posted: Posted, topic: Topic) -> str:
        if self.fail_threads:
            raise self.fail_threads.pop(0)
        return f"thread of {posted.message}"

    async def publish(self, destination: Destination, posted: Posted) -> None:
        if self.fail_edits:
            raise self.fail_edits.pop(0)
        self.published.append(posted.message)

    async def edit(self, destination: Destination, posted: Posted, card: Card) -> None:
        if self.fail_edits:
            raise self.fail_edits.pop(0)
        self.edits.append(card)

    async def find(
        self, destination: Destination, key: str, *, part=0, since, of=None, thread=None
    ) -> Posted | None:  # fmt: skip
        self.searched += 1
        return Posted(channel=destination.channel, message=key) if key in self.posts else None


class World:
    """A loopback feed, a board, and the real parts between them."""

    def __init__(self, house: House, board: Board, serving: dict[str, bytes], url: str) -> None:
        self.house = house
        self.board = board
        self.serving = serving
        self.url = url
        self.now = NOW

    async def tick(self, minutes: float = 30) -> None:
        self.now += timedelta(minutes=minutes)
        await self.house.newsroom.tick()
        await self.house.courier({"board": self.board}).run_due()


@asynccontextmanager
async def world(tmp_path: Path, *, filter_line: str = "") -> AsyncIterator[World]:
    serving = {"body": shipped("seeds/feed.xml").read_bytes()}

    async def answer(request: web.Request) -> web.Response:
        return web.Response(body=serving["body"], content_type="application/rss+xml")

    app = web.Application()
    app.router.add_get("/feed.xml", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host = f"127.0.0.1:{runner.addresses[0][1]}"
    settings = Settings(
        store=StoreSettings(url=f"sqlite:///{tmp_path / 'w.db'}"),
        sources=SourceSettings(allow_hosts=(host,), opml=(), folders=()),
    )
    holder: list[World] = []
    try:
        async with built(settings, workers=ThreadWorkers(), clock=lambda: holder[0].now if holder else NOW) as house:
            url = f"http://{host}/feed.xml"
            made = World(house, Board(), serving, url)
            holder.append(made)
            await house.store.write(feeds.add_feed, new_feed(url, tenant="t1", name="Riverside News", backfill=20))
            await house.store.write(
                subscriptions.save_subscription, Subscription(id="s", destination=CHANNEL, filter=filter_line)
            )
            yield made
    finally:
        await runner.cleanup()


async def test_a_tick_goes_from_a_feed_to_a_post_and_a_second_posts_nothing(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        await w.tick()
        assert len(w.board.posts) == 4
        await w.tick()
        assert len(w.board.posts) == 4
        assert not w.board.edits


async def test_a_corrected_report_edits_its_card_and_a_new_one_is_posted(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        await w.tick()
        w.serving["body"] = shipped("seeds/feed-later.xml").read_bytes()
        await w.tick()
        posts = [card for card in w.board.posts.values() if card.kind == "report"]
        notes_posted = [card for card in w.board.posts.values() if card.kind == "note"]
        assert len(posts) == 5
        (edited,) = w.board.edits
        assert edited.status == "corrected"
        assert "3,958" in edited.title
        (note,) = notes_posted
        assert note.status == "corrected" and "has changed its report" in note.sections[0].lines[0].text
        notes = await w.house.store.read(events.corrections, tenant="t1")
        assert any(note.kind == "correction" for note in notes)


async def test_a_filter_keeps_back_what_does_not_pass(tmp_path: Path) -> None:
    async with world(tmp_path, filter_line="country:UA AND status:denied") as w:
        await w.tick()
        assert w.board.posts
        assert all("Kakhovka" in card.title or "Dnipro" in card.title for card in w.board.posts.values())


async def test_a_lost_answer_posts_nothing_twice(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        w.board.lose_answer = True
        await w.tick()
        await w.tick()
        assert len(w.board.posts) == 4
        assert await w.house.store.read(delivered.depth) == {"sent": 4}


async def test_a_passing_failure_is_tried_again_later_and_in_order(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        w.board.fail = [TryLater("slow down", retry_after=60)]
        await w.tick()
        assert len(w.board.posts) < 4
        await w.tick()
        assert len(w.board.posts) == 4
        times = [card.sources[0].at for card in w.board.posts.values()]
        assert times == sorted(times)


async def test_a_closed_channel_pauses_its_subscription_with_the_reason(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        w.board.fail = [Undeliverable("the channel is gone", subject="channel c1")]
        await w.tick()
        (paused,) = await w.house.store.read(subscriptions.subscriptions, tenant="t1")
        assert "the channel is gone" in paused.paused


async def test_a_broken_feed_harms_nobody_else(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        broken = new_feed(w.url.replace("feed.xml", "missing.xml"), tenant="t1")
        await w.house.store.write(feeds.add_feed, broken)
        await w.tick()
        assert len(w.board.posts) == 4
        held = await w.house.store.read(feeds.feed, broken.id)
        assert held is not None and held.failures == 1 and held.health_note


async def test_a_report_that_cannot_be_understood_in_time_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from bot.model.errors import WorkError

    async def overrun(*args, **options):
        raise WorkError("took too long")

    async with world(tmp_path) as w:
        monkeypatch.setattr(w.house.workers, "run", overrun)
        await w.tick()
        told = await w.house.store.read(reports.latest, tenant="t1", count=10)
        assert len(told) == 4
        assert all(summary.notice == "failed" for _, summary in told)


async def test_another_tenant_sees_nothing_of_it(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        await w.tick()
        assert await w.house.store.read(reports.latest, tenant="t2") == ()
        told = await w.house.store.read(reports.latest, tenant="t1", count=1)
        assert await w.house.store.read(reports.one, told[0][0].id, tenant="t2") is None


async def test_the_first_reading_keeps_older_reports_silently(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        (feed,) = await w.house.store.read(feeds.feeds, tenant="t1")
        await w.house.store.write(feeds.save_feeds, [msgspec.structs.replace(feed, backfill=1)])
        await w.tick()
        assert len(w.board.posts) == 1
        assert await w.house.store.read(reports.count) == 4
