"""`/channel setup`: from nothing to a first post by one button; and what a channel follows beside its filter."""

from __future__ import annotations

import difflib
import re

import msgspec
from sqlalchemy import Connection

from bot.deliver.filters import alternatives, compiled
from bot.model.card import Action, Card, Line, Section
from bot.model.errors import CommandError
from bot.model.subscription import Subscription
from bot.queries.feeds import MOST_FEEDS, default_subscription, new_feed, preset_of
from bot.queries.presets import PresetFeed, SetUp, presets
from bot.queries.question import Question
from bot.queries.reasons import first_delivery, newest_passing, understood
from bot.store import events, outbox, reports, subscriptions
from bot.store import feeds as shelf

_EVENT = re.compile(r"(?:event:)?[A-Z]{3}-\d+", re.IGNORECASE)
OFFERED = 4
"""Presets on one page: their buttons stand in one row, with one that turns the page."""


def setup(c: Connection, q: Question) -> Card:
    """Post to this channel: what a preset or a filter lets through; without words, presets are offered."""
    if not q.asker.channel:
        raise CommandError("this is no channel", hint="give the command in the channel that is meant")
    words, line = q.option("preset"), q.option("filter")
    if words and not line and presets().named(words) is None and ":" in words:
        words, line = "", words
    if not words and not line and not q.option("format"):
        return offers(q)
    return _set_up(c, q, _preset(words) if words else None, line)


def _preset(words: str) -> SetUp:
    found = presets().named(words)
    if found is None:
        keys = [one.key for one in presets().preset]
        near = difflib.get_close_matches(words.casefold(), keys, n=2, cutoff=0.4)
        hint = f"did you mean {' or '.join(near)}?" if near else f"there are {', '.join(keys)}"
        suggestions = tuple(f"channel setup {key}" for key in near) or ("channel setup",)
        raise CommandError("there is no such preset", subject=words[:40], hint=hint, suggestions=suggestions)
    return found


def offers(q: Question) -> Card:
    """The presets, a page of them at a time, each with a button that sets this channel up."""
    every = presets().preset
    pages = -(-len(every) // OFFERED)
    page = q.number("page", 1, most=pages)
    shown = every[(page - 1) * OFFERED : page * OFFERED]
    return Card(
        kind="settings",
        title="What should be posted here?",
        as_of=q.now,
        lead="Press a button and the first card comes at once. Everything can be changed afterwards.",
        sections=(
            Section(
                heading="Regions and topics",
                lines=tuple(Line(text=one.name, note=one.tells, command=f"channel setup {one.key}") for one in shown),
            ),
        ),
        actions=(
            *(Action(label=one.name, command=f"channel setup {one.key}") for one in shown),
            Action(label="More …", command=f"channel setup page:{page % pages + 1}"),
        ),
        page=page,
        pages=pages,
        footer="Or in words: channel setup filter:… (help filter), and feeds add <url> for a feed of your own.",
    )


def _set_up(c: Connection, q: Question, chosen: SetUp | None, line: str) -> Card:
    before = subscriptions.subscriptions(c, tenant=q.asker.tenant, channel=q.asker.channel)
    held = before[0] if before else default_subscription(q)
    line = understood(c, line or (chosen.filter if chosen else ""), tenant=q.asker.tenant)
    wanted = presets().feeds_of(chosen) if chosen else ()
    ids, added = _read(c, q, wanted)
    order = msgspec.structs.replace(
        held,
        filter=line,
        feeds=ids if chosen and chosen.only else (),
        preset=preset_of(q, "format") if q.option("format") else held.preset,
        paused="",
        set_up_by=q.asker.user,
    )
    subscriptions.save_subscription(c, order)
    first = first_post(c, q, order)
    return _done(q, order, chosen, added, first, wanted)


def _read(c: Connection, q: Question, wanted: tuple[PresetFeed, ...]) -> tuple[tuple[str, ...], int]:
    """The ids of these feeds; those that are not read here yet are from now on, as far as there is room."""
    held = {feed.url: feed for feed in shelf.feeds(c, tenant=q.asker.tenant)}
    room = MOST_FEEDS - sum(feed.tenant == q.asker.tenant for feed in held.values())
    ids, added = [], 0
    for one in wanted:
        feed = held.get(one.url)
        if feed is None and added < room:
            feed = new_feed(one.url, tenant=q.asker.tenant, name=one.name)
            added += shelf.add_feed(c, feed)
        if feed is not None:
            ids.append(feed.id)
    return tuple(ids), added


def first_post(c: Connection, q: Question, order: Subscription) -> str:
    """Owe the newest report held that the order lets through; its headline, or "" where there is none."""
    told = newest_passing(c, order)
    if told is None:
        return ""
    outbox.enqueue(c, [first_delivery(c, order, told, now=q.now)])
    report, summary = told
    return summary.headline or report.title or report.id


def _done(
    q: Question, order: Subscription, chosen: SetUp | None, added: int, first: str, wanted: tuple[PresetFeed, ...]
) -> Card:
    lead = f"First card: {first}" if first else "Nothing that is held passes yet; new reports are posted as they come."
    set_lines = [
        Line(text="What", note=chosen.tells if chosen else order.filter or "everything that is read here"),
        Line(text="Filter", note=order.filter or "none"),
        Line(text="Cards", note=order.preset),
    ]
    if added:
        set_lines.append(Line(text="Feeds added", note=f"{added}; the first reports come within a minute"))
    feeds = tuple(Line(text=feed.name, note=feed.tells, url=feed.url) for feed in wanted)
    steps = (
        Line(text="A digest instead of single cards", command="channel schedule daily 08:00"),
        Line(text="How many reports a filter lets through", command="channel try country:AM killed>=1"),
        Line(text="A feed of your own", command="feeds add <url>"),
        Line(text="Why a report is posted or not", command="channel why <report>"),
    )
    return Card(
        kind="settings",
        title=f"This channel is set up: {chosen.name}" if chosen else "This channel is set up",
        as_of=q.now,
        lead=lead,
        sections=(
            Section(heading="Set", lines=tuple(set_lines)),
            Section(heading="What next", lines=steps),
            *([Section(heading="Read for it", lines=feeds)] if feeds else []),
        ),
        actions=(
            Action(label="Shorter cards", command="channel format brief"),
            Action(label="Try the filter", command="channel try"),
            Action(label="Other presets", command="channel setup"),
            Action(label="Preview", command="channel preview"),
            Action(label="Stop", command="channel reset"),
        ),
    )


def follow(c: Connection, q: Question) -> Card:
    """Post an event's reports, or what a saved search finds, beside what is posted here already."""
    if not q.asker.channel:
        raise CommandError("this is no channel", hint="give the command in the channel that is meant")
    line = _followed(c, q)
    before = subscriptions.subscriptions(c, tenant=q.asker.tenant, channel=q.asker.channel)
    if before and not before[0].filter and not before[0].feeds:
        raise CommandError("everything is posted here already", hint="channel filter narrows it")
    held = before[0] if before else default_subscription(q)
    parts = tuple(dict.fromkeys((*alternatives(held.filter), *alternatives(line))))
    return _following(c, q, held, parts, f"Following {line}")


def unfollow(c: Connection, q: Question) -> Card:
    """Follow an event or a search no longer."""
    line = _followed(c, q)
    before = subscriptions.subscriptions(c, tenant=q.asker.tenant, channel=q.asker.channel or "")
    parts = alternatives(before[0].filter) if before else ()
    gone = set(alternatives(line))
    if not gone <= set(parts):
        followed = ", ".join(parts[:6])
        raise CommandError(
            "that is not followed here", subject=line[:80], hint=f"followed are: {followed or 'nothing'}"
        )
    left = tuple(part for part in parts if part not in gone)
    if not left:
        raise CommandError(
            "nothing else is posted here", hint="channel reset stops posting", suggestions=("channel reset",)
        )
    return _following(c, q, before[0], left, f"No longer following {line}")


def _followed(c: Connection, q: Question) -> str:
    """What is to be followed, as a line: an event by its id, else a search."""
    words = q.option("event") or q.option("what")
    if not words:
        raise CommandError(
            "follow what?", hint="an event (channel follow KAR-0142), or a search: channel follow country:AM"
        )
    event = events.event(c, words.removeprefix("event:"))
    if event is not None and reports.told(c, event.reports, tenant=q.asker.tenant):
        return f"event:{event.id}"
    if q.option("event") or _EVENT.fullmatch(words):
        raise CommandError("there is no such event", subject=words[:60], suggestions=("latest",))
    return understood(c, words, tenant=q.asker.tenant)


def _following(c: Connection, q: Question, held: Subscription, parts: tuple[str, ...], title: str) -> Card:
    line = " OR ".join(parts)
    compiled(line)
    subscriptions.save_subscription(c, msgspec.structs.replace(held, filter=line, paused=""))
    return Card(
        kind="settings",
        title=title[:150],
        as_of=q.now,
        sections=(Section(heading="Posted here", lines=tuple(Line(text=part) for part in parts)),),
        actions=(Action(label="Try it", command="channel try"), Action(label="Show", command="channel show")),
    )
