"""What two claims of a report show of whether one answers the other: the signs that `disputes` weighs."""

from __future__ import annotations

import bisect
import re
from collections.abc import Iterator, Sequence

import msgspec

from bot.extract.gazetteer import gazetteer
from bot.extract.stance import words_of
from bot.model.acts import Act, acts_in, is_bare_denial
from bot.model.summary import Actor, Claim

_NEGATION = re.compile(
    r"\b(?:not(?!\s+(?:only|less|more|fewer|just)\b)|n['’]t|no(?!\s+(?:fewer|less|more)\s+than\b)|never|none|nobody|nothing(?!\s+(?:else|but))|nowhere|neither|nor|without)\b|\bcannot\b|n['’]t\b",
    re.IGNORECASE,
)
_POINTS_BACK = re.compile(
    r"^\W*(?:(?:any|all|the|these|those|this|that|such|both|his|her|its|their)\s+)*(?:\w+['’]s?\s+)?(?:[\w-]+\s+)?"
    r"(?:charges?|accusations?|allegations?|claims?|reports?|versions?|accounts?|responsibility|involvement|blame|figures?|tolls?"
    r"|numbers?|suggestions?|criticism|assertions?|recordings?|it|this|that|them|statements?|talk|stor(?:y|ies)|letter|message"
    r"|remarks?|idea|rumou?rs?)\b",
    re.IGNORECASE,
)
_CONTRAST = re.compile(
    r"\b(?:but|however|yet|while|though|although|whereas|instead|meanwhile|for (?:its|his|her|their) part"
    r"|in (?:response|turn|reply)|nevertheless|contrary|conversely|by contrast)\b",
    re.IGNORECASE,
)
_COUNTERS = re.compile(
    r"\b(?:counter(?:ed|s)|retort\w*|repl(?:y|ied|ies)|answer\w*|respond\w*|insist\w*|maintain\w*|hit back|contradict\w*"
    r"|differ\w*|disagree\w*|objected|protest\w*|stress\w*)\b",
    re.IGNORECASE,
)
_CALLS = re.compile(r"\b(?:call\w*|describ\w*|brand\w*|label\w*|term(?:s|ed)|dub\w*)\b", re.IGNORECASE)
_ABSENT = re.compile(
    r"\b(?:nothing to do|nowhere near|had no (?:part|role|hand|knowledge)|not (?:present|involved)|(?:kilomet\w+|km|miles) away"
    r"|stray|staged|misfired|false flag)\b",
    re.IGNORECASE,
)
NUMBERED = re.compile(
    r"\d|\b(?:two|three|four|five|six|seven|eight|nine|ten|twenty|dozens?|hundreds?|thousands?|scores?)\b",
    re.IGNORECASE,
)
TOLL = re.compile(r"\b(?:figures?|tolls?|numbers?|counts?)\b", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]{3,}")
_COMMON = frozenset(
    "the and that was were has had have been its his her their our they them with from for who whom which this these those into "
    "over under after before while when where not nor any all some more than most least about also but only one two three four "
    "five six seven eight nine ten said says say told tells will would could should may might must can did does done being are "
    "you your she him out off there here then now still just such very both each other others another between during against "
    "on at by of in as is it be to an or no so if do he we up".split()
)
_SIDES = frozenset(("state", "government", "military", "armed_group", "official"))
_BODIES = frozenset(("state", "government", "military"))
_APART = frozenset(("international_org", "ngo"))
_DISTANCES = ("next", "second", "third", "fourth_or_fifth", "fourth_or_fifth", "far")
_SHORT = 6
_MENTIONS = 8
_HARM: frozenset[Act] = frozenset(("harm",))


def topic(words: str) -> frozenset[str]:
    """The stems of a content's telling words: crude, the same for "shelled" and "shelling"."""
    return frozenset(
        _stem(word) for word in (match.group().lower() for match in _WORD.finditer(words)) if word not in _COMMON
    )


def _stem(word: str) -> str:
    for ending in ("ations", "ation", "ings", "ing", "edly", "ed", "ies", "es", "s", "ly", "ment", "ion", "ers", "er"):
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            return word[: -len(ending)][:7]
    return word[:7]


class Told(msgspec.Struct, frozen=True):
    """A claim with what its signs are read from.

    `names` are the countries, organisations and surnames in the content, `own` those that mean the speaker; `begins` and
    `ends` where its words do, `within` and `quotes`: its content lies in a claim's beside it, or holds one.
    """

    claim: Claim
    speaker: Actor | None
    content: str
    cue: str
    topic: frozenset[str]
    acts: frozenset[Act]
    names: frozenset[str]
    own: frozenset[str]
    negated: bool
    points_back: bool
    begins: int
    ends: int
    paragraph: int
    within: bool
    quotes: bool


def told_claims(text: str, claims: Sequence[Claim], actors: Sequence[Actor]) -> list[Told]:
    """The claims with what linking looks at, in their order."""
    by_id = {actor.id: actor for actor in actors}
    own = {actor.id: _own_names(text, actor) for actor in actors}
    lines = [match.start() for match in re.finditer("\n", text)]
    found = []
    for number, claim in enumerate(claims):
        beside = [other for other in claims[max(0, number - 3) : number + 4] if other is not claim]
        content = words_of(text, claim.content)
        mine = own.get(claim.speaker or "", frozenset())
        hits = list(gazetteer().hits(content))
        named = frozenset(stem for hit in hits for stem in topic(content[slice(*hit.span)]))
        names = {hit.country if hit.sense != "organisation" else hit.name for hit in hits}
        spans = (*claim.source, *claim.cue, *claim.content)
        found.append(
            Told(
                claim=claim,
                speaker=by_id.get(claim.speaker or ""),
                content=content,
                cue=words_of(text, claim.cue),
                topic=topic(content) - named,
                acts=acts_in(content),
                names=frozenset(filter(None, names | {word for word in mine if word in content})),
                own=mine,
                negated=bool(_NEGATION.search(content)),
                points_back=bool(_POINTS_BACK.search(content)),
                begins=min(start for start, _ in spans),
                ends=max(end for _, end in spans),
                paragraph=bisect.bisect_left(lines, claim.sentence[0]),
                within=any(holds(other, claim) for other in beside),
                quotes=any(holds(claim, other) for other in beside),
            )
        )
    return found


def _own_names(text: str, speaker: Actor) -> frozenset[str]:
    """What means a speaker: its name, its country, and the organisation that it is named with."""
    own = {speaker.name.split()[-1]} if speaker.type in ("official", "other") else {speaker.name}
    own |= {speaker.country} if speaker.country else set()
    for start, end in speaker.mentions[:_MENTIONS]:
        own |= {hit.name for hit in gazetteer().hits(text, start, end) if hit.sense == "organisation"}
    return frozenset(own)


def rare_stems(told: Sequence[Told]) -> frozenset[str]:
    """Stems that less than a third of the report's claims hold (in a short report: all): what a claim is about."""
    limit = max(3, len(told) // 3)
    counted: dict[str, int] = {}
    for one in told:
        for stem in one.topic:
            counted[stem] = counted.get(stem, 0) + 1
    return frozenset(stem for stem, times in counted.items() if times <= limit)


def holds(outer: Claim, inner: Claim) -> bool:
    """Whether one claim's content lies within another's."""
    return any(start <= inner.content[0][0] and inner.content[-1][1] <= end for start, end in outer.content)


def opposed(one: Told, other: Told) -> bool:
    """Whether two claims are of different speakers, of whom at least one is named, and neither holds the other."""
    if one.claim.speaker == other.claim.speaker:
        return False
    return not holds(one.claim, other.claim) and not holds(other.claim, one.claim)


def signs(
    text: str, told: Sequence[Told], i: int, j: int, rare: frozenset[str], *, given: Sequence[str] = ()
) -> Iterator[str]:
    """The names of the signs that hold of an earlier claim `i` and a later one `j`, those that are `given` first."""
    one, other = told[i], told[j]
    between = told[i + 1 : j]
    yield from ("always", *given)
    yield _DISTANCES[min(j - i, len(_DISTANCES)) - 1]
    found: dict[str, object] = {
        "same_sentence": one.claim.sentence == other.claim.sentence,
        "same_paragraph": one.paragraph == other.paragraph,
        "nobody_between": all(k.claim.speaker in (one.claim.speaker, other.claim.speaker) for k in between),
        "earlier_within_other": one.within,
        "later_within_other": other.within,
        "earlier_quotes_claim": one.quotes,
        "later_quotes_claim": other.quotes,
        **_stance_signs(one, other),
        **_topic_signs(one, other, rare),
        **_speaker_signs(one, other),
        "contrast": bool(_CONTRAST.search(_lead(text, one, other))),
        "counters": bool(_COUNTERS.search(other.cue)),
        "calls_it": other.points_back and bool(_CALLS.search(other.cue)),
        "says_absent": bool(_ABSENT.search(other.content)),
        "later_short": len(other.content.split()) <= _SHORT,
        "later_quoted": other.content.strip()[:1] in ("“", '"'),
    }
    yield from (name for name, holds_of_them in found.items() if holds_of_them)


def _lead(text: str, one: Told, other: Told) -> str:
    """What stands before a claim's own words: since its sentence began, or since the other claim of that sentence ended."""
    start = one.ends if one.claim.sentence == other.claim.sentence else other.claim.sentence[0]
    return text[min(start, other.begins) : other.begins + 30] if start <= other.begins else ""


def _stance_signs(one: Told, other: Told) -> dict[str, object]:
    first, second = one.claim.stance, other.claim.stance
    denies = second == "denies"
    bare = denies and is_bare_denial(other.content)
    return {
        "earlier_denies": first == "denies",
        "later_denies": denies,
        "earlier_accuses": first == "accuses",
        "later_accuses": second == "accuses",
        "earlier_demands": first in ("demands", "warns"),
        "later_demands": second in ("demands", "warns"),
        "supports": "supports" in (first, second),
        "later_acknowledges": second == "acknowledges",
        "both_accuse": first == second == "accuses",
        "accused_denies": first == "accuses" and denies,
        "denies_next_to": denies and one.claim.sentence[1] + 4 >= other.claim.sentence[0],
        "later_negates": other.negated and not denies,
        "earlier_negates": one.negated and first != "denies",
        "denial_points_back": denies and other.points_back,
        "earlier_points_back": first == "denies" and one.points_back,
        "bare_denial": bare,
    }


def _topic_signs(one: Told, other: Told, rare: frozenset[str]) -> dict[str, object]:
    shared = len(one.topic & other.topic & rare)
    acts = bool(one.acts & other.acts)
    unlike = one.negated != other.negated
    denies = other.claim.stance == "denies"
    counted = bool(one.acts & _HARM) and bool(NUMBERED.search(one.content))
    of_later, of_earlier = bool(one.names & other.own), bool(other.names & one.own)
    return {
        "shares_word": shared >= 1,
        "shares_two": shared >= 2,
        "shares_three": shared >= 3,
        "shares_act": acts,
        "shares_act_negated": acts and unlike,
        "shares_word_negated": shared >= 1 and unlike,
        "denial_shares": denies and shared >= 1,
        "denial_of_nothing_told": denies and not (shared or acts or of_later or other.points_back),
        "earlier_of_later": of_later,
        "later_of_earlier": of_earlier,
        "of_each_other": of_later and of_earlier,
        "of_each_other_act": of_later and of_earlier and acts,
        "accuses_later": of_later and one.claim.stance == "accuses",
        "denier_named": denies and of_later,
        "denies_what_speaker_said": denies and other.points_back and bool((other.names - other.own) & one.own),
        "denies_what_another_said": denies and other.points_back and bool(other.names - other.own) and not of_earlier,
        "toll_denied": denies and bool(TOLL.search(other.content)) and counted,
        "toll_denied_of_no_toll": denies and bool(TOLL.search(other.content)) and not counted,
        "both_count_people": bool(one.acts & other.acts & _HARM)
        and bool(NUMBERED.search(one.content) and NUMBERED.search(other.content)),
    }


def _speaker_signs(one: Told, other: Told) -> dict[str, object]:
    first, second = one.speaker, other.speaker
    if first is None or second is None:
        return {"nobody_named": True}
    alike = first.country is not None and first.country == second.country
    persons = "official" in (first.type, second.type)
    return {
        "one_country": alike,
        "office_and_its_state": alike and persons and {first.type, second.type} <= _SIDES,
        "one_state": alike and first.type in _BODIES and second.type in _BODIES,
        "two_countries": bool(first.country and second.country and not alike),
        "both_sides": first.type in _SIDES and second.type in _SIDES,
        "same_kind": first.type == second.type,
        "earlier_media": first.type == "media",
        "later_media": second.type == "media",
        "earlier_other": first.type == "other",
        "later_other": second.type == "other",
        "apart": first.type in _APART or second.type in _APART,
    }
