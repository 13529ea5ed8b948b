"""What a platform must be able to do for deliveries."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

import msgspec

from bot.model.card import Card
from bot.model.delivery import Posted
from bot.model.subscription import Destination


class Topic(msgspec.Struct, frozen=True):
    """What a thread or forum post is about: its title, and words that may be its tags ("Armenia", "killed")."""

    title: str
    tags: tuple[str, ...] = ()


class Platform(Protocol):
    """A place where cards are posted.

    A card may take several messages (`parts`); each is sent by a call of its own, and each call is tried again by
    itself. All methods raise `TryLater` for what passes, and `Undeliverable` for what does not. With a destination's
    `direct`, its channel is a person's id.
    """

    @property
    def name(self) -> str:
        """ "discord", "slack", "terminal"."""
        ...

    def parts(self, card: Card) -> int:
        """How many messages the card takes; at least 1."""
        ...

    async def turn(self, destination: Destination) -> None:
        """Wait until the platform's pace lets one more message go there; called right before each `send`."""
        ...

    async def send(
        self,
        destination: Destination,
        card: Card,
        *,
        key: str,
        part: int = 0,
        of: Posted | None = None,
        thread: str | None = None,
        topic: Topic | None = None,
        mention: str | None = None,
        silent: bool = False,
    ) -> Posted:
        """Post a part of the card; parts after the first belong to the card posted as `of`.

        `key` (≤ 25 characters, the whole card's) is the same in every attempt, so that a second one can be dropped.
        `thread` is where it goes instead of the channel. A place made of threads, like a forum, opens one on `topic`,
        and says so in `Posted.thread`. `mention` is the one role or group ("@…": person) that is
        notified.
        """
        ...

    async def find(
        self, destination: Destination, key: str, *, part: int = 0, since: datetime, of: Posted | None = None,
        thread: str | None = None,
    ) -> Posted | None:  # fmt: skip
        """Where that part stands, if an attempt not before `since` got through.

        None where it did not, or where `send` itself makes sure that it does not stand twice.
        """
        ...

    async def open_thread(self, destination: Destination, posted: Posted, topic: Topic) -> str:
        """The thread of a posted card, opened where there is none yet; calling it again gives the same."""
        ...

    async def publish(self, destination: Destination, posted: Posted) -> None:
        """Pass a posted card on to the places that follow this one; calling it again changes nothing.

        Does nothing where the platform has no such thing; raises `DeliveryError` where this place cannot.
        """
        ...

    async def edit(self, destination: Destination, posted: Posted, card: Card) -> None:
        """Replace a posted card; raises `EditRefused` where that cannot be done any more."""
        ...
