"""Where the accounts of an event stand: claims, actors, side by side, over time."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Connection

from bot import seen
from bot.model.card import Card, Line, Section
from bot.queries import cards
from bot.queries.nearest import empty, other_events
from bot.queries.question import (
    PAGE,
    Question,
    counts_of,
    event_actions,
    event_asked,
    turning,
)
from bot.queries.tolls import now_lines
from bot.store import events, reports

Handler = Callable[[Connection, Question], Card]
_MOST_VOICES = 3


def event(c: Connection, q: Question) -> Card:
    """All reports of one event, outlets and origins counted apart, and where the accounts stand."""
    found = event_asked(c, q)
    if found is None:
        return empty(c, q)
    told = tuple(reports.told(c, found.reports, tenant=q.asker.tenant).values())
    by_ref = {f"{r.id}#{claim.id}": (r, s, claim) for r, s in told for claim in s.claims}
    disputed = []
    for dispute in found.disputes:
        if dispute.one in by_ref and dispute.other in by_ref:
            (one_r, one_s, one), (other_r, other_s, other) = by_ref[dispute.one], by_ref[dispute.other]
            disputed.append(
                Line(
                    text=cards.said(one_r, one_s, one, 120),
                    note=f"⟂ {cards.said(other_r, other_s, other, 120)}",
                    refs=(dispute.one, dispute.other),
                )
            )
    tolls = now_lines(found)
    listed = tuple(
        Line(
            text=s.headline or r.title or r.id,
            note=r.outlet or "",
            at=r.published_at,
            url=r.url,
            refs=(r.id,),
            command=f"report {r.id}",
        )
        for r, s in told
    )
    sections = [
        Section(
            heading="Where the accounts stand",
            lines=tuple(disputed[:4]),
            left_out=max(0, len(disputed) - 4),
            command=f"claims {found.id} status:disputed",
        ),
        Section(heading="Toll", lines=tuple(tolls[:4]), left_out=max(0, len(tolls) - 4), command=f"toll {found.id}"),
        Section(heading="Reports", lines=listed[-5:], left_out=max(0, len(listed) - 5), command=f"timeline {found.id}"),
        *other_events(c, q, found),
    ]
    return Card(
        kind="event",
        title=found.title,
        tag=found.id,
        subtitle=counts_of(found),
        as_of=q.now,
        status="disputed" if disputed else "neutral",
        sections=tuple(section for section in sections if section.lines),
        sources=tuple(cards.source_link(r) for r, _ in told),
        actions=event_actions(found),
    )


def timeline(c: Connection, q: Question) -> Card:
    """An event's reports and change notes by date."""
    found = event_asked(c, q)
    if found is None:
        return empty(c, q)
    told = reports.told(c, found.reports, tenant=q.asker.tenant)
    lines = [
        Line(
            text=s.headline or r.title or r.id,
            note=r.outlet or "",
            at=r.published_at or r.fetched_at,
            refs=(r.id,),
            url=r.url,
            command=f"report {r.id}",
        )
        for r, s in told.values()
    ]
    lines += [
        Line(text=note.text, note=note.kind.replace("_", " "), at=note.at, refs=note.refs or (note.report_id,))
        for note in seen.notes(c, events.notes_of(c, found.id), tenant=q.asker.tenant)
        if note.kind != "new_report" and note.report_id in told
    ]
    start, end = q.time("from"), q.time("to")
    lines = sorted(
        (line for line in lines if line.at and (not start or line.at >= start) and (not end or line.at < end)),
        key=lambda line: (line.at, not line.command, line.text),  # a report before what it changed
    )
    page = q.number("page", 1, most=200)
    return Card(
        kind="timeline",
        title=f"Timeline: {found.title}",
        tag=found.id,
        subtitle=counts_of(found),
        as_of=q.now,
        sections=(Section(heading="In order", lines=tuple(lines[(page - 1) * 2 * PAGE : page * 2 * PAGE])),),
        sources=tuple(cards.source_link(r) for r, _ in told.values()),
        actions=event_actions(found),
        **turning(q, page, max(1, -(-len(lines) // (2 * PAGE)))),  # type: ignore[arg-type]  # page, pages and their commands
    )
