"""Disputes across reports: what is claimed in one outlet and denied in another, and figures that exclude each other.

Precision before recall. Two claims of opposed camps dispute each other where one denies what the other tells (an act of
the same kind, told of the denier's camp or by those whom the denial answers in its own report), where each lays the
same act at the other's door, or where their figures for the same people exclude each other.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import msgspec

from bot.events.acts import Act, acts_in, is_bare_denial
from bot.events.camps import Camps, camps_of
from bot.events.origins import Told
from bot.events.traits import stems, telling
from bot.model.event import Dispute
from bot.model.summary import CasualtyFigure, Claim, Summary

_SHARED = 2
_TELLING = 3.0
_NO_ACCOUNT = ("denies", "demands", "supports", "acknowledges", "warns")
"""Stances of claims that tell nothing which could be denied."""
_BLAMED: frozenset[Act] = frozenset({"attack", "collision", "seizure", "siege"})
"""Acts that somebody does to somebody: both sides may lay them at the other's door."""


class _Said(msgspec.Struct, frozen=True):
    """A claim of one of the reports, with what comparing looks at; `against` are the camps that its words name;
    `handed_on`: an outlet tells it as another's words."""

    ref: str
    report: str
    claim: Claim
    camp: str
    handed_on: bool
    words: frozenset[str]
    acts: frozenset[Act]
    bare: bool
    against: frozenset[str]
    figures: tuple[CasualtyFigure, ...]


def disputes_across(ordered: Sequence[Told]) -> set[Dispute]:
    """Pairs of claims of different reports that cannot stand beside each other."""
    camps = camps_of(ordered)
    said = [one for told in ordered for one in _said_in(told, camps)]
    by_ref = {one.ref: one for one in said}
    opposed = {frozenset({by_ref[one].camp, by_ref[other].camp}) for one, other in _within(said)}
    found: set[Dispute] = set()
    for denial in said:
        if denial.claim.stance != "denies" or not denial.camp:
            continue
        answered = [by_ref[ref] for other in denial.claim.disputes if (ref := f"{denial.report}#{other}") in by_ref]
        for other in said:
            facing = frozenset({denial.camp, other.camp}) in opposed or other.claim.stance == "accuses"
            if other.report != denial.report and facing and _denied(denial, answered, other):
                found.add(Dispute(*sorted((denial.ref, other.ref))))
    for one, other in combinations(said, 2):
        facing = one.report != other.report and frozenset({one.camp, other.camp}) in opposed
        if facing and one.camp != other.camp and (_mutual(one, other) or _exclude(one, other)):
            found.add(Dispute(*sorted((one.ref, other.ref))))
    return found


def _said_in(told: Told, camps: Camps) -> list[_Said]:
    report, summary = told
    found = []
    for claim in summary.claims:
        teller = _teller(summary, claim)
        words = " ".join(report.text[start:end] for start, end in claim.content)
        found.append(
            _Said(
                f"{report.id}#{claim.id}",
                report.id,
                claim,
                camps.of_claim(report.id, teller),
                teller != claim.speaker,
                frozenset(stem for stem in stems(words) if telling(stem) > _TELLING),
                acts_in(words),
                is_bare_denial(words),
                camps.named_in(words),
                tuple(figure for figure in summary.casualties if figure.according_to == claim.id),
            )
        )
    return found


def _teller(summary: Summary, claim: Claim) -> str | None:
    """The speaker; for what an outlet hands on, whoever says the same words within."""
    types = {actor.id: actor.type for actor in summary.actors}
    if types.get(claim.speaker or "") != "media":
        return claim.speaker
    inner = [
        other
        for other in summary.claims
        if types.get(other.speaker or "media") != "media"
        and any(a < end and start < b for a, b in other.content for start, end in claim.content)
    ]
    return inner[0].speaker if inner else claim.speaker


def _within(said: Sequence[_Said]) -> list[tuple[str, str]]:
    refs = {one.ref for one in said}
    return [(one.ref, ref) for one in said for other in one.claim.disputes if (ref := f"{one.report}#{other}") in refs]


def _denied(denial: _Said, answered: Sequence[_Said], other: _Said) -> bool:
    """Whether a claim elsewhere is one that the denial denies."""
    if not other.camp or other.camp == denial.camp or _tells_nothing(other):
        return False
    if _is_none(denial):
        return _exclude(denial, other)
    if len(denial.words & other.words) >= _SHARED:
        return bool(denial.acts & other.acts) or (not denial.acts and len(denial.words & other.words) > _SHARED)
    acts = denial.acts if denial.acts and not denial.bare else denial.acts.union(*(one.acts for one in answered))
    blamed = denial.camp in other.against or other.claim.stance == "accuses"
    if not acts:
        return denial.bare and other.claim.stance == "accuses"
    return blamed and bool((acts - {"harm"}) & other.acts)


def _tells_nothing(said: _Said) -> bool:
    """Whether a claim gives no account of the event: by its stance, or since its figures are of other times."""
    elsewhere = bool(said.figures) and all(figure.scope != "event" for figure in said.figures)
    return said.claim.stance in _NO_ACCOUNT or elsewhere


def _mutual(one: _Said, other: _Said) -> bool:
    """Whether both lay the same kind of act at the other's door."""
    if _tells_nothing(one) or _tells_nothing(other) or one.handed_on or other.handed_on:
        return False
    return bool(one.acts & other.acts & _BLAMED) and other.camp in one.against and one.camp in other.against


def _exclude(one: _Said, other: _Said) -> bool:
    """Whether a figure of the one leaves no room for one of the other: nobody against somebody, of the same people."""
    return any(
        _nobody_against_somebody(a, b) or _nobody_against_somebody(b, a) for a in one.figures for b in other.figures
    )


def _is_none(said: _Said) -> bool:
    return bool(said.figures) and all(figure.max == 0 for figure in said.figures)


def _nobody_against_somebody(nobody: CasualtyFigure, somebody: CasualtyFigure) -> bool:
    if nobody.max != 0 or not somebody.min or nobody.scope != "event" or somebody.scope != "event":
        return False
    states = nobody.state in ("unspecified", somebody.state) and somebody.state in ("killed", "injured", "unspecified")
    sides = not nobody.side or not somebody.side or nobody.side == somebody.side
    return states and sides and (not nobody.groups or bool({*nobody.groups} & {*somebody.groups}))
