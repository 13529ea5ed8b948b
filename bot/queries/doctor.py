"""Is the bot well? Each look is one function from the store (or the machine) to findings that say what to do."""

from __future__ import annotations

import shutil
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection

from bot.model.finding import Finding, Level
from bot.store import census, delivered, jobs, nodes, received

_LITTLE_ROOM = 500 * 1024 * 1024
_SOME_ROOM = 2 * 1024 * 1024 * 1024
_SKEW = timedelta(minutes=2)
_WAITS = timedelta(minutes=10)
_MANY = 2000
_NAMED = 5
_WELL = ("ok", "new")
_NO_NETWORK = ("no_such_host", "unreachable", "timeout")


def examined(c: Connection, now: datetime) -> tuple[Finding, ...]:
    """What the store tells: the clock, the feeds, the deliveries, the channels."""
    shared = _nodes(c, now) if c.dialect.name == "postgresql" else ()
    return (_clock(c, now), *shared, _queue(c, now), *_feeds(c, now), *_deliveries(c, now), *_channels(c))


def disk(database: Path | None) -> Finding:
    """Whether there is room for the database to grow."""
    if database is None:
        return Finding("disk", "ok", "the database is on a server of its own")
    there = next(folder for folder in database.absolute().parents if folder.exists())
    free = shutil.disk_usage(there).free
    told = f"{free / 1024**3:.1f} GiB free beside {database.name}"
    if free < _LITTLE_ROOM:
        return Finding("disk", "wrong", told, "make room, or move the database (sitrep db backup, restore)")
    if free < _SOME_ROOM:
        return Finding("disk", "warning", told, "make room soon")
    return Finding("disk", "ok", told)


def _clock(c: Connection, now: datetime) -> Finding:
    newest = census.newest_fetch(c)
    if newest is not None and newest > now + _SKEW:
        return Finding(
            "clock",
            "wrong",
            f"the clock says {now:%Y-%m-%d %H:%M} UTC, but a report was fetched at {newest:%Y-%m-%d %H:%M}",
            "set the machine's clock (NTP); due times and signatures depend on it",
        )
    return Finding("clock", "ok", f"{now:%Y-%m-%d %H:%M:%S} UTC")


def own_clock(here: datetime, there: datetime) -> Finding:
    """Whether this machine's clock agrees with the database's, by which all nodes go."""
    apart = (here - there).total_seconds()
    if abs(apart) > _SKEW.total_seconds():
        told = f"this machine's clock is {abs(apart):.0f} s {'ahead of' if apart > 0 else 'behind'} the database's"
        hint = "set it (NTP): due times go by the database's, but signatures of platforms and logs by this one"
        return Finding("clock", "warning", told, hint)
    return Finding("clock", "ok", "this machine's clock agrees with the database's")


def _nodes(c: Connection, now: datetime) -> list[Finding]:
    """Who shares the work, and who holds what."""
    there = nodes.present(c)
    if not there:
        return [Finding("nodes", "warning", "no node runs on this database", "start one: sitrep run")]
    found = []
    for node in there:
        told = f"{node.name} {node.id}: reads {_counted(node.feeds, 'feed')}, posts {_counted(node.deliveries, 'card')}"
        told += ", the keeper" if node.keeper else ""
        if node.until < now:
            hint = "if it does not come back, others take over when one of them beats"
            found.append(Finding("nodes", "warning", f"{told}; not heard of since {node.until:%H:%M:%S} UTC", hint))
        else:
            found.append(Finding("nodes", "ok", f"{told}; since {node.started_at:%Y-%m-%d %H:%M} UTC"))
    return found


def _queue(c: Connection, now: datetime) -> Finding:
    """How much waits to be understood."""
    if c.dialect.name != "postgresql":
        waiting = received.depth(c)
        told = f"{_counted(waiting, 'report')} {'waits' if waiting == 1 else 'wait'} to be understood"
        if waiting > _MANY:
            return Finding("queue", "warning", told, "if it does not shrink, give it more workers (work.language)")
        return Finding("queue", "ok", told)
    depth, since = jobs.depth(c), jobs.waits_since(c)
    queued, reports = _counted(depth.get("queued", 0), "job"), _counted(received.depth(c), "report")
    told = f"{queued} waiting, {depth.get('picked', 0)} being done; {reports} to be filed"
    if since is not None and now - since > _WAITS:
        hint = "start another node, or give one more workers (work.language)"
        return Finding("queue", "warning", f"{told}; the first has waited since {since:%Y-%m-%d %H:%M} UTC", hint)
    return Finding("queue", "ok", told)


def _feeds(c: Connection, now: datetime) -> list[Finding]:
    by_health = census.feeds_by_health(c)
    total = sum(map(len, by_health.values()))
    if not total:
        return [Finding("feeds", "warning", "no feed is read", "add one: feeds add <url>, or sources.opml")]
    sick = [feed for health, feeds in by_health.items() if health not in _WELL for feed in feeds]
    if not sick:
        return [Finding("feeds", "ok", f"{_counted(total, 'feed')}, all well"), *_unread(c, now)]
    level: Level = "wrong" if len(sick) == total else "warning"
    most, alike = max(((health, len(held)) for health, held in by_health.items()), key=lambda one: one[1])
    hint = "is the network there?" if most in _NO_NETWORK and alike > total / 2 else "see `feeds health`"
    found = [Finding("feeds", level, f"{len(sick)} of {total} feeds are not well", hint)]
    for feed in sick[:_NAMED]:
        why = feed.paused or feed.health_note or feed.health
        told = f"{feed.name or feed.url}: {why}"
        found.append(Finding("feeds", "warning", told, "feeds test, feeds resume or feeds remove"))
    return [*found, *_unread(c, now)]


def _unread(c: Connection, now: datetime) -> list[Finding]:
    """Whether feeds are read when they are due: one that fails is due later, and does not count."""
    since = census.feed_due(c)
    if since is None or now - since <= _WAITS:
        return []
    told = f"a feed has been due since {since:%Y-%m-%d %H:%M} UTC and has not been read"
    return [Finding("feeds", "warning", told, "is the bot running? a process that cannot keep up wants another node")]


def _counted(count: int, what: str) -> str:
    return f"{count} {what}{'s' * (count != 1)}"


def _deliveries(c: Connection, now: datetime) -> list[Finding]:
    states = delivered.depth(c)
    waiting, dead = states.get("due", 0) + states.get("leased", 0), states.get("dead", 0)
    since = census.longest_due(c)
    late = since is not None and now - since > _WAITS
    told = f"{waiting} waiting, {states.get('sent', 0)} sent, {dead} given up"
    found = []
    if late:
        found.append(
            Finding("deliveries", "warning", f"{told}; the first has been due since {since:%Y-%m-%d %H:%M} UTC",
                    "is the bot running, and can it reach the platforms?")
        )  # fmt: skip
    else:
        found.append(Finding("deliveries", "ok", told))
    if dead:
        found.append(
            Finding(
                "deliveries",
                "warning",
                f"given up: {_counted(dead, 'card')}",
                "see `channel log` in their channels",
            )
        )
    return found


def _channels(c: Connection) -> list[Finding]:
    found = []
    for order, at in census.last_posts(c):
        where = f"{order.destination.platform} channel {order.destination.channel}"
        if order.paused:
            told = f"{where} is paused: {order.paused}"
            found.append(Finding("channels", "warning", told, "channel setup starts anew"))
        else:
            last = f"last post {at:%Y-%m-%d %H:%M} UTC" if at else "nothing posted yet"
            found.append(Finding("channels", "ok", f"{where}: {last}"))
    return found
