"""The way to the summary for a process that has others do the work: importing this loads neither weights nor words."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from bot.model.report import Report
from bot.model.summary import Summary


def understood(report: Report, own_names: Path | None = None) -> Summary:
    """`bot.extract.pipeline.summarise`, loaded where and when it is first called."""
    from bot.extract.pipeline import summarise

    return summarise(report, own_names)


def understood_each(reports: Sequence[Report], own_names: Path | None = None) -> list[Summary]:
    """The same for several, in their order."""
    return [understood(report, own_names) for report in reports]
