"""Regular expressions of the filter language: RE2's, and the letters without which one cannot be found."""

from __future__ import annotations

import re
from functools import lru_cache

import re2

_MEMORY = 1 << 20
_RUN = re.compile(r"[^\W_]+")
_LOOSE = frozenset("?*{")


class Pattern:
    """A regular expression, without regard to the case of letters; `required`: one of these stands in every match."""

    def __init__(self, words: str) -> None:
        options = re2.Options()
        options.max_mem = _MEMORY
        options.log_errors = False
        self._compiled = re2.compile(f"(?i){words}", options)
        self.required = required(words)
        # The same text is asked about for each filter that holds this pattern; one tuple, for several threads ask.
        self._last: tuple[str | None, str | None] = (None, None)

    def found(self, text: str) -> str | None:
        """The first match in a text in lower case, or None."""
        asked, found = self._last
        if asked is not text:
            found = self._search(text)
            self._last = (text, found)
        return found

    def _search(self, text: str) -> str | None:
        if self.required and not any(letters in text for letters in self.required):
            return None
        match = self._compiled.search(text)
        return str(match.group()) if match is not None else None


@lru_cache(maxsize=20_000)
def pattern(words: str) -> Pattern:
    """The pattern of these words; raises `re2.error` where RE2 does not know it."""
    return Pattern(words)


def required(words: str) -> tuple[str, ...]:
    """Letters of which one stands in every match, in lower case: each alternative's longest run; () for none known.

    Only what stands outside of brackets and classes and is not repeated or optional is looked at.
    """
    if not words.isascii() or "(?" in words or "\\Q" in words:
        return ()
    runs: list[str] = []
    for alternative in _alternatives(words):
        # A run ends with the letter that "?", "*" or "{" after it makes optional.
        found = [
            match.group()[:-1] if alternative[match.end() : match.end() + 1] in _LOOSE else match.group()
            for match in _RUN.finditer(alternative)
        ]
        longest = max(found, key=len, default="")
        if len(longest) < 3:
            return ()
        runs.append(longest.lower())
    return tuple(runs)


def _alternatives(words: str) -> list[str]:
    """The pattern's alternatives, with brackets, classes and escapes (and what repeats them) made blank."""
    plain = re.sub(r"\\[pP](?:\{[^}]*\}|.)|\\x(?:\{[^}]*\}|..)|\\[0-7]{1,3}|\\.", " ", words)
    plain = re.sub(r"\[\^?\]?[^\]]*\]", " ", plain)
    while (flat := re.sub(r"\([^()]*\)", " ", plain)) != plain:
        plain = flat
    plain = re.sub(r"(?<=[ .?*+])\{[^}]*\}|(?<=\w)\{[^}]*\}", lambda match: "{ ", plain)
    return plain.split("|")
