"""The words of an actor around a name that the gazetteer knows, and whether it acts there."""

from __future__ import annotations

import re

from bot.extract.gazetteer import Hit
from bot.model.report import Span
from bot.model.summary import Role

_PLACE_BEFORE = re.compile(
    r"\b(?:in|from|near|into|across|inside|outside|around|throughout|within|through|at|over|toward|towards|on|off|(?:north|south|east|west)"
    r"(?:ern)?(?:\s+of)?|central|northern|southern|eastern|western|north-?eastern|south-?eastern|north-?western|south-?western"
    r"|capital|city|town|village|region|province|district|kilometres\s+\w+\s+of|border\s+with)\s+(?:the\s+)?$",
    re.IGNORECASE,
)
_PLACE_AFTER = re.compile(
    r"^\s*(?:region|province|city|airport|border|district|coast|time\b|\([A-Z]|,\s+[A-Z][a-z]+\.?\s+\d)", re.IGNORECASE
)
_POSSESSED = re.compile(
    r"^['’]s?\s+(?:[\w-]+\s+){0,3}?(?:capital|north|south|east|west|coast|border|city|region|territory|province|people|embassy)\b"
)
_FORCES_AFTER = re.compile(
    r"^\s+(?:(?:armed|ground|air|naval|security|special|government|state|military|army|defence|defense|coast|border|regional|occupying|occupation)\s+){0,2}"
    r"(?:forces?|army|general staff|air force|peacekeeping contingent|troops|soldiers?|military|servicem[ae]n|units?|peacekeepers|guards?|navy|police|border guards|artillery|missiles?\s+brigade|fighters|gunmen"
    r"|militants|separatists|rebels|formations|government|ministry|officials?|authorities|armed groups|side|coast\s?guard)\b",
    re.IGNORECASE,
)
_SEATS = frozenset(("brussels", "the hague", "turtle bay", "geneva"))
"""Towns that stand for an organisation, where they are not just places."""
_ATTACKS = re.compile(
    r"^\W*(?:\w+\W+){0,3}?(?:attack|shell|bomb|struck|strike|hit|fir|launch|shot|raid|storm|kill|ramm|target|seiz|captur|assault|bombard)\w*",
    re.IGNORECASE,
)


def actor_span(text: str, hit: Hit) -> Span | None:
    """The words of the actor around a known name; None where the name is a place or merely describes."""
    start, end = hit.span
    after = text[end : end + 80]
    forces = _FORCES_AFTER.match(re.sub(r"^['’]s?", "", after)) if hit.sense != "organisation" else None
    if forces:
        shift = len(after) - len(re.sub(r"^['’]s?", "", after))
        return _with_article(text, start), end + shift + forces.end()
    if hit.sense == "demonym":
        return None
    before = text[max(0, start - 40) : start]
    seat = hit.sense in ("name", "capital") or text[start:end].lower() in _SEATS
    if seat and (
        _PLACE_BEFORE.search(before)
        or _PLACE_AFTER.match(after)
        or _POSSESSED.match(after)
        or after.startswith(("'s", "’s"))
    ):
        return None
    if hit.sense == "name" and re.search(r"\bof\s+(?:the\s+)?$", before):
        return None
    return _with_article(text, start) if hit.sense == "organisation" else start, end


def _with_article(text: str, start: int) -> int:
    match = re.search(r"\b[Tt]he\s+$", text[max(0, start - 5) : start])
    return start - len(match.group()) if match else start


def roles_at(text: str, span: Span) -> set[Role]:
    after = text[span[1] : span[1] + 60].split(".")[0]
    return {"attacker"} if _ATTACKS.match(after) else {"mentioned"}
