"""The look-ups of `/news`: one handler a command, each from a read transaction and a question to a card."""

from __future__ import annotations

import re
from collections.abc import Callable

import msgspec
from sqlalchemy import Connection

from bot.deliver.names import country_named, nearest_country
from bot.model.card import Action, Attachment, Card, Line, Section
from bot.model.errors import CommandError
from bot.model.legible import shortened
from bot.model.report import Report
from bot.model.summary import CasualtyFigure, Claim, Summary
from bot.queries import cards
from bot.queries.question import (
    PAGE,
    Question,
    empty,
    event_named,
    told_asked,
    turning,
)
from bot.store import events, reports, search
from bot.store.reports import Told

Handler = Callable[[Connection, Question], Card]
_NOT_IN_NAMES = re.compile(r"[^\w.-]+")
_STATUSES = ("claimed", "denied", "acknowledged", "disputed")


def latest(c: Connection, q: Question) -> Card:
    """The newest summaries, of a topic, an outlet or a time where given."""
    count = q.number("count", 5, most=10)
    topic = q.option("topic")
    tenant = q.asker.tenant
    if topic:
        found = search.search(
            c, tenant=tenant, query=topic, outlet=q.option("source") or None, start=q.time("since"), size=count
        )
        told = tuple(reports.told(c, found.ids, tenant=tenant).values())
        if not told and (event := event_named(c, topic, q)):
            told = tuple(reports.told(c, event.reports[-count:], tenant=tenant).values())
    else:
        told = reports.latest(c, tenant=tenant, count=count, since=q.time("since"), outlet=q.option("source") or None)
    if not told:
        return empty(c, q, topic or "the latest reports")
    title = f"Latest on {topic}" if topic else "Latest reports"
    return _list(c, q, title, told)


def _list(c: Connection, q: Question, title: str, told: tuple[Told, ...], **paging: object) -> Card:
    lines = []
    for report, summary in told:
        event = events.event_of(c, report.id)
        note = " · ".join(
            part for part in (report.outlet or "", event.id if event else "", _in_short(report, summary)) if part
        )
        lines.append(
            Line(
                text=summary.headline or report.title or report.id,
                note=note,
                at=report.published_at,
                url=report.url,
                refs=(report.id,),
                command=f"report {report.id}",
            )
        )
    return Card(
        kind="list",
        title=title,
        as_of=q.now,
        sections=(Section(heading="Reports", lines=tuple(lines)),),
        sources=tuple(cards.source_link(report) for report, _ in told),
        actions=tuple(
            Action(label=shortened(report.id, 30), command=f"report {report.id}")
            for report, _ in told[:5]
            if len(report.id) < 70
        ),
        **paging,  # type: ignore[arg-type]  # page, pages and their commands
    )


def _in_short(report: Report, summary: Summary) -> str:
    figures = [line.text for line in cards.casualty_lines(report, summary)[:1]]
    denied = sum(claim.stance == "denies" for claim in summary.claims)
    counted = f"{len(summary.claims)} claim{'s' * (len(summary.claims) != 1)}" + (
        f", {denied} denied" if denied else ""
    )
    return "; ".join([*figures, counted] if summary.claims else figures)


def find(c: Connection, q: Question) -> Card:
    """Full-text and field search, newest first."""
    status = q.option("status").lower()
    if status and status not in _STATUSES:
        raise CommandError("there is no such status", subject=status, hint=f"one of {', '.join(_STATUSES)}")
    country = _country(q.option("country"))
    page = q.number("page", 1, most=200)
    found = search.search(
        c,
        tenant=q.asker.tenant,
        query=q.option("query"),
        actor=q.option("actor") or None,
        country=country or None,
        status=status or None,
        outlet=q.option("source") or None,
        start=q.time("from"),
        end=q.time("to"),
        page=page,
        size=PAGE,
    )
    if not found.ids:
        return empty(c, q, q.option("query") or q.option("actor") or "that search")
    told = tuple(reports.told(c, found.ids, tenant=q.asker.tenant).values())
    pages = max(page + (1 if found.more else 0), -(-found.total // PAGE))
    turn = turning(q, page, pages)
    return _list(c, q, f"Reports on {q.option('query') or 'these fields'}", told, **turn)


def _country(words: str) -> str:
    """The code of a country given by code, name, adjective or capital; "" for ""; raises `CommandError`."""
    if not words:
        return ""
    if code := country_named(words):
        return code
    near = nearest_country(words)
    hint = f"did you mean {near}?" if near else "give its name or its two letters: AM"
    raise CommandError("I know no such country", subject=words[:40], hint=hint)


def report(c: Connection, q: Question) -> Card:
    """One report: actors, claims, casualties, sources."""
    told = told_asked(c, q)
    if told is None:
        return empty(c, q, q.option("id") or "a report without an id")
    detail = q.option("detail", "standard")
    if detail not in ("brief", "standard", "full", "json"):
        raise CommandError("there is no such detail", subject=detail, hint="brief, standard, full or json")
    if detail == "json":
        return _as_json(q, *told)
    event = events.event_of(c, told[0].id)
    return cards.report_card(*told, preset=detail, event=event, revised=bool(reports.revisions(c, told[0].id)))  # type: ignore[arg-type]  # checked above


def _as_json(q: Question, report: Report, summary: Summary) -> Card:
    """The summary as the contract has it, in a file."""
    return Card(
        kind="file",
        title=summary.headline or report.title or report.id,
        as_of=q.now,
        lead=f"{len(summary.claims)} claims, {len(summary.casualties)} figures.",
        file=Attachment(
            name=f"{_NOT_IN_NAMES.sub('-', report.id)[:60]}.json",
            media_type="application/json",
            content=msgspec.json.format(msgspec.json.encode(summary), indent=1),
        ),
        sources=(cards.source_link(report),),
    )


def corrections(c: Connection, q: Question) -> Card:
    """What changed after it was told."""
    notes = events.corrections(c, tenant=q.asker.tenant, since=q.time("since"), outlet=q.option("source") or None)
    if not notes:
        return empty(c, q, "corrections")
    lines = tuple(
        Line(
            text=note.text,
            note=note.event_id,
            at=note.at,
            refs=note.refs or (note.report_id,),
            command=f"event {note.event_id}",
        )
        for note in notes[: 2 * PAGE]
    )
    return Card(
        kind="timeline",
        title="Corrections",
        as_of=q.now,
        status="corrected",
        sections=(Section(heading="What changed", lines=lines, left_out=max(0, len(notes) - 2 * PAGE)),),
    )


def evidence(c: Connection, q: Question) -> Card:
    """The sentences behind a report's fields, with offsets, the link, and when the text was fetched."""
    told = told_asked(c, q)
    if told is None:
        return empty(c, q, q.option("id") or "a report without an id")
    r, s = told
    field = q.option("field")
    lines = []
    items: tuple[Claim | CasualtyFigure, ...] = (*s.claims, *s.casualties)
    for item in items:
        if field and item.id != field:
            continue
        start, end = item.sentence
        sentence = r.text[start:end]
        spans = item.content if isinstance(item, Claim) else (item.victims,)
        emphasis = tuple((max(a, start) - start, min(b, end) - start) for a, b in spans if a < end and b > start)
        label = f"{item.id} · characters {start}–{end}" + (
            f" · {item.stance}" if isinstance(item, Claim) else f" · {item.state}"
        )
        lines.append(Line(text=sentence, quote=True, emphasis=emphasis, note=label, refs=(f"{r.id}#{item.id}",)))
    if not lines:
        return empty(c, q, f"evidence {field} of {r.id}")
    return Card(
        kind="evidence",
        title=f"Evidence: {s.headline or r.title or r.id}",
        tag=r.id if len(r.id) <= 40 else "",
        subtitle=r.outlet or "",
        as_of=r.fetched_at or q.now,
        sections=(Section(heading="Sentences", lines=tuple(lines[:PAGE]), left_out=max(0, len(lines) - PAGE)),),
        overflow=(Section(heading="Further sentences", lines=tuple(lines[PAGE:])),) if lines[PAGE:] else (),
        sources=(cards.source_link(r),),
    )
