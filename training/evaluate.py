"""Measure the attributions against annotated reports with the scorers that lie beside them, and against our own held-out ones.

python -m training.evaluate [../shared/eval]
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

from bot.extract.attribution import attributions
from training.conflict_reports import read_folder

OWN = Path(__file__).resolve().parent / "conflict"


def summaries(reports: Path, *, upper: bool = False) -> list[str]:
    """One contract line for each report, with the claims alone."""
    lines = []
    for report in map(json.loads, reports.open(encoding="utf-8")):
        text = report["text"].upper() if upper else report["text"]
        claims = [
            {"id": f"c{i}", "source": a.source, "cue": a.cue, "content": a.content}
            for i, a in enumerate(attributions(text), 1)
        ]
        lines.append(json.dumps({"id": report["id"], "claims": claims}))
    return lines


def own_held_out(folder: Path, reports: Path, gold: Path) -> None:
    """Write our own held-out reports as the conflict set's scorer reads them; stances and speakers are not compared."""
    with reports.open("w", encoding="utf-8") as texts, gold.open("w", encoding="utf-8") as answers:
        for report in read_folder(folder, pattern="heldout_*.txt"):
            texts.write(json.dumps({"id": report.id, "text": report.text}) + "\n")
            claims = [
                {"id": f"c{claim['number']}", "stance": "", "speaker": None, "disputes": []}
                | {role: claim[role] for role in ("source", "cue", "content")}
                for claim in report.claims
            ]
            answers.write(json.dumps({"id": report.id, "actors": [], "claims": claims, "casualties": []}) + "\n")


def scored(scorer: list[str], lines: list[str]) -> str:
    """What the scorer prints of the system's lines."""
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl", encoding="utf-8") as system:
        system.write("\n".join(lines) + "\n")
        system.flush()
        return subprocess.run(
            [sys.executable, *scorer, "--system", system.name], capture_output=True, text=True, check=True
        ).stdout


def main() -> None:
    """Print the figures for PolNeAR's dev split, as written and in upper case, the conflict set and our own reports."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, nargs="?", default=Path("../shared/eval"))
    a = parser.parse_args()
    if not a.folder.is_dir():
        parser.error(f"{a.folder}: the annotated corpora are not here")
    dev = a.folder / "polnear-dev.jsonl"
    public = [str(a.folder / "score_public.py"), "--gold", str(dev)]
    print("PolNeAR dev", scored(public, summaries(dev)), sep="\n")
    print("PolNeAR dev in upper case", scored(public, summaries(dev, upper=True)), sep="\n")
    conflict = a.folder / "conflict"
    with tempfile.TemporaryDirectory() as made:
        reports, gold = Path(made, "reports.jsonl"), Path(made, "gold.jsonl")
        own_held_out(OWN, reports, gold)
        for name, texts, answers in (
            ("Conflict set", conflict / "reports.jsonl", conflict / "gold.jsonl"),
            ("Our own held-out reports", reports, gold),
        ):
            told = scored([str(conflict / "score.py"), "--gold", str(answers)], summaries(texts)).splitlines()
            print(
                name,
                *(line for line in told if line.startswith(("claims      triple", "claims      content"))),
                sep="\n",
            )


if __name__ == "__main__":
    main()
