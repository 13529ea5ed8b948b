"""What a report is about, as weighted terms: the more telling a word, the heavier; and whether it tells of a crisis."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from functools import lru_cache
from pathlib import Path

import msgspec

from bot.events.commonplace import SHARE, WORDS
from bot.model.report import Report
from bot.model.summary import Summary

_BACKGROUND = Path(__file__).resolve().parent / "background.tsv"
_WORD = re.compile(r"[^\W\d_][^\W_]+")
_NAME = re.compile(r"[^\W\d_a-z][\w’'-]+")
_RAREST = 1.5
"""In how many of a thousand reports a word is taken to stand that the background does not know."""
_TERMS = 60
_CRISIS = re.compile(
    r"\b(?:attack|strike|shells\b|shell(?:ing|ed)|missile|bomb|drone|rocket|mortar|artillery|clash|ceasefire|cease-fire|truce|troops|soldier|rebel|militant|gunm[ae]n"
    r"|guerrilla|insurgen|terroris|hostage|kidnap|abduct|massacre|assassinat|explo(?:sion|ded)|offensive|airstrike|air strike|invasion|coup|shot dead|gunfire|shoot(?:ing)?"
    r"|earthquake|quake|flood|cyclone|hurricane|typhoon|landslide|wildfire|tsunami|derail|crash|collision|collid|capsiz|sank|famine|epidemic|outbreak|evacuat"
    r"|displaced|refugee|drown|trapped|rescuer|survivor|collaps|raid|casualt|wounded|killed|killing|dead|death toll|rammed|sabotag|water cannon|blockade|siege|bodies\b|missing|rescue|firefighters|fire brigade|disaster|peacekeep|military (?:operation|action)|armed forces|army|heavy weapons|fatalit|stampede|dam (?:burst|collapse))\w*",
    re.IGNORECASE,
)
_TRADE_OR_SPORT = re.compile(
    r"\b(?:shares|stocks?|shareholders?|investors?|markets|stock market|analysts?|(?<!west )bank|quarter(?:ly)?|profits?|revenue|kroner|index|traders?|dividend|contract|broker(?:s|age)?|price target|order book|forecasts?"
    r"|coach|match(?:es)?|goals|league|season|striker|referee|tournament|half-time|scor(?:ed|er)|club|fans|championship|box office|earnings|visitors|kick-off|stoppage)\b",
    re.IGNORECASE,
)


class Traits(msgspec.Struct, frozen=True):
    """A report's terms with their weights (their squares sum to 1), its time, and whether it tells of a crisis."""

    report_id: str
    at: datetime
    terms: dict[str, float]
    crisis: bool


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """A word without its commonest endings, at most eight letters: crude, but the same for its forms."""
    plain = word.lower().removesuffix("'s").removesuffix("’s")
    for ending in (
        "ations",
        "ation",
        "ings",
        "ing",
        "edly",
        "ed",
        "ies",
        "ians",
        "ian",
        "ese",
        "es",
        "s",
        "ly",
        "ment",
    ):
        if plain.endswith(ending) and len(plain) - len(ending) >= 4:
            return plain[: -len(ending)][:8]
    return plain[:8]


def stems(text: str) -> Iterator[str]:
    """The stems of a text's words, in order."""
    return (stem(match.group()) for match in _WORD.finditer(text))


@lru_cache(maxsize=1)
def _background() -> dict[str, float]:
    lines = _BACKGROUND.read_text(encoding="utf-8").splitlines()
    shares = {
        word: float(share) for word, share in (line.split("\t") for line in lines if line and not line.startswith("#"))
    }
    for word in stems(WORDS):
        shares[word] = max(shares.get(word, 0.0), SHARE)
    return shares


@lru_cache(maxsize=50_000)
def telling(term: str) -> float:
    """How telling a stem is: the logarithm of how seldom it stands in news."""
    return math.log(1000 / _background().get(term, _RAREST))


def traits_of(report: Report, summary: Summary) -> Traits:
    """The traits of a report; the title and the beginning count more than the rest."""
    counts: dict[str, float] = {}
    for part, weight in ((report.title or "", 2.0), (report.text[:600], 1.0), (report.text[:6000], 1.0)):
        # Each word is cut once, however often it stands there.
        for word, times in Counter(_WORD.findall(part)).items():
            term = stem(word)
            counts[term] = counts.get(term, 0.0) + weight * times
    for term in _first_names(summary):
        counts.pop(term, None)
    weights = {
        term: (1 + math.log(1 + count)) * worth**2 for term, count in counts.items() if (worth := telling(term)) > 1.2
    }
    kept = sorted(weights, key=lambda term: (-weights[term], term))[:_TERMS]
    norm = math.sqrt(sum(weights[term] ** 2 for term in kept)) or 1.0
    at = report.published_at or report.fetched_at
    assert at is not None  # reports get one of the two on their way in
    return Traits(report.id, at, {term: round(weights[term] / norm, 5) for term in kept}, _is_crisis(report, summary))


def _first_names(summary: Summary) -> Iterator[str]:
    """The stems of persons' first names: two governors called Oleh make no happening."""
    for actor in summary.actors:
        names = _NAME.findall(actor.name)
        if actor.type == "official" and len(names) > 1 and len(names) == len(actor.name.split()):
            yield stem(names[0])


def _is_crisis(report: Report, summary: Summary) -> bool:
    """Whether the report tells of a conflict or crisis: people harmed, or its words, and not a market's or a match's."""
    text = f"{report.title or ''}\n{report.text[:3000]}"
    words = len(text.split()) or 1
    crisis = len(_CRISIS.findall(text))
    other = len(_TRADE_OR_SPORT.findall(text))
    harmed = any(figure.scope == "event" and figure.max != 0 for figure in summary.casualties)
    if other >= 2 and other / words > 0.012 and other >= crisis / 2:
        return False
    return crisis >= (1 if harmed else 2)


def likeness(one: Traits, other: Traits) -> float:
    """How much two reports tell of the same: the cosine of their terms, 0 to 1."""
    return sum(shared_weights(one, other))


def shared_weights(one: Traits, other: Traits) -> list[float]:
    """What each shared term adds to the likeness."""
    if len(one.terms) > len(other.terms):
        one, other = other, one
    return [weight * other.terms[term] for term, weight in one.terms.items() if term in other.terms]
