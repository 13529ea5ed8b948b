"""The sentences that fields rest on, with their place in the text; and what changed after it was told."""

from __future__ import annotations

from sqlalchemy import Connection

from bot import seen
from bot.model.card import Card, Line, Section
from bot.model.errors import CommandError
from bot.model.report import Report, Span
from bot.model.summary import CasualtyFigure, Claim, Summary
from bot.queries import cards
from bot.queries.nearest import empty
from bot.queries.question import PAGE, Question, counts_of, event_actions, event_named, turning
from bot.store import events, reports
from bot.store.reports import Told


def evidence(c: Connection, q: Question) -> Card:
    """The sentences behind a report's fields, or behind those of all reports of an event."""
    words = q.option("id")
    one = reports.one(c, words, tenant=q.asker.tenant)
    found = event_named(c, words, q) if one is None and words else None
    told = (one,) if one else tuple(reports.told(c, found.reports, tenant=q.asker.tenant).values()) if found else ()
    field = q.option("field")
    lines = [(r, line) for r, s in reversed(told) for line in sentence_lines(r, s, field)]
    if not told and not words:
        raise CommandError("of which report or event?", hint="evidence KAR-0142", suggestions=("latest", "help"))
    if told and field and not lines:
        known = [one.id for _, s in told for one in s.claims] + [one.id for _, s in told for one in s.casualties]
        raise CommandError(
            "there is no such field", subject=field, hint=f"one of {', '.join(dict.fromkeys(known))}"[:200]
        )
    if not lines:
        return empty(c, q)
    page = q.number("page", 1, most=200)
    shown = lines[(page - 1) * PAGE : page * PAGE]
    of = dict.fromkeys(r.id for r, _ in shown)
    by_id = {r.id: (r, s) for r, s in told}
    return Card(
        kind="evidence",
        title=f"Evidence: {found.title if found else by_id[next(iter(by_id))][1].headline or words}",
        tag=found.id if found else words if len(words) <= 40 else "",
        subtitle=counts_of(found) if found else told[0][0].outlet or "",
        as_of=q.now,
        sections=tuple(
            section
            for report_id in of
            for section in _sections(by_id[report_id], [line for r, line in shown if r.id == report_id])
        ),
        sources=tuple(cards.source_link(by_id[report_id][0]) for report_id in of),
        actions=event_actions(found) if found else (),
        **turning(q, page, -(-len(lines) // PAGE)),  # type: ignore[arg-type]  # page, pages and their commands
    )


def _sections(told: Told, lines: list[Line]) -> tuple[Section, Section]:
    """A report's sentences, and where and when its text was had."""
    r, _ = told
    what = "Text fetched" if r.fetched_at else "Published"
    fetched = Line(text=what, at=r.fetched_at or r.published_at, url=r.url, refs=(r.id,))
    return (
        Section(heading=r.outlet or r.id, lines=tuple(lines)),
        Section(heading="", lines=(fetched,) if fetched.at else ()),
    )


def sentence_lines(report: Report, summary: Summary, field: str = "") -> list[Line]:
    """For each claim and figure (or the one of that id) its sentence, verbatim, with what it says highlighted."""
    items: tuple[Claim | CasualtyFigure, ...] = (*summary.claims, *summary.casualties)
    lines = []
    for item in items:
        if field and item.id != field.lower():
            continue
        start, end = item.sentence
        kind = item.stance if isinstance(item, Claim) else item.state
        lines.append(
            Line(
                text=report.text[start:end],
                quote=True,
                emphasis=_emphasis(item, item.sentence),
                note=f"{item.id} · characters {start}–{end} · {kind}",
                refs=(f"{report.id}#{item.id}",),
            )
        )
    return lines


def _emphasis(item: Claim | CasualtyFigure, sentence: Span) -> tuple[Span, ...]:
    """What the field itself is made of, as spans of its sentence, in order and without overlap."""
    start, end = sentence
    spans = item.content if isinstance(item, Claim) else (item.victims, *([item.number] if item.number else []))
    found: list[Span] = []
    for a, b in sorted((max(a, start) - start, min(b, end) - start) for a, b in spans if a < end and b > start):
        if found and a <= found[-1][1]:
            found[-1] = found[-1][0], max(b, found[-1][1])
        else:
            found.append((a, b))
    return tuple(found)


def corrections(c: Connection, q: Question) -> Card:
    """What changed after it was told, newest first."""
    page = q.number("page", 1, most=50)
    held = events.corrections(
        c,
        tenant=q.asker.tenant,
        since=q.time("since"),
        outlet=q.option("source") or None,
        count=page * PAGE + 1,
    )
    notes = seen.notes(c, held, tenant=q.asker.tenant)
    shown = notes[(page - 1) * PAGE : page * PAGE]
    if not shown:
        return empty(c, q)
    told = reports.told(c, (note.report_id for note in shown), tenant=q.asker.tenant)
    lines = tuple(
        Line(
            text=note.text,
            note=note.event_id,
            at=note.at,
            refs=note.refs or (note.report_id,),
            command=f"event {note.event_id}",
        )
        for note in shown
    )
    return Card(
        kind="timeline",
        title="Corrections",
        as_of=q.now,
        status="corrected",
        sections=(Section(heading="What changed", lines=lines),),
        sources=tuple(cards.source_link(r) for r, _ in told.values()),
        **turning(q, page, page + (len(notes) > page * PAGE)),  # type: ignore[arg-type]  # page, pages and their commands
    )
