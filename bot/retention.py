"""How long what is kept: the settings' days, and the least that the bot itself needs."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import Connection

from bot.settings import KeepSettings
from bot.store import audit, retention
from bot.store.engine import Store

AT_ONCE = 200
"""Things that go in one transaction: others wait for a fraction of a second."""
MOST_BATCHES = 250
"""Transactions of one kind in one run; what is left goes in the next."""
LEAST_TEXTS, LEAST_REPORTS, LEAST_DELIVERIES = 7, 30, 30
"""Days: events take reports for four days and look at their texts; corrections and replays look for what was posted."""


async def forget(store: Store, keep: KeepSettings, now: datetime) -> dict[str, int]:
    """Let go of what is older than the settings keep it; returns how many of each kind went."""

    async def all_of(drop: Callable[..., int], days: int, least: int) -> int:
        gone = 0
        for _ in range(MOST_BATCHES if days else 0):
            before = now - timedelta(days=max(days, least))
            some = await store.write(drop, before, most=AT_ONCE)
            gone += some
            if some < AT_ONCE:
                break
            await asyncio.sleep(0)
        return gone

    return {
        "events": await all_of(retention.drop_events, keep.reports, LEAST_REPORTS),
        "reports": await all_of(retention.drop_loose_reports, keep.reports, LEAST_REPORTS),
        "texts": await all_of(retention.drop_texts, keep.texts, LEAST_TEXTS),
        "deliveries": await all_of(retention.drop_deliveries, keep.deliveries, LEAST_DELIVERIES),
        "audit": await all_of(_drop_audit, keep.audit, 0),
    }


def _drop_audit(c: Connection, before: datetime, *, most: int) -> int:
    del most  # short rows, and few
    return audit.forget_older(c, before)
