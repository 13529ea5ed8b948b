"""Hostile feeds, row by row of docs/security.md: each ends soon and small, in the process of a parse worker."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bot.model.errors import SourceError, WorkError
from bot.sources.feed import MAX_BYTES, MAX_ENTRIES, parse_feed
from bot.sources.poll import PARSE_TIMEOUT, read_feed
from bot.work.local import ProcessWorkers

CPU_SECONDS = 2.0
MEBIBYTES = 200
ITEM = "<item><title>t</title><link>https://e.org/a</link><guid>g</guid></item>"


def _rss(inside: str, *, head: str = "") -> bytes:
    start = f'<?xml version="1.0"?>{head}<rss version="2.0"><channel><title>Sample</title>'
    return f"{start}{inside}</channel></rss>".encode()


def entity_bomb() -> bytes:
    levels = "".join(f'<!ENTITY b{n} "{f"&b{n - 1};" * 10}">' for n in range(1, 12))
    return _rss(f"<item><title>&b11;</title>{ITEM}</item>", head=f'<!DOCTYPE rss [<!ENTITY b0 "boom">{levels}]>')


def flat_entity_bomb() -> bytes:
    return _rss(f"<item><title>{'&b;' * 200_000}</title></item>", head=f'<!DOCTYPE rss [<!ENTITY b "{"x" * 1000}">]>')


def external_entity() -> bytes:
    return _rss("<item><title>&x;</title></item>", head='<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]>')


def document_type_fetch() -> bytes:
    return _rss(ITEM, head='<!DOCTYPE rss SYSTEM "http://127.0.0.1:9/evil.dtd">')


def parameter_entity() -> bytes:
    head = '<!DOCTYPE rss [<!ENTITY % x SYSTEM "http://127.0.0.1:9/evil.dtd"> %x;]>'
    return _rss(ITEM, head=head)


def deep_nesting() -> bytes:
    return _rss("<a>" * 500_000)


def deep_nesting_in_an_entry() -> bytes:
    depth = 300_000
    return _rss(f"<item><description>{'<b>' * depth}x{'</b>' * depth}</description></item>")


def deep_json() -> bytes:
    return b'{"version":"https://jsonfeed.org/version/1","items":' + b"[" * 1_000_000


def a_million_entries() -> bytes:
    return _rss("<item/>" * 1_000_000)


def a_million_attributes() -> bytes:
    attributes = " ".join(f"a{n}='1'" for n in range(300_000))
    return _rss(f"<item {attributes}/>")


def nul_bytes() -> bytes:
    return _rss(ITEM).replace(b"<item>", b"<it\x00em>") + b"\x00" * 1_000_000


def a_wrong_encoding() -> bytes:
    return b'<?xml version="1.0" encoding="utf-16"?>' + _rss(f"<item><title>caf{chr(233)}</title></item>")


def a_codec_that_is_no_encoding() -> bytes:
    return b'<?xml version="1.0" encoding="unicode_escape"?>' + b"\\x3crss>" * 500_000


def one_endless_title() -> bytes:
    return _rss(f"<item><title>{'<' * 4_000_000}</title></item>")


def unclosed_comments() -> bytes:
    return _rss("<!--" * 1_000_000)


def unclosed_cdata() -> bytes:
    return _rss("<item><description><![CDATA[" * 200_000)


def endless_spaces() -> bytes:
    return _rss(f"<item><title>{' ' * 7_000_000}</title></item>")


CRAFTED = (
    entity_bomb, flat_entity_bomb, external_entity, document_type_fetch, parameter_entity, deep_nesting,
    deep_nesting_in_an_entry, deep_json, a_million_entries, a_million_attributes, nul_bytes, a_wrong_encoding,
    a_codec_that_is_no_encoding, one_endless_title, unclosed_comments, unclosed_cdata, endless_spaces,
)  # fmt: skip


@pytest.fixture(scope="module")
def workers() -> Iterator[ProcessWorkers]:
    made = ProcessWorkers()
    yield made
    asyncio.run(made.close())


@pytest.mark.parametrize("craft", CRAFTED, ids=lambda craft: craft.__name__)
async def test_a_hostile_feed_ends_with_a_reason_or_in_part(
    craft: Callable[[], bytes], workers: ProcessWorkers
) -> None:
    """In a worker that is ended after `PARSE_TIMEOUT` seconds and may hold no more than `MEBIBYTES`."""
    try:
        feed = await read_feed(craft(), url="https://e.org/feed", content_type="", run=workers.run)
    except SourceError as error:
        assert error.health in ("too_complex", "malformed", "not_a_feed", "too_large", "html")
        assert "root:" not in str(error) and len(str(error)) < 1000
        return
    assert len(feed.entries) <= MAX_ENTRIES
    words = " ".join(entry.title or "" for entry in feed.entries)
    assert "root:" not in words and "boomboom" not in words


def _spin() -> None:
    while True:
        pass


async def test_a_feed_that_takes_too_long_is_marked_and_the_next_one_is_read(workers: ProcessWorkers) -> None:
    async def endless(function: object, *args: object, timeout: float) -> object:
        del function, args
        return await workers.run(_spin, timeout=min(timeout, 0.5))

    with pytest.raises(SourceError) as caught:
        await read_feed(a_million_entries(), url="https://e.org/", content_type="", run=endless)  # type: ignore[arg-type]
    assert caught.value.health == "too_complex"
    assert await workers.run(len, "next", timeout=60) == 4
    assert PARSE_TIMEOUT <= CPU_SECONDS


async def test_a_parse_worker_may_hold_no_more_than_two_hundred_mebibytes(workers: ProcessWorkers) -> None:
    with pytest.raises(WorkError):
        await workers.run(bytearray, MEBIBYTES * 2**20, timeout=60)
    assert await workers.run(len, "next", timeout=60) == 4


def test_what_is_larger_than_any_feed_is_not_looked_at() -> None:
    with pytest.raises(SourceError) as caught:
        parse_feed(b"<rss>" + b" " * MAX_BYTES)
    assert caught.value.health == "too_large"


def test_broken_feeds_of_others_are_survived(shared: Path) -> None:
    with (shared / "security" / "feeds-illformed.jsonl").open("rb") as lines:
        bodies = [base64.b64decode(json.loads(line)["body"]) for line in lines]
    assert bodies
    for body in bodies:
        try:
            parse_feed(body)
        except SourceError as error:
            assert error.health != "failing"
