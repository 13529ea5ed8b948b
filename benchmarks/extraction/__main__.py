"""The whole extraction beside spaCy's small English pipeline, on one core, in turns, in one run.

    python -m benchmarks.extraction [--corpora ../shared/eval] [--texts 50] [--rounds 5]

Both read the same news texts of some 431 words: the beginnings of PolNeAR's dev articles where they lie beside the project, else
our own annotated reports, one after the other. Each side starts anew for each round, bound to one core from its start, reads eight
other texts first, and then each text once: what it has read before cannot help it. Only the CPU time of the reading counts.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from training.conflict_reports import read_folder

HERE = Path(__file__).resolve().parent
PEER = Path("build/bench-extract/bin/python")
OWN = Path("training/conflict")
WORDS, ABOUT = 431, 30
"""Words of a text, and how many more or fewer it may have, so that it ends with a paragraph."""
WARM_UP = 8
_ONE_THREAD = {f"{name}_NUM_THREADS": "1" for name in ("OMP", "OPENBLAS", "BLIS", "MKL")}


def beginning(text: str) -> str | None:
    """The text's first paragraphs, as near to `WORDS` as they come; none where no paragraph ends near enough."""
    paragraphs = text.split("\n")
    sizes = list(itertools.accumulate(len(paragraph.split()) for paragraph in paragraphs))
    nearest = min(range(len(sizes)), key=lambda index: abs(sizes[index] - WORDS))
    return "\n".join(paragraphs[: nearest + 1]) if abs(sizes[nearest] - WORDS) <= ABOUT else None


def articles(corpora: Path) -> Iterator[str]:
    """What is measured upon, in a fixed order."""
    dev = corpora / "polnear-dev.jsonl"
    if dev.is_file():
        yield from (json.loads(line)["text"] for line in dev.open(encoding="utf-8"))
        return
    paragraphs = [part for report in read_folder(OWN) for part in [*report.text.split("\n"), ""]]
    for start in range(0, len(paragraphs), 7):
        yield "\n".join(paragraphs[start : start + 60])


def cpu(command: list[str], texts: Path) -> float:
    """CPU seconds that a side has read for."""
    told = subprocess.run(
        [*command, str(texts), str(WARM_UP)], check=True, capture_output=True, text=True, env=os.environ | _ONE_THREAD
    )
    return float(told.stdout.split()[-1])


def main() -> None:
    """Parse the command line, measure, print the ratio."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpora", type=Path, default=Path("../shared/eval"))
    parser.add_argument("--texts", type=int, default=50)
    parser.add_argument("--rounds", type=int, default=5)
    a = parser.parse_args()
    found = [text for text in map(beginning, articles(a.corpora)) if text][: a.texts + WARM_UP]
    count = len(found) - WARM_UP
    words = sum(len(text.split()) for text in found[WARM_UP:]) / count
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    sides = {
        "sitrep": [sys.executable, "-m", "benchmarks.extraction.ours"],
        "spacy": [str(PEER), "-W", "ignore", str(HERE / "peer.py")],
    }
    spent: dict[str, list[float]] = {side: [] for side in sides}
    with tempfile.TemporaryDirectory() as place:
        texts = Path(place, "texts.json")
        texts.write_text(json.dumps(found), encoding="utf-8")
        for number in range(1, a.rounds + 1):
            for side, command in sides.items():
                spent[side].append(cpu(command, texts))
            ours, theirs = (count / spent[side][-1] for side in sides)
            print(
                f"round {number}: sitrep {ours:.1f} texts/s, spaCy {theirs:.1f}, ratio {ours / theirs:.2f}", flush=True
            )
    ratios = [theirs / ours for ours, theirs in zip(spent["sitrep"], spent["spacy"], strict=True)]
    ours, theirs = (count / statistics.median(spent[side]) for side in sides)
    print(
        f"{count} texts of {words:.0f} words, one core, CPU time, median of {a.rounds}: sitrep {ours:.1f} texts/s, "
        f"spaCy small with all pipes {theirs:.1f}; ratio {statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})"
    )


if __name__ == "__main__":
    main()
