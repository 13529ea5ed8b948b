"""Who is quoted by another says it: "the minister was quoted by the agency as saying …" are the minister's words."""

from __future__ import annotations

import re
from collections.abc import Sequence

import msgspec

from bot.extract.attribution import Attribution

_QUOTED = re.compile(
    r"(?P<who>(?:[Tt]he\s+)?(?:[\w’'-]+\s+){0,4}?[\w’'-]+)(?:,[^,.;]{1,40},)?\s+"
    r"(?:was|were|is|are|has\s+been|have\s+been|had\s+been)\s+(?:also\s+|later\s+|\w+ly\s+)?(?:quoted|cited)\s+"
    r"by\s+(?P<by>[^.;]{1,60}?)\s+as\s+$"
)


def as_quoted(text: str, found: Sequence[Attribution]) -> tuple[Attribution, ...]:
    """The attributions, those of "as saying" with the quoted as their source; that somebody quotes is then told by them."""
    told = [_of_the_quoted(text, one) for one in found]
    quoted = {one.source for one, before in zip(told, found, strict=True) if one is not before}
    return tuple(one for one in told if one.content not in quoted)


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
