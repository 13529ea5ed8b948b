"""What kind of actor a phrase names, and its canonical name: "Armenia's defence ministry" → Ministry of Defence of Armenia."""

from __future__ import annotations

import re
from collections.abc import Callable

import msgspec

from bot.extract.gazetteer import Gazetteer, Hit
from bot.extract.home import SEATS
from bot.extract.kinds import (
    ARMED,
    AT_HOME_NGO,
    BRANCHES,
    CALLINGS,
    DISPUTED,
    FORCES,
    GOVERNMENT,
    MEDIA,
    NAMED_NGO,
    NATIONAL_OUTLET,
    NGO,
    NO_OFFICE,
    OF_A_COUNTRY,
    OF_NO_STATE,
    OF_NOWHERE,
    OFFICE,
    OTHER,
    OUTLET,
    POPULATION,
    PRIVATE,
    SETTLED,
    STATE_SOURCE,
    WHOSE_WORDS,
    WRITING,
)
from bot.extract.person_names import person_name
from bot.extract.places import country_of_place
from bot.model.summary import ActorType

PRONOUNS = frozenset("he she it they we i you who which him her them his its their this that".split())
_MINISTRIES = {
    "defen[cs]e": "Defence",
    "foreign|external affairs": "Foreign Affairs",
    "interior|home affairs": "the Interior",
    "health|public health": "Health",
    "justice": "Justice",
    "finance": "Finance",
    "information": "Information",
    "education": "Education",
    "transport|transportation|transit": "Transport",
    "energy": "Energy",
    "emergency situations|emergencies": "Emergency Situations",
    "economy|economic affairs": "the Economy",
    "agriculture": "Agriculture",
    "security": "Security",
    "religious affairs": "Religious Affairs",
    "humanitarian affairs": "Humanitarian Affairs",
}
_FIELD = "|".join(_MINISTRIES)
_MINISTRY = re.compile(
    rf"\b(?:(?P<before>{_FIELD})(?:\s+and\s+[\w ]+?)?\s+ministry|ministry\s+(?:of|for)\s+(?:the\s+)?(?P<after>{_FIELD})\b"
    r"|foreign\s+ministry)",
    re.IGNORECASE,
)
_MINISTER = re.compile(
    rf"\b(?:(?P<before>{_FIELD})\s+(?:minister|secretary)|(?:minister|secretary)\s+(?:of|for)\s+(?:the\s+)?(?P<after>{_FIELD})\b)",
    re.IGNORECASE,
)
_STATE_DEPARTMENT = re.compile(r"\bstate\s+department\b|\bdepartment\s+of\s+state\b", re.IGNORECASE)
_MINISTRY_ALONE = re.compile(r"\bministr(?:y|ies)\b", re.IGNORECASE)
_POSSESSOR = re.compile(
    r"(?:the\s+)?(?!(?i:the |president|minister|government|premier|governor|mayor))(?:[A-Z][\w-]+\s+){0,3}[A-Z][\w-]+['’]s\s+(?!\w+\s+(?:minister|army|police))"
)
"""Whose somebody is, where that is no known country or place: "Ferrum's director"."""
_COMPLEMENT = re.compile(
    r"(?<=groups|itions|itants|itical|ations)\s+of\s+(?!the\b|all\b)[a-z]+(?:ing|ture|ion|ders?|ity|es)?$"
)
_SHOUTED = re.compile(r"\b[^\W\d_]{4,}")
_RELATIVE = re.compile(r",?\s+(?:which|who|whose|whom)\s.*$", re.IGNORECASE)


_GROUPS = re.compile(r"\b(?:groups?|agenc(?:y|ies))\b", re.IGNORECASE)
_AGE = re.compile(r"^(?:\d{1,2}[.:]\d{2}\W+)|,\s+(?:aged\s+)?\d{2}(?=,|$)")
"""A live report's time before a name, and a person's age after it."""


SEEN = re.compile(
    r",?\s+(?:(?:that\s+(?:was|were)\s+)?(?:seen|obtained|reviewed|viewed|verified)\s+by|shown\s+to|shared\s+with)\s.*$",
    re.IGNORECASE,
)
"""Who was shown a letter does not speak by it: "a letter seen by AFP"."""


_NATIONAL_SOCIETIES = frozenset(("Red Crescent", "Red Cross"))
"""Every country has one of its own that goes by this name at home."""


class Named(msgspec.Struct, frozen=True):
    """What a phrase names.

    Attributes:
        key: the same for phrases that surely name the same actor.
        head: the last word of the phrase's first part, lower case: what a later "the ministry" refers to.
        surname: for persons with a name.
        open: the phrase alone does not tell the country; the context may.
    """

    key: str
    name: str
    type: ActorType
    country: str | None
    head: str
    surname: str = ""
    open: bool = False


def identify(phrase: str, gazetteer: Gazetteer, means: Callable[[str, str], bool] = lambda *_: True) -> Named:
    """Name the actor of a phrase, by its own words alone.

    A place's country counts where the text means that one of its name: `means` tells by the name and the country's code.
    """
    words = _RELATIVE.sub("", " ".join(phrase.split())).strip(" \"“”'’,;:")
    words = _COMPLEMENT.sub("", re.sub(r"['’]s$", "", SEEN.sub("", _AGE.sub("", words))))
    if words.count("(") != words.count(")"):
        words = words.strip("() ")
    hits = list(gazetteer.hits(words))
    if words.isupper() and len(_SHOUTED.findall(words)) > 1 and not any(hit.sense == "organisation" for hit in hits):
        words = _SHOUTED.sub(lambda word: word.group().capitalize(), words)
    bodies = [hit for hit in hits if hit.sense == "organisation"]
    known = bodies[-1] if bodies and len({hit.name for hit in bodies}) == 1 else next(iter(bodies), None)
    country = _country_of(words, hits, means)
    chief = _chief(words)
    if not WHOSE_WORDS.search(words) and (WRITING.search(chief) or WRITING.search(words.split(" by ")[0])):
        return Named(words.casefold(), _title(words), "other", None, _head(chief))
    person = person_name(words, hits)
    if OFFICE.search(NO_OFFICE.sub("", chief)) and not _is_body(chief):
        return _official(words, chief, person, country, known, gazetteer)
    if known is not None and _mostly(words, known):
        opened = known.name in _NATIONAL_SOCIETIES
        return Named(
            known.name.casefold(),
            known.name,
            known.type,
            country if opened else known.country,
            _head(chief),
            open=opened,
        )
    if known is not None and known.type == "international_org" and (_is_body(chief) or not _is_person(words, person)):
        return Named(words.casefold(), _title(words), "international_org", None, _head(chief))
    if STATE_SOURCE.search(chief):
        return Named(words.casefold(), _title(words), "other", country, _head(chief), open=country is None)
    if OUTLET.match(words):
        return _outlet(words, chief, country)
    if body := _state_body(words, chief, country, gazetteer) or _by_apposition(words, chief, country):
        return body
    side = re.search(r"\b(?:side|regime|leadership)$", words, re.I)
    whole = (0, len(words))  # "Israeli" alone, of "an Israeli claim"
    state = next(
        (
            hit
            for hit in hits
            if hit.sense in ("name", "capital") or (hit.sense == "demonym" and (side or hit.span == whole))
        ),
        None,
    )
    if state is not None and (side or _mostly(words, state)):
        name = gazetteer.countries[state.country or ""].name
        return Named(name.casefold(), name, "state", state.country, _head(words))
    if person:
        name = " ".join(person)
        private = known is None and _is_private(words)
        kind: ActorType = "official" if OFFICE.search(words) and not private else "other"
        at_home = (
            kind == "official"
            or (private and not OF_NOWHERE.search(words))
            or bool(OF_A_COUNTRY.search(chief) or SETTLED.search(chief))
        )
        opened = at_home and country is None and not _of_no_country(words, known)
        return Named(name.casefold(), name, kind, country, _head(chief), surname=person[-1], open=opened)
    return _described(words, chief, country, known)


def can_speak(phrase: str, gazetteer: Gazetteer) -> bool:
    """Whether words name somebody who can say something: "the hospital", not "the earthquake"."""
    return identify(phrase, gazetteer).type != "other" or bool(
        OTHER.search(phrase) or _GROUPS.search(phrase) or CALLINGS.search(phrase)
    )


def _of_no_country(words: str, known: Hit | None) -> bool:
    """Whether a person or body is of no one country: of a body that is nobody's, or of a company."""
    return (
        bool(OF_NO_STATE.search(words)) or bool(DISPUTED.search(words)) or (known is not None and known.country is None)
    )


def _is_private(words: str) -> bool:
    """Whether somebody holds no office of a state; what is told after the name ("…, a retired general") does not say so."""
    return bool(PRIVATE.search(re.sub(r",\s+an?\s.*$", "", words, flags=re.IGNORECASE)))


def _is_person(words: str, person: list[str]) -> bool:
    """Whether a phrase with an organisation's name means somebody of it."""
    return bool(person) or bool(
        re.search(r"\b(?:experts?|investigators?|observers?|sources?|workers?|staff|monitors)\b", words, re.I)
    )


def _chief(words: str) -> str:
    """The first part of a phrase, without "of …", "in …", appositions and relative clauses."""
    return (
        re.split(r"\s*(?:,|\(|\bof\b|\bin\b|\bfor\b|\bfrom\b|\bwho\b|\bwhich\b|\bat\b|\bwith\b)\s*", words, maxsplit=1)[
            0
        ]
        or words
    )


def _head(chief: str) -> str:
    found = re.findall(r"[^\W\d_]+(?:-[^\W\d_]+)*", chief)
    return found[-1].lower() if found else chief.lower()


def _is_body(chief: str) -> bool:
    """Whether the phrase's head is a body although an office stands in it ("the prosecutor's office")."""
    return bool(
        re.search(
            r"(?:ministry|office|agency|council|department|commission|forces?|army|guard|service|union|campaign|staff|command|team|media|radio|television|mission|delegation)$",
            chief,
            re.I,
        )
    )


def _mostly(words: str, hit: Hit) -> bool:
    """Whether the hit is the phrase's head: it ends the phrase, or only an apposition or description follows."""
    rest = words[hit.span[1] :].strip(" '’s)")
    before = words[: hit.span[0]]
    ends = (
        not rest
        or rest[:1] in ",("
        or bool(
            re.match(
                r"(?:side|government|group|movement|militia|news agency|agency|TV|television|radio|newspaper|fighters|militants|rebels|leadership|delegation|society)\b",
                rest,
                re.I,
            )
        )
    )
    return ends and not re.search(r"\b(?:of|in|for|from|at|to|with|by|against|near)\s+(?:the\s+)?$", before)


_OF_PLACE = re.compile(
    r"\b(?:of|in|from|for|near)\s+(?:the\s+)?(?P<name>[A-Z][^\W\d_]+(?:[ '’-][A-Z][^\W\d_]+){0,3})(?!\s+(?i:hospital|clinic|mosque|church|camp|university|school)\b)"
    r"|^(?:the\s+)?(?P<first>[A-Z][^\W\d_]+(?:[ -][A-Z][^\W\d_]+){0,2})(?=(?:['’]s)?\s+(?:\w+\s+)?(?:police|authorities|officials?|mayor|governor|province|prosecutors?|residents)\b)"
)
"""A town or province by which an office or body is named: "the mayor of Tyre", "Srinagar police"."""


def _country_of(words: str, hits: list[Hit], means: Callable[[str, str], bool]) -> str | None:
    if DISPUTED.search(words):
        return None
    strong = [hit for hit in hits if hit.sense != "organisation" and not hit.weak]
    if strong:
        return strong[0].country
    placed = [match["name"] or match["first"] for match in _OF_PLACE.finditer(words)]
    placed = [name for name in placed if name.casefold() not in SEATS]
    return next((code for name in placed if (code := country_of_place(name)) and means(name, code)), None)


def _of(country: str | None, gazetteer: Gazetteer) -> str:
    return f" of {_with_article(gazetteer.countries[country].name)}" if country else ""


def _with_article(name: str) -> str:
    plural = name in (
        "Netherlands",
        "Philippines",
        "United States",
        "United Arab Emirates",
        "United Kingdom",
        "Maldives",
        "Bahamas",
    )
    return f"the {name}" if plural else name


def _state_body(words: str, chief: str, country: str | None, gazetteer: Gazetteer) -> Named | None:
    """Ministries, armies and other bodies of a state."""
    if _STATE_DEPARTMENT.search(words):
        return Named(
            "department of state of the united states",
            "Department of State of the United States",
            "government",
            "US",
            "department",
        )
    if match := _MINISTRY.search(words):
        field = _field(match)
        name = f"Ministry of {field}{_of(country, gazetteer)}"
        kind: ActorType = "military" if field == "Defence" else "government"
        opened = country is None and not DISPUTED.search(words)
        return Named(name.casefold(), name, kind, country, "ministry", open=opened)
    if _MINISTRY_ALONE.search(chief):
        name = _title(words)
        return Named(name.casefold(), name, "government", country, "ministry", open=country is None)
    if ARMED.search(chief):
        return Named(words.casefold(), _title(words), "armed_group", None, _head(chief))
    if FORCES.search(chief):
        for pattern, branch in BRANCHES:
            if country and pattern.search(chief):
                name = f"{branch}{_of(country, gazetteer)}"
                return Named(name.casefold(), name, "military", country, _head(chief))
        plain = re.search(
            r"\b(?:army|armed forces|military|troops|forces|soldiers|servicemen|units|personnel|formations|artillery)\b",
            chief,
            re.I,
        )
        name = f"Armed Forces{_of(country, gazetteer)}" if plain and country else _title(words)
        return Named(name.casefold(), name, "military", country, _head(chief), open=country is None)
    if MEDIA.search(chief):
        return _outlet(words, chief, country)
    if (NGO.search(chief) or NAMED_NGO.search(words)) and not _AUTHORITY.search(chief):
        at_home = country if any(hit.sense == "demonym" for hit in gazetteer.hits(words)) else None
        opened = at_home is None and bool(AT_HOME_NGO.search(words))
        return Named(words.casefold(), _title(words), "ngo", at_home, _head(chief), open=opened)
    if GOVERNMENT.search(chief):
        disputed = bool(DISPUTED.search(words))
        return Named(
            words.casefold(), _title(words), "government", country, _head(chief), open=country is None and not disputed
        )
    return None


_AUTHORITY = re.compile(
    r"\b(?:police|electoral|election|anti-corruption)\s+watchdog$|\b(?:commission|authority)$", re.IGNORECASE
)
"""Bodies of a state although a word of aid or of watching stands in their names."""


def _outlet(words: str, chief: str, country: str | None) -> Named:
    at_home = bool(NATIONAL_OUTLET.search(words)) and not re.match(r"(?:the\s+)?local\s+media$", words, re.I)
    return Named(words.casefold(), _title(words), "media", country, _head(chief), open=country is None and at_home)


def _by_apposition(words: str, chief: str, country: str | None) -> Named | None:
    """A body of a strange name that says of itself what it is: "Human Rights Lens, a watchdog"."""
    match = re.match(r"[^,]+,\s+(?P<what>(?:an?|the|which is|one of)\s[^,]*)", words)
    if match is None or OFFICE.search(match["what"]):
        return None
    kinds: tuple[tuple[re.Pattern[str], ActorType], ...] = ((NGO, "ngo"), (ARMED, "armed_group"), (MEDIA, "media"))
    for pattern, kind in kinds:
        if pattern.search(match["what"]) and not re.search(
            r"\b(?:researcher|member|worker|activist)\b", match["what"], re.I
        ):
            name = _title(chief)
            country = country if kind != "armed_group" else None
            opened = country is None and kind == "ngo" and bool(AT_HOME_NGO.search(words) or "rights" in match["what"])
            return Named(name.casefold(), name, kind, country, _head(chief), open=opened)
    return None


def _field(match: re.Match[str]) -> str:
    words = (match.groupdict().get("before") or match.groupdict().get("after") or "foreign").lower()
    return next(field for pattern, field in _MINISTRIES.items() if re.fullmatch(pattern, words))


def _official(
    words: str, chief: str, person: list[str], country: str | None, known: Hit | None, gazetteer: Gazetteer
) -> Named:
    surname = person[-1] if person else ""
    private = known is None and _is_private(words)
    kind: ActorType = "other" if private else "official"
    closed = (private and bool(OF_NOWHERE.search(words))) or _of_no_country(words, known)
    if known is not None and country is None:
        country = known.country if known.type in ("government", "military", "state") else None
    if person:
        name = " ".join(person)
        return Named(name.casefold(), name, kind, country, _head(chief), surname, open=country is None and not closed)
    if match := _MINISTER.search(words):
        field = _field(match).replace("the ", "").replace("Affairs", "").strip()
        name = f"{field} Minister{_of(country, gazetteer)}"
        return Named(name.casefold(), name, "official", country, "minister", open=country is None and not closed)
    return Named(words.casefold(), _title(words), kind, country, _head(chief), open=country is None and not closed)


def _described(words: str, chief: str, country: str | None, known: Hit | None) -> Named:
    if known is not None:
        opened = known.name in _NATIONAL_SOCIETIES and not re.match(r"an?\s", words, re.IGNORECASE)
        country = country if opened else known.country
        return Named(
            known.name.casefold(), known.name, known.type, country, _head(chief), open=opened and country is None
        )
    if OTHER.search(chief) or OF_A_COUNTRY.search(chief):
        body = bool(OF_A_COUNTRY.search(chief)) and not _POSSESSOR.match(words)
        return Named(words.casefold(), _title(words), "other", country, _head(chief), open=body and country is None)
    if POPULATION.search(chief) or SETTLED.search(chief):
        opened = country is None and bool(SETTLED.search(chief))
        return Named(words.casefold(), _title(words), "population", country, _head(chief), open=opened)
    return Named(words.casefold(), _title(words), "other", country, _head(chief))


def _title(words: str) -> str:
    """The phrase as a name: without article and possessive, its first letter a capital."""
    plain = re.sub(r"^(?:the|a|an|its|his|her|their|our|my|some|several|many|two|three)\s+", "", words, flags=re.I)
    return plain[:1].upper() + plain[1:]
