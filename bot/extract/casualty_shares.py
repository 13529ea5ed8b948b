"""Shares of a toll: "Of the 63 people killed, 17 were children"; "Seventeen of the dead were women and nine were children"."""

from __future__ import annotations

import re

from bot.extract.victims import Phrase
from bot.model.report import Span
from bot.model.summary import State

_STATES: dict[str, State] = {
    "dead": "killed",
    "killed": "killed",
    "fatalities": "killed",
    "injured": "injured",
    "wounded": "injured",
    "hurt": "injured",
    "missing": "missing",
}
_STATE = rf"(?P<state>{'|'.join(_STATES)})"
_ABOUT = r"(?:(?:at\s+least|more\s+than|about|some|up\s+to|over|nearly|almost|only)\s+)?"
_OF_WHICH = re.compile(
    rf"(?:^|[;:]\s+)\W{{0,3}}(?:and\s+|but\s+)?(?:of|among|out\s+of)\s+(?:the|those|these|its|their)?\s*[^,;.]{{2,90}},\s+{_ABOUT}$",
    re.IGNORECASE,
)
"""Before a share of what stands right there: "Of the 63 people killed in the strike, "."""
_OF_THE_TOLL = re.compile(
    rf"(?:^|[;:]\s+)\W{{0,3}}(?:and\s+|but\s+)?(?:of|among|out\s+of)\s+(?:the|those)\s+(?:[a-z]+\s+)?{_STATE}\b(?:\s+(?:in|at|on|by|so)\s[^,;.]{{1,60}})?,\s+{_ABOUT}$"
    rf"|\bof\s+(?:the|those)\s+(?:\w+\s+)?(?P<again>{'|'.join(_STATES)})\s+(?:were|are)\s+[^,;.]{{1,60}}?(?:,|,?\s+and)\s+{_ABOUT}$",
    re.IGNORECASE,
)
"""Before a share of a toll that was told before: "Of those killed, "; "Seventeen of the dead were women and "."""
_AMONG_COUNTED = re.compile(
    rf"\bamong\s+(?:the|those)\s+[\w-]+\s+(?:(?:people|persons)\s+)?{_STATE}\s+(?:were|was|are|is)\s+{_ABOUT}$",
    re.IGNORECASE,
)
_ARE = re.compile(
    r"\s+(?:(?:of\s+(?:them|whom)|people|persons)\s+)?(?:were|are|was|is)\s+(?:also\s+|all\s+)?(?:[a-z]|[A-Z][a-z]+s\b)"
)
_VERB = re.compile(
    r"\s+(?:of\s+them\s+)?(?:were|are|was|is)\s+(?:also\s+)?(?:\w+ed|shot|hurt|hit|struck|found|taken|sent|freed|left)\b"
)


_OF_THOSE = re.compile(r"\W{0,3}(?:and\s+|but\s+)?(?:of|among)\s+(?:those|these|them|whom)\s*,", re.IGNORECASE)


def opens_shares(text: str, sentence: Span) -> bool:
    """Whether a sentence tells who those of the last figure were: "Of those, 46 were rebels and four civilians"."""
    return _OF_THOSE.match(text, *sentence) is not None


def is_share(text: str, start: int, phrase: Phrase) -> bool:
    """Whether a phrase is a share of a figure told right before it in the sentence, which begins at `start`."""
    begin = (phrase.number or phrase.span)[0]
    if share_of_toll(text, start, phrase):
        return False
    if phrase.kind == "counted" and _is_said_to_be(text, phrase) and _OF_WHICH.search(text[start:begin]):
        return True
    return phrase.kind in ("counted", "single", "name") and bool(_AMONG_COUNTED.search(text[start:begin]))


def share_of_toll(text: str, start: int, phrase: Phrase) -> State | None:
    """What those suffered of whom a phrase is a share, where an earlier sentence counts them."""
    begin = (phrase.number or phrase.span)[0]
    if phrase.kind != "counted" or not _is_said_to_be(text, phrase):
        return None
    match = _OF_THE_TOLL.search(text[start:begin])
    return None if match is None else _STATES[(match["state"] or match["again"]).lower()]


def _is_said_to_be(text: str, phrase: Phrase) -> bool:
    """Whether what follows says who they are, not what befell them."""
    return _ARE.match(text, phrase.span[1]) is not None and _VERB.match(text, phrase.span[1]) is None
