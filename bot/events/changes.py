"""What moved in an event when a report came or was revised, as attributed sentences."""

from __future__ import annotations

from collections.abc import Sequence

from bot.events.origins import Told, outlet_of
from bot.events.tell import told_at
from bot.model.event import ChangeKind, ChangeNote, Event, TollEntry
from bot.model.legible import shortened

_MOST = 4
_TEN = 10


def changes(before: Event | None, after: Event, report: Told, *, revised: bool) -> tuple[ChangeNote, ...]:
    """The notes that a report's coming (or revision) is worth; none for the first report of an event."""
    if before is None or (before == after and not revised):
        return ()
    notes: list[ChangeNote] = []
    if revised:
        notes.append(
            _note(after, report, "correction", f"{outlet_of(report[0])} has changed its report: {report[1].headline}")
        )
    elif report[0].id not in before.reports:
        notes.append(_note(after, report, "new_report", f"{outlet_of(report[0])}: {report[1].headline}"))
    notes += _denials(before, after, report)
    notes += _tolls(before, after, report)
    return tuple(notes[: _MOST + 1])


def moved(event: Event, told: Told, kind: ChangeKind, words: str) -> ChangeNote:
    """The note of a merge or a split, told with one of the event's reports."""
    return _note(event, told, kind, words[:1].upper() + words[1:], [told[0].id])


def _note(event: Event, told: Told, kind: ChangeKind, text: str, refs: Sequence[str] = ()) -> ChangeNote:
    report = told[0]
    at = max(told_at(report), report.fetched_at) if kind == "correction" and report.fetched_at else told_at(report)
    return ChangeNote(
        event_id=event.id,
        report_id=report.id,
        kind=kind,
        at=at,
        text=shortened(text, 300),
        refs=tuple(refs),
    )


def _denials(before: Event, after: Event, told: Told) -> list[ChangeNote]:
    """One note for each denial of this report that disputes something, and was not known before."""
    report, summary = told
    known = {ref for dispute in before.disputes for ref in (dispute.one, dispute.other)}
    disputed = {ref for dispute in after.disputes for ref in (dispute.one, dispute.other)}
    names = {actor.id: actor.name for actor in summary.actors}
    notes = []
    for claim in summary.claims:
        ref = f"{report.id}#{claim.id}"
        if claim.stance == "denies" and ref in disputed and ref not in known and claim.speaker in names:
            words = " … ".join(report.text[start:end] for start, end in claim.content)
            notes.append(_note(after, told, "denied", f"{names[claim.speaker]} denies: {words}", [ref]))
    return notes[:2]


def _tolls(before: Event, after: Event, told: Told) -> list[ChangeNote]:
    """A note where a figure of this report lies above or below all that was told of the same people before."""
    notes = []
    for entry in after.tolls:
        if entry.report != told[0].id or entry.subset_of or entry.scope != "event" or entry in before.tolls:
            continue
        earlier = [old for old in before.tolls if _alike(old, entry)]
        if not earlier:
            continue
        highest = max((old.max if old.max is not None else old.min or 0) for old in earlier)
        lowest_of_same = [old for old in earlier if old.speaker == entry.speaker and old.min is not None]
        who = entry.speaker or entry.outlet or "the report"
        words = "Killed or injured (not separated)" if entry.state == "unspecified" else entry.state.capitalize()
        ref = [f"{entry.report}#{entry.casualty}"]
        if entry.min is not None and entry.min > highest:
            notes.append(_note(after, told, "toll_up", f"{words} raised to {figure(entry)}, according to {who}", ref))
        elif lowest_of_same and entry.max is not None and entry.max < min(old.min or 0 for old in lowest_of_same):
            notes.append(
                _note(after, told, "toll_down", f"{words} lowered to {figure(entry)}, according to {who}", ref)
            )
    return notes[:2]


def _alike(old: TollEntry, entry: TollEntry) -> bool:
    return (old.state, old.groups, old.side, old.scope) == (
        entry.state,
        entry.groups,
        entry.side,
        entry.scope,
    ) and not old.subset_of


def figure(entry: TollEntry) -> str:
    """A figure in words as the source gave it: "at least 25", "between 4 and 6", "up to 60", "about 7,000"."""
    low, high = entry.min, entry.max
    if low == high == 0:
        return "none"
    if entry.qualifier == "about" and low is not None:
        return f"about {low:,}"
    if entry.qualifier == "vague":
        return {
            2: "several",
            24: "dozens",
            40: "scores",
            200: "hundreds",
            2000: "thousands",
            20000: "tens of thousands",
        }.get(low or 2, f"{low or 2:,}+")
    if low is not None and high is not None:
        return f"{low:,}" if low == high else f"between {low:,} and {high:,}"
    if low is not None:
        # "More than 200" is held as 201 at least; nobody has said 201.
        return f"more than {low - 1:,}" if low > _TEN and low % _TEN == 1 else f"at least {low:,}"
    return f"up to {high:,}" if high is not None else "an unknown number"
