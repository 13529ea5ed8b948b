"""Feeds: what is read, how often, and how well it does."""

from __future__ import annotations

from datetime import datetime

import msgspec


class Feed(msgspec.Struct, frozen=True, kw_only=True):
    """One source that a tenant reads; all times are aware, UTC.

    Attributes:
        url: "https://…", or "folder:<path>" for files (only from the settings, never from a person).
        kind: "feed", "page", "folder" or "reliefweb".
        tenant: who added it; "" is the operator's own, seen by all.
        interval: seconds between two polls, as it stands now; `min_interval` and `max_interval` bound its adapting.
        etag, last_modified, body_hash: of the last body read.
        health: "ok", "new", or the key of what is wrong; `health_note` is the sentence for the admin.
        failures: in a row. paused: why, or "".
    """

    id: str
    url: str
    name: str = ""
    kind: str = "feed"
    tenant: str = ""
    interval: int = 900
    min_interval: int = 300
    max_interval: int = 21600
    backfill: int = 5
    preset: str = "standard"
    etag: str | None = None
    last_modified: str | None = None
    body_hash: str | None = None
    next_at: datetime | None = None
    fetched_at: datetime | None = None
    changed_at: datetime | None = None
    health: str = "new"
    health_note: str = ""
    failures: int = 0
    paused: str = ""


class FeedEntry(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One entry as a feed's parser read it; `published` is aware; `content` is HTML or plain text as given.

    `outlet` is whom an aggregator's feed names as the entry's publisher.
    """

    id: str | None = None
    title: str | None = None
    link: str | None = None
    published: datetime | None = None
    updated: datetime | None = None
    content: str = ""
    full: bool = False
    lang: str | None = None
    image: str | None = None
    outlet: str | None = None


class ParsedFeed(msgspec.Struct, frozen=True, kw_only=True):
    """A feed as read: its title, entries in document order, and how often it asks to be polled (`ttl`, seconds)."""

    title: str | None = None
    entries: tuple[FeedEntry, ...] = ()
    ttl: int | None = None
    link: str | None = None
