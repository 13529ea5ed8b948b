"""A text as the rules for casualties read it: in lines without ends, without an editor's words."""

from __future__ import annotations

import re

from bot.extract.casualty_words import MAY_HOLD

_LINE_END = re.compile(r"[\n\r\t]")
_ASIDE = re.compile(r"(?<=[\w,;”\"] )\[(?![^\]]*\d)[a-zA-Z][^\[\]]{2,80}\]")
"""An editor's words within a sentence: "seven [number as heard] other people"."""


def as_read(text: str) -> str:
    """The text with blanks for the ends of its lines and for asides that tell of nobody harmed; offsets stay."""
    return _ASIDE.sub(
        lambda aside: aside.group() if MAY_HOLD.search(aside.group()) else " " * len(aside.group()),
        _LINE_END.sub(" ", text),
    )
