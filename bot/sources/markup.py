"""The few things that are read of web pages besides their article: links, declared feeds, the base address."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser

import msgspec

MAX_LINKS = 5000
_BLANK = re.compile(r"\s+")
_CONTENT_ASIDE = frozenset({"nav", "header", "footer", "aside", "form", "select", "button"})
_UNSEEN = frozenset({"script", "style", "noscript", "template", "svg"})


class Link(msgspec.Struct, frozen=True, kw_only=True):
    """A link of a page: where it leads as written, its words, the time beside it, and whether it is navigation."""

    href: str
    text: str = ""
    time: str = ""
    aside: bool = False


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """What a page says of itself: title, base, language, declared feeds as (href, title, type), and its links."""

    title: str = ""
    base: str = ""
    lang: str = ""
    feeds: tuple[tuple[str, str, str], ...] = ()
    links: tuple[Link, ...] = ()


def read_page(markup: str) -> Page:
    """Read a page's links and declarations. Linear; at most `MAX_LINKS` links."""
    reading = _Reading()
    reading.feed(markup)
    reading.close()
    return Page(
        title=_BLANK.sub(" ", "".join(reading.title)).strip()[:300],
        base=reading.base,
        lang=reading.lang,
        feeds=tuple(reading.feeds),
        links=tuple(reading.settled()),
    )


class _Reading(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.title: list[str] = []
        self.base = ""
        self.lang = ""
        self.feeds: list[tuple[str, str, str]] = []
        self._links: list[dict[str, str]] = []
        self._open: list[str] | None = None
        self._aside = 0
        self._unseen = 0
        self._in_title = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag in _UNSEEN:
            self._unseen += 1
        elif tag in _CONTENT_ASIDE:
            self._aside += 1
        elif tag == "title":
            self._in_title = not self.title
        elif tag == "html":
            self.lang = given.get("lang", "")[:2].lower()
        elif tag == "base":
            self.base = self.base or given.get("href", "")
        elif tag == "link" and given.get("href") and "alternate" in given.get("rel", "").lower().split():
            self.feeds.append((given["href"], given.get("title", ""), given.get("type", "").lower()))
        elif tag == "time" and self._links and given.get("datetime"):
            self._links[-1].setdefault("time", given["datetime"])
        elif tag == "a" and given.get("href") and len(self._links) < MAX_LINKS:
            self._open = []
            self._links.append(
                {"href": given["href"], "aside": "1" if self._aside else "", "title": given.get("title", "")}
            )

    def handle_endtag(self, tag: str) -> None:
        if tag in _UNSEEN:
            self._unseen = max(0, self._unseen - 1)
        elif tag in _CONTENT_ASIDE:
            self._aside = max(0, self._aside - 1)
        elif tag == "title":
            self._in_title = False
        elif tag == "a" and self._open is not None:
            self._links[-1]["text"] = _BLANK.sub(" ", "".join(self._open)).strip()[:500]
            self._open = None

    def handle_data(self, data: str) -> None:
        if self._in_title:
            self.title.append(data[:500])
        elif self._open is not None and not self._unseen:
            self._open.append(data[:500])

    def settled(self) -> Iterator[Link]:
        """The links, now that their words are known."""
        for link in self._links:
            text = link.get("text") or link["title"]
            yield Link(href=link["href"], text=text, time=link.get("time", ""), aside=bool(link["aside"]))
