"""What moved in an event when a report came or was revised, as attributed sentences."""

from __future__ import annotations

from collections.abc import Sequence

from bot.events.origins import Told, outlet_of
from bot.events.tell import told_at
from bot.model.event import ChangeKind, ChangeNote, Event, TollEntry
from bot.model.legible import shortened
from bot.model.wording import told_words

_MOST = 4
_TEN = 10


def changes(
    before: Event | None, after: Event, report: Told, *, revised: bool, noted: Sequence[ChangeNote] = ()
) -> tuple[ChangeNote, ...]:
    """The notes that a report's coming (or revision) is worth; none for the first report of an event.

    `noted` are the event's notes so far: what one of them tells is not told again by another outlet.
    """
    if before is None or (before == after and not revised):
        return ()
    notes: list[ChangeNote] = []
    if revised:
        notes.append(
            _note(after, report, "correction", f"{outlet_of(report[0])} has changed its report: {report[1].headline}")
        )
    elif report[0].id not in before.reports:
        notes.append(_note(after, report, "new_report", f"{outlet_of(report[0])}: {report[1].headline}"))
    notes += _said(before, after, report, noted)
    notes += _tolls(before, after, report)
    return tuple(notes[: _MOST + 1])


def moved(event: Event, told: Told, kind: ChangeKind, words: str, *named: str) -> ChangeNote:
    """The note of a merge or a split, told with one of the event's reports; `named` are others that the words name."""
    return _note(event, told, kind, words[:1].upper() + words[1:], list(dict.fromkeys([told[0].id, *named])))


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


_TELLS: dict[ChangeKind, str] = {"denied": "denies", "acknowledged": "acknowledges", "disputed": "says otherwise"}
_SAME = 0.6
"""Share of the shorter note's words from which two notes of one kind and speaker tell the same."""


def _said(before: Event, after: Event, told: Told, noted: Sequence[ChangeNote]) -> list[ChangeNote]:
    """Notes of what this report's speakers deny, acknowledge or say otherwise, where no note has told it before."""
    report, summary = told
    names = {actor.id: actor.name for actor in summary.actors}
    known = {ref for dispute in before.disputes for ref in (dispute.one, dispute.other)}
    disputed, held = _against(report.id, after), {*before.reports}
    notes: list[ChangeNote] = []
    for claim in summary.claims:
        ref = f"{report.id}#{claim.id}"
        against = sorted(disputed.get(ref, ()))
        earlier = [other for other in against if other.partition("#")[0] in held]
        kind: ChangeKind | None = None
        if claim.stance == "acknowledges":
            kind = "acknowledged"
        elif claim.stance == "denies" and against and ref not in known and (not earlier or {*earlier} - known):
            kind = "denied"
        elif claim.stance in ("asserts", "accuses") and {*earlier} - known:
            kind = "disputed"
        if kind is None or claim.speaker not in names:
            continue
        words = told_words(report.text, claim)
        note = _note(after, told, kind, f"{names[claim.speaker]} {_TELLS[kind]}: {words}", [ref, *earlier[:3]])
        if not any(_repeats(note, other) for other in (*noted, *notes)):
            notes.append(note)
    return sorted(notes, key=lambda note: note.kind == "disputed")[:2]


def _against(report_id: str, event: Event) -> dict[str, set[str]]:
    """By each claim of a report that is in dispute, the claims that dispute it."""
    own = f"{report_id}#"
    found: dict[str, set[str]] = {}
    for dispute in event.disputes:
        if dispute.one.startswith(own):
            found.setdefault(dispute.one, set()).add(dispute.other)
        if dispute.other.startswith(own):
            found.setdefault(dispute.other, set()).add(dispute.one)
    return found


def _repeats(note: ChangeNote, other: ChangeNote) -> bool:
    """Whether a note tells what another has told: the same kind and speaker, in much the same words."""
    if note.kind != other.kind or note.text.partition(":")[0] != other.text.partition(":")[0]:
        return False
    one, two = ({*words.text.partition(":")[2].casefold().split()} for words in (note, other))
    return len(one & two) >= _SAME * min(len(one), len(two))


def _tolls(before: Event, after: Event, told: Told) -> list[ChangeNote]:
    """A note where a figure of this report lies above or below all that was told of the same people before."""
    notes = []
    for entry in after.tolls:
        if entry.report != told[0].id or entry.subset_of or entry.scope != "event" or entry in before.tolls:
            continue
        earlier = [old for old in before.tolls if _alike(old, entry)]
        if not earlier:
            continue
        top = max(earlier, key=_most)
        highest = _most(top)
        lowest_of_same = [old for old in earlier if old.speaker == entry.speaker and old.min is not None]
        who = _giver(entry)
        words = "Killed or injured (not separated)" if entry.state == "unspecified" else entry.state.capitalize()
        ref = [f"{entry.report}#{entry.casualty}"]
        if entry.min is not None and entry.min > highest:
            # Who has given no figure before raises none.
            more = f"{words} raised to {figure(entry)}, according to {who}"
            before_it = f"until now at most {figure(top)}, according to {_giver(top)}"
            other = f"{words}: {figure(entry)}, according to {who}; {before_it}"
            notes.append(_note(after, told, "toll_up", more if lowest_of_same else other, ref))
        elif lowest_of_same and entry.max is not None and entry.max < min(old.min or 0 for old in lowest_of_same):
            notes.append(
                _note(after, told, "toll_down", f"{words} lowered to {figure(entry)}, according to {who}", ref)
            )
    return notes[:2]


def _most(entry: TollEntry) -> int:
    return entry.max if entry.max is not None else entry.min or 0


def _giver(entry: TollEntry) -> str:
    return entry.speaker or entry.outlet or "the report"


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
