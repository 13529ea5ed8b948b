"""The noun that a phrase for people is about: "at least 25 *people*", "a civilian *engineer*", "32 *dead*"."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

import msgspec

from bot.extract.gazetteer import gazetteer
from bot.extract.numbers import NUMBER_WORDS
from bot.model.summary import Group, State

LEXICON = Path(__file__).resolve().parent / "lexicon" / "people.tsv"
_REACH = 7
WORD = re.compile(
    r"(?:[^\W\d_]\.){2,}|\d{1,3}-\s?(?:year|month|week|day)s?-old|[^\W\d_](?:[^\W_]|['’.-](?=\w))*|[^\w\s]|\d[\d,.]*"
)
_BREAKS = frozenset(
    "the a an ago remain remains remained of was were is are be been being am had has have having did does do will would could should may might can must who whom which that became become becomes between "
    "when where while after before because since if as than by in on at from with without into over near during under through against "
    "across for and or but nor to not also said says say told killed injured wounded hurt died dead murdered slain missing left "
    "assassinated kidnapped abducted captured detained displaced evacuated fled perished drowned according including among today "
    "reported admitted acknowledged suffered claimed caused inflicted sustained confirmed denied "
    "yesterday whose it he she they we you this these those there here last next later earlier still now more most".split()
)
STATE_HEADS: dict[str, State] = {
    "dead": "killed",
    "deaths": "killed",
    "death": "killed",
    "fatalities": "killed",
    "bodies": "killed",
    "corpses": "killed",
    "martyrs": "killed",
    "lives": "killed",
    "killings": "killed",
    "murders": "killed",
    "injured": "injured",
    "wounded": "injured",
    "injuries": "injured",
    "missing": "missing",
    "disappeared": "missing",
    "displaced": "displaced",
    "casualties": "unspecified",
    "casualty": "unspecified",
    "victims": "unspecified",
    "losses": "unspecified",
    "prisoners": "captured",
    "hostages": "captured",
    "captives": "captured",
}
_STATE_ADJECTIVES: dict[str, State] = {
    "dead": "killed",
    "injured": "injured",
    "wounded": "injured",
    "missing": "missing",
    "slain": "killed",
    "murdered": "killed",
    "assassinated": "killed",
    "kidnapped": "captured",
    "captured": "captured",
    "abducted": "captured",
    "displaced": "displaced",
}


class Noun(msgspec.Struct, frozen=True):
    """A noun for people."""

    group: Group | None
    plural: bool


@lru_cache(maxsize=1)
def people_nouns() -> dict[str, Noun]:
    """Nouns for people, lower case, with their group; nouns of two words joined by a blank."""
    found: dict[str, Noun] = {}
    for line in LEXICON.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            group, nouns = line.split("\t")
            for noun in nouns.split("|"):
                singular, _, plural = noun.partition("/")
                found[singular] = Noun(group or None, plural=not plural)  # type: ignore[arg-type]  # checked by a test
                found[plural or singular] = Noun(group or None, plural=True)  # type: ignore[arg-type]
    return found


@lru_cache(maxsize=1)
def nationals() -> dict[str, str]:
    """Words for people of a country, lower case, with its code."""
    return gazetteer().nationals()


class Head(msgspec.Struct, frozen=True):
    """The noun that a phrase is about, with what the words before it add.

    Attributes:
        state: what the phrase itself says of them ("dead", "wounded soldiers"), or None.
        side: the country that a demonym names, or None.
    """

    end: int
    word: str
    groups: tuple[Group, ...]
    plural: bool
    state: State | None
    side: str | None


_OF_A_NATION = re.compile(
    r"\s*([A-Z][a-z]+)(?=\s*(?:[.,;:)\]–—]|--|$)|\s+(?:was|were|is|had|has|have|who|identified|named|dead|killed|wounded|injured|died|in|on|at|by|from|after|when|during"
    r"|and\s+(?:an?|one|two|three|four|five|six|\d+|another|several|was|wounded|wounding|injur\w+|kill\w+))\b)"
)


def national_at(text: str, start: int, end: int) -> Head | None:
    """One person told by the country: "a Colombian", with no noun behind."""
    match = _OF_A_NATION.match(text, start, end)
    side = nationals().get(f"{match.group(1).lower()}s") if match else None
    return Head(match.end(1), match.group(1).lower(), (), False, None, side) if match and side else None


_MIXED = re.compile(
    r"\s+(?:and|or|and/or)\s+(?:the\s+)?(?:dead|wounded|injured|maimed|missing|injuries|deaths)\b(?!\s+(?:\d|[A-Z]|an?\b|the\b|(?:"
    + "|".join(sorted(NUMBER_WORDS))
    + r"|one|some|many|several|scores|dozens|hundreds|thousands|another|others?|more|at|about|over|nearly|almost|up)\b))"
)
"""Behind the first of two states that a count leaves open: "30 dead and injured"; not "30 dead and injured another 12"."""
_ASIDE = re.compile(r"\([A-Z][\w-]{1,7}\)|(?<=\w)-(?=\s+[A-Za-z])")
"""What stands within the words before a noun and is none: "the National Front (NF) rebels", "Marxist- Leninist"."""
_QUOTE = re.compile(r"[\"“](?=[a-z])", re.IGNORECASE)


def _aside(text: str, at: int, end: int, *, first: bool) -> int | None:
    """Where words go on behind what stands aside within them; None where nothing does."""
    match = _ASIDE.match(text, at, end) or (_QUOTE.match(text, at, end) if first else None)
    return match.end() if match else None


def head_at(text: str, start: int, end: int) -> Head | None:
    """The noun for people that a phrase starting here is about, within a few words; None where it is about things."""
    best: Head | None = None
    groups: list[Group] = []
    state: State | None = None
    side: str | None = None
    before = earlier = ""
    until, within, nation = start, False, False
    hits = {hit.span[0]: hit for hit in gazetteer().hits(text, start, min(end, start + 90)) if not hit.weak}
    count, over = 0, start
    for match in WORD.finditer(text, start, end):
        word = match.group().lower()
        if match.start() < over:
            continue
        if not word[0].isalnum() and (aside := _aside(text, match.start(), end, first=count == 0)):
            over = aside
            continue
        count += 1
        if (
            count > _REACH + 1
            or word in NUMBER_WORDS
            or not (word[0].isalpha() or word.endswith("-old"))
            or (word in _BREAKS and word not in _STATE_ADJECTIVES)
        ):
            break
        if match.start() in hits and hits[match.start()].sense in ("demonym", "name"):
            side = hits[match.start()].country
        people = (
            people_nouns().get(f"{earlier} {before} {word}")
            or people_nouns().get(f"{before} {word}")
            or people_nouns().get(word)
        )
        if people is not None or word in nationals():
            if people is not None and people.group and people.group not in groups and not _ranks_police(people, groups):
                if f"{before} {word}" in people_nouns() and groups and word in people_nouns():
                    groups = [g for g in groups if g != people.group]
                groups.append(people.group)
            state = _STATE_ADJECTIVES.get(earlier if nation else before, state)  # "three captured Kyrgyz soldiers"
            plural = people.plural if people is not None else True
            best = Head(match.end(), word, tuple(dict.fromkeys(groups)), plural, state, side or nationals().get(word))
        elif best is not None and not best.plural and best.word != "other" and word in _STATE_ADJECTIVES:
            break  # "a guard wounded": the one is hurt, no group of wounded
        elif word == "death" and _DEATH_AS_KIND.match(text, match.end(), end):
            break
        elif word in STATE_HEADS and not (word in _STATE_ADJECTIVES and _noun_follows(text, match.end(), end)):
            if mixed := _MIXED.match(text, match.end(), end):
                whom = head_at(text, mixed.end(), end) if _noun_follows(text, mixed.end(), end) else None
                stop, of = (whom.end, whom.groups) if whom else (mixed.end(), tuple(dict.fromkeys(groups)))
                return Head(stop, "casualties", of, True, "unspecified", side or (whom.side if whom else None))
            return Head(match.end(), word, tuple(dict.fromkeys(groups)), True, STATE_HEADS[word], side)
        elif best is not None and best.word != "other":
            if best.word in nationals() and best.word not in people_nouns() and _is_adjective(best.word, word):
                best = None  # "two Chinese law enforcement officers", "two Chinese ships"
            elif _stands_before_a_thing(best, word):
                best, groups, within = None, [], True  # "two national front rebels"
            else:
                return best
        elif within and _NO_THING.fullmatch(word):
            return None
        nation = match.start() in hits and hits[match.start()].sense == "demonym"
        earlier, before, until = before, word, match.end()
    if best is None and before.endswith("-old"):
        return Head(until, before, tuple(dict.fromkeys(groups)), False, state, side)
    return best


_MODIFIERS = frozenset(
    "civilian terrorist guerrilla guerilla rebel insurgent militant separatist extremist subversive national police student peasant worker "
    "prisoner hostage refugee migrant commando communist dissident criminal jihadist mercenary youth mother baby child family passenger "
    "tourist patient fan general native minor expert executive official director crew staff pilot escort guard guest suspect opposition "
    "volunteer cadet marine recruit citizen neighbor bandit contra officer female male veteran driver customer adult".split()
)
"""Nouns for people that stand before other nouns: "a passenger train", "the guerrilla group", "a general strike"."""
_DEATH_AS_KIND = re.compile(
    r"\s+(?:threats?|squads?|sentences?|penalt(?:y|ies)|rows?|tolls?|certificates?|camps?|traps?|rates?|notices?|warrants?)\b",
    re.IGNORECASE,
)
_NO_THING = re.compile(
    r".*(?:ed|ing|ly)$|(?:fell|fled|shot|lost|went|left|took|gave|got|ran|bled|lay|sank|came|made|blew|threw|told|stood|aboard|alone|alive|nearby|overnight|"
    r"outside|inside|home|too|back|each|all|both|so|then|out|down|up|away|off|again|abroad|onboard|himself|herself|themselves|only|even|just|never|always|"
    r"soon|once|ago|about|around|beside|next|along|together|except|despite|amid|upon|toward|towards|behind|beneath|below|above|till|until|like|unlike|"
    r"shortly|though|although|whereas|because|can|cannot|also|either)$"
)
"""Words after a noun for people that leave it one: verbs, adverbs, prepositions."""


def _is_adjective(nation: str, following: str) -> bool:
    """Whether a word for people of a country stands before what they are, or what is theirs."""
    return not nation.endswith("s") and following.isalpha() and not _NO_THING.fullmatch(following)


def _stands_before_a_thing(head: Head, following: str) -> bool:
    """Whether a noun for people only tells what kind of thing the next word names."""
    return head.word in _MODIFIERS and following.isalpha() and not _NO_THING.fullmatch(following)


def _ranks_police(people: Noun, groups: list[Group]) -> bool:
    """ "A police colonel" is no soldier."""
    return people.group == "military" and "police" in groups


def _noun_follows(text: str, start: int, end: int) -> bool:
    match = re.compile(r"\s+([^\W\d_]+)").match(text, start, end)
    return match is not None and (match.group(1).lower() in people_nouns() or match.group(1).lower() in nationals())


def groups_of(words: str) -> tuple[Group, ...]:
    """The groups of the people that some words begin with: "soldiers killed aboard"."""
    head = head_at(words, 0, len(words))
    return head.groups if head is not None else ()
