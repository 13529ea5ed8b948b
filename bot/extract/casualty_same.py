"""Figures of one report that tell of the same people: "the mayor was shot … the killed official, Ana Ruiz"; "12 people … the 12".

Every figure stays, in its place and with its own claim; what is shared are the words by which the report names its people.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Protocol

from bot.extract.casualty_called import Called
from bot.extract.victim_names import IS_TITLE
from bot.extract.victims import Phrase
from bot.model.report import Span
from bot.model.summary import Group, State

_ALL_PEOPLE = frozenset(
    ("", "another", "people", "persons", "person", "others", "other", "dead", "wounded", "injured", "deaths", "victims", "bodies", "citizens", "individuals", "lives")
)  # fmt: skip
"""Heads that say nothing of who the people are."""
_OF_ANOTHER = frozenset(
    "driver bodyguard bodyguards guard escort pilot copilot watchman passenger companion gunman attacker assailant assassin bomber owner "
    "soldier policeman guerrilla rebel terrorist militant woman girl boy child baby".split()
)
"""Heads of "the driver" and the like, who is somebody's and need not have been told of before."""
_DEFINITE = re.compile(r"(?:the|this|that|their)\s", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]+")
_DEFINITE_BEFORE = re.compile(r"\b(?:the|these|those)\s+$", re.IGNORECASE)
_CAPITAL = re.compile(r"\b[A-Z][\w-]{2,}")
_NAMED = re.compile(r"\b[A-Z][a-z][\w-]*\s+(?:[\w.]+\s+)?[A-Z][a-z]")
_IDENTIFIED = re.compile(
    r"\b(?:victim|man|woman|dead|deceased|body|officer|soldier|he|she)\s[^,;.]{0,30}\b(?:identified|named)\s+(?:by\s+[^,.;]{1,40}\s+)?as\s+$",
    re.IGNORECASE,
)
_SMALL = 3
"""Counts up to which two figures of the same size may well be of different people."""


class Told(Protocol):
    phrase: Phrase
    state: State
    sentence: Span
    groups: tuple[Group, ...]
    continues: Span | None
    called: Called | None
    returns: tuple[Span, ...]


def repeats(text: str, hits: Sequence[Told]) -> list[int | None]:
    """For each figure the last earlier one that tells of the same people."""
    return [next((j for j in range(i - 1, -1, -1) if _same(text, hits[j], hit)), None) for i, hit in enumerate(hits)]


_WHO_IS = re.compile(r"(?:\s+(?:of|for|in|at)\s+[^,.;()]{2,40})?,\s+")
_NAMED_SO = re.compile(r"\s*(?:[,.;)]|$|(?:was|were|and\s+(?:wounded|injured|killed|wounding|injuring))\b)")


def is_named_next(text: str, hit: Told, after: Told | None) -> bool:
    """Whether a person is told by an office and, right behind it, by name: "the mayor of Tarn, Ana Ruiz, 52"."""
    return (
        after is not None
        and hit.phrase.kind == "single"
        and after.phrase.kind == "name"
        and after.state == hit.state
        and bool(_WHO_IS.fullmatch(text, hit.phrase.span[1], after.phrase.span[0]))
        and bool(_NAMED_SO.match(text, after.phrase.span[1]))
    )


def counted_elsewhere(text: str, hit: Told, hits: Sequence[Told]) -> int | None:
    """The place of the figure that counts the miners to whom an uncounted "the miners" of another sentence only comes back."""
    phrase = hit.phrase
    if phrase.kind != "plural" or not _DEFINITE.match(text, phrase.span[0]):
        return None
    return next(
        (
            i
            for i, other in enumerate(hits)
            if other.state == hit.state
            and other.sentence != hit.sentence
            and other.phrase.kind == "counted"
            and (other.phrase.min or 0) > 1
            and _has_noun_of(text, phrase, other.phrase)
        ),
        None,
    )


def _has_noun_of(text: str, one: Phrase, two: Phrase) -> bool:
    """Whether one of two phrases has the noun of the other: "six Jesuit priests" and "the Jesuits"."""
    nouns = {_one(one.head), _one(two.head)}
    return any(
        nouns <= {_one(phrase.head), *map(_one, _WORD.findall(text[slice(*phrase.span)].lower()))}
        for phrase in (one, two)
    )


def _one(noun: str) -> str:
    return noun.rstrip("s")


def words_for(hits: Sequence[Told], repeated: Sequence[int | None]) -> list[tuple[Span, ...]]:
    """For each figure where the report names its people: its own words first, then those of the figures it repeats."""
    found: list[tuple[Span, ...]] = []
    for hit, earlier in zip(hits, repeated, strict=True):
        noun = hit.called.words if hit.called else None
        own = (*(span for span in (hit.phrase.span, hit.continues, noun) if span), *hit.returns)
        found.append(own if earlier is None else (*own, *(s for s in found[earlier] if s not in own)))
    return found


def is_sure(text: str, hit: Told) -> bool:
    """Whether a figure that repeats an earlier one can be of nobody else: a person's, or one that speaks of "the six"."""
    begin = (hit.phrase.number or hit.phrase.span)[0]
    return hit.phrase.min == hit.phrase.max == 1 or bool(_DEFINITE_BEFORE.search(text, max(0, begin - 8), begin))


def _same(text: str, before: Told, after: Told) -> bool:
    """Whether a figure tells once more of the people of an earlier one."""
    one, two = before.phrase, after.phrase
    if before.state != after.state or before.sentence == after.sentence or (one.min, one.max) != (two.min, two.max):
        return False
    if one.min == one.max == 1:
        return _same_person(text, one, two)
    if one.kind == two.kind == "plural":
        return bool(_DEFINITE.match(text, two.span[0])) and _has_noun_of(text, one, two)
    if one.kind != "counted" or two.kind != "counted" or one.min is None or one.min < 2:
        return False
    if before.groups and after.groups and not set(before.groups) & set(after.groups):
        return False
    alike = one.head.rstrip("s") == two.head.rstrip("s") and one.head not in _ALL_PEOPLE
    plain = one.head in _ALL_PEOPLE or two.head in _ALL_PEOPLE
    return alike or one.min > _SMALL or (plain and not _new(text, two))


_NEW = re.compile(r"(?:\b(?:another|other|more|further|additional)\b)", re.IGNORECASE)


def _new(text: str, phrase: Phrase) -> bool:
    """Whether a phrase says that its people come on top: "two more"."""
    return bool(_NEW.search(text, max(0, phrase.span[0] - 9), phrase.span[1]))


def _same_person(text: str, one: Phrase, two: Phrase) -> bool:
    """ "The official" after a victim with a name, or after one whose noun is the same; a name after its noun or whole."""
    first, second = _name_in(text, one), _name_in(text, two)
    if first and second:
        return first <= second or second <= first or len(first & second) > 1
    if second:
        before = text[max(0, two.span[0] - 60) : two.span[0]]
        if _IDENTIFIED.search(before):
            return True  # "a guard was killed … The victim was identified as Ana Ruiz"
        return _noun(text, one) == _noun(text, two) and not _new(text, one) and not _new(text, two)
    if two.kind != "single" or not _DEFINITE.match(text, two.span[0]):
        return False
    return _noun(text, one) == two.head or (bool(first) and two.head not in _OF_ANOTHER)


def _name_in(text: str, phrase: Phrase) -> set[str]:
    """The words of a person's name in a phrase, without titles."""
    words = text[slice(*phrase.span)]
    if phrase.kind != "name" and not _NAMED.search(words):
        return set()
    return {word for word in _CAPITAL.findall(words) if not IS_TITLE.fullmatch(word)}


def _noun(text: str, phrase: Phrase) -> str:
    return phrase.head if phrase.kind != "name" else text[slice(*phrase.span)].split()[0]
