"""Strangers' text made safe to look at: nothing invisible, nothing that reorders or piles up, no look-alike hosts.

Every door passes what it shows through `legible` before its own escaping.
"""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import urlsplit

import idna

# Embeddings, overrides, isolates and marks (Unicode TR9): a headline must not reorder the words beside it.
_DIRECTION = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
# Zero-width and other invisible code points; joiners stay where a script outside of ASCII needs them.
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u2060-\u2064\u206a-\u206f\u3164\ufe00-\ufe0e\ufeff\uffa0"
    "\U000e0000-\U000e0fff]"
    "|(?<![^\x00-\x7f])[\u200c\u200d]|[\u200c\u200d](?![^\x00-\x7f])"
)
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufff9-\ufffb]")
_BREAKS = re.compile("\r\n?|[\u2028\u2029\x85\x0b\x0c]")
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]")
_MAX_MARKS = 4
"""Marks on one letter: Vietnamese needs two, pointed Hebrew and Arabic up to four."""


def legible(text: str) -> str:
    """The text without control, invisible and direction-changing characters and with at most four marks a letter.

    Line feeds and tabs stay. Idempotent; never longer than the text.
    """
    text = _BREAKS.sub("\n", text)
    if text.isascii():
        return _CONTROL.sub("", text)
    while (cleaned := _INVISIBLE.sub("", _DIRECTION.sub("", _CONTROL.sub("", text)))) != text:
        text = cleaned
    return _without_floods(text)


def one_line(text: str) -> str:
    """`legible`, with every run of white space as one space: for titles, labels and headings."""
    return " ".join(legible(text).split())


def isolated(text: str) -> str:
    """The text, set apart where letters of it run from right to left, so that the words around it keep their places."""
    return f"\u2068{text}\u2069" if not text.isascii() and _RIGHT_TO_LEFT.search(text) else text


def _without_floods(text: str) -> str:
    kept: list[str] = []
    marks = 0
    for character in text:
        marks = marks + 1 if unicodedata.category(character) in ("Mn", "Me") else 0
        if marks <= _MAX_MARKS:
            kept.append(character)
    return "".join(kept)


def shortened(text: str, limit: int) -> str:
    """At most `limit` (≥ 1) characters: cut at a word where one ends in the last third, and closed with "…"."""
    if len(text) <= limit:
        return text
    cut = text[: limit - 1]
    space = cut.rfind(" ")
    return (cut[:space] if space > limit * 2 // 3 else cut).rstrip(" ,;:—–-") + "…"


def shown_host(url: str) -> str:
    """The host of an address for people, in punycode where a label mixes scripts; "" without one."""
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return ""
    if host.isascii():
        return host
    labels = [_ascii(label) if len(_scripts(label)) > 1 else label for label in legible(host).split(".")]
    return ".".join(labels)


def _scripts(label: str) -> set[str]:
    """The scripts of a label's letters, by the first word of their Unicode names ("LATIN", "CYRILLIC", …)."""
    return {unicodedata.name(letter, "?").split()[0] for letter in label if letter.isalpha()}


def _ascii(label: str) -> str:
    try:
        return idna.alabel(label).decode("ascii")
    except idna.IDNAError:
        return label.encode("punycode", "replace").decode("ascii").join(("xn--", ""))
