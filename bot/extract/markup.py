"""A report's text as it is read: remains of HTML blanked out, every offset kept."""

from __future__ import annotations

import html
import re

_HIDDEN = re.compile(r"<(script|style)\b[^>]*>.*?</\1\s*>|<!--.*?-->", re.IGNORECASE | re.DOTALL)
_TAG = re.compile(r"</?(?P<name>[a-zA-Z][a-zA-Z0-9]{0,15})(?:\s[^<>]{0,2000})?\s*/?>")
_BLOCK = frozenset("p br div li ul ol tr td table h1 h2 h3 h4 h5 h6 section article blockquote".split())
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z]{2,10}\d{0,2});")


def without_markup(text: str) -> str:
    """A text of the same length in which tags are blanks (line ends, where they part paragraphs) and entities what they stand for."""
    if "<" not in text and "&" not in text:
        return text
    blank = _HIDDEN.sub(lambda match: " " * len(match.group()), text)
    blank = _TAG.sub(_gap, blank)
    return _ENTITY.sub(_character, blank)


def _gap(match: re.Match[str]) -> str:
    length = len(match.group())
    return "\n\n".rjust(length) if match["name"].lower() in _BLOCK else " " * length


def _character(match: re.Match[str]) -> str:
    meant = html.unescape(match.group())
    return meant.rjust(len(match.group())) if len(meant) == 1 and meant.isprintable() else match.group()
