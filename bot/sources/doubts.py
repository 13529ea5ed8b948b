"""What the quick reader is known to misread; a document that shows one of these signs is read by the thorough one.

Each sign is a property of feeds at large. All searches are linear in the document.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

_MARKED_UP_TITLE = re.compile(rb"<(?:[A-Za-z][\w.-]{0,20}:)?title\b[^<>]*>[^<]*<(?!/|!\[CDATA\[)")
_MARKED_UP_PLAIN_TITLE = re.compile(rb"<title\b[^<>]*>[^<]*<(?!/|!\[CDATA\[)")
"""The same without a prefix, which is found many times as quickly."""
_MARKED_UP_DESCRIPTION = re.compile(rb"<description\b[^<>]*>[^<]*<(?!/|!\[CDATA\[)")
_INLINE = frozenset((b"a", b"b", b"br", b"div", b"em", b"i", b"img", b"li", b"p", b"span", b"strong", b"table", b"ul"))
_ENCODED_TITLE = re.compile(rb"""<(?:[A-Za-z][\w.-]{0,20}:)?title\b[^<>]*(?:base64|octet-stream)""")
_TITLE = re.compile(rb"<(?:[A-Za-z][\w.-]{0,20}:)?title\b[^<>]*[^/<>]>(?!\s*</)|<title>(?!\s*</)")


_TITLES_IN_ORDER = re.compile(rb"<(item|entry)[\s>]|<(title)[\s>]|<[A-Za-z][\w.-]{0,20}:title[\s>]")
_DATES = (b"pubDate", b"published", b"updated", b"issued", b"dc:date")
_ABSOLUTE = ("https://", "http://")
_NAME = re.compile(rb"<([A-Za-z_\x80-\xff][^\s/>]*)")


def tags_of(document: bytes) -> Mapping[bytes, int]:
    """How often each element begins, by its name as written; one walk instead of one for each question."""
    return Counter(_NAME.findall(document))


def doubt(document: bytes, title: str | None, entries: Sequence[Mapping[str, Any]], tags: Mapping[bytes, int]) -> str:
    """Why a reading of fastfeedparser is not to be relied on, or "".

    `title` and `entries` are what it gave for `document`, `tags` what `tags_of` gave.
    """
    if not entries:
        return "no entries"
    if not title:
        return "no title"
    if _MARKED_UP_PLAIN_TITLE.search(document) or (
        any(tag.endswith(b":title") for tag in tags) and _MARKED_UP_TITLE.search(document)
    ):
        return "elements inside of titles"
    if not _INLINE.isdisjoint(tags) and _MARKED_UP_DESCRIPTION.search(document):
        return "elements inside of descriptions"
    if b"source" in tags and b"entry" in tags:
        return "publishers of an aggregate"
    if b"title" in tags and any(tag.endswith(b":title") for tag in tags) and _another_title_first(document):
        return "titles of pictures and episodes before an entry's own"
    titles, dated, relative, guids_as_links = 0, 0, False, False
    for entry in entries:
        get = entry.get
        link, guid = get("link"), get("id")
        if not link:
            if not guid:
                return "entries without link and identifier"
            guids_as_links = True
        else:
            if link == guid:
                guids_as_links = True
            if not link.startswith(_ABSOLUTE):
                relative = True
        if get("title"):
            titles += 1
        if get("published") or get("updated"):
            dated += 1
    if titles < len(entries) and len(_TITLE.findall(document)) > titles + 1:
        return "titles left unread"
    if dated < len(entries) and sum(tags.get(tag, 0) for tag in _DATES) > dated + 1:
        return "dates left unread"
    # Where every entry has a link of its own, one that is the same as the identifier was not taken from it.
    unlinked = tags.get(b"link", 0) <= len(entries)
    if guids_as_links and unlinked and (b"ermaLink" in document or b"ermalink" in document):
        return "identifiers taken for links"
    if relative and b"xml:base" in document:
        return "relative links under a base"
    if b"<rss" in document[:1024]:
        if tags.get(b"pubDate", 0) > len(entries) + 1:
            return "several dates in one entry"
    else:
        if b"entry" in tags and any(entry.get("link") and not entry.get("links") for entry in entries):
            return "links to an entry as data"
        if max(tags.get(b"published", 0), tags.get(b"updated", 0) - 1) > len(entries):
            return "several dates in one entry"
        if (b"base64" in document or b"octet-stream" in document) and _ENCODED_TITLE.search(document):
            return "encoded titles"
    return ""


def _another_title_first(document: bytes) -> bool:
    """Whether an entry has a title of another vocabulary (`media:title`, `itunes:title`) before its own, or instead."""
    own = True
    for entry, title in _TITLES_IN_ORDER.findall(document):
        if entry:
            own = False
        elif title:
            own = True
        elif not own:
            return True
    return False
