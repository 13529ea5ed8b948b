"""Our side: python -m benchmarks.extraction.ours TEXTS WARM_UP; prints the CPU seconds of summarising the texts after the first."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from bot.extract.pipeline import summarise
from bot.model.report import Report


def main() -> None:
    """Read the texts and print."""
    texts, first = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")), int(sys.argv[2])
    reports = [Report(id=str(number), title=text.split("\n")[0][:90], text=text) for number, text in enumerate(texts)]
    claims = sum(len(summarise(report).claims) for report in reports[:first])
    begun = time.process_time()
    claims += sum(len(summarise(report).claims) for report in reports[first:])
    spent = time.process_time() - begun
    assert claims > len(texts), "nothing was understood"
    print(spent)


if __name__ == "__main__":
    main()
