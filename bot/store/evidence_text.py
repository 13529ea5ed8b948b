"""What is left of a report's text when it is dropped: the sentences that are evidence, where they stood."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from bot.model.report import Report, Span
from bot.model.summary import Summary


def evidence_only(report: Report, summary: Summary) -> Report:
    """The report with blanks for all that no field of its summary points at, so that every offset still holds."""
    text = report.text
    left = [" "] * len(text)
    for start, end in _pointed_at(summary):
        left[start:end] = text[start:end]
    return msgspec.structs.replace(report, text="".join(left).rstrip(" "))


def _pointed_at(summary: Summary) -> Iterator[Span]:
    for claim in summary.claims:
        yield from (claim.sentence, *claim.content, *claim.source, *claim.cue)
    for figure in summary.casualties:
        yield from (figure.sentence, figure.victims, *([figure.number] if figure.number else []))
    for actor in summary.actors:
        yield from actor.mentions
