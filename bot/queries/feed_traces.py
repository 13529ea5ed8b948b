"""`/feeds why`: at which stage an item of a feed stopped, and why."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlsplit

from sqlalchemy import Connection

from bot import seen
from bot.model.card import Action, Card, Line, Section
from bot.model.errors import CommandError
from bot.model.feed import Feed
from bot.queries import cards
from bot.queries.question import Question
from bot.queries.reasons import verdict
from bot.sources.health import sentence
from bot.sources.identity import canonical_link, site_of
from bot.store import delivered, received, reports, subscriptions
from bot.store import feeds as shelf
from bot.store.reports import Told

LOOKED_AT = 1000
"""The newest reports among which an item is looked for by its link or words."""
_WAITING = 200
_SUBSCRIPTIONS = 6


def why(c: Connection, q: Question) -> Card:
    """What became of an item, stage by stage: read, known, understood, placed, wanted, posted."""
    item = q.option("item")
    if not item:
        raise CommandError("which item?", hint="give its link, its report's id, or words of its title")
    told = _found(c, q, item)
    if told is not None:
        return _traced(c, q, told)
    return _waiting(c, q, item) or _unread(c, q, item)


def _found(c: Connection, q: Question, item: str) -> Told | None:
    tenant = q.asker.tenant
    found = reports.one(c, item, tenant=tenant)
    if found is not None:
        return found
    for told in reports.latest(c, tenant=tenant, count=LOOKED_AT):
        if _is(item, told[0].url, told[0].guid, told[0].title):
            return told
    return None


def _is(item: str, url: str | None, guid: str | None, title: str | None) -> bool:
    """Whether an item is meant: by its link, its guid, or words that all stand in its title."""
    if "://" in item:
        return bool(url and canonical_link(url) == canonical_link(item)) or guid == item
    words = item.casefold().split()
    return guid == item or bool(title and all(word in title.casefold() for word in words))


def _waiting(c: Connection, q: Question, item: str) -> Card | None:
    mine = {"", q.asker.tenant}
    for row in received.first(c, _WAITING):
        for report in row.reports if row.tenant in mine else ():
            if _is(item, report.url, report.guid, report.title):
                return Card(
                    kind="settings",
                    title="This item has been read and waits to be understood",
                    as_of=q.now,
                    lead=report.title or item,
                    sections=(
                        Section(heading="Stages", lines=(_line(True, "read from its feed", at=report.fetched_at),)),
                    ),
                )
    return None


def _unread(c: Connection, q: Question, item: str) -> Card:
    """Nothing of it has been read: the feeds of its site, and how they do."""
    held = shelf.feeds(c, tenant=q.asker.tenant)
    site = site_of(item) if "://" in item else ""
    near = [feed for feed in held if site and site_of(feed.url) == site]
    lead = "It has not been in any reading of a feed here"
    lead += f", nor among the {LOOKED_AT:,} newest reports." if not site else "."
    if site and not near:
        lead += f" No feed of {urlsplit(item).hostname} is read: feeds find {site} looks for one."
    return Card(
        kind="empty",
        title="This item has not been read",
        as_of=q.now,
        lead=lead,
        sections=(Section(heading="Feeds of its site", lines=tuple(map(_feed_line, near[:5]))),) if near else (),
        actions=(Action(label="Feed health", command="feeds health"),),
    )


def _feed_line(feed: Feed) -> Line:
    state = f"paused: {feed.paused}" if feed.paused else feed.health_note or sentence(feed.health)
    return Line(text=feed.name or feed.url, note=state, at=feed.fetched_at)


def _traced(c: Connection, q: Question, told: Told) -> Card:
    report, summary = told
    feed = shelf.feed_by_id(c, report.feed_id) if report.feed_id else None
    stages = [
        _line(True, f"read from {(feed.name or feed.url) if feed else report.outlet or 'a file'}", at=report.fetched_at)
    ]
    earlier = len(reports.revisions(c, report.id))
    stages.append(
        _line(True, f"seen before with other words {earlier} time{'s' * (earlier != 1)}: posted cards are edited")
        if earlier
        else _line(True, "seen with these words alone: a repeated reading changes nothing")
    )
    stages.append(
        _line(False, "only the teaser could be read: the article is closed, another text, or not wanted")
        if report.teaser
        else _line(True, "read in full")
    )
    stages.append(_understanding(told))
    event = seen.event_of(c, report.id, tenant=q.asker.tenant)
    stages.append(
        _line(True, f"placed in {event.id} {event.title}", command=f"event {event.id}")
        if event
        else _line(False, "in no event: it tells of no crisis, or of one alone")
    )
    sections = [Section(heading="Stages", lines=tuple(stages))]
    orders = subscriptions.subscriptions(c, tenant=q.asker.tenant)
    wanted = False
    for order in orders[:_SUBSCRIPTIONS]:
        found = verdict(c, order, told)
        wanted = wanted or found.passes
        heading = f"Channel {order.destination.channel}: {'passes' if found.passes else 'does not pass'}"
        sections.append(Section(heading=heading, lines=found.lines))
    owed = delivered.of_ref(c, f"report:{report.id}", tenant=q.asker.tenant)
    became = tuple(
        Line(text=f"{one.kind} to {one.destination.channel}: {one.state}", note=one.reason, at=one.due_at)
        for one in owed
    )
    if not became:
        became = (_line(False, _unposted(wanted, bool(orders))),)
    return Card(
        kind="settings",
        title="What became of this item",
        as_of=q.now,
        lead=summary.headline or report.title or report.id,
        sections=(*sections, Section(heading="Posts", lines=became)),
        sources=(cards.source_link(report),),
        actions=(
            Action(label="Report", command=f"report {report.id}"),
            Action(label="Feed health", command="feeds health"),
        ),
    )


def _understanding(told: Told) -> Line:
    _, summary = told
    if (summary.notice or "").startswith("language"):
        return _line(
            False, "not understood: it is written in another language", (summary.notice or "").partition(":")[2]
        )
    if summary.notice:
        return _line(False, "not understood", cards.notice_of(summary) or summary.notice)
    counts = f"{len(summary.claims)} claims, {len(summary.casualties)} casualty figures"
    return _line(bool(summary.claims or summary.casualties), "understood", counts)


def _unposted(wanted: bool, posted_anywhere: bool) -> str:
    if not posted_anywhere:
        return "no channel is posted to: channel setup starts it"
    if wanted:
        return "it came before the channel was set, or with a feed's first reading, and was kept silently"
    return "no channel's filter lets it through"


def _line(good: bool, text: str, note: str = "", *, at: datetime | None = None, command: str = "") -> Line:
    return Line(text=f"{'✓' if good else '✗'} {text}", note=note, at=at, command=command)
