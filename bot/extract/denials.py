"""What a denial answers by what it points at: its own accuser, the figures, whose words it names. One sign among `answers`.

CONTRACT rules 8, 9 and 12; precision before recall: a shared topic is wanted, or words that point back ("the charge", "these
figures") with something before them to point to.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.extract.answers import NUMBERED, Told, holds, opposed, rare_stems
from bot.model.summary import CasualtyFigure

_FIGURES = re.compile(r"\b(?:figures?|tolls?|numbers?|counts?)\b", re.IGNORECASE)
_OWN_FACT = re.compile(
    r"\b(?:expects?|plans?|hopes?|know|clear|verif\w+|confirm\w*|independently|yet|comment|immediately|longer)\b",
    re.IGNORECASE,
)
_HARM = ("killed", "injured", "missing", "unspecified")
_BREATH = 4
"""Characters between the sentences of one breath."""
_ABOUT_ROLE = re.compile(
    r"\b(?:responsib\w+|involve\w+|target\w*|role|part|guilt\w*|wrongdoing|behind)\b", re.IGNORECASE
)
_FAR = 14
"""How many claims back a denial may reach."""
_BESIDE = 12
_NEAR = 6
"""How many claims back (and half as many ahead) an answer may reach."""


def pointed_at(told: Sequence[Told], figures: Sequence[CasualtyFigure]) -> set[tuple[int, int]]:
    """The pairs of claims, the earlier first, of which one denies what it points at in the other."""
    rare = rare_stems(told)
    links: set[tuple[int, int]] = set()
    denials = {i for i, one in enumerate(told) if one.claim.stance == "denies"}
    counted = frozenset(f.according_to for f in figures if f.state in _HARM)
    for i, one in enumerate(told):
        carries = any(holds(one.claim, other.claim) for other in _beside(i, told) if other is not one)
        if i in denials:
            answered = _denied(i, told, rare, counted)
        elif one.negated and not carries and one.claim.stance == "asserts" and not _OWN_FACT.search(one.content):
            answered = [j for j in _around(i, told) if opposed(one, told[j]) and _answers(i, j, told, rare)]
        else:
            answered = []
        if answered:
            denials.add(i)
            links |= {(i, k) for j in answered for k in _carriers(j, told) if opposed(one, told[k])}
        links |= {(i, j) for j in range(max(0, i - _FAR), i) if _mutual(one, told[j], rare)}
    links |= _followed(told, denials, links)
    return {(min(pair), max(pair)) for pair in links}


def _beside(i: int, told: Sequence[Told]) -> Sequence[Told]:
    """The claims among which one that holds a claim, or is held by it, must stand: claims are in text order."""
    return told[max(0, i - _BESIDE) : i + _BESIDE + 1]


def _around(i: int, told: Sequence[Told]) -> list[int]:
    return [j for j in range(max(0, i - _NEAR), min(len(told), i + _NEAR // 2)) if j != i]


def _carriers(j: int, told: Sequence[Told]) -> list[int]:
    """A claim and those that carry the same content: the agency's that quotes it, and what it quotes."""
    claim = told[j].claim
    near = range(max(0, j - _BESIDE), min(len(told), j + _BESIDE + 1))
    return [k for k in near if k == j or holds(told[k].claim, claim) or holds(claim, told[k].claim)]


def _denied(i: int, told: Sequence[Told], rare: frozenset[str], counted: frozenset[str | None]) -> list[int]:
    """What a denial answers: claims about the same thing, best those that speak of the denier; or what it points back to."""
    one = told[i]
    answerable = [
        j
        for j in range(max(0, i - _FAR), min(len(told), i + _NEAR // 2))
        if opposed(one, told[j]) and told[j].claim.stance not in ("demands", "supports", "denies", "acknowledges")
    ]
    before = [j for j in answerable if j < i]
    if one.points_back:
        if _FIGURES.search(one.content):
            return [j for j in before if told[j].claim.id in counted][-3:]
        if whose := [j for j in before if (one.names - one.own) & told[j].own]:
            return _same_voice(whose[-1], before, told)
        if one.names and not one.names & one.own:
            return []
    scores = {j: _bearing(one, told[j], rare) for j in answerable}
    if one.topic & rare or not one.points_back:
        best = max(scores.values(), default=0.0)
        if found := [j for j in answerable if scores[j] >= max(2.0, best - 0.5)]:
            return found
    if one.points_back or _ABOUT_ROLE.search(one.content):
        accusing = [j for j in before if told[j].claim.stance == "accuses"]
        about_me = [j for j in before if one.own & told[j].names]
        near = [j for j in before if j >= i - 2]
        if pointed := about_me or accusing or near:
            chief = next((j for j in reversed(pointed) if told[j].claim.stance == "accuses"), pointed[-1])
            return _same_voice(chief, before, told)
    return []


def _bearing(one: Told, other: Told, rare: frozenset[str]) -> float:
    """How much a claim looks like what a denial answers: shared telling words, the denier's name, an accusation."""
    shared = len(one.topic & other.topic & rare)
    about_me = bool(one.own & other.names)
    return shared + 1.0 * about_me + (0.5 if other.claim.stance == "accuses" else 0.0) if shared or about_me else 0.0


def _same_voice(j: int, among: Sequence[int], told: Sequence[Told]) -> list[int]:
    """A claim with what its speaker says in the same breath of the same kind: an accusation with its charge."""
    speaker = told[j].claim.speaker
    found = [j]
    for k in (j - 1, j + 1):
        if k in among and speaker and told[k].claim.speaker == speaker:
            breath = abs(told[k].claim.sentence[0] - told[j].claim.sentence[0])
            accusing = "accuses" in (told[j].claim.stance, told[k].claim.stance)
            together = k < j or (breath > 0 and bool(told[k].topic & told[j].topic))
            if accusing and together and not NUMBERED.search(told[k].content):
                found.append(k)
    return sorted(found)


def _answers(i: int, j: int, told: Sequence[Told], rare: frozenset[str]) -> bool:
    """Whether a negated content speaks of what the other claim tells: by two telling words, or one close by."""
    shared = len(told[i].topic & told[j].topic & rare)
    accused = bool(told[i].own & told[j].names) and told[j].claim.stance == "accuses" and j < i
    return not told[j].negated and (shared >= 2 or (shared == 1 and abs(i - j) == 1) or accused)


def _followed(told: Sequence[Told], denials: set[int], links: set[tuple[int, int]]) -> set[tuple[int, int]]:
    """Who denies and says in the same breath how it was instead disputes the same claims with both."""
    more: set[tuple[int, int]] = set()
    for i in denials:
        answered = {b for a, b in links if a == i} | {a for a, b in links if b == i}
        for k in (i - 1, i + 1):
            if 0 <= k < len(told) and told[k].claim.speaker == told[i].claim.speaker and told[k].claim.speaker:
                near = abs(told[k].claim.sentence[0] - told[i].claim.sentence[1]) < _BREATH or (
                    told[k].claim.sentence == told[i].claim.sentence
                )
                if near and told[k].claim.stance in ("asserts", "denies"):
                    more |= {(k, j) for j in answered if opposed(told[k], told[j])}
    return more


def _mutual(one: Told, other: Told, rare: frozenset[str]) -> bool:
    """Two accusations of each other over one thing."""
    if one.claim.stance != "accuses" or other.claim.stance != "accuses" or not opposed(one, other):
        return False
    return one.claim.speaker is not None and other.claim.speaker is not None and bool(one.topic & other.topic & rare)
