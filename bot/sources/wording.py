"""Feed and page markup as plain text: quick, linear in its input, and never trusted as markup again."""

from __future__ import annotations

import html
import re

_UNSEEN = re.compile(r"<(script|style|noscript|template|iframe|svg)\b[^<>]*>.*?</\1\s*>|<!--.*?-->", re.I | re.S)
_BLOCK = re.compile(
    r"</?(?:p|div|br|hr|li|ul|ol|dl|dt|dd|h[1-6]|tr|table|blockquote|section|article|figure|figcaption|pre|header|footer"
    r"|aside|center|address)\b[^<>]*>",
    re.I,
)
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>|<![^<>]*>|<\?[^<>]*>")
_MARKUP = re.compile(
    r"</?(?:p|br|div|span|a|b|i|u|em|strong|img|ul|ol|li|h[1-6]|table|tr|td|blockquote|figure|font|sup|sub|content|title)\b[^<>]*>",
    re.I,
)
_BLANKS = re.compile(r"[ \t\r\f\v\u00a0\u200b]+")
_BREAKS = re.compile(r" ?\n[ \n]*")
MAX_MARKUP = 1_000_000
"""Characters of markup that are read; what is beyond is not text of a report."""


def text_of(markup: str) -> str:
    """The words of an HTML fragment, one paragraph a line group (blank line between); plain text stays as it is.

    Markup that was escaped twice is read twice.
    """
    text = _once(markup[:MAX_MARKUP])
    if _MARKUP.search(text):
        text = _once(text)
    return text


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


def _once(markup: str) -> str:
    if "<" in markup:
        if "<p" not in markup and "<br" not in markup and "<div" not in markup:
            # Plain text with a stray tag: its own line breaks count.
            markup = _TAG.sub("", _BLOCK.sub("\n\n", _unseen_dropped(markup)))
        else:
            markup = markup.replace("\n", " ")
            markup = _TAG.sub("", _BLOCK.sub("\n\n", _unseen_dropped(markup)))
    if "&" in markup:
        markup = html.unescape(markup)
    text = _BLANKS.sub(" ", markup)
    return _BREAKS.sub(_break, text).strip()


def _break(found: re.Match[str]) -> str:
    return "\n\n" if found[0].count("\n") > 1 else "\n"


def _unseen_dropped(markup: str) -> str:
    """Without scripts, styles and comments; the search is skipped where none can be found."""
    if (
        "<!--" not in markup
        and "</s" not in markup
        and "</n" not in markup
        and "</t" not in markup
        and "</i" not in markup
    ):
        lowered = markup.lower()
        if "</s" not in lowered and "</n" not in lowered and "</t" not in lowered and "</i" not in lowered:
            return markup
    return _UNSEEN.sub(" ", markup)
