"""A text's casualty figures, as the tests of them read it."""

from __future__ import annotations

from bot.extract.casualties import casualties_of
from bot.extract.words import sentences
from bot.model.summary import CasualtyFigure


def figures(text: str) -> tuple[CasualtyFigure, ...]:
    return casualties_of(text, sentences=sentences(text), attributions=())


def told(text: str) -> list[tuple[str, int | None, int | None, str]]:
    """State, least, most and words of each figure."""
    return [(k.state, k.min, k.max, text[slice(*k.victims)]) for k in figures(text)]
