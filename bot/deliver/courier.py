"""The courier: takes what is due from the outbox, has it posted, and records how that went.

A delivery is leased, sent with its key, and recorded. A courier that dies between sending and recording leaves a lease
that runs out; the next one asks the platform for the key before it sends again (see docs/delivery.md).
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta

import msgspec
import structlog
from sqlalchemy import Connection

from bot.deliver.port import Platform
from bot.model.card import Card
from bot.model.delivery import Delivery, Posted
from bot.model.errors import DeliveryError, EditRefused, TryLater, Undeliverable
from bot.store import outbox, subscriptions
from bot.store.engine import Store

log = structlog.get_logger()

LEASE_SECONDS = 60.0
BATCH = 50
MOST_ATTEMPTS = 12
LONGEST_WAIT = 1800.0
SEND_SECONDS = 30.0
CardOf = Callable[[Delivery], Awaitable[Card | None]]


class Courier:
    """Delivers through the given platforms; `card_of` makes the card of a delivery (None: there is nothing to post)."""

    def __init__(
        self,
        store: Store,
        platforms: Mapping[str, Platform],
        card_of: CardOf,
        *,
        clock: Callable[[], datetime],
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._store = store
        self._platforms = platforms
        self._card_of = card_of
        self._clock = clock
        self._chance = chance

    async def run_due(self) -> int:
        """Deliver until nothing is due; returns how many deliveries were done with."""
        done = 0
        while taken := await self._store.write(
            outbox.lease, self._clock(), seconds=LEASE_SECONDS, limit=BATCH, platforms=list(self._platforms)
        ):
            async with asyncio.TaskGroup() as group:
                for delivery in taken:
                    group.create_task(self._deliver(delivery))
            done += len(taken)
        return done

    async def _deliver(self, delivery: Delivery) -> None:
        where = delivery.destination
        try:
            async with asyncio.timeout(SEND_SECONDS):
                posted = await self._send(delivery, self._platforms[where.platform])
        except EditRefused as error:
            await self._end(delivery, "dropped", str(error))
        except Undeliverable as error:
            await self._end(delivery, "dead", str(error))
            await self._store.write(_pause, delivery, str(error))
        except (TryLater, TimeoutError) as error:
            await self._retry(delivery, error)
        except DeliveryError as error:
            await self._end(delivery, "dead", str(error))
        else:
            await self._end(delivery, "sent" if posted else "dropped", "", posted=posted)

    async def _send(self, delivery: Delivery, platform: Platform) -> Posted | None:
        """Post or edit; None where there is nothing to post."""
        card = await self._card_of(delivery)
        if card is None:
            return None
        if delivery.kind == "edit" and delivery.posted is not None:
            await platform.edit(delivery.destination, delivery.posted, card)
            return delivery.posted
        if delivery.attempts and (found := await platform.find(delivery.destination, delivery.key)):
            return found
        # Counted before sending: whoever finds this delivery unfinished knows that it may have got through.
        await self._store.write(outbox.save, msgspec.structs.replace(delivery, attempts=delivery.attempts + 1))
        return await platform.send(delivery.destination, card, key=delivery.key, silent=delivery.silent)

    async def _retry(self, delivery: Delivery, error: Exception) -> None:
        attempts = delivery.attempts + 1
        if attempts >= MOST_ATTEMPTS:
            await self._end(delivery, "dead", f"given up after {attempts} attempts: {error}")
            return
        asked = error.retry_after if isinstance(error, TryLater) else 0.0
        wait = max(asked, min(LONGEST_WAIT, 2.0**attempts) * (0.5 + self._chance() / 2))
        due = self._clock() + timedelta(seconds=wait)
        changed = msgspec.structs.replace(
            delivery, state="due", leased_until=None, due_at=due, attempts=attempts, reason=str(error)
        )
        await self._store.write(outbox.save, changed)
        log.info("delivery_postponed", delivery_id=delivery.key, seconds=round(wait, 1), attempts=attempts)

    async def _end(self, delivery: Delivery, state: str, reason: str, *, posted: Posted | None = None) -> None:
        changed = msgspec.structs.replace(
            delivery, state=state, leased_until=None, reason=reason, posted=posted or delivery.posted
        )
        await self._store.write(outbox.save, changed)
        log.info("delivery_done", delivery_id=delivery.key, state=state, platform=delivery.destination.platform)


def _pause(c: Connection, delivery: Delivery, why: str) -> None:
    """Stop posting to a destination that is closed to us, and drop what else is owed to it."""
    where = delivery.destination
    for subscription in subscriptions.pause_destination(c, platform=where.platform, channel=where.channel, why=why):
        log.warning("destination_paused", subscription_id=subscription.id, platform=where.platform)
