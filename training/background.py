"""How common words are in news: the table by which events tell telling words from common ones.

    python -m training.background polnear-train.jsonl muc-dev.jsonl > bot/events/background.tsv
    python -m training.background parties > bot/events/parties.txt        # the words that name the parties of conflicts

Only counts leave the corpora: a stem and in how many of a thousand reports it stands. The corpora are of one region and
time, where other countries are hardly named; so the names of all countries are taken to be as common as the usual one.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path

from bot.events.traits import stems

_LEAST = 8
_LEXICON = Path(__file__).resolve().parents[1] / "bot" / "extract" / "lexicon"
_COUNTRY = 12.0


def main() -> None:
    """Count in how many reports each stem stands; with `parties`, write the names that whole conflicts share."""
    if sys.argv[1:] == ["parties"]:
        print("# Stems of the names of states, their capitals, armed groups and bodies; after the extraction lexicon.")
        print("\n".join(sorted(parties())))
        return
    counts: Counter[str] = Counter()
    total = 0
    for path in sys.argv[1:]:
        with Path(path).open(encoding="utf-8") as file:
            for line in file:
                counts.update(set(stems(json.loads(line)["text"])))
                total += 1
    print(f"# Stems of words and in how many of a thousand news reports each stands; counted over {total} reports.")
    shares = {stem: 1000 * count / total for stem, count in counts.items() if count >= _LEAST}
    for stem in countries():
        shares[stem] = max(shares.get(stem, 0.0), _COUNTRY)
    for stem, share in sorted(shares.items()):
        print(f"{stem}\t{share:.1f}")


def countries() -> set[str]:
    """The stems of the names and adjectives of countries."""
    return {stem for row in _rows("countries.tsv") for words in row[1:3] for stem in stems(words) if len(stem) > 3}


def parties() -> set[str]:
    """The stems of the names, adjectives and capitals of countries, and of the names of bodies that are no state's."""
    named = [words for row in _rows("countries.tsv") for words in row[1:4]]
    named += [words for row in _rows("organisations.tsv") for words in (row[0], row[3])]
    return {stem for words in named for stem in stems(words)}


def _rows(name: str) -> list[list[str]]:
    lines = (_LEXICON / name).read_text(encoding="utf-8").splitlines()
    return [line.split("\t") for line in lines if line[:1] not in ("", "#")]


if __name__ == "__main__":
    main()
