"""Which reports tell of the same happening.

Two reports belong together when their terms are alike and their times near; an event is all that such pairs join. So
the events do not depend on the order in which reports come: a report that joins two events makes them one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta

from bot.events.traits import Traits, likeness, shared_weights

ALIKE = 0.14
"""Cosine from which two reports are taken to tell of one happening; tuned on annotated reports."""
ALIKE_BUT_FOR_ONE = 0.025
"""Of it, what must be left without the heaviest shared term: one country's name makes no happening."""
NEAR = timedelta(days=4)
"""Follow-up reports come within days; later ones (anniversaries, trials) are happenings of their own."""


def together(one: Traits, other: Traits) -> bool:
    """Whether two reports tell of one happening."""
    if not (one.crisis and other.crisis and abs(one.at - other.at) <= NEAR):
        return False
    shared = shared_weights(one, other)
    return sum(shared) >= ALIKE and sum(shared) - max(shared) >= ALIKE_BUT_FOR_ONE


def joined(new: Traits, held: Iterable[Traits]) -> tuple[str, ...]:
    """The ids of the reports that a new one belongs together with, the most alike first."""
    found = [(likeness(new, other), other.report_id) for other in held if together(new, other)]
    return tuple(report_id for _, report_id in sorted(found, key=lambda item: (-item[0], item[1])))


def clusters(every: Sequence[Traits]) -> tuple[tuple[str, ...], ...]:
    """All happenings among the reports, each as its reports' ids by time; reports of no crisis are left out."""
    ordered = sorted((t for t in every if t.crisis), key=lambda traits: (traits.at, traits.report_id))
    leader = {traits.report_id: traits.report_id for traits in ordered}

    def chief(report_id: str) -> str:
        while leader[report_id] != report_id:
            report_id = leader[report_id]
        return report_id

    for i, one in enumerate(ordered):
        for other in ordered[i + 1 :]:
            if other.at - one.at > NEAR:
                break
            if together(one, other):
                leader[chief(other.report_id)] = chief(one.report_id)
    found: dict[str, list[str]] = {}
    for traits in ordered:
        found.setdefault(chief(traits.report_id), []).append(traits.report_id)
    return tuple(tuple(ids) for ids in found.values())
