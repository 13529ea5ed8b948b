"""Learn how much each sign that two reports tell of one happening weighs: `bot/events/likeness.tsv`.

The reports are this project's own: busy weeks (`events/busy_dev.jsonl`), in which several happenings of one conflict fall into
the same days, and the events `events/dev_….txt`. A logistic regression with a small ridge, by Newton's steps; the same
reports give the same weights. Also says how well reports are grouped that it did not learn from (a conflict by turns).

    python -m training.likeness
    python -m training.likeness --measure     # how the busy weeks are grouped as it stands; `busy_heldout` taught nothing
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from itertools import combinations
from pathlib import Path
from typing import NamedTuple

import msgspec

from benchmarks.own_events import EVENTS, report_of
from bot.events import cluster, likeness
from bot.events.traits import Traits, traits_of
from bot.extract.pipeline import summarise
from bot.model.report import Report
from training.conflict_reports import read_file
from training.logistic import fitted

_RIDGE = 1.0
_HEADER = "# How much each sign speaks for two reports telling of one happening (log odds).\n# Written by training/likeness.py.\n"


class Labelled(NamedTuple):
    """A report's traits with the happening that it tells of (None: none) and its conflict."""

    traits: Traits
    happening: str | None
    conflict: str


def busy_week(file: Path) -> list[Labelled]:
    """The reports of a busy week; a happening's name begins with its conflict."""
    found = []
    for line in file.read_bytes().splitlines():
        row = msgspec.json.decode(line)
        happening = row.pop("event")
        report = msgspec.convert(row, Report)
        conflict = happening.partition("-")[0] if happening else ""
        found.append(Labelled(traits_of(report, summarise(report)), happening, f"{file.stem}:{conflict}"))
    return found


def own_events() -> list[Labelled]:
    """The reports of the annotated events."""
    return [
        Labelled(traits_of(report := report_of(own), summarise(report)), file.stem, file.stem)
        for file in sorted(EVENTS.glob("dev_*.txt"))
        for own in read_file(file)
    ]


def examples(reports: Sequence[Labelled]) -> list[tuple[dict[str, float], bool, frozenset[str]]]:
    """Pairs near in time: their signs, whether they tell of one happening, and their conflicts."""
    return [
        (
            likeness.signs(one.traits, other.traits),
            one.happening is not None and one.happening == other.happening,
            frozenset({one.conflict, other.conflict}),
        )
        for one, other in combinations(reports, 2)
        if abs(one.traits.at - other.traits.at) <= likeness.NEAR
    ]


def grouped(reports: Sequence[Labelled], weights: Callable[[Traits, Traits], float]) -> dict[str, set[str]]:
    """By report those that it is grouped with, itself among them, where two reports are as alike as told."""
    kept, cluster.likeness = cluster.likeness, weights
    try:
        found = cluster.clusters([report.traits for report in reports])
    finally:
        cluster.likeness = kept
    groups = {report.traits.report_id: {report.traits.report_id} for report in reports}
    groups.update({report_id: set(ids) for ids in found for report_id in ids})
    return groups


def bcubed(reports: Sequence[Labelled], groups: dict[str, set[str]]) -> tuple[float, float, float]:
    """B-cubed precision, recall and F1 in per cent; reports of no happening are alone."""
    happenings: dict[str, set[str]] = {}
    for report in reports:
        happenings.setdefault(report.happening or report.traits.report_id, set()).add(report.traits.report_id)
    precision = recall = 0.0
    for report in reports:
        gold, told = happenings[report.happening or report.traits.report_id], groups[report.traits.report_id]
        precision += len(gold & told) / len(told) / len(reports)
        recall += len(gold & told) / len(gold) / len(reports)
    return 100 * precision, 100 * recall, 200 * precision * recall / (precision + recall)


def measure() -> None:
    """Print B-cubed of the busy weeks by the weights as they are."""
    for file in sorted(EVENTS.glob("busy_*.jsonl")):
        reports = busy_week(file)
        print(
            "{}: P {:.1f} R {:.1f} F1 {:.1f}".format(file.stem, *bcubed(reports, grouped(reports, likeness.likeness)))
        )


def main() -> None:
    """Write the weights; print B-cubed of each set, each conflict grouped by what the others teach."""
    if sys.argv[1:] == ["--measure"]:
        measure()
        return
    sets = {file.stem: busy_week(file) for file in sorted(EVENTS.glob("busy_dev*.jsonl"))} | {"events": own_events()}
    found = [example for reports in sets.values() for example in examples(reports)]
    conflicts = sorted({name for _, _, names in found for name in names})
    taught = {
        conflict: fitted([(signs, right) for signs, right, names in found if conflict not in names], ridge=_RIDGE)
        for conflict in conflicts
    }
    for name, reports in sets.items():
        of = {report.traits.report_id: report.conflict for report in reports}

        def unseen(one: Traits, other: Traits, of: dict[str, str] = of) -> float:
            if abs(one.at - other.at) > likeness.NEAR:
                return likeness.UNLIKE
            weights = taught[min(of[one.report_id], of[other.report_id])]
            return sum(weights.get(sign, 0.0) * value for sign, value in likeness.signs(one, other).items())

        print("{}: P {:.1f} R {:.1f} F1 {:.1f}".format(name, *bcubed(reports, grouped(reports, unseen))))
    weights = fitted([(signs, right) for signs, right, _ in found], ridge=_RIDGE)
    lines = (f"{name}\t{weight}\n" for name, weight in sorted(weights.items()))
    likeness.WEIGHTS.write_text(_HEADER + "".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main()
