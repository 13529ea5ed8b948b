"""Disputes across reports: what is claimed in one outlet and denied in another, and figures that exclude each other.

Precision before recall: a link needs a denial that, within its own report, answers a claim like the other one, or that
shares its telling words; and figures dispute each other only where the later one is lower.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from bot.events.origins import Told
from bot.events.traits import stems, telling
from bot.model.event import Dispute
from bot.model.report import Report
from bot.model.summary import CasualtyFigure, Claim

_SHARED = 2
_TELLING = 3.0


class _Said(msgspec.Struct, frozen=True):
    """A claim of one of the reports, with what comparing looks at."""

    ref: str
    report: str
    claim: Claim
    speaker: str
    country: str | None
    words: frozenset[str]


def disputes_across(ordered: Sequence[Told]) -> set[Dispute]:
    """Pairs of claims of different reports that cannot stand beside each other."""
    said = [
        one
        for report, summary in ordered
        for one in _said(report, summary.claims, {a.id: (a.name, a.country) for a in summary.actors})
    ]
    by_ref = {one.ref: one for one in said}
    found: set[Dispute] = set()
    for denial in said:
        if denial.claim.stance != "denies":
            continue
        answered = [
            by_ref[f"{denial.report}#{other}"]
            for other in denial.claim.disputes
            if f"{denial.report}#{other}" in by_ref
        ]
        for other in said:
            if other.report != denial.report and _opposed(denial, other) and _is_denied(denial, answered, other):
                found.add(_dispute(denial.ref, other.ref))
    return found | _figures(ordered)


def _said(report: Report, claims: Sequence[Claim], actors: dict[str, tuple[str, str | None]]) -> list[_Said]:
    return [
        _Said(
            f"{report.id}#{claim.id}",
            report.id,
            claim,
            *actors.get(claim.speaker or "", ("", None)),
            frozenset(
                s for start, end in claim.content for s in stems(report.text[start:end]) if telling(s) > _TELLING
            ),
        )
        for claim in claims
    ]


def _opposed(denial: _Said, other: _Said) -> bool:
    if not denial.speaker or not other.speaker or denial.speaker == other.speaker:
        return False
    if other.claim.stance in ("denies", "demands", "supports", "acknowledges", "warns"):
        return False
    return denial.country is None or denial.country != other.country


def _is_denied(denial: _Said, answered: Sequence[_Said], other: _Said) -> bool:
    """Whether a claim elsewhere is one that the denial answers."""
    if len(denial.words & other.words) >= _SHARED:
        return True
    for claim in answered:
        same_voice = claim.speaker == other.speaker or (claim.country is not None and claim.country == other.country)
        if len(claim.words & other.words) >= (_SHARED if same_voice else _SHARED + 1):
            return True
    return False


def _figures(ordered: Sequence[Told]) -> set[Dispute]:
    """Figures of different speakers for the same people, the later one lower."""
    given: list[tuple[int, Report, CasualtyFigure, str]] = []
    for number, (report, summary) in enumerate(ordered):
        names = {actor.id: actor.name for actor in summary.actors}
        speakers = {claim.id: names.get(claim.speaker or "", "") for claim in summary.claims}
        given += [
            (number, report, figure, speakers[figure.according_to])
            for figure in summary.casualties
            if figure.according_to in speakers and figure.scope == "event" and figure.subset_of is None
        ]
    found = set()
    for i, report, figure, speaker in given:
        for j, other_report, other, other_speaker in given:
            alike = (figure.state, figure.groups, figure.side) == (other.state, other.groups, other.side)
            if (
                i < j
                and alike
                and figure.state != "unspecified"
                and speaker
                and other_speaker
                and speaker != other_speaker
            ):
                lower = other.max is not None and figure.min is not None and other.max < figure.min
                if lower:
                    found.add(_dispute(f"{report.id}#{figure.according_to}", f"{other_report.id}#{other.according_to}"))
    return found


def _dispute(one: str, other: str) -> Dispute:
    return Dispute(*sorted((one, other)))
