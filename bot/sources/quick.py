"""A feed as fastfeedparser reads it: its entries, its title and its page.

To `fastfeedparser.parse` what a feed says around its entries is a document of its own, read with lxml, and that takes
nearly as long as the entries of an ordinary feed. Where this head is plain, as most are, its two lines are read here,
and the library's native part is asked for the entries alone. `parse` reads everything else.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping, Sequence
from typing import Any

import fastfeedparser
import msgspec

try:
    from fastfeedparser import _core as native
except ImportError:  # built without it
    native = None

_TEXT = rb"(?:<!\[CDATA\[[^\]]*\]\]>|[^<]*)"
_PLAIN_HEAD = re.compile(
    rb"(?:<\?[^<>]*\?>\s*)*<rss(?=[\s>])(?![^<>]*\sxmlns\s*=)[^<>]*>\s*<channel>\s*"
    rb"<title>(?:<!\[CDATA\[([^\]]+)\]\]>|([^<&]+))</title>\s*"
    rb"(?:<atom:link\s[^<>]*/>\s*|<description>" + _TEXT + rb"</description>\s*)*<link>([^<&]+)</link>"
)
_ALTERNATE = b"alternate"
"""A link of Atom's in an RSS feed that names its page otherwise."""
_FEW, _LARGE = 5, 20_000
"""Where it finds fewer entries in a document of so many bytes, the library looks for more."""


class QuickRead(msgspec.Struct, frozen=True):
    """What was read; each of `entries` has the keys of fastfeedparser's."""

    title: str | None
    link: str | None
    entries: Sequence[Mapping[str, Any]]


def read(document: bytes, *, with_content: bool) -> QuickRead:
    """Read a prepared document; raises what `fastfeedparser.parse` does.

    Without `with_content` the entries have their descriptions alone.
    """
    extracted = _extracted(document, with_content=with_content)
    if extracted is not None:
        return extracted
    parsed = fastfeedparser.parse(
        document, include_content=with_content, include_tags=False, include_media=False, include_enclosures=False
    )
    return QuickRead(parsed.feed.get("title"), parsed.feed.get("link"), parsed.get("entries", ()))


def _extracted(document: bytes, *, with_content: bool) -> QuickRead | None:
    """The same from the native part; None where the head is not plain, or the entries want the library's whole care."""
    head = _PLAIN_HEAD.match(document)
    if head is None or native is None:
        return None
    title, link = (head[1] or head[2]).decode().strip(), head[3].decode().strip()
    try:
        found = native.parse_entries(
            document, dict, _odd_date, html.unescape,
            include_content=with_content, include_tags=False, include_media=False, include_enclosures=False,
        )  # fmt: skip
    except (ValueError, TypeError, AttributeError):
        return None
    if isinstance(found, str):  # why the library has to read it
        return None
    _, _, around, entries = found
    if _ALTERNATE in around or not title or not link or (len(entries) < _FEW and len(document) > _LARGE):
        return None
    return QuickRead(title, link, entries)


def _odd_date(told: str) -> str | None:
    """Called for a date that the native part cannot read."""
    raise ValueError(told)
