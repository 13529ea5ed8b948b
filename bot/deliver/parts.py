"""The parts that a filter is made of: whether each holds, by which facts it can be found, and what it has seen.

An anchor is a fact without which a part cannot hold. Of a filter's anchors one at least stands in every report that
passes it: a filter none of whose anchors stands in a report need not be looked at (see `orders`).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable

import msgspec

from bot.deliver.facts import Facts
from bot.events.traits import stem, telling

Anchor = tuple[str, str]
"""The kind of a fact and its value: ("country", "am"), ("word", "shelling")."""
Anchors = frozenset[Anchor]
COUNTED = ("origins", "outlets")
MOST_COUNTED = 40
"""Events with more origins or outlets are found as those with so many."""
_SHARES = {
    "event": 0.001, "feed": 0.03, "actor": 0.03, "speaker": 0.02, "place": 0.01, "outlet": 0.06, "country": 0.08,
    "kind": 0.15, "origins": 0.2, "outlets": 0.2, "group": 0.25, "state": 0.3, "status": 0.6,
}  # fmt: skip
"""In how many reports a fact of a kind stands, roughly: of several anchors the seldom ones are taken."""


class Leaf(msgspec.Struct, frozen=True, eq=False):
    """One word or fact of a line; `seen` says what of it stands in a report, in a few words for people."""

    shown: str
    test: Callable[[Facts], bool]
    seen: Callable[[Facts], str]
    anchors: Anchors | None = None

    def holds(self, facts: Facts) -> bool:
        """Whether it stands in the report."""
        return self.test(facts)


class Not(msgspec.Struct, frozen=True, eq=False):
    """What must not hold; no fact leads to what is missing, so it has no anchors."""

    part: Part
    anchors: Anchors | None = None

    def holds(self, facts: Facts) -> bool:
        """Whether the part does not hold."""
        return not self.part.holds(facts)


class All(msgspec.Struct, frozen=True, eq=False):
    """Parts that must all hold."""

    parts: tuple[Part, ...]

    def holds(self, facts: Facts) -> bool:
        """Whether all hold."""
        return all(part.holds(facts) for part in self.parts)

    @property
    def anchors(self) -> Anchors | None:
        """Those of the part that is found least often."""
        return seldom(part.anchors for part in self.parts)


class Either(msgspec.Struct, frozen=True, eq=False):
    """Parts of which one must hold."""

    parts: tuple[Part, ...]

    def holds(self, facts: Facts) -> bool:
        """Whether one holds."""
        return any(part.holds(facts) for part in self.parts)

    @property
    def anchors(self) -> Anchors | None:
        """Those of all the parts together; none where one of them has none."""
        every = [part.anchors for part in self.parts]
        return None if None in every else frozenset[Anchor]().union(*filter(None, every))


Part = Leaf | Not | All | Either


def test_of(part: Part) -> Callable[[Facts], bool]:
    """The part as one function, which gives what `holds` gives in a third of the time.

    Who asks has found the filter by its anchors: the part that they belong to most likely holds, and is asked last.
    """
    if isinstance(part, Leaf):
        return part.test
    if isinstance(part, Not):
        inner = test_of(part.part)
        return lambda facts: not inner(facts)
    found = part.anchors
    parts = sorted(part.parts, key=lambda one: found is not None and one.anchors == found)
    tests = tuple(test_of(one) for one in parts)
    return _all(tests) if isinstance(part, All) else _either(tests)


def _all(tests: tuple[Callable[[Facts], bool], ...]) -> Callable[[Facts], bool]:
    def holds(facts: Facts) -> bool:
        for test in tests:  # noqa: SIM110 - a loop is twice as fast as `all` over a generator
            if not test(facts):
                return False
        return True

    return holds


def _either(tests: tuple[Callable[[Facts], bool], ...]) -> Callable[[Facts], bool]:
    def holds(facts: Facts) -> bool:
        for test in tests:  # noqa: SIM110 - see `_all`
            if test(facts):
                return True
        return False

    return holds


class Seen(msgspec.Struct, frozen=True):
    """One part of a line against one report: whether it holds, and what of it stands there."""

    shown: str
    holds: bool
    what: str = ""
    level: int = 0


def told(part: Part, facts: Facts, level: int = 0) -> tuple[Seen, ...]:
    """The parts of a line one by one, those within brackets a level deeper under what holds them together."""
    if isinstance(part, Leaf):
        return (Seen(part.shown, part.holds(facts), part.seen(facts), level),)
    if isinstance(part, Not):
        inner = told(part.part, facts, level)
        first = inner[0]
        turned = Seen(f"NOT {first.shown}", part.holds(facts), first.what, level)
        return (turned, *inner[1:])
    if isinstance(part, All) and not level:
        return tuple(seen for each in part.parts for seen in told(each, facts, level))
    name = "all of these" if isinstance(part, All) else "one of these"
    inner = tuple(seen for each in part.parts for seen in told(each, facts, level + 1))
    return (Seen(name, part.holds(facts), "", level), *inner)


def seldom(choices: Iterable[Anchors | None]) -> Anchors | None:
    """Of several sets of anchors the one that the fewest reports have; None where there is none."""
    usable = [anchors for anchors in choices if anchors is not None]
    return min(usable, key=lambda anchors: (sum(map(share, anchors)), sorted(anchors))) if usable else None


def share(anchor: Anchor) -> float:
    """In how many reports this fact stands, roughly, 0 to 1."""
    kind, value = anchor
    return math.exp(-telling(stem(value))) if kind == "word" else _SHARES.get(kind, 1.0)


def anchors_in(facts: Facts) -> set[Anchor]:
    """All the anchors that stand in a report."""
    found: set[Anchor] = {("word", word) for word in facts.words}
    for kind, names in facts.named.items():
        found |= {(kind.removesuffix("s"), word) for words in names.values() for word in words}
    found |= {("country", country) for country in facts.countries}
    found |= {("status", status) for status in facts.statuses}
    found |= {("group", group) for group in facts.groups}
    found |= {("state", name) for name in facts.numbers}
    found |= {("event", event) for event in facts.events}
    found |= {("feed", facts.feed), ("kind", facts.kind)}
    for name in COUNTED:
        found |= {(name, str(number)) for number in range(2, min(facts.numbers[name], MOST_COUNTED) + 1)}
    return found


def counted(name: str, least: int) -> Anchors | None:
    """The anchors of an event's having so many origins or outlets; one is no anchor, since every event has it."""
    return frozenset([(name, str(min(least, MOST_COUNTED)))]) if least > 1 else None
