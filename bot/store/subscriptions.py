"""Channels' subscriptions, people's watches, and a channel's settings."""

from __future__ import annotations

import secrets

import msgspec
from sqlalchemy import Connection, delete, func, insert, select, update

from bot.model.subscription import Subscription, Watch
from bot.store import kept
from bot.store import tables as t

_json = msgspec.json.Encoder()
_subscription = msgspec.json.Decoder(Subscription)
_watch = msgspec.json.Decoder(Watch)


def version(c: Connection, name: str) -> str:
    """A word that changes whenever one of these ("subscriptions", "watches") does: what is made of them can be kept."""
    count = c.scalar(select(func.count()).select_from(t.metadata.tables[name]))
    return f"{kept.recall(c, 'version', name)} {count}"


def _changed(c: Connection, name: str) -> None:
    # Drawn, not counted: a number that a rolled-back change had drawn would come back for another one.
    kept.keep(c, "version", name, secrets.token_hex(8))


def save_subscription(c: Connection, subscription: Subscription) -> None:
    """Add or replace a subscription."""
    _changed(c, "subscriptions")
    where = subscription.destination
    columns = {
        "platform": where.platform,
        "tenant": where.tenant,
        "channel": where.channel,
        "paused": bool(subscription.paused),
        "value": _json.encode(subscription),
    }
    done = c.execute(update(t.subscriptions).where(t.subscriptions.c.id == subscription.id).values(**columns))
    if not done.rowcount:
        c.execute(insert(t.subscriptions).values(id=subscription.id, **columns))


def subscriptions(c: Connection, *, tenant: str | None = None, channel: str | None = None) -> tuple[Subscription, ...]:
    """Subscriptions, by id; of one tenant or channel where given."""
    query = select(t.subscriptions.c.value).order_by(t.subscriptions.c.id)
    if tenant is not None:
        query = query.where(t.subscriptions.c.tenant == tenant)
    if channel is not None:
        query = query.where(t.subscriptions.c.channel == channel)
    return tuple(_subscription.decode(row.value) for row in c.execute(query))


def subscription(c: Connection, subscription_id: str) -> Subscription | None:
    """A subscription by its id."""
    value = c.scalar(select(t.subscriptions.c.value).where(t.subscriptions.c.id == subscription_id))
    return _subscription.decode(value) if value is not None else None


def remove_subscriptions(c: Connection, *, tenant: str, channel: str) -> int:
    """Remove what a channel has ordered; returns how many subscriptions."""
    _changed(c, "subscriptions")
    done = c.execute(
        delete(t.subscriptions).where(t.subscriptions.c.tenant == tenant, t.subscriptions.c.channel == channel)
    )
    return int(done.rowcount)


def pause_destination(c: Connection, *, platform: str, channel: str, why: str) -> tuple[Subscription, ...]:
    """Pause all that goes to a channel which cannot be posted to; returns what has been paused by this."""
    held = c.execute(
        select(t.subscriptions.c.value).where(
            t.subscriptions.c.platform == platform,
            t.subscriptions.c.channel == channel,
            t.subscriptions.c.paused.is_(False),
        )
    ).all()
    paused = tuple(msgspec.structs.replace(_subscription.decode(row.value), paused=why) for row in held)
    for changed in paused:
        save_subscription(c, changed)
    return paused


def save_watch(c: Connection, watch: Watch) -> None:
    """Add or replace a watch."""
    _changed(c, "watches")
    columns = {
        "platform": watch.destination.platform,
        "tenant": watch.destination.tenant,
        "channel": watch.destination.channel,
        "user": watch.user,
        "paused": bool(watch.paused),
        "value": _json.encode(watch),
    }
    done = c.execute(update(t.watches).where(t.watches.c.id == watch.id).values(**columns))
    if not done.rowcount:
        c.execute(insert(t.watches).values(id=watch.id, **columns))


def watches(c: Connection, *, user: str | None = None, tenant: str | None = None) -> tuple[Watch, ...]:
    """Watches, by id; of one person and tenant where given."""
    query = select(t.watches.c.value).order_by(t.watches.c.id)
    if user is not None:
        query = query.where(t.watches.c.user == user)
    if tenant is not None:
        query = query.where(t.watches.c.tenant == tenant)
    return tuple(_watch.decode(row.value) for row in c.execute(query))


def watch(c: Connection, watch_id: str) -> Watch | None:
    """A watch by its id, whoever's."""
    value = c.scalar(select(t.watches.c.value).where(t.watches.c.id == watch_id))
    return _watch.decode(value) if value is not None else None


def watches_of_place(c: Connection, *, platform: str, channel: str) -> tuple[Watch, ...]:
    """The watches that are delivered to a channel, or to a person's direct messages."""
    query = select(t.watches.c.value).where(t.watches.c.platform == platform, t.watches.c.channel == channel)
    return tuple(_watch.decode(row.value) for row in c.execute(query.order_by(t.watches.c.id)))


def remove_watch(c: Connection, watch_id: str, *, user: str) -> bool:
    """Remove a person's own watch; False where they have none of that id."""
    _changed(c, "watches")
    done = c.execute(delete(t.watches).where(t.watches.c.id == watch_id, t.watches.c.user == user))
    return bool(done.rowcount)
