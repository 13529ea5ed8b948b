"""The queue of what is to be understood, which the nodes on one PostgreSQL share: PgQueuer's tables and statements.

A job names a row of `received`, which is the truth: a job is added in the transaction that adds its row, a job whose
row is gone has nothing to do, and a row that has no job gets one (`mend`). So the queue itself need not survive a crash
of the server, and its tables are not logged. SQLite has no queue: its one process looks at `received` itself.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Sequence
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import URL, Connection, String, cast, exists, select, table, text
from sqlalchemy import column as col
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg

from bot.model.errors import StoreError
from bot.store import tables as t

if TYPE_CHECKING:
    from pgqueuer.domain.settings import DBSettings
    from psycopg import AsyncConnection

ENTRY = "understand"
"""What PgQueuer calls our one kind of job."""
CHANNEL = "ch_pgqueuer"
"""Where PostgreSQL says that jobs have come."""
MENDED_AT_ONCE = 500
ANSWER_SECONDS = 30.0
T = TypeVar("T")
_queue = table("pgqueuer", col("dedupe_key"), col("status"))


@cache
def names() -> DBSettings:
    """What PgQueuer's tables are called: all of it, so that nothing is taken from the environment."""
    from pgqueuer.domain.settings import DBSettings, Durability

    return DBSettings(
        prefix="",
        db_schema=None,
        channel=CHANNEL,  # type: ignore[arg-type]  # a name of its own for a string
        function="fn_pgqueuer_changed",
        statistics_table="pgqueuer_statistics",
        queue_status_type="pgqueuer_status",
        queue_table="pgqueuer",
        queue_table_log="pgqueuer_log",
        trigger="tg_pgqueuer_changed",
        schedules_table="pgqueuer_schedules",
        durability=Durability.volatile,
        widen_id=True,
    )


class _Within:
    """PgQueuer's driver port over a transaction of ours."""

    def __init__(self, c: Connection) -> None:
        self._c = c

    def fetch(self, query: str, *given: object) -> list[dict[str, object]]:
        return fetched(self._c, query, given)


def fetched(c: Connection, query: str, given: Sequence[object]) -> list[dict[str, Any]]:
    """Run a statement as PgQueuer writes it, and return its rows by name."""
    from psycopg import Connection as Driver
    from psycopg import RawCursor
    from psycopg.rows import dict_row

    driver = c.connection.driver_connection
    assert isinstance(driver, Driver)  # there is no queue on SQLite
    with RawCursor(driver, row_factory=dict_row) as cursor:
        cursor.execute(query.encode(), given or None)
        return cursor.fetchall() if cursor.description else []


def install(c: Connection) -> None:
    """Make the queue's tables; for migrations."""
    from pgqueuer.adapters.persistence.qb import QueryBuilderEnvironment

    fetched(c, QueryBuilderEnvironment(names()).build_install_query(), ())


def add(c: Connection, numbers: Sequence[int]) -> None:
    """Let some node understand these rows of `received`; where there are many."""
    if c.dialect.name != "postgresql" or not numbers:
        return
    from pgqueuer.adapters.persistence.qb import QueryQueueBuilder
    from pgqueuer.queries import SyncQueries

    rows = [str(number) for number in numbers]
    SyncQueries(_Within(c), QueryQueueBuilder(names())).enqueue(
        [ENTRY] * len(rows), [row.encode() for row in rows], [0] * len(rows), dedupe_key=list(rows), on_conflict="skip"
    )


def mend(c: Connection) -> int:
    """Add the jobs that are missing, as after a restored backup or a crash of the server; returns how many."""
    wanted = cast(t.received.c.number, String)
    waits = exists().where(_queue.c.dedupe_key == wanted, text("status IN ('queued', 'picked')"))
    query = select(t.received.c.number).where(~waits).order_by(t.received.c.number).limit(MENDED_AT_ONCE)
    numbers = list(c.scalars(query))
    add(c, numbers)
    return len(numbers)


def depth(c: Connection) -> dict[str, int]:
    """How many jobs there are, by PgQueuer's word for their state: "queued", "picked"."""
    if c.dialect.name != "postgresql":
        return {}
    rows = c.execute(text("SELECT CAST(status AS text) AS state, count(*) AS jobs FROM pgqueuer GROUP BY status"))
    return {row.state: row.jobs for row in rows}


def waits_since(c: Connection) -> datetime | None:
    """Since when the job has been waiting that has waited longest, of those that could be done."""
    waiting = (
        "SELECT extract(epoch FROM min(created)) * 1000 FROM pgqueuer WHERE status = 'queued' AND execute_after < now()"
    )
    stamp = c.scalar(text(waiting))
    return t.moment(int(stamp)) if stamp is not None else None


def forget_done(c: Connection, hours: int) -> int:
    """Forget what the queue has noted of jobs more than so many hours ago; returns how many notes."""
    old = text("DELETE FROM pgqueuer_log WHERE created < now() - make_interval(hours => :hours)")
    return c.execute(old, {"hours": hours}).rowcount


async def connect(url: URL) -> AsyncConnection:
    """A connection of its own to the server; each statement is a transaction."""
    from psycopg import AsyncConnection

    _, given = PGDialect_psycopg().create_connect_args(url)  # type: ignore[no-untyped-call]  # SQLAlchemy's own
    options: dict[str, Any] = {
        "connect_timeout": 10,
        "keepalives_idle": 10,
        "keepalives_interval": 5,
        "keepalives_count": 4,
    }
    return await AsyncConnection.connect(**given, **options, autocommit=True)


async def told(asked: Awaitable[T]) -> T:
    """The server's answer; raises `StoreError` where it goes away, refuses, or does not answer in time."""
    from psycopg import Error

    try:
        async with asyncio.timeout(ANSWER_SECONDS):
            return await asked
    except (Error, OSError) as error:
        raise StoreError(f"the queue cannot be asked: {str(error) or type(error).__name__}".splitlines()[0]) from error


async def arrivals(url: URL) -> AsyncIterator[None]:
    """Yields once when it listens, and when jobs have been added; raises `StoreError` where the server goes away."""
    from psycopg import Error, sql

    try:
        async with await connect(url) as connection:
            await connection.execute(sql.SQL("LISTEN {}").format(sql.Identifier(CHANNEL)))
            yield
            async for note in connection.notifies():
                if json.loads(note.payload).get("operation") == "insert":
                    yield
    except (Error, OSError) as error:
        raise StoreError(f"the queue cannot be listened to: {str(error).splitlines()[0]}") from error
