"""Whether the figures of two claims can stand beside each other: signs among `answers`, and CONTRACT rule 8 where they cannot."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import takewhile

from bot.extract.answers import Told, topic
from bot.extract.gazetteer import gazetteer
from bot.model.summary import CasualtyFigure, ranges_apart

Pair = tuple[int, int]
REACH = 8
"""How many claims ahead an answer may stand."""
_EVERYBODY = re.compile(
    r"\b(?:people|persons?|dead|deaths?|killed|died|bodies|lives|fatalities|casualties|victims|wounded|injured|hurt|missing|others)\W*$|\d\W*$"
    r"|^\W*(?:\w+[\s-]+){0,3}(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)\W*$",
    re.IGNORECASE,
)
"""Words by which a figure counts everybody."""
_NUMBER = (
    r"(?:\d[\d,.]*|(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)(?:-\w+)?|one|two|three|four|five|six|seven|eight|nine|ten|eleven"
    r"|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|dozens|scores|hundreds|thousands)"
)
_HARMED = r"(?:dead|killed|wounded|injured|missing|deaths?|victims|casualties|people|persons|bodies)"
_TOLL_ALONE = re.compile(
    rf"^\W*(?:(?:the|its|their|an?|only|just|about|around|some|at|as|to|in|of|least|most|more|less|fewer|no|not|than|over|under|up|nearly|almost"
    rf"|number|toll|figure|count|total|death|it|that|lower|higher|{_HARMED})\W+)*(?P<number>{_NUMBER})\b"
    rf"(?:\W+(?:of|the|so|far|only|were|was|had|been|in|all|and|together|{_HARMED})\b)*\W*$",
    re.IGNORECASE,
)
"""A claim that gives a number and no more: "the dead at more than 150", "21"."""
_KINDS = (
    re.compile(r"\b(?:dead|kill\w*|die[ds]?|deaths?|bod(?:y|ies)|drown\w*|perish\w*|shot|lives)\b", re.IGNORECASE),
    re.compile(r"\b(?:wound\w*|injur\w*|hurt)\b", re.IGNORECASE),
    re.compile(r"\bmissing\b", re.IGNORECASE),
)


def figure_signs(text: str, told: Sequence[Told], figures: Sequence[CasualtyFigure]) -> dict[str, set[Pair]]:
    """The pairs of claims, the earlier first, of which each sign of their figures holds."""
    found: dict[str, set[Pair]] = {
        "excluding_figures": exclusive(text, told, figures),
        "figures_of_one_kind": set(),
        "figures_apart": set(),
        "figures_agree": set(),
        "one_says_nobody": set(),
        "another_toll": set(),
    }
    carried = [_carried(one, figures) for one in told]
    for i, ours in enumerate(carried):
        for j in range(i + 1, min(len(told), i + REACH + 1)) if ours else ():
            if any((one.max == 0) != (other.max == 0) for one in ours for other in carried[j]):
                found["one_says_nobody"].add((i, j))
            alike = [(a, b) for a in ours for b in carried[j] if (a.state, a.scope) == (b.state, b.scope)]
            apart = [(a, b) for a, b in alike if ranges_apart((a.min, a.max), (b.min, b.max))]
            if (apart or not alike) and _gives_another_toll(told[i].content, told[j].content):
                found["another_toll"].add((i, j))
            if not alike:
                continue
            found["figures_of_one_kind"].add((i, j))
            if not apart:
                found["figures_agree"].add((i, j))
            if _of_other_countries(told[i], told[j]) or _of_own_countries(told, i, j):
                continue
            if any(
                not (a.subset_of or b.subset_of or some_of_all(text, a, b) or _of_others(text, a, b)) for a, b in apart
            ):
                found["figures_apart"].add((i, j))
    return found


def _gives_another_toll(one: str, other: str) -> bool:
    """Whether the latter's words are but a number that the former does not give, of the dead where that tells of dead."""
    match = _TOLL_ALONE.match(other)
    if not match or re.search(rf"\b{re.escape(match['number'])}\b", one, re.IGNORECASE):
        return False
    told_of = [kind for kind in _KINDS if kind.search(other)]
    return not told_of or any(kind.search(one) for kind in told_of)


def _carried(one: Told, figures: Sequence[CasualtyFigure]) -> list[CasualtyFigure]:
    """The figures that a claim gives, by itself or in what it quotes."""
    return [
        figure
        for figure in figures
        if figure.according_to == one.claim.id
        or any(start <= figure.victims[0] < end for start, end in one.claim.content)
    ]


def exclusive(text: str, told: Sequence[Told], figures: Sequence[CasualtyFigure]) -> set[Pair]:
    """Claims of different speakers with figures of the same people that exclude each other, the earlier first."""
    place = {one.claim.id: i for i, one in enumerate(told)}
    carried = [
        (place[f.according_to], f)
        for f in figures
        if f.according_to in place and f.scope == "event" and not f.subset_of and f.state != "unspecified"
    ]
    carried.sort(key=lambda item: item[0])
    return {
        (i, j)
        for number, (i, one) in enumerate(carried)
        for j, other in takewhile(lambda item: item[0] <= i + REACH, carried[number + 1 :])  # noqa: B023  # used at once
        if i != j
        and (one.state, one.groups, one.side) == (other.state, other.groups, other.side)
        and not (one.place and other.place and one.place != other.place)
        and not _of_other_countries(told[i], told[j])
        and not _of_own_countries(told, i, j)
        and not some_of_all(text, one, other)
        and not _of_others(text, one, other)
        and ranges_apart((one.min, one.max), (other.min, other.max))
    }


def some_of_all(text: str, one: CasualtyFigure, other: CasualtyFigure) -> bool:
    """Whether one figure counts everybody and the other, lower one people of a kind: "45 people", "two officials"."""
    all_of = [bool(_EVERYBODY.search(text, *figure.victims)) for figure in (one, other)]
    if all_of[0] == all_of[1]:
        return False
    everybody, some = (one, other) if all_of[0] else (other, one)
    return everybody.max is None or (some.max or some.min or 0) <= everybody.max


def _of_others(text: str, one: CasualtyFigure, other: CasualtyFigure) -> bool:
    """Whether two figures count people of two kinds, neither of them everybody: "13 guards", "39 workers"."""
    if any(_EVERYBODY.search(text, *figure.victims) for figure in (one, other)):
        return False
    kinds = [topic(text[slice(*figure.victims)]) for figure in (one, other)]
    return bool(kinds[0] and kinds[1]) and not kinds[0] & kinds[1]


def _of_other_countries(one: Told, other: Told) -> bool:
    """Whether two claims tell of different countries: both name some, or one names another than the other's body is of."""
    known = gazetteer().countries.keys()
    here, there = one.names & known, other.names & known
    if here and there:
        return not here & there
    for foreign, beside in ((here - one.own, other), (there - other.own, one)):
        home = beside.speaker.country if beside.speaker and beside.speaker.type != "official" else None
        if foreign and home and home not in foreign:
            return True
    return False


def _of_own_countries(told: Sequence[Told], i: int, j: int) -> bool:
    """Whether two speakers of different countries each tell of their own: nobody of either speaks of the other's.

    After an earthquake each side of a border counts its own dead; of those who fight each other somebody speaks of the other.
    """
    homes = [one.speaker.country if one.speaker else None for one in (told[i], told[j])]
    if None in homes or homes[0] == homes[1]:
        return False
    return not any(
        one.speaker and one.speaker.country in homes and {*homes} - {one.speaker.country} & one.names for one in told
    )
