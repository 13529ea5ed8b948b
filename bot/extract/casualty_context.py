"""What a sentence says around a casualty figure: whether it is of today, where, and whose claim carries it."""

from __future__ import annotations

import bisect
import re
from collections.abc import Sequence
from datetime import date

import msgspec

from bot.extract.attribution import Attribution
from bot.extract.casualty_same import Told, is_sure
from bot.extract.dates import named
from bot.model.report import Span
from bot.model.summary import Actor, CasualtyFigure, Claim, Scope

_MONTH = r"(?:January|February|March|April|May|June|July|August|September|October|November|December)"
_MONTH_SHORT = r"(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\b\.?"
_SINCE = re.compile(
    rf"\bsince\s+(?:the\s+)?(?:(?:\d{{1,2}}\s+)?(?:{_MONTH}|{_MONTH_SHORT})|(?:early|mid|late)[-\s]|\d{{4}}|(?:war|conflict|uprising|coup|start|beginning|outbreak)\b|last\s+(?:year|month)|[\w\s-]{{3,40}}?\s(?:began|started|broke\s+out|erupted|rose\s+to\s+power|took\s+(?:office|power))\b|[\w\s-]{{2,40}}?\swas\s+(?:founded|formed|created|launched)\b)"
    r"|\b(?:so\s+far\s+this\s+year|in\s+the\s+same\s+period|this\s+year\s+alone|(?:[\w-]+[-\s](?:year|decade|month)s?[-\s](?:long|old)|(?:decade|year)s?-long|long-running)\s+(?:civil\s+|armed\s+)?(?:wars?|conflicts?|insurgency|rebellion|struggle|violence|uprising)|(?:wars?|conflicts?|insurgency|rebellion|civil\s+war)\s+(?:(?:that|which)\s+)?(?:has|have)\s+(?:already\s+)?(?:killed|claimed|cost|left|taken|displaced|injured)|(?:years|decades)\s+of\s+(?:civil\s+|armed\s+)?(?:war|conflict|violence|fighting)|over\s+the\s+(?:past|last)\s+(?:\w+\s+)?(?:years?|months?|decades?)|in\s+the\s+(?:past|last)\s+(?:\w+\s+)?(?:years?|months?|decades?)|in\s+[\w-]+\s+(?:years|decades|months)\s+(?:has|have)\s+(?:already\s+)?(?:killed|claimed|cost|left|taken|caused)|(?:over|during)\s+(?:its|an?)\s+[\w-]+[-\s]year\s+(?:period|history)|(?:war|conflict|violence|insurgency)\s+that\s+has\s+lasted\s+[\w-]+\s+(?:years|decades?)|for\s+(?:(?:over|more\s+than|nearly|almost)\s+)?(?:a|\w+)\s+decades?|to\s+date|(?:in|during)\s+(?:this|the\s+current)\s+(?:decade|century))\b",
    re.IGNORECASE,
)
_PAST = re.compile(
    rf"\b(?:in|during|of|between|from)\s+(?:(?:{_MONTH}|early|late|mid)[-,\s]+)?(?:the\s+(?:early\s+|late\s+|mid-?)?)?(?:1[5-9]\d\d|20[0-2]\d)s?\b|\b(?:1[5-9]\d\d|20[0-2]\d)\s+(?:[a-z]+\s+){{0,2}}(?:wars?|conflict|attacks?|bombings?|massacre|earthquake|quake|disaster|floods?|siege|uprising|coup|strikes?|shooting|crash|tsunami|genocide|famine|invasion|crackdown|riots?|protests?|clashes|revolution|assassination|hurricane|cyclone|stampede|fire|wildfires?|explosion|blast|killings?|murders?|slaying|deaths?)\b"
    r"|\b(?:World\s+War|(?:earlier|previous|similar|prior|past)\s+(?:\w+\s+)?(?:wars?|conflicts?|attacks?|bombings?|incidents?|clashes|strikes?|raids?|offensives?|blasts?|explosions?|accidents?|crashes|floods?|quakes?|earthquakes?|shootings?)|on\s+that\s+occasion|(?:weeks?|months?)\s+ago|civil\s+war\s+of|years?\s+ago|decades?\s+ago|last\s+(?:year|month)|earlier\s+(?:in\s+the|this)\s+(?:year|decade|century)|(?:beginning|start|middle|end)\s+of\s+(?:the|this|last)\s+(?:decade|century)|(?:years|decades)\s+of\s+(?:\w+\s+)?(?:regimes?|dictatorships?|rule|repression|oppression|terror|tyranny|occupation),?\s+(?:(?:during|in)\s+which|that)|the\s+[\w-]+-(?:day|week|month|year)\s+war\b|in\s+the\s+past\b(?!\s+(?:few|several|\d+|\w+\s+)?\s*(?:hours?|days?|nights?|weeks?|months?|years?|decades?)\b)|a\s+year\s+earlier|centur(?:y|ies)|war\s+of\s+the)\b",
    re.IGNORECASE,
)
_BACK_THEN = re.compile(
    r"\bsince\s+(?:(?:1[5-9]\d\d|20[0-2]\d),[\"”]?\s+when|the\s+(?:1[5-9]\d\d|20[0-2]\d)\s+[a-z ]{3,30},?\s+(?:in\s+which|that|which|when))\b",
    re.IGNORECASE,
)
"""The worst "since 2014, when 52 people were killed": of that year, not since it."""
_RECALLED = re.compile(
    r"\b(?:let\s+us|let['’]s|we)\s+(?:(?:must|should|all|just|have\s+to|not|never|also|still)\s+)*(?:recall|remember|forget)\b[^.;]*$",
    re.IGNORECASE,
)
"""Before a deed of the past that a speaker brings to mind: "let us not forget the murder of"."""
_OF_OFFICE = re.compile(
    r"\b(?:president|mayor|minister|director|governor|candidate|ambassador|chief|head|leader|member|elected|appointed|born|founded|built|signed|adopted|passed|law|agreement|treaty|resolution|accord)\b[^,;.]{0,40}$",
    re.IGNORECASE,
)
"""Before a year that is of an office or a law: "mayor of the town in 1984"."""
_SETTLEMENT = r"(?:towns?|cit(?:y|ies)|villages?|hamlets?|regions?|provinces?|districts?|ports?|outskirts|suburbs?|neighbou?rhoods?|areas?|camps?|capital|county|state|department|municipality|oasis|island|resort|settlement|governorate|north|south|east|west)(?:ern)?"
_PLACE = re.compile(
    rf"\b(?:in|near|at|outside|around|off|on)\s+(?:the\s+)?(?:(?:north|south|east|west|central)[a-z-]*\s+)?(?:(?:[\w’'-]+\s+){{0,4}}?{_SETTLEMENT}\s+of\s+)?"
    r"((?:[A-Z][\w’'-]+|al-[A-Z][\w-]+)(?:\s+(?:[A-Z][\w’'-]+|(?:de|del|la|el|al)\b)){0,3})"
)
_LIES_BY = re.compile(
    r"\bthe\s+(?:[A-Z][\w’'-]+\s+){1,4}(?:[a-z][\w-]+\s+)?(?:town|city|village|port|capital|resort|island|coast)\b(?!\s+of\b)"
)
"""A name that only says where a town lies: "in the Red Sea port"."""
_SITE = re.compile(
    r"\s+(?:hospital|clinic|school|university|mosque|church|market|airport|base|barracks|checkpoint|prison|camp|station|crossing|bridge|mine)\b"
)
"""After the name of a place within a town."""
_NEAR = 30
"""Attributions before a figure that may hold it."""
_NO_PLACE = re.compile(
    rf"^(?:{_MONTH}|Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday|Telegram|Twitter|X|Facebook|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec|GMT|The|A|An)\b"
)


_TRIED = re.compile(
    r"\b(?:sentenced|convicted|found\s+guilty|pleaded\s+guilty|acquitted|jailed|imprisoned|(?:stand(?:s|ing)?|stood|on)\s+trial)\b"
    r"[^.;\"]{0,70}\b(?:for|of|over|to)\s+(?:[\w-]+\s+){0,6}$|\banniversar(?:y|ies)\s+of\s+(?:[\w-]+\s+){0,5}$",
    re.IGNORECASE,
)
"""Before the victims of a crime that a court has heard, or whose day returns: "sentenced to ten years for the murder of"."""
_LONG_AGO = 60
"""Days before the report after which an attack is no longer the one that it reports."""
_OF_TIME = re.compile(
    r"\b(?:since|from|between|until|till|before|after|elected|appointed|due|scheduled|begun|began|started|launched|power|office)\s+(?:on\s+)?(?:the\s+)?$",
    re.IGNORECASE,
)
_JUST_NOW = re.compile(
    r"(?<!\bsaid\s)(?<!\breported\s)(?<!\bannounced\s)(?<!\btold\s)(?<!\bcharged\s)(?<!\baccused\s)(?<!\bsentenced\s)(?<!\barrested\s)(?<!\bconvicted\s)\b(?:yesterday|tonight|overnight|this\s+(?:morning|afternoon|evening|week)|last\s+(?:night|week)"
    r"|(?:on|last)\s+(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|today)\b(?!\s+(?:said|reported|announced|told|issued|that|condemned|charged|ordered|called))",
    re.IGNORECASE,
)
_REVISED = re.compile(r"\btolls?\b|\b(?:rose|risen|revised|rising|raised|climbed|now|so\s+far)\b", re.IGNORECASE)
_HARM = re.compile(
    r"\b(?:killed|murder\w*|assassinat\w*|shot|slain|died|death|dead|injured|wounded|massacre\w*)\b", re.IGNORECASE
)


def scopes_of(text: str, figures: Sequence[Told], repeated: Sequence[int | None], told: date | None) -> list[Scope]:
    """Each figure's scope; what a report tells once more is of an earlier attack wherever it is dated to be."""
    scopes = [_scope(text, figure.sentence, figure.phrase.span, told) for figure in figures]
    dated = [told is not None and _is_long_ago(text, figure.sentence, told) for figure in figures]
    for i, earlier in enumerate(repeated):
        if earlier is not None and is_sure(text, figures[i]) and dated[earlier]:
            dated[i] = True
    for i in range(len(repeated) - 1, -1, -1):
        earlier = repeated[i]
        if earlier is not None and is_sure(text, figures[i]) and dated[i]:
            dated[earlier] = True
    return ["historical" if past and scope == "event" else scope for scope, past in zip(scopes, dated, strict=True)]


def _scope(text: str, sentence: Span, phrase: Span, told: date | None) -> Scope:
    """Whether a figure is of the event told, a running total, or of an earlier war or attack (CONTRACT rule 5)."""
    words = text[slice(*sentence)]
    if _BACK_THEN.search(words):
        return "historical"
    if _SINCE.search(words):
        return "cumulative"
    if _TRIED.search(text, max(sentence[0], phrase[0] - 160), phrase[0]):
        return "historical"
    if _RECALLED.search(text, sentence[0], phrase[0]) and not _JUST_NOW.search(words):
        return "historical"
    opens = max(sentence[0], text.rfind(";", 0, phrase[0]) + 1)
    clause = text[opens : sentence[1]].partition(";")[0]
    people = (phrase[0] - opens, phrase[1] - opens)
    past = [m for m in _PAST.finditer(clause) if not _is_of_office(clause, m.start())]
    now = [_far(m, people) for m in _JUST_NOW.finditer(clause)]
    return "historical" if past and min(_far(m, people) for m in past) < min(now, default=len(clause) + 1) else "event"


def _far(match: re.Match[str], people: Span) -> int:
    """How many characters lie between a day and the people of whom a sentence may tell it."""
    return max(match.start() - people[1], people[0] - match.end(), 0)


def _is_of_office(words: str, at: int) -> bool:
    """Whether a year is of an office or a law, with no deed told between the two."""
    office = _OF_OFFICE.search(words, 0, at)
    return office is not None and not _HARM.search(words, office.start(), at)


def _is_long_ago(text: str, sentence: Span, told: date) -> bool:
    """Whether all days that a sentence names lie long before the report."""
    words = text[slice(*sentence)]
    if _JUST_NOW.search(words) or _REVISED.search(words) or _SINCE.search(words):
        return False
    days = [
        day
        for day in named(text, *sentence, told)
        if not _OF_TIME.search(text, sentence[0], day.span[0]) and not _is_of_office(words, day.span[0] - sentence[0])
    ]
    return bool(days) and all(day.age > _LONG_AGO for day in days)


def place_of(text: str, sentence: Span, phrase: Span) -> str | None:
    """The place that the sentence names after the victims, else before; None where it names none."""
    found = [
        m
        for m in _PLACE.finditer(text, *sentence)
        if not _NO_PLACE.match(m.group(1)) and not _LIES_BY.search(text, m.start(), min(m.end() + 24, sentence[1]))
    ]
    towns = [m for m in found if not _SITE.match(text, m.end(), sentence[1])]
    found = towns or found
    after = [m for m in found if m.start() >= phrase[1]]
    chosen = after[0] if after else found[-1] if found else None
    if chosen is None:
        return None
    site = None if towns else _SITE.match(text, chosen.end(), sentence[1])
    place = text[chosen.start(1) : site.end() if site else chosen.end(1)]
    return re.sub(r"[’']s?$", "", place)


_OWN = re.compile(r"\b(?:its|their|our|his|her)\b(?:\s+own\b)?", re.IGNORECASE)
_DEED_THAT = re.compile(
    r"\b(?:attacks?|bombings?|strikes?|airstrikes?|blasts?|explosions?|raids?|assaults?|shootings?|shelling|massacres?|ambush(?:es)?|clash(?:es)?"
    r"|crash|killings?|incident)\b[^,.;]{0,60}?\b(?:that|which|in\s+which|where)\s+(?:[\w-]+\s+){0,4}$",
    re.IGNORECASE,
)
"""Before a figure: a deed told as known, and what it did."""
_BODIES = frozenset(("state", "military", "government"))


def with_sides(
    text: str, figures: Sequence[CasualtyFigure], claims: Sequence[Claim], actors: Sequence[Actor]
) -> tuple[CasualtyFigure, ...]:
    """The figures, with the speaker's country as the side where it tells of its own: "two of its own sailors", a loss
    among soldiers that it acknowledges."""
    by_claim = {claim.id: claim for claim in claims}
    by_actor = {actor.id: actor for actor in actors}
    found = []
    for figure in figures:
        claim = by_claim.get(figure.according_to or "")
        speaker = by_actor.get(claim.speaker or "") if claim else None
        own = _OWN.search(text, *figure.victims) or (
            claim is not None and claim.stance == "acknowledges" and "military" in figure.groups
        )
        if figure.side is None and own and speaker is not None and speaker.type in _BODIES:
            figure = msgspec.structs.replace(figure, side=speaker.country)
        found.append(figure)
    return tuple(found)


def without_denied_deeds(
    text: str, figures: Sequence[CasualtyFigure], claims: Sequence[Claim]
) -> tuple[CasualtyFigure, ...]:
    """The figures, those of a deed that somebody only denies having done in the report's own voice.

    "The group denied carrying out the bombing *that killed 101 people*" denies no deaths, nor tells of them.
    """
    denials = {claim.id: claim for claim in claims if claim.stance == "denies"}
    return tuple(
        msgspec.structs.replace(figure, according_to=None)
        if figure.according_to in denials and _tells_the_deed(text, figure, denials[figure.according_to])
        else figure
        for figure in figures
    )


def _tells_the_deed(text: str, figure: CasualtyFigure, denial: Claim) -> bool:
    start = next((start for start, end in denial.content if start <= figure.victims[0] < end), None)
    return start is not None and _DEED_THAT.search(text, start, figure.victims[0]) is not None


class Carriers:
    """The attributions of a text, to be asked which of them carries a figure."""

    def __init__(self, attributions: Sequence[Attribution]) -> None:
        self._held = sorted(
            (attribution.content[0][0], number, attribution) for number, attribution in enumerate(attributions, 1)
        )
        self._starts = [start for start, _, _ in self._held]

    def innermost(self, figure: Span) -> str | None:
        """The claim with the shortest content that holds the figure, as "c<n>"; None is the report's own voice."""
        until = bisect.bisect_right(self._starts, figure[0])
        holding = [
            (sum(e - s for s, e in attribution.content), -number)
            for _, number, attribution in self._held[max(0, until - _NEAR) : until]
            if any(s <= figure[0] and figure[1] <= e for s, e in attribution.content)
        ]
        return f"c{-min(holding)[1]}" if holding else None
