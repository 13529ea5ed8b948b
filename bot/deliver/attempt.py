"""One attempt at one delivery: what is sent where, in which thread, and what is known of it at every moment."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import TypeVar

import msgspec
import structlog

from bot.deliver.ledger import Ledger
from bot.deliver.port import Platform, Topic
from bot.model.card import Card
from bot.model.delivery import Delivery, Posted
from bot.model.errors import DeliveryError, EditRefused, TryLater, Undeliverable
from bot.store import delivered, outbox
from bot.store.engine import Store

log = structlog.get_logger()

CardOf = Callable[[Delivery], Awaitable[Card | None]]
T = TypeVar("T")


class NotOurs(Exception):
    """Somebody else has this delivery by now: it must not be sent."""


class Attempt:
    """Posts, edits or publishes a card; `delivery` is how it stands, also where the attempt has failed half-way.

    `crosspost` is whether the card that has been posted is to be published as well.
    `seconds` is how long the platform has for each answer: less than the lease, so that nobody else begins meanwhile.
    """

    def __init__(
        self,
        delivery: Delivery,
        platform: Platform,
        store: Store,
        ledger: Ledger,
        card_of: CardOf,
        clock: Callable[[], datetime],
        *,
        seconds: float,
    ) -> None:
        self.delivery = delivery
        self._seconds = seconds
        self._platform = platform
        self._store = store
        self._ledger = ledger
        self._card_of = card_of
        self._clock = clock
        self.crosspost = False

    async def make(self) -> None:
        """Deliver; afterwards `delivery` is sent, or dropped with the reason."""
        if self.delivery.kind == "publish":
            await self._publish()
            return
        card = await self._card_of(self.delivery)
        if card is None:
            self._change(state="dropped", leased_until=None, reason="there is nothing to post any more")
        elif self.delivery.kind == "edit":
            await self._edit(card)
        else:
            await self._post(card)

    def _change(self, **fields: object) -> None:
        self.delivery = msgspec.structs.replace(self.delivery, **fields)

    async def _meant(self) -> Posted | None:
        """Where the card stands that is to be edited or published; where it does not, this is dropped."""
        posted = self.delivery.posted
        if posted is None:
            meant = await self._store.read(delivered.delivery, self.delivery.card)
            posted = meant.posted if meant else None
        if posted is None:
            self._change(state="dropped", leased_until=None, reason="its card does not stand")
        return posted

    async def _publish(self) -> None:
        if (posted := await self._meant()) is None:
            return
        await self._in_time(self._platform.publish(self.delivery.destination, posted), unsure=False)
        self._change(state="sent", leased_until=None, reason="")

    async def _edit(self, card: Card) -> None:
        if (posted := await self._meant()) is None:
            return
        await self._in_time(self._platform.edit(self.delivery.destination, posted, card), unsure=False)
        self._change(state="sent", leased_until=None, posted=posted, reason="")

    async def _post(self, card: Card) -> None:
        thread = await self._thread()
        try:
            await self._send(card, thread)
        except Undeliverable:
            # A thread that has been deleted or locked closes neither its channel nor the event.
            if thread is None or self.delivery.parts:
                raise
            await self._lost_thread()
            thread = await self._thread()
            await self._send(card, thread)
        self.crosspost = card.crosspost and thread is None
        self._change(state="sent", leased_until=None, reason="")

    async def _send(self, card: Card, thread: str | None) -> None:
        """Send the parts that have not got through; each is looked for first where it may have."""
        for part in range(self.delivery.parts, self._platform.parts(card)):
            found = await self._found(part, thread) if self.delivery.tried_at else None
            posted = found or await self._sent(card, part, thread)
            self._change(posted=self.delivery.posted or posted, parts=part + 1, tried_at=None)
            if part + 1 < self._platform.parts(card):
                await self._ledger.save(self.delivery)

    async def _found(self, part: int, thread: str | None) -> Posted | None:
        one = self.delivery
        assert one.tried_at is not None  # the caller has looked
        return await self._in_time(
            self._platform.find(
                one.destination, one.key, part=part, since=one.tried_at, of=one.posted, thread=thread
            ),
            unsure=False,
        )  # fmt: skip

    async def _sent(self, card: Card, part: int, thread: str | None) -> Posted:
        one = self.delivery
        await self._platform.turn(one.destination)
        asked = time.monotonic()
        if not await self._ledger.begin(one.key) or time.monotonic() - asked > self._seconds:
            raise NotOurs  # also where this process was held up so long that another may soon begin
        self._change(tried_at=one.tried_at or self._clock())
        try:
            return await self._in_time(
                self._platform.send(
                    one.destination,
                    card,
                    key=one.key,
                    part=part,
                    of=one.posted,
                    thread=thread,
                    topic=topic_of(card) if thread is None else None,
                    mention=one.mention if part == 0 else None,
                    silent=one.silent,
                ),
                unsure=True,
            )
        except TryLater as error:
            if not error.unsure:
                self._change(tried_at=one.tried_at)
            raise

    async def _thread(self) -> str | None:
        """The thread that the card belongs to; None where it stands by itself."""
        first = await self._parent()
        if first is None or first.posted is None:
            return None
        if first.posted.thread is not None:
            return first.posted.thread
        card = await self._card_of(first)
        topic = topic_of(card) if card else Topic(first.event_id or "Updates")
        try:
            thread = await self._in_time(
                self._platform.open_thread(first.destination, first.posted, topic), unsure=False
            )  # fmt: skip
        except EditRefused:
            await self._store.write(outbox.save, msgspec.structs.replace(first, posted=None))
            return None
        except TryLater:
            raise
        except DeliveryError as error:
            log.warning("thread_not_opened", delivery_id=self.delivery.key, error=str(error))
            return None
        posted = msgspec.structs.replace(first.posted, thread=thread)
        await self._store.write(outbox.save, msgspec.structs.replace(first, posted=posted))
        return thread

    async def _parent(self) -> Delivery | None:
        if not self.delivery.parent:
            return None
        first = await self._store.read(delivered.delivery, self.delivery.parent)
        return first if first is not None and first.state == "sent" else None

    async def _lost_thread(self) -> None:
        first = await self._parent()
        if first is not None and first.posted is not None:
            # A forum's post is its thread: with the one the other is gone.
            left = msgspec.structs.replace(first.posted, thread=None) if not first.posted.forum else None
            await self._store.write(outbox.save, msgspec.structs.replace(first, posted=left))

    async def _in_time(self, work: Awaitable[T], *, unsure: bool) -> T:
        """The platform's answer, waited for so long."""
        try:
            async with asyncio.timeout(self._seconds):
                return await work
        except TimeoutError:
            raise TryLater("the platform did not answer in time", unsure=unsure) from None


def topic_of(card: Card) -> Topic:
    """What a thread about this card is called, and filed under."""
    return Topic(" · ".join(part for part in (card.tag, card.title) if part), card.topics)
