"""How likely two reports tell of one happening: the signs that they show, weighed.

The weights were learned from this project's own annotated reports (`training/likeness.py`) and lie in `likeness.tsv`,
each beside its sign's name.
"""

from __future__ import annotations

import math
from datetime import timedelta
from functools import lru_cache
from operator import mul
from pathlib import Path

from bot.events.traits import Traits, lines_of

WEIGHTS = Path(__file__).resolve().parent / "likeness.tsv"
NEAR = timedelta(days=4)
"""Follow-up reports come within days; later ones (anniversaries, trials) are happenings of their own."""
UNLIKE = -12.0
SIGNS = ("always", "names_root", "words", "words_root", "lead", "lead_names", "other_place", "other_kind")


def likeness(one: Traits, other: Traits) -> float:
    """Log odds that two reports tell of one happening; `UNLIKE` where their times are too far apart."""
    if abs(one.at - other.at) > NEAR:
        return UNLIKE
    # The order of adding must not show: sets have none.
    return round(math.fsum(map(mul, _weights(), _strengths(one, other))), 6)


def signs(one: Traits, other: Traits) -> dict[str, float]:
    """The signs that two reports show, with their strength."""
    return dict(zip(SIGNS, _strengths(one, other), strict=True))


def _strengths(one: Traits, other: Traits) -> tuple[float, ...]:
    words = _cosine(one.words, other.words)
    return (
        1.0,
        math.sqrt(_cosine(one.names, other.names)),
        words,
        math.sqrt(words),
        _overlap(one.lead, other.lead),
        _overlap(one.lead_names, other.lead_names),
        1.0 if one.places and other.places and one.places.isdisjoint(other.places) else 0.0,
        1.0 if _of_other_kinds(one, other) else 0.0,
    )


def _of_other_kinds(one: Traits, other: Traits) -> bool:
    """Whether both tell what happened, and neither tells anywhere what the other does."""
    told = one.kinds and other.kinds
    return bool(told) and one.kinds.isdisjoint(other.kinds_within) and other.kinds.isdisjoint(one.kinds_within)


def _cosine(one: dict[str, float], other: dict[str, float]) -> float:
    return math.fsum([one[term] * other[term] for term in one.keys() & other.keys()])


def _overlap(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / math.sqrt(len(one) * len(other)) if one and other else 0.0


@lru_cache(maxsize=1)
def _weights() -> tuple[float, ...]:
    """The signs' weights, in their order."""
    told = {sign: float(weight) for sign, weight in (line.split("\t") for line in lines_of(WEIGHTS))}
    return tuple(told[sign] for sign in SIGNS)
