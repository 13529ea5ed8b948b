"""Clauses set between a speaker and what it says: "The rebels, whom Ankara calls terrorists, said they had left".

Who is named in such a clause says what stands in it, and whom the clause is about says what follows it; without this, each
speaks for the other.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import msgspec

from bot.extract.attribution import Attribution
from bot.model.report import Span

_OPENS = re.compile(
    r",\s+(?P<first>which|whom|who|whose|(?:also\s+|long\s+)?\w+(?:ed|wn|en)\s+(?:as|by))\s+", re.IGNORECASE
)
_CLOSES = re.compile(r",\s+(?:(?:has|have|had|also|later|then|now|meanwhile|who|which|\w+ly)\s+){0,2}$", re.IGNORECASE)
_ABOUT = re.compile(
    r"(?:^|[,;:(“”\"—–]|\b(?:and|but|that|while|when|as|because|after|although)\s)\s*(?P<name>[^,;:(“”\"—–]{2,90})$"
)
_LONGEST = 220
"""Characters of a clause."""


class _Clause(msgspec.Struct, frozen=True):
    """A clause between commas: whom it is about, where it stands, and where its words after "which" begin."""

    about: Span
    inner: Span
    goes_on: int


_CLEFT = re.compile(r"\W*(?:that\s+)?it\s+(?:is|was|were|had been|has been)\s", re.IGNORECASE)
_CLEFT_GOES_ON = re.compile(r",?\s+(?:who|that|which)\s[^.!?;\n“”\"]{3,160}", re.IGNORECASE)


def _with_whole_clefts(text: str, found: Sequence[Attribution]) -> list[Attribution]:
    """ "said it was the rebels, armed by X, who broke the truce": what is said ends with what they did."""
    begins = sorted(span[0] for one in found for spans in (one.source, one.cue) for span in spans)
    kept = []
    for one in found:
        start, end = one.content[-1]
        goes_on = _CLEFT_GOES_ON.match(text, end) if _CLEFT.match(text, start, end) else None
        if goes_on is not None and not any(end <= begin < goes_on.end() for begin in begins):
            one = msgspec.structs.replace(one, content=(*one.content[:-1], (start, goes_on.end())))
        kept.append(one)
    return kept


def with_clauses_apart(text: str, found: Sequence[Attribution]) -> tuple[Attribution, ...]:
    """The attributions, those within a clause and those around it each with their own source and content."""
    found = _with_whole_clefts(text, found)
    kept = list(found)
    for number, outer in enumerate(found):
        clause = _before(text, outer, found)
        if clause is None:
            continue
        kept[number] = _around(kept[number], clause)
        for other, inner in enumerate(found):
            if other != number and inner.cue and _within(inner.cue[0], clause.inner):
                kept[other] = _inside(text, kept[other], clause)
    return tuple(one for one in kept if one.content)


def _before(text: str, outer: Attribution, found: Sequence[Attribution]) -> _Clause | None:
    """The clause that ends right before a cue."""
    if not outer.cue:
        return None
    start, cue = outer.sentence[0], outer.cue[0][0]
    closing = _CLOSES.search(text, max(start, cue - 40), cue)
    if closing is None:
        return None
    opened = list(_OPENS.finditer(text, max(start, closing.start() - _LONGEST), closing.start()))
    if not opened or re.search(r"[.!?]\s", text[opened[-1].start() : closing.start()]):
        return None
    opening = opened[-1]
    named = [
        span
        for other in found
        for span in other.source
        if span[1] <= opening.start() + 1 and not text[span[1] : opening.start()].strip()
    ]
    about = named[0] if named else _phrase_before(text, start, opening.start())
    if about is None:
        return None
    return _Clause(about, (opening.start("first"), closing.start()), opening.end())


def _phrase_before(text: str, start: int, end: int) -> Span | None:
    match = _ABOUT.search(text[start:end])
    return None if match is None else (start + match.start("name"), end)


def _around(outer: Attribution, clause: _Clause) -> Attribution:
    """The attribution after a clause: what it is about speaks, where a name within it was taken for the speaker."""
    (start, end) = clause.inner
    source = outer.source
    if source and any(_within(span, clause.inner) for span in source):
        source = (clause.about,)
    content = tuple(span for span in outer.content if not (start <= span[0] and span[1] <= end))
    return msgspec.structs.replace(outer, source=source, content=content or outer.content)


def _inside(text: str, inner: Attribution, clause: _Clause) -> Attribution:
    """An attribution within a clause: nothing beyond the clause belongs to it but whom it is about."""
    (start, end) = clause.inner
    own = tuple(span for span in inner.source if _within(span, clause.inner))
    content = tuple((span[0], min(span[1], end)) for span in inner.content if start <= span[0] < end)
    if not own:
        return inner if not content else msgspec.structs.replace(inner, content=content)
    if text[own[0][0] : clause.goes_on].lower() == "whose ":
        own = ((clause.goes_on, own[0][1]), *own[1:])
    elif own[0][0] == clause.goes_on and content and not text[start:end].lower().startswith("whose"):
        content = (clause.about, *content)  # "…, whom Ankara calls terrorists": the rebels
    return msgspec.structs.replace(inner, source=own, content=content or inner.content)


def _within(span: Span, outer: Span) -> bool:
    return outer[0] <= span[0] and span[1] <= outer[1]
