"""How well casualty figures are read on our own annotated reports that nothing was trained on.

python -m training.figures [--wrong]        # training/conflict/figures_0*.txt, figures_sealed_*.txt and heldout_*.txt

Of the sealed reports and the held-out ones nothing but the figures is printed: rules are not written by their errors.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from bot.extract.casualties import casualties_of
from bot.extract.words import sentences
from bot.model.summary import CasualtyFigure
from training.conflict_reports import read_folder

FOLDER = Path(__file__).resolve().parent / "conflict"


def _agrees(figure: CasualtyFigure, facts: dict, start: int, end: int) -> bool:
    """Same state and ends, and words in common."""
    ends = (facts.get("min", "null"), facts.get("max", "null"))
    ours = tuple("null" if end is None else str(end) for end in (figure.min, figure.max))
    return (figure.state, *ours) == (facts["state"], *ends) and figure.victims[0] < end and start < figure.victims[1]


def measured(pattern: str, wrong: Callable[[str], None] = lambda _: None) -> dict[str, float]:
    """Precision, recall and F1 of the records; shares of groups and scopes right; figures promoted to deaths.

    A line `state=none` in the reports marks people who are no figure.
    """
    n: Counter[str] = Counter()
    for report in read_folder(FOLDER, pattern=pattern):
        left = list(casualties_of(report.text, sentences=sentences(report.text), attributions=()))
        n["found"] += len(left)
        for annotated in report.casualties:
            (start, end), facts = annotated["victims"][0], annotated["facts"]
            if facts["state"] == "none":
                continue
            n["annotated"] += 1
            figure = next((figure for figure in left if _agrees(figure, facts, start, end)), None)
            if figure is None:
                wrong(f"{report.id} missed {facts['state']}: {report.text[start:end]}")
                touching = [k for k in left if k.victims[0] < end and start < k.victims[1]]
                n["promoted"] += facts["state"] == "unspecified" and any(k.state == "killed" for k in touching)
                continue
            left.remove(figure)
            n["right"] += 1
            n["groups"] += set(figure.groups) == set(filter(None, facts.get("groups", "").split(",")))
            n["scope"] += figure.scope == facts.get("scope", "event")
        for figure in left:
            wrong(f"{report.id} invented {figure.state}: {report.text[slice(*figure.victims)]}")
    precision, recall = n["right"] / n["found"], n["right"] / n["annotated"]
    return {
        "precision": round(100 * precision, 1),
        "recall": round(100 * recall, 1),
        "record": round(200 * precision * recall / (precision + recall), 1),
        "groups": round(100 * n["groups"] / n["right"], 1),
        "scope": round(100 * n["scope"] / n["right"], 1),
        "promoted": n["promoted"],
    }


def main() -> None:
    """Print the figures, and with `--wrong` what was missed and invented."""
    for pattern in ("figures_0*.txt", "figures_sealed_*.txt", "heldout_*.txt"):
        read = "--wrong" in sys.argv and pattern == "figures_0*.txt"
        print(pattern, measured(pattern, print if read else lambda _: None))


if __name__ == "__main__":
    main()
