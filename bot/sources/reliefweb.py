"""ReliefWeb's API (version 2) as a source: curated reports of humanitarian organisations, each with its publisher.

The feed's address is the query, as ReliefWeb's search converter gives it:
`https://api.reliefweb.int/v2/reports?appname=NAME&query[value]=Sudan`. Since November 2025 the `appname` has to be
requested from ReliefWeb; without an approved one the API answers 403. Fields, order and number are added here.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable
from datetime import UTC, datetime

import msgspec

from bot.model.errors import SourceError
from bot.model.feed import Feed, FeedEntry, ParsedFeed
from bot.sources.entries import reports_of
from bot.sources.fetch import Fetcher
from bot.sources.politeness import after_reading, wish_of
from bot.sources.poll import silent_ones
from bot.sources.port import Clock, Fetched

LIMIT = 50
_FIELDS = (
    "title",
    "body",
    "url",
    "url_alias",
    "date.created",
    "date.original",
    "source.name",
    "source.shortname",
    "language.code",
)


class _Named(msgspec.Struct):
    name: str = ""
    shortname: str = ""
    code: str = ""


class _Dates(msgspec.Struct):
    created: str | None = None
    original: str | None = None


class _Fields(msgspec.Struct):
    title: str = ""
    body: str = ""
    url: str | None = None
    url_alias: str | None = None
    date: _Dates = msgspec.field(default_factory=_Dates)
    source: list[_Named] = []
    language: list[_Named] = []


class _Item(msgspec.Struct):
    id: str | int
    fields: _Fields = msgspec.field(default_factory=_Fields)


class _Answer(msgspec.Struct):
    data: list[_Item]


class ReliefWebSource:
    """Reads a ReliefWeb query; see `Source`."""

    def __init__(self, fetcher: Fetcher, clock: Clock, *, spread: Callable[[], float] = random.random) -> None:
        self._fetcher = fetcher
        self._clock = clock
        self._spread = spread

    async def fetch(self, feed: Feed) -> Fetched:
        """Ask for the newest reports of the query."""
        try:
            answer = await self._fetcher.get(query_url(feed.url), accept="application/json")
        except SourceError as error:
            if error.health in ("forbidden", "unauthorised"):
                error.hint = "ReliefWeb wants an approved appname in the address; request one from ReliefWeb"
            raise
        told = hashlib.blake2b(answer.body, digest_size=16).hexdigest()
        now = self._clock()
        wish = wish_of(answer.headers, None, longest=feed.max_interval)
        if feed.fetched_at is not None and told == feed.body_hash:
            read = after_reading(feed, changed=False, now=now, wish=wish, spread=self._spread())
            return Fetched(feed=read, unchanged=True)
        reports = reports_of(read_answer(answer.body), feed, now=now)
        read = after_reading(
            msgspec.structs.replace(feed, name=feed.name or "ReliefWeb", body_hash=told),
            changed=True,
            now=now,
            wish=wish,
            spread=self._spread(),
            health="ok" if reports else "empty",
        )
        return Fetched(feed=read, reports=reports, silent=silent_ones(feed, reports))


def query_url(url: str) -> str:
    """The query with the fields, order and number that are read, where it does not say them itself."""
    wanted = "" if "fields[" in url else "".join(f"&fields[include][]={field}" for field in _FIELDS)
    if "sort" not in url:
        wanted += "&sort[]=date.created:desc"
    if "limit=" not in url:
        wanted += f"&limit={LIMIT}"
    return url + (wanted if "?" in url else "?" + wanted[1:])


def read_answer(body: bytes) -> ParsedFeed:
    """The API's answer as entries; the publisher is the report's own source. Raises `SourceError` ("not_a_feed")."""
    try:
        answer = msgspec.json.decode(body, type=_Answer)
    except (msgspec.DecodeError, RecursionError) as error:
        raise SourceError(f"this is no answer of ReliefWeb's API ({error})", health="not_a_feed") from None
    return ParsedFeed(
        title="ReliefWeb", entries=tuple(_entry(item) for item in answer.data), link="https://reliefweb.int/"
    )


def _entry(item: _Item) -> FeedEntry:
    fields = item.fields
    return FeedEntry(
        id=f"reliefweb:{item.id}",
        title=fields.title or None,
        link=fields.url_alias or fields.url,
        published=_moment(fields.date.original or fields.date.created),
        updated=_moment(fields.date.created),
        content=fields.body,
        full=True,
        lang=fields.language[0].code[:2] if fields.language and fields.language[0].code else None,
        outlet=", ".join(source.name or source.shortname for source in fields.source[:3]) or None,
    )


def _moment(told: str | None) -> datetime | None:
    try:
        moment = datetime.fromisoformat(told) if told else None
    except ValueError:
        return None
    if moment is None:
        return None
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
