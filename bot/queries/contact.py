"""What waits to be told to a person comes with the next answer that they alone see, once."""

from __future__ import annotations

import msgspec

from bot.model.card import Card, Line, Section
from bot.model.command import Asker
from bot.store import people
from bot.store.engine import Store


async def with_waiting_words(store: Store, card: Card, asker: Asker) -> Card:
    """The card with what waits for the asker above its sections; nothing is written where nothing waits."""
    who = people.person(asker)
    if not await store.read(people.words_wait, who):
        return card
    words = await store.write(people.take_words, who)
    if not words:
        return card
    section = Section(heading="Since you were last here", lines=tuple(Line(text=text) for text in words))
    return msgspec.structs.replace(card, sections=(section, *card.sections))
