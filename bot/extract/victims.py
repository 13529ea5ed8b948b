"""Phrases that name people as victims: "at least 25 people", "a civilian engineer", "two of them", "80", a person's name."""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from bot.extract.gazetteer import gazetteer
from bot.extract.numbers import NUMBER_WORDS, Quantity, after_count, quantities, value_of
from bot.extract.victim_apposed import apposed
from bot.extract.victim_counts import closed, counts_no_victims, have_died_since, of_people_told, stands_before_its_noun
from bot.extract.victim_heads import STATE_HEADS, WORD, Head, head_at, national_at, nationals, people_nouns
from bot.extract.victim_names import names
from bot.extract.victim_phrase import Phrase as Phrase
from bot.model.report import Span
from bot.model.summary import Group

_ELLIPTICAL = frozenset(
    "was were is are had has have been who of in on at by when from aboard during as after and or killed injured wounded hurt dead "
    "died missing critically seriously slightly lightly gravely still remain remained remains unaccounted more others other later since "
    "perished drowned displaced captured feared went while but following because before today yesterday overnight outside inside across early homeless remaining captive".split()
)
_SINGLE = re.compile(
    r"\b(?:both|a|an|one|another|the|his|her|their|its|whose|former|this|that|(?-i:[A-Z][\w-]+)['’]s)\s+", re.IGNORECASE
)
_SAID_THAT = re.compile(
    r"\b(?:said|says|say|added|reported|stated|announced|claimed|confirmed|indicated|told|stressed|noted|learned|reports?|denied|den(?:y|ies)|confirms?)(?:\s+(?:today|yesterday|also|later|here|\w+day))?\s+that\s+$",
    re.IGNORECASE,
)
"""With "that" which points to nobody: "he added that commander Ruiz was hurt"."""
_COUNT_OF = re.compile(
    r"\s*(?:number|total|count|figure|toll|list|names?|families|relatives|bodyguards?)\s+of\b", re.IGNORECASE
)
_DETERMINED = re.compile(r"(?:(?:an?|the|no|any|some|at|all|both|his|her|their|its)\b|\d+\s)", re.IGNORECASE)
_AND = re.compile(r"\s+and\s+(?=[a-z])(?!(?:an?|the|his|her|their|its|one|another)\b)")
"""Before a noun that shares the article before: "his guard and driver"."""
_OF_EACH = re.compile(r"\s+(?:was|were|has been|had been|is|got)\s+\w+", re.IGNORECASE)
"""What makes "no child" count: it says what happened to none of them."""
_OF_FIGURES = re.compile(r"\s+(?:figures?|counts?|tolls?|numbers?|lists?)\b", re.IGNORECASE)
"""What makes a word for casualties one for numbers: "no casualty figures"."""
_LIVES_LOST = re.compile(r"\b(?:cost\w*|claim\w*|t[ao]k\w*|took|los[est]\w*|tolls?)\b", re.IGNORECASE)
_NOBODY = re.compile(
    r"\b(?:nobody|no\s?one|(?:none|neither(?!\s+(?:figure|number|toll|count|account|side|claim|party|report|government|army|country|capital|statement)s?\b))(?:\s+of\s+(?:the|its|their|our|them)\b)?|not\s+(?:even\s+)?(?:one|a\s+single)(?:\s+of\s+(?:the|its|their|our|them))?|no|(?<=denied\s)any|(?<=denied\sthat\s)any|(?<=denies\sthat\s)any|(?<=denies\s)any|(?<=without\s)any|(?<=without\scausing\s)any)\b",
    re.IGNORECASE,
)
_AMONG = re.compile(r"\s+(?:among|amongst|to|on|in)\s+(?:the\s+|its\s+|their\s+|our\s+)?", re.IGNORECASE)
_POPULATION = re.compile(r"(?:[a-z]+\s+){0,2}population\b", re.IGNORECASE)
_ANOTHER = re.compile(
    r"\b(?:another|a\s+second|a\s+third)\b(?=\s+(?:(?:was|were)\s+)?(?:\w+ly\s+)?(?:killed|wounded|injured|hurt|died|missing|dead|abducted|kidnapped|captured)\b)|(?:(?<=injuring\s)|(?<=wounding\s)|(?<=killing\s)|(?<=injured\s)|(?<=wounded\s))another\b(?=\s*(?:[.,;]|$)|\s+(?:and|in|at|on|when)\b)",
    re.IGNORECASE,
)


_IS = re.compile(r"\s+(?:were|was|are|is)\s+(?:all\s+|an?\s+|both\s+)?", re.IGNORECASE)


_PART_OF = re.compile(r"\bof\s+(?:the|its|their|those)\s+$", re.IGNORECASE)
"""Before a figure of whose people a part is spoken of: "17 of the 20 dead were women"."""


def predicate_groups(text: str, phrase: Phrase, end: int) -> tuple[Group, ...]:
    """The groups that the predicate gives a figure without any: "four of the dead were children"."""
    start = phrase.span[0]
    verb = _IS.match(text, phrase.span[1], end) if phrase.kind == "counted" else None
    if verb is None or _PART_OF.search(text, max(0, start - 16), start):
        return ()
    head = head_at(text, verb.end(), end)
    return head.groups if head is not None and head.state is None else ()


def phrases(text: str, start: int, end: int) -> list[Phrase]:
    """The phrases of a sentence, in order, none within another."""
    found: list[Phrase] = []
    for quantity in quantities(text, start, end):
        if (phrase := _counted(text, quantity, end)) and not (found and phrase.span[0] < found[-1].span[1]):
            found.append(phrase)
    taken = [phrase.span for phrase in found]
    for phrase in [
        *_nobodies(text, start, end),
        *_others(text, start, end),
        *_uncounted(text, start, end),
        *(_named(span) for span in names(text, start, end)),
    ]:
        if not _overlaps(phrase.span, taken):
            titled = _with_title(text, start, phrase) if phrase.kind == "name" else phrase
            phrase = phrase if _overlaps(titled.span, taken) else titled
            found.append(phrase)
            taken.append(phrase.span)
        elif phrase.kind == "name":
            found = [_with_name(one, phrase.span) for one in found]
            taken = [one.span for one in found]
    return apposed(text, sorted(found, key=lambda phrase: phrase.span))


def _with_name(one: Phrase, name: Span) -> Phrase:
    """A person told by a noun that the name begins with: "the Spanish Jesuit Ana Ruiz"."""
    if one.kind == "single" and one.min == one.max == 1 and one.span[0] <= name[0] < one.span[1] < name[1]:
        return msgspec.structs.replace(one, span=(one.span[0], name[1]))
    return one


_MORE = re.compile(
    r"\s+(?:more|further|additional)(?=\s+[a-z])(?!\s+(?:was|were|are|is|had|have|in|on|at|and|or|wounded|injured|killed|missing|hurt)\b)",
    re.IGNORECASE,
)
_OF = re.compile(
    r"\s+of\s+(?:(?:the|its|their|his|her|our|them|those|these|whom|own|my)\b\s*){0,3}(?:(?:most|least|best)[\s-]+(?=[a-z]))?",
    re.IGNORECASE,
)


def _counted(text: str, quantity: Quantity, end: int) -> Phrase | None:
    at = quantity.extent[1]
    if more := _MORE.match(text, at, end):
        at = more.end()
    if counts_no_victims(text, quantity, at, end):
        return None
    alone, word = quantity.number[1], text[slice(*quantity.number)].lower()
    of = _OF.match(text, at, end)
    begin = of.end() if of else at
    head = head_at(text, begin, end)
    if head is None and word == "one" and not of:
        head = national_at(text, begin, end)
    if of and head is None and (inner := after_count(text, begin)) > begin:
        head = head_at(text, inner, end)  # "four of the nine students"
        if head is not None and head.state is not None and have_died_since(text, head.end, end):
            return _of_quantity(quantity, alone, None, elliptical=True)
        if head is None or head.state is not None:
            return None
    if head is not None:
        if word == "some" and not head.plural:
            return None
        if word == "one" and of is None and head.plural and head.state is None:
            return None
        if head.word == "lives" and not _LIVES_LOST.search(text, max(0, at - 60), min(end, head.end + 30)):
            return None
        head = _among(text, head, end)
        return _of_quantity(quantity, closed(text, begin, head.end), head, elliptical=False)
    if of:
        if not of_people_told(text, at, of.end(), end):
            return None  # "thousands of goats"
        return _of_quantity(quantity, at + len(text[at : of.end()].rstrip()), None, elliptical=True)
    following = WORD.search(text, at, end)
    bare = following is None or not following.group()[0].isalpha() or following.group().lower() in _ELLIPTICAL
    if (bare and word not in ("some", "a few")) or stands_before_its_noun(text, at, end):
        return _of_quantity(quantity, alone, None, elliptical=True)
    return None


def _of_quantity(quantity: Quantity, end: int, head: Head | None, *, elliptical: bool) -> Phrase:
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


def _among(text: str, head: Head, end: int) -> Head:
    """A word for casualties with the groups and the side of those whom it speaks of ("casualties among civilians")."""
    if head.state is None or head.groups or not (among := _AMONG.match(text, head.end, end)):
        return head
    if (whom := head_at(text, among.end(), end)) is not None and whom.word not in STATE_HEADS:
        return msgspec.structs.replace(head, groups=whom.groups, side=head.side or whom.side)
    if _POPULATION.match(text, among.end(), end):
        return msgspec.structs.replace(head, groups=("civilian",))
    first = next((hit for hit in gazetteer().hits(text, among.end(), min(end, among.end() + 40))), None)
    if first is not None and first.span[0] == among.end() and re.match(r"\s+side\b", text[first.span[1] :]):
        return msgspec.structs.replace(head, side=first.country)
    return head


def _nobodies(text: str, start: int, end: int) -> Iterator[Phrase]:
    for match in _NOBODY.finditer(text, start, end):
        word = match.group().lower()
        head = head_at(text, after_count(text, match.end() + 1) if " of " in word else match.end(), end)
        if word == "any" and (head is None or (head.state is None and not head.plural)):
            continue
        if word == "no" and (head is None or not (head.state or head.plural or _OF_EACH.match(text, head.end, end))):
            continue
        if head is not None and _OF_FIGURES.match(text, head.end, end):
            continue
        stop = (
            head.end
            if head is not None and (word in ("no", "any") or word.startswith(("none of", "neither of", "not ")))
            else match.end()
        )
        if head is not None and word in ("no", "any"):
            head = _among(text, head, end)
        yield Phrase(
            kind="none", span=(match.start(), stop), number=None, min=0, max=0, qualifier="exact",
            groups=head.groups if head and word != "nobody" else (), side=head.side if head else None,
            state=head.state if head and word in ("no", "any") else None, head=head.word if head else "",
        )  # fmt: skip


def _uncounted(text: str, start: int, end: int) -> Iterator[Phrase]:
    """ "A soldier", "the mayor"; "civilians", "residents of the town"."""
    for match in _SINGLE.finditer(text, start, end):
        if _DETERMINED.match(text, match.end(), end) or _SAID_THAT.search(
            text, max(start, match.start() - 26), match.end()
        ):
            continue
        head = head_at(text, match.end(), end)
        if head is None and match.group().strip().lower() in ("a", "an", "another"):
            head = national_at(text, match.end(), end)
        if head is None or _COUNT_OF.match(text, match.end()) or _OF_FIGURES.match(text, head.end, end):
            continue
        if head.word in _DEEDS and match.group().rstrip().endswith(("'s", "’s")):
            continue  # "Ruiz's death" is told of Ruiz
        plural = head.plural
        if plural and head.word in nationals() and not head.word.endswith("s"):
            plural = False
        if plural and match.group().strip().lower() in ("a", "an", "one", "another"):
            continue
        if head.word in ("other", "others", "people") and not plural:
            continue
        if head.word in _HOUSES and not plural:
            yield _house(text, (match.start(), head.end), head, end)
            continue
        if plural and match.group().strip().lower() == "both":
            yield Phrase(
                kind="counted", span=(match.start(), head.end), number=None, min=2, max=2, qualifier="exact",
                groups=head.groups, side=head.side, state=head.state, head=head.word,
            )  # fmt: skip
            continue
        yield Phrase(
            kind="plural" if plural else "single", span=(match.start(), head.end), number=None, min=2 if plural else 1,
            max=None if plural else 1, qualifier="vague" if plural else "exact", groups=head.groups, side=head.side,
            state=head.state, head=head.word,
        )  # fmt: skip
        shared = not plural and match.group().strip().lower() in ("the", "his", "her", "their", "its", "whose")
        beside = _AND.match(text, head.end, end) if shared else None
        other = head_at(text, beside.end(), end) if beside else None
        if beside and other is not None and not other.plural and other.state is None:
            yield Phrase(
                kind="single", span=(beside.end(), other.end), number=None, min=1, max=1, qualifier="exact",
                groups=other.groups, side=other.side, head=other.word,
            )  # fmt: skip
    for match in WORD.finditer(text, start, end):
        word = match.group().lower()
        people = people_nouns().get(word)
        if word == "police" and _KIND_OF.match(text, match.end(), end):
            continue
        if (
            word in ("casualties", "deaths", "fatalities", "injuries")
            or (people is not None and people.plural)
            or (word in nationals() and word.endswith(_PLURAL_ENDS))
        ):
            state = STATE_HEADS.get(word) if people is None or word in ("victims",) else None
            whom = _among(text, Head(match.end(), word, (), True, state, None), end)
            yield Phrase(
                kind="plural", span=match.span(), number=None, min=2, max=None, qualifier="vague",
                groups=(people.group,) if people is not None and people.group else whom.groups,
                side=nationals().get(word) or whom.side,
                state=state, head=word,
            )  # fmt: skip


_DEEDS = frozenset(("death", "deaths", "killings", "murders", "injuries"))
_KIND_OF = re.compile(
    r"\s+(?!(?:was|were|had|have|has|is|are|in|on|at|and|or|who|during|by|from|after|with|dead|killed|wounded|injured|said|also)\b)[^\W\d_]+"
)
"""After "police" that only tells what kind of officer, chief or car follows."""
_PLURAL_ENDS = ("s", "ese", "ish", "ch", "men")
"""How words for people of a country end that can be a plural: "Chadians", "Chinese"."""
_HOUSES = frozenset(("family", "household", "couple", "crew"))
"""Nouns that are one word for several people."""
_OF_SO_MANY = re.compile(r"\s+of\s+(?:at\s+least\s+)?([\w-]+)\b(?!\s+(?:the|his|her|their))", re.IGNORECASE)


def _count_in(word: str) -> int | None:
    plain = word.lower()
    return value_of(plain) if plain.isdigit() or plain in NUMBER_WORDS else None


def _house(text: str, span: Span, head: Head, end: int) -> Phrase:
    """ "A family of six" is six, "a couple" two, "a family" at least two."""
    match = _OF_SO_MANY.match(text, span[1], end)
    count = _count_in(match.group(1)) if match else None
    if match and count and count > 1:
        return Phrase(
            kind="counted", span=(span[0], match.end(1)), number=match.span(1), min=count, max=count, qualifier="exact",
            groups=head.groups, side=head.side, state=head.state, head=head.word,
        )  # fmt: skip
    couple = head.word == "couple"
    return Phrase(
        kind="single", span=span, number=None, min=2, max=2 if couple else None, qualifier="exact" if couple else "vague",
        groups=head.groups, side=head.side, state=head.state, head=head.word,
    )  # fmt: skip


def _others(text: str, start: int, end: int) -> Iterator[Phrase]:
    """ "Another", "a second", where what happened follows: the people are those of an earlier phrase."""
    for match in _ANOTHER.finditer(text, start, end):
        yield Phrase(
            kind="counted", span=match.span(), number=None, min=1, max=1, qualifier="exact", head="another",
            elliptical=True,
        )  # fmt: skip


def _named(span: Span) -> Phrase:
    return Phrase(kind="name", span=span, number=None, min=1, max=1, qualifier="exact", head="name")


_TITLE = re.compile(r"(?<![\w-])([a-z]\w+)\s+$")


def _with_title(text: str, start: int, phrase: Phrase) -> Phrase:
    """A name with the noun before it that tells who that is: "announcer Ana Ruiz"."""
    before = _TITLE.search(text, max(start, phrase.span[0] - 40), phrase.span[0])
    noun = people_nouns().get(before.group(1)) if before else None
    if before is None or noun is None or noun.plural:
        return phrase
    groups = (noun.group,) if noun.group else ()
    return msgspec.structs.replace(phrase, span=(before.start(), phrase.span[1]), groups=groups)


def _overlaps(span: Span, taken: list[Span]) -> bool:
    return any(a < span[1] and span[0] < b for a, b in taken)
