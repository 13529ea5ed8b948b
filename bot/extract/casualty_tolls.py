"""Figures told without a verb of death or injury beside them: "the toll rose to 37", "the hospital said six"."""

from __future__ import annotations

import re

from bot.extract.victim_heads import groups_of
from bot.extract.victims import Phrase
from bot.model.report import Span
from bot.model.summary import Group, State

_TOLL = re.compile(
    r"\b(?:(?:number|count|tally|total)\s+of\s+(?:the\s+)?(?P<of>[\w ]{2,40}?)|(?P<toll>(?:death\s+|casualty\s+)?toll)|(?P<loss>loss(?:es)?)(?:\s+of\s+[^.;]{1,40}?)?|(?P<dead>(?:the\s+)?(?:dead|wounded|injured|missing|displaced)))"
    r"(?:\s+[\w’'-]+){0,9}?\s+(?:to|at|now|of|was|is|number(?:s|ed)?|stands?\s+at|reached|amount(?:ed|s)?\s+to|run\s+to|hit|exceed(?:s|ed)|passed)\s*[\"“]?$",
    re.IGNORECASE,
)
_OPEN = re.compile(r"\b(?:casualt|victim|loss)", re.IGNORECASE)
"""A word by which a toll leaves open what happened."""
_OPEN_HEADS = frozenset(("victims", "casualties", "losses"))
_QUALIFIED = re.compile(
    r"(?:at\s+least|more\s+than|about|some|up\s+to|over|nearly|almost|between|around|fewer\s+than)\s+$", re.IGNORECASE
)
_TO_THE_NUMBER = re.compile(
    r"\s+the\s+(?:total\s+|overall\s+)?(?:number|toll|count|total)\s+of\s+(?P<whom>[^,.;]{0,40}?)\b(?P<of>killed|dead|deaths|injured|wounded|missing|displaced)\b",
    re.IGNORECASE,
)
"""Behind a figure: "brought to 60 the number of people killed"."""
_SAID = re.compile(r"\s+(?:dead|killed|injured|wounded|missing|displaced)\b", re.IGNORECASE)
"""Behind a figure its own state: "a toll of one person wounded"."""
_TOLD: tuple[tuple[str, State], ...] = (
    ("dead", "killed"), ("death", "killed"), ("killed", "killed"), ("bodies", "killed"), ("injur", "injured"),
    ("wounded", "injured"), ("missing", "missing"), ("displaced", "displaced"), ("casualt", "unspecified"),
    ("victim", "unspecified"),
)  # fmt: skip


def _before(text: str, start: int, phrase: Phrase) -> str:
    """What stands before a figure, without "at least" and the like."""
    at = phrase.number[0] if phrase.number else phrase.span[0]
    return _QUALIFIED.sub("", text[max(start, at - 140) : at])


def _told_of(words: str) -> re.Match[str] | None:
    """The nearest word for a toll that leads up to the end of the words: "the dead at 14 and the wounded at"."""
    nearest = _TOLL.search(words)
    while nearest and (nearer := _TOLL.search(words, nearest.end(nearest.lastgroup or 0))):
        nearest = nearer
    return nearest


def toll_state(text: str, start: int, phrase: Phrase) -> State | None:
    """The state of a bare figure at the end of "the number of dead has risen to", "a death toll of", "losses of"."""
    if phrase.kind not in ("counted", "plural"):
        return None
    if turned := _TO_THE_NUMBER.match(text, phrase.span[1]):
        return next((state for words, state in _TOLD if words in turned.group("of").lower()), None)
    match = _told_of(_before(text, start, phrase))
    if match is not None and (said := _SAID.match(text, phrase.span[1])):
        return next(state for words, state in _TOLD if words in said.group().lower())
    if match is None or phrase.state == "unspecified" or (match.group("dead") and phrase.kind == "plural"):
        return None
    if match.group("loss") or _OPEN.search(match.group()):
        return "unspecified"
    if match.group("toll"):
        toll = match.group("toll").lower()
        return "unspecified" if "casualty" in toll or (phrase.head in _OPEN_HEADS and "death" not in toll) else "killed"
    told = match.group().lower()  # "the number of guards killed by rebels has risen to"
    return next((state for words, state in _TOLD if words in told), None)


def toll_groups(text: str, start: int, phrase: Phrase) -> tuple[Group, ...]:
    """Whom a toll counts: "the number of soldiers killed rose to 30"."""
    match = _told_of(_before(text, start, phrase)) if phrase.elliptical else None
    of = match.group("of") if match else None
    if phrase.elliptical and (turned := _TO_THE_NUMBER.match(text, phrase.span[1])):
        of = turned.group("whom")
    return groups_of(of) if of else ()


_NUMBER_OF = re.compile(r"\b(?:number|count|tally|total)\s+of\s+(?:the\s+)?(?:\w+\s+)?$", re.IGNORECASE)


def is_of_a_toll(text: str, start: int, phrase: Phrase) -> bool:
    """Whether people are those whom a toll counts: "the number of guards"."""
    return _NUMBER_OF.search(text, start, phrase.span[0]) is not None


_RETOLD = re.compile(
    r"\b(?:(?:bring|rais|push|tak)\w*\s+(?:the|its|their)\s+(?:overall\s+|combined\s+|total\s+)?(?:total|number|count|figure)\b[^.;,]{0,40}\s+to|sa(?:id|ys?)|spoke\s+of|speaks?\s+of|speaking\s+of|counts?|counted|report(?:s|ed)|makes|puts?\s+(?:it|the\s+(?:figure|number|count|total))\s+at|(?:figure|estimate|count|total)\s+(?:of|to)|gave|gives)\s*[\"“]?$",
    re.IGNORECASE,
)
_ENDS = re.compile(r"\s*[\"”']?\s*(?:[.;,]|$|and\b|with\b|in\s+all\b)", re.IGNORECASE)


def is_retold(text: str, sentence: Span, phrase: Phrase) -> bool:
    """Whether a bare figure is what somebody says of the toll told before ("the hospital said six")."""
    return (
        phrase.kind == "counted"
        and phrase.elliptical
        and phrase.span == phrase.number
        and bool(_ENDS.match(text, phrase.span[1], sentence[1]))
        and bool(_RETOLD.search(_before(text, sentence[0], phrase)))
    )


_NO_REPORTS = re.compile(r"\b(?:no|nor|not|without|denied|deny|denies)\b[^,;.]{0,30}$")
"""Before "casualties": "there were no immediate reports of casualties" counts neither some nor none."""


def casualties_told(text: str, phrase: Phrase) -> bool:
    """Whether an uncounted "casualties" tells that there were some: "reported casualties among civilians"."""
    words = text[slice(*phrase.span)].lower()
    before = text[max(0, phrase.span[0] - 45) : phrase.span[0]].lower()
    if _NO_REPORTS.search(before):
        return False
    told = re.search(
        r"(?:report\w*|admit\w*|acknowledg\w*|confirm\w*|cause\w*|suffer\w*|inflict\w*|left|were|are|with|sustain\w*|many|heavy)\s+(?:\w+\s+)?$",
        before,
    )
    return phrase.state == "unspecified" and bool(told) and not re.match(r"(?:the|its|their|his|club)", words)
