"""Whom a pronoun means within its own sentence, as the words that name them; None where these words do not tell."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.extract.acting import actor_span
from bot.extract.gazetteer import Gazetteer, Hit
from bot.extract.naming import can_speak, identify
from bot.model.report import Span

_POSSESSED_BODY = re.compile(
    r"['’]s?\s+(?:[\w-]+\s+)?(?:military|army|armed forces|ministry|government|forces|police|coast guard|navy|air force|presidency|parliament)\b",
    re.IGNORECASE,
)
_LAST_NAMED = re.compile(
    r"\b(?P<named>(?:[Tt]he|[Aa]n?)\s+(?!\w+\s+(?:on|in|by|with|from|to|at|for|against)\s)(?:[\w-]+\s+){0,2}?[\w-]+(?:\s+of\s+(?:the\s+)?[\w-]+)?"
    r"|(?:[A-Z][\w’'-]+\s+){0,3}[A-Z][\w’'-]+|police|officials|rebels)\s*,\s*$"
)
"""The words before a comma that name somebody."""
_EMBEDDED = re.compile(r"\b(?:that|which|what|as)\s+$", re.IGNORECASE)
"""Before a pronoun that means its own sentence's subject: "… published recordings that it said …"."""
_CLOSE = 6
"""Characters: how near a subject stands to its sentence's beginning, and a relative pronoun to what it means."""
NAMED_WITHIN = 60
"""Characters before a pronoun in which whom it means is looked for."""
_SUBJECT = re.compile(
    r"(?P<who>(?:The\s+)?[\w’'-]+(?:\s+(?!(?:was|were|is|are|has|had|have|did|will|would|could|who|which|that|and|but)\b|\w+ed\b)[\w’'-]+){0,7})"
    r"(?:,[^,.]{1,60},)?\s+(?:was|were|is|has|had|did|will|would|could|\w+ed)\b"
)
"""The subject with which a sentence begins."""
_INNER_QUOTE = re.compile(r"[“\"]")
_ENDS = (". ", "\n", "? ", "! ", '." ')


def sentence_start(text: str, at: int) -> int:
    """Where the sentence begins in which an offset lies."""
    return max(text.rfind(mark, 0, at) + len(mark) for mark in _ENDS)


def person_before(text: str, at: int, names: Gazetteer) -> Span | None:
    """Whom "he" means: the person with whom its sentence begins ("The mayor was shot after he accused …")."""
    start = sentence_start(text, at)
    match = _SUBJECT.match(text, start, at)
    if match is None or _INNER_QUOTE.search(text, start, at):
        return None
    named = identify(match["who"], names)
    return match.span("who") if named.type == "official" or named.surname else None


def person_of_last_sentence(text: str, at: int, names: Gazetteer) -> Span | None:
    """Whom "He" means at the beginning of a sentence: the official of whom the sentence before it told."""
    start = sentence_start(text, at)
    before = text[:start].rstrip()
    if text[start:at].strip() or not before.endswith(".") or "\n" in text[len(before) : start]:
        return None
    match = _SUBJECT.match(text, sentence_start(text, len(before) - 1), len(before))
    return match.span("who") if match and identify(match["who"], names).type == "official" else None


def antecedent(text: str, at: int, names: Gazetteer) -> Span | None:
    """Whom a relative pronoun after a comma goes on from: "on the army, which said"."""
    match = _LAST_NAMED.search(text, max(0, at - NAMED_WITHIN), at)
    if match is None:
        return None
    speaks = can_speak(match["named"], names) or identify(match["named"], names).surname
    return match.span("named") if speaks else None


def body_before(text: str, pronoun: str, at: int, hits: Sequence[Hit]) -> Span | None:
    """Whom "it" means: the body that its sentence begins with, or that "which" follows."""
    start = sentence_start(text, at)
    before = [hit for hit in hits if start <= hit.span[0] and hit.span[1] <= at and not hit.weak]
    embedded = pronoun == "which" or _EMBEDDED.search(text[max(start, at - 10) : at])
    if not before or not embedded:
        return None
    hit = before[-1] if pronoun == "which" else before[0]
    named = pronoun == "which" and hit.sense in ("name", "capital")
    span = hit.span if named else actor_span(text, hit)
    if span is None and hit.sense in ("name", "capital") and (match := _POSSESSED_BODY.match(text, hit.span[1])):
        span = (hit.span[0], match.end())
    if span is None:
        return None
    near = at - span[1] <= _CLOSE if pronoun == "which" else span[0] - start <= _CLOSE
    return span if near else None
