"""What an operator does with a database: look whether it is sound, keep a copy of it, and put a copy back."""

from __future__ import annotations

import os
import shutil
import sqlite3
from pathlib import Path

import msgspec
from sqlalchemy import Connection, text

from bot.model.errors import StoreError
from bot.store.copying import KEPT, Progress, copy_store, count_of
from bot.store.engine import Store, claimed

_MOST_TOLD = 5


class Soundness(msgspec.Struct, frozen=True):
    """What a check found: the database's version, its schema and the newest one, rows by table, and what is wrong."""

    version: str
    schema: str | None
    newest: str
    rows: dict[str, int]
    wrong: tuple[str, ...]


def check(store: Store) -> Soundness:
    """Look the database over: its schema, and on SQLite its pages and references."""
    schema, newest = store.schema()
    wrong = []
    if schema != newest:
        wrong.append(f"the schema is {schema or 'missing'}, the newest is {newest}: run `sitrep db migrate`")
    version, broken = store.read_now(_looked_over)
    rows = store.read_now(_rows) if schema == newest else {}
    return Soundness(version, schema, newest, rows, (*wrong, *broken))


def _rows(c: Connection) -> dict[str, int]:
    return {table.name: count_of(c, table) for table in KEPT}


def _looked_over(c: Connection) -> tuple[str, list[str]]:
    if c.dialect.name != "sqlite":
        return str(c.scalar(text("SELECT current_setting('server_version')"))), []
    found = [str(row[0]) for row in c.execute(text("PRAGMA integrity_check(5)"))]
    wrong = [line for line in found if line != "ok"][:_MOST_TOLD]
    dangling = c.execute(text("PRAGMA foreign_key_check")).all()
    if dangling:
        wrong.append(f"{len(dangling)} rows refer to others that are gone, first in {dangling[0][0]}")
    return f"SQLite {sqlite3.sqlite_version}", wrong


def vacuum(store: Store) -> tuple[int, int]:
    """Give back the room of what is gone; returns the database's size before and after, in bytes.

    SQLite rewrites its file, for which as much room again must be free; PostgreSQL's tables can be used meanwhile.
    """
    before = store.size()
    store.maintain("VACUUM" if store.file is not None else "VACUUM (ANALYZE)")
    return before, store.size()


def back_up(store: Store, target: Path, *, progress: Progress = lambda table, rows: None) -> Soundness:
    """Write the store's present content to a new SQLite file, while the bot may go on; returns the file's check.

    The file appears under its name only when it is whole. Raises `StoreError` where it exists already.
    """
    if target.exists():
        raise StoreError("this file exists already", subject=str(target), hint="give the backup a name of its own")
    store.must_exist()
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f".{target.name}.part")
    part.unlink(missing_ok=True)
    kept = Store(f"sqlite:///{part}")
    try:
        if store.file is not None:
            with sqlite3.connect(store.file) as source, sqlite3.connect(part) as made:
                source.backup(made)
            source.close()
            made.close()
        else:
            copy_store(store, kept, progress=progress)
        found = check(kept)
    finally:
        kept.close()
    if found.wrong:
        raise StoreError(f"the copy is not sound: {found.wrong[0]}", subject=str(store), hint="run `sitrep db check`")
    _settle(part)
    os.replace(part, target)  # noqa: PTH105  # atomic, and over nothing: it was looked for above
    return found


def restore(source: Path, url: str, *, progress: Progress = lambda table, rows: None) -> Soundness:
    """Put a backup in the place of a store's content.

    An SQLite file is replaced whole, and what was there is kept beside it as `<name>.before`; a PostgreSQL database
    must be empty. Raises `StoreError`, with nothing changed, where the backup is not sound or the store is in use.
    """
    if not source.is_file():
        raise StoreError("there is no such backup", subject=str(source))
    held = Store(f"sqlite:///{source}")
    target = Store(url)
    try:
        found = check(held)
        if found.wrong and found.schema is None:
            raise StoreError(f"this is no backup of Sitrep: {found.wrong[0]}", subject=str(source))
        if target.file is None:
            copy_store(held, target, progress=progress)
        else:
            target.close()
            _replace(source, target.file)
            target = Store(url)
            target.migrate()
        return check(target)
    finally:
        held.close()
        target.close()


def _replace(source: Path, file: Path) -> None:
    lock = claimed(file)
    try:
        part = file.with_name(f".{file.name}.part")
        shutil.copyfile(source, part)
        if file.exists():
            _settle(file)
            file.replace(file.with_name(f"{file.name}.before"))
        for rest in ("-wal", "-shm"):
            Path(f"{file}{rest}").unlink(missing_ok=True)
        part.replace(file)
    finally:
        os.close(lock)


def _settle(file: Path) -> None:
    """Everything into the file itself, so that it can be moved without its log."""
    try:
        with sqlite3.connect(file) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            connection.execute("PRAGMA journal_mode=DELETE")
        connection.close()
    except sqlite3.DatabaseError:
        return  # what is broken is kept as it is
