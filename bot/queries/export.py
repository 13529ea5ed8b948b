"""An event as a file: everything that is known of it, each figure and claim with its source sentence's place."""

from __future__ import annotations

import csv
import io

import msgspec
from sqlalchemy import Connection

from bot.model.card import Attachment, Card
from bot.model.errors import CommandError
from bot.model.event import Event
from bot.queries import cards
from bot.queries.nearest import empty
from bot.queries.question import Question, event_asked
from bot.store import reports
from bot.store.reports import Told

_TYPES = {"json": "application/json", "csv": "text/csv", "md": "text/markdown"}


def export(c: Connection, question: Question) -> Card:
    """An event as json (everything), csv (the toll series) or md (to be read)."""
    form = question.option("format", "md").lower()
    if form not in _TYPES:
        raise CommandError("there is no such format", subject=form, hint="json, csv or md")
    event = event_asked(c, question)
    if event is None:
        return empty(c, question)
    told = tuple(reports.told(c, event.reports, tenant=question.asker.tenant).values())
    content = {"json": _json, "csv": _csv, "md": _markdown}[form](event, told)
    return Card(
        kind="file",
        title=f"Export: {event.title}",
        tag=event.id,
        as_of=question.now,
        lead=f"{len(told)} reports, {len(event.tolls)} figures, {len(event.disputes)} disputes.",
        file=Attachment(name=f"{event.id}.{form}", media_type=_TYPES[form], content=content),
        sources=tuple(cards.source_link(report) for report, _ in told),
    )


def _json(event: Event, told: tuple[Told, ...]) -> bytes:
    whole = {"event": event, "reports": [{"report": report, "summary": summary} for report, summary in told]}
    return msgspec.json.format(msgspec.json.encode(whole), indent=1)


def _csv(event: Event, told: tuple[Told, ...]) -> bytes:
    del told
    out = io.StringIO()
    rows = csv.writer(out)
    rows.writerow(
        [
            "report",
            "figure",
            "at",
            "outlet",
            "speaker",
            "state",
            "min",
            "max",
            "qualifier",
            "groups",
            "side",
            "scope",
            "part_of",
            "corrected",
        ]
    )
    for e in event.tolls:
        rows.writerow(
            [
                _cell(x)
                for x in (
                    e.report,
                    e.casualty,
                    e.at.isoformat(),
                    e.outlet,
                    e.speaker,
                    e.state,
                    e.min,
                    e.max,
                    e.qualifier,
                    " ".join(e.groups),
                    e.side,
                    e.scope,
                    e.subset_of,
                    e.corrects,
                )
            ]
        )
    return out.getvalue().encode()


def _cell(value: object) -> str:
    """A spreadsheet runs a cell that begins like a formula: such words are kept as words."""
    words = "" if value is None else str(value)
    return f"'{words}" if words[:1] in ("=", "+", "-", "@") else words


def _markdown(event: Event, told: tuple[Told, ...]) -> bytes:
    lines = [f"# {_plain(event.title)}", "", f"{event.id}: {event.outlets} outlets, {event.origins} origins", ""]
    for report, summary in told:
        at = report.published_at or report.fetched_at
        lines += [
            f"## {_plain(summary.headline or report.id)}",
            "",
            f"{_plain(report.outlet or '')}, {at:%Y-%m-%d %H:%M} UTC, {report.url or report.id}",
            "",
        ]
        lines += [
            f"- {_plain(line.text)}" + (f" ({_plain(line.note)})" if line.note else "")
            for line in (cards.claim_line(report, summary, claim) for claim in summary.claims)
        ]
        lines += [
            f"- {'  ' * line.level}{_plain(line.text)} ({_plain(line.note)})"
            for line in cards.casualty_lines(report, summary)
        ]
        lines.append("")
    return "\n".join(lines).encode()


def _plain(words: str) -> str:
    return "".join(f"\\{c}" if c in "\\`*_{}[]<>#|!" else c for c in words)
