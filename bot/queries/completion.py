"""What is offered while somebody types: never late, whatever the store does (stale-while-revalidate)."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from contextlib import suppress

import structlog

from bot.model.command import Asker
from bot.model.errors import SitrepError
from bot.model.legible import one_line, shortened

log = structlog.get_logger()

Offer = tuple[str, str]
"""A label and the value that it stands for."""
Suggest = Callable[[str, str, Asker], Awaitable[tuple[Offer, ...]]]
_Key = tuple[str, str, str]

PATIENCE = 0.03
"""Seconds that an answer may wait for the store; it is to be there within 0.05."""
FRESH = 20.0
"""Seconds for which what was found is taken as it is; after that it is still offered, and looked up again beside."""
_OWN = {"watch"}
"""Kinds of which everybody has their own."""
MOST_KEPT = 2000
MOST_LOOKUPS = 8
MOST = 25
LONGEST = 100
"""Characters of a label and of a value that every platform takes."""


class Completions:
    """Asks `suggest` and keeps what it says; answers within `PATIENCE` with the best that is known by then."""

    def __init__(self, suggest: Suggest, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._suggest = suggest
        self._clock = clock
        self._kept: OrderedDict[_Key, tuple[float, tuple[Offer, ...]]] = OrderedDict()
        self._lookups: dict[_Key, asyncio.Task[None]] = {}

    async def offered(self, kind: str, typed: str, asker: Asker) -> tuple[Offer, ...]:
        """At most `MOST` offers, none longer than `LONGEST`; a slow or broken store gives fewer, never an error."""
        words = " ".join(typed.casefold().split())[:LONGEST]
        key = (kind, f"{asker.tenant} {asker.user}" if kind in _OWN else asker.tenant, words)
        held = self._kept.get(key)
        if held is not None and self._clock() - held[0] < FRESH:
            return held[1]
        looking = self._looking(key, asker)
        if held is None and looking is not None:
            await asyncio.wait({looking}, timeout=PATIENCE)
            held = self._kept.get(key)
        return held[1] if held is not None else self._nearest(key)

    def _looking(self, key: _Key, asker: Asker) -> asyncio.Task[None] | None:
        """The look-up of this key that is under way; None where too many are."""
        if key not in self._lookups and len(self._lookups) < MOST_LOOKUPS:
            self._lookups[key] = asyncio.create_task(self._look(key, asker))
        return self._lookups.get(key)

    async def _look(self, key: _Key, asker: Asker) -> None:
        kind, _, words = key
        try:
            found = await self._suggest(kind, words, asker)
            self._kept[key] = (self._clock(), tuple(_fitting(found)))
            self._kept.move_to_end(key)
            while len(self._kept) > MOST_KEPT:
                self._kept.popitem(last=False)
        except SitrepError as error:
            log.warning("completion_failed", kind=kind, error=type(error).__name__)
        finally:
            self._lookups.pop(key, None)

    def _nearest(self, key: _Key) -> tuple[Offer, ...]:
        """What was found for the beginning of these words, as far as it still fits."""
        kind, tenant, words = key
        for end in range(len(words) - 1, -1, -1):
            if (held := self._kept.get((kind, tenant, words[:end]))) is not None:
                return tuple(offer for offer in held[1] if words in f"{offer[0]} {offer[1]}".casefold())
        return ()

    async def close(self) -> None:
        """End the look-ups that are under way."""
        for lookup in list(self._lookups.values()):
            lookup.cancel()
            with suppress(asyncio.CancelledError):
                await lookup


def _fitting(found: tuple[Offer, ...]) -> list[Offer]:
    """Offers as platforms take them: one that is too long, or empty, would have the whole list refused."""
    usable = [
        (shortened(one_line(label), LONGEST) or value, value) for label, value in found if 0 < len(value) <= LONGEST
    ]
    return usable[:MOST]
