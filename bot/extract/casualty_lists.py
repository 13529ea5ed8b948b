"""Victims that a sentence lists: "The dead were identified as Ana Ruiz and Pablo Gil"; "They are two nurses and a driver"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.extract.victims import Phrase
from bot.model.report import Span
from bot.model.summary import State

_IDENTIFIED = r"\b(?:(?:have|has|had)\s+been|were|was|are|is)\s+(?:\w+ly\s+)?(?:later\s+)?(?:identified|named)(?:\s+(?:by\s+[^,.;]{1,40}\s+)?as)?"
_OPENS = re.compile(
    r"(?:\b(?:the|those|his|her|their|one\s+of\s+(?:the|those))\s+(?:names?\s+of\s+(?:the\s+)?)?(?:\w+\s+){0,2}?(?:(?P<killed>dead|deceased|killed|fatalit(?:y|ies)|slain|bodies)|(?P<injured>injured|wounded)"
    r"|(?P<missing>missing)|(?P<open>victims?))(?:\s+(?!(?:were|was|are|is|who|which|that|have|has|had)\b)[\w’'-]+){0,6}"
    r"|\b(?:also\s+)?(?P<first>killed|dead|injured|wounded|missing)\b(?:\s+(?:in|by|on|at|during|with|as)\b[^.;:]{1,60}?)?"
    r"|\b(?:(?P<fell>died|killed|dead|slain|murdered|assassinat\w+|murders?|killings?)|(?P<hurt>wounded|injured|hurt))\b[^.;:\"]{0,80}(?=:)"
    rf"|(?:^|(?<=[.!?\"]\s)|(?<=\s\s)|(?<=\n))\s*(?P<they>they|(?:one|another)\s+of\s+them|(?:the\s+)?(?:other|second|third|fourth)(?:\s+(?:of\s+them|one|person|man|woman|victim))?))\s*(?:{_IDENTIFIED}|\b(?:were|was|are|is)\b(?:\s+as\s+follows)?|\binclud(?:ed|es|ing|e)\b|\bas\b(?=\s+[A-Z])|:)\s*:?\s*",
    re.IGNORECASE,
)
_BEGINS = re.compile(
    r"(?:[\"“(]\s*)?(?:(?:the|a|an|former|well-known|local|civilian|one)\s+|[A-Z][\w.’'-]*\s+|(?:citizen|policeman|soldier|student|passenger|driver|officer)s?\s+){0,4}"
)
_THEN = re.compile(
    r"(?:\s*\([^()]{2,60}\))?(?:\s*,?\s*\(?(?:aged?\s+)?\d{1,3}\)?(?:\s+years?\s+old)?)?(?:\s+who\s[^.:;,]{2,70}(?=[,;]))?(?:\s*,[^.:;,]{2,70}(?=[,;]))?\s*(?:,|;|\band\b|[,;]\s*and\b|\bas\s+well\s+as\b)\s*"
    r"(?:(?!(?:killed|dead|injured|wounded|hurt|missing|was|were|is|are|of|to)\b)(?:at\s+least|[\w.’'-]+)\s+){0,3}",
    re.IGNORECASE,
)
_SAYS = re.compile(
    r"\b(?:said|says|told|reported|added|by|in|at|from|while|when|who|that|but|against|near|on)\b", re.IGNORECASE
)


_WHO = re.compile(r"\s+who\s[^.:;,]*", re.IGNORECASE)


_FIRST: dict[str, State] = {
    "killed": "killed",
    "dead": "killed",
    "injured": "injured",
    "wounded": "injured",
    "missing": "missing",
}


_ONE = re.compile(r"(?:one|another)\s+of\s+(?:the|those|them)\b", re.IGNORECASE)
_NAMED_AS = re.compile(r"[^,.;:\"]{0,60}\b(?:identified|named)\s+(?:by\s+[^,.;]{1,40}\s+)?as\s+\S*\s*", re.IGNORECASE)


_CRIME = re.compile(r"\b(?:murder|killing|assassination)\s+of\b", re.IGNORECASE)


def is_one_of_them(text: str, one: Phrase, named: Phrase) -> bool:
    """Whether "one of the dead", or somebody "who was killed", is told right before who that is."""
    gap = (one.span[1], named.span[0])
    if one.kind == "single" and one.min == 1 and named.min == 1:
        return bool(_NAMED_AS.fullmatch(text, *gap))
    return bool(_ONE.match(text, one.span[0])) and one.min == one.max == 1 and gap[1] - gap[0] < 60


def listed(text: str, sentence: Span, people: Sequence[Phrase]) -> list[tuple[State | None, list[int]]]:
    """Each list of victims: the state that it opens with, None where it is that of the figure before, and its phrases."""
    found: list[tuple[State | None, list[int]]] = []
    at = sentence[0]
    while opens := _OPENS.search(text, at, sentence[1]):
        at = opens.end()
        if _CRIME.search(opens.group()) and any(p.min == p.max == 1 for p in people if opens.start() < p.span[0] < at):
            continue  # "two men suspected of the murder of Ana Ruiz: Ivo Marek and …"
        named = _from(text, at, people)
        if named:
            found.append((_state(opens), named))
            at = people[named[-1]].span[1]
    return found


def _state(opens: re.Match[str]) -> State | None:
    if opens.group("fell") or opens.group("hurt"):
        return "killed" if opens.group("fell") else "injured"
    if first := opens.group("first"):
        return _FIRST[first.lower()]
    return next((_FIRST[name] for name in ("killed", "injured", "missing") if opens.group(name)), None)


def _from(text: str, at: int, people: Sequence[Phrase]) -> list[int]:
    """The places of the phrases that a list beginning at an offset names."""
    found: list[int] = []
    for i, phrase in enumerate(people):
        gap = text[at : phrase.span[0]]
        if phrase.span[0] < at or gap.count("(") > gap.count(")"):
            continue
        fits = _THEN.fullmatch(gap) if found else _BEGINS.fullmatch(gap)
        if not fits or phrase.kind not in ("name", "single", "counted") or _SAYS.search(_WHO.sub("", gap)):
            break
        if phrase.elliptical or phrase.state is not None:
            break
        found.append(i)
        at = phrase.span[1]
    return found
