"""What a sentence calls the people whom it names: "soldiers Ana Ruiz and Pablo Gil", "two reporters, Ana Ruiz and Pablo Gil"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Protocol

import msgspec

from bot.extract.victim_heads import STATE_HEADS, nationals, people_nouns
from bot.extract.victims import Phrase
from bot.model.report import Span
from bot.model.summary import Group, State


class Told(Protocol):
    phrase: Phrase
    state: State
    sentence: Span
    parent: int | None


class Called(msgspec.Struct, frozen=True):
    """What somebody with a name is called.

    Attributes:
        words: the noun, or the phrase of the people of whom he is one.
        head: the noun, in the singular, lower case.
        whole: the place of that phrase, where it counts as many people as are named behind it, or more.
    """

    words: Span
    head: str
    groups: tuple[Group, ...]
    whole: int | None = None


_NEXT = re.compile(
    r"(?:\s*,?\s*\(?(?:aged?\s+)?\d{1,3}\)?(?:[\s-]years?[\s-]old)?)?(?:\s*\([^()]{1,40}\))?(?:\s*,\s+(?:an?|the|of|from)\s[^.:;,]{2,60})?"
    r"\s*(?:,|,?\s*\band\b|;(?:\s*and\b)?)\s*(?:(?-i:[A-Z])[\w.]*\s+)?",
    re.IGNORECASE,
)
"""Between two names of one list."""
_NOUN = re.compile(r"\b([^\W\d_]{3,})\s+(?:[\"“]\w+[\"”]\s+)?$")
_OPENS = re.compile(
    r"\s*(?:,|:|--|–|—|\()\s*(?:identified\s+(?:only\s+)?as|named(?:\s+as)?|namely)?\s*:?\s*(?:(?-i:[A-Z])[\w.]*\s+)?",
    re.IGNORECASE,
)
"""Between people and their names: "two reporters, Ana Ruiz and …", "three guards: Ana Ruiz, …"."""
_ARE = re.compile(
    r"(?:\s+(?:who\s+(?:was|were|had\s+been|has\s+been)\s+)?(?:killed|murdered|slain|injured|wounded|hurt|dead)(?:\s+(?:in|by|on|at|during)\s[^.,;:]{1,40}?)?)?"
    r"\s*(?:\b(?:(?:have|has|had)\s+been|were|was|are|is)\b(?:\s+(?:later\s+|also\s+)?(?:identified|named)(?:\s+by\s+[^,.;]{1,40}?)?(?:\s+as)?)?|,?\s+(?:identified|named)\s+as)"
    r"\s*:?\s*(?:(?!(?:in|at|with|by|from|on|near|to|as|not|of|said|the|an?|his|her|their)\b)[\w.-]+\s+){0,3}?",
    re.IGNORECASE,
)
"""Between people and who they are: "the guard who was killed has been identified as"."""


def called(text: str, sentence: Span, people: Sequence[Phrase]) -> dict[int, Called]:
    """For the places of those with a name what the sentence calls them before it names the first of them."""
    found: dict[int, Called] = {}
    i = 0
    while i < len(people):
        names = _names_from(text, people, i)
        if names and (noun := _noun_before(text, sentence, people, i, len(names))):
            found |= dict.fromkeys(names, noun)
        i += max(1, len(names))
    return found


def _names_from(text: str, people: Sequence[Phrase], first: int) -> list[int]:
    """The places of the names in a row that begins at one."""
    found: list[int] = []
    for i in range(first, len(people)):
        if not _is_named(text, people[i]):
            break
        gap = (people[i - 1].span[1], people[i].span[0]) if found else None
        if gap and (not _NEXT.fullmatch(text, *gap) or _plural_before(text, *gap)):
            break
        found.append(i)
    return found


_NAME = re.compile(r"[A-Z][\w’'-]*[a-z]\s+(?:[\w.]+\s+)?[A-Z][\w’'-]*[a-z]")


def _is_named(text: str, phrase: Phrase) -> bool:
    """Whether a phrase opens with a name: "Ana Ruiz", "Ana Ruiz, a teacher"."""
    return phrase.kind == "name" or (phrase.kind == "single" and _NAME.match(text, phrase.span[0]) is not None)


def _noun_before(text: str, sentence: Span, people: Sequence[Phrase], i: int, count: int) -> Called | None:
    begin = people[i].span[0]
    if count > 1 and (noun := _plural_before(text, max(sentence[0], begin - 40), begin)):
        word = noun.group(1).lower()
        group = people_nouns()[word].group if word in people_nouns() else None
        return Called(noun.span(1), _one(word), (group,) if group else ())
    before = people[i - 1] if i else None
    if before is None or before.elliptical or before.head in STATE_HEADS or before.kind in ("none", "name"):
        return None
    several = before.kind in ("counted", "plural") and (before.min or 0) >= 2
    gap = (before.span[1], begin)
    fits = several and (before.max is None or before.max >= count)
    if (several and count > 1 and _OPENS.fullmatch(text, *gap)) or (
        (several or count == 1) and _ARE.fullmatch(text, *gap)
    ):
        return Called(
            before.span, _one(before.head), before.groups, i - 1 if fits and before.kind == "counted" else None
        )
    return None


def counts_of_rows(hits: Sequence[Told]) -> dict[int, int]:
    """For the places of those whom a sentence names in a row that of the one figure elsewhere which counts just as many:
    "three students were killed … Ana Ruiz, Pablo Gil and Eva Sol were shot"."""
    found: dict[int, int] = {}
    rows: list[list[int]] = []
    for i, hit in enumerate(hits):
        if not _is_someone(hit):
            continue
        if rows and rows[-1][-1] == i - 1 and hits[i - 1].state == hit.state and hits[i - 1].sentence == hit.sentence:
            rows[-1].append(i)
        else:
            rows.append([i])
    for row in rows:
        first = hits[row[0]]
        counts = [
            i
            for i, hit in enumerate(hits)
            if hit.phrase.kind == "counted"
            and hit.state == first.state
            and hit.phrase.min == hit.phrase.max == len(row)
        ]
        alike = [sum(other.sentence == first.sentence for other in hits), len(row)]
        if len(row) > 1 and len(counts) == 1 and hits[counts[0]].sentence != first.sentence and len(set(alike)) == 1:
            found |= dict.fromkeys(row, counts[0])
    return found


def _is_someone(hit: Told) -> bool:
    return hit.phrase.kind == "name" and hit.parent is None


def _plural_before(text: str, start: int, end: int) -> re.Match[str] | None:
    """A noun for several people at the end of the words between two offsets."""
    noun = _NOUN.search(text, start, end)
    return noun if noun and _is_plural(noun.group(1).lower()) else None


def _is_plural(word: str) -> bool:
    noun = people_nouns().get(word)
    return noun.plural if noun is not None else word in nationals() and word.endswith("s")


def _one(noun: str) -> str:
    return noun.removesuffix("s").replace("men", "man")
