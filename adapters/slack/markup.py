"""Strangers' words as plain text in Slack's mrkdwn: no mention, link, style or code comes of them."""

from __future__ import annotations

import re
from datetime import datetime

from bot.model.legible import isolated, one_line

_ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_SPECIAL = re.compile("[&<>]")
# mrkdwn has no escape for its style marks: an invisible word joiner beside each keeps it from pairing with another.
_STYLE = re.compile(r"([*_~`])")
_JOINER = "\u2060"
# A colon between letters makes an emoji; the joiner breaks the name.
_EMOJI = re.compile(r":(?=[a-z0-9_+-]+:)", re.IGNORECASE)
# Slack links bare addresses by itself; the joiner after the scheme leaves the words as words.
_ADDRESS = re.compile(r"\b(https?|ftp|mailto|slack):", re.IGNORECASE)


def plain(text: str) -> str:
    """One line of a stranger's text for a mrkdwn field, never read as markup."""
    escaped = _SPECIAL.sub(lambda match: _ESCAPES[match.group()], one_line(text))
    escaped = _EMOJI.sub(f":{_JOINER}", _STYLE.sub(rf"{_JOINER}\1{_JOINER}", escaped))
    escaped = _ADDRESS.sub(rf"\1{_JOINER}:", escaped)
    escaped = isolated(escaped)
    return f"{_JOINER}{escaped}" if escaped[:1] in ("•", "-") or escaped.startswith("&gt;") else escaped


def moment(at: datetime) -> str:
    """A time that each reader sees in their own zone, with UTC as what is read aloud."""
    return f"<!date^{int(at.timestamp())}^{{date_short_pretty}} {{time}}|{at:%Y-%m-%d %H:%M} UTC>"


def link(url: str | None, label: str) -> str:
    """A link with a label; the label alone where the address is none of the web's."""
    if not url or not url.startswith(("https://", "http://")) or any(c in url for c in '<>| \n"') or len(url) > 2000:
        return plain(label)
    return f"<{url.replace('&', '&amp;')}|{plain(label)}>"
