"""Standing orders (subscriptions, watches) laid out so that a report finds those that may want it without asking all.

Each order is kept under its filter's anchors: facts of which one stands in whatever passes. A report's own facts are
looked up, and only what is found there, and orders without anchors, are asked. The answer is that of asking each.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Generic, TypeVar

import msgspec
import structlog

from bot.deliver.facts import Facts
from bot.deliver.filters import compiled
from bot.deliver.parts import Anchor, anchors_in, seldom
from bot.deliver.patterns import pattern
from bot.model.errors import CommandError

log = structlog.get_logger()

T = TypeVar("T")


class Order(msgspec.Struct, Generic[T], frozen=True):
    """One standing order: whose it is, what it is kept to (feeds; none means all), and its filter's line."""

    item: T
    tenant: str
    line: str
    feeds: tuple[str, ...] = ()


class Orders(Generic[T]):
    """All standing orders of a kind, in the order given; one whose filter cannot be read wants nothing."""

    def __init__(self, orders: Iterable[Order[T]]) -> None:
        self._held: list[tuple[Order[T], Callable[[Facts], bool], frozenset[str]]] = []
        self._by_anchor: defaultdict[Anchor, list[int]] = defaultdict(list)
        self._by_tenant: defaultdict[str, list[int]] = defaultdict(list)
        self._without: list[int] = []
        for order in orders:
            self._add(order)
        self._lengths = sorted({len(value) for kind, value in self._by_anchor if kind == "beginning"})
        self._patterns = [(value, pattern(value)) for kind, value in self._by_anchor if kind == "pattern"]

    def _add(self, order: Order[T]) -> None:
        try:
            built = compiled(order.line)
        except CommandError as error:
            log.warning("filter_not_understood", tenant=order.tenant, error=str(error))
            return
        feeds = frozenset(feed.casefold() for feed in order.feeds)
        number = len(self._held)
        self._held.append((order, built.passes, feeds))
        self._by_tenant[order.tenant].append(number)
        anchors = seldom((frozenset(("feed", feed) for feed in feeds) or None, built.anchors))
        if anchors is None:
            self._without.append(number)
        for anchor in anchors or ():
            self._by_anchor[anchor].append(number)

    def __len__(self) -> int:
        return len(self._held)

    def wanting(self, facts: Facts, *, tenant: str) -> list[T]:
        """The orders that a report passes, in their order; `tenant` is whose feed brought it, "" everybody's."""
        own = self._by_tenant.get(tenant, []) if tenant else None
        found: set[int] = set()
        if own is None or len(own) > len(facts.words):
            for anchor in self._anchors(facts):
                found.update(self._by_anchor.get(anchor, ()))
            found.update(self._without)
        else:
            found.update(own)
        wanted = []
        for number in found:
            order, passes, feeds = self._held[number]
            if passes(facts) and (not tenant or tenant == order.tenant) and (not feeds or facts.feed in feeds):
                wanted.append(number)
        return [self._held[number][0].item for number in sorted(wanted)]

    def _anchors(self, facts: Facts) -> set[Anchor]:
        anchors = anchors_in(facts)
        for length in self._lengths:
            anchors |= {("beginning", word[:length]) for word in facts.words}
        anchors |= {("pattern", words) for words, one in self._patterns if one.found(facts.text) is not None}
        return anchors
