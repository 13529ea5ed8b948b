"""How common words are in news: the table by which events tell telling words from common ones.

    python -m training.background polnear-train.jsonl muc-dev.jsonl > bot/events/background.tsv

Only counts leave the corpora: a stem and in how many of a thousand reports it stands.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path

from bot.events.traits import stems

_LEAST = 8


def main() -> None:
    """Count in how many reports each stem stands."""
    counts: Counter[str] = Counter()
    total = 0
    for path in sys.argv[1:]:
        with Path(path).open(encoding="utf-8") as file:
            for line in file:
                counts.update(set(stems(json.loads(line)["text"])))
                total += 1
    print(f"# Stems of words and in how many of a thousand news reports each stands; counted over {total} reports.")
    for stem, count in sorted(counts.items()):
        if count >= _LEAST:
            print(f"{stem}\t{1000 * count / total:.1f}")


if __name__ == "__main__":
    main()
