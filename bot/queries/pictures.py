"""Two cards as pictures: the two accounts of an event in columns, and its timeline from top to bottom.

They say what the card's lines say, no more; the card's own words are their alternative text.
"""

from __future__ import annotations

from datetime import UTC

from bot.model.card import Attachment, Card, Line
from bot.queries.drawing import COLOURS, GRID, INK, MARKERS, SOFT, Sheet, paler, wrapped

_WIDTH, _MARGIN, _GUTTER, _TITLE = 1200, 28, 36, 96
_TEXT, _SMALL, _LINE, _GAP = 17, 15, 24, 16
_MOST_LINES, _MOST_NOTE_LINES = 6, 2
_COLUMN = (_WIDTH - 2 * _MARGIN - _GUTTER) // 2
_SIDES = (COLOURS[0], COLOURS[1])
_KINDS = {
    "denied": (COLOURS[1], "diamond"), "disputed": (COLOURS[1], "diamond"), "acknowledged": (COLOURS[2], "square"),
    "toll up": (COLOURS[4], "up"), "toll down": (COLOURS[3], "down"), "correction": (COLOURS[3], "down"),
}  # fmt: skip
"""How a change note is marked; whatever else stands in a timeline is a report."""


def two_columns(card: Card) -> Attachment | None:
    """The two sides of a `compare` card beside each other; None where there are not two."""
    if card.kind != "compare" or len(card.sections) != 2:
        return None
    columns = [[_block(line) for line in section.lines] for section in card.sections]
    height = max(sum(_height(*block) for block in column) for column in columns) + 60
    sheet = _sheet(card, height, "What each side says, as quoted. ⟂ marks what somebody denies or disputes.")
    for number, (section, column) in enumerate(zip(card.sections, columns, strict=True)):
        x, y = _MARGIN + number * (_COLUMN + _GUTTER), _TITLE
        sheet.box((x, y), (x + _COLUMN, y + 40), paler(_SIDES[number], 0.16), 6)
        sheet.box((x, y), (x + 6, y + 40), _SIDES[number])
        (side,) = wrapped(section.heading, 19, _COLUMN - 40, most=1, weight="bold")
        sheet.words((x + 18, y + 20), side, 19, weight="bold", anchor="lm")
        top = y + 60.0
        for words, note in column:
            top = _write_block(sheet, x + 18, top, words, note, rule=_COLUMN - 18)
    return _picture(card, sheet, "compare")


def _block(line: Line) -> tuple[list[str], list[str]]:
    """A claim's lines, and those of what stands against it."""
    room = _COLUMN - 30
    return (
        wrapped(line.text, _TEXT, room, most=_MOST_LINES),
        wrapped(line.note, _SMALL, room, most=_MOST_NOTE_LINES) if line.note else [],
    )


def _height(words: list[str], note: list[str]) -> float:
    return _LINE * (len(words) + len(note)) + _GAP


def _write_block(sheet: Sheet, x: float, y: float, words: list[str], note: list[str], *, rule: float) -> float:
    """Writes a block and returns where the next one begins."""
    end = y + _height(words, note)
    for line in words:
        sheet.words((x, y), line, _TEXT)
        y += _LINE
    for line in note:
        sheet.words((x, y), line, _SMALL, colour="#A34700")
        y += _LINE
    sheet.line([(x, end - _GAP / 2 - 2), (x + rule, end - _GAP / 2 - 2)], GRID, 1)
    return end


def over_time(card: Card) -> Attachment | None:
    """A `timeline` card from top to bottom, days apart, reports and changes marked; None where nothing stands in it."""
    lines = [line for section in card.sections for line in section.lines if line.at]
    if card.kind != "timeline" or not lines:
        return None
    left = 190
    room = _WIDTH - left - _MARGIN - 24
    told = [
        (line, wrapped(line.text, _TEXT, room, most=2), wrapped(line.note, _SMALL, room, most=1) if line.note else [])
        for line in lines
    ]
    days = [f"{line.at.astimezone(UTC):%-d %b %Y}" for line in lines if line.at]
    height = sum(_height(words, note) for _, words, note in told) + 34 * len(dict.fromkeys(days)) + 10
    sheet = _sheet(card, height, "Circle: a report.   Diamond: denied or disputed.   Up, down: a toll raised, lowered.")
    y, day = float(_TITLE), ""
    sheet.line([(left - 22, _TITLE + 8), (left - 22, _TITLE + height - 20)], GRID, 3)
    for (line, words, note), date in zip(told, days, strict=True):
        if date != day:
            sheet.words((_MARGIN, y), date, 18, weight="bold")
            y, day = y + 34, date
        assert line.at is not None  # they were chosen by it
        sheet.words((left - 40, y + 1), f"{line.at.astimezone(UTC):%H:%M}", _SMALL, colour=SOFT, anchor="ra")
        colour, shape = _KINDS.get(line.note, (COLOURS[0], MARKERS[0]))
        sheet.marker(shape, (left - 22, y + 10), 7, colour)
        for row in words:
            sheet.words((left, y), row, _TEXT, colour=INK)
            y += _LINE
        for row in note:
            sheet.words((left, y), row, _SMALL, colour=SOFT)
            y += _LINE
        y += _GAP
    return _picture(card, sheet, "timeline")


def _sheet(card: Card, height: float, explained: str) -> Sheet:
    """A sheet with the card's title and counts above and what the marks mean below."""
    sheet = Sheet(_WIDTH, round(_TITLE + height + 56))
    (title,) = wrapped(card.title, 22, _WIDTH - 2 * _MARGIN, most=1, weight="bold")
    sheet.words((_MARGIN, 22), title, 22, weight="bold")
    sheet.words((_MARGIN, 54), " · ".join(filter(None, (card.tag, card.subtitle))), _SMALL, colour=SOFT)
    sheet.words((_MARGIN, sheet.height - 20), f"{explained}   Times are UTC.", 14, colour=SOFT, anchor="ls")
    return sheet


def _picture(card: Card, sheet: Sheet, what: str) -> Attachment:
    """The sheet as a picture, with all of its words as alternative text."""
    told = [
        f"{section.heading}: "
        + "; ".join(
            (f"{line.at.astimezone(UTC):%d %b %H:%M} " if line.at else "")
            + line.text
            + (f" ({line.note})" if line.note else "")
            for line in section.lines
        )
        for section in card.sections
    ]
    alt = f"{card.title}. " + ". ".join(told) + "."
    return Attachment(name=f"{card.tag}-{what}.png", media_type="image/png", content=sheet.png(), alt=alt)
