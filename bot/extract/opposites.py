"""What two accounts are about, and in which matters they stand against each other: fighters or civilians, accident or attack.

Which words are of which scene, and which stand for which account, is data (`lexicon/scenes.tsv`, `lexicon/opposites.tsv`). That
two claims are of one scene, or opposite in a matter, is a sign that they dispute each other, and no more.
"""

from __future__ import annotations

import re
from functools import lru_cache

from bot.extract.gazetteer import LEXICON, rows
from bot.model.word_kinds import WordKinds

Sides = dict[str, tuple[bool, bool]]
"""Of each matter that words touch: whether they are the one account's, and the other's."""


@lru_cache(maxsize=1)
def _matters() -> dict[str, tuple[re.Pattern[str], re.Pattern[str]]]:
    return {
        matter: (_whole_words(one), _whole_words(other)) for matter, one, other in rows(LEXICON / "opposites.tsv", 3)
    }


def _whole_words(words: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{words})\b", re.IGNORECASE)


def sides_in(words: str) -> Sides:
    """On which side of each matter the words stand; a matter on both sides of which they stand is left out."""
    found = {
        matter: (bool(one.search(words)), bool(other.search(words))) for matter, (one, other) in _matters().items()
    }
    return {matter: sides for matter, sides in found.items() if sides[0] != sides[1]}


def opposite_in(one: Sides, other: Sides) -> list[str]:
    """The matters in which the two stand on opposite sides."""
    return [matter for matter, sides in one.items() if other.get(matter, sides) != sides]


@lru_cache(maxsize=1)
def _scenes() -> WordKinds[str]:
    return WordKinds((scene, words) for scene, words in rows(LEXICON / "scenes.tsv", 2))


def scenes_in(words: str) -> frozenset[str]:
    """The scenes of which the words are."""
    return _scenes().among(words)
