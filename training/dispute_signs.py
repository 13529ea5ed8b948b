"""Learn how much each sign of a dispute weighs, from our own annotated reports: `bot/extract/lexicon/dispute_signs.tsv`.

A logistic regression with a small ridge, by Newton's steps; the same reports give the same weights. Also says how it does on
reports that it did not learn from (five parts by turns).

    python -m training.dispute_signs            # all but the sealed reports
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from bot.extract import pipeline
from bot.extract.answers import told_claims
from bot.extract.disputes import LIKELY, signs_of
from bot.extract.gazetteer import LEXICON
from bot.model.report import Report
from bot.model.summary import Actor, CasualtyFigure, Claim
from training import logistic
from training.conflict_reports import OwnReport, read_folder
from training.gold import FOLDER, SETS, alike, gold_line, paired, told_line

_LEARNED_FROM = ("open", "open2", "heldout", "disputes", "trained")
_APART = {"trained": "of_spare_reports", "disputes": "of_dense_reports"}
"""Signs that hold of each pair of the first reports, in which fewer links were annotated, and of those that are all disputes: learned, so that they spoil no other weight, and not written."""
_RIDGE = 2.0
_PARTS = 5
_HEADER = "# How much each sign that two claims show speaks for their disputing each other (log odds).\n# Written by training/dispute_signs.py.\n"


class Example(NamedTuple):
    """A pair of claims with its signs; `right`: they were annotated as disputing each other."""

    signs: tuple[str, ...]
    right: bool


def examples(report: OwnReport, *, also: tuple[str, ...] = ()) -> tuple[list[Example], int]:
    """The pairs of the report's claims as the program reads them, each with further signs, and how many links were annotated."""
    gold, told = gold_line(report), told_line(report)
    number = {told_one["id"]: gold_one["id"] for gold_one, told_one in paired(gold["claims"], told["claims"], alike)}
    links = {frozenset((claim["id"], other)) for claim in gold["claims"] for other in claim["disputes"]}
    claims, figures, actors = _before_linking(report)
    pairs = signs_of(report.text, told_claims(report.text, claims, actors), figures)
    found = [
        Example((*signs, *also), frozenset((number.get(claims[i].id), number.get(claims[j].id))) in links)
        for (i, j), signs in pairs
    ]
    return found, len(links)


def _before_linking(report: OwnReport) -> tuple[Sequence[Claim], Sequence[CasualtyFigure], Sequence[Actor]]:
    """What the pipeline hands to the linking."""
    handed: list[tuple[Sequence[Claim], Sequence[CasualtyFigure], Sequence[Actor]]] = []

    def hear(
        _: str, claims: Sequence[Claim], figures: Sequence[CasualtyFigure], actors: Sequence[Actor]
    ) -> tuple[Claim, ...]:
        handed.append((claims, figures, actors))
        return tuple(claims)

    kept, pipeline.link_disputes = pipeline.link_disputes, hear
    try:
        pipeline.summarise(Report(id=report.id, text=report.text, title=report.title or None))
    finally:
        pipeline.link_disputes = kept
    return handed[0]


def apart(name: str) -> tuple[str, ...]:
    """The sign that holds of each pair of a set's reports, where it has one."""
    return (_APART[name],) if name in _APART else ()


def fitted(found: Sequence[Example]) -> dict[str, float]:
    """The weight of each sign."""
    return logistic.fitted([(dict.fromkeys(one.signs, 1.0), one.right) for one in found], ridge=_RIDGE)


def main() -> None:
    """Write the weights; print precision, recall and F1 over the parts that were left out in turn."""
    found = [
        examples(report, also=apart(name))
        for name in _LEARNED_FROM
        for report in read_folder(FOLDER, pattern=SETS[name])
    ]
    right = told = annotated = 0
    for part in range(_PARTS):
        weights = fitted([e for i, (some, _) in enumerate(found) if i % _PARTS != part for e in some])
        for i, (some, links) in enumerate(found):
            if i % _PARTS == part:
                annotated += links
                for example in some:
                    chance = 1 / (
                        1
                        + np.exp(-sum(weights.get(sign, 0.0) for sign in example.signs if sign not in _APART.values()))
                    )
                    told += chance >= LIKELY
                    right += bool(chance >= LIKELY and example.right)
    print(f"left out in turn: P {right / told:.3f} R {right / annotated:.3f} F1 {2 * right / (told + annotated):.3f}")
    weights = fitted([example for some, _ in found for example in some])
    lines = (f"{name}\t{weight}\n" for name, weight in sorted(weights.items()) if name not in _APART.values())
    (LEXICON / "dispute_signs.tsv").write_text(_HEADER + "".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main()
