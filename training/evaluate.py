"""Measure the attributions against annotated reports with the scorer that lies beside them.

python -m training.evaluate ../shared/eval
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

from bot.extract.attribution import attributions


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


def scored(scorer: list[str], lines: list[str]) -> str:
    """What the scorer prints of the system's lines."""
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl", encoding="utf-8") as system:
        system.write("\n".join(lines) + "\n")
        system.flush()
        return subprocess.run(
            [sys.executable, *scorer, "--system", system.name], capture_output=True, text=True, check=True
        ).stdout


def main() -> None:
    """Print the figures for PolNeAR's dev split, as written and in upper case, and for the conflict set."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    a = parser.parse_args()
    dev = a.folder / "polnear-dev.jsonl"
    public = [str(a.folder / "score_public.py"), "--gold", str(dev)]
    print("PolNeAR dev", scored(public, summaries(dev)), sep="\n")
    print("PolNeAR dev in upper case", scored(public, summaries(dev, upper=True)), sep="\n")
    conflict = a.folder / "conflict"
    scorer = [str(conflict / "score.py"), "--gold", str(conflict / "gold.jsonl")]
    told = scored(scorer, summaries(conflict / "reports.jsonl")).splitlines()
    print("Conflict set", *(line for line in told if line.startswith("claims")), sep="\n")


if __name__ == "__main__":
    main()
