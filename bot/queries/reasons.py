"""Why a report is posted or not: a channel's filter against one report, part by part, and against the last day's."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable
from datetime import datetime, timedelta

import msgspec
from sqlalchemy import Connection

from bot import seen
from bot.deliver.facts import Facts
from bot.deliver.filters import compiled, explain
from bot.deliver.plan import key_of
from bot.model.card import Action, Card, Line, Section
from bot.model.delivery import Delivery
from bot.model.errors import CommandError
from bot.model.report import Report
from bot.model.subscription import Subscription
from bot.model.summary import Summary
from bot.queries import cards
from bot.queries.nearest import empty
from bot.queries.posts import card_of
from bot.queries.question import Question, told_asked
from bot.store import delivered, events, reports, subscriptions
from bot.store import feeds as shelf
from bot.store.reports import Told

TRIED = 300
"""How many reports of the last day a filter is tried on, at most."""
_SHOWN = 5
_FEED = re.compile(r'(?<![\w"])(feed:)("[^"]*"|[^\s()"]+)', re.IGNORECASE)


def facts_of(c: Connection, report: Report, summary: Summary, *, tenant: str) -> Facts:
    """The facts of a stored report as it and its event now stand, as the tenant sees them."""
    event = seen.event_of(c, report.id, tenant=tenant)
    return Facts.of(report, summary, event, merged=events.merged_into(c, event.id) if event else ())


def understood(c: Connection, line: str, *, tenant: str) -> str:
    """A filter's line with the names of feeds led to their ids; raises `CommandError` where it cannot be kept so."""

    def id_of(words: str) -> str:
        found = shelf.feed(c, words, tenant=tenant)
        if found is None:
            names = [feed.name for feed in shelf.feeds(c, tenant=tenant) if feed.name]
            near = difflib.get_close_matches(words, names, n=1, cutoff=0.5)
            hint = f'did you mean feed:"{near[0]}"?' if near else "feeds list shows them"
            raise CommandError("no such feed is read here", subject=words[:60], hint=hint, suggestions=("feeds list",))
        return found.id

    return lead_feeds(line, id_of)


def lead_feeds(line: str, id_of: Callable[[str], str]) -> str:
    """A filter's line with each feed that it names by its id, on one line; raises what `id_of` and compiling raise."""
    ready = _FEED.sub(lambda match: match[1] + id_of(match[2].strip('"')), " ".join(line.split()))
    compiled(ready)
    return ready


class Verdict(msgspec.Struct, frozen=True):
    """Whether a subscription asks for a report, and why: one line for each thing looked at."""

    passes: bool
    lines: tuple[Line, ...]


def verdict(c: Connection, subscription: Subscription, told: Told) -> Verdict:
    """A subscription against one report: its state, its feeds, and its filter part by part."""
    report, summary = told
    facts = facts_of(c, report, summary, tenant=subscription.destination.tenant)
    lines = [_line("posting is not paused", not subscription.paused, subscription.paused)]
    of_feeds = not subscription.feeds or facts.feed in {feed.casefold() for feed in subscription.feeds}
    if subscription.feeds:
        lines.append(_line("it came with a feed that is posted here", of_feeds, report.feed_id or "no feed"))
    try:
        passed, parts = explain(subscription.filter, facts)
    except CommandError as error:
        return Verdict(False, (*lines, _line("the filter can be read", False, str(error))))
    lines += [_line(part.shown, part.holds, part.what, part.level) for part in parts]
    return Verdict(passed and of_feeds and not subscription.paused, tuple(lines))


def _line(what: str, holds: bool, note: str = "", level: int = 0) -> Line:
    return Line(text=f"{'✓' if holds else '✗'} {what}", note=note, level=min(level, 1))


def why(c: Connection, q: Question) -> Card:
    """Why a report is posted to this channel or not, part by part, and what became of it."""
    told = told_asked(c, q, "report")
    if told is None:
        return empty(c, q, q.option("report"))
    held = subscriptions.subscriptions(c, tenant=q.asker.tenant, channel=q.asker.channel or "")
    if not held:
        raise CommandError("nothing is posted here", hint="channel setup starts it", suggestions=("channel setup",))
    verdicts = [(subscription, verdict(c, subscription, told)) for subscription in held]
    passes = any(one.passes for _, one in verdicts)
    owed = [
        delivery
        for delivery in delivered.of_ref(c, f"report:{told[0].id}", tenant=q.asker.tenant)
        if delivery.destination.channel == q.asker.channel
    ]
    became = tuple(
        Line(text=f"{delivery.kind}: {delivery.state}", note=delivery.reason, at=delivery.due_at) for delivery in owed
    )
    if passes and not owed:
        became = (Line(text="Nothing was owed when it came", note="it came before this was set, or was kept silently"),)
    sections = [
        Section(heading="Why", lines=(Line(text=subscription.filter or "no filter"), *one.lines))
        for subscription, one in verdicts
    ]
    return Card(
        kind="settings",
        title="This report passes" if passes else "This report does not pass",
        as_of=q.now,
        lead=told[1].headline or told[0].title or told[0].id,
        sections=(*sections, *([Section(heading="What became of it", lines=became)] if became else ())),
        sources=(cards.source_link(told[0]),),
        actions=(Action(label="Show settings", command="channel show"),),
    )


def tried(c: Connection, q: Question) -> Card:
    """How many of the last day's reports a filter would have let through; nothing is posted or changed."""
    held = subscriptions.subscriptions(c, tenant=q.asker.tenant, channel=q.asker.channel or "")
    line = q.option("filter") or (held[0].filter if held else "")
    line = understood(c, line, tenant=q.asker.tenant)
    feeds = {feed.casefold() for feed in held[0].feeds} if held else set()
    since = q.now - timedelta(days=1)
    told = reports.latest(c, tenant=q.asker.tenant, count=TRIED, since=since)
    span = "of the last 24 hours"
    if not told:
        told, span = reports.latest(c, tenant=q.asker.tenant, count=TRIED), "that are held"
    passing, stopped = [], []
    for report, summary in told:
        facts = facts_of(c, report, summary, tenant=q.asker.tenant)
        if (not feeds or facts.feed in feeds) and compiled(line).passes(facts):
            passing.append((report, summary))
        else:
            stopped.append((report, summary, facts))
    lines = tuple(_report_line(report, summary) for report, summary in passing[:_SHOWN])
    missed = tuple(
        msgspec.structs.replace(_report_line(report, summary), note=_first_failing(line, facts))
        for report, summary, facts in stopped[:3]
    )
    sections = (
        Section(heading="Would have passed", lines=lines, left_out=max(0, len(passing) - _SHOWN)),
        Section(heading="Would not", lines=missed, left_out=max(0, len(stopped) - 3)),
    )
    command = f"channel filter {line}"
    return Card(
        kind="settings",
        title=f"{len(passing)} of {len(told)} reports {span} would have passed",
        as_of=q.now,
        lead=f"Filter: {line}" if line else "Without a filter everything passes.",
        sections=tuple(section for section in sections if section.lines),
        sources=tuple(cards.source_link(report) for report, _ in passing[:_SHOWN]),
        actions=(Action(label="Use this filter", command=command),) if line and len(command) <= 90 else (),
        footer="A trial: nothing was posted or changed.",
    )


def newest_passing(c: Connection, order: Subscription) -> Told | None:
    """The newest report held that a subscription asks for, whether it is paused or not; None where there is none."""
    feeds = {feed.casefold() for feed in order.feeds}
    passes = compiled(order.filter).passes
    for report, summary in reports.latest(c, tenant=order.destination.tenant, count=TRIED):
        facts = facts_of(c, report, summary, tenant=order.destination.tenant)
        if (not feeds or facts.feed in feeds) and passes(facts):
            return report, summary
    return None


def preview(c: Connection, q: Question) -> Card:
    """The card of the newest report that passes, as it would stand in this channel; nothing is posted."""
    held = subscriptions.subscriptions(c, tenant=q.asker.tenant, channel=q.asker.channel or "")
    if not held:
        raise CommandError("nothing is posted here", hint="channel setup starts it", suggestions=("channel setup",))
    told = newest_passing(c, held[0])
    if told is None:
        return empty(c, q, f"a report that passes {held[0].filter or 'here'}")
    card = card_of(c, first_delivery(c, held[0], told, now=q.now), q.now)
    assert card is not None  # the report is held
    return msgspec.structs.replace(card, footer="A preview: this is how it would be posted here; nothing was posted.")


def first_delivery(c: Connection, order: Subscription, told: Told, *, now: datetime) -> Delivery:
    """The delivery that planning would make for a report; owed again it is not posted twice."""
    ref = f"report:{told[0].id}"
    event = events.event_of(c, told[0].id)
    return Delivery(
        key=key_of("post", ref, order.destination),
        kind="post",
        destination=order.destination,
        ref=ref,
        due_at=now,
        event_id=event.id if event else None,
        subscription_id=order.id,
    )


def _report_line(report: Report, summary: Summary) -> Line:
    return Line(
        text=summary.headline or report.title or report.id,
        note=report.outlet or "",
        at=report.published_at,
        url=report.url,
        refs=(report.id,),
        command=f"report {report.id}" if len(report.id) < 70 else "",
    )


def _first_failing(line: str, facts: Facts) -> str:
    _, parts = explain(line, facts)
    failing = next((part for part in parts if not part.holds), None)
    if failing is None:
        return "it came with another feed"
    return f"✗ {failing.shown}" + (f" ({failing.what})" if failing.what else "")
