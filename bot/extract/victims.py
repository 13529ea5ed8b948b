"""Phrases that name people as victims: "at least 25 people", "a civilian engineer", "two of them", "80", a person's name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Literal

import msgspec

from bot.extract.gazetteer import gazetteer
from bot.extract.numbers import Quantity, quantities
from bot.model.report import Span
from bot.model.summary import Group, Qualifier, State

Kind = Literal["counted", "single", "plural", "none", "name"]
_LEXICON = Path(__file__).resolve().parent / "lexicon" / "people.tsv"
_REACH = 7
_WORD = re.compile(r"[^\W\d_](?:[^\W_]|['’.-](?=\w))*|[^\w\s]|\d[\d,.]*")
_BREAKS = frozenset(
    "of was were is are be been being am had has have having did does do will would could should may might can must who whom which that "
    "when where while after before because since if as than by in on at from with without into over near during under through against "
    "across for and or but nor to not also said says say told killed injured wounded hurt died dead murdered slain missing left "
    "assassinated kidnapped abducted captured detained displaced evacuated fled perished drowned according including among today "
    "yesterday whose it he she they we you this these those there here last next later earlier still now more most".split()
)
_ELLIPTICAL = frozenset(
    "was were is are had has have been who of in on at by when from aboard during as after and or killed injured wounded hurt dead "
    "died missing critically seriously slightly lightly gravely still remain remained remains unaccounted more others other later since "
    "perished drowned displaced captured feared went while but following because".split()
)
_STATE_HEADS: dict[str, State] = {
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
    "displaced": "displaced",
}
_SINGLE = re.compile(r"\b(?:a|an|one|another|the|his|her|their|its|former|this|that)\s+", re.IGNORECASE)
_COUNT_OF = re.compile(
    r"\s*(?:number|total|count|figure|toll|list|names?|families|relatives|bodyguards?)\s+of\b", re.IGNORECASE
)
_NOBODY = re.compile(r"\b(?:nobody|no\s?one|none(?:\s+of\s+(?:the|its|their|our|them)\b)?|no)\b", re.IGNORECASE)
_TITLES = (
    r"(?:Father|Mr|Mrs|Ms|Miss|Dr|Col|Colonel|Gen|General|Lt|Lieutenant|Capt|Captain|Maj|Major|Sgt|Sergeant|President|Minister|Governor|Mayor|Judge"
    r"|Senator|Deputy|Bishop|Archbishop|Monsignor|Priest|Engineer|Professor|Rector|Ambassador|Attorney|Prosecutor|Don|Sister|Brother|Jesuit|Journalist|Commander)"
)
_PERSON = re.compile(
    rf"(?:\b{_TITLES}\.?\s+)*\b[A-ZÁÉÍÓÚÑ][\w’'-]*[a-záéíóúñ][\w’'-]*(?:\s+(?:[A-Z]\.|(?:de|del|la|las|los|von|van|al|bin|y)(?=\s[A-Z])|[A-ZÁÉÍÓÚÑ][\w’'-]*[a-záéíóúñ]))+"
)
_NO_NAME = re.compile(
    r"\b(?:Front|Army|Forces?|Ministry|Party|Movement|Government|Department|City|Television|Radio|News|Council|Union|Command|Committee|Police|Guard|Brigade|Battalion"
    r"|Republic|States|Nations|University|Hospital|Church|Street|Avenue|Square|Airport|Province|County|District|Region|Company|Corporation|Bank|Agency"
    r"|Congress|Assembly|Court|January|February|March|April|May|June|July|August|September|October|November|December|Monday|Tuesday|Wednesday|Thursday"
    r"|Friday|Saturday|Sunday|North|South|East|West|United|National|International|Central|San|Santa|Santo|El|Los|Las|La|Puerto|Radio|Cadena)\b"
)


class Phrase(msgspec.Struct, frozen=True):
    """A phrase for people who may be victims.

    Attributes:
        span: the phrase, from its figure or first word to its head.
        number: where the figure stands.
        state: what the phrase itself says of them ("32 dead"), or None.
        elliptical: it has no noun: its people are those of an earlier phrase.
    """

    kind: Kind
    span: Span
    number: Span | None
    min: int | None
    max: int | None
    qualifier: Qualifier
    groups: tuple[Group, ...] = ()
    side: str | None = None
    state: State | None = None
    elliptical: bool = False
    head: str = ""


class _People(msgspec.Struct, frozen=True):
    group: Group | None
    plural: bool


@lru_cache(maxsize=1)
def _people() -> dict[str, _People]:
    """Nouns for people, lower case, with their group; nouns of two words joined by a blank."""
    found: dict[str, _People] = {}
    for line in _LEXICON.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            group, nouns = line.split("\t")
            for noun in nouns.split("|"):
                singular, _, plural = noun.partition("/")
                found[singular] = _People(group or None, plural=not plural)  # type: ignore[arg-type]  # checked by a test
                found[plural or singular] = _People(group or None, plural=True)  # type: ignore[arg-type]
    return found


@lru_cache(maxsize=1)
def _nationals() -> dict[str, str]:
    return gazetteer().nationals()


def phrases(text: str, start: int, end: int) -> list[Phrase]:
    """The phrases of a sentence, in order, none within another."""
    found: list[Phrase] = []
    for quantity in quantities(text, start, end):
        if phrase := _counted(text, quantity, end):
            found.append(phrase)
    taken = [phrase.span for phrase in found]
    for phrase in [*_nobodies(text, start, end), *_uncounted(text, start, end), *_named(text, start, end)]:
        if not any(a < phrase.span[1] and phrase.span[0] < b for a, b in taken):
            found.append(phrase)
            taken.append(phrase.span)
    return sorted(found, key=lambda phrase: phrase.span)


class _Head(msgspec.Struct, frozen=True):
    end: int
    word: str
    groups: tuple[Group, ...]
    plural: bool
    state: State | None
    side: str | None


def _head(text: str, start: int, end: int) -> _Head | None:
    """The noun for people that a phrase starting here is about, within a few words; None where it is about things."""
    best: _Head | None = None
    groups: list[Group] = []
    state: State | None = None
    side: str | None = None
    before = ""
    hits = {hit.span[0]: hit for hit in gazetteer().hits(text, start, min(end, start + 90)) if not hit.weak}
    for count, match in enumerate(_WORD.finditer(text, start, end)):
        word = match.group().lower()
        if count > _REACH or not word[0].isalpha() or (word in _BREAKS and word not in _STATE_ADJECTIVES):
            break
        if match.start() in hits and hits[match.start()].sense in ("demonym", "name"):
            side = hits[match.start()].country
        people = _people().get(f"{before} {word}") or _people().get(word)
        if people is not None or word in _nationals():
            if people is not None and people.group and people.group not in groups:
                if f"{before} {word}" in _people() and groups and word in _people():
                    groups = [g for g in groups if g != people.group]
                groups.append(people.group)
            if before in _STATE_ADJECTIVES:
                state = _STATE_ADJECTIVES[before]
            plural = people.plural if people is not None else True
            best = _Head(match.end(), word, tuple(dict.fromkeys(groups)), plural, state, side or _nationals().get(word))
        elif word in _STATE_HEADS and not (word in _STATE_ADJECTIVES and _noun_follows(text, match.end(), end)):
            return _Head(match.end(), word, tuple(dict.fromkeys(groups)), True, _STATE_HEADS[word], side)
        elif best is not None:
            break
        before = word
    return best


def _noun_follows(text: str, start: int, end: int) -> bool:
    match = re.compile(r"\s+([^\W\d_]+)").match(text, start, end)
    return match is not None and (match.group(1).lower() in _people() or match.group(1).lower() in _nationals())


_OF = re.compile(r"\s+of\s+(?:(?:the|its|their|his|her|our|them|those|these|whom|own|my)\b\s*){0,3}", re.IGNORECASE)


def _counted(text: str, quantity: Quantity, end: int) -> Phrase | None:
    at = quantity.extent[1]
    of = _OF.match(text, at, end)
    if (
        quantity.qualifier == "vague"
        and not of
        and text[slice(*quantity.number)].lower() in ("hundreds", "thousands", "millions")
    ):
        pass
    head = _head(text, of.end() if of else at, end)
    word = text[slice(*quantity.number)].lower()
    if head is not None:
        if word == "some" and not head.plural:
            return None
        if word == "one" and of is None and head.plural and head.state is None:
            return None
        return _of_quantity(quantity, head.end, head, elliptical=False)
    if of and re.search(r"\b(?:them|whom|those|these)\s*$", text[at : of.end()], re.IGNORECASE):
        return _of_quantity(quantity, of.end(), None, elliptical=True)
    following = _WORD.search(text, at, end)
    bare = following is None or not following.group()[0].isalpha() or following.group().lower() in _ELLIPTICAL
    if bare and word not in ("some", "a few"):
        return _of_quantity(quantity, quantity.number[1], None, elliptical=True)
    return None


def _of_quantity(quantity: Quantity, end: int, head: _Head | None, *, elliptical: bool) -> Phrase:
    return Phrase(
        kind="counted",
        span=(quantity.number[0], end),
        number=quantity.number,
        min=quantity.min,
        max=quantity.max,
        qualifier=quantity.qualifier,
        groups=head.groups if head else (),
        side=head.side if head else None,
        state=head.state if head else None,
        head=head.word if head else "",
        elliptical=elliptical,
    )


def _nobodies(text: str, start: int, end: int) -> Iterator[Phrase]:
    for match in _NOBODY.finditer(text, start, end):
        word = match.group().lower()
        head = _head(text, match.end(), end)
        if word == "no" and (head is None or (head.state is None and not head.plural)):
            continue
        stop = head.end if head is not None and (word == "no" or word.startswith("none of")) else match.end()
        yield Phrase(
            kind="none", span=(match.start(), stop), number=None, min=0, max=0, qualifier="exact",
            groups=head.groups if head and word != "nobody" else (), side=head.side if head else None,
            state=head.state if head and word == "no" else None, head=head.word if head else "",
        )  # fmt: skip


def _uncounted(text: str, start: int, end: int) -> Iterator[Phrase]:
    """ "A soldier", "the mayor"; "civilians", "residents of the town"."""
    for match in _SINGLE.finditer(text, start, end):
        head = _head(text, match.end(), end)
        if head is None or _COUNT_OF.match(text, match.end()):
            continue
        plural = head.plural
        if plural and match.group().strip().lower() in ("a", "an", "one", "another"):
            continue
        if head.word in ("other", "others", "people") and not plural:
            continue
        yield Phrase(
            kind="plural" if plural else "single", span=(match.start(), head.end), number=None, min=2 if plural else 1,
            max=None if plural else 1, qualifier="vague" if plural else "exact", groups=head.groups, side=head.side,
            state=head.state, head=head.word,
        )  # fmt: skip
    for match in _WORD.finditer(text, start, end):
        word = match.group().lower()
        people = _people().get(word)
        if (
            word in ("casualties", "deaths", "fatalities", "injuries")
            or (people is not None and people.plural)
            or word in _nationals()
        ):
            state = _STATE_HEADS.get(word) if people is None or word in ("victims",) else None
            yield Phrase(
                kind="plural", span=match.span(), number=None, min=2, max=None, qualifier="vague",
                groups=(people.group,) if people is not None and people.group else (), side=_nationals().get(word) or None,
                state=state, head=word,
            )  # fmt: skip


def _named(text: str, start: int, end: int) -> Iterator[Phrase]:
    for match in _PERSON.finditer(text, start, end):
        if not _NO_NAME.search(match.group()):
            yield Phrase(kind="name", span=match.span(), number=None, min=1, max=1, qualifier="exact", head="name")
