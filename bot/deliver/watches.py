"""What a person's watch is told of: the changes that a report brings, and which of them a watch asks for."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime

import msgspec

from bot.deliver.calendar import next_due
from bot.deliver.facts import words_in
from bot.deliver.timing import Timing, rested
from bot.events.changes import figure as figure_words
from bot.events.tell import told_at
from bot.model.event import ChangeNote, Event, TollEntry
from bot.model.legible import one_line, shortened
from bot.model.report import Report
from bot.model.subscription import Watch, WatchWhen
from bot.model.summary import Claim, Summary
from bot.model.wording import speaker_words, told_words

_LONGEST = 140
_WORDS_OF_A_CLAIM = 12


class Change(msgspec.Struct, frozen=True):
    """One thing that a report brings.

    Attributes:
        kind: what a watch asks for to be told of it.
        id: the same for the same change, whichever report brings it: a reprinted denial is no second one.
        text: who says what, in a few words for people.
        size: for a toll, by how many people it moved.
    """

    kind: WatchWhen
    id: str
    text: str
    size: int = 0


def line_of(watch: Watch) -> str:
    """The watch's subject as a line of the filter language; its keywords may be a whole line themselves."""
    parts = [f'actor:"{watch.actor}"' if watch.actor else "", f"country:{watch.country}" if watch.country else ""]
    parts += [f"({watch.keywords})" if watch.keywords else "", f"event:{watch.event}" if watch.event else ""]
    return " ".join(part for part in parts if part)


def changes_of(
    report: Report, summary: Summary, event: Event | None, notes: Sequence[ChangeNote], *, number: int
) -> tuple[Change, ...]:
    """All that a new (`number` 1) or revised report brings, each change once, in the order in which it is told."""
    about = event.id if event else report.id
    found: list[Change] = []
    if number == 1:
        found.append(Change("new", f"new:{report.id}", f"{report.outlet or 'a source'} reports on it"))
    found += _stances(report, summary, about)
    found += _tolls(event, notes)
    found += _children(report, summary, about)
    if number > 1:
        text = f"{report.outlet or 'the source'} has changed its report"
        found.append(Change("correction", f"correction:{report.id}:{number}", text))
    found += [
        Change("correction", f"taken back:{note.event_id}:{note.refs[0] if note.refs else note.report_id}", note.text)
        for note in notes
        if note.kind == "toll_down"
    ]
    first = {one.id: one for one in reversed(found)}
    each = [one for one in found if first[one.id] is one]
    return tuple(msgspec.structs.replace(one, text=shortened(one_line(one.text), _LONGEST)) for one in each)


def _stances(report: Report, summary: Summary, about: str) -> list[Change]:
    found = []
    for claim in summary.claims:
        if claim.stance not in ("denies", "acknowledges"):
            continue
        who = speaker_words(report.text, summary.actors, claim)
        words = told_words(report.text, claim)
        kind: WatchWhen = "denied" if claim.stance == "denies" else "acknowledged"
        found.append(Change(kind, f"{kind}:{about}:{who}:{_gist(report, claim)}", f"{who} {claim.stance}: {words}"))
    return found


def _gist(report: Report, claim: Claim) -> str:
    """What tells a statement from another: its first words, without regard to order, case and punctuation."""
    words = [word for start, end in claim.content for word in words_in(report.text[start:end])]
    return hashlib.blake2b(" ".join(sorted(words[:_WORDS_OF_A_CLAIM])).encode(), digest_size=6).hexdigest()


def _tolls(event: Event | None, notes: Sequence[ChangeNote]) -> list[Change]:
    if event is None:
        return []
    entries = {f"{entry.report}#{entry.casualty}": entry for entry in event.tolls}
    found = []
    for note in notes:
        entry = entries.get(note.refs[0]) if note.refs and note.kind in ("toll_up", "toll_down") else None
        if entry is not None:
            size = abs(_end(entry) - _before(event, entry))
            people = f"{entry.state}:{','.join(entry.groups)}:{entry.side or ''}:{entry.min}:{entry.max}"
            found.append(Change("toll-change", f"toll:{event.id}:{people}", note.text, size))
    return found


def _before(event: Event, entry: TollEntry) -> int:
    """The highest figure of the same people that was told before, by any one source."""
    alike = [
        _end(old)
        for old in event.tolls
        if old.report != entry.report
        and (old.at, old.report) <= (entry.at, entry.report)
        and (old.state, old.groups, old.side, old.scope, old.subset_of is None)
        == (entry.state, entry.groups, entry.side, entry.scope, entry.subset_of is None)
    ]
    return max(alike, default=0)


def _end(entry: TollEntry) -> int:
    return entry.max if entry.max is not None else entry.min or 0


def _children(report: Report, summary: Summary, about: str) -> list[Change]:
    claims = {claim.id: claim for claim in summary.claims}
    found = []
    for figure in summary.casualties:
        claim = claims.get(figure.according_to or "")
        if "children" not in figure.groups or figure.scope == "historical" or figure.max == 0:
            continue
        if claim is not None and claim.stance == "denies":
            continue
        who = speaker_words(report.text, summary.actors, claim) if claim else report.outlet or "the report"
        entry = TollEntry(
            report=report.id, casualty=figure.id, at=told_at(report), state=figure.state, min=figure.min,
            max=figure.max, qualifier=figure.qualifier, scope=figure.scope,
        )  # fmt: skip
        state = "killed or injured (not separated)" if figure.state == "unspecified" else figure.state
        text = f"children {state}: {figure_words(entry)}, according to {who}"
        found.append(Change("children", f"children:{about}:{figure.state}:{figure.min}:{figure.max}", text))
    return found


def asked_for(watch: Watch, changes: Sequence[Change]) -> tuple[Change, ...]:
    """The changes that a watch asks for."""
    return tuple(
        change
        for change in changes
        if change.kind in watch.when and (change.kind != "toll-change" or change.size >= watch.min_change)
    )


def due_of(watch: Watch, *, now: datetime, critical: bool) -> Timing:
    """When a watch's next alert is due: by its schedule, then its quiet hours."""
    collected = watch.schedule.mode != "now"
    return rested(watch.quiet, next_due(watch.schedule, now), collected=collected, critical=critical)


def resting(watch: Watch, now: datetime) -> bool:
    """Whether the watch is paused at this time."""
    return bool(watch.paused) and (watch.paused_until is None or watch.paused_until > now)
