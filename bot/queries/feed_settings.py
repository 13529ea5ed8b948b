"""`/feeds edit` and `import`: what is set about feeds that are read, and lists of them."""

from __future__ import annotations

import asyncio
from pathlib import Path

import msgspec
from sqlalchemy import Connection

from bot.model.card import Action, Card, Line, Section
from bot.model.errors import CommandError, SitrepError
from bot.model.feed import Feed
from bot.queries import feeds
from bot.queries.question import Question
from bot.sources.guard import read_url
from bot.sources.opml import MAX_BYTES, Outline, read_opml
from bot.store import audit, subscriptions
from bot.store import feeds as shelf
from bot.store.engine import Store

_SHOWN = 15


def edit(c: Connection, q: Question) -> Card:
    """Change a feed's name, how often it is read, how many reports its first reading posts, or its cards' length."""
    feed = feeds.named(c, q)
    changed = feed
    said = []
    if name := " ".join(q.option("name").split())[:100]:
        changed = msgspec.structs.replace(changed, name=name)
        said.append(f"it is called {name}")
    if q.option("interval"):
        changed = feeds.read_every(q, changed)
        if q.now < (changed.next_at or q.now):
            changed = msgspec.structs.replace(changed, next_at=q.now)
        said.append(f"it is read every {changed.interval // 60} minutes")
    if q.option("backfill"):
        changed = msgspec.structs.replace(changed, backfill=q.number("backfill", 5, least=0, most=feeds.MOST_BACKFILL))
        said.append(f"a first reading posts {changed.backfill} reports")
    if q.option("preset"):
        said.append(_cards_of(c, q, feed))
    if not said:
        raise CommandError(
            "nothing was to be changed", subject=feed.name or feed.url, hint="give name, interval, backfill or preset"
        )
    shelf.save_feeds(c, [changed])
    told = "; ".join(said)
    return feeds.done(q, f"Changed {changed.name or changed.url}", f"{told[:1].upper()}{told[1:]}.", ("feeds list",))


def _cards_of(c: Connection, q: Question, feed: Feed) -> str:
    """Set the length of the cards wherever this feed alone is posted."""
    preset = feeds.preset_of(q, "preset")
    alone = [one for one in subscriptions.subscriptions(c, tenant=q.asker.tenant) if one.feeds == (feed.id,)]
    if not alone:
        raise CommandError(
            "no channel is posted this feed alone", subject=feed.name or feed.url,
            hint=f"channel format {preset} sets the cards of all that a channel is posted",
        )  # fmt: skip
    for one in alone:
        subscriptions.save_subscription(c, msgspec.structs.replace(one, preset=preset))
    return f"its cards are {preset}"


async def import_list(store: Store, q: Question, reader: feeds.FeedReader) -> Card:
    """Read the feeds of an OPML list: an attached or pasted one, one at an address, or a file of the operator's own."""
    given = q.option("file")
    if not given:
        raise CommandError("which list?", hint="attach an OPML file, or give its address: feeds import https://…")
    try:
        outlines = read_opml(await _list(given, q, reader))
    except SitrepError as error:
        raise CommandError(error.message, subject=error.subject or given[:60], hint=error.hint) from None
    return await store.write(_take_in, q, outlines)


async def _list(given: str, q: Question, reader: feeds.FeedReader) -> bytes:
    if given.lstrip("\ufeff \n").startswith("<"):
        return given.encode("utf-8", "replace")
    if "://" in given:
        return await reader.fetch(given, most=MAX_BYTES)
    if q.asker.platform != "terminal":
        raise CommandError("this is no list", subject=given[:60], hint="attach an OPML file, or give its address")
    try:
        return await asyncio.to_thread(_read, Path(given))
    except OSError as error:
        raise CommandError(f"the file cannot be read ({error.strerror})", subject=given[:200]) from None


def _read(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(MAX_BYTES + 1)


def _take_in(c: Connection, q: Question, outlines: tuple[Outline, ...]) -> Card:
    """Add what may be read, and tell of each outline what became of it."""
    audit.record(c, q.asker, "feeds import", now=q.now)
    tenant = q.asker.tenant
    room = feeds.MOST_FEEDS - sum(feed.tenant == tenant for feed in feeds.visible_feeds(c, tenant))
    taken: list[Line] = []
    refused: list[Line] = []
    for outline in outlines:
        name = outline.name or outline.url
        try:
            if len(taken) >= room:
                raise CommandError(f"at most {feeds.MOST_FEEDS} feeds can be read here")
            read_url(outline.url)
            feed = feeds.new_feed(outline.url, tenant=tenant, name=outline.name, kind=outline.kind, backfill=0)
            if not shelf.add_feed(c, feed):
                raise CommandError("it is read here already")
        except SitrepError as error:
            refused.append(Line(text=name, note=error.message))
        else:
            taken.append(Line(text=name, note=feed.id))
    return Card(
        kind="settings",
        status="neutral" if taken or not refused else "error",
        title=f"{len(taken)} of {len(outlines)} feeds taken",
        as_of=q.now,
        lead="They are read for the first time in the next minutes; what they hold already is kept silently."
        if taken
        else "Nothing was added.",
        sections=tuple(
            Section(heading=heading, lines=_short(lines))
            for heading, lines in (("Taken", taken), ("Not taken", refused))
            if lines
        ),
        actions=(Action(label="List", command="feeds list"), Action(label="Health", command="feeds health")),
    )


def _short(lines: list[Line]) -> tuple[Line, ...]:
    left = len(lines) - _SHOWN
    return tuple(lines) if left <= 1 else (*lines[:_SHOWN], Line(text=f"and {left} more", command="feeds list"))
