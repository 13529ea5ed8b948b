"""One reading of a source, from the question to the reports and the feed's next date."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from functools import partial
from urllib.parse import urlsplit

import msgspec
import structlog
from xxhash import xxh3_128_hexdigest

from bot.model.errors import SourceError, WorkError
from bot.model.feed import Feed, ParsedFeed
from bot.model.report import Given
from bot.sources.doubts import tags_of
from bot.sources.entries import reports_of
from bot.sources.feed import is_cheap, is_small, parse_feed, prepared, read_quickly
from bot.sources.fetch import Answer, Fetcher
from bot.sources.health import sentence
from bot.sources.politeness import after_failure, after_reading, wish_of
from bot.sources.port import Clock, Fetched, Run, Source

log = structlog.get_logger()

PARSE_TIMEOUT = 2.0
"""Seconds that a worker may take over one feed."""
MAX_BACKFILL = 20


class FeedSource:
    """Reads RSS, Atom and JSON feeds over HTTP; see `Source`."""

    def __init__(
        self, fetcher: Fetcher, run: Run, clock: Clock, *, spread: Callable[[], float] = random.random
    ) -> None:
        self._fetcher = fetcher
        self._run = run
        self._clock = clock
        self._spread = spread

    async def fetch(self, feed: Feed) -> Fetched:
        """Ask conditionally; a body like the last one is not parsed again."""
        answer = await self._fetcher.get(feed.url, etag=feed.etag, last_modified=feed.last_modified)
        body_hash = feed.body_hash if answer.status == 304 else xxh3_128_hexdigest(answer.body)
        if feed.fetched_at is not None and body_hash == feed.body_hash:
            return self._unchanged(feed, answer)
        parsed = await read_feed(answer.body, url=answer.url, content_type=answer.content_type, run=self._run)
        now = self._clock()
        reports = reports_of(parsed, feed, now=now)
        health, note = _health(feed, answer, empty=not parsed.entries)
        read = after_reading(
            msgspec.structs.replace(
                feed,
                url=answer.moved_to or feed.url,
                name=feed.name or parsed.title or "",
                etag=answer.headers.get("etag"),
                last_modified=answer.headers.get("last-modified"),
                body_hash=body_hash,
            ),
            changed=True,
            now=now,
            wish=wish_of(answer.headers, parsed.ttl, longest=feed.max_interval),
            spread=self._spread(),
            health=health,
            note=note,
        )
        return Fetched(
            feed=read, reports=reports, silent=silent_ones(feed, reports), notice=note if health == "moved" else ""
        )

    def _unchanged(self, feed: Feed, answer: Answer) -> Fetched:
        validators = {}
        if answer.status == 200:
            validators = {"etag": answer.headers.get("etag"), "last_modified": answer.headers.get("last-modified")}
        health, note = _health(feed, answer, empty=feed.health == "empty")
        read = after_reading(
            msgspec.structs.replace(feed, url=answer.moved_to or feed.url, **validators),
            changed=False,
            now=self._clock(),
            wish=wish_of(answer.headers, None, longest=feed.max_interval),
            spread=self._spread(),
            health=health,
            note=note,
        )
        return Fetched(feed=read, unchanged=True, notice=note if health == "moved" else "")


async def poll(
    feed: Feed, *, sources: Mapping[str, Source], clock: Clock, spread: Callable[[], float] = random.random
) -> Fetched:
    """Read one feed with the source of its kind; a failure is told in the feed's health and never raised."""
    try:
        source = sources.get(feed.kind)
        if source is None:
            raise SourceError(f"there is no source of kind {feed.kind}", subject=feed.url, health="failing")
        return await source.fetch(feed)
    except SourceError as error:
        problem = error
    except Exception:  # a mistake of ours that one feed brings to light must not stop the others
        log.exception("feed_reader_broke", feed_id=feed.id)
        problem = SourceError("the feed could not be read", subject=feed.url, health="failing")
    failed, notice = after_failure(feed, problem, now=clock(), spread=spread())
    log.info(
        "feed_failed", feed_id=feed.id, health=problem.health, failures=failed.failures, paused=bool(failed.paused)
    )
    return Fetched(feed=failed, unchanged=True, notice=notice)


async def read_feed(body: bytes, *, url: str, content_type: str, run: Run) -> ParsedFeed:
    """Read a feed: small ones beside the event loop, the rest and all doubtful ones in a worker with a time limit."""
    if is_small(body):
        document = prepared(body, content_type=content_type)
        tags = tags_of(document)
        if is_cheap(tags):
            read = read_quickly(document, url=url, tags=tags)
            if read is not None:
                return read
    try:
        # Named by its own module, so that the worker loads the parsers and nothing that asks the network.
        return await run(partial(parse_feed, body, url=url, content_type=content_type), timeout=PARSE_TIMEOUT)
    except WorkError:
        raise SourceError(
            "reading the feed took too long", subject=url, hint=sentence("too_complex"), health="too_complex"
        ) from None


def silent_ones(feed: Feed, reports: tuple[Given, ...]) -> frozenset[str]:
    """Which reports of a new feed are kept without being posted: all but the `backfill` newest."""
    if feed.fetched_at is not None:
        return frozenset()
    wanted = max(0, min(feed.backfill, MAX_BACKFILL))
    if not wanted:
        return frozenset(report.id for report in reports)
    dated = sorted(
        range(len(reports)),
        key=lambda at: (-moment.timestamp() if (moment := reports[at].published_at) else float("-inf"), at),
    )
    return frozenset(reports[at].id for at in dated[wanted:])


def _health(feed: Feed, answer: Answer, *, empty: bool) -> tuple[str, str]:
    """The health state of a feed that was read, and its sentence where it has one of its own."""
    if answer.moved_to and (here := urlsplit(feed.url).hostname) != (there := urlsplit(answer.moved_to).hostname):
        return "moved", f"The feed has moved for good from {here} to {there}; it is read from there now."
    if answer.downgraded:
        return "downgraded", ""
    return ("empty", "") if empty else ("ok", "")
