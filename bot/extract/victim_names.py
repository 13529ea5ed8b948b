"""People told of by their names: "Ana Ruiz", "Father Ruiz"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice, pairwise

from bot.extract.gazetteer import gazetteer
from bot.extract.victim_heads import nationals, people_nouns
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
_SURNAMED = re.compile(
    r"(?<![\"“'(\[\w-])(?P<noun>(?!other\b)[a-z]{3,})\s+(?P<one>[A-ZÁÉÍÓÚÑ][a-záéíóúñ]{2,})\b(?!['’-]|\s+[A-Z])"
)
"""One surname behind what its bearer is: "comrade Ruiz"."""
_IS_THING = re.compile(
    r"(?:Cent(?:er|re)|House|Home|Village|Town|Building|Camp|School|Residence|Headquarters|Quarters|Club|Team|Train|Bus|Carrier|Patrol|Post|Station)s?|\w+ists"
)
"""A noun in capitals that is no surname."""
_SURNAMES = re.compile(
    r"\b(?P<noun>[a-z]{3,}s|[a-z]*men)\s+(?P<all>[A-ZÁÉÍÓÚÑ][a-záéíóúñ]{2,}(?:,\s+[A-ZÁÉÍÓÚÑ][a-záéíóúñ]{2,})*,?\s+and\s+[A-ZÁÉÍÓÚÑ][a-záéíóúñ]{2,})\b(?!['’-])"
)
_VOWEL = re.compile(r"[aeiouyáéíóúAEIOUYÁÉÍÓÚ]")
_OPENING = re.compile(
    r"(?:The|After|When|Since|Before|While|Although|Because|Where|With|Following|Meanwhile|Also|Then|But|And|For|From|Of|At|To|By|On|In|Only|Even|That|This|Both|After|Later|Yesterday|Today|They|He|She|We|Who|Assassinated|Murdered|Slain|Wounded|Late|Killing|Murdering|Assassinating|Wounding|Injuring|Kidnapping|Abducting)\s+"
)
"""The first word of a sentence, capitalised like a name."""
_POSSESSIVE = re.compile(r"['’]s$")
_NO_NAME = re.compile(
    r"\b(?:Front|Army|Forces?|Ministry|Party|Movement|Government|Department|City|Television|Radio|News|Council|Union|Command|Committee|Police|Guard|Brigade|Battalion"
    r"|Republic|States|Nations|University|Hospital|Church|Street|Avenue|Square|Airport|Province|County|District|Region|Company|Corporation|Bank|Agency"
    r"|Congress|Assembly|Court|January|February|March|April|May|June|July|August|September|October|November|December|Monday|Tuesday|Wednesday|Thursday"
    r"|Friday|Saturday|Sunday|North|South|East|West|Southeast|Southwest|Northeast|Northwest|Northern|Southern|Eastern|Western|Km|United|National|International|Central|San|Santa|Santo|El|Los|Las|La|Puerto|Radio|Cadena|Office|Rights|Group|Islamic|Organi[sz]ation|Federation|Institute|Association|Confederation|Commission|Latin|Mount|Lake|Port|Fort|Cape|River|Valley|Islands?|Gulf|Strait|Peninsula|Heights|Crossing|Dam|America|American|Path|Force|Foundation|Brigades?|Squads?|Mafia|Cartel|Tower|Clinic|Hotel|Cooperatives?|Canal|Channel|Highway|Museum|Embassy|Mazda|Toyota|Airlines|Newspaper|Magazine|Banco|Banque|Corporation|Company|Liberation|Revolution|Revolutionary|Patriotic|Democratic|Christian|Socialist|Popular|People)\b"
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
_OF_A_FIRM = re.compile(
    r"\b(?:station|channel|network|newspaper|daily|weekly|magazine|agency|company|firm|publisher)\s+$"
)
"""What the name of a body follows: "television station Canal Oro"."""
_PLACE_REACH = 16


def names(text: str, start: int, end: int) -> Iterator[Span]:
    """Where persons' names stand between two offsets; a surname alone where the text has told the whole name."""
    yield from _whole(text, start, end)
    for match in _TITLED.finditer(text, start, end):
        if not _NO_NAME.search(match.group()):
            yield match.span()
    told = _surnames(text)
    for match in _CAPITAL.finditer(text, start, end):
        if told.get(match.group(), start) < start and not _OF_A_BODY.match(text, match.end(), end):
            yield match.span()
    for match in _SURNAMED.finditer(text, start, end):
        noun = people_nouns().get(match.group("noun"))
        if noun is not None and not noun.plural and _is_a_surname(text, match.start("one"), match.end(), end):
            yield match.span("one")
    for match in _SURNAMES.finditer(text, start, end):
        noun = people_nouns().get(match.group("noun"))
        if noun is not None and noun.plural:
            yield from (
                one.span()
                for one in _CAPITAL.finditer(text, match.start("all"), match.end())
                if _is_a_surname(text, *one.span(), end)
            )


def _is_a_surname(text: str, start: int, closes: int, end: int) -> bool:
    """Whether a capitalised word behind a noun for people names somebody."""
    return not (
        _NO_NAME.search(text, start, closes)
        or _OF_A_BODY.match(text, closes, end)
        or next(gazetteer().hits(text, start, closes), None)
        or _IS_THING.fullmatch(text, start, closes)
        or text[start:closes].lower() in people_nouns()
    )


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
        if _OF_A_FIRM.search(text, max(start, opens - _PLACE_REACH), opens):
            continue
        if after_place and opens == match.start() and not _TITLE.match(text, opens, closes):
            continue
        begins = _where_it_begins(text, opens, closes)
        if begins > opens and len(text[begins:closes].split()) < 2:
            continue
        opens = begins
        if _is_of_a_place(text, start, opens, closes, end):
            continue
        yield opens, closes - (2 if _POSSESSIVE.search(match.group()) else 0)


_FIRST_WORDS = 3


def _where_it_begins(text: str, opens: int, closes: int) -> int:
    """Where the name begins in a row of capitals: "Journalists Ana Ruiz", "Jesuit Priests Ana Ruiz", "Spaniard Ana Ruiz"."""
    if opening := _OPENING.match(text, opens, closes):
        opens = opening.end()
    first = next((hit for hit in gazetteer().hits(text, opens, closes) if hit.sense == "demonym"), None)
    if first is not None and first.span[0] == opens and first.span[1] < closes:
        opens = first.span[1] + 1
    for word, following in islice(pairwise(re.finditer(r"\w+", text[opens:closes])), _FIRST_WORDS):
        if _is_before_a_name(word.group().lower()):
            return opens + following.start()
    return opens


def _is_before_a_name(word: str) -> bool:
    """Whether a noun is for several people, or for one of a country."""
    noun = people_nouns().get(word)
    return (noun is not None and noun.plural) or f"{word}s" in nationals()


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
    if len(hits) == 1 and hits[0].span[1] == closes and len(text[opens : hits[0].span[0]].split()) > 1:
        return False  # "Ana Maria Paris" is a person, "Nova Paris" a place
    whole = any(hit.span == (opens, closes) for hit in hits)
    before = _WORD_BEFORE.search(text, max(start, opens - _PLACE_REACH), opens)
    noun = people_nouns().get(before.group(1)) if before else None
    told = _TITLE.match(text, opens, closes) or (noun is not None and not noun.plural) or _AGE.match(text, closes, end)
    return whole or not told
