"""Who is quoted by another says it, and whom another calls a liar says no more than the lie.

"The minister was quoted by the agency as saying …" are the minister's words; "According to the agency, citing two officials, …"
are the officials' too; and of "the coast guard's claim that the boat rammed it was a lie" the verdict is not the coast guard's.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import msgspec

from bot.extract.attribution import Attribution

_CITING = re.compile(r"\b(?P<cue>citing|quoting)\s+$")
_CITED = re.compile(r"(?P<who>[^,;:.“”\"]{3,80}),\s+(?P<said>.{3,})", re.DOTALL)
_NOMINAL = re.compile(
    r"^(?:claims?|allegations?|accusations?|assertions?|reports?|suggestions?|statements?)$", re.IGNORECASE
)
_VERDICT = re.compile(
    r",?\s+(?:is|was|are|were|has\s+been|had\s+been)\s+(?:\w+ly\s+)?[“\"'‘]?(?:an?\s+|all\s+)?(?:\w+\s+)?"
    r"(?:lies?|false|untrue|baseless|unfounded|groundless|fabricat\w+|fiction|fake|hoax|nonsense|absurd|propaganda|disinformation)\b.*$",
    re.IGNORECASE | re.DOTALL,
)
_PASSIVE = re.compile(
    r"\b(?:(?:has|have|had)\s+(?:\w+ly\s+|also\s+|long\s+)*)?(?:is|are|was|were|be|been|being|stands?|stood)\s+(?:\w+ly\s+|also\s+|widely\s+|long\s+)*(?:accused|blamed|charged|denounced|condemned|criticised|criticized|praised|urged|warned)\b",
    re.IGNORECASE,
)
_AGENT = re.compile(r"\bby\s+$", re.IGNORECASE)
_QUOTED = re.compile(
    r"(?P<who>(?:[Tt]he\s+)?(?:[\w’'-]+\s+){0,4}?[\w’'-]+)(?:,[^,.;]{1,40},)?\s+"
    r"(?:was|were|is|are|has\s+been|have\s+been|had\s+been)\s+(?:also\s+|later\s+|\w+ly\s+)?(?:quoted|cited)\s+"
    r"by\s+(?P<by>[^.;]{1,60}?)\s+as\s+$"
)


def as_quoted(text: str, found: Sequence[Attribution]) -> tuple[Attribution, ...]:
    """The attributions, those of "as saying" with the quoted as their source; that somebody quotes is then told by them."""
    told = [_of_the_quoted(text, one) for one in found]
    quoted = {one.source for one, before in zip(told, found, strict=True) if one is not before}
    apart = [part for one in told if one.content not in quoted for part in _with_the_cited(text, one)]
    return tuple(_without_the_accused(text, _without_verdict(text, one)) for one in apart)


def _with_the_cited(text: str, attribution: Attribution) -> tuple[Attribution, ...]:
    """ "According to the agency, citing two officials, …": what follows is the agency's and the officials'."""
    (start, end), *rest = attribution.content
    citing = _CITING.search(text, max(0, start - 10), start)
    cited = _CITED.fullmatch(text[start:end]) if citing else None
    if citing is None or cited is None or not attribution.cue or attribution.cue[0][1] > start:
        return (attribution,)
    said = ((start + cited.start("said"), end), *rest)
    who = (start, start + cited.end("who"))
    inner = msgspec.structs.replace(attribution, source=(who,), cue=(citing.span("cue"),), content=said)
    return msgspec.structs.replace(attribution, content=said), inner


def _without_verdict(text: str, attribution: Attribution) -> Attribution:
    if len(attribution.cue) != 1 or not _NOMINAL.match(text[slice(*attribution.cue[0])]):
        return attribution
    (start, end) = attribution.content[-1]
    verdict = _VERDICT.search(text[start:end])
    if verdict is None or verdict.start() == 0:
        return attribution
    return msgspec.structs.replace(attribution, content=(*attribution.content[:-1], (start, start + verdict.start())))


def _without_the_accused(text: str, attribution: Attribution) -> Attribution:
    """ "Both sides have been accused of war crimes": they are accused, by nobody whom the text names; none of them accuses."""
    if not attribution.cue or not attribution.source:
        return attribution
    cue = (attribution.cue[0][0], attribution.cue[-1][1])
    passive = _PASSIVE.search(text, max(attribution.sentence[0], cue[0] - 40), cue[1])
    (start, end) = attribution.source[-1]
    if passive is None or passive.end() <= cue[0]:
        return attribution
    if start >= attribution.sentence[1]:  # the next sentence's own source
        return msgspec.structs.replace(attribution, source=())
    if end > passive.start() or text[end : passive.start()].strip() or _AGENT.search(text, max(0, start - 4), start):
        return attribution
    accused = tuple(sorted((*attribution.source, *attribution.content)))
    return msgspec.structs.replace(attribution, source=(), content=accused)


def _of_the_quoted(text: str, attribution: Attribution) -> Attribution:
    if not attribution.cue or not attribution.source:
        return attribution
    at = attribution.cue[0][0]
    if text[max(0, at - 4) : at].split() != ["as"]:
        return attribution
    found = _QUOTED.search(text, attribution.sentence[0], at)
    if found is None:
        return attribution
    (start, end), (first, last) = found.span("by"), attribution.source[0]
    if not (start <= first and last <= end):
        return attribution
    return msgspec.structs.replace(attribution, source=(found.span("who"),))
