"""Which reports tell of the same happening.

A report joins the event to which it is likeliest to belong, the likest of its reports counting as much as all of them
together. Two events become one only where all their reports, taken together, are likely to belong together: a round-up
that tells of two happenings, or a name that two share, joins them not. So an event may depend on the order in which its
reports come; by how much is measured (docs/events.md).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from bot.events.likeness import NEAR, likeness
from bot.events.traits import Traits

ALIKE = -0.5
"""Log odds from which a report belongs to an event: half the best of its reports', half their average."""
ONE = -1.0
"""Log odds that the reports of two events must reach on the average to be one."""
LOOKED_AT = 24
"""So many of an event's reports are compared, those next in time."""


class Group(NamedTuple):
    """Reports that are told together: an event's, or one that is in none. `key` is the caller's own."""

    key: str
    members: Sequence[Traits]


def joined(new: Traits, groups: Sequence[Group]) -> tuple[str, ...]:
    """The keys of the groups that become one with a new report, the likeliest first; empty where it stands alone."""
    likely = sorted(
        ((odds, group) for group in groups if (odds := _odds(new, group)) is not None),
        key=lambda found: (-found[0], found[1].key),
    )
    if not likely:
        return ()
    chosen = [likely[0][1]]
    for _, group in likely[1:]:
        held = [new, *(member for one in chosen for member in one.members)]
        odds = [likeness(one, other) for one in held for other in _near(one, group.members)]
        if odds and sum(odds) / len(odds) >= ONE:
            chosen.append(group)
    return tuple(group.key for group in chosen)


def _odds(new: Traits, group: Group) -> float | None:
    """How likely a report belongs to a group; None where it does not."""
    if not (new.crisis or any(member.crisis for member in group.members)):
        return None
    odds = [likeness(new, member) for member in _near(new, group.members)]
    if not odds:
        return None
    likely = (max(odds) + sum(odds) / len(odds)) / 2
    return likely if likely >= ALIKE else None


def _near(one: Traits, members: Sequence[Traits]) -> list[Traits]:
    """Those of the reports that are near in time, the nearest first."""
    near = [member for member in members if abs(member.at - one.at) <= NEAR]
    return sorted(near, key=lambda member: (abs(member.at - one.at), member.report_id))[:LOOKED_AT]


def clusters(every: Sequence[Traits]) -> tuple[tuple[str, ...], ...]:
    """All happenings among the reports, as if these came in the order of their times; each as its reports' ids by time.

    Reports of no crisis are left out, but for those that belong to one.
    """
    groups: dict[str, list[Traits]] = {}
    for new in sorted(every, key=lambda traits: (traits.at, traits.report_id)):
        keys = joined(new, [Group(key, members) for key, members in groups.items()])
        members = [member for key in keys for member in groups.pop(key)]
        members = sorted([*members, new], key=lambda traits: (traits.at, traits.report_id))
        groups[members[0].report_id] = members
    told = (members for members in groups.values() if any(member.crisis for member in members))
    ordered = sorted(told, key=lambda members: (members[0].at, members[0].report_id))
    return tuple(tuple(member.report_id for member in members) for members in ordered)
