"""Which reports tell of the same happening.

A report joins the event that it is likeliest to belong to, the likest of the event's reports counting as much as all of
them together: if that is likely enough, or if nothing else comes near. Two events become one only where all their
reports, taken together, are likely to belong together: a round-up that tells of two happenings, or a name that two
share, joins them not. So an event may depend on the order in which its reports come; by how much is measured
(docs/events.md).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from bot.events.likeness import NEAR, UNLIKE, likeness
from bot.events.traits import Traits

ALIKE = -0.5
"""Log odds from which a report belongs to a group: half the best of its reports', half their average."""
LIKELIEST = -2.5
"""Log odds from which it belongs to the likeliest group, where that is clearly the likeliest."""
CLEAR = 3.0
"""By so much the next group must be less likely."""
UNRELATED = -4.5
"""Log odds of reports that share next to nothing: below it a group does not compete."""
BESIDE = -1.5
"""Log odds from which a group may become one with that which the report joins."""
ONE = -1.0
"""Log odds that the reports of two groups must reach on the average to be one."""
LOOKED_AT = 8
"""So many of an event's reports are compared with a new one, those next in time."""
SAMPLED = 5
"""So many of either event's reports are compared where two may become one."""


class Group(NamedTuple):
    """Reports that are told together: those of an event, or one that is in none.

    `key` is the caller's own; `odds` has how alike the new report is to members, by id, where the caller has asked.
    """

    key: str
    members: Sequence[Traits]
    event: bool = True
    odds: Mapping[str, float] = {}


def joined(new: Traits, groups: Sequence[Group]) -> tuple[str, ...]:
    """The keys of the groups that become one with a new report, the likeliest first; empty where it stands alone."""
    found = ((_odds(new, group), group) for group in groups)
    likely = sorted(
        ((odds, group) for odds, group in found if odds >= UNRELATED), key=lambda one: (-one[0], one[1].key)
    )
    belonging = [group for odds, group in likely if odds >= ALIKE]
    if not belonging and likely and likely[0][0] >= LIKELIEST:
        clear = len(likely) == 1 or likely[0][0] - likely[1][0] >= CLEAR
        belonging = [likely[0][1]] if clear else []
    chosen = belonging[:1]
    beside = (group for odds, group in likely if odds >= BESIDE and group.key != chosen[0].key) if chosen else ()
    for group in beside:
        held = _near(new, [new, *(member for one in chosen for member in one.members)], SAMPLED)
        between = [likeness(one, other) for one in held for other in _near(new, group.members, SAMPLED)]
        if between and sum(between) / len(between) >= ONE:
            chosen.append(group)
    return tuple(group.key for group in chosen)


def _odds(new: Traits, group: Group) -> float:
    """How likely a report belongs to a group, in log odds."""
    topics = {new.topic, *(member.topic for member in group.members)}
    if "other" in topics or "crisis" not in topics:
        return UNLIKE
    odds = [
        known if (known := group.odds.get(member.report_id)) is not None else likeness(new, member)
        for member in _near(new, group.members, LOOKED_AT)
    ]
    return (max(odds) + sum(odds) / len(odds)) / 2 if odds else UNLIKE


def _near(one: Traits, members: Sequence[Traits], most: int) -> list[Traits]:
    """Those of the reports that are near in time, the nearest first."""
    near = [member for member in members if abs(member.at - one.at) <= NEAR]
    return sorted(near, key=lambda member: (abs(member.at - one.at), member.report_id))[:most]


def clusters(every: Sequence[Traits]) -> tuple[tuple[str, ...], ...]:
    """All happenings among the reports, as if these came in the order of their times; each as its reports' ids by time.

    Reports that tell of no crisis are left out, but for those open ones that belong to one.
    """
    groups: dict[str, list[Traits]] = {}
    for new in sorted(every, key=lambda traits: (traits.at, traits.report_id)):
        keys = joined(new, [Group(key, members) for key, members in groups.items()])
        members = [member for key in keys for member in groups.pop(key)]
        members = sorted([*members, new], key=lambda traits: (traits.at, traits.report_id))
        groups[members[0].report_id] = members
    told = (members for members in groups.values() if any(member.topic == "crisis" for member in members))
    ordered = sorted(told, key=lambda members: (members[0].at, members[0].report_id))
    return tuple(tuple(member.report_id for member in members) for members in ordered)
