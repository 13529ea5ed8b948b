"""Ids that people quote: three letters of the place and a number, "KAR-0142"."""

from __future__ import annotations

import re
import unicodedata

_PLAIN = re.compile(r"[^A-Z]")
_COMMON = frozenset("THE A AN IN ON AT OF AND NEW EAST WEST NORTH SOUTH EASTERN WESTERN NORTHERN SOUTHERN".split())
_CALENDAR = frozenset(
    "Monday Tuesday Wednesday Thursday Friday Saturday Sunday January February March April May June July August "
    "September October November December".split()
)
_SPEAKER = re.compile(r"^[^:]{1,80} (?:denies|accuses|acknowledges|demands|warns|supports): |, according to .*$")
"""In a title made of a claim: who says it, and no place."""


def letters_of(place: str, title: str) -> str:
    """Three capital letters from the place, else from the title's longest capitalised word, else "EVT"."""
    # A title's first word is capitalised whatever it names.
    told = _SPEAKER.sub("", title)
    found = re.findall(r"\b[^\W\d_a-z][^\W\d_]{2,}", told.partition(" ")[2])
    capitals = [word for word in found if word not in _CALENDAR]
    for words in (place, max(capitals, key=len, default=""), told):
        for word in words.split():
            plain = _PLAIN.sub("", unicodedata.normalize("NFKD", word).upper())
            if len(plain) >= 3 and plain not in _COMMON:
                return plain[:3]
    return "EVT"


def event_id(place: str, title: str, number: int) -> str:
    """The id of the `number`-th event."""
    return f"{letters_of(place, title)}-{number:04d}"
