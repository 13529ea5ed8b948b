"""What is offered while somebody types is never late, never too long, and never an error."""

from __future__ import annotations

import asyncio
import time

from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.discord import limits
from bot.model.command import Asker
from bot.model.errors import StoreError
from bot.queries.completion import MOST_LOOKUPS, Completions, Offer

ASKER = Asker(platform="discord", tenant="discord:1", user="1")
OFFERS = (("KAR-0001 Shelling in Karabakh", "KAR-0001"), ("GAZ-0001 Strikes on Gaza", "GAZ-0001"))


class SlowStore:
    """Offers events after a while; counts how often it was asked."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.asked = 0

    async def suggest(self, kind: str, typed: str, asker: Asker) -> tuple[Offer, ...]:
        self.asked += 1
        await asyncio.sleep(self.seconds)
        return tuple(offer for offer in OFFERS if typed in offer[0].casefold())


async def test_a_slow_store_gives_nothing_at_first_and_what_it_found_the_next_time() -> None:
    store = SlowStore(0.2)
    completions = Completions(store.suggest)
    assert await completions.offered("event", "kar", ASKER) == ()
    await asyncio.sleep(0.25)
    assert await completions.offered("event", "kar", ASKER) == OFFERS[:1]
    assert store.asked == 1
    await completions.close()


async def test_what_was_found_for_the_first_letters_stands_in_for_more_of_them() -> None:
    store = SlowStore(0.0)
    completions = Completions(store.suggest)
    assert await completions.offered("event", "", ASKER) == OFFERS
    store.seconds = 5.0
    assert await completions.offered("event", "gaza", ASKER) == OFFERS[1:]
    await completions.close()


async def test_what_is_stale_is_offered_at_once_and_looked_up_again_beside() -> None:
    now = [0.0]
    store = SlowStore(0.0)
    completions = Completions(store.suggest, clock=lambda: now[0])
    await completions.offered("event", "kar", ASKER)
    now[0], store.seconds = 60.0, 0.5
    begun = time.monotonic()
    assert await completions.offered("event", "kar", ASKER) == OFFERS[:1]
    assert time.monotonic() - begun < 0.4  # the store takes half a second: nothing was waited for
    await asyncio.sleep(0)
    assert store.asked == 2
    await completions.close()


async def test_no_tenant_is_offered_what_another_one_found() -> None:
    completions = Completions(SlowStore(0.0).suggest)
    await completions.offered("event", "kar", ASKER)
    other = SlowStore(5.0)
    completions._suggest = other.suggest
    assert await completions.offered("event", "kar", Asker(platform="discord", tenant="discord:2", user="1")) == ()
    await completions.close()


async def test_a_broken_store_offers_nothing_and_raises_nothing() -> None:
    async def broken(kind: str, typed: str, asker: Asker) -> tuple[Offer, ...]:
        raise StoreError("the database refused")

    assert await Completions(broken).offered("event", "kar", ASKER) == ()


async def test_a_store_that_hangs_is_not_asked_without_end() -> None:
    store = SlowStore(60.0)
    completions = Completions(store.suggest)
    await asyncio.gather(*(completions.offered("event", f"word{n}", ASKER) for n in range(50)))
    assert store.asked == MOST_LOOKUPS
    await completions.close()


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.text(max_size=140), st.text(max_size=140)), max_size=40).map(tuple))
def test_nothing_is_offered_that_discord_would_refuse(found: tuple[Offer, ...]) -> None:
    async def suggest(kind: str, typed: str, asker: Asker) -> tuple[Offer, ...]:
        return found

    offered = asyncio.run(Completions(suggest).offered("event", "", ASKER))
    assert len(offered) <= limits.CHOICES
    for label, value in offered:
        assert 1 <= len(label) <= limits.CHOICE and 1 <= len(value) <= limits.CHOICE
