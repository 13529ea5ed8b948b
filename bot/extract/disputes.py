"""Which claims of a report cannot stand beside each other, and which negated contents thereby are denials.

CONTRACT rules 8, 9 and 12. Precision before recall: a link needs a shared topic, or words that point back ("the charge",
"these figures") with something before them to point to.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import msgspec

from bot.extract.gazetteer import gazetteer
from bot.extract.stance import words_of
from bot.model.summary import Actor, CasualtyFigure, Claim

_NEGATION = re.compile(
    r"\b(?:not|n['’]t|no|never|none|nobody|nothing|neither|nor|without)\b|\bcannot\b|n['’]t\b", re.IGNORECASE
)
_POINTS_BACK = re.compile(
    r"^\W*(?:any\s+|all\s+|the\s+|these\s+|those\s+|this\s+|that\s+|such\s+|all\s+of\s+)*(?:\w+['’]s?\s+)?(?:\w+\s+)?"
    r"(?:charges?|accusations?|allegations?|claims?|reports?|versions?|accounts?|responsibility|involvement|blame|figures?|tolls?|numbers?"
    r"|suggestions?|criticism|assertions?|recordings?|it|this|that|them|statements?|talk)\b",
    re.IGNORECASE,
)
_FIGURES = re.compile(r"\b(?:figures?|tolls?|numbers?|counts?)\b", re.IGNORECASE)
_OWN_FACT = re.compile(
    r"\b(?:expects?|plans?|hopes?|know|clear|verif\w+|confirm\w*|independently|yet|comment|immediately|longer)\b",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d_]{3,}")
_COMMON = frozenset(
    "the and that was were has had have been its his her their our they them with from for who whom which this these those into "
    "over under after before while when where not nor any all some more than most least about also but only one two three four "
    "five six seven eight nine ten said says say told tells will would could should may might must can did does done being are "
    "you your she him out off there here then now still just such very both each other others another between during against "
    "on at by of in as is it be to an or no so if do he we up".split()
)
_NUMBERED = re.compile(
    r"\d|\b(?:two|three|four|five|six|seven|eight|nine|ten|twenty|dozens?|hundreds?|thousands?|scores?)\b",
    re.IGNORECASE,
)
_HARM = ("killed", "injured", "missing", "unspecified")
_BREATH = 4
"""Characters between the sentences of one breath."""
_ABOUT_ROLE = re.compile(
    r"\b(?:responsib\w+|involve\w+|target\w*|role|part|guilt\w*|wrongdoing|behind)\b", re.IGNORECASE
)
_IRREGULAR = {
    "struck": "strik",
    "strike": "strik",
    "strikes": "strik",
    "shot": "shoot",
    "fired": "fir",
    "fire": "fir",
    "died": "dead",
    "die": "dead",
    "deaths": "dead",
    "death": "dead",
    "hurt": "injur",
    "injured": "injur",
    "wounded": "injur",
    "blew": "blow",
    "blown": "blow",
}
_FAR = 14
"""How many claims back a denial may reach."""
_BESIDE = 12
_MENTIONS = 8
_NEAR = 6
"""How many claims back (and half as many ahead) an answer may reach."""


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


class _Told(msgspec.Struct, frozen=True):
    """A claim with what linking looks at.

    `names` are the countries, organisations and surnames in the content; `self_names` those that mean the speaker.
    """

    claim: Claim
    content: str
    topic: frozenset[str]
    names: frozenset[str]
    self_names: frozenset[str]
    negated: bool


def link_disputes(
    text: str, claims: Sequence[Claim], figures: Sequence[CasualtyFigure], actors: Sequence[Actor]
) -> tuple[Claim, ...]:
    """The claims with their disputes, both ways, and with negated answers made denials."""
    self_names = {actor.id: _self_names(text, actor) for actor in actors}
    told = [_told(text, claim, self_names.get(claim.speaker or "", frozenset())) for claim in claims]
    rare = _rare(told)
    links: set[tuple[int, int]] = set()
    denials = {i for i, one in enumerate(told) if one.claim.stance == "denies"}
    counted = frozenset(f.according_to for f in figures if f.state in _HARM)
    for i, one in enumerate(told):
        carries = any(_holds(one.claim, other.claim) for other in _beside(i, told) if other is not one)
        if i in denials:
            answered = _denied(i, told, rare, counted)
        elif one.negated and not carries and one.claim.stance == "asserts" and not _OWN_FACT.search(one.content):
            answered = [j for j in _around(i, told) if _opposed(one, told[j]) and _answers(i, j, told, rare)]
        else:
            answered = []
        if answered:
            denials.add(i)
            links |= {(i, k) for j in answered for k in _carriers(j, told) if _opposed(one, told[k])}
        links |= {(i, j) for j in range(i) if _mutual(one, told[j], rare)}
    links |= _followed(told, denials, links)
    links |= _exclusive(claims, figures)
    return tuple(
        msgspec.structs.replace(
            claim,
            stance="denies" if i in denials and claim.stance == "asserts" and told[i].negated else claim.stance,
            disputes=tuple(claims[j].id for j in range(len(claims)) if j != i and ((i, j) in links or (j, i) in links)),
        )
        for i, claim in enumerate(claims)
    )


def _self_names(text: str, speaker: Actor) -> frozenset[str]:
    """What means a speaker: its name, its country, and the organisation that it is named with."""
    own = {speaker.name.split()[-1]} if speaker.type in ("official", "other") else {speaker.name}
    own |= {speaker.country} if speaker.country else set()
    for start, end in speaker.mentions[:_MENTIONS]:
        own |= {hit.name for hit in gazetteer().hits(text, start, end) if hit.sense == "organisation"}
    return frozenset(own)


def _told(text: str, claim: Claim, own: frozenset[str]) -> _Told:
    content = words_of(text, claim.content)
    hits = list(gazetteer().hits(content))
    names = {hit.country if hit.sense != "organisation" else hit.name for hit in hits}
    names |= {word for word in own if word in content}
    named = frozenset(stem for hit in hits for stem in topic(content[slice(*hit.span)]))
    return _Told(
        claim,
        content,
        topic(content) - named,
        frozenset(filter(None, names)),
        own,
        bool(_NEGATION.search(content)),
    )


def _rare(told: Sequence[_Told]) -> frozenset[str]:
    """Stems that less than a third of the report's claims hold (in a short report: all): what a claim is about."""
    limit = max(3, len(told) // 3)
    every = {stem for one in told for stem in one.topic}
    return frozenset(stem for stem in every if sum(stem in one.topic for one in told) <= limit)


def _beside(i: int, told: Sequence[_Told]) -> Sequence[_Told]:
    """The claims among which one that holds a claim, or is held by it, must stand: claims are in text order."""
    return told[max(0, i - _BESIDE) : i + _BESIDE + 1]


def _around(i: int, told: Sequence[_Told]) -> list[int]:
    return [j for j in range(max(0, i - _NEAR), min(len(told), i + _NEAR // 2)) if j != i]


def _opposed(one: _Told, other: _Told) -> bool:
    """Whether two claims are of different speakers, of whom at least one is named, and neither holds the other."""
    if one.claim.speaker == other.claim.speaker:
        return False
    return not _holds(one.claim, other.claim) and not _holds(other.claim, one.claim)


def _holds(outer: Claim, inner: Claim) -> bool:
    """Whether one claim's content lies within another's."""
    return any(start <= inner.content[0][0] and inner.content[-1][1] <= end for start, end in outer.content)


def _carriers(j: int, told: Sequence[_Told]) -> list[int]:
    """A claim and those that carry the same content: the agency's that quotes it, and what it quotes."""
    claim = told[j].claim
    near = range(max(0, j - _BESIDE), min(len(told), j + _BESIDE + 1))
    return [k for k in near if k == j or _holds(told[k].claim, claim) or _holds(claim, told[k].claim)]


def _denied(i: int, told: Sequence[_Told], rare: frozenset[str], counted: frozenset[str | None]) -> list[int]:
    """What a denial answers: claims about the same thing, best those that speak of the denier; or what it points back to."""
    one = told[i]
    answerable = [
        j
        for j in range(max(0, i - _FAR), min(len(told), i + _NEAR // 2))
        if _opposed(one, told[j]) and told[j].claim.stance not in ("demands", "supports", "denies", "acknowledges")
    ]
    before = [j for j in answerable if j < i]
    points_back = bool(_POINTS_BACK.search(one.content))
    if points_back:
        if _FIGURES.search(one.content):
            return [j for j in before if told[j].claim.id in counted][-3:]
        if whose := [j for j in before if (one.names - one.self_names) & told[j].self_names]:
            return _same_voice(whose[-1], before, told)
        if one.names and not one.names & one.self_names:
            return []
    scores = {j: _bearing(one, told[j], rare) for j in answerable}
    if one.topic & rare or not points_back:
        best = max(scores.values(), default=0.0)
        if found := [j for j in answerable if scores[j] >= max(2.0, best - 0.5)]:
            return found
    if points_back or _ABOUT_ROLE.search(one.content):
        accusing = [j for j in before if told[j].claim.stance == "accuses"]
        about_me = [j for j in before if one.self_names & told[j].names]
        near = [j for j in before if j >= i - 2]
        if pointed := about_me or accusing or near:
            chief = next((j for j in reversed(pointed) if told[j].claim.stance == "accuses"), pointed[-1])
            return _same_voice(chief, before, told)
    return []


def _bearing(one: _Told, other: _Told, rare: frozenset[str]) -> float:
    """How much a claim looks like what a denial answers: shared telling words, the denier's name, an accusation."""
    shared = len(one.topic & other.topic & rare)
    about_me = bool(one.self_names & other.names)
    return shared + 1.0 * about_me + (0.5 if other.claim.stance == "accuses" else 0.0) if shared or about_me else 0.0


def _same_voice(j: int, among: Sequence[int], told: Sequence[_Told]) -> list[int]:
    """A claim with what its speaker says in the same breath of the same kind: an accusation with its charge."""
    speaker = told[j].claim.speaker
    found = [j]
    for k in (j - 1, j + 1):
        if k in among and speaker and told[k].claim.speaker == speaker:
            breath = abs(told[k].claim.sentence[0] - told[j].claim.sentence[0])
            accusing = "accuses" in (told[j].claim.stance, told[k].claim.stance)
            together = k < j or (breath > 0 and bool(told[k].topic & told[j].topic))
            if accusing and together and not _NUMBERED.search(told[k].content):
                found.append(k)
    return sorted(found)


def _answers(i: int, j: int, told: Sequence[_Told], rare: frozenset[str]) -> bool:
    """Whether a negated content speaks of what the other claim tells: by two telling words, or one close by."""
    shared = len(told[i].topic & told[j].topic & rare)
    accused = bool(told[i].self_names & told[j].names) and told[j].claim.stance == "accuses" and j < i
    return not told[j].negated and (shared >= 2 or (shared == 1 and abs(i - j) == 1) or accused)


def _followed(told: Sequence[_Told], denials: set[int], links: set[tuple[int, int]]) -> set[tuple[int, int]]:
    """Who denies and says in the same breath how it was instead disputes the same claims with both."""
    more: set[tuple[int, int]] = set()
    for i in denials:
        answered = {b for a, b in links if a == i} | {a for a, b in links if b == i}
        for k in (i - 1, i + 1):
            if 0 <= k < len(told) and told[k].claim.speaker == told[i].claim.speaker and told[k].claim.speaker:
                near = abs(told[k].claim.sentence[0] - told[i].claim.sentence[1]) < _BREATH or (
                    told[k].claim.sentence == told[i].claim.sentence
                )
                if near and told[k].claim.stance in ("asserts", "denies"):
                    more |= {(k, j) for j in answered if _opposed(told[k], told[j])}
    return more


def _mutual(one: _Told, other: _Told, rare: frozenset[str]) -> bool:
    """Two accusations of each other over one thing."""
    if one.claim.stance != "accuses" or other.claim.stance != "accuses" or not _opposed(one, other):
        return False
    return one.claim.speaker is not None and other.claim.speaker is not None and bool(one.topic & other.topic & rare)


def _exclusive(claims: Sequence[Claim], figures: Sequence[CasualtyFigure]) -> set[tuple[int, int]]:
    """Claims of different speakers with figures of the same people that exclude each other."""
    place = {claim.id: i for i, claim in enumerate(claims)}
    carried = [
        (place[f.according_to], f)
        for f in figures
        if f.according_to in place and f.scope == "event" and not f.subset_of
    ]
    links = set()
    for i, one in carried:
        for j, other in carried:
            if (
                i >= j
                or claims[i].speaker == claims[j].speaker
                or claims[i].speaker is None
                or claims[j].speaker is None
            ):
                continue
            alike = (one.state, one.groups, one.side) == (
                other.state,
                other.groups,
                other.side,
            ) and one.state != "unspecified"
            if alike and excludes((one.min, one.max), (other.min, other.max)):
                links.add((i, j))
    return links


def excludes(one: tuple[int | None, int | None], other: tuple[int | None, int | None]) -> bool:
    """Whether no number of people lies in both ranges; an open end reaches on."""
    low = max(one[0] or 0, other[0] or 0)
    highs = [high for high in (one[1], other[1]) if high is not None]
    return bool(highs) and low > min(highs)
