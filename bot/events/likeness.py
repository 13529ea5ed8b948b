"""How likely two reports tell of one happening: the signs that they show, weighed.

The weights were learned from this project's own annotated reports (`training/likeness.py`) and lie in `likeness.tsv`,
each beside its sign's name.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import timedelta
from functools import lru_cache
from pathlib import Path

from bot.events.traits import Traits

WEIGHTS = Path(__file__).resolve().parent / "likeness.tsv"
NEAR = timedelta(days=4)
"""Follow-up reports come within days; later ones (anniversaries, trials) are happenings of their own."""
UNLIKE = -12.0
_DAY = 86400.0


def likeness(one: Traits, other: Traits) -> float:
    """Log odds that two reports tell of one happening; `UNLIKE` where their times are too far apart."""
    if abs(one.at - other.at) > NEAR:
        return UNLIKE
    weights = _weights()
    return round(math.fsum(weights.get(sign, 0.0) * value for sign, value in signs(one, other)), 6)


def signs(one: Traits, other: Traits) -> Iterator[tuple[str, float]]:
    """The signs that two reports show, with their strength."""
    names, words = _cosine(one.names, other.names), _cosine(one.words, other.words)
    yield "always", 1.0
    yield "names_root", math.sqrt(names)
    yield "words", words
    yield "words_root", math.sqrt(words)
    yield "lead", len(one.lead & other.lead) / math.sqrt((len(one.lead) or 1) * (len(other.lead) or 1))
    yield "other_place", float(bool(one.places and other.places) and not one.places & other.places)
    yield "other_kind", float(_of_other_kinds(one, other))
    yield "days", abs((one.at - other.at).total_seconds()) / _DAY


def _of_other_kinds(one: Traits, other: Traits) -> bool:
    """Whether both tell what happened, and neither tells anywhere what the other does."""
    told = bool(one.kinds and other.kinds)
    return told and not one.kinds & other.kinds_within and not other.kinds & one.kinds_within


def _cosine(one: dict[str, float], other: dict[str, float]) -> float:
    if len(one) > len(other):
        one, other = other, one
    return math.fsum(weight * other[term] for term, weight in one.items() if term in other)


@lru_cache(maxsize=1)
def _weights() -> dict[str, float]:
    lines = (line.split("\t") for line in WEIGHTS.read_text(encoding="utf-8").splitlines() if line[:1] not in ("", "#"))
    return {sign: float(weight) for sign, weight in lines}
