"""`/channel`: how this channel is posted to."""

from __future__ import annotations

import msgspec
from sqlalchemy import Connection

from bot.model.card import Action, Card, Line, Section
from bot.model.errors import CommandError
from bot.model.subscription import Subscription
from bot.queries.feeds import default_subscription, preset_of
from bot.queries.question import PAGE, Question, turning
from bot.queries.reasons import understood
from bot.store import outbox, subscriptions


def _held(c: Connection, q: Question) -> Subscription | None:
    if not q.asker.channel:
        raise CommandError("this is no channel", hint="give the command in the channel that is meant")
    found = subscriptions.subscriptions(c, tenant=q.asker.tenant, channel=q.asker.channel)
    return found[0] if found else None


def _changed(c: Connection, q: Question, **fields: object) -> Card:
    held = _held(c, q) or default_subscription(q)
    changed = msgspec.structs.replace(held, **fields)
    subscriptions.save_subscription(c, changed)
    return _card(q, changed, "Saved")


def set_filter(c: Connection, q: Question) -> Card:
    """What is posted here; "" lets everything through."""
    line = understood(c, q.option("filter"), tenant=q.asker.tenant)
    return _changed(c, q, filter=line)


def set_format(c: Connection, q: Question) -> Card:
    """How long the cards are."""
    return _changed(c, q, preset=preset_of(q, "preset"))


def show(c: Connection, q: Question) -> Card:
    """How this channel is posted to."""
    held = _held(c, q)
    if held is None:
        return Card(
            kind="settings",
            title="Nothing is posted here",
            as_of=q.now,
            lead="channel setup starts it.",
            actions=(Action(label="Set up", command="channel setup"),),
        )
    return _card(q, held, "How this channel is posted to")


def _card(q: Question, held: Subscription, title: str) -> Card:
    lines = (
        Line(text="What", note=held.filter or "everything that is read here"),
        Line(text="Cards", note=held.preset),
        Line(text="When", note="at once" if held.schedule.mode == "now" else held.schedule.mode),
        Line(text="State", note=f"paused: {held.paused}" if held.paused else "posting"),
    )
    return Card(
        kind="settings",
        title=title,
        as_of=q.now,
        sections=(Section(heading="This channel", lines=lines),),
        actions=(Action(label="Log", command="channel log"), Action(label="Feeds", command="feeds list")),
    )


def listed(c: Connection, q: Question) -> Card:
    """The channels of this place that are posted to."""
    held = subscriptions.subscriptions(c, tenant=q.asker.tenant)
    page = q.number("page", 1, most=100)
    lines = tuple(
        Line(
            text=f"channel {order.destination.channel}",
            channel=order.destination.channel,
            note=f"paused: {order.paused}" if order.paused else order.filter or "everything that is read here",
        )
        for order in held[(page - 1) * PAGE : page * PAGE]
    )
    return Card(
        kind="settings",
        title="Channels that are posted to",
        as_of=q.now,
        lead="" if lines else "None yet: channel setup, given in a channel, starts it.",
        sections=(Section(heading="Channels", lines=lines),) if lines else (),
        **turning(q, page, -(-len(held) // PAGE) or 1),  # type: ignore[arg-type]  # the names are a card's
    )


def logged(c: Connection, q: Question) -> Card:
    """The last posts to this channel, and how they went."""
    count = q.number("count", 10, most=25)
    held = [
        delivery
        for state in ("due", "leased", "sent", "dead", "dropped")
        for delivery in outbox.in_state(c, state, tenant=q.asker.tenant, channel=q.asker.channel, limit=count)
    ]
    newest = sorted(held, key=lambda delivery: -delivery.order)[:count]
    lines = tuple(
        Line(
            text=f"{delivery.kind} {delivery.ref}",
            note=f"{delivery.state} {delivery.reason}".strip(),
            at=delivery.due_at,
        )
        for delivery in newest
    )
    return Card(
        kind="settings",
        title="Posts to this channel",
        as_of=q.now,
        lead="" if lines else "Nothing has been posted here yet.",
        sections=(Section(heading="Newest first", lines=lines),) if lines else (),
    )


def reset(c: Connection, q: Question) -> Card:
    """Stop posting here."""
    if not q.asker.channel:
        raise CommandError("this is no channel", hint="give the command in the channel that is meant")
    count = subscriptions.remove_subscriptions(c, tenant=q.asker.tenant, channel=q.asker.channel)
    return Card(
        kind="settings", title="Nothing is posted here any more" if count else "Nothing was posted here", as_of=q.now
    )
