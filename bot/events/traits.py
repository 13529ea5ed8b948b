"""What a report is about: names and words as weighted terms, and where; and whether it tells of a crisis.

Names tell happenings apart: a town, a ferry, a mayor. Parties do not: in a war each report names the same states, capitals
and armed groups. What names the outlet, its agency or the day tells nothing at all.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Literal

import msgspec

from bot.events.commonplace import SHARE, WORDS
from bot.model.happening import HAPPENINGS
from bot.model.report import Report
from bot.model.summary import Summary

_BACKGROUND = Path(__file__).resolve().parent / "background.tsv"
_PARTIES = Path(__file__).resolve().parent / "parties.txt"
_WORD = re.compile(r"[^\W\d_][^\W_]+")
_NAME = re.compile(r"[^\W\d_a-z][\w’'-]+")
_BEGINNING = re.compile(r"(?:^|[.!?:…\"“”]\s+|\n\s*)")
_CREDIT = re.compile(r"^[^\n]{0,80}?\(([^)\n]{2,40})\)\s*[-–—]")
"""A dateline's agency: "KYIV, March 3 (Agency) - …"."""
_RAREST = 1.5
"""In how many of a thousand reports a word is taken to stand that the background does not know."""
_LEAST_TELLING = 1.2
_LEADING = 2.0
"""How telling a word of the lead must be to count as shared."""
_LOOKED_UP = 3.5
"""How telling a term must be to look others up by it."""
_WORD_FOR_A_NAME = 0.7
"""How much a word's weight counts beside a name's, where reports are looked up."""
_READ = 6000
_LEAD = 500
_FIRST = 300
_MOST_NAMES, _MOST_WORDS = 30, 40
_CALENDAR = (
    "january february march april may june july august september october november december jan feb mar apr jun jul aug sep"
    " sept oct nov dec monday tuesday wednesday thursday friday saturday sunday gmt utc"
)
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


Topic = Literal["crisis", "other", "open"]


class Traits(msgspec.Struct, gc=False, frozen=True):
    """What a report is about, as comparing needs it.

    Attributes:
        names, words: stems with their weights; the squares of either sum to 1. Parties are neither.
        lead: the telling stems of its title and first lines; `lead_names` those that are names.
        places: stems of the towns and provinces that its title and lead name.
        kinds: what its title and first lines tell to have happened; `kinds_within` its whole text.
        topic: a conflict or crisis; something else, such as a market or a match; or open, which may belong to a crisis.
    """

    report_id: str
    at: datetime
    topic: Topic
    names: dict[str, float]
    words: dict[str, float]
    lead: frozenset[str]
    lead_names: frozenset[str]
    places: frozenset[str]
    kinds: frozenset[str]
    kinds_within: frozenset[str]


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


def lines_of(table: Path) -> list[str]:
    """The lines of a table of this room, without its remarks."""
    return [line for line in table.read_text(encoding="utf-8").splitlines() if line[:1] not in ("", "#")]


@lru_cache(maxsize=1)
def _background() -> dict[str, float]:
    shares = {word: float(share) for word, share in (line.split("\t") for line in lines_of(_BACKGROUND))}
    for word in stems(WORDS):
        shares[word] = max(shares.get(word, 0.0), SHARE)
    return shares


@lru_cache(maxsize=50_000)
def telling(term: str) -> float:
    """How telling a stem is: the logarithm of how seldom it stands in news."""
    return math.log(1000 / _background().get(term, _RAREST))


@lru_cache(maxsize=1)
def _parties() -> frozenset[str]:
    return frozenset(lines_of(_PARTIES))


def traits_of(report: Report, summary: Summary) -> Traits:
    """The traits of a report; the title and the beginning count more than the rest."""
    at = report.published_at or report.fetched_at
    assert at is not None  # reports get one of the two on their way in
    title, text = report.title or "", report.text[:_READ]
    counts = _counted(title, text, {*_bylines(report, summary), *_first_names(summary), *_calendar()})
    told_apart = {term for term in counts if term not in _parties()}
    spoken = [(start, told_apart.intersection(stems(report.text[start:end]))) for start, end in summary.places]
    about = {term for _, terms in spoken for term in terms}
    leading = {term for start, terms in spoken if start < _LEAD for term in terms}
    named = told_apart & (_capitalised(text) | about)
    first = f"{title}\n{text[:_FIRST]}"
    lead = frozenset(term for term in stems(first) if term in told_apart and telling(term) > _LEADING)
    names = _weighed(counts, named, _MOST_NAMES)
    return Traits(
        report_id=report.id,
        at=at,
        topic=_tells_of(report, summary),
        names=names,
        words=_weighed(counts, told_apart - named, _MOST_WORDS),
        lead=lead,
        lead_names=lead & names.keys(),
        places=frozenset(leading | about.intersection(stems(title))),
        kinds=HAPPENINGS.among(first),
        kinds_within=HAPPENINGS.among(f"{title}\n{text}"),
    )


@lru_cache(maxsize=1)
def _calendar() -> frozenset[str]:
    return frozenset(stems(_CALENDAR))


def _counted(title: str, text: str, left_out: set[str]) -> dict[str, float]:
    """How often each stem stands in a report, those of the title and the lead counted more."""
    counts: dict[str, float] = {}
    for part, weight in ((title, 2.0), (text[: 2 * _FIRST], 1.0), (text, 1.0)):
        # Each word is cut once, however often it stands there.
        for word, times in Counter(_WORD.findall(part)).items():
            term = stem(word)
            if term not in left_out:
                counts[term] = counts.get(term, 0.0) + weight * times
    return counts


def _weighed(counts: Mapping[str, float], terms: Iterable[str], most: int) -> dict[str, float]:
    """The weightiest of the terms with their weights."""
    weights = {
        term: (1 + math.log(1 + counts[term])) * worth**2 for term in terms if (worth := telling(term)) > _LEAST_TELLING
    }
    kept = sorted(weights, key=lambda term: (-weights[term], term))[:most]
    norm = math.sqrt(sum(weights[term] ** 2 for term in kept)) or 1.0
    return {term: round(weights[term] / norm, 4) for term in kept}


def _capitalised(text: str) -> set[str]:
    """The stems of what is written as a name: with a capital within a sentence, and nowhere without."""
    small = {word for word in _WORD.findall(text) if word[0].islower()}
    if not small:
        return set()
    beginnings = {match.end() for match in _BEGINNING.finditer(text)}
    return {
        stem(match.group())
        for match in _WORD.finditer(text)
        if match.group()[0].isupper() and match.start() not in beginnings and match.group().lower() not in small
    }


def _bylines(report: Report, summary: Summary) -> Iterator[str]:
    """The stems of those that tell the news: the outlet, the dateline's agency, and every medium that is cited."""
    credit = _CREDIT.match(report.text)
    yield from stems(" ".join((report.outlet or "", report.origin or "", credit[1] if credit else "")))
    for actor in summary.actors:
        if actor.type == "media":
            yield from stems(actor.name)
            for start, end in actor.mentions:
                yield from stems(report.text[start:end])


def _first_names(summary: Summary) -> Iterator[str]:
    """The stems of persons' first names: two governors called Oleh make no happening."""
    for actor in summary.actors:
        names = _NAME.findall(actor.name)
        if actor.type == "official" and len(names) > 1 and len(names) == len(actor.name.split()):
            yield stem(names[0])


def _tells_of(report: Report, summary: Summary) -> Topic:
    """Whether a report tells of a conflict or crisis, people harmed or its words; of a market or a match; or is open."""
    text = f"{report.title or ''}\n{report.text[:3000]}"
    words = len(text.split()) or 1
    crisis = len(_CRISIS.findall(text))
    other = len(_TRADE_OR_SPORT.findall(text))
    harmed = any(figure.scope == "event" and figure.max != 0 for figure in summary.casualties)
    if other >= 2 and other / words > 0.012:
        if other >= crisis and not harmed:
            return "other"
        if other >= crisis / 2 and not (harmed and crisis > other):
            return "open"
    return "crisis" if crisis >= (1 if harmed else 2) else "open"


def looked_up_by(traits: Traits, most: int) -> dict[str, float]:
    """The most telling of a report's terms with their weights, by which reports like it are found."""
    weights = {term: weight * _WORD_FOR_A_NAME for term, weight in traits.words.items()} | traits.names
    telling_ones = (term for term in weights if telling(term) >= _LOOKED_UP)
    kept = sorted(telling_ones, key=lambda term: (-weights[term], term))[:most]
    return {term: weights[term] for term in kept}
