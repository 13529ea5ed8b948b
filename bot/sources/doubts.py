"""What the quick reader is known to misread; a document that shows one of these signs is read by the thorough one.

Each sign is a property of feeds at large. All searches are linear in the document.
"""

from __future__ import annotations

import re
from typing import Any

_MARKED_UP_TITLE = re.compile(rb"<(?:[A-Za-z][\w.-]{0,20}:)?title\b[^<>]*>[^<]*<(?!/|!\[CDATA\[)")
_ENCODED_TITLE = re.compile(rb"""<(?:[A-Za-z][\w.-]{0,20}:)?title\b[^<>]*(?:base64|octet-stream)""")
_TITLE = re.compile(rb"<(?:[A-Za-z][\w.-]{0,20}:)?title\b[^<>]*[^/<>]>(?!\s*</)|<title>(?!\s*</)")
_CUSTOM_ENTITY = re.compile(rb"&(?!amp;|lt;|gt;|quot;|apos;|#)[A-Za-z][\w.-]{0,60};")


def doubt(document: bytes, read: Any) -> str:
    """Why a reading of fastfeedparser is not to be relied on, or "".

    `read` is what `fastfeedparser.parse` gave for `document`.
    """
    entries = read.get("entries") or ()
    if not entries:
        return "no entries"
    if not read.feed.get("title"):
        return "no title"
    if _MARKED_UP_TITLE.search(document):
        return "elements inside of titles"
    if (b"base64" in document or b"octet-stream" in document) and _ENCODED_TITLE.search(document):
        return "encoded titles"
    if b"xml:base" in document and _relative(entries):
        return "relative links under a base"
    if b"ermalink" in document and any(entry.get("link") and entry.get("link") == entry.get("id") for entry in entries):
        return "identifiers taken for links"
    if any(not entry.get("link") and not entry.get("id") for entry in entries):
        return "entries without link and identifier"
    if (
        any(not entry.get("title") for entry in entries)
        and len(_TITLE.findall(document)) > sum(1 for entry in entries if entry.get("title")) + 1
    ):
        return "titles left unread"
    if len(entries) + 1 < max(
        document.count(b"<published>"), document.count(b"<updated>"), document.count(b"<pubDate>") - 1
    ):
        return "several dates in one entry"
    return ""


def _relative(entries: Any) -> bool:
    return any("://" not in (entry.get("link") or "://")[:12] for entry in entries)
