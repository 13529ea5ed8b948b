"""Days that a report names, counted back from the day that it was told."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

import msgspec

from bot.model.report import Span

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = r"(?:January|February|March|April|May|June|July|August|September|October|November|December|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\b\.?"
_DATE = re.compile(rf"\b(\d{{1,2}})\s+({'|'.join(_MONTHS)})[a-z]*\.?(?:,?\s+((?:19|20)?\d\d)\b)?", re.IGNORECASE)
_NAMED = re.compile(
    rf"\b(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?(?P<month>(?i:{_MONTH}))(?:,?\s+(?P<year>(?:19|20)\d\d)\b)?"
    rf"|\b(?P<month2>{_MONTH})\s+(?P<day2>\d{{1,2}})(?:st|nd|rd|th)?\b(?!\s*[:.]\d)(?:,?\s+(?P<year2>(?:19|20)\d\d)\b)?"
    rf"|\b(?:[Ii]n|[Ll]ast|[Dd]uring|[Oo]f)\s+(?:(?:early|mid|late)[-\s])?(?P<month3>{_MONTH})(?!\s+\d{{1,2}}\b)(?:,?\s+(?:of\s+)?(?P<year3>(?:19|20)\d\d)\b)?"
)
_SOON = 45
"""Days by which a day without a year may lie ahead: later ones are of the year before."""


class Named(msgspec.Struct, frozen=True):
    """A day, or the last one of a month, that a text names; `age` in days before the report, below nought if ahead."""

    span: Span
    age: int


def told_on(text: str) -> date | None:
    """The date of a dateline within the first lines of a report ("4 Jan 90"), with its year."""
    match = _dateline(text)
    if match is None:
        return None
    year = int(match.group(3))
    return _day(year if year > 99 else (1900 if year > 30 else 2000) + year, match.group(2), int(match.group(1)))


def _dateline(text: str) -> re.Match[str] | None:
    return next((m for m in _DATE.finditer(text, 0, 250) if m.group(3)), None)


def named(text: str, start: int, end: int, told: date) -> Iterator[Named]:
    """The days between two offsets, in order, but for that of the dateline."""
    dateline = _dateline(text)
    for match in _NAMED.finditer(text, start, end):
        if dateline is not None and match.start() == dateline.start():
            continue
        number = match.group("day") or match.group("day2")
        month = match.group("month") or match.group("month2") or match.group("month3")
        year = match.group("year") or match.group("year2") or match.group("year3")
        last = int(number) if number else 28
        day = _day(int(year) if year else told.year, month, last)
        if day is not None and not year and (day - told).days > _SOON:
            day = _day(told.year - 1, month, last)
        if day is not None:
            yield Named(match.span(), (told - day).days)


def _day(year: int, month: str, number: int) -> date | None:
    try:
        return date(year, _MONTHS.index(month[:3].lower()) + 1, number)
    except ValueError:
        return None
