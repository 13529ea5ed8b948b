"""`/feeds`: what is read here. All of it for those who manage the place; the desk checks that."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Protocol, get_args
from urllib.parse import urlsplit

import msgspec
from sqlalchemy import Connection

from bot.model.card import Action, Attachment, Card, Line, Section
from bot.model.errors import CommandError
from bot.model.feed import Feed
from bot.model.report import Report
from bot.model.subscription import Destination, Preset, Subscription
from bot.model.summary import Summary
from bot.queries import cards
from bot.queries.question import Question
from bot.sources.discover import FoundFeed
from bot.sources.entries import read_given
from bot.sources.guard import read_url
from bot.sources.health import sentence
from bot.sources.opml import write_opml
from bot.sources.politeness import resumed
from bot.sources.port import Fetched
from bot.store import feeds as shelf
from bot.store import subscriptions
from bot.store.engine import Store

MOST_FEEDS = 200
"""Feeds of one server or workspace."""
LEAST_INTERVAL, LONGEST_INTERVAL = 5, 1440
"""Minutes between two readings that may be asked for."""
MOST_BACKFILL = 20
KINDS = ("feed", "page", "reliefweb")
COOL_DOWN = timedelta(minutes=2)
_PAGE = 15
_CHANNEL = re.compile(r"^<?#?([A-Za-z0-9_-]{1,40})(?:\|[^>]*)?>?$")


class FeedReader(Protocol):
    """Reads feeds without storing anything."""

    async def read(self, feed: Feed) -> Fetched:
        """Read a feed once; what is wrong is told in its health."""
        ...

    async def find(self, site: str) -> tuple[FoundFeed, ...]:
        """The feeds that a site offers; raises `SourceError`."""
        ...

    async def fetch(self, url: str, *, most: int) -> bytes:
        """What stands at an address, at most so many bytes; raises `SourceError`."""
        ...


def visible_feeds(c: Connection, tenant: str) -> tuple[Feed, ...]:
    """The feeds that a tenant sees."""
    return shelf.feeds(c, tenant=tenant)


def named(c: Connection, q: Question) -> Feed:
    """The tenant's own feed that the option names."""
    words = q.option("feed")
    found = shelf.feed(c, words, tenant=q.asker.tenant) if words else None
    if found is None:
        raise CommandError(
            "there is no such feed here", subject=words[:80], hint="feeds list shows them", suggestions=("feeds list",)
        )
    if found.tenant != q.asker.tenant:
        raise CommandError(
            "this feed comes with Sitrep and is not yours to change",
            subject=found.name or found.url,
            hint="use channel filter to leave it out: NOT feed:" + found.id,
        )
    return found


def new_feed(url: str, *, tenant: str, name: str = "", kind: str = "feed", backfill: int = 5) -> Feed:
    """A feed as it is added; its id is the same for the same address and tenant."""
    digest = hashlib.blake2b(f"{tenant}\n{url}".encode(), digest_size=5).hexdigest()
    return Feed(id=f"f{digest}", url=url, name=name, tenant=tenant, kind=kind, backfill=backfill)


def add(c: Connection, q: Question) -> Card:
    """Read a feed from now on; where the channel is not posted to yet, it is from now on."""
    url = q.option("url")
    if not url:
        raise CommandError("which feed?", hint="give its address: feeds add https://example.org/feed.xml")
    if "://" not in url:
        url = f"https://{url}"
    read_url(url)
    if sum(feed.tenant == q.asker.tenant for feed in visible_feeds(c, q.asker.tenant)) >= MOST_FEEDS:
        raise CommandError(
            f"at most {MOST_FEEDS} feeds can be read here", hint="remove one first", suggestions=("feeds list",)
        )
    backfill = q.number("backfill", 5, least=0, most=MOST_BACKFILL)
    feed = new_feed(url, tenant=q.asker.tenant, name=q.option("name"), kind=_kind(q, url), backfill=backfill)
    if q.option("interval"):
        feed = read_every(q, feed)
    preset = preset_of(q, "preset")
    if not shelf.add_feed(c, feed):
        raise CommandError("this feed is read here already", subject=url, suggestions=("feeds list",))
    posted = ""
    if q.option("channel"):
        posted = f" {post_to(c, q, feed)}"
    elif q.asker.channel and not subscriptions.subscriptions(c, tenant=q.asker.tenant, channel=q.asker.channel):
        subscriptions.save_subscription(c, msgspec.structs.replace(default_subscription(q), preset=preset))
        posted = " This channel is posted to from now on; channel filter narrows it."
    return done(
        q,
        f"Added {feed.name or url}",
        f"It is read for the first time within a minute; its {feed.backfill} newest reports are posted, older ones are "
        f"kept silently.{posted}",
        (f"feeds test {feed.id}", "feeds list"),
    )


def _kind(q: Question, url: str) -> str:
    """How the address is read: as it is said, else by its host."""
    kind = q.option("kind") or ("reliefweb" if urlsplit(url).hostname == "api.reliefweb.int" else "feed")
    if kind not in KINDS:
        raise CommandError("there is no such kind of source", subject=kind[:40], hint=", ".join(KINDS))
    return kind


def read_every(q: Question, feed: Feed) -> Feed:
    """The feed, read as often as the option says, in minutes."""
    minutes = q.number("interval", 15, least=LEAST_INTERVAL, most=LONGEST_INTERVAL)
    longest = max(60 * minutes, feed.max_interval)
    return msgspec.structs.replace(feed, interval=60 * minutes, min_interval=60 * minutes, max_interval=longest)


def preset_of(q: Question, option: str) -> Preset:
    """How long the cards are to be, "standard" without a word; raises `CommandError`."""
    words = q.option(option, "standard")
    if words not in get_args(Preset):
        raise CommandError("there is no such format", subject=words[:40], hint=", ".join(get_args(Preset)))
    preset: Preset = words  # type: ignore[assignment]  # it is one of them
    return preset


def default_subscription(q: Question) -> Subscription:
    """What `channel setup` and the first feed give a channel: everything, at once."""
    assert q.asker.channel is not None  # the callers have looked
    return subscription_for(q, q.asker.channel)


def subscription_for(q: Question, channel: str) -> Subscription:
    """A channel's first standing order: everything, at once."""
    where = Destination(platform=q.asker.platform, tenant=q.asker.tenant, channel=channel)
    return Subscription(id=subscription_id(where), destination=where, set_up_by=q.asker.user)


def subscription_id(where: Destination) -> str:
    """The id of a channel's subscription, the same for the same channel."""
    digest = hashlib.blake2b(f"{where.platform}\n{where.tenant}\n{where.channel}".encode(), digest_size=6).hexdigest()
    return f"s{digest}"


def post_to(c: Connection, q: Question, feed: Feed) -> str:
    """Have the channel that the option names posted this feed's reports; says in a sentence what that came to."""
    channel = channel_named(q)
    held = subscriptions.subscriptions(c, tenant=q.asker.tenant, channel=channel)
    if any(not one.feeds for one in held):
        return "The channel is posted everything that is read here, so this feed too."
    if held:
        changed = msgspec.structs.replace(held[0], feeds=(*held[0].feeds, feed.id))
    else:
        ordered = subscription_for(q, channel)
        changed = msgspec.structs.replace(ordered, feeds=(feed.id,), preset=preset_of(q, "preset"))
    subscriptions.save_subscription(c, changed)
    return "The channel is posted this feed from now on."


def channel_named(q: Question) -> str:
    """The channel's id as an option gives it: plain, or as the platforms write it ("<#C123|news>")."""
    found = _CHANNEL.match(q.option("channel"))
    if found is None:
        raise CommandError(
            "there is no such channel", subject=q.option("channel")[:40], hint="choose one from the list"
        )
    return found[1]


def remove(c: Connection, q: Question) -> Card:
    """Stop reading a feed; its reports stay."""
    feed = named(c, q)
    shelf.remove_feed(c, feed.id, tenant=q.asker.tenant)
    return done(q, f"Removed {feed.name or feed.url}", "Its reports stay findable.", ("feeds list",))


def pause(c: Connection, q: Question) -> Card:
    """Stop reading for now."""
    feed = named(c, q)
    shelf.save_feeds(c, [msgspec.structs.replace(feed, paused="by a manager")])
    return done(q, f"Paused {feed.name or feed.url}", "feeds resume reads it again.", (f"feeds resume {feed.id}",))


def resume(c: Connection, q: Question) -> Card:
    """Read again."""
    feed = named(c, q)
    shelf.save_feeds(c, [resumed(feed, now=q.now)])
    return done(q, f"Reading {feed.name or feed.url} again", "It is due now.", ("feeds health",))


def refresh(c: Connection, q: Question) -> Card:
    """Read at once, but not more often than the cool-down allows."""
    feed = named(c, q)
    if feed.fetched_at and q.now - feed.fetched_at < COOL_DOWN:
        raise CommandError(
            "this feed was read just now",
            subject=feed.name or feed.url,
            hint=f"wait {COOL_DOWN.seconds // 60} minutes between two readings",
        )
    shelf.save_feeds(c, [msgspec.structs.replace(feed, next_at=q.now)])
    return done(q, f"Reading {feed.name or feed.url} now", "New reports are posted as they come.", ("feeds health",))


def listed(c: Connection, q: Question) -> Card:
    """The feeds that are read here."""
    return _listing(
        c,
        q,
        "Feeds",
        lambda feed: (
            f"{feed.id} · every {feed.interval // 60} min"
            + (" · paused" if feed.paused else "")
            + ("" if feed.tenant else " · comes with Sitrep")
        ),
    )


def health(c: Connection, q: Question) -> Card:
    """How well the feeds do, the worst first."""
    return _listing(
        c,
        q,
        "Feed health",
        _state,
        worst=True,
    )


def _state(feed: Feed) -> str:
    told = feed.health_note or sentence(feed.health)
    if feed.paused:
        return f"paused: {feed.paused}. {told}" if feed.failures else f"paused: {feed.paused}"
    return f"{told} ({feed.failures} times in a row)" if feed.failures > 1 else told


def _listing(c: Connection, q: Question, title: str, note: Callable[[Feed], str], *, worst: bool = False) -> Card:
    found = sorted(
        visible_feeds(c, q.asker.tenant),
        key=lambda feed: (worst and feed.health in ("ok", "new") and not feed.paused, feed.name.casefold(), feed.url),
    )
    page = q.number("page", 1, most=100)
    shown = found[(page - 1) * _PAGE : page * _PAGE]
    lines = tuple(Line(text=feed.name or feed.url, note=note(feed), at=feed.fetched_at) for feed in shown)
    pages = max(1, -(-len(found) // _PAGE))
    return Card(
        kind="settings",
        title=title,
        subtitle=f"{len(found)} feeds",
        as_of=q.now,
        lead="" if found else "No feeds yet: feeds add <url>.",
        sections=(Section(heading=title, lines=lines),) if lines else (),
        page=page,
        pages=pages,
        previous_page=f"feeds {q.command.verb} page:{page - 1}" if page > 1 else "",
        next_page=f"feeds {q.command.verb} page:{page + 1}" if page < pages else "",
    )


def exported(c: Connection, q: Question) -> Card:
    """All feeds as OPML."""
    found = visible_feeds(c, q.asker.tenant)
    return Card(
        kind="file",
        title="Feeds as OPML",
        as_of=q.now,
        lead=f"{len(found)} feeds.",
        file=Attachment(name="feeds.opml", media_type="text/x-opml", content=write_opml(found)),
    )


async def test(
    store: Store, q: Question, reader: FeedReader, understand: Callable[[Report], Awaitable[tuple[Report, Summary]]]
) -> Card:
    """Read a feed once and show the card that its newest report (or the `item`-th) would make; nothing is stored."""
    words = q.option("feed")
    known = await store.read(shelf.feed, words, tenant=q.asker.tenant) if words else None
    if known is None:
        url = words if "://" in words else f"https://{words}"
        read_url(url)
        known = new_feed(url, tenant=q.asker.tenant)
    fetched = await reader.read(
        msgspec.structs.replace(known, etag=None, last_modified=None, body_hash=None, fetched_at=None)
    )
    if not fetched.reports:
        return Card(
            kind="error",
            status="error",
            title="This feed gave no reports",
            as_of=q.now,
            lead=fetched.feed.health_note or sentence(fetched.feed.health),
        )
    item = q.number("item", 1, most=len(fetched.reports))
    read = read_given(fetched.reports[item - 1])
    if read is None:
        raise CommandError("this item has no words", subject=f"item {item}")
    report, summary = await understand(read)
    card = cards.report_card(report, summary)
    return msgspec.structs.replace(
        card,
        actions=tuple(action for action in card.actions if action.url),
        footer=f"A test: nothing was posted or stored. Item {item} of {len(fetched.reports)}.",
    )


async def find(q: Question, reader: FeedReader) -> Card:
    """The feeds that a site offers, each with a button that adds it."""
    site = q.option("site")
    if not site:
        raise CommandError("which site?", hint="feeds find example.org")
    found = await reader.find(site if "://" in site else f"https://{site}")
    if not found:
        return Card(
            kind="empty",
            title=f"No feed found at {site}",
            as_of=q.now,
            lead="Neither the page nor the usual addresses offer one.",
        )
    lines = tuple(Line(text=feed.title or feed.url, note=feed.url, url=feed.url) for feed in found)
    actions = tuple(
        Action(label=f"Add {number}", command=words)
        for number, feed in enumerate(found[:5], 1)
        if len(words := f"feeds add {feed.url}") <= 90
    )
    return Card(
        kind="list",
        title=f"Feeds of {site}",
        as_of=q.now,
        sections=(Section(heading="Feeds", lines=lines),),
        actions=actions,
    )


def done(q: Question, title: str, lead: str, suggestions: tuple[str, ...] = ()) -> Card:
    return Card(
        kind="settings",
        title=title,
        as_of=q.now,
        lead=lead,
        actions=tuple(Action(label=words.split(" f")[0].capitalize(), command=words) for words in suggestions),
    )
