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
    """Names in lower case with their country's code."""
    return {
        name.casefold(): country
        for file in ("places.tsv", "regions.tsv")
        for country, names in rows(LEXICON / file, 2)
        for name in names.split("|")
    }


def country_of_place(name: str) -> str | None:
    """ISO 3166-1 alpha-2 of the country in which a town or province of that name lies, whatever its letters' case."""
    return _known().get(" ".join(name.replace("’", "'").split()).casefold())


def places(text: str, start: int = 0, end: int | None = None) -> Iterator[tuple[Span, str]]:
    """The towns and provinces spoken of as places in a stretch of the text, each with its country's code."""
    for match in _SPOKEN_OF.finditer(text, start, len(text) if end is None else end):
        name = match["name"] if match["name"].split()[0] not in _MONTHS else ""
        while name:
            if country := country_of_place(name):
                yield (match.start("name"), match.start("name") + len(name)), country
                break
            cut = _WORD_END.search(name)
            name = name[: cut.start()] if cut else ""
