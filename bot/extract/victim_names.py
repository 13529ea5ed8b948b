"""People told of by their names: "Ana Ruiz", "Father Ruiz"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from bot.extract.gazetteer import gazetteer
from bot.extract.victim_heads import people_nouns
from bot.model.report import Span

_TITLES = (
    r"(?:Father|Mr|Mrs|Ms|Miss|Dr|Msgr|Col|Colonel|Gen|General|Lt|Lieutenant|Capt|Captain|Maj|Major|Sgt|Sergeant|President|Minister|Governor|Mayor|Judge"
    r"|Senator|Deputy|Bishop|Archbishop|Monsignor|Priest|Engineer|Professor|Rector|Ambassador|Attorney|Prosecutor|Don|Sister|Brother|Jesuit|Journalist|Commander)"
)
_PERSON = re.compile(
    rf"(?:\b{_TITLES}\.?\s+)*\b[A-ZÁÉÍÓÚÑ][\w’'-]*[a-záéíóúñ][\w’'-]*(?:\s+(?:[A-Z]\.|(?:de|del|la|las|los|von|van|al|bin|y)(?=\s[A-Z])|[A-ZÁÉÍÓÚÑ][\w’'-]*[a-záéíóúñ]))+"
)
IS_TITLE = re.compile(_TITLES)
_TITLE = re.compile(rf"{_TITLES}\.?\s+(?=[A-Z])")
_RANK = re.compile(
    r"(?:\b(?:Rector|Dean|Director|President|Chairman|Chairwoman|Secretary|Leader|Member|Spokesman|Spokeswoman|Chief|Commander|Candidate|Citizen|Editor"
    r"|Reporter|Correspondent|Delegate|Ideologue|Manager|Inspector|Officer|Agent|Head|Coach|Worker|Activist|Student)\s+|\b"
    + _TITLES
    + r"\.?\s+)+(?=[A-ZÁÉÍÓÚÑ][\w’'-]*\s+[A-ZÁÉÍÓÚÑ])"
)
"""What a person is, in capitals behind a body's name."""
_WORD_BEFORE = re.compile(r"\b([a-z]+)\s+$")
_AGE = re.compile(r"\s*,?\s+\(?\d{1,2}\)?\s*[,.;]")
_TITLED = re.compile(r"\b(?:Mr|Mrs|Ms|Dr|Msgr|Col|Gen|Lt|Capt|Maj|Sgt)\.?\s+[A-Z][a-z][\w-]+")
_CAPITAL = re.compile(r"\b[A-ZÁÉÍÓÚÑ][a-záéíóúñ][a-záéíóúñ-]+\b")
_VOWEL = re.compile(r"[aeiouyáéíóúAEIOUYÁÉÍÓÚ]")
_OPENING = re.compile(
    r"(?:After|When|Since|Before|While|Although|Because|Where|With|Following|Meanwhile|Also|Then|But|And|For|From|Of|At|To|By|On|In|Only|Even|That|This|Both|After|Later|Yesterday|Today)\s+"
)
"""The first word of a sentence, capitalised like a name."""
_POSSESSIVE = re.compile(r"['’]s$")
_NO_NAME = re.compile(
    r"\b(?:Front|Army|Forces?|Ministry|Party|Movement|Government|Department|City|Television|Radio|News|Council|Union|Command|Committee|Police|Guard|Brigade|Battalion"
    r"|Republic|States|Nations|University|Hospital|Church|Street|Avenue|Square|Airport|Province|County|District|Region|Company|Corporation|Bank|Agency"
    r"|Congress|Assembly|Court|January|February|March|April|May|June|July|August|September|October|November|December|Monday|Tuesday|Wednesday|Thursday"
    r"|Friday|Saturday|Sunday|North|South|East|West|Southeast|Southwest|Northeast|Northwest|Northern|Southern|Eastern|Western|Km|United|National|International|Central|San|Santa|Santo|El|Los|Las|La|Puerto|Radio|Cadena|Office|Rights|Group|Islamic|Organi[sz]ation|Federation|Institute|Association|Confederation|Commission|Latin|Mount|Lake|Port|Fort|Cape|River|Valley|Islands?|Gulf|Strait|Peninsula|Heights|Crossing|Dam|America|American|Path|Force|Foundation|Brigades?|Squads?|Mafia|Cartel|Tower|Clinic|Hotel|Cooperatives?|Canal|Channel|Highway|Museum|Embassy|Mazda|Toyota|Airlines|Newspaper|Magazine|Liberation|Revolution|Revolutionary|Patriotic|Democratic|Christian|Socialist|Popular|People)\b"
)


_OF_A_BODY = re.compile(
    r"\s+(?:(?:national|liberation|revolutionary|popular|democratic|[\w’'-]+)\s+(?:liberation\s+|revolutionary\s+)?)?(?:group|organi[sz]ation|movement|party|front|battalion|brigade|regiment|division|department|province|neighbou?rhood|street|avenue|bank|hospital|clinic|university|airport|bridge|barracks|garrison|base|camp|farm|gang|cartel|clan|faction|administration|government|regime|column|commando|squad|cell|academy|police\s+academy|school|stadium|prison|jail|foundation|square|plan|case)\b",
    re.IGNORECASE,
)
"""What follows a name that is no person's: "the Atonal battalion"."""

_OF_A_PLACE = re.compile(
    r"\b(?:in|at|near|outside|towards?|around|across"
    r"|(?:mayor|governor|prefect|bishop|archbishop|chief|head|ruler|emir|commander|town|city|village|district|province|region|state|port|island"
    r"|suburb|quarter|bank|north|south|east|west|outskirts|centre|center|residents|people|inhabitants|university|battle|siege|bridge)\s+of)\s+$",
    re.IGNORECASE,
)
"""What a place's name follows, or an office's: "the mayor of Nova Alta"."""
_PLACE_REACH = 16


def names(text: str, start: int, end: int) -> Iterator[Span]:
    """Where persons' names stand between two offsets; a surname alone where the text has told the whole name."""
    yield from _whole(text, start, end)
    told = _surnames(text)
    for match in _CAPITAL.finditer(text, start, end):
        if told.get(match.group(), start) < start and not _OF_A_BODY.match(text, match.end(), end):
            yield match.span()
    for match in _TITLED.finditer(text, start, end):
        if not _NO_NAME.search(match.group()):
            yield match.span()


@lru_cache(maxsize=1)
def _surnames(text: str) -> dict[str, int]:
    """The surnames of the persons named in full, each with where that is first."""
    found: dict[str, int] = {}
    for start, end in _whole(text, 0, len(text)):
        for word in _CAPITAL.findall(text, start, end)[1:]:
            if not _VOWEL.search(word):
                continue  # a body's letters: "Fmln"
            found.setdefault(word, start)
    return found


def _whole(text: str, start: int, end: int) -> Iterator[Span]:
    for match in _PERSON.finditer(text, start, end):
        opens, closes = _without_body(match)
        if opens is None or _OF_A_BODY.match(text, closes, end):
            continue
        after_place = _OF_A_PLACE.search(text, max(start, opens - _PLACE_REACH), opens)
        if after_place and opens == match.start() and not _TITLE.match(text, opens, closes):
            continue
        if _is_of_a_place(text, start, opens, closes, end):
            continue
        opening = _OPENING.match(text, opens, closes) or _several(text, opens, closes)
        if opening and len(text[opening.end() : closes].split()) < 2:
            continue
        yield opening.end() if opening else opens, closes - (2 if _POSSESSIVE.search(match.group()) else 0)


_FIRST = re.compile(r"([A-Z]\w+)\s+")


def _several(text: str, opens: int, closes: int) -> re.Match[str] | None:
    """A noun for several people with which a sentence begins: "Journalists Ana Ruiz and Pablo Gil"."""
    first = _FIRST.match(text, opens, closes)
    noun = people_nouns().get(first.group(1).lower()) if first else None
    return first if noun is not None and noun.plural else None


def _without_body(match: re.Match[str]) -> tuple[int | None, int]:
    """Where the person's name stands in a row of capitals: "Central University Rector Ana Ruiz"; None where in none."""
    bodies = list(_NO_NAME.finditer(match.group()))
    if not bodies:
        return match.span()
    rank = _RANK.search(match.group(), bodies[-1].end())
    return (match.start() + rank.end() if rank else None), match.end()


def _is_of_a_place(text: str, start: int, opens: int, closes: int, end: int) -> bool:
    """Whether a name is that of a place or a body; a person may be named after one: "judge Sofia Ruiz", "Ana Madrid, 42"."""
    hits = list(gazetteer().hits(text, opens, closes))
    if not hits:
        return False
    whole = any(hit.span == (opens, closes) for hit in hits)
    before = _WORD_BEFORE.search(text, max(start, opens - _PLACE_REACH), opens)
    noun = people_nouns().get(before.group(1)) if before else None
    told = _TITLE.match(text, opens, closes) or (noun is not None and not noun.plural) or _AGE.match(text, closes, end)
    return whole or not told
