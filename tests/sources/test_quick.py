"""What the quick reader reads by a shorter way is what fastfeedparser reads by its own."""

from __future__ import annotations

import fastfeedparser
import pytest

from bot.sources import quick

ITEM = (
    b"<item><title>Bridge %d</title><link>https://e.org/%d</link><guid>g%d</guid>"
    b"<pubDate>Tue, 11 Jun 2024 05:12:%02d GMT</pubDate><description>Shelled &amp;amp; shut</description></item>"
)
ITEMS = b"".join(ITEM % (n, n, n, n) for n in range(6))
PLAIN = [
    b"<rss version='2.0'><channel><title>Sample</title><link>https://e.org/</link>",
    b'<?xml version="1.0"?>\n<?xml-stylesheet href="a.xsl"?><rss xmlns:atom="http://www.w3.org/2005/Atom">\n <channel>\n'
    b'<title> Sample  News\n</title><atom:link href="https://e.org/feed" rel="self"/>\n<link> https://e.org/ </link>'
    b"<image><title>Logo</title><link>https://e.org/logo</link></image>",
    b"<rss><channel><title><![CDATA[Sample & Sons]]></title><description><![CDATA[All <b>news</b>]]></description>"
    b"<link>https://e.org/</link>",
    "<rss><channel><title>Zeitung für Köln</title><description>Plain</description><link>https://e.org/</link>".encode(),
]
OTHERS = [
    b"<rss><channel><title>Sample &amp; Sons</title><link>https://e.org/</link>",
    b"<rss><channel><image><title>Logo</title></image><title>Sample</title><link>https://e.org/</link>",
    b"<rss><!-- <channel><title>Old</title><link>https://old.org/</link> --><channel><title>Sample</title><link>https://e.org/</link>",
    b"<rss xmlns:a='http://www.w3.org/2005/Atom'><channel><title>Sample</title><link>https://e.org/</link>"
    b"<a:link rel='alternate' href='https://e.org/home'/>",
    b"<rss><channel><title>  </title><link>https://e.org/</link>",
    b"<rss><channel><title>Sample</title>",
]


def as_the_library(document: bytes, *, with_content: bool) -> quick.QuickRead:
    read = fastfeedparser.parse(
        document, include_content=with_content, include_tags=False, include_media=False, include_enclosures=False
    )
    return quick.QuickRead(read.feed.get("title"), read.feed.get("link"), read.entries)


def closed(head: bytes, items: bytes = ITEMS) -> bytes:
    return head + items + b"</channel></rss>"


@pytest.fixture
def library(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """The documents that the library is asked for from now on."""
    asked: list[bytes] = []
    parse = fastfeedparser.parse

    def noted(document: bytes, **options: bool) -> object:
        asked.append(document)
        return parse(document, **options)

    monkeypatch.setattr(quick.fastfeedparser, "parse", noted)
    return asked


@pytest.mark.parametrize("with_content", [True, False])
@pytest.mark.parametrize("head", PLAIN)
def test_a_plain_head_is_read_here_and_says_the_same(head: bytes, with_content: bool, library: list[bytes]) -> None:
    read = quick.read(closed(head), with_content=with_content)
    assert library == []
    assert read == as_the_library(closed(head), with_content=with_content)


@pytest.mark.parametrize("head", OTHERS)
def test_any_other_head_is_left_to_the_library(head: bytes, library: list[bytes]) -> None:
    read = quick.read(closed(head), with_content=True)
    assert library == [closed(head)]
    assert read == as_the_library(closed(head), with_content=True)


@pytest.mark.parametrize(
    "items",
    [
        ITEM % (1, 1, 1, 1) + b"<!--" + b" " * quick._LARGE + b"-->",
        ITEMS.replace(b"05:12:03 GMT", b"at dawn"),
        ITEMS.replace(b"</title>", b"<b></title>"),
    ],
    ids=["few entries in much", "an odd date", "unbalanced"],
)
def test_entries_that_want_more_care_are_left_to_the_library(items: bytes, library: list[bytes]) -> None:
    read = quick.read(closed(PLAIN[0], items), with_content=True)
    assert library
    assert read == as_the_library(closed(PLAIN[0], items), with_content=True)


def test_a_library_built_or_made_otherwise_is_asked_as_a_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    document = closed(PLAIN[0])
    expected = quick.read(document, with_content=False)
    for other in (None, object()):
        monkeypatch.setattr(quick, "native", other)
        assert quick.read(document, with_content=False) == expected
