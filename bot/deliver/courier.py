"""The courier: takes what is due from the outbox, has it posted, and records how that went.

A delivery is leased, marked as begun, sent with its key, and recorded. A courier that dies in between leaves a lease
that runs out and a mark that says whether the card may have got through; whoever comes next asks the platform before
it sends again (see docs/delivery.md).
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import secrets
from collections import deque
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

import msgspec
import structlog

from bot import metrics, trace
from bot.deliver.attempt import Attempt, CardOf, NotOurs
from bot.deliver.endings import close, note_instead, roll_up
from bot.deliver.holds import Holds, Place
from bot.deliver.ledger import Ledger
from bot.deliver.port import Platform
from bot.model.delivery import Delivery
from bot.model.errors import DeliveryError, EditRefused, SitrepError, TryLater, Undeliverable
from bot.store import outbox
from bot.store.engine import Store

log = structlog.get_logger()

LEASE_SECONDS = 60.0
"""How long a delivery stays with a courier; a platform has half of that for its answer."""
LOOK_SECONDS = 1.0
"""How often the outbox is looked at where nobody has rung: what falls due by the clock is late by this at most."""
BATCH = 200
MOST_IN_HAND = 20
"""Deliveries of one place that are leased at a time: what is leased should be sent within the lease."""
MOST_ATTEMPTS = 12
LONGEST_WAIT = 1800.0
ROLL_UP_EVERY = timedelta(minutes=1)


class Courier:
    """Delivers through the given platforms; `card_of` makes the card of a delivery (None: there is nothing to post).

    Places are served side by side, each in its order. `holder` names the node whose courier this is; others take over
    what it has not been heard of for `lease` seconds.
    """

    def __init__(
        self,
        store: Store,
        platforms: Mapping[str, Platform],
        card_of: CardOf,
        *,
        clock: Callable[[], datetime],
        chance: Callable[[], float] = random.random,
        holder: str = "",
        lease: float = LEASE_SECONDS,
    ) -> None:
        self._store = store
        self._platforms = platforms
        self._card_of = card_of
        self._clock = clock
        self._chance = chance
        self._holder = holder or secrets.token_hex(8)
        self._lease = lease
        self._ledger = Ledger(store, holder=self._holder, lease_seconds=lease, clock=clock)
        self._holds = Holds(clock, chance)
        self._queues: dict[Place, deque[Delivery]] = {}
        self._in_hand: set[str] = set()
        self._bell = asyncio.Event()
        self._done = 0
        self._rolled_up_at: datetime | None = None
        self._ending = False

    def wake(self) -> None:
        """Something is owed: look at once."""
        self._bell.set()

    def end(self) -> None:
        """Begin nothing more: `run` returns when what is under way has been answered and noted."""
        self._ending = True
        self._bell.set()

    async def run(self) -> None:
        """Deliver whatever falls due, until ended or cancelled."""
        async with asyncio.TaskGroup() as group:
            while not self._ending:
                self._bell.clear()
                try:
                    while await self._take(group):
                        pass
                except SitrepError as error:
                    log.error("outbox_not_read", error=str(error))
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(LOOK_SECONDS):
                        await self._bell.wait()

    async def run_due(self) -> int:
        """Deliver until nothing is due; returns how many deliveries were done with."""
        before = self._done
        async with asyncio.TaskGroup() as group:
            while await self._take(group) or self._queues:
                if self._queues:
                    await self._bell.wait()
                self._bell.clear()
        return self._done - before

    async def _take(self, group: asyncio.TaskGroup) -> int:
        """Lease what is due, and hand each place its own; returns how many are new in hand."""
        now = self._clock()
        if self._rolled_up_at is None or now - self._rolled_up_at >= ROLL_UP_EVERY:
            self._rolled_up_at = now
            await self._store.write(roll_up, now)
        platforms = sorted(set(self._platforms) - self._holds.platforms())
        full = {place for place, queue in self._queues.items() if len(queue) >= MOST_IN_HAND}
        taken = await self._store.beside(
            outbox.lease,
            now,
            seconds=self._lease,
            limit=BATCH,
            platforms=platforms,
            holder=self._holder,
            without=self._holds.places() | full,
        )
        fresh = [delivery for delivery in taken if delivery.key not in self._in_hand]
        for delivery in fresh:
            self._in_hand.add(delivery.key)
            place = (delivery.destination.platform, delivery.destination.channel)
            if place not in self._queues:
                self._queues[place] = deque()
                group.create_task(self._serve(place))
            self._queues[place].append(delivery)
        return len(fresh)

    async def _serve(self, place: Place) -> None:
        """Deliver what is in hand for one place, one after the other."""
        queue = self._queues[place]
        try:
            while queue and not self._ending:
                delivery = queue.popleft()
                try:
                    with trace.gone_on(delivery.trace, "deliver"):
                        await self._deliver(delivery)
                except SitrepError as error:
                    # What could not be recorded is found by its lease that runs out.
                    log.error("delivery_not_recorded", delivery_id=delivery.key, error=str(error))
                finally:
                    self._in_hand.discard(delivery.key)
        finally:
            del self._queues[place]
            self._bell.set()

    async def _deliver(self, delivery: Delivery) -> None:
        where = delivery.destination
        place = (where.platform, where.channel)
        if self._holds.held(place):
            await self._ledger.save(msgspec.structs.replace(delivery, state="due", leased_until=None))
            return
        attempt = Attempt(
            delivery, self._platforms[where.platform], self._store, self._ledger, self._card_of, self._clock,
            seconds=self._lease / 2,
        )  # fmt: skip
        try:
            await attempt.make()
        except NotOurs:
            log.info("delivery_left_to_another", delivery_id=delivery.key)
            return
        except EditRefused as error:
            await self._store.write(note_instead, attempt.delivery, str(error), now=self._clock())
            ended = "dropped"
        except Undeliverable as error:
            in_hand = list(self._queues[place])
            self._queues[place].clear()
            self._in_hand -= {one.key for one in in_hand}
            await self._store.write(close, attempt.delivery, in_hand, str(error), now=self._clock())
            ended = "dead"
        except TryLater as error:
            await self._later(attempt.delivery, error)
            return
        except DeliveryError as error:
            await self._dead(attempt.delivery, str(error))
            ended = "dead"
        except SitrepError:
            raise
        except Exception as error:  # one card that cannot be made or sent must not stop the others
            log.exception("delivery_failed", delivery_id=delivery.key)
            await self._later(attempt.delivery, TryLater(f"it failed with {type(error).__name__}"))
            return
        else:
            self._holds.answered(where.platform)
            await self._ledger.save(attempt.delivery, crosspost=attempt.crosspost)
            ended = attempt.delivery.state
        self._done += 1
        metrics.DELIVERIES.labels(where.platform, ended).inc()
        if ended == "sent" and attempt.delivery.kind == "post":
            metrics.POST_LAG.observe(
                max(0.0, (self._clock() - (delivery.first_due_at or delivery.due_at)).total_seconds())
            )
        log.info("delivery_done", delivery_id=delivery.key, state=ended, platform=where.platform)

    async def _later(self, delivery: Delivery, error: TryLater) -> None:
        """Put a delivery off. Where the platform asks for patience, or is away, that is no failure of the card's."""
        place = (delivery.destination.platform, delivery.destination.channel)
        attempts = delivery.attempts
        metrics.DELIVERIES.labels(place[0], "retried").inc()
        metrics.RATE_LIMIT_WAIT.labels(place[0]).inc(error.retry_after)
        if error.wide or error.retry_after:
            due = self._holds.hold(place, error)
        else:
            attempts += 1
            if attempts >= MOST_ATTEMPTS:
                await self._dead(delivery, f"given up after {attempts} attempts: {error}")
                return
            wait = min(LONGEST_WAIT, 2.0**attempts) * (0.5 + self._chance() / 2)
            due = self._clock() + timedelta(seconds=wait)
        await self._ledger.save(
            msgspec.structs.replace(
                delivery,
                state="due",
                leased_until=None,
                due_at=max(due, delivery.due_at) if not error.wide else delivery.due_at,
                postponed=True,
                attempts=attempts,
                reason=str(error),
            )
        )
        log.info("delivery_postponed", delivery_id=delivery.key, until=due.isoformat(), attempts=attempts)

    async def _dead(self, delivery: Delivery, reason: str) -> None:
        await self._ledger.save(msgspec.structs.replace(delivery, state="dead", leased_until=None, reason=reason))
