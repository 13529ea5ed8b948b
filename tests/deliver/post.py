"""Reports, a channel and a courier between them, on a clock that tests move."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec

from bot.deliver.courier import Courier
from bot.intake import Filed, file_reports
from bot.model.card import Card
from bot.model.command import Asker
from bot.model.delivery import Delivery
from bot.model.report import Report
from bot.model.subscription import Destination, Subscription
from bot.model.summary import Actor, CasualtyFigure, Claim, Summary
from bot.queries.desk import Desk
from bot.queries.posts import card_of
from bot.store import delivered, subscriptions
from bot.store.engine import Store
from tests.test_newsroom import Board

NOW = datetime(2026, 6, 9, 12, 0, tzinfo=UTC)
"""A Tuesday."""
HERE = Destination(platform="board", tenant="t1", channel="c1")
FLOOD = "a flood that swept away houses in Derna after two dams burst"
BRIDGE = "shelling and a missile attack near the bridge of Antonivka"


def told(
    name: str,
    words: str = BRIDGE,
    *,
    at: datetime = NOW,
    killed: int | None = None,
    stance: str = "asserts",
    speaker: str = "Ministry of Defence of Ukraine",
) -> tuple[Report, Summary]:
    """A report in which a ministry says something, with a toll where given; the same words tell of the same event."""
    number = f" {killed} people were killed." if killed is not None else ""
    text = f"The ministry said there was {words}.{number} Report {name}."
    report = Report(id=name, text=text, title=f"{words.capitalize()}, {name}", outlet=f"Wire {name}", published_at=at)
    actor = Actor(id="a1", name=speaker, type="military", country="UA", mentions=((0, 12),), roles=("speaker",))
    claim = Claim(id="c1", speaker="a1", content=((18, 30),), sentence=(0, len(text)), stance=stance)  # type: ignore[arg-type]
    figures = ()
    if killed is not None:
        start = text.index(f"{killed} people")
        figures = (
            CasualtyFigure(
                id="k1", state="killed", min=killed, max=killed, qualifier="exact",
                number=(start, start + len(str(killed))), victims=(start, start + len(f"{killed} people")),
                scope="event", according_to="c1", sentence=(0, len(text)),
            ),
        )  # fmt: skip
    return report, Summary(id=name, headline=f"Headline {name}", actors=(actor,), claims=(claim,), casualties=figures)


def revised(pair: tuple[Report, Summary], text: str = " Corrected.", **fields: object) -> tuple[Report, Summary]:
    """The report with more text, and its summary with these fields."""
    report, summary = pair
    return msgspec.structs.replace(report, text=report.text + text), msgspec.structs.replace(summary, **fields)


class PostOffice:
    """One channel of a board, what is filed for it, and what was posted."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.now = NOW
        self.board = Board()
        self.courier = Courier(store, {"board": self.board}, self._card, clock=lambda: self.now, chance=lambda: 1.0)
        self.desk = Desk(store, clock=lambda: self.now, understand=_nothing)
        self.asker = Asker(platform="board", tenant="t1", user="u1", channel="c1", may_manage=True)

    async def _card(self, delivery: Delivery) -> Card | None:
        return self.store.read_now(card_of, delivery, self.now)

    def order(self, **fields: object) -> Subscription:
        """Set how the channel is posted to."""
        made = Subscription(id="s", destination=HERE, set_up_by="u1")
        made = msgspec.structs.replace(made, **fields)
        self.store.write_now(subscriptions.save_subscription, made)
        return made

    def file(self, *pairs: tuple[Report, Summary]) -> tuple[Filed, ...]:
        """File reports now."""
        return self.store.write_now(file_reports, pairs, tenant="t1", now=self.now)

    async def later(self, **span: float) -> None:
        """Let time pass, and deliver what is due then."""
        self.now += timedelta(**span)
        await self.courier.run_due()

    async def ask(self, words: str) -> Card:
        """Give a command in the channel."""
        return await self.desk.ask(words, self.asker)

    @property
    def titles(self) -> list[str]:
        """The titles of all that was posted, in order."""
        return [sent.card.title for sent in self.board.sent]

    def states(self) -> dict[str, int]:
        """How many deliveries are in each state."""
        return self.store.read_now(delivered.depth)


async def _nothing(report: Report) -> tuple[Report, Summary]:
    return report, Summary(id=report.id, headline="")


@contextmanager
def post_office(tmp_path: Path) -> Iterator[PostOffice]:
    """A post office with a database of its own."""
    store = Store(f"sqlite:///{tmp_path / 'p.db'}")
    store.migrate()
    try:
        yield PostOffice(store)
    finally:
        store.close()
