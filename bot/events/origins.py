"""How many publishers tell of an event, and from how many independent origins: a reprinted agency is one origin."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from urllib.parse import urlsplit

from bot.model.report import Report
from bot.model.summary import Summary

Told = tuple[Report, Summary]
_SHINGLE = 5
_REPRINTED = 0.3
"""Share of the shorter text's word sequences that stand in the other as well."""
_LEANS = 2
"""Claims that a report gives to another outlet, from which on it is taken to retell that outlet's report."""


def outlet_of(report: Report) -> str:
    """The publisher's name, else the host of the address, else the report itself."""
    return report.outlet or (urlsplit(report.url).hostname if report.url else "") or report.id


def outlets(told: Sequence[Told]) -> int:
    """How many different publishers there are."""
    return len({outlet_of(report).casefold() for report, _ in told})


def origins(told: Sequence[Told]) -> int:
    """How many independent origins: reprints, and reports that lean on another outlet of the event, count with it."""
    return len(set(origin_of_each(told).values()))


def origin_of_each(told: Sequence[Told]) -> dict[str, str]:
    """For each report the id of the report that stands for its origin."""
    leader = {report.id: report.id for report, _ in told}

    def chief(report_id: str) -> str:
        while leader[report_id] != report_id:
            report_id = leader[report_id]
        return report_id

    shingles = {report.id: _shingles(report.text) for report, _ in told}
    for i, (one, one_summary) in enumerate(told):
        for other, other_summary in told[i + 1 :]:
            same = (
                outlet_of(one).casefold() == outlet_of(other).casefold()
                or _agency(one) == _agency(other)
                or _overlap(shingles[one.id], shingles[other.id]) >= _REPRINTED
                or _leans(one, one_summary, other)
                or _leans(other, other_summary, one)
            )
            if same:
                leader[chief(other.id)] = chief(one.id)
    return {report.id: chief(report.id) for report, _ in told}


def _agency(report: Report) -> str:
    """The agency that the text names as its origin; a report that names none is its own."""
    return report.origin.casefold() if report.origin else f"#{report.id}"


def _leans(report: Report, summary: Summary, other: Report) -> bool:
    """Whether the report tells much of what it tells as the other outlet's words."""
    names = {actor.id for actor in summary.actors if actor.name.casefold() == outlet_of(other).casefold()}
    given = [claim for claim in summary.claims if claim.speaker in names]
    return len(given) >= _LEANS and len(given) * 4 >= len(summary.claims)


@lru_cache(maxsize=512)
def _shingles(text: str) -> frozenset[str]:
    words = re.findall(r"\w+", text.lower())
    return frozenset(" ".join(words[i : i + _SHINGLE]) for i in range(max(0, len(words) - _SHINGLE + 1)))


def _overlap(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / min(len(one), len(other)) if one and other else 0.0
