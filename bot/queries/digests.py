"""The digest: what a channel or a person has not been told one by one, in one card, by event, the weightiest first."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy import Connection

from bot import seen
from bot.deliver import calendar
from bot.events.origins import outlet_of
from bot.model.card import Action, Card, Line, Section
from bot.model.event import Event, TollEntry
from bot.model.subscription import Schedule
from bot.queries.cards import fitted, short_name, toll_words
from bot.store import digests, events, reports
from bot.store.digests import Told
from bot.store.tables import moment

SHOWN_EVENTS = 8
SHOWN_SINGLES = 4
BEHIND_EVENTS = 40
BEHIND_SINGLES = 20
_NOTES = 2
_TOLLS = ((100, 6), (10, 4), (1, 2))
"""What the highest toll that one source gives of an event counts for in its rank."""


class Group(msgspec.Struct, frozen=True):
    """An event with its reports in this digest, and what changed in it."""

    event: Event
    told: tuple[Told, ...]
    notes: tuple[str, ...] = ()

    @property
    def weight(self) -> int:
        """Its rank: reports and origins, disputes, and the highest toll of one source (which nobody has judged)."""
        killed = highest_killed(self)
        toll = next((count for least, count in _TOLLS if killed is not None and (killed.min or 0) >= least), 0)
        return len(self.told) + 2 * self.event.origins + 3 * bool(self.event.disputes) + toll


def digest_card(
    c: Connection, owner: str, stamp: int, *, tenant: str, schedule: Schedule | None = None, now: datetime
) -> Card | None:
    """The card of an owner's digest due at `stamp` (milliseconds), as the tenant sees it; None if nothing is left."""
    due = moment(stamp)
    told = digests.reports_told(c, owner, due)
    notes = _notes(c, owner, due, tenant)
    by_event: dict[str, list[Told]] = {event_id: [] for event_id in notes}
    singles: list[Told] = []
    for one in told:
        if one.event_id is None:
            singles.append(one)
        else:
            by_event.setdefault(one.event_id, []).append(one)
    held = seen.some(c, by_event, tenant=tenant)
    groups = [
        Group(held[event_id], tuple(of), notes.get(event_id, ()))
        for event_id, of in by_event.items()
        if event_id in held
    ]
    if not groups and not singles:
        return None
    groups.sort(key=lambda group: (-group.weight, -group.event.last_at.timestamp(), group.event.id))
    singles.sort(key=lambda one: (-one.at.timestamp(), one.report_id))
    return _card(c, groups, singles, _title(schedule), now)


def _notes(c: Connection, owner: str, due: datetime, tenant: str) -> dict[str, tuple[str, ...]]:
    """The changes that were collected, by the event in which they stand now."""
    refs = (item.ref for item in digests.items(c, owner, due) if item.ref.startswith("note:"))
    numbers = (int(number) for ref in refs for number in ref.removeprefix("note:").split(","))
    held = filter(None, (events.note(c, number) for number in numbers))
    found: dict[str, tuple[str, ...]] = {}
    for note in seen.notes(c, held, tenant=tenant):
        event = events.event(c, note.event_id)
        if event is not None:
            found[event.id] = (*found.get(event.id, ()), note.text)
    return found


def _title(schedule: Schedule | None) -> str:
    mode = schedule.mode if schedule else "now"
    return {
        "hourly": "The last hour",
        "daily": "The last day",
        "twice-daily": "Since the last digest",
        "weekly": "The last week",
    }.get(mode, "What has come in meanwhile")


def _card(c: Connection, groups: Sequence[Group], singles: Sequence[Told], title: str, now: datetime) -> Card:
    count = sum(len(group.told) for group in groups) + len(singles)
    sections, overflow = [], []
    untold_events = len(groups) - SHOWN_EVENTS - BEHIND_EVENTS
    if groups:
        sections.append(Section(heading="Events", lines=_event_lines(groups[:SHOWN_EVENTS])))
    if len(groups) > SHOWN_EVENTS:
        overflow.append(
            Section(
                heading="Further events",
                lines=_event_lines(groups[SHOWN_EVENTS : SHOWN_EVENTS + BEHIND_EVENTS]),
                left_out=max(0, untold_events),
                command="latest",
            )
        )
    if singles:
        kept = [one.report_id for one in singles[: SHOWN_SINGLES + BEHIND_SINGLES]]
        lines = _single_lines(c, kept)
        sections.append(Section(heading="Single reports", lines=lines[:SHOWN_SINGLES]))
        if lines[SHOWN_SINGLES:]:
            overflow.append(
                Section(
                    heading="Further single reports",
                    lines=lines[SHOWN_SINGLES:],
                    left_out=max(0, len(singles) - len(kept)),
                    command="latest",
                )
            )
    actions = [Action(label=group.event.id, command=f"event {group.event.id}") for group in groups[:4]]
    return fitted(
        Card(
            kind="digest",
            title=f"{title}: {_plural(count, 'report')}",
            subtitle=" · ".join(
                part
                for part in (
                    _plural(len(groups), "event") if groups else "",
                    _plural(len(singles), "single report") if singles else "",
                )
                if part
            ),
            as_of=now,
            lead=_left_out(len(groups), len(singles)),
            sections=tuple(sections),
            overflow=tuple(overflow),
            actions=(*actions, Action(label="Latest", command="latest")),
        )
    )


def _left_out(groups: int, singles: int) -> str:
    """What this card does not tell, in a sentence; "" where it tells all."""
    events_left = max(0, groups - SHOWN_EVENTS - BEHIND_EVENTS)
    singles_left = max(0, singles - SHOWN_SINGLES - BEHIND_SINGLES)
    left = [
        _plural(number, what) for number, what in ((events_left, "event"), (singles_left, "single report")) if number
    ]
    if not left:
        return ""
    return f"The weightiest are told here; left out: {' and '.join(left)}. latest and search find them."


def _plural(number: int, what: str) -> str:
    return f"{number:,} {what}{'s' * (number != 1)}"


def _event_lines(groups: Sequence[Group]) -> tuple[Line, ...]:
    lines = []
    for group in groups:
        event = group.event
        outlets = len({one.outlet or one.report_id for one in group.told})
        count = f"{_plural(len(group.told), 'report')}, {_plural(outlets, 'outlet')}" if group.told else "changed"
        parts = (count, "the accounts are disputed" if event.disputes else "")
        lines.append(
            Line(
                text=f"{event.id}  {event.title}",
                note=" · ".join(part for part in parts if part),
                refs=(event.reports[-1],),
                command=f"event {event.id}",
            )
        )
        entry = highest_killed(group)
        if entry is not None:
            who = short_name(entry.speaker) if entry.speaker else f"{entry.outlet or 'the report'}'s own account"
            refs = (f"{entry.report}#{entry.casualty}",)
            lines.append(Line(text=toll_words(entry), note=f"according to {who}", level=1, refs=refs))
        lines += [Line(text=note, level=1, refs=(event.reports[-1],)) for note in group.notes[-_NOTES:]]
    return tuple(lines)


def highest_killed(group: Group) -> TollEntry | None:
    """The highest figure of killed, else of killed or injured, that one source gives in a report of this digest."""
    told = {one.report_id for one in group.told}
    for state in ("killed", "unspecified"):
        entries = [
            entry
            for entry in group.event.tolls
            if entry.report in told
            and entry.state == state
            and entry.scope == "event"
            and entry.subset_of is None
            and entry.min
        ]
        if entries:
            return max(entries, key=lambda entry: (entry.min or 0, entry.at, entry.report))
    return None


def _single_lines(c: Connection, ids: Sequence[str]) -> tuple[Line, ...]:
    told = reports.told(c, ids)
    return tuple(
        Line(
            text=f"{outlet_of(report)}: {summary.headline or report.title or report_id}",
            at=report.published_at,
            refs=(report_id,),
            command=f"report {report_id}" if len(report_id) <= 80 else "",
        )
        for report_id, (report, summary) in told.items()
    )


def due_words(schedule: Schedule, now: datetime) -> str:
    """When a schedule's next digest is due, in its own zone: "Tue 9 Jun, 08:00 (Europe/London)"; "" for "now"."""
    if schedule.mode == "now":
        return ""
    local = calendar.next_due(schedule, now).astimezone(ZoneInfo(schedule.zone))
    return f"{local:%a} {local.day} {local:%b}, {local:%H:%M} ({schedule.zone})"
