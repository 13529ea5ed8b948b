"""The picture that a feed gives with an entry: a thumbnail before any other, and never a film or a sound."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from urllib.parse import quote, urljoin, urlsplit

_GIVEN = re.compile(rb"<(item|entry)[\s/>]|<(media:thumbnail|media:content|enclosure|link)\s([^<>]{1,4000})>")
_TAGS = (b"media:thumbnail", b"media:content", b"enclosure")
_ATTRIBUTE = re.compile(rb"""([\w:.-]{1,40})\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_NAMED = re.compile(r"\.(?:jpe?g|png|webp|gif|avif)$", re.IGNORECASE)
_LONGEST = 1024
_USUAL = re.compile(r"https?://[A-Za-z0-9][A-Za-z0-9.-]{0,250}/[\w/.?=&%+,;:~!-]{0,700}", re.ASCII)
"""An address that can be taken as it is: most are."""
_SAFE = "%/:?#[]@!$&'()*+,;=~"
_WORTH = {b"media:thumbnail": 3, b"media:content": 2, b"enclosure": 1, b"link": 1}


def pictures_of(document: bytes, tags: Mapping[bytes, int], *, base: str = "") -> tuple[str | None, ...]:
    """The address of each entry's picture in document order, http(s) and absolute; () where the feed gives none.

    `tags` are the document's (`bot.sources.doubts.tags_of`).
    """
    if not any(tag in tags for tag in _TAGS) and not (b"entry" in tags and b'"enclosure"' in document):
        return ()
    found: list[tuple[int, str | None]] = []
    for begins, tag, attributes in _GIVEN.findall(document):
        if begins:
            found.append((0, None))
        elif found and _WORTH[tag] > found[-1][0]:
            told = {name.lower(): one or other for name, one, other in _ATTRIBUTE.findall(attributes)}
            if _shows_picture(tag, told):
                address = web_picture(_words(told.get(b"url") or told.get(b"href")), base=base)
                found[-1] = (_WORTH[tag], address) if address else found[-1]
    return tuple(address for _, address in found)


def web_picture(address: object, *, base: str = "") -> str | None:
    """An address that a picture may be shown from; None for none, for what is not http(s), and for what is too long."""
    given = address.strip() if isinstance(address, str) else ""
    if _USUAL.fullmatch(given):
        return given
    try:
        joined = quote(urljoin(base, given) if given and base else given, safe=_SAFE)
        parts = urlsplit(joined)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and "@" not in parts.netloc
    except ValueError:
        return None
    # A host that was not written in ASCII is percent-encoded by now: nobody could fetch from it.
    return joined if usable and "%" not in parts.netloc and len(joined) <= _LONGEST else None


def _shows_picture(tag: bytes, told: Mapping[bytes, bytes]) -> bool:
    """Whether an element's attributes say, or its address looks, that it is a picture."""
    if tag == b"media:thumbnail":
        return True
    if tag == b"link" and told.get(b"rel") != b"enclosure":
        return False
    kind = told.get(b"type", b"").lower()
    if kind or told.get(b"medium"):
        return kind.startswith(b"image/") or told.get(b"medium", b"").lower() == b"image"
    return bool(_NAMED.search(_words(told.get(b"url") or told.get(b"href")).partition("?")[0]))


def _words(value: bytes | None) -> str:
    text = (value or b"").decode("utf-8", "replace")
    return html.unescape(text) if "&" in text else text
