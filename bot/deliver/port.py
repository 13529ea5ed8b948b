"""What a platform must be able to do for deliveries."""

from __future__ import annotations

from typing import Protocol

from bot.model.card import Card
from bot.model.delivery import Posted
from bot.model.subscription import Destination


class Platform(Protocol):
    """A place where cards are posted.

    All methods raise `TryLater` for what passes (with the seconds asked for), and `Undeliverable` for what does not.
    """

    @property
    def name(self) -> str:
        """ "discord", "slack", "terminal"."""
        ...

    async def send(
        self,
        destination: Destination,
        card: Card,
        *,
        key: str,
        thread: str | None = None,
        mention: str | None = None,
        silent: bool = False,
    ) -> Posted:
        """Post the card; `key` (≤ 25 characters) is the same in every attempt, so that a second one can be dropped."""
        ...

    async def edit(self, destination: Destination, posted: Posted, card: Card) -> None:
        """Replace a posted card; raises `EditRefused` where that cannot be done any more."""
        ...

    async def find(self, destination: Destination, key: str) -> Posted | None:
        """Where the card of this key stands, if an earlier attempt got through; None where it did not."""
        ...
