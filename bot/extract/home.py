"""Which country a phrase means that names none: "police said" in a report from Srinagar."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence

from bot.extract.gazetteer import Gazetteer, Hit
from bot.extract.places import country_of_place, is_renowned, places
from bot.model.report import Span

DATELINE = re.compile(
    r"^\W{0,3}(?P<town>[^\W\d_a-z][^\d\Wa-z ]+(?:[ /'’-]+[^\W\d_a-z][^\d\Wa-z ]*){0,5})(?P<more>(?:,\s+[A-Z][\w. ]{1,24}){0,2})"
    r"(?:,?\s+\d{0,2}\s*[A-Z][A-Za-z]{2,8}\.?\s*\d{0,2})?\s*(?:\([^)\n]{1,40}\))?\s*(?:[-–—:]|\.(?=\s+\S))",
    re.MULTILINE,
)
"""A town in capitals at the beginning of a paragraph: "GOMA, DR Congo, Feb 12 (GLD) -", "DJENNE -", "BANGKOK/PHNOM PENH, May 28"."""
_WHERE = re.compile(
    r"\b(?i:in|at|from|near|around|across|outside)\s+(?:[A-Z][\w-]+,\s+)?(?:the\s+)?(?:[a-z]+\s+){0,3}$"
)
_STOPS = (". ", "\n", "? ", "! ", '." ', ".” ", "; ")
_MARKED = re.compile(
    r"(?:['’]s?)?\s+(?:[\w-]+\s+){0,2}(?:ministry|minister|army|forces|government|president|official|officials|military|embassy"
    r"|spokes\w+|police|agency|agencies|side|ambassador|envoy|navy|coast guard)\b",
    re.IGNORECASE,
)
"""After a country's name: a body of that country, which needs no country where the text is about its own."""
_BESIDE = 3
"""Characters between a place and a body that the sentence puts there: "in Kabul, the minister said"."""
_IN_COUNTRY = 1.5
_NAMED = 0.7
_ABROAD = 0.3
_DATELINE_WEIGHT = 3.0
_TITLE_WEIGHT = 1.5
_PLACE_WEIGHT = 1.0
_CLEAR = 0.6
"""Share of what a text names that makes its country the only one that bodies without one can be of."""


SEATS = frozenset(
    ("geneva", "new york", "united nations", "the hague", "hague", "vienna", "brussels", "strasbourg", "davos")
)
"""Seats of international bodies: what is reported from there is of no country for that."""


def _is_seat(text: str, hit: Hit) -> bool:
    return hit.sense == "capital" and text[slice(*hit.span)].casefold() in SEATS


class Home:
    """The countries that a text speaks of, and where."""

    def __init__(self, text: str, title: str, hits: Sequence[Hit], names: Gazetteer) -> None:
        self.text = text
        named = [
            hit
            for hit in hits
            if hit.sense != "organisation" and hit.country and not hit.weak and not _is_seat(text, hit)
        ]
        self.lines = self._datelines(names)
        self.told = frozenset(
            hit.country for hit in hits if hit.country and not hit.weak and hit.type != "media"
        ) | frozenset(country for _, countries in self.lines for country in countries)
        spots = [spot for spot in places(text, regions=True) if text[slice(*spot[0])].casefold() not in SEATS]
        self.towns: dict[str, set[str]] = defaultdict(set)
        for span, country in spots:
            self.towns[country].add(text[slice(*span)])
        self.spots = [(span, country) for span, country in spots if self.means(text[slice(*span)], country)]
        self.found = sorted([*((hit.span, hit.country or "") for hit in named), *self.spots])
        weights = self._weights(title, hits, named, names)
        ranked = sorted(weights.items(), key=lambda item: (-item[1], self._first(item[0])))
        self.ranked = [country for country, _ in ranked]
        self.country = ranked[0][0] if ranked else None
        self.clear = bool(ranked) and ranked[0][1] >= _CLEAR * sum(weights.values())

    def means(self, place: str, country: str) -> bool:
        """Whether a place's name means the one in that country: a town of a country that nothing else speaks of may be a namesake."""
        return not self.told or country in self.told or len(self.towns[country]) > 1 or is_renowned(place)

    def _weights(self, title: str, hits: Sequence[Hit], named: Sequence[Hit], names: Gazetteer) -> dict[str, float]:
        """How much speaks for each country's being the one that the text needs not name."""
        weights: dict[str, float] = defaultdict(float)
        for hit in named:
            weights[hit.country or ""] += self._weight(hit)
        for hit in hits:
            if hit.country and hit.type in ("government", "military"):
                weights[hit.country] += _NAMED
        for _, country in self.spots:
            weights[country] += _PLACE_WEIGHT
        for _, countries in self.lines[:1]:
            for country in countries:
                weights[country] += 0 if self._from_abroad(hits) else _DATELINE_WEIGHT / len(countries)
        for (start, end), country in places(title, regions=True):
            if self.means(title[start:end], country):
                weights[country] += _PLACE_WEIGHT
        for hit in names.hits(title):
            if hit.country and hit.sense != "organisation" and not hit.weak:
                weights[hit.country] += _TITLE_WEIGHT
        return weights

    def _weight(self, hit: Hit) -> float:
        """What a country's name says for its being the one that the text needs not name."""
        if hit.sense != "demonym" and self._is_where(hit.span[0]):
            return _IN_COUNTRY
        if hit.sense == "capital" or _MARKED.match(self.text, hit.span[1]):
            return _ABROAD
        return _NAMED

    def _from_abroad(self, hits: Sequence[Hit]) -> bool:
        """Whether a text is written across the border: its first lines place things in another country, and nothing in the dateline's."""
        (_, end), countries = self.lines[0]
        if any(span[0] >= end and country in countries for span, country in self.found):
            return False
        stop = self.text.find("\n", end)
        return any(
            hit.sense in ("name", "demonym") and end <= hit.span[0] and self._is_where(hit.span[0])
            for hit in hits
            if stop < 0 or hit.span[0] < stop
        )

    def _is_where(self, at: int) -> bool:
        return _WHERE.search(self.text[max(0, at - 40) : at]) is not None

    def _first(self, country: str) -> int:
        return next((span[0] for span, code in self.found if code == country), 0)

    def _datelines(self, names: Gazetteer) -> list[tuple[Span, list[str]]]:
        """The datelines with the countries that their towns lie in."""
        found = []
        heads = list(DATELINE.finditer(self.text))
        turns = Counter(head["town"] for head in heads if head.group().endswith(":"))
        for match in heads:
            if turns[match["town"]] > 1:  # somebody's turns in a talk
                continue
            countries: list[str] = []
            words = f"{match['town']}{match['more'] or ''}"
            for word in re.split(r"\s*[/,]\s*", words):
                if word.casefold() in SEATS:
                    continue
                code = next((hit.country for hit in names.hits(word.title()) if hit.country), None)
                code = (
                    code
                    or next((hit.country for hit in names.hits(word) if hit.country), None)
                    or country_of_place(word)
                )
                if code and code not in countries:
                    countries.append(code)
            if countries:
                found.append((match.span(), countries))
        return found

    def near(self, at: int, *, local: bool = False) -> str | None:
        """The country of a body or office that is named at `at` without one; a `local` one is of the last town or province."""
        start = max(
            self.text.rfind(stop, 0, at) + len(stop) if self.text.rfind(stop, 0, at) >= 0 else 0 for stop in _STOPS
        )
        here = [(span, country) for span, country in self.found if start <= span[0] and span[1] <= at]
        if here and at - here[-1][0][1] <= _BESIDE and self._is_where(here[-1][0][0]):
            return here[-1][1]
        line = max(self.text.rfind("\n", 0, at), 0)
        headed = [countries for span, countries in self.lines[1:] if line <= span[0] <= at and len(countries) == 1]
        if headed:
            return headed[-1][0]
        if self.clear or (self.lines and all(countries == [self.country] for _, countries in self.lines)):
            return self.country
        if local:
            towns = [country for span, country in self.spots if span[0] < at]
            return towns[-1] if towns else self.country
        opposed: set[str] = set()
        if self.text[:at].endswith(" by ") or self.text[:at].endswith(" from "):
            opposed = {country for _, country in here}
        before = [country for span, country in self.found if line <= span[0] < at and country not in opposed]
        return before[-1] if before else self.country if self.country not in opposed else None
