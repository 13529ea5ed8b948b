"""Feeds of every kind are read right, and broken ones end in words."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.model.errors import SourceError
from bot.sources.feed import parse_feed
from bot.sources.lines import parse_lines

RSS = b"""<?xml version="1.0"?><rss version="2.0"><channel><title>Sample</title><link>https://e.org/</link>
<item><title>One &amp; two</title><link>/a</link><guid isPermaLink="false">g1</guid><pubDate>Tue, 11 Jun 2024 05:12:00 +0200</pubDate>
<description>&lt;p&gt;Text&lt;/p&gt;</description></item></channel></rss>"""
ATOM = b"""<feed xmlns="http://www.w3.org/2005/Atom"><title>Sample</title><entry><title>One</title><id>urn:1</id>
<link href="https://e.org/a"/><updated>2024-06-11T05:12:00Z</updated><content type="html">&lt;p&gt;Text&lt;/p&gt;</content></entry></feed>"""
JSON_FEED = json.dumps(
    {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "Sample",
        "items": [
            {
                "id": "1",
                "url": "https://e.org/a",
                "title": "One",
                "content_text": "Text",
                "date_published": "2024-06-11T05:12:00Z",
            }
        ],
    }
).encode()


@pytest.mark.parametrize(("body", "title"), [(RSS, "One & two"), (ATOM, "One"), (JSON_FEED, "One")])
def test_each_kind_of_feed_is_read(body: bytes, title: str) -> None:
    feed = parse_feed(body, url="https://e.org/feed")
    (entry,) = feed.entries
    assert feed.title == "Sample"
    assert (entry.title, entry.link) == (title, "https://e.org/a")
    assert entry.published is not None or entry.updated is not None
    assert "Text" in entry.content


def rss(items: str) -> bytes:
    names = (
        'xmlns:media="http://search.yahoo.com/mrss/" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/"'
    )
    return f'<rss version="2.0" {names}><channel><title>Sample</title>{items}</channel></rss>'.encode()


@pytest.mark.parametrize(
    "item",
    [
        "<media:title>Picture</media:title><title>Report</title><link>https://e.org/a</link>",
        "<itunes:title>Episode</itunes:title><title>Report</title><link>https://e.org/a</link>",
        "<title>Report</title><media:content url='/p.jpg'><media:title>Picture</media:title></media:content>"
        "<link>https://e.org/a</link>",
    ],
)
def test_a_picture_s_or_an_episode_s_title_is_not_the_report_s(item: str) -> None:
    (first, second) = parse_feed(rss(f"<item>{item}</item><item><title>Other</title><guid>g</guid></item>")).entries
    assert (first.title, second.title) == ("Report", "Other")


def test_a_title_of_another_vocabulary_does_not_stand_for_one_that_is_missing() -> None:
    item = "<item><description>Words</description><itunes:title>Episode</itunes:title><guid>g</guid></item>"
    (entry,) = parse_feed(rss(item)).entries
    assert entry.title is None


@pytest.mark.parametrize(
    ("item", "link"),
    [
        ("<guid isPermaLink='false'>https://e.org/not-a-page</guid>", None),
        ("<guid isPermaLink='false'>report-7</guid>", None),
        ("<guid>https://e.org/a</guid>", "https://e.org/a"),
        ("<guid isPermaLink='true'>https://e.org/a</guid>", "https://e.org/a"),
        ("<link>https://e.org/a</link><guid isPermaLink='false'>https://e.org/a</guid>", "https://e.org/a"),
    ],
)
def test_an_identifier_is_a_link_only_where_it_says_so(item: str, link: str | None) -> None:
    (entry,) = parse_feed(rss(f"<item><title>Report</title>{item}</item>"), url="https://feeds.e.org/").entries
    assert entry.link == link


def test_a_date_that_one_reader_cannot_read_is_read_by_the_other() -> None:
    item = "<item><title>Report</title><guid>g</guid><pubDate>2026-01-05T10:11:60Z</pubDate></item>"
    for entry in parse_feed(rss(2 * item)).entries:
        assert entry.published is not None and entry.published.isoformat() == "2026-01-05T10:12:00+00:00"


_MEDIA = 'xmlns:media="http://search.yahoo.com/mrss/"'


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ('<media:thumbnail url="/t.jpg"/><media:content url="https://e.org/big.jpg" medium="image"/>', "https://e.org/t.jpg"),
        ('<media:content url="https://e.org/film.mp4" type="video/mp4"/>', None),
        ('<media:group><media:content type="image/png" url="https://e.org/p?a=1&amp;b=2"/></media:group>', "https://e.org/p?a=1&b=2"),
        ('<enclosure url="https://e.org/s.mp3" type="audio/mpeg"/><enclosure url="https://e.org/p.webp"/>', "https://e.org/p.webp"),
        ('<media:thumbnail url="javascript:alert(1)"/>', None),
        ('<media:thumbnail url="https://user:word@e.org/t.jpg"/>', None),
        ('<media:thumbnail url="https://e.org/ä b.jpg"/>', "https://e.org/%C3%A4%20b.jpg"),
        (f'<media:thumbnail url="https://e.org/{"x" * 3000}"/>', None),
    ],
)  # fmt: skip
def test_an_entrys_picture_is_read_and_never_a_film_or_another_scheme(given: str, shown: str | None) -> None:
    item = "<title>{}</title><link>https://e.org/{}</link><guid>{}</guid><description>Text</description>"
    items = f"<item>{item.format(1, 1, 1)}</item><item>{item.format(2, 2, 2)}{given}</item>"
    body = f'<rss version="2.0" {_MEDIA}><channel><title>Sample</title>{items}</channel></rss>'
    assert [entry.image for entry in parse_feed(body.encode(), url="https://e.org/feed").entries] == [None, shown]


def test_pictures_of_atom_and_json_feeds_are_read_as_well() -> None:
    link = b'<link rel="enclosure" type="image/jpeg" href="/a.jpg"/></entry>'
    (entry,) = parse_feed(ATOM.replace(b"</entry>", link), url="https://e.org/feed").entries
    assert (entry.link, entry.image) == ("https://e.org/a", "https://e.org/a.jpg")
    told = json.loads(JSON_FEED)
    told["items"][0]["image"] = "https://e.org/b.jpg"
    (entry,) = parse_feed(json.dumps(told).encode()).entries
    assert entry.image == "https://e.org/b.jpg"


@pytest.mark.parametrize("body", [b"", b"\x00\x01\x02", b"<html><body>no feed</body></html>", b"<rss", b"{}"])
def test_what_is_no_feed_is_said_to_be_none(body: bytes) -> None:
    with pytest.raises(SourceError):
        parse_feed(body)


def test_an_entity_bomb_is_not_expanded() -> None:
    levels = "".join(f'<!ENTITY b{n} "{f"&b{n - 1};" * 10}">' for n in range(1, 9))
    body = f'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY b0 "x">{levels}]><rss version="2.0"><channel><title>&b8;</title><item><title>&b8;</title></item></channel></rss>'
    try:
        feed = parse_feed(body.encode())
    except SourceError:
        return
    assert len(feed.title or "") < 10_000 and all(len(entry.title or "") < 10_000 for entry in feed.entries)


def test_an_external_entity_reads_no_file(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("very-secret", encoding="utf-8")
    body = f'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY x SYSTEM "file://{secret}">]><rss version="2.0"><channel><title>&x;</title><item><title>&x;</title></item></channel></rss>'
    try:
        assert "very-secret" not in str(parse_feed(body.encode()))
    except SourceError as error:
        assert "very-secret" not in str(error)


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=300), st.integers(0, len(RSS)))
def test_bytes_of_any_kind_end_in_a_feed_or_in_words(noise: bytes, cut: int) -> None:
    for body in (noise, RSS[:cut] + noise + RSS[cut:]):
        try:
            parse_feed(body, url="https://e.org/")
        except SourceError as error:
            assert "\n" not in str(error)


@pytest.mark.parametrize(("name", "share"), [("wellformed", 99.0), ("illformed", 90.0)])
def test_the_suites_of_others_are_read_right(shared: Path, tmp_path: Path, name: str, share: float) -> None:
    gold = shared / "security" / f"feeds-{name}.jsonl"
    out = tmp_path / "parsed.jsonl"
    with gold.open("rb") as lines:
        out.write_text("".join(json.dumps(read) + "\n" for read in parse_lines(lines)), encoding="utf-8")
    scorer = [sys.executable, str(shared / "security" / "score_feeds.py"), "--gold", str(gold), "--system", str(out)]
    told = subprocess.run(scorer, capture_output=True, text=True, check=True).stdout
    right = next(line for line in told.splitlines() if line.startswith("right"))
    assert float(right.split()[1]) >= share


@pytest.mark.parametrize(
    ("told", "utc"),
    [
        ("Tue, 11 Jun 2024 05:12:00 CET", "04:12"),
        ("Tue, 11 Jun 2024 05:12:00 EAT", "02:12"),
        ("Tue, 11 Jun 2024 05:12:00 +02:00", "03:12"),
        ("Tue, 11 Jun 2024 05:12:00 GMT+2", "03:12"),
        ("<![CDATA[ Tue, 11 Jun 2024 05:12:00 PKT ]]>", "00:12"),
        ("11.06.2024 05:12", "05:12"),
    ],
)
def test_a_date_is_read_in_its_own_zone_and_order(told: str, utc: str) -> None:
    dated = f"<item><title>One</title><link>https://e.org/a</link><pubDate>{told}</pubDate></item>"
    for feed in (rss(dated), rss("<pubDate>Tue, 11 Jun 2024 06:00:00 GMT</pubDate>" + dated)):
        (entry,) = parse_feed(feed).entries
        assert entry.published is not None
        assert entry.published.isoformat() == f"2024-06-11T{utc}:00+00:00"


@pytest.mark.parametrize(
    ("written", "title"),
    [
        ("Caf&eacute;&nbsp;Nord &mdash; open", "Café Nord — open"),
        ("Bread & water", "Bread & water"),
        ("1 &lt; 2 & 3 &amp; &unheard;", "1 < 2 & 3 & &unheard;"),
        ("<![CDATA[Caf&eacute; & bar]]>", "Café & bar"),
    ],
)
def test_references_that_xml_does_not_know_are_read_as_they_are_meant(written: str, title: str) -> None:
    item = f"<item><title>{written}</title><link>https://e.org/?a=1&b=2</link></item>"
    cdata = "<item><title>Other</title><link><![CDATA[https://e.org/?a=1&copy=2]]></link></item>"
    (first, second) = parse_feed(rss(item + cdata)).entries
    assert (first.title, first.link) == (title, "https://e.org/?a=1&b=2")
    assert second.link == "https://e.org/?a=1&copy=2"


def test_a_description_written_as_elements_is_read_to_its_end() -> None:
    for written in ("before <b>within</b> after", "before<br/>after"):
        (entry,) = parse_feed(rss(f"<item><title>One</title><description>{written}</description></item>")).entries
        assert "before" in entry.content
        assert "after" in entry.content


def test_a_description_alone_does_not_claim_to_be_the_whole_report() -> None:
    teaser = "<item><title>One</title><link>https://e.org/a</link><description>Some words\n</description></item>"
    (alone,) = parse_feed(rss(teaser)).entries
    assert (alone.content, alone.full) == ("Some words", False)
    whole = (
        "<item><title>Two</title><guid>2</guid><description>Some</description><c:encoded>Some more</c:encoded></item>"
    )
    feed = rss(teaser + whole).replace(b"<rss ", b'<rss xmlns:c="http://purl.org/rss/1.0/modules/content/" ')
    assert [(entry.content.strip(), entry.full) for entry in parse_feed(feed).entries] == [
        ("Some words", False),
        ("Some more", True),
    ]


@pytest.mark.parametrize(
    ("identifier", "link"),
    [("urn:1", None), ("https://e.org/page", "https://e.org/page")],
)
@pytest.mark.parametrize("data", ["self", "edit"])
def test_an_entry_as_data_is_not_the_report_s_page(identifier: str, link: str | None, data: str) -> None:
    links = f'<link rel="{data}" href="https://e.org/data/1"/>'
    feed = ATOM.replace(b'<link href="https://e.org/a"/>', links.encode()).replace(b"urn:1", identifier.encode())
    (entry,) = parse_feed(feed, url="https://e.org/feed").entries
    assert (entry.id, entry.link) == (identifier, link)


def test_an_identifier_that_is_no_address_is_not_taken_for_a_page_of_the_site() -> None:
    (entry,) = parse_feed(rss("<item><title>One</title><guid>abc-1</guid></item>"), url="https://e.org/feed").entries
    assert (entry.id, entry.link) == ("abc-1", None)


def test_a_json_feed_s_item_about_another_page_leads_there() -> None:
    items = [{"id": "1", "external_url": "https://other.example/a", "title": "One", "content_text": "Text"}]
    body = json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": "S", "items": items}).encode()
    (entry,) = parse_feed(body, url="https://e.org/feed").entries
    assert entry.link == "https://other.example/a"


def test_half_a_character_in_json_is_no_text() -> None:
    told = {
        "\\ud83d\\ude00": "\U0001f600",
        "\\ud83d": "\ufffd",
        "\\uDE00!": "\ufffd!",
        "\\\\ud83d": "\\ud83d",
        "\\u00e9": "é",
    }
    for written, read in told.items():
        (entry,) = parse_feed(JSON_FEED.replace(b"One", f"A{written}".encode())).entries
        assert entry.title == f"A{read}"
