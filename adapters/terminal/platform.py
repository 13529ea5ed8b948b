"""The terminal as a platform: what other platforms post to channels is printed here."""

from __future__ import annotations

from datetime import datetime

from rich.console import Console

from adapters.terminal.render import show
from bot.deliver.port import Topic
from bot.model.card import Card
from bot.model.delivery import Posted
from bot.model.subscription import Destination


class TerminalPlatform:
    """Prints each card once; an edit prints the card again under a word that says so."""

    name = "terminal"

    def __init__(self, console: Console) -> None:
        self.console = console
        self.unread = False
        """Nobody reads what is printed any more: the pipe is closed."""
        self._printed: dict[str, Posted] = {}

    def parts(self, card: Card) -> int:
        """A card is printed whole."""
        del card
        return 1

    async def turn(self, destination: Destination) -> None:
        """The terminal asks for no patience."""

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
        """Print the card; `key` becomes the message's id."""
        del part, of, thread, topic, mention, silent
        self._show(card)
        posted = self._printed[key] = Posted(channel=destination.channel, message=key)
        return posted

    async def open_thread(self, destination: Destination, posted: Posted, topic: Topic) -> str:
        """What follows a card is printed after it."""
        del destination, topic
        return posted.message

    async def publish(self, destination: Destination, posted: Posted) -> None:
        """Nobody follows a terminal."""
        del destination, posted

    async def edit(self, destination: Destination, posted: Posted, card: Card) -> None:
        """Print the card as it now stands."""
        del destination
        self._show(card, f"Updated ({posted.message}):")

    def _show(self, card: Card, before: str = "") -> None:
        try:
            if before:
                self.console.print(before, markup=False)
            show(card, self.console)
        except (
            BrokenPipeError,
            SystemExit,
        ):  # rich ends the program where the pipe is closed; the bot's tasks must not
            self.unread = True

    async def find(
        self,
        destination: Destination,
        key: str,
        *,
        part: int = 0,
        since: datetime,
        of: Posted | None = None,
        thread: str | None = None,
    ) -> Posted | None:
        """What this process has printed under the key; a new process has printed nothing."""
        del destination, part, since, of, thread
        return self._printed.get(key)
