"""Accounts that a noun names: "the rebels' claim that …", "a report by the mission that …", "an Israeli allegation that …".

They mostly stand in somebody else's mouth, who rejects them or is asked about them. What follows the noun is told by whom the
noun's words name, and by nobody else: CONTRACT rule 6.
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

NOUN = r"(?:claims?|allegations?|accusations?|charges?|assertions?|reports?|suggestions?|statements?|contentions?)"
ACCOUNT = re.compile(NOUN, re.IGNORECASE)
_THAT = r"\s+that\s+"
_TOLD = re.compile(
    rf"\b(?P<noun>{NOUN})(?:\s+(?:made\s+)?(?:by|from|of)\s+(?P<by>[^,.;:“”\"()\n]{{3,80}}?))?{_THAT}", re.IGNORECASE
)
_PLAIN = r"(?!(?:the|an?|its|their|his|her|our|and|or|but|that|which|who)\b)[\w-]+(?<!ed)"
_WHOSE = re.compile(
    rf"(?P<who>(?:(?:[Tt]he|[Aa]n?|[Ii]ts|[Tt]heir)\s+(?:{_PLAIN}\s+){{0,5}}?{_PLAIN}|(?:[A-Z][\w-]*\.?\s+(?:(?:of|for|al|de|el)\s+)?){{0,5}}[A-Z][\w-]*))"
    r"(?:['’]s|(?<=s)['’])\s+(?:[\w-]+\s+){0,2}$"
)
_WHICH = re.compile(r"\b(?:[Aa]n?|[Tt]he|[Ee]arlier|[Rr]ecent)\s+(?P<who>[A-Z][\w-]+)\s+(?:[a-z-]+\s+)?$")
_ENDS = re.compile(
    r"\s+as\s+(?:[“\"‘]|an?\s|\w+\s*$|\w+[.,])|,\s+(?:(?:but|and|which|who|adding|saying|while|calling|insisting|a)\b|[“\"‘])|;|\s+[–—-]+\s"
)
_ENDS_ALONE = re.compile(
    rf"{_ENDS.pattern}|,\s|\s+(?:was|were|is|are|has\s+been|had\s+been)\s+(?:\w+ly\s+)?(?:rejected|denied|dismissed|disputed|contradicted|met|refuted|false|untrue|baseless)\b"
)
"""Where nobody's words hold it, also at its first comma and before what becomes of it: "… was rejected by the army"."""
_ANSWERED = re.compile(
    rf",\s+(?P<what>(?:an?|the)\s+(?:[\w-]+\s+)?{NOUN})\s+(?:that\s+|which\s+)?(?P<who>[^,.;:“”\"()\n]{{3,60}}?)\s+"
    r"(?:(?:has|have|had|later|also|quickly|promptly|since|\w+ly)\s+){0,2}"
    r"(?P<cue>denie[sd]|deny|rejects?|rejected|disputes?|disputed|dismiss(?:es|ed)?|refute[sd]?|contest(?:s|ed)?|repudiate[sd]?)\b",
    re.IGNORECASE,
)
"""What was just told, named once more by who denies it: "…, a claim that parents disputed"."""
_BEFORE = 90
_LEAST = 12
_SURE = 0.9


def with_named_accounts(text: str, found: Sequence[Attribution], names: Gazetteer) -> tuple[Attribution, ...]:
    """The attributions with those of such nouns, each after whose words hold it; who only takes one up no longer tells it."""
    told = _answers_apart(text, found, names)
    for account in _accounts(text, found, names):
        noun, said = account.cue[0], account.content[0]
        if any(span[0] < noun[1] and noun[0] < span[1] for one in told for span in one.cue):
            continue
        told = [one if _holds(one, noun) else _without(one, said) for one in told]
        told.append(account)
    kept = [one for one in told if one.content]
    return tuple(sorted(kept, key=begins_at))


def _answers_apart(text: str, found: Sequence[Attribution], names: Gazetteer) -> list[Attribution]:
    """The attributions, and for each "…, a claim that parents disputed" what they dispute; what is told ends before it."""
    told = list(found)
    for match in _ANSWERED.finditer(text):
        if not can_speak(match["who"], names):
            continue
        apart = [one for one in told if not _lies_within(one.cue, match.span())]
        kept = [told_until(one, match.start()) if one.content[0][0] < match.start() else one for one in apart]
        told = [one for one in kept if one.content]
        around = next((one for one in told if one.sentence[0] <= match.start() < one.sentence[1]), None)
        sentence = around.sentence if around else next(s for s in sentences(text) if s[0] <= match.start() < s[1])
        told.append(
            Attribution(
                source=(match.span("who"),),
                cue=(match.span("cue"),),
                content=(match.span("what"),),
                sentence=sentence,
                confidence=_SURE,
            )
        )
    return told


def _lies_within(cue: Sequence[Span], outer: Span) -> bool:
    return any(outer[0] <= start and end <= outer[1] for start, end in cue)


def accused_before(text: str, at: int) -> int:
    """From where "its" at an offset looks back: before whose account it stands in: "Moscow denied |Kyiv's claim that its …"."""
    for match in _TOLD.finditer(text, max(0, at - 2 * _BEFORE), at):
        if match.end() == at:
            noun = match.start("noun")
            whose = None if match["by"] else _WHOSE.search(text, max(0, noun - _BEFORE), noun)
            return whose.start("who") if whose else noun
    return at


def _accounts(text: str, found: Sequence[Attribution], names: Gazetteer) -> Iterator[Attribution]:
    if not _TOLD.search(text):
        return
    for sentence in sentences(text):
        for match in _TOLD.finditer(text, *sentence):
            noun = match.span("noun")
            who = match.span("by") if match["by"] else _whose(text, noun[0], names)
            if who is None or (match["by"] and not can_speak(match["by"], names)):
                continue
            holder = next((one for one in found if _holds(one, noun)), None)
            said = (match.end(), _end(text, match.end(), sentence[1], noun, holder))
            if said[1] - said[0] >= _LEAST:
                yield Attribution(source=(who,), cue=(noun,), content=(said,), sentence=sentence, confidence=_SURE)


def _whose(text: str, at: int, names: Gazetteer) -> Span | None:
    """Whose account it is, where that stands before the noun: "the rebels' claim", "an Israeli claim"."""
    begin = max(0, at - _BEFORE)
    if match := _WHOSE.search(text, begin, at):
        return match.span("who") if can_speak(match["who"], names) else None
    match = _WHICH.search(text, begin, at)
    return match.span("who") if match and _is_known(match["who"], names) else None


def _is_known(who: str, names: Gazetteer) -> bool:
    return any(hit.span == (0, len(who)) and not hit.weak for hit in names.hits(who))


def _end(text: str, begin: int, stop: int, noun: Span, holder: Attribution | None) -> int:
    """Where what is told ends: with its clause, and with the words that hold it."""
    if holder is not None:
        stop = max(end for _, end in holder.content)
    parted = (_ENDS if holder else _ENDS_ALONE).search(text, begin, stop)
    end = parted.start() if parted else stop
    return begin + len(text[begin:end].rstrip(" ,;."))


def _holds(one: Attribution, noun: Span) -> bool:
    return any(start <= noun[0] and noun[1] <= end for start, end in one.content)


def _without(one: Attribution, said: Span) -> Attribution:
    """What somebody else says, without an account that it only takes up: "Asked about the rebels' claim that …, he said …"."""
    if len(one.content) == 1 and said[0] <= one.content[0][0] and one.content[0][1] <= said[1]:
        return one  # tagged as this account itself
    return msgspec.structs.replace(
        one, content=tuple(span for span in one.content if not (said[0] <= span[0] and span[1] <= said[1]))
    )
