"""Strangers' words as plain text in Discord's Markdown: no mention, link, list, spoiler or code comes of them."""

from __future__ import annotations

import re
from datetime import datetime

from bot.model.legible import isolated, legible, one_line

# Discord shows a backslash before any ASCII punctuation as that character alone, so each that could start markup
# or a mention is escaped wherever it stands: rules that look at what follows can be tricked.
_MARKUP = re.compile(r"([\\*_~|`>#\[\]()<:@-])")
# "1." at the start of a line makes a list.
_NUMBERED = re.compile(r"^(\s*\d+)\.", re.MULTILINE)


def plain(text: str) -> str:
    """One line of a stranger's text, escaped; at most twice as long and two characters more."""
    return isolated(_escaped(one_line(text)))


def plain_lines(text: str) -> str:
    """A stranger's text with its line breaks, escaped."""
    return _escaped(legible(text))


def _escaped(text: str) -> str:
    return _NUMBERED.sub(r"\1\\.", _MARKUP.sub(r"\\\1", text))


def moment(at: datetime, style: str = "R") -> str:
    """A time that each reader sees in their own zone; `style` is one of Discord's (t, T, d, D, f, F, R)."""
    return f"<t:{int(at.timestamp())}:{style}>"
