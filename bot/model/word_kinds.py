"""Kinds of words, looked for in one walk through a text instead of one walk for each kind."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Generic, TypeVar

Kind = TypeVar("Kind", bound=str)


def lowered(words: str) -> str:
    """The words in lower case, letter for letter: positions stay (Python makes two letters of "İ")."""
    return words.replace("İ", "i").lower()


class WordKinds(Generic[Kind]):
    """Kinds with a pattern each, in lower case, of what their words begin with."""

    def __init__(self, patterns: Iterable[tuple[Kind, str]]) -> None:
        given = tuple(patterns)
        self.kinds = tuple(kind for kind, _ in given)
        self._each = tuple((kind, re.compile(rf"\b(?:{words})")) for kind, words in given)
        every = "|".join(words for _, words in given)
        # Without width, so that a kind's words may begin within another's.
        self._any = re.compile(rf"\b(?={every})")

    def among(self, words: str) -> frozenset[Kind]:
        """The kinds of which the words hold any."""
        words = lowered(words)
        starts = [match.start() for match in self._any.finditer(words)]
        return frozenset(kind for kind, pattern in self._each if any(pattern.match(words, start) for start in starts))

    def counts(self, words: str) -> Mapping[Kind, int]:
        """How often words of each kind stand there; kinds with none are left out."""
        words = lowered(words)
        found: dict[Kind, int] = {}
        reached: dict[Kind, int] = {}
        for beginning in self._any.finditer(words):
            start = beginning.start()
            for kind, pattern in self._each:
                if start >= reached.get(kind, 0) and (match := pattern.match(words, start)):
                    found[kind] = found.get(kind, 0) + 1
                    reached[kind] = match.end()
        return found

    def first(self, words: str) -> int | None:
        """Where the first word of any of the kinds begins."""
        match = self._any.search(lowered(words))
        return match.start() if match else None
