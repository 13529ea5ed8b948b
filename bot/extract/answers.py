"""What two claims of a report show of whether one answers the other: the signs that `disputes` weighs."""

from __future__ import annotations

import bisect
import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

import msgspec

from bot.extract.gazetteer import gazetteer
from bot.extract.opposites import Sides, opposite_in, scenes_in, sides_in
from bot.extract.stance import is_belittling, words_of
from bot.model.acts import Act, acts_in
from bot.model.summary import Actor, Claim

_NEGATION = re.compile(
    r"\b(?:not(?!\s+(?:only|less|more|fewer|just)\b)|n['’]t|no(?!\s+(?:fewer|less|more)\s+than\b)|never|none|nobody|nothing(?!\s+(?:else|but))|nowhere|neither|nor|without)\b|\bcannot\b|n['’]t\b",
    re.IGNORECASE,
)
_SAID = (
    r"(?:charges?|accusations?|allegations?|claims?|reports?|versions?|accounts?|responsibility|involvement|blame|figures?|tolls?|numbers?"
    r"|suggestions?|criticism|assertions?|recordings?|statements?|talk|stor(?:y|ies)|letters?|messages?|remarks?|idea|rumou?rs?|news|explanation"
    r"|descriptions?|posts?|articles?|counts?|comparisons?|theor(?:y|ies)|narratives?|footage|videos?|list|call|words|evidence|findings?|testimony)"
)
_PRONOUN = r"(?:it|this|that|them|these|those|so|both|which|him|her)"
_POINTS_BACK = re.compile(
    rf"^\W*(?:(?:any|all|the|these|those|this|that|such|both|his|her|its|their|of|an?|part|as)\s+)*(?:[\w-]+['’]s?\s+)?(?:[\w-]+\s+)?{_SAID}\b"
    rf"|^\W*(?:all\s+of\s+|both\s+|all\s+)?{_PRONOUN}(?:\W*$|\s*[\"“‘'—–:,]|\s+(?:as|is|was|were|are|to\s+be|(?:had\s+|ever\s+)*happened|\w+ly|at\s+once|outright|an?)\b)",
    re.IGNORECASE,
)
"""What was said, or a pronoun that is nearly all there is ("this", "it flatly"; not "it had killed")."""
_CHARGE_OF = re.compile(
    rf"^\W*(?:(?:any|all|the|these|those|this|that|such|an?)\s+)?(?:[\w-]+\s+)?{_SAID}\s+(?:of|that|about|by)\s",
    re.IGNORECASE,
)
"""A charge that is told in full: "rumours that he had fled"."""
_SPEAKS_OF_IT = re.compile(rf"\b(?:{_SAID}|it|this|that|them|him|both)\b", re.IGNORECASE)
_CONTRAST = re.compile(
    r"\b(?:but|however|yet|while|though|although|whereas|instead|meanwhile|for (?:its|his|her|their) part"
    r"|in (?:response|turn|reply)|nevertheless|contrary|conversely|by contrast)\b",
    re.IGNORECASE,
)
_COUNTERS = re.compile(
    r"\b(?:counter\w*|retort\w*|repl(?:y|ied|ies)|answer\w*|respond\w*|insist\w*|maintain\w*|hit back|shot back|stress\w*|sw(?:ore|ears?)"
    r"|protest\w*|object\w*|assur\w*)\b",
    re.IGNORECASE,
)
_DOUBTS = re.compile(
    r"\b(?:laugh\w*|wav(?:e|es|ed) (?:\w+ )?(?:away|aside)|mock\w*|ridicul\w*|sneer\w*|scoff\w*|ma[dk]es? fun|jok\w*|quipp\w*|brush\w*|shrug\w*"
    r"|question\w*|doubt\w*|contest\w*|challeng\w*|disput\w*|contradict\w*|different (?:version|account|story)|shift\w*|otherwise|differ\w*"
    r"|disagree\w*|refus\w*|correct(?:s|ed))\b",
    re.IGNORECASE,
)
_NO_ACCOUNT = re.compile(
    r"\b(?:promis|offer|express|prais|welcom|ask|thank|wish|hop(?:e|ing)|advis|recall|criticis|criticiz|apologi|congratulat|mourn|propos|invit"
    r"|pledg|wonder|jok|suggest|condemn|deplor)\w*",
    re.IGNORECASE,
)
"""Cues of who does not tell what happened."""
_BACKGROUND = re.compile(
    r"\b(?:since|between|in|from) (?:\w+ )?(?:19|20)\d\d\b|\blast year\b|\byears? ago\b|\bso far this year\b"
    r"|\bsince (?:the|january|february|march|april|may|june|july|august|september|october|november|december)\b",
    re.IGNORECASE,
)
_ONLY = re.compile(
    r"\b(?:only|merely|just|simply|nothing|no more than|instead|rather|actually|in fact|real|really|truth|on (?:its|their|his|her) own|never"
    r"|nobody|no one|none|not (?:one|an?))\b",
    re.IGNORECASE,
)
"""Words that set right what somebody may think: "had merely been asked", "on its own", "not one"."""
NUMBERED = re.compile(
    r"\d|\b(?:two|three|four|five|six|seven|eight|nine|ten|twenty|dozens?|hundreds?|thousands?|scores?)\b",
    re.IGNORECASE,
)
TOLL = re.compile(r"\b(?:figures?|tolls?|numbers?|counts?)\b", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]{3,}")
_BYSTANDERS = re.compile(
    r"\b(?:(?:eye)?witness(?:es)?|residents?|villagers?|survivors?|relatives?|famil(?:y|ies)|parents|mothers?|fathers?|brothers?|sisters?|widows?|sons?|daughters?"
    r"|cousins?|wife|husband|neighbou?rs?|doctors?|nurses?|surgeons?|priests?|teachers?|drivers?|farmers?|fisherm[ae]n|traders?|students?|people|lawyers?|elders?"
    r"|tenants?|inmates?|prisoners?|workers?|passengers?|skippers?|captain|medics?|paramedics?|wom[ae]n|m[ae]n|boys?|girls?|journalists?|photographers?|volunteers?|activists?)\b",
    re.IGNORECASE,
)
"""Who was there or looked after the harmed, and speaks for no side."""
_COMMON = frozenset(
    "the and that was were has had have been its his her their our they them with from for who whom which this these those into "
    "over under after before while when where not nor any all some more than most least about also but only one two three four "
    "five six seven eight nine ten said says say told tells will would could should may might must can did does done being are "
    "you your she him out off there here then now still just such very both each other others another between during against "
    "on at by of in as is it be to an or no so if do he we up".split()
)
_OFFICES = frozenset(
    "spokesman spokeswoman minister ministry official president chief head leader member commander general director office agency "
    "group organisation organization".split()
)
"""What many speakers of a report are called."""
_SIDES = frozenset(("state", "government", "military", "armed_group", "official"))
_DISTANCES = ("", "second", "third", "fourth_or_fifth", "fourth_or_fifth", "far")
_PARAGRAPHS = ("same_paragraph", "next_paragraph", "second_paragraph", "far_paragraph")
_SHORT = 6
_OPENING = 60
_BEFORE = 40
_MENTIONS = 6
_ANSWERABLE = 8
"""How many claims back an answer may reach."""
_OPPOSITE = 3
"""How many claims apart two accounts that stand against each other may be."""
_OWN_WEIGHT = ("whom", "cause")
"""Matters that are told of often enough to have a weight of their own."""
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

    `aside` are the words of its stretch that are neither source, cue nor content, `called` the stems by which its speaker is
    called, `told_of` those of the content, `words` those of all from shortly before the claim to its end. `names` are the countries,
    organisations and surnames in the content, `own` those that mean the speaker; `begins` and `ends` where its words do,
    `within` and `quotes`: its content lies in a claim's beside it, or holds one. `bystander`: the speaker speaks for no side.
    """

    claim: Claim
    speaker: Actor | None
    content: str
    cue: str
    aside: str
    called: frozenset[str]
    told_of: frozenset[str]
    words: frozenset[str]
    topic: frozenset[str]
    acts: frozenset[Act]
    sides: Sides
    scenes: frozenset[str]
    bystander: bool
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
        spans = sorted((*claim.source, *claim.cue, *claim.content))
        speaker = by_id.get(claim.speaker or "")
        called = (*claim.source, *(speaker.mentions[:_MENTIONS] if speaker else ()))
        found.append(
            Told(
                claim=claim,
                speaker=speaker,
                content=content,
                cue=words_of(text, claim.cue),
                aside=" ".join(text[end:start] for (_, end), (start, _) in pairwise(spans) if end < start),
                called=_telling(words_of(text, called)),
                told_of=_telling(content),
                words=_telling(text[max(claim.sentence[0], spans[0][0] - _BEFORE) : spans[-1][1]]),
                topic=topic(content) - named,
                acts=acts_in(content),
                sides=sides_in(content),
                scenes=scenes_in(content),
                bystander=bool(_BYSTANDERS.search(words_of(text, claim.source))),
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


def _telling(words: str) -> frozenset[str]:
    """The stems of words, without those that many speakers are called by."""
    return frozenset(_stem(word) for word in _WORD.findall(words.lower()) if word not in _COMMON | _OFFICES)


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
    yield from ("always", *given)
    yield from filter(None, (_DISTANCES[min(j - i, len(_DISTANCES)) - 1],))
    yield _PARAGRAPHS[min(other.paragraph - one.paragraph, len(_PARAGRAPHS) - 1)]
    found: dict[str, object] = {
        **_place_signs(told, i, j),
        **_stance_signs(one, other),
        **_topic_signs(one, other, rare),
        **_speaker_signs(one, other),
        "next_plain": j == i + 1 and one.claim.stance == other.claim.stance == "asserts",
        "contrast": _CONTRAST.search(_lead(text, one, other)),
        "counters": _COUNTERS.search(other.cue),
        "doubts": _DOUBTS.search(f"{other.cue} {other.aside}"),
        "belittles": is_belittling(f"{other.content} {other.cue}"),
        "earlier_no_account": _NO_ACCOUNT.search(one.cue),
        "later_no_account": _NO_ACCOUNT.search(other.cue),
        "earlier_background": _BACKGROUND.search(one.content),
        "later_background": other.claim.stance != "denies" and _BACKGROUND.search(other.content),
        "sets_right": _ONLY.search(other.content),
        "speaks_of_it_aside": _SPEAKS_OF_IT.search(other.aside),
        "speaks_of_it_next": j == i + 1 and _SPEAKS_OF_IT.search(other.content[:_OPENING]),
        "answerer_named_next": j == i + 1 and other.called & one.told_of,
        "later_short": len(other.content.split()) <= _SHORT,
        "later_quoted": other.content.strip()[:1] in ("“", '"'),
    }
    yield from (name for name, holds_of_them in found.items() if holds_of_them)
    if j <= i + _OPPOSITE and (matters := opposite_in(one.sides, other.sides)):
        yield "opposite"
        yield from ("opposite_twice",) if len(matters) > 1 else ()
        yield from (f"opposite_{matter}" for matter in matters if matter in _OWN_WEIGHT)


def _lead(text: str, one: Told, other: Told) -> str:
    """What stands before a claim's own words: since its sentence began, or since the other claim of that sentence ended."""
    start = one.ends if one.claim.sentence == other.claim.sentence else other.claim.sentence[0]
    return text[min(start, other.begins) : other.begins + 30] if start <= other.begins else ""


def _place_signs(told: Sequence[Told], i: int, j: int) -> dict[str, object]:
    """Where the two stand: in the report's first sentence, where a speaker's turn begins, and what else the later may answer."""
    one, other = told[i], told[j]
    bearing = {
        k: _bearing(told[k], other) for k in range(min(i, max(0, j - _ANSWERABLE)), j) if opposed(told[k], other)
    }
    return {
        "same_sentence": one.claim.sentence == other.claim.sentence,
        "lead": one.claim.sentence == told[0].claim.sentence,
        "turn_begins": told[j - 1].claim.speaker != other.claim.speaker,
        "turn_ends": told[i + 1].claim.speaker != one.claim.speaker,
        "nearer_one": any(k > i and bearing[k] >= bearing[i] for k in bearing),
        "likeliest_one": bearing[i] and bearing[i] == max(bearing.values()),
        "earlier_within_other": one.within,
        "later_quotes_claim": other.quotes,
    }


def _bearing(one: Told, other: Told) -> int:
    """How much of what an earlier claim tells comes again in a later one."""
    return len(one.topic & other.topic) + bool(one.acts & other.acts) + bool(one.names & other.own)


def _stance_signs(one: Told, other: Told) -> dict[str, object]:
    first, second = one.claim.stance, other.claim.stance
    denies = second == "denies"
    return {
        "earlier_denies": first == "denies",
        "earlier_negates": one.negated and first != "denies",
        "later_negates": other.negated and not denies,
        "later_acknowledges": second == "acknowledges",
        "later_denies": denies,
        "later_accuses": second == "accuses",
        "earlier_demands": first in ("demands", "warns"),
        "later_demands": second in ("demands", "warns"),
        "accused_denies": first == "accuses" and denies,
        "denies_next_to": denies and one.claim.sentence[1] + 4 >= other.claim.sentence[0],
    }


def _speaker_signs(one: Told, other: Told) -> dict[str, object]:
    return {
        "both_sides": all(who and who.type in _SIDES for who in (one.speaker, other.speaker)),
        "earlier_media": one.speaker and one.speaker.type == "media",
        "later_other": other.speaker and other.speaker.type == "other",
        "both_bystanders": one.bystander and other.bystander,
        "bystander_then_other": one.bystander and not other.bystander,
        "other_then_bystander": other.bystander and not one.bystander,
    }


def _topic_signs(one: Told, other: Told, rare: frozenset[str]) -> dict[str, object]:
    acts = bool(one.acts & other.acts)
    unlike = one.negated != other.negated
    denies = other.claim.stance == "denies"
    numbered = bool(NUMBERED.search(one.content)), bool(NUMBERED.search(other.content))
    of_earlier = bool(other.names & one.own)
    return {
        "shares_act": acts,
        "shares_scene": one.scenes & other.scenes,
        "shares_act_negated": acts and unlike,
        "shares_word_negated": unlike and one.topic & other.topic & rare,
        "earlier_of_later": one.names & other.own,
        "later_of_earlier": of_earlier,
        "names_whom_it_answers": one.called & other.words - other.called,
        "called_alike": one.called & other.called,
        "denies_what_another_said": denies and other.points_back and other.names - other.own and not of_earlier,
        "denies_another_charge": denies
        and _CHARGE_OF.match(other.content)
        and not one.topic & other.topic
        and not acts,
        "toll_denied_of_no_toll": denies and TOLL.search(other.content) and not (one.acts & _HARM and numbered[0]),
        "both_count_people": one.acts & other.acts & _HARM and all(numbered),
    }
