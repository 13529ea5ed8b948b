"""The store: one database, read by several threads, written by one, every piece of work one transaction."""

from __future__ import annotations

import asyncio
import fcntl
import os
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import copy_context
from functools import partial
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

from sqlalchemy import Connection, Engine, StaticPool, create_engine, event, make_url
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from bot import metrics
from bot.model.errors import StoreError
from bot.store.schema import revision_of, revisions, upgrade

P = ParamSpec("P")
T = TypeVar("T")

_READERS = 4
_BESIDE = 3
_READER_CACHE = 8 * 1024
_WRITER_CACHE = 32 * 1024
"""KiB of pages that a connection to an SQLite file keeps: of a large file all together hold 64 MiB."""
_TURN_TAKEN = (
    "SELECT set_config('idle_in_transaction_session_timeout', '60s', true),"
    f" pg_advisory_xact_lock({0x5174}, hashtext(current_schema()))"
)
"""Writers of all processes take turns, within their schema; from one that has frozen PostgreSQL takes the turn away."""
_CROSSED = {"40P01", "40001"}
"""PostgreSQL's word for transactions that waited for each other: one of them is undone and may simply be done again."""
_TRIES = 3


class Store:
    """A database by its SQLAlchemy address: `sqlite:///file`, `sqlite://` (in memory) or `postgresql+psycopg://…`.

    Work is a function whose first argument is a `Connection`; several such functions compose into one transaction.
    Whatever is written is written by one at a time, also where many processes share a PostgreSQL: work may look and
    then write without another coming in between. Work that is sound beside other writers says so (`beside`).
    `exclusive` claims an SQLite file for this process: a second process that claims it is refused with a `StoreError`.
    """

    def __init__(self, url: str, *, exclusive: bool = False) -> None:
        self.url = make_url(url)
        self._sqlite = self.url.get_backend_name() == "sqlite"
        self._memory = self._sqlite and self.url.database in (None, "", ":memory:")
        self._claim: int | None = None
        if exclusive and self.file is not None:
            self.file.parent.mkdir(parents=True, exist_ok=True)
            self._claim = claimed(self.file)
        self._reading = self._engine(writing=False)
        self._writing = self._reading if self._memory else self._engine(writing=True)
        # One connection holds a database in memory: readers and the writer take turns.
        self._turn = threading.RLock()
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="store-writer")
        self._readers = ThreadPoolExecutor(_READERS, thread_name_prefix="store-reader")
        self._beside = ThreadPoolExecutor(_BESIDE, thread_name_prefix="store-beside") if self.shared else self._writer

    @property
    def shared(self) -> bool:
        """Whether other processes may be at work on this database."""
        return not self._sqlite

    @property
    def alone(self) -> bool:
        """Whether no other process can be at work on this database."""
        return self._claim is not None or self._memory

    def _engine(self, *, writing: bool) -> Engine:
        if not self._sqlite:
            return create_engine(
                self.url,
                pool_size=1 + _BESIDE if writing else _READERS,
                pool_pre_ping=True,
                connect_args={
                    "connect_timeout": 10, "keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 4,
                },
            )  # fmt: skip
        options: dict[str, Any] = {"connect_args": {"check_same_thread": False, "timeout": 10}}
        if self._memory:
            options["poolclass"] = StaticPool
        engine = create_engine(self.url, **options)
        event.listen(engine, "connect", partial(_prepared, cache=_WRITER_CACHE if writing else _READER_CACHE))
        # The driver's own habit is to begin late; a write that begins by reading could then find the file locked.
        begin = "BEGIN IMMEDIATE" if writing else "BEGIN"
        event.listen(engine, "begin", lambda connection: connection.exec_driver_sql(begin))
        return engine

    @property
    def file(self) -> Path | None:
        """The SQLite file, or None for a database in memory or on a server."""
        return Path(str(self.url.database)) if self._sqlite and not self._memory else None

    def schema(self) -> tuple[str | None, str]:
        """The revision of the database's schema (None: there is none yet), and the newest that this program knows."""
        return self.read_now(revision_of) if self.exists else None, revisions()[-1]

    @property
    def exists(self) -> bool:
        """Whether there is something to read: an SQLite file is made by `migrate`, and not by looking for it."""
        return self.file is None or self.file.exists()

    def must_exist(self) -> None:
        """Raise `StoreError` where there is nothing to read yet."""
        if not self.exists:
            hint = "`sitrep run` makes one, or `sitrep db migrate`"
            raise StoreError("there is no database here yet", subject=str(self), hint=hint)

    def size(self) -> int:
        """Bytes that the database takes."""
        if self._sqlite:
            return self.read_now(
                lambda c: (
                    int(c.exec_driver_sql("PRAGMA page_count").scalar_one())
                    * int(c.exec_driver_sql("PRAGMA page_size").scalar_one())
                )
            )
        return self.read_now(
            lambda c: int(c.exec_driver_sql("SELECT pg_database_size(current_database())").scalar_one())
        )

    def maintain(self, statement: str) -> None:
        """Run a statement that must stand outside of any transaction, such as VACUUM."""
        engine = create_engine(self.url, isolation_level="AUTOCOMMIT")
        try:
            with engine.connect() as connection:
                connection.exec_driver_sql(statement)
        except DBAPIError as error:
            raise self._told(error) from error
        finally:
            engine.dispose()

    def migrate(self) -> None:
        """Bring the schema to the newest revision; a schema newer than this program is refused."""
        if self.file is not None:
            self.file.parent.mkdir(parents=True, exist_ok=True)

        def brought_up(connection: Connection) -> None:
            at = revision_of(connection)
            if at is not None and at not in revisions():
                raise StoreError(
                    f"the database has schema {at}, which this version does not know",
                    subject=str(self),
                    hint="start the newer Sitrep that wrote it, or restore a backup",
                )
            if at != revisions()[-1]:
                upgrade(connection)

        self.write_now(brought_up)

    def read_now(self, work: Callable[Concatenate[Connection, P], T], *args: P.args, **options: P.kwargs) -> T:
        """Do the work in one read transaction, in this thread."""
        with self._transaction(self._reading) as connection:
            return work(connection, *args, **options)

    def write_now(self, work: Callable[Concatenate[Connection, P], T], *args: P.args, **options: P.kwargs) -> T:
        """Do the work in one write transaction, in this thread: all of it, or nothing."""
        return self._again_if_crossed(partial(self._written, work, *args, **options))

    def _written(self, work: Callable[Concatenate[Connection, P], T], *args: P.args, **options: P.kwargs) -> T:
        asked = time.monotonic()
        began = None
        try:
            with self._transaction(self._writing) as connection:
                if self.shared:
                    connection.exec_driver_sql(_TURN_TAKEN)
                began = time.monotonic()
                return work(connection, *args, **options)
        finally:
            if began is not None:
                metrics.WRITING.labels("waited").inc(began - asked)
                metrics.WRITING.labels("wrote").inc(time.monotonic() - began)

    def beside_now(self, work: Callable[Concatenate[Connection, P], T], *args: P.args, **options: P.kwargs) -> T:
        """Do the work in one write transaction, in this thread, without waiting for other writers' turn."""

        def done() -> T:
            with self._transaction(self._writing) as connection:
                return work(connection, *args, **options)

        return self._again_if_crossed(done)

    def _again_if_crossed(self, written: Callable[[], T]) -> T:
        for _ in range(_TRIES - 1):
            try:
                return written()
            except StoreError as error:
                cause = error.__cause__
                if not isinstance(cause, DBAPIError) or getattr(cause.orig, "sqlstate", None) not in _CROSSED:
                    raise
        return written()

    async def read(self, work: Callable[Concatenate[Connection, P], T], *args: P.args, **options: P.kwargs) -> T:
        """Do the work in one read transaction, in a reader's thread."""
        loop = asyncio.get_running_loop()
        task = partial(self.read_now, work, *args, **options)
        return await loop.run_in_executor(self._readers, copy_context().run, task)

    async def write(self, work: Callable[Concatenate[Connection, P], T], *args: P.args, **options: P.kwargs) -> T:
        """Do the work in one write transaction, in the writer's thread."""
        loop = asyncio.get_running_loop()
        task = partial(self.write_now, work, *args, **options)
        return await loop.run_in_executor(self._writer, copy_context().run, task)

    async def beside(self, work: Callable[Concatenate[Connection, P], T], *args: P.args, **options: P.kwargs) -> T:
        """Do work that is sound beside other writers in a write transaction of its own; on SQLite the same as `write`.

        Sound is what changes only rows that it holds, whatever else is written meanwhile: leases, notes of deliveries.
        """
        if not self.shared:
            return await self.write(work, *args, **options)
        loop = asyncio.get_running_loop()
        task = partial(self.beside_now, work, *args, **options)
        return await loop.run_in_executor(self._beside, copy_context().run, task)

    @contextmanager
    def _transaction(self, engine: Engine) -> Iterator[Connection]:
        if engine is self._reading:
            self.must_exist()
        try:
            if self._memory:
                with self._turn, engine.begin() as connection:
                    yield connection
            else:
                with engine.begin() as connection:
                    yield connection
        except DBAPIError as error:
            raise self._told(error) from error
        except SQLAlchemyError as error:
            raise StoreError(f"the database refused: {error}", subject=str(self)) from error
        except UnicodeEncodeError as error:
            raise StoreError("half a character was to be stored or looked up", subject=str(self)) from error

    def _told(self, error: DBAPIError) -> StoreError:
        """The driver's error in words that say what to do."""
        what = str(error.orig)
        hints = {
            "locked": "another process writes to it; wait, or stop that process",
            "full": "make room on the disk; nothing was half-written",
            "malformed": "restore the last backup (sitrep db restore)",
            "not a database": "the path points to another kind of file",
            "readonly": "give the process the right to write there",
            "unable to open": "check the path and its rights",
            "no such table": "the schema is missing: start with `sitrep run`, which creates it",
            "connect": "check that the server runs and the address is right",
        }
        hint = next((hint for sign, hint in hints.items() if sign in what.lower()), "")
        return StoreError(f"the database refused: {what.splitlines()[0]}", subject=str(self), hint=hint)

    def __str__(self) -> str:
        """The address without its password."""
        return self.url.render_as_string(hide_password=True)

    def close(self) -> None:
        """Finish what is under way and let go of the database."""
        self._writer.shutdown()
        self._beside.shutdown()
        self._readers.shutdown()
        self._reading.dispose()
        self._writing.dispose()
        if self._claim is not None:
            os.close(self._claim)
            self._claim = None


def _prepared(connection: Any, record: object, *, cache: int) -> None:
    """Settings of each new SQLite connection, `cache` in KiB; transactions are begun by us (see `Store._engine`)."""
    del record
    connection.isolation_level = None
    for pragma in (
        "journal_mode=WAL",
        "synchronous=NORMAL",
        "foreign_keys=ON",
        "busy_timeout=10000",
        f"cache_size=-{cache}",
        "wal_autocheckpoint=4000",
    ):
        connection.execute(f"PRAGMA {pragma}")


def claimed(file: Path) -> int:
    """A lock on `file`.lock that lives until its descriptor is closed; raises `StoreError` where somebody has it."""
    lock = os.open(f"{file}.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(lock)
        raise StoreError(
            "another Sitrep uses this database", subject=str(file), hint="stop it, or give this one its own store.url"
        ) from None
    return lock
