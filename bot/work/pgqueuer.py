"""Jobs for many nodes: PgQueuer's queue on PostgreSQL, taken a few at a time.

PgQueuer keeps and hands out the jobs, and hands out again what a node that died had taken. Its own loop is not used: it
strikes off the jobs that a node which is stopped had begun, and ends where its connection breaks.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import timedelta
from uuid import uuid4

import structlog
from pgqueuer.adapters.persistence.qb import QueryBuilderEnvironment, QueryQueueBuilder
from pgqueuer.db import PsycopgDriver
from pgqueuer.models import Job
from pgqueuer.queries import EntrypointExecutionParameter, Queries
from pgqueuer.types import JobId, QueueEntrypoint, QueueManagerId
from psycopg import AsyncConnection

from bot.model.errors import StoreError
from bot.store import jobs
from bot.store.engine import Store
from bot.work.node import BEATS

log = structlog.get_logger()

AT_ONCE = 10
LOOK_SECONDS = 5.0
"""How often the queue is looked at where nobody has rung: for jobs whose node has died, or that were put off."""
PUT_OFF = timedelta(minutes=1)
"""How long a job waits that has failed for a reason of ours."""
ENDING_SECONDS = 10.0
_ENTRY = QueueEntrypoint(jobs.ENTRY)
Work = Callable[[int], Awaitable[timedelta | None]]
"""Does a job, by the number of its row; returns for how long to put it off, or None where it is done."""


class SharedJobs:
    """This node's share of the jobs: at most `at_once`; others take what was not heard of for `lease` seconds.

    While `busy` says that those in hand are enough, no more are taken: another node may have its hands free.
    """

    def __init__(
        self, store: Store, *, lease: float, at_once: int = AT_ONCE, busy: Callable[[], bool] = lambda: False
    ) -> None:
        self._url = store.url
        self._line: AsyncConnection | None = None
        self._connecting = asyncio.Lock()
        self._statements = QueryQueueBuilder(jobs.names())
        self._lease = lease
        self._look = min(LOOK_SECONDS, lease / 2)
        self._at_once = at_once
        self._busy = busy
        self._holder = QueueManagerId(uuid4())
        self._in_hand: dict[JobId, asyncio.Task[None]] = {}
        self._done: list[Job] = []
        self._bell = asyncio.Event()

    def ring(self) -> None:
        """There may be room for more."""
        self._bell.set()

    async def run(self, work: Work) -> None:
        """Do jobs until cancelled; what is then under way gets some seconds, and is left to the others."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._listen())
            group.create_task(self._stay())
            try:
                while True:
                    self._bell.clear()
                    if not await self._go_on(work):
                        with suppress(TimeoutError):
                            async with asyncio.timeout(self._look):
                                await self._bell.wait()
            finally:
                await self._end()

    async def _queue(self) -> Queries:
        """PgQueuer's statements on a connection of our own, which is made anew where it has broken."""
        async with self._connecting:
            if self._line is None or self._line.closed:
                self._line = await jobs.told(jobs.connect(self._url))
        names = jobs.names()
        return Queries(PsycopgDriver(self._line), QueryBuilderEnvironment(names), self._statements)

    async def _go_on(self, work: Work) -> bool:
        """Note what is done and take what there is room for; False where nothing was taken."""
        try:
            await self._note_done()
            room = self._at_once - len(self._in_hand)
            return room > 0 and not self._busy() and await self._take(work, room)
        except StoreError as error:
            log.error("queue_not_read", error=str(error))
            return False

    async def _take(self, work: Work, room: int) -> bool:
        queue, lease = await self._queue(), timedelta(seconds=self._lease)
        entries = {_ENTRY: EntrypointExecutionParameter(0)}
        taken = await jobs.told(queue.dequeue(room, entries, self._holder, None, lease))
        for job in taken:
            if job.id not in self._in_hand:  # a late sign of life: it was handed out again, to us
                self._in_hand[job.id] = asyncio.create_task(self._do(job, work))
        return bool(taken)

    async def _do(self, job: Job, work: Work) -> None:
        put_off: timedelta | None = None
        try:
            put_off = await work(int(job.payload or b"0"))
        except asyncio.CancelledError:
            put_off = timedelta()  # this node ends: another does it
        except Exception:  # one job's failure must not stop the others
            log.exception("job_failed", job=job.payload)
            put_off = PUT_OFF
        finally:
            del self._in_hand[job.id]
            if put_off is None:
                self._done.append(job)
            self._bell.set()
        if put_off is not None:
            with suppress(StoreError):  # it comes again when the lease has run out
                await jobs.told((await self._queue()).retry_job(job, put_off, None))

    async def _note_done(self) -> None:
        done, self._done = self._done, []
        if not done:
            return
        try:
            await jobs.told((await self._queue()).log_jobs([(job, "successful", None) for job in done]))
        except StoreError:
            self._done += done
            raise

    async def _stay(self) -> None:
        """Say of what is in hand that it is being done."""
        while True:
            await asyncio.sleep(self._lease / BEATS)
            if self._in_hand:
                with suppress(StoreError):  # the next time
                    await jobs.told((await self._queue()).update_heartbeat(list(self._in_hand)))

    async def _listen(self) -> None:
        """Ring when jobs have come, whoever has added them."""
        while True:
            try:
                async for _ in jobs.arrivals(self._url):
                    self._bell.set()
            except StoreError as error:
                log.warning("queue_not_heard", error=str(error))
            await asyncio.sleep(self._look)

    async def _end(self) -> None:
        under_way = list(self._in_hand.values())
        if under_way:
            await asyncio.wait(under_way, timeout=ENDING_SECONDS)
            for task in under_way:
                task.cancel()
            await asyncio.gather(*under_way, return_exceptions=True)
        with suppress(StoreError):
            await self._note_done()
        if self._line is not None:
            await self._line.close()
