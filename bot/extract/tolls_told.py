"""Tolls that a body gives in passing: "…, while the government puts the number at 120", "Rescuers counted 30 bodies".

Such a clause often stands in somebody else's words or has no cue of its own; its figure would then be told by the wrong one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import msgspec

from bot.extract.attribution import Attribution, begins_at, told_until
from bot.extract.gazetteer import Gazetteer
from bot.extract.naming import can_speak
from bot.extract.words import sentences
from bot.model.report import Span

_HARMED = r"(?:killed|dead|deaths?|died|wounded|injured|injuries|hurt|missing|bodies|casualties|fatalities|victims)"
_WORDS = r"(?:[^.;:,“”\"()\n]|(?<=\d)[.,](?=\d))"
_TOLL = r"(?:toll|number|figure|count|estimate)"
_COUNTED = rf"(?:{_TOLL}|loss(?:es)?|casualties|crowd|turnout|dead|wounded|injured|missing|killed)"
_LEAD = r"(?:(?:at\s+least|more\s+than|some|about|another|a\s+further)\s+)?"
_NUMBER = (
    r"(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|(?:thir|four|fif|six|seven|eigh|nine)teen|twenty|thirty|forty|fifty"
    r"|sixty|seventy|eighty|ninety|dozens\s+of|scores\s+of|hundreds\s+of|several)"
)
_OWNED = r"(?:the|its|their)"
_PUTS = rf"(?P<at>{_OWNED}\s+{_WORDS}{{0,50}}?\b{_COUNTED}\b{_WORDS}{{0,30}}?\bat\s+{_WORDS}{{1,40}})"
_REVISES = rf"(?P<to>(?:that|it|{_OWNED}\s+{_WORDS}{{0,30}}?\b{_TOLL})\b{_WORDS}{{0,30}}?\bto\s+{_WORDS}{{1,40}})"
_SPEAKS = (
    rf"(?P<of>an?\s+(?:[a-z]+\s+){{0,3}}?{_TOLL}\s+of\s+{_LEAD}[\w,]+{_WORDS}{{0,40}}|{_LEAD}\d[\d,]*{_WORDS}{{0,40}}"
    rf"|{_LEAD}{_NUMBER}\s+(?:[a-z]+\s+){{0,2}}?{_HARMED}\b{_WORDS}{{0,40}})"
)
_COUNTS = (
    rf"(?P<what>{_LEAD}(?:\d[\d,]*|[a-z]+)\s+(?:[a-z]+\s+){{0,3}}?{_HARMED}\b{_WORDS}{{0,60}}|{_LEAD}\d[\d,]*(?=[.;,]))"
)
_VERBS = {
    "puts": r"puts?",
    "revises": r"revised|lowered|raised|cut|increased|updated|corrected",
    "speaks": r"sp(?:eaks?|oke)\s+of|estimates?|estimated|gave|gives|published|released",
    "counts": r"counted|counts?|reported|reports|recorded|records|registered|tallied",
}
_GIVES = re.compile(
    r"(?:^|(?P<joint>[;,]\s+(?:(?:while|whereas|but|and|though|although|with)\s+)?|\s+(?:while|whereas|but|and)\s+))"
    r"(?P<who>(?!(?:that|which|who|it|he|she|they)\b)(?:(?!(?:but|and|while|whereas)\b)[\w’'.-]+\s+){1,9}?|(?<=\sbut\s)|(?<=\sand\s))"
    r"(?:(?:has|have|had|also|later|since|now|meanwhile|itself|still)\s+){0,2}"
    rf"(?:(?P<puts>{_VERBS['puts']})\s+{_PUTS}|(?P<revises>{_VERBS['revises']})\s+{_REVISES}"
    rf"|(?P<speaks>{_VERBS['speaks']})\s+{_SPEAKS}|(?P<counts>{_VERBS['counts']})\s+{_COUNTS})",
    re.IGNORECASE,
)
_MAY_GIVE = re.compile(rf"\b(?:{'|'.join(_VERBS.values())})\b", re.IGNORECASE)
_PARTS = (("puts", "at"), ("revises", "to"), ("speaks", "of"), ("counts", "what"))
_SURE = 0.9


def with_tolls(text: str, found: Sequence[Attribution], names: Gazetteer) -> tuple[Attribution, ...]:
    """The attributions with those of such clauses, in the order in which they begin; who else's words held one ends before it."""
    told = list(found)
    for one, clause in _given(text, found, names):
        told = [told_until(other, clause[0]) if _reaches_into(other, clause) else other for other in told]
        same = next((other for other in told if one.cue[0] in other.cue), None)
        if same is None:
            told = [_without_source(other, one.source[0]) for other in told]
            told.append(one)
        elif same.source and same.source[0][0] > one.cue[0][0]:  # the next clause's own source
            told[told.index(same)] = msgspec.structs.replace(same, source=one.source)
    kept = [one for one in told if one.content]
    return tuple(sorted(kept, key=begins_at))


def _given(text: str, found: Sequence[Attribution], names: Gazetteer) -> Iterator[tuple[Attribution, Span]]:
    """Attributions of such clauses, each with its clause from the comma before it; none that another cue in it marks."""
    if not _MAY_GIVE.search(text):
        return
    cues = [span for one in found for span in one.cue]
    for start, end in sentences(text):
        for match in _GIVES.finditer(text[start:end]):
            verb, said = next((one, other) for one, other in _PARTS if match[one])
            cue, what = match.span(verb), match.span(said)
            clause = (start + match.start(), start + what[1])
            own = start + cue[0]
            marked = any(clause[0] <= at < clause[1] and at != own for at, _ in cues)
            at = None if marked else _giver(match, start, found, names)
            if at is None:
                continue
            yield (
                Attribution(
                    source=(at,),
                    cue=((start + cue[0], start + cue[1]),),
                    content=((start + what[0], start + what[1]),),
                    sentence=(start, end),
                    confidence=_SURE,
                ),
                clause,
            )


def _giver(match: re.Match[str], start: int, found: Sequence[Attribution], names: Gazetteer) -> Span | None:
    """Who gives a toll: who is named, or who spoke before in the sentence: "confirmed the attack but gave a toll of nine"."""
    if match["who"]:
        at = (start + match.start("who"), start + match.start("who") + len(match["who"].rstrip()))
        return at if can_speak(match["who"].strip(), names) else None
    before = [
        one
        for one in found
        if one.source and one.cue and start <= one.cue[0][0] < start + match.start() and one.source[0][0] >= start
    ]
    return before[-1].source[0] if before else None


def _reaches_into(one: Attribution, clause: Span) -> bool:
    """Whether words that began before a clause go on in it, in one piece or another."""
    return one.content[0][0] < clause[0] and any(start < clause[1] and clause[0] < end for start, end in one.content)


def _without_source(one: Attribution, other: Span) -> Attribution:
    """What somebody says, without the giver of another toll among who says it."""
    own = tuple(span for span in one.source if span[1] <= other[0] or other[1] <= span[0])
    return msgspec.structs.replace(one, source=own) if own else one
