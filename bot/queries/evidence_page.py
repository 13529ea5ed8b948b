"""What an evidence page shows: an event's accounts against each other, its figures, and the sentences behind them."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from datetime import datetime

import msgspec
from sqlalchemy import Connection

from bot import seen
from bot.model.event import Event
from bot.model.report import Report, Span
from bot.model.summary import CasualtyFigure, Claim, Summary
from bot.queries import cards
from bot.queries.question import counts_of
from bot.queries.tolls import range_lines, toll_marks, who_says
from bot.store import reports
from bot.store.reports import Told

MOST_REPORTS = 60
"""Of an event with more, the newest are shown; the page says so."""


class Piece(msgspec.Struct, frozen=True):
    """Words of a sentence, and what they are to the field ("source", "cue", "content", "number", "victims", or "")."""

    words: str
    mark: str


class Sentence(msgspec.Struct, frozen=True):
    """A claim or figure with its sentence; `said` tells the field in a card's words, `ref` is `report#field`."""

    ref: str
    said: str
    note: str
    pieces: tuple[Piece, ...]
    start: int
    end: int


class ReportPart(msgspec.Struct, frozen=True):
    """A report's place on the page; times are aware, UTC."""

    id: str
    headline: str
    outlet: str
    url: str | None
    at: datetime | None
    fetched_at: datetime | None
    claims: tuple[Sentence, ...]
    figures: tuple[Sentence, ...]


class Facing(msgspec.Struct, frozen=True):
    """Two claims that cannot stand beside each other."""

    one: Sentence
    other: Sentence


class Figure(msgspec.Struct, frozen=True):
    """A row of the toll; `part` is of a figure that belongs to the one above it."""

    words: str
    who: str
    marks: str
    at: datetime
    ref: str
    part: bool


class EvidencePage(msgspec.Struct, frozen=True):
    """A whole page; `event` is None for a report that belongs to none."""

    title: str
    tag: str
    counts: str
    reports: tuple[ReportPart, ...]
    left_out: int = 0
    facing: tuple[Facing, ...] = ()
    figures: tuple[Figure, ...] = ()
    ranges: tuple[str, ...] = ()
    event: Event | None = None


def evidence_page(c: Connection, what: str, tenant: str) -> EvidencePage | None:
    """The page of an event or a report as the tenant sees it; None where it sees neither."""
    one = reports.one(c, what, tenant=tenant)
    if one is not None:
        part = _part(*one)
        return EvidencePage(title=part.headline, tag="", counts=part.outlet, reports=(part,))
    found = seen.event(c, what, tenant=tenant)
    if found is None:
        return None
    told = tuple(reports.told(c, found.reports, tenant=tenant).values())
    shown = told[-MOST_REPORTS:]
    return EvidencePage(
        title=found.title,
        tag=found.id,
        counts=counts_of(found),
        reports=tuple(_part(*pair) for pair in reversed(shown)),
        left_out=len(told) - len(shown),
        facing=_facing(found, told),
        figures=tuple(
            Figure(cards.toll_words(e), who_says(e), toll_marks(e), e.at, f"{e.report}#{e.casualty}", bool(e.subset_of))
            for e in found.tolls
        ),
        ranges=tuple(f"{line.text} · {line.note}" for line in range_lines(found, told)),
        event=found,
    )


def _part(report: Report, summary: Summary) -> ReportPart:
    return ReportPart(
        id=report.id,
        headline=summary.headline or report.title or report.id,
        outlet=report.outlet or report.id,
        url=report.url,
        at=report.published_at,
        fetched_at=report.fetched_at,
        claims=tuple(_claim(report, summary, claim) for claim in summary.claims),
        figures=tuple(_figure(report, summary, figure) for figure in summary.casualties),
    )


def _claim(report: Report, summary: Summary, claim: Claim) -> Sentence:
    line = cards.claim_line(report, summary, claim)
    marks = {"content": claim.content, "source": claim.source, "cue": claim.cue}
    return _sentence(report, claim, line.text, line.note, marks)


def _figure(report: Report, summary: Summary, figure: CasualtyFigure) -> Sentence:
    line = cards.figure_line(report, summary, figure, level=int(figure.subset_of is not None))
    marks = {"victims": [figure.victims], "number": [figure.number] if figure.number else []}
    return _sentence(report, figure, line.text, line.note, marks)


def _sentence(
    report: Report, item: Claim | CasualtyFigure, said: str, note: str, marks: Mapping[str, Sequence[Span]]
) -> Sentence:
    start, end = item.sentence
    return Sentence(f"{report.id}#{item.id}", said, note, pieces_of(report.text, item.sentence, marks), start, end)


def pieces_of(text: str, sentence: Span, marks: Mapping[str, Sequence[Span]]) -> tuple[Piece, ...]:
    """The sentence cut where marks begin and end; of two marks over the same words the later one of `marks` shows."""
    start, end = sentence
    kinds = [""] * (end - start)
    for mark, spans in marks.items():
        for a, b in spans:
            for at in range(max(a, start), min(b, end)):
                kinds[at - start] = mark
    cuts = [n for n in range(len(kinds)) if n == 0 or kinds[n] != kinds[n - 1]] + [len(kinds)]
    return tuple(Piece(text[start + a : start + b], kinds[a]) for a, b in itertools.pairwise(cuts) if b > a)


def _facing(found: Event, told: Sequence[Told]) -> tuple[Facing, ...]:
    """The disputes with both sentences."""
    by_ref = {f"{r.id}#{claim.id}": (r, s, claim) for r, s in told for claim in s.claims}
    return tuple(
        Facing(_claim(*by_ref[dispute.one]), _claim(*by_ref[dispute.other]))
        for dispute in found.disputes
        if dispute.one in by_ref and dispute.other in by_ref
    )
