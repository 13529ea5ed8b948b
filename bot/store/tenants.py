"""Servers and workspaces as a whole: which have left, and what is theirs."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

import msgspec
from sqlalchemy import Connection, delete, insert, select

from bot.model.feed import Feed
from bot.model.subscription import Subscription, Watch
from bot.store import event_index, reports
from bot.store import tables as t
from bot.store.feeds import save_feeds
from bot.store.found_by import report_terms
from bot.store.listed import among
from bot.store.postings import put, take
from bot.store.subscriptions import save_subscription, save_watch

LEFT = "Sitrep was removed from this server"
"""Why what a departed tenant had set is paused."""


def depart(c: Connection, tenant: str, now: datetime) -> bool:
    """The tenant has removed us: its settings are kept, and rest. False where that was known."""
    if c.execute(select(t.departures).where(t.departures.c.tenant == tenant)).first() is not None:
        return False
    c.execute(insert(t.departures).values(tenant=tenant, at=t.stamp(now)))
    _pause(c, tenant, before="", after=LEFT)
    return True


def come_back(c: Connection, tenant: str) -> bool:
    """The tenant has us again: what rested since it left goes on. False where it had not left."""
    if not c.execute(delete(t.departures).where(t.departures.c.tenant == tenant)).rowcount:
        return False
    _pause(c, tenant, before=LEFT, after="")
    return True


def _pause(c: Connection, tenant: str, *, before: str, after: str) -> None:
    """Give everything of a tenant's that is paused for the reason `before` the reason `after` ("" is not paused)."""
    for row in c.execute(select(t.feeds.c.value).where(t.feeds.c.tenant == tenant)).all():
        feed = msgspec.json.decode(row.value, type=Feed)
        if feed.paused == before:
            save_feeds(c, [msgspec.structs.replace(feed, paused=after)])
    for row in c.execute(select(t.subscriptions.c.value).where(t.subscriptions.c.tenant == tenant)).all():
        order = msgspec.json.decode(row.value, type=Subscription)
        if order.paused == before:
            save_subscription(c, msgspec.structs.replace(order, paused=after))
    for row in c.execute(select(t.watches.c.value).where(t.watches.c.tenant == tenant)).all():
        watch = msgspec.json.decode(row.value, type=Watch)
        if watch.paused == before:
            save_watch(c, msgspec.structs.replace(watch, paused=after))


def absent(c: Connection, platform: str, present: Iterable[str]) -> tuple[str, ...]:
    """Tenants of a platform that have set something here and are not among those present; people are none."""
    here = set(present)
    known = {
        row.tenant
        for table in (t.subscriptions, t.feeds)
        for row in c.execute(select(table.c.tenant).where(table.c.tenant.startswith(f"{platform}:", autoescape=True)))
    }
    return tuple(sorted(tenant for tenant in known - here if ":dm:" not in tenant))


def departed(c: Connection, platform: str) -> tuple[str, ...]:
    """Tenants of a platform that have left, and whose settings rest."""
    gone = select(t.departures.c.tenant).where(t.departures.c.tenant.startswith(f"{platform}:", autoescape=True))
    return tuple(sorted(str(row.tenant) for row in c.execute(gone)))


def erase_departed(c: Connection, before: datetime) -> tuple[str, ...]:
    """Erase all that tenants which left before a time have set and caused; returns who they were."""
    gone = _gone(c, before)
    for tenant in gone:
        erase(c, tenant)
    return gone


def unsee_departed(c: Connection, before: datetime, *, most: int = 200) -> int:
    """Take back that tenants which left before a time have seen reports, `most` of them; returns how many.

    Called until that is 0 before `erase_departed`, so that nobody waits long for one who had seen much.
    """
    return _unsee(c, _gone(c, before), most)


def _gone(c: Connection, before: datetime) -> tuple[str, ...]:
    return tuple(c.scalars(select(t.departures.c.tenant).where(t.departures.c.at < t.stamp(before))))


def _unsee(c: Connection, gone: Collection[str], most: int) -> int:
    seen = t.sightings
    rows = c.execute(select(seen.c.report_id, seen.c.tenant).where(among(seen.c.tenant, gone)).limit(most)).all()
    ids = {row.report_id for row in rows}
    stored = c.execute(select(t.reports.c.id, t.reports.c.place).where(among(t.reports.c.id, ids)))
    places = {row.id: row.place for row in stored}
    told = reports.told(c, ids)
    for report_id, tenant in rows:
        seers = reports.seers_of(c, report_id)
        left = [one for one in seers if one != tenant]
        take(c, "report_search", places[report_id], report_terms(*told[report_id], seers))
        put(c, "report_search", [(places[report_id], report_terms(*told[report_id], left))])
        c.execute(delete(seen).where(seen.c.tenant == tenant, seen.c.report_id == report_id))
    of = select(t.event_reports.c.event_id).where(among(t.event_reports.c.report_id, ids)).distinct()
    for event_id in c.scalars(of).all():
        event_index.reindex(c, event_id)
    return len(rows)


def erase(c: Connection, tenant: str) -> None:
    """Erase a tenant: its rows in every table that knows tenants, and what parts remember under its name.

    Reports are everybody's; what goes is that this tenant has seen them.
    """
    while _unsee(c, [tenant], 200):
        pass
    for table in t.metadata.tables.values():
        if "tenant" in table.c:
            c.execute(delete(table).where(table.c.tenant == tenant))
    c.execute(delete(t.kept).where((t.kept.c.name == tenant) | t.kept.c.name.startswith(f"{tenant} ", autoescape=True)))
