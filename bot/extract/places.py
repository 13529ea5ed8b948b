"""Towns, provinces and regions, and the country that each lies in.

The data is GeoNames' (lexicon/places.tsv says how it was made) with regions of our own list (lexicon/regions.tsv).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from bot.extract.gazetteer import LEXICON, rows
from bot.model.report import Span

_SPOKEN_OF = re.compile(
    r"(?:\b(?i:in|of|near|from|at|to|outside|around|on|for|towards?|between|north|south|east|west|northern|southern|eastern|western"
    r"|city|town|village|region|province|district|state|capital)\s+(?:the\s+(?:[a-z-]+\s+){0,3})?"
    r"|^|\n\s*(?:[•▪*–—-]\s*)?)(?P<name>[A-Z][^\W\d_]+(?:[ '’-][^\W\d_]+){0,3})",
    re.MULTILINE,
)
"""A capitalised name where places stand: after a word of place, or at a line's beginning."""
_MONTHS = frozenset("January February March April May June July August September October November December".split())
"""Towns bear these names too."""
_WORD_END = re.compile(r"[ -](?=[^ -]+$)")


@lru_cache(maxsize=1)
def _known() -> dict[str, str]:
    """Towns and provinces in lower case with their country's code."""
    return _listed("places.tsv")


@lru_cache(maxsize=1)
def _with_regions() -> dict[str, str]:
    """The same and regions, which go before."""
    return _known() | _listed("regions.tsv")


def _listed(file: str) -> dict[str, str]:
    return {name.casefold(): country for country, names in rows(LEXICON / file, 2) for name in names.split("|")}


def country_of_place(name: str) -> str | None:
    """ISO 3166-1 alpha-2 of the country in which a town, province or region of that name lies, whatever its letters' case."""
    return _with_regions().get(_folded(name))


@lru_cache(maxsize=1)
def _renowned() -> frozenset[str]:
    return frozenset(_listed("cities.tsv")) | frozenset(_listed("regions.tsv"))


def is_renowned(name: str) -> bool:
    """Whether a place is named in the news without its country: a great city, or one of the regions that conflicts are told of by."""
    return _folded(name) in _renowned()


def _folded(name: str) -> str:
    return " ".join(name.replace("’", "'").split()).casefold()


def places(text: str, *, regions: bool = False) -> Iterator[tuple[Span, str]]:
    """The towns and provinces spoken of as places in the text, each with its country's code.

    With `regions` those too, which tell a country but are too wide to say where something happened.
    """
    known = _with_regions() if regions else _known()
    for match in _SPOKEN_OF.finditer(text):
        name = match["name"] if match["name"].split()[0] not in _MONTHS else ""
        while name:
            if country := known.get(_folded(name)):
                yield (match.start("name"), match.start("name") + len(name)), country
                break
            cut = _WORD_END.search(name)
            name = name[: cut.start()] if cut else ""
