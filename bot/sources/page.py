"""A plain web page with a list of links as a source: each link to an article is a report."""

from __future__ import annotations

import hashlib
import random
import re
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from urllib.parse import urljoin, urlsplit

import msgspec

from bot.model.errors import SourceError, WorkError
from bot.model.feed import Feed, FeedEntry, ParsedFeed
from bot.sources.encoding import as_text
from bot.sources.entries import reports_of
from bot.sources.fetch import Fetcher
from bot.sources.health import is_robot_check, sentence
from bot.sources.identity import canonical_link
from bot.sources.markup import Link, read_page
from bot.sources.politeness import after_reading, wish_of
from bot.sources.poll import PARSE_TIMEOUT, silent_ones
from bot.sources.port import Clock, Fetched, Run

MAX_ARTICLES = 100
_MIN_WORDS = 4
"""Words of a link from which it reads like a headline."""
_ACCEPT = "text/html, application/xhtml+xml;q=0.9, */*;q=0.1"
_DIGITS = re.compile(r"\d+")
_DATE_IN_PATH = re.compile(r"/(20\d\d)[/-](\d{1,2})[/-](\d{1,2})(?:/|-|$)")
_NOT_ARTICLE = re.compile(
    r"/(?:tags?|topics?|category|categories|authors?|search|login|about|contact|privacy|terms)(?:/|$)", re.I
)


class PageSource:
    """Reads lists of links over HTTP; see `Source`."""

    def __init__(
        self, fetcher: Fetcher, run: Run, clock: Clock, *, spread: Callable[[], float] = random.random
    ) -> None:
        self._fetcher = fetcher
        self._run = run
        self._clock = clock
        self._spread = spread

    async def fetch(self, feed: Feed) -> Fetched:
        """Ask conditionally, and take the page's headlines as entries; their texts are read as articles."""
        answer = await self._fetcher.get(feed.url, etag=feed.etag, last_modified=feed.last_modified, accept=_ACCEPT)
        now = self._clock()
        wish = wish_of(answer.headers, None, longest=feed.max_interval)
        if answer.status == 304:
            read = after_reading(feed, changed=False, now=now, wish=wish, spread=self._spread())
            return Fetched(feed=read, unchanged=True)
        try:
            parsed = await self._run(list_of_links, answer.body, answer.url, answer.content_type, timeout=PARSE_TIMEOUT)
        except WorkError:
            raise SourceError(
                "reading the page took too long", subject=feed.url, hint=sentence("too_complex"), health="too_complex"
            ) from None
        reports = reports_of(parsed, feed, now=now)
        # The rest of a page changes with every visit; its headlines do not.
        told = hashlib.blake2b(repr([report.id for report in reports]).encode(), digest_size=16).hexdigest()
        changed = feed.fetched_at is None or told != feed.body_hash
        read = after_reading(
            msgspec.structs.replace(
                feed,
                name=feed.name or parsed.title or "",
                etag=answer.headers.get("etag"),
                last_modified=answer.headers.get("last-modified"),
                body_hash=told,
            ),
            changed=changed,
            now=now,
            wish=wish,
            spread=self._spread(),
            health="ok" if reports else "empty",
        )
        if not changed:
            return Fetched(feed=read, unchanged=True)
        return Fetched(feed=read, reports=reports, silent=silent_ones(feed, reports))


def list_of_links(page: bytes, url: str, content_type: str = "") -> ParsedFeed:
    """The headlines of a page as entries: links of the site's commonest article pattern, in page order.

    Raises `SourceError` for a robot check. An address stands once, with its longest words.
    """
    if is_robot_check(page) and len(page) < 65536:
        raise SourceError("the site asks whether a human is reading", subject=url, health="captcha")
    read = read_page(as_text(page, content_type=content_type))
    base = urljoin(url, read.base)
    here = urlsplit(url).hostname or ""
    headlines: dict[str, Link] = {}
    for link in read.links:
        address = urljoin(base, link.href).partition("#")[0]
        if not _may_be_article(address, here, url) or link.aside or len(link.text.split()) < _MIN_WORDS:
            continue
        known = headlines.get(canonical_link(address))
        if known is None or len(known.text) < len(link.text):
            headlines[canonical_link(address)] = msgspec.structs.replace(link, href=address)
    kept = _commonest(list(headlines.values()))
    entries = tuple(
        FeedEntry(
            id=canonical_link(link.href),
            title=link.text,
            link=link.href,
            published=_date(link),
            lang=read.lang or None,
        )
        for link in kept[:MAX_ARTICLES]
    )
    return ParsedFeed(title=read.title or None, entries=entries, link=url)


def _may_be_article(address: str, here: str, page: str) -> bool:
    parts = urlsplit(address)
    return (
        parts.scheme in ("http", "https")
        and (parts.hostname or "").removeprefix("www.") == here.removeprefix("www.")
        and len(parts.path) > 1
        and not _NOT_ARTICLE.search(parts.path)
        and canonical_link(address) != canonical_link(page)
    )


def _commonest(links: list[Link]) -> list[Link]:
    """The links whose addresses are built alike, where one way of building clearly prevails; else all."""
    if len(links) < 4:
        return links
    shapes = [_shape(link.href) for link in links]
    shape, count = Counter(shapes).most_common(1)[0]
    if count * 2 < len(links):
        return links
    return [link for link, its in zip(links, shapes, strict=True) if its == shape]


def _shape(address: str) -> str:
    """How an address is built: its first step and depth, digits as one sign."""
    steps = [_DIGITS.sub("0", step) for step in urlsplit(address).path.strip("/").split("/")]
    return f"{steps[0] if len(steps) > 1 else ''}/{len(steps)}"


def _date(link: Link) -> datetime | None:
    """The date beside a link, or in its address; None where there is none."""
    try:
        if link.time:
            moment = datetime.fromisoformat(link.time.strip())
            return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
        if found := _DATE_IN_PATH.search(urlsplit(link.href).path):
            return datetime(int(found[1]), int(found[2]), int(found[3]), tzinfo=UTC)
    except (ValueError, OverflowError):
        return None
    return None
