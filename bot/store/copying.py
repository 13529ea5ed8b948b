"""All that a store holds into another, empty one, of the same or the other kind; what arrives is counted and summed."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import msgspec
from sqlalchemy import BigInteger, Connection, Integer, Table, func, insert, select, text

from bot.model.errors import StoreError
from bot.store import tables as t
from bot.store.engine import Store
from bot.store.reports import index_all

BATCH = 1000
KEPT = tuple(table for table in t.metadata.sorted_tables if table is not t.nodes)
"""What is copied: which processes are there is true of one database alone."""
Progress = Callable[[str, int], None]
"""Told the table and how many of its rows have been copied so far."""


class Copied(msgspec.Struct, frozen=True):
    """One table's proof: as many rows there as here, and the same sum over their contents."""

    table: str
    rows: int
    digest: str


def copy_store(source: Store, target: Store, *, progress: Progress = lambda table, rows: None) -> tuple[Copied, ...]:
    """Copy everything in one transaction on each side.

    Both stores get the newest schema first. Raises `StoreError`, with nothing written, where the target holds rows
    already, or where a table's count or sum of contents differs after copying.
    """
    source.migrate()
    target.migrate()
    return source.read_now(lambda here: target.write_now(_copy_all, here, progress))


def _copy_all(there: Connection, here: Connection, progress: Progress) -> tuple[Copied, ...]:
    held = [table.name for table in KEPT if count_of(there, table)]
    if held:
        raise StoreError(
            "the target is not empty", subject=", ".join(held[:4]), hint="copy into a new database, or empty that one"
        )
    proofs = []
    for table in KEPT:
        copied = 0
        for batch in _batches(here, table):
            there.execute(insert(table), batch)
            copied += len(batch)
            progress(table.name, copied)
        before, after = _proof(here, table), _proof(there, table)
        if before != after:
            what = f"{before.rows} rows were read, {after.rows} arrived, and not all the same"
            raise StoreError(what, subject=table.name, hint="nothing was written; check the source")
        _continue_numbers(there, table)
        proofs.append(after)
    index_all(there)
    return tuple(proofs)


def count_of(c: Connection, table: Table) -> int:
    """How many rows a table has."""
    return c.scalar(select(func.count()).select_from(table)) or 0


def _batches(c: Connection, table: Table) -> Iterator[Sequence[dict[str, Any]]]:
    query = select(table).order_by(*table.primary_key.columns).execution_options(yield_per=BATCH)
    rows = c.execute(query)
    for part in rows.mappings().partitions(BATCH):
        yield [dict(row) for row in part]


def _proof(c: Connection, table: Table) -> Copied:
    """Rows and the sum of their hashes: the same in whatever order a database returns them."""
    rows, total = 0, 0
    for batch in _batches(c, table):
        for row in batch:
            plain = [bytes(value) if isinstance(value, memoryview) else value for value in row.values()]
            total += int.from_bytes(hashlib.blake2b(repr(plain).encode(), digest_size=16).digest(), "big")
            rows += 1
    return Copied(table.name, rows, f"{total % 2**128:032x}")


def _continue_numbers(c: Connection, table: Table) -> None:
    """PostgreSQL counts on by itself only from what it has handed out; SQLite looks at the highest number."""
    if c.dialect.name == "sqlite":
        return
    for column in table.primary_key.columns:
        if column.autoincrement is True and isinstance(column.type, BigInteger | Integer):
            sequence = c.scalar(select(func.pg_get_serial_sequence(table.name, column.name)))
            if sequence:
                highest = c.scalar(select(func.max(column))) or 0
                c.execute(text("SELECT setval(:sequence, :next, false)"), {"sequence": sequence, "next": highest + 1})
