"""Feed and page markup as plain text: quick, linear in its input, and never trusted as markup again."""

from __future__ import annotations

import html
import re

_UNSEEN_START = re.compile(r"<(?:script|style|noscript|template|iframe|svg|!--)", re.I)
_UNSEEN = re.compile(
    r"<(script|style|noscript|template|iframe|svg)\b[^<>]*>.*?(?:</\1\s*>|\Z)|<!--.*?(?:-->|\Z)", re.I | re.S
)
_BLOCK = re.compile(
    r"</?(?:p|div|hr|ul|ol|dl|h[1-6]|table|blockquote|section|article|figure|figcaption|pre|header|footer|aside|center"
    r"|address)\b[^<>]*>",
    re.I,
)
_BREAK = re.compile(r"</?(?:br|li|dt|dd|tr)\b[^<>]*>", re.I)
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>|<![^<>]*>|<\?[^<>]*>")
_MARKUP = re.compile(
    r"</?(?:p|br|div|span|a|b|i|u|em|strong|img|ul|ol|li|h[1-6]|table|tr|td|blockquote|figure|font|sup|sub)\b[^<>]*>",
    re.I,
)
MAX_MARKUP = 1_000_000
"""Characters of markup that are read; what is beyond is not text of a report."""


def text_of(markup: str) -> str:
    """The words of an HTML fragment or of plain text: a line feed where a line ends, two where a paragraph does.

    Markup that was escaped twice is read twice.
    """
    text = _words(markup[:MAX_MARKUP])
    return _words(text) if "<" in text and _MARKUP.search(text) else text


def line_of(markup: str) -> str:
    """The words of an HTML fragment as one line: for titles."""
    text = markup[:10_000]
    if "<" in text:
        text = _TAG.sub("", text)
    if "&" in text:
        text = html.unescape(text)
        if "&" in text:
            text = html.unescape(text)
    return " ".join(text.split())


def _words(markup: str) -> str:
    if "<" in markup:
        if _UNSEEN_START.search(markup):
            markup = _UNSEEN.sub(" ", markup)
        if _BLOCK.search(markup) or _BREAK.search(markup):
            # In HTML only tags end a line; in plain text with a stray tag, line feeds do.
            markup = markup.replace("\n", " ")
            markup = _BREAK.sub("\n", _BLOCK.sub("\n\n", markup))
        markup = _TAG.sub("", markup)
    if "&" in markup:
        markup = html.unescape(markup)
    lines = [" ".join(line.split()) for line in markup.split("\n")]
    if len(lines) == 1:
        return lines[0]
    kept: list[str] = []
    for line in lines:
        if line or (kept and kept[-1]):
            kept.append(line)
    return "\n".join(kept).strip("\n")
