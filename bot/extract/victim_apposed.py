"""Phrases that speak of the same people as the one before, with it as one: "the mayor, Ana Ruiz", "Ana Ruiz, a teacher"."""

from __future__ import annotations

import re
from collections.abc import Sequence

import msgspec

from bot.extract.victim_names import names
from bot.extract.victim_phrase import Phrase

_SAME_PERSON = re.compile(
    r"(?:,\s+(?:an?|one)\s+)|\s*,?\s*(?:(?:presumably|apparently|reportedly|allegedly|also|identified\s+as|himself|herself)\s+|\(?(?:aged?\s+)?\d{1,3}\)?(?:[\s-]years?[\s-]old)?\s*,\s*)?"
)
_OFFICE = re.compile(r"(?:an?|another|the|former|its|their)\b", re.IGNORECASE)
_SOMEBODYS = re.compile(r"(?:an?|another|one|the|former|his|her|their|its|whose|[\w-]+['’]s)\b", re.IGNORECASE)
"""Before a name: "his wife, Ana Ruiz"; after one, "Ana Ruiz, his wife" may well be two people."""


def apposed(text: str, people: Sequence[Phrase]) -> list[Phrase]:
    """The phrases, in order, those that speak of the same people as one."""
    joined: list[Phrase] = []
    for phrase in people:
        last = joined[-1] if joined else None
        if last is not None and (both := _as_one(text, last, phrase)):
            joined[-1] = both
            continue
        if last is not None and last.kind == "plural" and phrase.kind == "name" and not _between(text, last, phrase):
            joined.pop()  # "journalists Ana Ruiz and Pablo Gil"
        joined.append(phrase)
    return joined


def _between(text: str, one: Phrase, two: Phrase) -> str:
    return text[one.span[1] : two.span[0]].strip()


def _as_one(text: str, one: Phrase, two: Phrase) -> Phrase | None:
    """Two phrases of the same people as one; None where they are not."""
    span, gap = (one.span[0], two.span[1]), text[one.span[1] : two.span[0]]
    alone = one.elliptical and one.min == one.max == 1 and two.kind == "single"
    if alone and gap in (", ", " ") and _OFFICE.match(text, two.span[0]):
        return msgspec.structs.replace(one, span=span, groups=two.groups, side=two.side)
    if one.kind == "single" and two.kind == "single" and _ends_with_name(text, one):
        told = _OFFICE.match(text, two.span[0]) and not _AND_ONE.match(text, two.span[1])
        if told and "," in gap and _SAME_PERSON.fullmatch(gap):
            return msgspec.structs.replace(one, span=span, groups=one.groups or two.groups)
    if {one.kind, two.kind} == {"single", "name"}:
        office, named_first = (one, False) if one.kind == "single" else (two, True)
        begins = not gap.strip() or (_OFFICE if named_first else _SOMEBODYS).match(text, office.span[0])
        if begins and _SAME_PERSON.fullmatch(gap) and ("," in gap or not named_first):
            return msgspec.structs.replace(office, span=span)
    if one.kind == "counted" and _counts_both(text, one, two):
        return msgspec.structs.replace(one, span=span, groups=tuple(dict.fromkeys((*one.groups, *two.groups))))
    if _is_so(text, one, two):
        now = () if text.startswith("former", two.span[0]) else two.groups
        return msgspec.structs.replace(one, span=span, groups=one.groups or now)
    if one.kind == "name" and gap.strip() == "," and _ONE_OF.match(text, two.span[0]):
        return msgspec.structs.replace(one, span=span, groups=two.groups)  # "Ana Ruiz, one of the three judges"
    return None


def _counts_both(text: str, one: Phrase, two: Phrase) -> bool:
    """Whether a count is that of two nouns: "200 soldiers and rebels"."""
    return (
        not one.elliptical
        and one.qualifier != "vague"
        and one.state is None
        and two.kind == "plural"
        and two.state is None
        and bool(_BOTH.fullmatch(text, one.span[1], two.span[0]))
    )


_BOTH = re.compile(r"\s+and\s+", re.IGNORECASE)


def _is_so(text: str, one: Phrase, two: Phrase) -> bool:
    """Whether the second phrase only says what the person of the first is: "Ana Ruiz, who was an adviser", "Ana Ruiz,
    party leader and former envoy", "a foreman, a miner, was hurt"."""
    gap = (one.span[1], two.span[0])
    if two.kind != "single" or two.min != 1 or one.min != 1:
        return False
    if one.kind == "name" and _WHO_IS.fullmatch(text, *gap):
        return True
    if _has_name(text, one) and text.startswith("former", two.span[0]) and _AND_FORMER.fullmatch(text, *gap):
        return True
    return one.kind == "single" and bool(_OF_WHAT.fullmatch(text, *gap)) and bool(_ALONE.match(text, two.span[1]))


_AND_ONE = re.compile(r"\s*,?\s+and\s+(?:an?|the|his|her|one|two|three)\b", re.IGNORECASE)


def _ends_with_name(text: str, phrase: Phrase) -> bool:
    return any(span[1] == phrase.span[1] and span[0] > phrase.span[0] for span in names(text, *phrase.span))


def _has_name(text: str, phrase: Phrase) -> bool:
    return phrase.kind == "name" or any(names(text, *phrase.span))


_WHO_IS = re.compile(r"\s*,\s+who\s+(?:was|is|had\s+been|has\s+been)\s+(?:also\s+)?", re.IGNORECASE)
_AND_FORMER = re.compile(r",\s+(?!and\b)(?:[\w-]+\s+){1,8}?and\s+", re.IGNORECASE)
_OF_WHAT = re.compile(r"(?:\s+of\s+[^,;.]{2,30})?,\s+", re.IGNORECASE)
_ALONE = re.compile(r"\s*,\s+(?:was|is|has)\b", re.IGNORECASE)
"""Behind a description of one person: the verb is in the singular."""
_ONE_OF = re.compile(
    r"one\s+of\s+(?!(?:the|those|his|her|its|their)\s+(?:dead|killed|wounded|injured|victims)\b)", re.IGNORECASE
)
