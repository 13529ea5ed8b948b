"""The ledger: what couriers write into the outbox while they deliver, as few transactions as there can be.

What is noted while a transaction is under way goes into the next one together. Nobody is answered before what they
noted is stored.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from bot.deliver.publishing import owe_publication
from bot.model.delivery import Delivery
from bot.store import outbox
from bot.store.engine import Store


class Ledger:
    """Writes beginnings and endings for one holder of leases."""

    def __init__(self, store: Store, *, holder: str, lease_seconds: float, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._holder = holder
        self._seconds = lease_seconds
        self._clock = clock
        self._beginnings: dict[str, asyncio.Future[bool]] = {}
        self._endings: list[tuple[Delivery, bool, asyncio.Future[None]]] = []
        self._writing: asyncio.Task[None] | None = None

    async def begin(self, key: str) -> bool:
        """Note that a delivery is about to be sent; False where it is no longer ours to send."""
        noted: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._beginnings[key] = noted
        self._write()
        return await noted

    async def save(self, delivery: Delivery, *, crosspost: bool = False) -> None:
        """Note how a delivery now stands, and with `crosspost` that its card is to be published."""
        noted: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._endings.append((delivery, crosspost, noted))
        self._write()
        await noted

    def _write(self) -> None:
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write_all())

    async def _write_all(self) -> None:
        while self._beginnings or self._endings:
            beginnings, self._beginnings = self._beginnings, {}
            endings, self._endings = self._endings, []
            # What is owed anew takes its number in turn; all else changes only rows that this holder has.
            owes = any(crosspost for _, crosspost, _ in endings)
            write = self._store.write if owes else self._store.beside
            try:
                ours = await write(
                    _noted, list(beginnings), [(delivery, crosspost) for delivery, crosspost, _ in endings],
                    self._holder, self._clock(), self._seconds,
                )  # fmt: skip
            except Exception as error:  # whoever waits has to know
                waiting: list[asyncio.Future[Any]] = [*beginnings.values(), *(future for _, _, future in endings)]
                for future in waiting:
                    if not future.done():
                        future.set_exception(error)
                continue
            for key, begun in beginnings.items():
                if not begun.done():
                    begun.set_result(key in ours)
            for _, _, ended in endings:
                if not ended.done():
                    ended.set_result(None)


def _noted(
    c: Connection,
    beginnings: list[str],
    endings: list[tuple[Delivery, bool]],
    holder: str,
    now: datetime,
    seconds: float,
) -> frozenset[str]:
    outbox.save(c, *(delivery for delivery, _ in endings), holder=holder)
    for delivery, crosspost in endings:
        if crosspost:
            owe_publication(c, delivery, now)
    return outbox.begin(c, beginnings, holder=holder, now=now, seconds=seconds)
