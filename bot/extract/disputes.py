"""Which claims of a report cannot stand beside each other, and which negated contents thereby are denials.

CONTRACT rules 8, 9 and 12. Two claims of different speakers are linked where the signs of `answers`, weighed, say so: the
weights were learned from this project's own annotated reports (`training/dispute_signs.py`) and lie in
`lexicon/dispute_signs.tsv`, each beside its sign's name.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import lru_cache

import msgspec

from bot.extract.answers import NUMBERED, TOLL, Told, holds, opposed, rare_stems, signs, told_claims
from bot.extract.denials import pointed_at
from bot.extract.figures_apart import REACH, Pair, figure_signs, some_of_all
from bot.extract.gazetteer import LEXICON, rows
from bot.extract.named_accounts import ACCOUNT
from bot.model.acts import DEEDS, Act, is_bare_denial
from bot.model.report import Span
from bot.model.summary import Actor, CasualtyFigure, Claim

LIKELY = 0.33
"""Probability from which on a link is made: at it the two kinds of mistakes cost the F1 about the same."""
_DENIED = 0.2
"""A denial that has no link answers its likeliest claim, if that is as likely as this."""
_NEAR = 0.6
"""Share of its likeliest link's probability below which a denial's other links fall away."""
_VICTIMS: frozenset[Act] = frozenset(("harm", "civilians"))
"""Acts that tell who was harmed, and not by what."""
_BEGINS_NEGATED = re.compile(r"\W*(?:no|not|nobody|none|nothing|never)\b", re.IGNORECASE)
_LOOKS_INTO = re.compile(
    r"\b(?:aware\s+of|(?:do|did|does)(?:\s+not|n[’']t)\s+know|looking\s+into|(?:is|are|was|were|be|been)\s+(?:investigat|review|check|examin|study)ing|no\s+information|not\s+familiar\s+with"
    r"|(?:could|can)\s*not\s+(?:immediately\s+)?(?:confirm|verify|comment|say|tell))\b",
    re.IGNORECASE,
)
_OWN = re.compile(r"(?:its|their)\s", re.IGNORECASE)
_RESPONSIBILITY = re.compile(r"\W*(?:the\s+|full\s+)?responsibility\b", re.IGNORECASE)

_CONFIRMS = re.compile(r"\b(?:confirm\w*|claim\w*|verif\w*|acknowledg\w*|admit\w*)\b", re.IGNORECASE)
_DEED_ALONE = re.compile(
    r"\W*(?:the|this|that|both|these)\s+(?:\w+\s+){0,2}(?:attack|bombing|raid|strike|shelling|explosion|blast|ambush|killing|death|incident|clash(?:e)?|fighting|assault"
    r"|shooting|kidnapping|abduction|crash|collision)s?\W*",
    re.IGNORECASE,
)


def link_disputes(
    text: str, claims: Sequence[Claim], figures: Sequence[CasualtyFigure], actors: Sequence[Actor]
) -> tuple[Claim, ...]:
    """The claims with their disputes, both ways, and with negated answers made denials."""
    told = told_claims(text, claims, actors)
    found = signs_of(text, told, figures)
    links = _chosen(
        told,
        {
            pair: probability(signs)
            for pair, signs in found
            if "denies_another_charge" not in signs
            and not _answers_another(told, *pair)
            and not _is_of_one_house(text, told, *pair)
        },
    )
    # CONTRACT rule 8: figures that exclude each other are no matter of likelihood.
    excluding = {pair for pair, signs in found if "excluding_figures" in signs}
    apart = {pair for pair, signs in found if "figures_apart" in signs}
    told_anew = {pair for pair, signs in found if "another_toll" in signs}
    links |= excluding
    counting = _counting(told, figures)
    links -= ((_only_counts(told, counting) - apart) | _of_a_part(text, told, figures)) - excluding - told_anew
    links -= _of_no_count(told, links, counting)
    links -= _of_other_fates(told, links, figures) - apart - told_anew
    links -= {(i, j) for i, j in links if _is_no_account(told[i]) or _is_no_account(told[j]) or _owns_up(told[j])}
    links |= _alike(told, links) | _of_what_is_held(told)
    beside: dict[int, set[int]] = defaultdict(set)
    for i, j in links:
        beside[i].add(j)
        beside[j].add(i)
    answering = {
        j
        for i, j in links
        if told[j].negated and not told[i].negated and told[i].claim.stance not in ("demands", "warns")
    } - counting
    answering |= {i for i in range(1, len(told)) if _goes_on_denying(told[i - 1], told[i])}
    return tuple(
        msgspec.structs.replace(
            claim,
            stance="denies" if i in answering and claim.stance == "asserts" else claim.stance,
            disputes=tuple(claims[j].id for j in sorted(beside[i])),
        )
        for i, claim in enumerate(claims)
    )


def signs_of(text: str, told: Sequence[Told], figures: Sequence[CasualtyFigure]) -> list[tuple[Pair, tuple[str, ...]]]:
    """Every pair of claims that may dispute each other, the earlier first, with its signs."""
    given = {"pointed_at": pointed_at(told, figures), **figure_signs(text, told, figures)}
    rare = rare_stems(told)
    return [
        (pair, tuple(signs(text, told, *pair, rare, given=[sign for sign, pairs in given.items() if pair in pairs])))
        for pair in _pairs(told)
        if opposed(told[pair[0]], told[pair[1]])
    ]


def _pairs(told: Sequence[Told]) -> Iterator[Pair]:
    """Claims near each other; and what the report begins with, which is what it is about, with all that deny."""
    for i, one in enumerate(told):
        leads = one.claim.sentence == told[0].claim.sentence
        for j in range(i + 1, len(told) if leads else min(len(told), i + REACH + 1)):
            if j <= i + REACH or told[j].claim.stance == "denies":
                yield i, j


def probability(found: Sequence[str]) -> float:
    """How likely two claims with these signs dispute each other; the same for the same signs, in any order."""
    weight = math.fsum(_weights().get(sign, 0.0) for sign in found)
    return round(1 / (1 + math.exp(-weight)), 6)


@lru_cache(maxsize=1)
def _weights() -> dict[str, float]:
    return {sign: float(weight) for sign, weight in rows(LEXICON / "dispute_signs.tsv", 2)}


def _chosen(told: Sequence[Told], likely: dict[Pair, float]) -> set[Pair]:
    """The likely pairs; a denial keeps those that come near its likeliest one, and has that one at least, if it is likely enough."""
    links = {pair for pair, chance in likely.items() if chance >= LIKELY}
    of_each: dict[int, list[Pair]] = defaultdict(list)
    for pair in likely:
        for number in pair:
            of_each[number].append(pair)
    for number, mine in sorted(of_each.items()):
        if told[number].claim.stance != "denies":
            continue
        best = max(mine, key=lambda pair: (likely[pair], pair))
        links -= {pair for pair in mine if likely[pair] < _NEAR * likely[best]}
        if likely[best] >= _DENIED:
            links.add(best)
    return links


def _alike(told: Sequence[Told], links: set[Pair]) -> set[Pair]:
    """Links of claims that carry the very same content: an agency's and that of whom it cites."""
    more: set[Pair] = set()
    for i, j in links:
        for end, far in ((i, j), (j, i)):
            for k in (end - 1, end + 1):
                if 0 <= k < len(told) and told[k].claim.content == told[end].claim.content and k != far:
                    more.add((min(k, far), max(k, far)))
    return {(i, j) for i, j in more if opposed(told[i], told[j])}


def _of_what_is_held(told: Sequence[Told]) -> set[Pair]:
    """Denials and the account that they name and tell: "the army rejected *the rebels' claim that it had fired*"."""
    return {
        (min(i, j), max(i, j))
        for i, one in enumerate(told)
        if one.claim.stance == "denies"
        for j in range(max(0, i - 2), min(len(told), i + 3))
        if i != j and told[j].claim.speaker != one.claim.speaker
        if ACCOUNT.fullmatch(told[j].cue)
        and (_covers(one.claim, told[j].claim.cue[0]) or holds(one.claim, told[j].claim))
    }


def _covers(claim: Claim, span: Span) -> bool:
    return any(start <= span[0] and span[1] <= end for start, end in claim.content)


def _only_counts(told: Sequence[Told], counting: set[int]) -> set[Pair]:
    """Pairs of plain claims, the earlier first, that count people and tell of no deed: only figures can part them."""
    plain = {i for i, one in enumerate(told) if one.claim.stance in ("asserts", "acknowledges") and not one.negated}
    alone = {i for i in plain & counting if not told[i].acts & DEEDS}
    return {(i, j) for i in alone for j in alone if i < j}


def _of_a_part(text: str, told: Sequence[Told], figures: Sequence[CasualtyFigure]) -> set[Pair]:
    """Pairs of plain claims, the earlier first, of which one counts everybody and the other some: "45 people", "two officials"."""
    plain = {one.claim.id: i for i, one in enumerate(told) if one.claim.stance == "asserts" and not one.negated}
    told_of = [(plain[f.according_to], f) for f in figures if f.according_to in plain]
    return {
        (i, j)
        for i, one in told_of
        for j, other in told_of
        if i < j and one.state == other.state
        if some_of_all(text, one, other) or one.id == other.subset_of or other.id == one.subset_of
    }


def _of_other_fates(told: Sequence[Told], links: set[Pair], figures: Sequence[CasualtyFigure]) -> set[Pair]:
    """Links of plain claims whose figures are of different fates: seven dead and 97 injured stand beside each other."""
    fates: dict[str | None, set[str]] = defaultdict(set)
    for figure in figures:
        fates[figure.according_to].add(figure.state)

    def counted(i: int) -> set[str]:
        one = told[i]
        plain = one.claim.stance in ("asserts", "acknowledges") and not one.negated
        return fates[one.claim.id] if plain else set()

    return {
        (i, j) for i, j in links if (counted(i), counted(j)) in (({"killed"}, {"injured"}), ({"injured"}, {"killed"}))
    }


def _of_no_count(told: Sequence[Told], links: set[Pair], counting: set[int]) -> set[Pair]:
    """Links of a denied deed with a claim that only counts people: "denied carrying out the attack" denies no toll."""
    tolls = {i for i in counting if told[i].acts <= _VICTIMS and told[i].claim.stance == "asserts"}
    denying = {i for i, one in enumerate(told) if one.claim.stance == "denies" and not _may_deny_a_toll(one)}
    return {
        (i, j)
        for i, j in links
        if (i in tolls and j in denying) or (j in tolls and i in denying)
        if not told[i].topic & told[j].topic
    }


def _may_deny_a_toll(one: Told) -> bool:
    """Whether a denial speaks of harm or of figures, or points back at whatever was told: not "denied targeting civilians"."""
    pointing = is_bare_denial(one.content) or TOLL.search(one.content) or NUMBERED.search(one.content)
    return "harm" in one.acts or bool(pointing)


def _answers_another(told: Sequence[Told], i: int, j: int) -> bool:
    """Whether the later claim answers what its own sentence has just told, and the earlier one stands before that: "…, which he denies"."""
    later = told[j]
    if later.content.strip().lower() != "which" or told[i].claim.sentence == later.claim.sentence:
        return False
    return any(one.claim.sentence == later.claim.sentence for one in told[i + 1 : j])


def _is_of_one_house(text: str, told: Sequence[Told], i: int, j: int) -> bool:
    """Whether the later speaker is the earlier one's own, who has just spoken and accused nobody: "…, said its spokeswoman"."""
    source = told[j].claim.source
    return (
        j == i + 1
        and told[i].claim.stance in ("asserts", "denies", "acknowledges")
        and bool(source)
        and _OWN.match(text, source[0][0]) is not None
    )


def _goes_on_denying(before: Told, one: Told) -> bool:
    """Whether who denied something says next what was not so: "He laughed off the charge. 'No soldier of ours …', he said"."""
    return (
        before.claim.stance == "denies"
        and before.claim.speaker == one.claim.speaker is not None
        and before.paragraph == one.paragraph
        and _BEGINS_NEGATED.match(one.content) is not None
    )


def _is_no_account(one: Told) -> bool:
    """Whether a speaker says only that it looks into something, which contradicts nobody."""
    return one.claim.stance == "asserts" and _LOOKS_INTO.search(one.content) is not None


def _owns_up(one: Told) -> bool:
    """Whether a speaker only says that a deed told before was its own, or was done: "claimed responsibility", "confirmed the attack"."""
    if one.claim.stance == "acknowledges" and _RESPONSIBILITY.match(one.content):
        return True
    return _CONFIRMS.search(one.cue) is not None and _DEED_ALONE.fullmatch(one.content) is not None


def _counting(told: Sequence[Told], figures: Sequence[CasualtyFigure]) -> set[int]:
    """The claims that tell of people killed, hurt, missing or driven out, in numbers above nought."""
    return {
        i
        for i, one in enumerate(told)
        if any(start <= f.victims[0] < end and f.min for start, end in one.claim.content for f in figures)
    }
