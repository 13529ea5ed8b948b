"""Every kind of source, from the question to the stored report: over loopback HTTP and the file system."""

from __future__ import annotations

import html
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
import pytest

from bot.model.feed import Feed
from bot.model.report import Report
from bot.newsroom import Newsroom
from bot.queries.feeds import new_feed
from bot.sources.article import complete
from bot.sources.fetch import Fetcher
from bot.sources.folder import FolderSource
from bot.sources.page import PageSource
from bot.sources.poll import FeedSource
from bot.sources.reliefweb import ReliefWebSource
from bot.store import feeds, reports
from bot.store.engine import Store
from bot.work.local import ThreadWorkers
from tests.sources.conftest import MovedClock
from tests.stand_ins import reliefweb
from tests.stand_ins.feed_server import FeedServer, entry

STRIKE = "Shelling of the market at Osmia killed four people, the governor said on Monday."
ARTICLE = " ".join(
    f"{STRIKE} Rescuers worked through the night, and number {n} of the houses was cleared." for n in range(9)
)


class Desk:
    """A newsroom over a store, with each kind of source as the bot has it."""

    def __init__(self, store: Store, fetcher: Fetcher, clock: MovedClock) -> None:
        self.store, self.clock = store, clock
        workers = ThreadWorkers()
        sources = {
            "feed": FeedSource(fetcher, workers.run, clock),
            "page": PageSource(fetcher, workers.run, clock),
            "folder": FolderSource(clock),
            "reliefweb": ReliefWebSource(fetcher, clock),
        }
        read_on = partial(complete, fetcher=fetcher, run=workers.run)
        self.room = Newsroom(store, workers, sources, clock=clock, complete=read_on)

    async def brought(self, feed: Feed) -> list[Report]:
        """What reading this feed, which may be new, has brought to the store."""
        self.store.write_now(feeds.add_feed, feed)
        before = {report.id for report, _ in self.store.read_now(lambda c: list(reports.everything(c)))}
        await self.room.tick()
        held = self.store.read_now(lambda c: [report for report, _ in reports.everything(c)])
        return [report for report in held if report.id not in before]

    def health(self, feed: Feed) -> str:
        found = self.store.read_now(feeds.feed_by_id, feed.id)
        assert found is not None
        return found.health


@pytest.fixture
async def desk(server: FeedServer, fetcher: Fetcher, clock: MovedClock, tmp_path: Path) -> AsyncIterator[Desk]:
    store = Store(f"sqlite:///{tmp_path / 'kinds.db'}")
    store.migrate()
    yield Desk(store, fetcher, clock)
    store.close()


def of_kind(kind: str, url: str) -> Feed:
    return msgspec.structs.replace(new_feed(url, tenant=""), kind=kind)


async def test_reliefweb_s_newest_reports_come_in_under_their_publishers_names(desk: Desk, server: FeedServer) -> None:
    held: list[dict[str, Any]] = [
        reliefweb.report(n, f"Sudan: Flash Update No. {n}", f"**Sudan** {STRIKE}", created=f"2026-01-0{n}T09:00:00+00:00",
                         source="UN Office for the Coordination of Humanitarian Affairs", shortname="OCHA")
        for n in (1, 2, 3)
    ]  # fmt: skip
    held.append(
        reliefweb.report(9, "Elsewhere", "Another country", created="2026-01-04T09:00:00+00:00", source="Agency")
    )
    server.play("/v2/reports", reliefweb.reports_api(lambda: held))
    feed = of_kind("reliefweb", server.url(f"/v2/reports?appname={reliefweb.APPNAME}&query[value]=Sudan"))
    first, *_, last = await desk.brought(feed)
    assert (first.title, last.title) == ("Sudan: Flash Update No. 1", "Sudan: Flash Update No. 3")
    assert last.outlet == "UN Office for the Coordination of Humanitarian Affairs" and last.lang == "en"
    assert last.url == "https://reliefweb.example/report/sudan/3"
    assert last.published_at == datetime(2026, 1, 3, tzinfo=UTC) and STRIKE in last.text
    desk.clock.pass_by(86400)
    held.append(
        reliefweb.report(5, "Sudan: Flash Update No. 5", STRIKE, created="2026-01-05T09:00:00+00:00", source="A")
    )
    assert [report.title for report in await desk.brought(feed)] == ["Sudan: Flash Update No. 5"]


async def test_reliefweb_without_an_approved_appname_says_what_to_do(desk: Desk, server: FeedServer) -> None:
    server.play("/v2/reports", reliefweb.reports_api(list))
    feed = of_kind("reliefweb", server.url("/v2/reports?appname=nobody&query[value]=Sudan"))
    assert await desk.brought(feed) == []
    found = desk.store.read_now(feeds.feed_by_id, feed.id)
    assert found is not None and found.health == "forbidden"


async def test_a_page_s_headlines_come_in_with_their_articles(desk: Desk, server: FeedServer) -> None:
    links = "".join(
        f'<li><a href="/2026/01/05/market-{n}">Four killed at the market of Osmia, part {n}</a></li>' for n in range(4)
    )
    page = f"<html><head><title>Osmia Times</title></head><body><nav><a href='/about'>About</a></nav><ul>{links}</ul></body></html>"
    server.answer("/", page.encode())
    for n in range(4):
        body = f"<html><body><article><h1>Four killed at the market of Osmia, part {n}</h1><p>{ARTICLE} Part {n}.</p></article></body></html>"
        server.answer(f"/2026/01/05/market-{n}", body.encode())
    feed = of_kind("page", server.url("/"))
    found = await desk.brought(feed)
    assert sorted(report.title or "" for report in found) == [
        f"Four killed at the market of Osmia, part {n}" for n in range(4)
    ]
    assert all("Rescuers worked" in report.text and not report.teaser for report in found)
    assert all((report.url or "").startswith(server.url("/2026/01/05/market-")) for report in found)
    desk.clock.pass_by(86400)
    assert await desk.brought(feed) == []


async def test_a_folder_s_files_of_every_kind_come_in_and_what_is_changed_is_revised(
    desk: Desk, tmp_path: Path
) -> None:
    folder = tmp_path / "wire"
    folder.mkdir()
    (folder / "one.txt").write_text(f"Shelling at Osmia\n\n{STRIKE}", encoding="utf-8")
    (folder / "two.html").write_text(f"<title>Osmia hit</title><p>{html.escape(STRIKE)}</p>", encoding="utf-8")
    (folder / "three.md").write_text(f"# Market struck\n\n{STRIKE}", encoding="utf-8")
    given = {"id": "w4", "title": "As data", "text": STRIKE, "outlet": "Wire", "published_at": "2026-01-04T10:00:00Z"}
    (folder / "four.json").write_bytes(msgspec.json.encode(given))
    (folder / "five.exe").write_bytes(b"\x00\x01")
    feed = of_kind("folder", str(folder))
    found = await desk.brought(feed)
    assert {report.title for report in found} == {"Shelling at Osmia", "Osmia hit", "Market struck", "As data"}
    assert all(STRIKE in report.text for report in found)
    (folder / "one.txt").write_text(f"Shelling at Osmia\n\n{STRIKE.replace('four', 'five')}", encoding="utf-8")
    desk.clock.pass_by(86400)
    assert await desk.brought(feed) == []
    (changed,) = [report for report in found if report.title == "Shelling at Osmia"]
    after = desk.store.read_now(reports.one, changed.id)
    assert after is not None and "five people" in after[0].text


async def test_a_teaser_is_completed_by_its_article_and_stays_where_the_article_is_walled_off(
    desk: Desk, server: FeedServer
) -> None:
    teaser = "Shelling of the market at Osmia killed four people …"
    server.feed(
        "/feed",
        [entry(name, link=server.url(f"/{name}"), text=teaser) for name in ("whole", "walled", "gone")],
    )
    server.answer("/whole", f"<html><body><article><h1>whole</h1><p>{ARTICLE}</p></article></body></html>".encode())
    wall = f"<html><body><article><p>{STRIKE}</p><p>Subscribe to continue reading.</p></article></body></html>"
    server.answer("/walled", wall.encode())
    server.answer("/gone", b"", status=404)
    found = {report.title: report for report in await desk.brought(of_kind("feed", server.url("/feed")))}
    assert "Rescuers worked" in found["whole"].text and not found["whole"].teaser
    assert found["walled"].text == found["gone"].text == teaser
    assert found["walled"].teaser and found["gone"].teaser
    assert server.hits["/walled"] == 1
