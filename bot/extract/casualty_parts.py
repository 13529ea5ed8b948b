"""Figures that are a part of another: "two of them civilians", "including 9 children", "four of the dead"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.extract.casualty_words import Trigger
from bot.extract.victims import Phrase
from bot.model.summary import State

_SUBSET = re.compile(
    r"(?:\b(?:including|among\s+(?:them|whom|the\s+dead|the\s+injured|the\s+wounded|the\s+victims|those\s+killed)|of\s+whom|amongst\s+them)\b[\s,:]*(?:were\s+|was\s+|are\s+|at\s+least\s+)?)$",
    re.IGNORECASE,
)
_QUALIFIED = re.compile(r"(?:at\s+least|more\s+than|about|some|up\s+to|over|nearly|almost)\s+$", re.IGNORECASE)
_SUBSET_NAMED = re.compile(
    r"\b(?:including|among\s+them|among\s+whom)[\s,:]+(?:(?!(?:and|or|by|in|of|at|with|for|from|to|on)\b)[\w.’'-]+\s+){1,4}$",
    re.IGNORECASE,
)
"""Before a name with who that is: "including the union's leader Ana Ruiz"."""
_OF_THEM = re.compile(r"\s*of\s+(?:them|whom|those|these)\b", re.IGNORECASE)
_AMONG_THEM = re.compile(
    r"\s+(?:was\s+|were\s+)?among\s+(?:them|the\s+(?:[\w-]+\s+)?(?:dead|injured|wounded|victims|killed))\b",
    re.IGNORECASE,
)
_OF_THE_STATE = re.compile(
    r"\bof\s+(?:the|those)\s+(?:dead|injured|wounded|killed|missing|victims|casualties)$", re.IGNORECASE
)
_DONE_TO_THEM = re.compile(
    r"\b(?:killing|wounding|injuring|capturing|abducting|arresting|executing|shot|killed)\s+(?:(?:at\s+least|more\s+than|about|some|up\s+to|over|nearly|almost)\s+)?$",
    re.IGNORECASE,
)
"""Before a count of people who are not counted themselves: "repelled the rebels, killing 30 of them"."""
_IS_A = re.compile(r"\s+(?:are|were|is|was)\s+(?:an?\s+|the\s+|her\s+|his\s+)?(?!\w+ed\b)\w+", re.IGNORECASE)


def is_part(text: str, start: int, phrase: Phrase) -> bool:
    """Whether a phrase is by its words a part of a figure in the same sentence."""
    begin = (phrase.number or phrase.span)[0]
    if _SUBSET.search(_QUALIFIED.sub("", text[max(start, begin - 50) : begin])):
        return True
    if phrase.kind == "name" and _SUBSET_NAMED.search(text, max(start, begin - 70), begin):
        return True
    if phrase.kind == "counted" and phrase.number and _OF_THEM.match(text, phrase.number[1]):
        return not _DONE_TO_THEM.search(text, max(start, begin - 40), begin)
    return phrase.kind in ("single", "counted") and bool(_AMONG_THEM.match(text, phrase.span[1]))


def with_joined(text: str, people: list[Phrase], parts: set[int]) -> set[int]:
    """Parts with those that "and" joins to them: "five women and a toddler among them"."""
    return parts | {
        i - 1
        for i in parts
        if i
        and _AMONG_THEM.match(text, people[i].span[1])
        and text[people[i - 1].span[1] : people[i].span[0]] == " and "
    }


_INCLUDING = re.compile(r"\b(?:including|among\s+(?:them|whom))[\s,:]+(?:at\s+least\s+|about\s+)?$", re.IGNORECASE)
_NEXT = re.compile(r"\s*,\s+(?:(?:the|at\s+least|about|\w+)\s+){0,2}", re.IGNORECASE)
_LAST = re.compile(r"\s+and\s+(?:(?:the|at\s+least|about|\w+)\s+){0,3}", re.IGNORECASE)


def with_listed(text: str, people: list[Phrase], parts: set[int]) -> set[int]:
    """Parts with those that follow them in a list: "including nine children, a guard and two women"."""
    found = set(parts)
    for i in parts:
        begin = (people[i].number or people[i].span)[0]
        named = people[i].kind == "name" and _SUBSET_NAMED.search(text, max(0, begin - 70), begin)
        if not named and not _INCLUDING.search(text, max(0, begin - 30), begin):
            continue
        chain: set[int] = set()
        for j in range(i + 1, len(people)):
            gap = (people[j - 1].span[1], people[j].span[0])
            if people[j].kind not in ("counted", "single", "name", "plural") or people[j].elliptical:
                break
            if _LAST.fullmatch(text, *gap):
                found |= chain | {j}
                break
            if not _NEXT.fullmatch(text, *gap):
                break
            chain.add(j)
    return found


_OPENS = re.compile(r"\s*(?:\(|--|[–—])\s*(?:[\w-]+\s+){0,3}")
_CLOSES = re.compile(r"\)|\s--|\s?[–—]")


def in_brackets(text: str, people: list[Phrase]) -> dict[int, int]:
    """Phrases in brackets or dashes behind the phrase that they part: "six people (four men and two women) were hurt"."""
    found: dict[int, int] = {}
    for i, whole in enumerate(people[:-1]):
        opens = _OPENS.match(text, whole.span[1], people[i + 1].span[0])
        if whole.kind not in ("counted", "plural") or i in found or not opens or opens.end() != people[i + 1].span[0]:
            continue
        closes = _CLOSES.search(text, people[i + 1].span[0], whole.span[1] + 250)
        if closes:
            found |= {j: i for j in range(i + 1, len(people)) if people[j].span[1] <= closes.start()}
    return found


def is_part_of_earlier(text: str, phrase: Phrase) -> bool:
    """ "Four of the dead", "Two of them are a mother and her son": a part of a figure told in an earlier sentence."""
    if phrase.kind != "counted":
        return False
    if _OF_THE_STATE.search(text[slice(*phrase.span)]):
        return True
    return (
        phrase.number is not None
        and bool(_OF_THEM.match(text, phrase.number[1]))
        and bool(_IS_A.match(text, phrase.span[1]))
    )


def parents(people: list[Phrase], subsets: set[int], states: dict[int, State]) -> dict[int, int]:
    """For each part the nearest earlier whole of its sentence (else a later one); sets the part's state to the whole's.

    An uncounted part behind both dead and injured may be of either: "two killed and nine hurt, including soldiers".
    """
    found: dict[int, int] = {}
    for i in sorted(subsets):
        held = any(j not in subsets and larger(people[j], people[i]) for j in range(i))
        later = () if people[i].elliptical or held else range(i + 1, len(people))
        order = [*range(i - 1, -1, -1), *later]
        wholes = [j for j in order if j not in subsets and j in states and larger(people[j], people[i])]
        both = {states[j] for j in wholes if j < i} >= {"killed", "injured"}
        if wholes and not (both and people[i].kind == "plural"):
            found[i] = wholes[0]
            states[i] = states[wholes[0]]
    return found


def breakdown(text: str, people: list[Phrase], states: dict[int, State], end: int) -> dict[int, int]:
    """Parts that add up to a whole told before them ("six bodies, four men and two women"); sets their state."""
    found: dict[int, int] = {}
    for i in sorted(states):
        whole = people[i]
        if whole.kind != "counted" or whole.min is None or whole.min != whole.max or whole.min < 2:
            continue
        total, parts = 0, []
        for j in range(i + 1, len(people)):
            part = people[j]
            if goes_on(text, whole.span[1], part, end):
                break  # "four died in one town, three in another and one in a third"
            if j in states or part.kind not in ("counted", "single") or part.min is None or part.min != part.max:
                break
            total += part.min
            parts.append(j)
            if total >= whole.min:
                break
        if total == whole.min and len(parts) >= 2:
            for j in parts:
                found[j] = i
                states[j] = states[i]
    return found


_OWN_VERB = re.compile(
    r"(?:\s*,[^,;.]{1,60},|\s*,)?(?:\s+(?:was|were|has|have|had|been|later|also|then|since|reportedly))*\s+$",
    re.IGNORECASE,
)


_OF_WHOM_BEFORE = re.compile(r"\bof\s+whom\s+(?:at\s+least\s+|about\s+|some\s+)?$", re.IGNORECASE)
_OF_WHOM = re.compile(r"\bof\s+(?:whom|them|those|these)$", re.IGNORECASE)


def own_verb(text: str, part: Phrase, at: int) -> bool:
    """Whether a verb is that of a part with "of whom" before it, and so not of the whole."""
    begin = (part.number or part.span)[0]
    named = _OF_WHOM.search(text[slice(*part.span)]) or _OF_WHOM_BEFORE.search(text, max(0, begin - 24), begin)
    return bool(named) and bool(_OWN_VERB.fullmatch(text, part.span[1], at))


def is_what_they_are(text: str, part: Phrase, after: Phrase) -> bool:
    """Whether a phrase only says what a part's people are: "six monks, five of whom were Danes"."""
    return (
        part.elliptical
        and after.kind == "plural"
        and bool(_OF_WHOM.search(text[slice(*part.span)]))
        and bool(_ARE.fullmatch(text, part.span[1], after.span[0]))
    )


_ARE = re.compile(r"\s+(?:was|were|are|is|being)\s+(?:also\s+|all\s+|both\s+)?", re.IGNORECASE)


def is_of_whom(text: str, one: Phrase, part: Phrase) -> bool:
    """Whether a part is of the people told right before it: "her children, one of whom was hurt"."""
    return (
        bool(_OF_WHOM.search(text[slice(*part.span)]))
        and not one.elliptical
        and text[one.span[1] : part.span[0]].strip() in (",", "--", "–", "—", "(")
    )


_LEFT = re.compile(r"\b(?:left|leaves|leaving)\s+$", re.IGNORECASE)


def is_left_with(text: str, start: int, one: Phrase, two: Phrase) -> bool:
    """Whether two phrases share the state behind the second: "left a guard and two clerks dead"."""
    joined = text[one.span[1] : two.span[0]].strip() == "and"
    return joined and bool(_LEFT.search(text, start, one.span[0])) and bool(_STATE_END.search(text, *two.span))


_STATE_END = re.compile(r"\b(?:dead|injured|wounded|missing)$", re.IGNORECASE)


def is_of_a_state(text: str, phrase: Phrase) -> bool:
    """ "One of the wounded", "two of those injured"."""
    return phrase.kind == "counted" and bool(_OF_THE_STATE.search(text[slice(*phrase.span)]))


def own_state(text: str, part: Phrase, found: Sequence[Trigger]) -> State | None:
    """What happened to a part alone ("three were hurt and one of them, a medic, died")."""
    for trigger in found:
        if trigger.span[0] > part.span[1] and trigger.standing in ("left", "either"):
            return trigger.state if _OWN_VERB.fullmatch(text, part.span[1], trigger.span[0]) else None
    return None


_GOES_ON = re.compile(
    r"(?:,\s*|\band\s+|;\s*)(?:and\s+)?(?:another\s+|some\s+|about\s+|at\s+least\s+|a\s+further\s+|more\s+than\s+)?$",
    re.IGNORECASE,
)
_ELSEWHERE = re.compile(r"\s+(?:in|at|near|on|elsewhere|during|from)\b", re.IGNORECASE)


def goes_on(text: str, start: int, phrase: Phrase, end: int) -> bool:
    """Whether a bare figure repeats the verb before it ("6,500 were killed in 2020, and some 30,000 in the 1990s")."""
    return (
        phrase.kind == "counted"
        and phrase.elliptical
        and bool(_GOES_ON.search(text, start, phrase.span[0]))
        and bool(_ELSEWHERE.match(text, phrase.span[1], end))
    )


_GRAVE = re.compile(
    r"(?:\s+(?:of\s+(?:them|whom)))?(?:\s+(?:are|is|were|was|remain(?:s|ed)?)(?=\s+in\b))?\s*,?\s*(?:reportedly\s+)?(?:critically|seriously|gravely|severely|badly|slightly|lightly|in\s+(?:a\s+)?(?:critical|serious|grave)\s+condition)\b(?!\s+(?:injured|wounded|hurt))",
    re.IGNORECASE,
)


def is_grave(text: str, phrase: Phrase, end: int) -> bool:
    """Whether a bare figure tells how badly some of the injured are hurt: "ten were wounded, two critically"."""
    return phrase.elliptical and bool(_GRAVE.match(text, phrase.span[1], end))


_BESIDES = re.compile(
    r"(?:\b(?:along|together)\s+with|\bas\s+well\s+as|,\s+as\s+(?:were|was|did))\s+(?:(?:the|his|her|their|at\s+least|about|some)\s+)*$",
    re.IGNORECASE,
)


def is_besides(text: str, start: int, phrase: Phrase) -> bool:
    """Whether a phrase suffers what one before it does: "was killed, along with two guards"."""
    return phrase.kind in ("counted", "single", "name") and bool(_BESIDES.search(text, start, phrase.span[0]))


def larger(whole: Phrase, part: Phrase) -> bool:
    """Whether one figure can hold the other."""
    return whole.kind in ("counted", "plural") and (whole.max is None or part.min is None or part.min <= whole.max)
