"""What is done to whom, as kinds of acts: the least that two claims share if one can deny the other."""

from __future__ import annotations

import re
from typing import Literal

Act = Literal["attack", "collision", "harm", "seizure", "siege", "presence", "abuse", "truce", "weapons"]

_ACTS: tuple[tuple[Act, str], ...] = (
    (
        "attack",
        r"attack|str(?:ike|iking|uck)|hit(?:s|ting)?\b|shell(?!-)|bomb|missile|rocket|fir(?:e|ed|ing)\b|drone|target|raid|execut|massacre"
        r"|destr(?:oy|uct)|blast|blew|explo|assault|gunn|shot|shoot|burn|torch|mortar|artillery|ambush|detonat|sabotag",
    ),
    ("collision", r"ramm?(?:s|ed|ing)?\b|collid|collision|crash"),
    ("harm", r"kill|dead|died|dying|deaths?\b|injur|wound|hurt|casualt|loss(?:es)?\b|victim|martyr|lives"),
    ("seizure", r"abduct|kidnap|hostage|seiz|detain|captur|arrest|held"),
    ("siege", r"blockad|sieg|block(?:s|ed|ing)\b|starv|cut off"),
    ("presence", r"presen(?:t|ce)\b|troops|deploy|station(?:ed|ing)|cross(?:ed|ing)|intru|incursion|invad|invasion"),
    ("abuse", r"tortur|rape|beat(?:en|ing)|abus|mistreat|expel|deport"),
    ("truce", r"cease-?fire|truce|violat|agreement"),
    ("weapons", r"weapon|arms\b|ammunition|chemical|nuclear|gas\b|phosphorus|cluster"),
)
_COMPILED = tuple((act, re.compile(rf"\b(?:{words})", re.IGNORECASE)) for act, words in _ACTS)
_BARE = re.compile(
    r"\b(?:involvement|involved|charges?|accusations?|allegations?|claims?|reports?|version|responsib\w*|role"
    r"|anything to do|nothing to do|it|this|these|that|such|talk|account)\b",
    re.IGNORECASE,
)
_SHORT = 14


def acts_in(words: str) -> frozenset[Act]:
    """The kinds of acts that the words tell of."""
    return frozenset(act for act, pattern in _COMPILED if pattern.search(words))


def is_bare_denial(words: str) -> bool:
    """Whether a denial's words point at what is denied more than they tell it ("the charge", "any involvement")."""
    return len(words.split()) <= _SHORT and _BARE.search(words) is not None
