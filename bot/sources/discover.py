"""The feeds of a site: those its page declares, those it links to, and the places where feeds use to be."""

from __future__ import annotations

import re
from urllib.parse import urljoin, urlsplit

import msgspec

from bot.model.errors import SourceError
from bot.sources.encoding import as_text
from bot.sources.fetch import Fetcher
from bot.sources.markup import Page, read_page
from bot.sources.poll import read_feed
from bot.sources.port import Run

MAX_TRIED = 10
"""Addresses that are asked for one question."""
_TYPES = ("application/rss+xml", "application/atom+xml", "application/feed+json", "application/rdf+xml", "text/xml")
_LOOKS_LIKE_FEED = re.compile(r"(?:^|[/._?=&-])(?:rss|atom|feeds?|rdf)(?:$|[/._?=&\d-])|\.xml$", re.I)
_USUAL = ("/feed/", "/rss", "/rss.xml", "/feed.xml", "/atom.xml", "/index.xml", "/feeds/all.rss")


class FoundFeed(msgspec.Struct, frozen=True, kw_only=True):
    """A feed that was found and read: its address, title, and how many entries it has."""

    url: str
    title: str
    entries: int


async def find_feeds(site: str, *, fetcher: Fetcher, run: Run) -> tuple[FoundFeed, ...]:
    """The feeds of a site that can be read, the site's own declarations first; asks at most `MAX_TRIED` addresses.

    `site` may leave out "https://" and may be a feed itself. Raises `SourceError` where the site cannot be read.
    """
    site = site if "://" in site else f"https://{site}"
    answer = await fetcher.get(site)
    if (feed := await _read(answer.url, answer.body, answer.content_type, run=run)) is not None:
        return (feed,)
    page = read_page(as_text(answer.body[: 2 * 1024 * 1024], content_type=answer.content_type))
    declared = declared_feeds(page, answer.url)
    found = await _tried(declared[:MAX_TRIED], fetcher=fetcher, run=run)
    room = MAX_TRIED - len(declared)
    if not found and room > 0:
        usual = [urljoin(answer.url, path) for path in _USUAL]
        others = [
            url for url in dict.fromkeys(linked_feeds(page, answer.url)[: room // 2] + usual) if url not in declared
        ]
        found = await _tried(others[:room], fetcher=fetcher, run=run, enough=3)
    return tuple(found)


def declared_feeds(page: Page, url: str) -> list[str]:
    """Addresses that a page's `link rel=alternate` elements give as feeds; comment feeds last."""
    base = urljoin(url, page.base)
    told = [(title, urljoin(base, href)) for href, title, kind in page.feeds if kind in _TYPES]
    told.sort(key=lambda feed: "comment" in f"{feed[0]} {feed[1]}".lower())
    return list(dict.fromkeys(address for _, address in told))


def linked_feeds(page: Page, url: str) -> list[str]:
    """Addresses of links on a page that look like feeds of the same site."""
    base = urljoin(url, page.base)
    here = _domain(url)
    found = []
    for link in page.links:
        address = urljoin(base, link.href).partition("#")[0]
        parts = urlsplit(address)
        if parts.scheme in ("http", "https") and _domain(address) == here and _LOOKS_LIKE_FEED.search(parts.path):
            found.append(address)
    return list(dict.fromkeys(found))


async def _tried(urls: list[str], *, fetcher: Fetcher, run: Run, enough: int = MAX_TRIED) -> list[FoundFeed]:
    """Those of the addresses that are feeds; one after the other, since they are one site's."""
    found: list[FoundFeed] = []
    for url in urls:
        try:
            answer = await fetcher.get(url)
        except SourceError:
            continue
        feed = await _read(answer.url, answer.body, answer.content_type, run=run)
        if feed is not None and feed.url not in {known.url for known in found}:
            found.append(feed)
        if len(found) >= enough:
            break
    return found


async def _read(url: str, body: bytes, content_type: str, *, run: Run) -> FoundFeed | None:
    try:
        parsed = await read_feed(body, url=url, content_type=content_type, run=run)
    except SourceError:
        return None
    return FoundFeed(url=url, title=parsed.title or url, entries=len(parsed.entries))


def _domain(url: str) -> str:
    host = urlsplit(url).hostname or ""
    return ".".join(host.split(".")[-2:])
