"""What is promised of copies of the database: whole, proved, and never half in place."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from bot.intake import file_reports
from bot.model.errors import StoreError
from bot.store import reports, search
from bot.store.copying import copy_store
from bot.store.engine import Store
from bot.store.upkeep import back_up, check, restore
from tests.conftest import own_schema
from tests.store.test_store import NOW, pair


@pytest.fixture
def filled(tmp_path: Path) -> Store:
    store = Store(f"sqlite:///{tmp_path / 'news.db'}")
    store.migrate()
    store.write_now(file_reports, [pair(n, f"shelling near bridge {n}") for n in range(5)], now=NOW)
    return store


def test_everything_arrives_in_postgresql_and_can_be_searched_there(filled: Store, postgres: str) -> None:
    there = Store(own_schema(postgres, "copied"))
    try:
        proofs = {proof.table: proof.rows for proof in copy_store(filled, there)}
        assert proofs["reports"] == 5
        assert proofs == check(filled).rows == check(there).rows
        assert there.read_now(reports.one, "r3") == filled.read_now(reports.one, "r3")
        assert there.read_now(search.search, tenant="", query="shelling").total == 5
        # Numbers go on where they ended.
        there.write_now(file_reports, [pair(9)], now=NOW)
        assert there.read_now(reports.count) == 6
    finally:
        there.close()
        filled.close()


def test_a_copy_out_of_postgresql_is_the_same_again(filled: Store, postgres: str, tmp_path: Path) -> None:
    there = Store(own_schema(postgres, "back"))
    try:
        copy_store(filled, there)
        back_up(there, tmp_path / "out.db")
        again = Store(f"sqlite:///{tmp_path / 'out.db'}")
        assert dict(again.read_now(reports.told, ["r0", "r4"])) == dict(filled.read_now(reports.told, ["r0", "r4"]))
        again.close()
    finally:
        there.close()
        filled.close()


def test_nothing_is_copied_over_what_is_there(filled: Store, tmp_path: Path) -> None:
    other = Store(f"sqlite:///{tmp_path / 'other.db'}")
    other.migrate()
    other.write_now(file_reports, [pair(7)], now=NOW)
    with pytest.raises(StoreError, match="not empty"):
        copy_store(filled, other)
    assert other.read_now(reports.count) == 1
    filled.close()
    other.close()


def test_a_backup_is_taken_while_the_bot_writes_and_put_back_whole(filled: Store, tmp_path: Path) -> None:
    held = tmp_path / "kept" / "monday.db"
    assert back_up(filled, held).rows["reports"] == 5
    filled.write_now(file_reports, [pair(8)], now=NOW)
    filled.close()
    found = restore(held, f"sqlite:///{tmp_path / 'news.db'}")
    assert (found.rows["reports"], found.wrong) == (5, ())
    before = Store(f"sqlite:///{tmp_path / 'news.db.before'}")
    assert before.read_now(reports.count) == 6
    before.close()


def test_a_backup_never_writes_over_a_file(filled: Store, tmp_path: Path) -> None:
    (tmp_path / "mine.db").write_bytes(b"precious")
    with pytest.raises(StoreError, match="exists already"):
        back_up(filled, tmp_path / "mine.db")
    assert (tmp_path / "mine.db").read_bytes() == b"precious"
    filled.close()


def test_a_database_in_use_is_not_replaced(filled: Store, tmp_path: Path) -> None:
    back_up(filled, tmp_path / "b.db")
    filled.close()
    running = Store(f"sqlite:///{tmp_path / 'news.db'}", exclusive=True)
    with pytest.raises(StoreError, match="another Sitrep"):
        restore(tmp_path / "b.db", f"sqlite:///{tmp_path / 'news.db'}")
    running.close()


def test_another_kind_of_file_is_no_backup(filled: Store, tmp_path: Path) -> None:
    filled.close()
    with sqlite3.connect(tmp_path / "else.db") as made:
        made.execute("CREATE TABLE cats (name text)")
    made.close()
    (tmp_path / "junk.db").write_bytes(b"not a database at all" * 100)
    for name in ("else.db", "junk.db"):
        with pytest.raises(StoreError):
            restore(tmp_path / name, f"sqlite:///{tmp_path / 'news.db'}")
    kept = Store(f"sqlite:///{tmp_path / 'news.db'}")
    assert kept.read_now(reports.count) == 5
    kept.close()


def test_a_broken_file_is_told_apart_from_a_sound_one(filled: Store, tmp_path: Path) -> None:
    assert check(filled).wrong == ()
    filled.close()
    file = tmp_path / "news.db"
    whole = file.read_bytes()
    file.write_bytes(whole[: len(whole) // 2] + b"\xff" * (len(whole) // 4) + whole[len(whole) * 3 // 4 :])
    broken = Store(f"sqlite:///{file}")
    try:
        try:
            wrong = check(broken).wrong
        except StoreError as error:
            wrong = (str(error),)
        assert wrong
    finally:
        broken.close()
