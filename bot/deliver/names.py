"""Names as people type them, led to those that reports are read with: "Armenia" → AM, "Baku" → Azerbaijan."""

from __future__ import annotations

import difflib
from collections.abc import Iterator

from bot.deliver.facts import words_in
from bot.extract.gazetteer import gazetteer
from bot.extract.naming import identify

_SMALL = frozenset("of the and in for a an".split())


def country_named(words: str) -> str | None:
    """The code of a country given by code, name, adjective or capital, in any case of letters; None for no country."""
    plain = " ".join(words.split())
    if plain.upper() in gazetteer().countries:
        return plain.upper()
    for shape in _shapes(plain):
        hit = next(iter(gazetteer().hits(shape)), None)
        if hit is not None and hit.country and hit.span == (0, len(shape)):
            return hit.country
    return None


def nearest_country(words: str) -> str:
    """The country whose name is spelt most like these words, or ""."""
    names = {country.name.casefold(): country.name for country in gazetteer().countries.values()}
    return next((names[name] for name in difflib.get_close_matches(words.casefold(), names, n=1, cutoff=0.7)), "")


def actor_named(words: str) -> str:
    """The canonical name of an actor: "Baku" is Azerbaijan, "Azeri defence ministry" its ministry; else the words."""
    plain = " ".join(words.split())
    for shape in _shapes(plain):
        hit = next(iter(gazetteer().hits(shape)), None)
        if hit is not None:
            return hit.name if hit.span == (0, len(shape)) else identify(shape, gazetteer()).name
    return plain


def telling_words(name: str) -> frozenset[str]:
    """The words of a name in lower case, without "of" and the like (unless there are no others)."""
    every = words_in(name)
    return frozenset(word for word in every if word not in _SMALL) or frozenset(every)


def _shapes(words: str) -> Iterator[str]:
    """The words as they are, and as names are written."""
    yield from dict.fromkeys((words, words.title(), words.upper()))
