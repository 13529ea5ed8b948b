"""The look-ups of `/news`: one handler a command, each from a read transaction and a question to a card."""

from __future__ import annotations

import re
from collections.abc import Callable

import msgspec
from sqlalchemy import Connection

from bot import seen
from bot.deliver.names import country_named, nearest_country
from bot.model.card import Action, Attachment, Card, Line, Section
from bot.model.errors import CommandError
from bot.model.legible import shortened
from bot.model.report import Report
from bot.model.summary import Summary
from bot.queries import cards
from bot.queries.meant import canonical, telling_words
from bot.queries.nearest import asked_for, empty
from bot.queries.question import (
    PAGE,
    Question,
    event_named,
    told_asked,
    turning,
)
from bot.store import events, reports, search
from bot.store.found_by import STATUSES
from bot.store.reports import Told

Handler = Callable[[Connection, Question], Card]
_NOT_IN_NAMES = re.compile(r"[^\w.-]+")


def latest(c: Connection, q: Question) -> Card:
    """The newest summaries, of a topic, an outlet or a time where given."""
    count = q.number("count", 5, most=10)
    topic = q.option("topic")
    tenant = q.asker.tenant
    if topic:
        found = search.search(
            c,
            tenant=tenant,
            query=telling_words(topic),
            outlet=q.option("source") or None,
            start=q.time("since"),
            size=count,
        )
        told = tuple(reports.told(c, found.ids, tenant=tenant).values())
        if not told and not q.option("source") and not q.option("since") and (event := event_named(c, topic, q)):
            told = tuple(reports.told(c, event.reports[-count:][::-1], tenant=tenant).values())
    else:
        told = reports.latest(c, tenant=tenant, count=count, since=q.time("since"), outlet=q.option("source") or None)
    if not told:
        return empty(c, q)
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
    if status and status not in STATUSES:
        raise CommandError("there is no such status", subject=status, hint=f"one of {', '.join(STATUSES)}")
    country = _country(q.option("country"))
    page = q.number("page", 1, most=search.MOST // PAGE)
    found = search.search(
        c,
        tenant=q.asker.tenant,
        query=q.option("query"),
        actor=canonical(q.option("actor")) if q.option("actor") else None,
        country=country or None,
        status=status or None,
        outlet=q.option("source") or None,
        start=q.time("from"),
        end=q.time("to"),
        page=page,
        size=PAGE,
    )
    if not found.ids:
        return empty(c, q)
    told = tuple(reports.told(c, found.ids, tenant=q.asker.tenant).values())
    turn = turning(q, page, -(-found.total // PAGE))
    what = asked_for(q)
    counted = f"{found.total:,}{' and more' if found.more else ''} report{'s' * (found.total != 1)}"
    return _list(c, q, f"Reports: {what}" if what else "All reports", told, subtitle=counted, **turn)


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
        return empty(c, q)
    detail = q.option("detail", "standard")
    if detail not in ("brief", "standard", "full", "json"):
        raise CommandError("there is no such detail", subject=detail, hint="brief, standard, full or json")
    if detail == "json":
        return _as_json(q, *told)
    event = seen.event_of(c, told[0].id, tenant=q.asker.tenant)
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
