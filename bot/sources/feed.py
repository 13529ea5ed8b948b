"""A feed's bytes as a `ParsedFeed`: RSS 0.9 to 2.0, RDF, Atom, CDF and JSON Feed.

Two readers: fastfeedparser, which is forty times as quick, and feedparser where the first fails, finds nothing, or is
known to misread what the document holds (`bot.sources.doubts`).
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urljoin

import feedparser
import msgspec

from bot.model.errors import SourceError
from bot.model.feed import FeedEntry, ParsedFeed
from bot.sources import quick
from bot.sources.doubts import doubt, tags_of
from bot.sources.encoding import as_utf8, without_doctype
from bot.sources.health import is_robot_check, sentence
from bot.sources.mending import mended
from bot.sources.pictures import pictures_of, web_picture
from bot.sources.wording import line_of

MAX_BYTES = 8 * 1024 * 1024
MAX_ENTRIES = 1000
"""Entries that are read of one feed, in document order; the rest is left unread."""
INLINE_BYTES = 128 * 1024
INLINE_ENTRIES = 300
_ENTRY = re.compile(rb"<(?:[A-Za-z][\w.-]{0,20}:)?(?:item|entry)[\s/>]", re.I)
_ENTRY_NAME = re.compile(rb"(?:.{0,40}:)?(?:item|entry)", re.I)
_CONTENT_NAME = re.compile(rb"(?:.{0,40}:)?(?:content|encoded)")
_HTML = re.compile(rb"<(?:!doctype\s+html|html[\s>]|head[\s>]|body[\s>])", re.I)
_FEED = re.compile(rb"<(?:[A-Za-z][\w.-]{0,20}:)?(?:rss|feed|rdf|channel)[\s>]", re.I)
_TTL = re.compile(rb"<ttl>\s*(\d{1,5})\s*</ttl>")
_PERIOD = re.compile(rb"<sy:updatePeriod>\s*(hourly|daily|weekly)\s*</sy:updatePeriod>", re.I)
_FREQUENCY = re.compile(rb"<sy:updateFrequency>\s*(\d{1,3})\s*</sy:updateFrequency>", re.I)
_LANGUAGE = re.compile(
    rb"""<(?:language|dc:language)>\s*([A-Za-z]{2,3})\b|<(?:feed|rss)\b[^>]{0,500}?xml:lang=["']([A-Za-z]{2,3})\b""",
    re.I,
)
_BASE = re.compile(
    rb"""<(?:[\w.-]{1,20}:)?(?:feed|rss|RDF)\b[^<>]{0,1000}?\bxml:base\s*=\s*["']([^"'<>]{1,1000})["']"""
)
_PERIODS = {b"hourly": 3600, b"daily": 86400, b"weekly": 604800}
_PUBLISHER = re.compile(rb"<(item)[\s>]|<source\b[^<>]{0,500}>([^<]{1,200})</source>")
_PAGES = ("text/html", "application/xhtml+xml")
_CROWDED_TAG = re.compile(rb"<[^<>]{16384,}")
_MAX_ATTRIBUTES = 500


def parse_feed(body: bytes, *, url: str = "", content_type: str = "") -> ParsedFeed:
    """Read a feed; relative links are resolved against `url` where it is given.

    At most `MAX_ENTRIES` entries are read. Pure; for CPU and memory, see `docs/sources.md`. Raises `SourceError`
    with the health state ("html", "captcha", "not_a_feed", "malformed", "too_complex", "too_large").
    """
    document = _shortened(prepared(body, content_type=content_type))
    _refuse_crowded(document)
    read = read_quickly(document, url=url)
    return read if read is not None else read_thoroughly(document, url=url)


def prepared(body: bytes, *, content_type: str = "") -> bytes:
    """The document in UTF-8, without document type; raises like `parse_feed`."""
    if len(body) > MAX_BYTES:
        raise SourceError(f"the feed is larger than {MAX_BYTES // 1024} KiB", health="too_large")
    document = mended(without_doctype(as_utf8(body, content_type=content_type)).strip())
    if not document:
        raise SourceError("the answer is empty", hint=sentence("not_a_feed"), health="not_a_feed")
    head = document[:2048]
    if head[:1] not in (b"{", b"[") and _HTML.search(head) and not _FEED.search(head):
        health = "captcha" if is_robot_check(document) else "html"
        raise SourceError("a web page and not a feed", hint=sentence(health), health=health)
    return document


def is_small(body: bytes) -> bool:
    """Whether a body may be looked at beside the event loop."""
    return len(body) <= INLINE_BYTES


def is_cheap(tags: Mapping[bytes, int]) -> bool:
    """Whether the quick reader may read a small document with these tags beside the event loop: it has few entries.

    The worst that fits takes about 0.15 s; an ordinary feed takes under a millisecond.
    """
    return sum(times for tag, times in tags.items() if _ENTRY_NAME.match(tag)) <= INLINE_ENTRIES


def read_quickly(document: bytes, *, url: str = "", tags: Mapping[bytes, int] | None = None) -> ParsedFeed | None:
    """Read a prepared document with fastfeedparser; None where a second reader has to look.

    `tags` are the document's (`tags_of`), where they are known already.
    """
    is_json = document[:1] in (b"{", b"[")
    tags = tags_of(document) if tags is None else tags
    # Asked for contents, it repeats the descriptions of a feed that has none.
    with_content = is_json or any(_CONTENT_NAME.fullmatch(tag) for tag in tags)
    try:
        read = quick.read(document, with_content=with_content)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError, OverflowError):
        return None
    if not is_json and doubt(document, read.title, read.entries, tags):
        return None
    head = _head(document, base=url)
    entries = tuple(_quick_entry(found, head.base or url, head.lang) for found in read.entries)
    if b"source" in tags:
        entries = _published(entries, document)
    entries = _pictured(entries, document, tags, head.base or url)
    return _headed(head, _line(read.title), read.link, entries, url)


def _refuse_crowded(document: bytes) -> None:
    """Both readers take time with the square of an element's attributes."""
    for tag in _CROWDED_TAG.finditer(document):
        if tag[0].count(b"=") > _MAX_ATTRIBUTES:
            raise SourceError("an element has too many attributes", hint=sentence("too_complex"), health="too_complex")


def read_thoroughly(document: bytes, *, url: str = "") -> ParsedFeed:
    """Read a prepared document with feedparser; raises `SourceError` where there is no feed in it."""
    headers = {"content-type": "application/xml; charset=utf-8"}
    if url:
        headers["content-location"] = url
    try:
        read: Any = feedparser.parse(
            document, response_headers=headers, sanitize_html=False, resolve_relative_uris=False
        )
    except (ValueError, TypeError, KeyError, AttributeError, IndexError, RecursionError, AssertionError) as error:
        raise SourceError(
            f"the feed cannot be read ({type(error).__name__})", hint=sentence("malformed"), health="malformed"
        ) from None
    if not read.entries and not read.feed.get("title") and not read.version:
        health = "malformed" if _FEED.search(document[:4096]) else "not_a_feed"
        raise SourceError("no feed can be read from it", hint=sentence(health), health=health)
    head = _head(document, base="")
    entries = tuple(_entry(found, head, url) for found in read.entries)
    entries = _pictured(entries, document, tags_of(document), head.base or url)
    return _headed(head, _line(read.feed.get("title")), read.feed.get("link"), entries, url)


class _Head(msgspec.Struct, frozen=True):
    """What a document says before its entries: the base of its links ("" none), its language, its pace in seconds."""

    base: str
    lang: str | None
    ttl: int | None


def _head(document: bytes, *, base: str) -> _Head:
    begun = _ENTRY.search(document, 0, 8192)
    head = document[: begun.start() if begun else 8192]
    told = _LANGUAGE.search(head) if b"lang" in head.lower() else None
    rooted = _BASE.search(head) if b"xml:base" in head else None
    return _Head(
        base=urljoin(base, rooted[1].decode("utf-8", "replace")) if rooted else base,
        lang=(told[1] or told[2]).decode("ascii").lower()[:2] if told else None,
        ttl=_ttl(head),
    )


def _headed(head: _Head, title: str | None, link: str | None, entries: tuple[FeedEntry, ...], url: str) -> ParsedFeed:
    return ParsedFeed(title=title, entries=entries, ttl=head.ttl, link=_joined(head.base or url, link))


def _joined(base: str, link: str | None) -> str | None:
    if not link or not base or "://" in link[:12]:
        return link
    try:
        return urljoin(base, link)
    except ValueError:
        return link


def _quick_entry(found: Any, base: str, lang: str | None) -> FeedEntry:
    """One entry of fastfeedparser's, which leaves the choice of the link to us."""
    get = found.get
    text, full = _content(get)
    guid = str(get("id") or "").strip()
    link, links = get("link"), get("links")
    link = str((_alternate(links, link) if links else link) or _page(guid)).strip()
    published, updated, image = get("published"), get("updated"), get("image")
    return FeedEntry(
        id=guid or None,
        title=_line(get("title")),
        link=_joined(base, link) if link else None,
        published=_iso_moment(published) if published else None,
        updated=_iso_moment(updated) if updated else None,
        content=text,
        full=full,
        lang=lang,
        image=web_picture(image, base=base) if image else None,
    )


def _entry(found: Any, head: _Head, url: str) -> FeedEntry:
    """One entry of feedparser's."""
    text, full = _content(found.get)
    guid = str(found.get("id") or "").strip()
    link = str(found.get("link") or "").strip()
    if found.get("guidislink"):
        link = _page(link)
    return FeedEntry(
        id=guid or None,
        title=_line(found.get("title")),
        link=_joined(head.base or url, link) if link else None,
        published=_moment(found, "published"),
        updated=_moment(found, "updated"),
        content=text,
        full=full,
        lang=head.lang,
        outlet=_line((found.get("source") or {}).get("title")),
    )


def _published(entries: tuple[FeedEntry, ...], document: bytes) -> tuple[FeedEntry, ...]:
    """The entries with the publishers that an RSS feed names (`source`), which the quick reader leaves out."""
    outlets: list[str | None] = []
    for item, source in _PUBLISHER.findall(document):
        if item:
            outlets.append(None)
        elif outlets:
            outlets[-1] = line_of(source.decode("utf-8", "replace")) or None
    if len(outlets) != len(entries):
        return entries
    return tuple(
        msgspec.structs.replace(entry, outlet=outlet) if outlet else entry
        for entry, outlet in zip(entries, outlets, strict=True)
    )


def _pictured(
    entries: tuple[FeedEntry, ...], document: bytes, tags: Mapping[bytes, int], base: str
) -> tuple[FeedEntry, ...]:
    """The entries with their pictures, which both readers are not asked for: few channels show any."""
    pictures = pictures_of(document, tags, base=base)
    if len(pictures) != len(entries):
        return entries
    return tuple(
        msgspec.structs.replace(entry, image=picture) if picture else entry
        for entry, picture in zip(entries, pictures, strict=True)
    )


def _alternate(links: Sequence[Any], chosen: str | None) -> str | None:
    """The entry's own page: its last alternate link to a page, or the `link` element; never an enclosure.

    `chosen` is the link that the reader has chosen.
    """
    outside = None
    for link in reversed(links):
        rel = link.get("rel") or "alternate"
        if rel.rpartition("/")[2] == "alternate" and link.get("href"):
            kind = link.get("type")
            if not kind or kind in _PAGES:
                return str(link["href"])
        elif rel == "related":
            outside = link.get("href")
    # What is left may be the entry itself as data (`self`, `edit`), a file, or its comments.
    if not chosen:
        return outside
    return None if any(link.get("href") == chosen for link in links) else chosen


def _page(identifier: str) -> str:
    """An entry's identifier, or "" where it names no page."""
    return identifier if identifier.startswith(("http://", "https://", "/")) else ""


def _content(get: Callable[[str], Any]) -> tuple[str, bool]:
    """What the entry holds of the report, the longest of its texts; and whether it claims to be the whole."""
    summary = str(get("summary") or get("description") or "")
    parts = get("content")
    if not parts:
        return summary, False
    longest = ""
    for part in parts:
        text = str(part.get("value") or "")
        if len(text) > len(longest):
            longest = text
    # Where one entry of a feed has content, the quick reader gives the mere descriptions of the others as such, too.
    return (longest, longest.strip() != summary) if len(longest) >= len(summary) else (summary, False)


def _line(title: object) -> str | None:
    return line_of(str(title)) or None if title else None


def _moment(found: Any, name: str) -> datetime | None:
    """A date of feedparser's, a UTC tuple; None where it is missing or absurd."""
    try:
        parsed = found.get(f"{name}_parsed")
        return datetime.fromtimestamp(calendar.timegm(parsed), UTC) if parsed else None
    except (ValueError, TypeError, OverflowError):
        return None


def _iso_moment(told: object) -> datetime | None:
    """A date of fastfeedparser's, ISO-8601 text; None where it is missing or absurd."""
    if not isinstance(told, str):
        return None
    try:
        moment = datetime.fromisoformat(told)
        if moment.tzinfo is UTC:
            return moment
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None


def _ttl(head: bytes) -> int | None:
    """Seconds between two polls that the feed asks for: RSS `ttl` (minutes), or the syndication module."""
    if b"<ttl>" in head and (found := _TTL.search(head)):
        return int(found[1]) * 60
    if b"sy:" in head.lower() and (period := _PERIOD.search(head)):
        frequency = _FREQUENCY.search(head)
        return _PERIODS[period[1].lower()] // max(1, int(frequency[1]) if frequency else 1)
    return None


def _shortened(document: bytes) -> bytes:
    """The document up to its entry number `MAX_ENTRIES`; both readers close what is left open."""
    if document.count(b"<") <= MAX_ENTRIES:
        return document
    for number, start in enumerate(_ENTRY.finditer(document)):
        if number == MAX_ENTRIES:
            return document[: start.start()] + _closing(document[:4096])
    return document


def _closing(head: bytes) -> bytes:
    if re.search(rb"<rss[\s>]", head, re.I):
        return b"</channel></rss>"
    if found := re.search(rb"<((?:[A-Za-z][\w.-]{0,20}:)?(?:feed|rdf))[\s>]", head, re.I):
        return b"</" + found[1] + b">"
    return b""
