"""Near-duplicates across outlets: the same agency text, a little cut or retitled (MinHash over five-word shingles)."""

from __future__ import annotations

import re
from collections import OrderedDict

from rensa import RMinHash, RMinHashLSH

_WORD = re.compile(r"\w+")
_PERMUTATIONS = 128
_BANDS = 32
_SEED = 42
THRESHOLD = 0.5
"""Jaccard similarity of shingles from which two texts are copies of one another."""
_SHINGLE = 5
_MIN_WORDS = 12
"""Shorter texts are told apart by nothing but chance."""


def signature(text: str) -> RMinHash | None:
    """The text's MinHash; None where it has too few words to say. The same text gives the same one in every run."""
    words = _WORD.findall(text.casefold())
    if len(words) < _MIN_WORDS:
        return None
    made = RMinHash(num_perm=_PERMUTATIONS, seed=_SEED)
    made.update([" ".join(words[start : start + _SHINGLE]) for start in range(len(words) - _SHINGLE + 1)])
    return made


def similarity(one: str, other: str) -> float:
    """Estimated Jaccard similarity of two texts in [0, 1]; 0 where one is too short."""
    first, second = signature(one), signature(other)
    return float(first.jaccard(second)) if first is not None and second is not None else 0.0


class Copies:
    """An index of recent texts that finds near-duplicates; holds the last `size` texts, in memory.

    Order of insertion decides nothing but which texts are forgotten first.
    """

    def __init__(self, *, size: int = 50_000) -> None:
        self._size = size
        self._index = RMinHashLSH(THRESHOLD, _PERMUTATIONS, _BANDS)
        self._known: OrderedDict[str, tuple[int, RMinHash]] = OrderedDict()
        self._names: dict[int, str] = {}
        self._next = 0

    def __len__(self) -> int:
        return len(self._known)

    def add(self, report_id: str, text: str) -> tuple[str, ...]:
        """Add a report's text (or its revision) and return the ids of its near-duplicates, nearest first."""
        made = signature(text)
        self.forget(report_id)
        if made is None:
            return ()
        found = self._found(made)
        self._index.insert(self._next, made)
        self._known[report_id] = (self._next, made)
        self._names[self._next] = report_id
        self._next += 1
        while len(self._known) > self._size:
            self.forget(next(iter(self._known)))
        return found

    def of(self, text: str) -> tuple[str, ...]:
        """The ids of known near-duplicates of a text, nearest first."""
        made = signature(text)
        return self._found(made) if made is not None else ()

    def forget(self, report_id: str) -> None:
        """Take a report out; nothing happens where it is not known."""
        held = self._known.pop(report_id, None)
        if held is not None:
            self._index.remove(held[0])
            del self._names[held[0]]

    def _found(self, made: RMinHash) -> tuple[str, ...]:
        near = []
        for number in self._index.query(made):
            name = self._names[number]
            likeness = made.jaccard(self._known[name][1])
            if likeness >= THRESHOLD:
                near.append((-likeness, name))
        return tuple(name for _, name in sorted(near))
