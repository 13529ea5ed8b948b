"""The figures of docs/accuracy.md: runs the extraction over the annotated corpora and their scorers.

python -m benchmarks.accuracy ../shared/eval
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path

from rich.progress import track

from bot.events.contract import event_line, events_of
from bot.extract.lines import read_reports, summary_line
from bot.extract.pipeline import summarise
from bot.model.report import Report


def summaries(source: Path, out: Path) -> tuple[list[tuple[Report, object]], float]:
    """Summarise a corpus into a file; returns the pairs and the seconds that it took."""
    reports = [report for report in read_reports(source.open("rb")) if isinstance(report, Report)]
    began = time.perf_counter()
    told = [(report, summarise(report)) for report in track(reports, description=source.name)]
    spent = time.perf_counter() - began
    out.write_bytes(b"".join(summary_line(summary) for _, summary in told))
    return told, spent


def scored(*words: str) -> str:
    """What a scorer prints."""
    return subprocess.run([sys.executable, *words], capture_output=True, text=True, check=True).stdout


def main() -> None:
    """Print every corpus's figures."""
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "../shared/eval")
    if not folder.is_dir():
        sys.exit(f"the corpora are not at {folder}: nothing is measured")
    conflict = folder / "conflict"
    with tempfile.TemporaryDirectory() as place:
        out, events = Path(place, "out.jsonl"), Path(place, "events.jsonl")
        for name in ("polnear-dev", "muc-dev", "muc-tst1", "muc-tst2"):
            told, spent = summaries(folder / f"{name}.jsonl", out)
            words = sum(len(report.text.split()) for report, _ in told)
            pace = f"{words / spent:,.0f} words/s, {431 * 1000 * spent / words:.0f} ms per 431 words"
            print(f"== {name}: {len(told)} texts, {pace}")
            print(
                scored(str(folder / "score_public.py"), "--gold", str(folder / f"{name}.jsonl"), "--system", str(out))
            )
        told, _ = summaries(conflict / "reports.jsonl", out)
        events.write_bytes(b"".join(event_line(event) for event in events_of(told)))
        gold = str(conflict / "gold.jsonl")
        print("== conflict set")
        print(scored(str(conflict / "score.py"), "--gold", gold, "--system", str(out)))
        given = [
            "--reports",
            str(conflict / "reports.jsonl"),
            "--claims",
            gold,
            "--summaries",
            str(out),
            "--system",
            str(events),
        ]
        print(scored(str(conflict / "score_events.py"), "--gold", str(conflict / "events.jsonl"), *given))


if __name__ == "__main__":
    main()
