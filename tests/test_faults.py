"""What is promised where the machine fails: nothing is half done, and work goes on by itself once it is well again."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection

from bot.store import reports
from tests.test_newsroom import World, world


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
