"""What is done to whom, as kinds of acts: the least that two claims share if one can deny the other."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal

from bot.model.word_kinds import WordKinds

Act = Literal[
    "attack", "collision", "provocation", "harm", "seizure", "siege", "presence", "abuse", "truce", "weapons", "supply",
    "hiding", "neglect", "civilians", "blame",
]  # fmt: skip

_ACTS: tuple[tuple[Act, str], ...] = (
    (
        "attack",
        r"attack|strik(?:e|es|ing)\b|struck|airstrik|hit(?:s|ting)?\b|shell(?!-)|bomb|missile|rocket"
        r"|fir(?:e|ed|ing)\b(?! brigade)|drone|raid|execut"
        r"|massacre|destr(?:oy|uct)|blast|blew|blown|explo(?!r|it)|assault|gunn|shot|shoot|burn|torch|mortar|artillery"
        r"|ambush|detonat|sabotag|offensive|fought|bullet|dropped|damag",
    ),
    (
        "collision",
        r"ramm?(?:s|ed|ing)?\b|collid|collision|crash|turn(?:s|ed)? (?:first|into|across)|swerv|move an inch",
    ),
    ("provocation", r"provo[ck]|start(?:ed|ing)|beg[au]n|first\b|aggress|rebel(?:led|ling)|returned fire"),
    ("harm", r"kill|dead|died|dying|deaths?\b|injur|wound|hurt|casualt|loss(?:es)?\b|victim|martyr|lives"),
    ("seizure", r"abduct|kidnap|hostage|seiz|detain|captur|arrest|held|surrender"),
    ("siege", r"blockad|sieg|block(?:s|ed|ing)\b|starv|cut off"),
    ("presence", r"presen(?:t|ce)\b|troops|deploy|station(?:ed|ing)|cross(?:ed|ing)|intru|incursion|invad|invasion"),
    ("abuse", r"tortur|rape|beat(?:en|ing)|abus|mistreat|expel|deport"),
    ("truce", r"cease-?fire|truce|violat|agreement"),
    ("weapons", r"weapon|arms\b|ammunition|chemical|nuclear|gas\b|phosphorus|cluster"),
    ("supply", r"suppl(?:y|ie)|arm(?:ed|ing)\b|deliver|smuggl|financ|train(?:ed|ing)\b|back(?:s|ed|ing)\b|sent\b"),
    ("hiding", r"hid(?:e|es|ing|den)\b|stor(?:ed|ing)\b|shield|use[sd]? (?:as|for)|using"),
    ("neglect", r"ignor|neglect|cracks?\b|warn(?:ed|ings)|negligen|fail(?:ed|ure)|cover(?:ed|ing)? up|known\b"),
    ("blame", r"responsib|to blame\b|guilt"),
    (
        "civilians",
        r"civilian|residential|peaceful (?:population|people)|inhabit|villagers?|residents?|homes?\b|houses?\b",
    ),
)
_EVERY = WordKinds(_ACTS)
_BARE = re.compile(
    r"\b(?:involvement|involved|charges?|accusations?|allegations?|claims?|reports?|version|responsib\w*|role|any part"
    r"|anything to do|nothing to do|talk|accounts?)\b|^(?:it|this|that|them|these|so)$",
    re.IGNORECASE,
)
_TELLS = re.compile(
    r"\b(?:charges?|accusations?|allegations?|claims?|reports?|accounts?|talk)\s+(?:that\s+\S+|(?:the|its|their|his|her|an?|it|they|he|she))\s+\S+\s+\S",
    re.IGNORECASE,
)
"""Words of what is denied: "reports the vessel was overloaded"."""
_WEAPON = re.compile(r"\b(?:drones?|missiles?|rockets?|artillery|mortars?|bombs|shells|air|aerial)\b", re.IGNORECASE)
_SHORT = 14
DEEDS: frozenset[Act] = frozenset(
    {"attack", "collision", "provocation", "seizure", "siege", "abuse", "supply", "hiding", "neglect"}
)
"""Acts that somebody does to somebody, so that both sides may lay them at the other's door."""
_DEEDS = WordKinds((act, words) for act, words in _ACTS if act in DEEDS)


@lru_cache(maxsize=4096)
def acts_in(words: str) -> frozenset[Act]:
    """The kinds of acts that the words tell of."""
    return _EVERY.among(words)


@lru_cache(maxsize=4096)
def first_act(words: str) -> int | None:
    """Where the first word of an act of somebody's stands, weapons left aside; None where there is none."""
    return _DEEDS.first(_WEAPON.sub(lambda weapon: "_" * len(weapon.group()), words))


def is_bare_denial(words: str) -> bool:
    """Whether a denial's words point at what is denied more than they tell it ("the charge", "any involvement")."""
    return len(words.split()) <= _SHORT and _BARE.search(words) is not None and _TELLS.search(words) is None
