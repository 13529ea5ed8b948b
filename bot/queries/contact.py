"""What waits to be told to a person comes with the next answer that they alone see, once."""

from __future__ import annotations

import msgspec

from bot.model.card import Card, Line, Section
from bot.model.command import Asker
from bot.model.errors import StoreError
from bot.store import people
from bot.store.engine import Store


async def with_waiting_words(store: Store, card: Card, asker: Asker) -> Card:
    """The card with what waits for the asker above its sections; nothing is written where nothing waits.

    Where the database is away they wait on: the answer, which says so, comes all the same.
    """
    who = people.person(asker)
    try:
        waits = await store.read(people.words_wait, who)
        words = await store.write(people.take_words, who) if waits else ()
    except StoreError:
        return card
    if not words:
        return card
    section = Section(heading="Since you were last here", lines=tuple(Line(text=text) for text in words))
    return msgspec.structs.replace(card, sections=(section, *card.sections))
