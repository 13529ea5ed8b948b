"""Figures that exclude each other: whose people, of which state, at which time, by whom."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

import msgspec

from bot.events.origins import Told
from bot.events.positions import Position
from bot.model.summary import CasualtyFigure, ranges_apart

_EVERYBODY = frozenset({"people", "person", "dead", "death", "bodies", "body", "toll", "live"})
"""Stems by which a figure counts all: less than any part of them that somebody counted before."""
_HARM = ("killed", "injured", "unspecified")


class Counted(msgspec.Struct, frozen=True):
    """When each report was published, which a rising toll is told by."""

    at: Mapping[str, datetime]

    @classmethod
    def of(cls, ordered: Sequence[Told]) -> Counted:
        """The times of an event's reports."""
        return cls({report.id: at for report, _ in ordered if (at := report.published_at or report.fetched_at)})


def exclude(one: Position, other: Position, counted: Counted, facing: frozenset[frozenset[str]]) -> bool:
    """Whether a figure of the one leaves no room for one of the other.

    Nobody against somebody, of the same people; two figures for the same people that have no number in common, unless
    the later one is the higher: tolls rise. Of two camps that face each other both directions count.
    """
    if "acknowledges" in (one.claim.stance, other.claim.stance):
        return False
    opposed = frozenset({one.camp, other.camp}) in facing
    return any(
        _nobody(one, a, other, b) or _nobody(other, b, one, a) or _apart(one, a, other, b, counted, opposed)
        for a in one.figures
        for b in other.figures
    )


def _nobody(none: Position, nobody: CasualtyFigure, some: Position, somebody: CasualtyFigure) -> bool:
    """Whether "no casualties" answers a figure of the same people."""
    if nobody.max != 0 or not somebody.min or nobody.scope != "event" or somebody.scope != "event":
        return False
    if nobody.state not in ("unspecified", somebody.state) or somebody.state not in _HARM:
        return False
    sides = not nobody.side or not somebody.side or nobody.side == somebody.side
    people = not nobody.groups or bool({*nobody.groups} & {*somebody.groups})
    # "Nobody from the UN's own staff": of those people alone.
    limited = bool(none.others) and not (none.named & (some.named | {some.camp}))
    return sides and people and not limited


def _apart(
    one: Position, a: CasualtyFigure, other: Position, b: CasualtyFigure, counted: Counted, opposed: bool
) -> bool:
    """Whether two figures for the same people have no number in common, and time does not explain it."""
    a_words, b_words = one.victims.get(a.id, frozenset()), other.victims.get(b.id, frozenset())
    if one.denies or other.denies or a.state == "unspecified":
        return False
    if (a.state, a.side) != (b.state, b.side) or {a.scope, b.scope} != {"event"}:
        return False
    if a.subset_of or b.subset_of or not ranges_apart((a.min, a.max), (b.min, b.max)):
        return False
    in_order = counted.at[one.report] <= counted.at[other.report]
    (early, late) = (a, b) if in_order else (b, a)
    # The missing are found and the wounded leave hospital: only the dead cannot grow fewer.
    fewer = a.state == "killed" and (early.min or 0) > (late.max if late.max is not None else late.min or 0)
    if a.groups == b.groups and a_words & b_words:
        return opposed or fewer
    return fewer and not late.groups and bool((b_words if in_order else a_words) & _EVERYBODY)
