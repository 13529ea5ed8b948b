"""The tables: values whole, as JSON, beside the columns by which they are looked up; times are UTC milliseconds."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    false,
    text,
)

metadata = MetaData()
_Number = BigInteger().with_variant(Integer, "sqlite")

reports = Table(
    "reports",
    metadata,
    Column("seq", _Number, primary_key=True, autoincrement=True),
    Column("id", String, nullable=False, unique=True),
    Column("feed_id", String, index=True),
    Column("outlet", String, index=True),
    Column("published_at", BigInteger, nullable=False, index=True),
    Column("fetched_at", BigInteger, nullable=False, index=True),
    Column("revision", Integer, nullable=False, default=1),
    Column("value", LargeBinary, nullable=False),
    Column("summary", LargeBinary, nullable=False),
    Column("place", BigInteger),
    Column("dropped", Boolean, nullable=False, server_default=false()),
    Index("reports_by_place", "place", unique=True),
    Index("reports_to_drop", "dropped", "fetched_at"),
)
"""`published_at` falls back on `fetched_at`, so that every report has its place in time (see postings.py); `dropped` is
whether only the evidence of the text is left (see retention.py)."""

forgotten = Table(
    "forgotten", metadata, Column("report_id", String, primary_key=True), Column("at", BigInteger, nullable=False)
)
"""Reports that were kept long enough: feeds that still list them bring nothing new."""

sightings = Table(
    "sightings",
    metadata,
    Column("tenant", String, primary_key=True),
    Column("report_id", String, ForeignKey("reports.id", ondelete="CASCADE"), primary_key=True),
    Column("published_at", BigInteger, nullable=False),
    Index("sightings_by_time", "tenant", "published_at", "report_id"),
    Index("sightings_of_report", "report_id"),
)
"""Which tenant sees a report; the tenant "" stands for all."""

revisions = Table(
    "revisions",
    metadata,
    Column("report_id", String, ForeignKey("reports.id", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("value", LargeBinary, nullable=False),
    Column("summary", LargeBinary, nullable=False),
)

names = Table(
    "names",
    metadata,
    Column("tenant", String, primary_key=True),
    Column("kind", String, primary_key=True),
    Column("name", String, primary_key=True),
    Column("folded", String, nullable=False),
    Column("times", BigInteger, nullable=False),
    Index("names_by_use", "tenant", "kind", "times", "folded", "name"),
    Index("names_by_beginning", "tenant", "kind", "folded", "times", "name"),
)
"""Actors and outlets of what a tenant sees, and in how many reports: for completion while typing."""

events = Table(
    "events",
    metadata,
    Column("id", String, primary_key=True),
    Column("first_at", BigInteger, nullable=False),
    Column("last_at", BigInteger, nullable=False, index=True),
    Column("terms", Text, nullable=False, server_default=""),
    Column("place", BigInteger),
    Column("merged_into", String, index=True),
    Column("value", LargeBinary, nullable=False),
    Index("events_by_place", "place", unique=True),
)

event_reports = Table(
    "event_reports",
    metadata,
    Column("report_id", String, ForeignKey("reports.id", ondelete="CASCADE"), primary_key=True),
    Column("event_id", String, nullable=False, index=True),
)

traits = Table(
    "traits",
    metadata,
    Column("report_id", String, ForeignKey("reports.id", ondelete="CASCADE"), primary_key=True),
    Column("value", LargeBinary, nullable=False),
)

report_terms = Table(
    "report_terms",
    metadata,
    Column("term", String, primary_key=True),
    Column("at", BigInteger, primary_key=True),
    Column("report_id", String, ForeignKey("reports.id", ondelete="CASCADE"), primary_key=True),
    Index("report_terms_of_report", "report_id"),
)
"""The telling words of a report, by which reports of the same happening are found."""

pins = Table(
    "pins",
    metadata,
    Column("report_id", String, primary_key=True),
    Column("event_id", String, nullable=False),
    Column("by", String, nullable=False),
)
"""What an admin has said about where a report belongs; "" is "in no event"."""

notes = Table(
    "notes",
    metadata,
    Column("number", _Number, primary_key=True, autoincrement=True),
    Column("event_id", String, nullable=False, index=True),
    Column("report_id", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("at", BigInteger, nullable=False, index=True),
    Column("outlet", String, nullable=False, server_default=""),
    Column("value", LargeBinary, nullable=False),
    Index("notes_by_kind", "kind", "at", "number"),
    Index("notes_by_outlet", "outlet", "kind", "at", "number"),
)
"""What moved in events; `outlet` is that of the report, folded as `postings.folded` does."""

counters = Table(
    "counters", metadata, Column("name", String, primary_key=True), Column("value", BigInteger, nullable=False)
)

feeds = Table(
    "feeds",
    metadata,
    Column("id", String, primary_key=True),
    Column("tenant", String, nullable=False, index=True),
    Column("url", String, nullable=False),
    Column("next_at", BigInteger, nullable=False),
    Column("paused", Boolean, nullable=False),
    Column("value", LargeBinary, nullable=False),
    Column("holder", String),
    Index("feeds_due", "paused", "next_at"),
    Index(
        "feeds_held",
        "holder",
        sqlite_where=text("holder IS NOT NULL"),
        postgresql_where=text("holder IS NOT NULL"),
    ),
    Index("feeds_by_url", "tenant", "url", unique=True),
)

received = Table(
    "received",
    metadata,
    Column("number", _Number, primary_key=True, autoincrement=True),
    Column("feed_id", String, nullable=False, index=True),
    Column("tenant", String, nullable=False),
    Column("reports", Integer, nullable=False),
    Column("value", LargeBinary, nullable=False),
    Column("told", LargeBinary),
)
"""What feeds have brought and waits to be understood: some reports of one reading in each row; `told` is what has been
understood of it and waits to be filed, where many nodes share the work."""

nodes = Table(
    "nodes",
    metadata,
    Column("id", String, primary_key=True),
    Column("name", String, nullable=False),
    Column("started_at", BigInteger, nullable=False),
    Column("until", BigInteger, nullable=False),
    Column("keeper", Boolean, nullable=False),
)
"""The processes that share this database (see bot/work/node.py): each is there until a time that it keeps moving on."""

subscriptions = Table(
    "subscriptions",
    metadata,
    Column("id", String, primary_key=True),
    Column("platform", String, nullable=False),
    Column("tenant", String, nullable=False, index=True),
    Column("channel", String, nullable=False, index=True),
    Column("paused", Boolean, nullable=False),
    Column("value", LargeBinary, nullable=False),
)

watches = Table(
    "watches",
    metadata,
    Column("id", String, primary_key=True),
    Column("platform", String, nullable=False),
    Column("tenant", String, nullable=False),
    Column("channel", String, nullable=False),
    Column("user", String, nullable=False, index=True),
    Column("paused", Boolean, nullable=False),
    Column("value", LargeBinary, nullable=False),
    Index("watches_of_place", "platform", "channel"),
)

alerts = Table(
    "alerts",
    metadata,
    Column("watch_id", String, primary_key=True),
    Column("change", String, primary_key=True),
    Column("tenant", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("report_id", String, nullable=False),
    Column("text", String, nullable=False),
    Column("at", BigInteger, nullable=False, index=True),
    Column("delivery", String, nullable=False, index=True),
)
"""Which changes a watch has been told of, or will be, by which delivery: none is told twice."""

person_notes = Table(
    "person_notes",
    metadata,
    Column("number", _Number, primary_key=True, autoincrement=True),
    Column("platform", String, nullable=False),
    Column("user", String, nullable=False),
    Column("tenant", String, nullable=False),
    Column("text", String, nullable=False),
    Column("at", BigInteger, nullable=False),
    Index("person_notes_of", "platform", "user"),
)
"""What waits to be told to a person when they next give a command."""

deliveries = Table(
    "deliveries",
    metadata,
    Column("key", String, primary_key=True),
    Column("number", BigInteger, nullable=False, index=True),
    Column("kind", String, nullable=False),
    Column("state", String, nullable=False),
    Column("open", Boolean, nullable=False),
    Column("due_at", BigInteger, nullable=False),
    Column("leased_until", BigInteger),
    Column("holder", String),
    Column("attempts", Integer, nullable=False),
    Column("tried_at", BigInteger),
    Column("postponed", Boolean, nullable=False),
    Column("parts", Integer, nullable=False),
    Column("posted", LargeBinary),
    Column("reason", String, nullable=False),
    Column("lane", String, nullable=False),
    Column("platform", String, nullable=False),
    Column("tenant", String, nullable=False),
    Column("channel", String, nullable=False),
    Column("event_id", String),
    Column("subscription_id", String),
    Column("ref", String, nullable=False, index=True),
    Column("card", String, nullable=False),
    Column("mentions", Boolean, nullable=False),
    Column("value", LargeBinary, nullable=False),
    Index("deliveries_open", "number", sqlite_where=text("open IS 1"), postgresql_where=text("open IS true")),
    Index(
        "deliveries_of_lane", "lane", "number", sqlite_where=text("open IS 1"), postgresql_where=text("open IS true")
    ),
    Index("deliveries_of_channel", "platform", "channel", "number"),
    Index("deliveries_of_event", "event_id", "channel"),
    Index("deliveries_of_subscription", "subscription_id", "due_at"),
)
"""What changes while a delivery is under way stands in columns alone; `open` is whether it is due or leased. Deliveries
of one `lane` (a channel and an event) go out in the order of their numbers."""

digest_items = Table(
    "digest_items",
    metadata,
    Column("owner", String, primary_key=True),
    Column("due_at", BigInteger, primary_key=True),
    Column("ref", String, primary_key=True),
    Column("event_id", String),
    Column("at", BigInteger, nullable=False),
)
"""What a subscription's or watch's digest will tell of, collected as it is filed."""

kept = Table(
    "kept",
    metadata,
    Column("area", String, primary_key=True),
    Column("name", String, primary_key=True),
    Column("value", Text, nullable=False),
)
"""Small values that parts remember between runs."""

audit = Table(
    "audit",
    metadata,
    Column("number", _Number, primary_key=True, autoincrement=True),
    Column("at", BigInteger, nullable=False),
    Column("tenant", String, nullable=False, index=True),
    Column("user", String, nullable=False),
    Column("command", String, nullable=False),
)

answered = Table(
    "answered",
    metadata,
    Column("id", String, primary_key=True),
    Column("at", BigInteger, nullable=False, index=True),
)
"""Ids of platform events that have been answered: a repeated one is dropped."""

complaints = Table(
    "complaints",
    metadata,
    Column("number", _Number, primary_key=True, autoincrement=True),
    Column("at", BigInteger, nullable=False),
    Column("tenant", String, nullable=False, index=True),
    Column("user", String, nullable=False, index=True),
    Column("settled", Boolean, nullable=False),
    Column("value", LargeBinary, nullable=False),
)
"""Errors that people have reported to the operator."""

departures = Table(
    "departures",
    metadata,
    Column("tenant", String, primary_key=True),
    Column("at", BigInteger, nullable=False, index=True),
)
"""Servers and workspaces that have removed the bot: what they had set is kept for a while, then erased."""


def stamp(at: datetime) -> int:
    """Milliseconds since 1970, UTC."""
    return int(at.timestamp() * 1000)


@lru_cache(maxsize=4096)
def moment(milliseconds: int) -> datetime:
    """The aware time of a stamp."""
    return datetime.fromtimestamp(milliseconds / 1000, UTC)
