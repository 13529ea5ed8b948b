"""`/channel`: how this channel is posted to."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import get_args

import msgspec
from sqlalchemy import Connection

from bot.deliver import calendar, quiet
from bot.deliver.collecting import due_of
from bot.model.card import Action, Card, Line, Section
from bot.model.delivery import Delivery
from bot.model.errors import CommandError
from bot.model.legible import shortened
from bot.model.subscription import Pictures, Subscription, ThreadMode
from bot.queries.feeds import default_subscription, preset_of
from bot.queries.question import PAGE, Question, turning
from bot.queries.reasons import understood
from bot.store import delivered, digests, outbox, reports, subscriptions

_NEXT = 6
_MOST_DEAD = 1000
_ID = 8
"""Characters of a delivery's key by which people name it."""
_YES_NO = ("yes", "no")
_NOBODY = ("off", "none", "nobody", "")
_ROLE = re.compile(
    r"<@&(?P<discord>\d+)>|<!subteam\^(?P<slack>[A-Z0-9]+)(?:\|[^>]*)?>|@?(?P<id>\d{15,20}|S[A-Z0-9]{6,})"
)
_STATES = {
    "due": "waits",
    "leased": "is being posted",
    "sent": "posted",
    "dead": "could not be posted",
    "dropped": "dropped",
}


def _held(c: Connection, q: Question) -> Subscription | None:
    if not q.asker.channel:
        raise CommandError("this is no channel", hint="give the command in the channel that is meant")
    found = subscriptions.subscriptions(c, tenant=q.asker.tenant, channel=q.asker.channel)
    return found[0] if found else None


def changed(c: Connection, q: Question, change: Callable[[Subscription], Subscription]) -> tuple[Card, Subscription]:
    """Change how this channel is posted to; the card that shows it, and the order as it now stands."""
    held = change(_held(c, q) or default_subscription(q))
    subscriptions.save_subscription(c, held)
    return _card(c, q, held, "Saved"), held


def _changed(c: Connection, q: Question, **fields: object) -> Card:
    return changed(c, q, lambda held: msgspec.structs.replace(held, **fields))[0]


def set_filter(c: Connection, q: Question) -> Card:
    """What is posted here; "" lets everything through."""
    line = understood(c, q.option("filter"), tenant=q.asker.tenant)
    return _changed(c, q, filter=line)


def set_format(c: Connection, q: Question) -> Card:
    """How long the cards are, what of them is covered, shown, passed on to others; what is left out stays."""
    changed: dict[str, object] = {}
    if spoilers := _one_of(q, "spoilers", _YES_NO):
        changed["spoilers"] = spoilers == "yes"
    if pictures := _one_of(q, "pictures", get_args(Pictures)):
        changed["pictures"] = pictures
    if crosspost := _one_of(q, "crosspost", _YES_NO):
        changed["crosspost"] = crosspost == "yes"
    if q.option("preset") or not changed:
        changed["preset"] = preset_of(q, "preset")
    return _changed(c, q, **changed)


def _one_of(q: Question, option: str, words: Sequence[str]) -> str:
    """An option that takes one of a few words; "" where it is not given."""
    said = q.option(option).casefold()
    if said and said not in words:
        raise CommandError(f"{option} takes another word", subject=said[:20], hint=" or ".join(words))
    return said


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
    return _card(c, q, held, "How this channel is posted to")


def set_threads(c: Connection, q: Question) -> Card:
    """Where an event's further cards go: beside each other, or into a thread of its first."""
    mode = q.option("mode").lower()
    if mode not in get_args(ThreadMode):
        raise CommandError("that is no way of threading", subject=mode[:20], hint="none, per-event or forum")
    return _changed(c, q, threads=mode)


def set_mentions(c: Connection, q: Question) -> Card:
    """Whom a card mentions, and which cards do."""
    role, _, rest = q.option("role").partition(" ")
    if role.lower() in _NOBODY:
        return _changed(c, q, mention=None, mention_filter="")
    match = _ROLE.fullmatch(role)
    if match is None:
        hint = "channel mentions @role, then a filter where not every card shall mention it; or channel mentions off"
        raise CommandError("that is no role or group that I can mention", subject=role[:40], hint=hint)
    line = understood(c, q.option("filter") or rest.strip(), tenant=q.asker.tenant)
    return _changed(c, q, mention=next(filter(None, match.groups())), mention_filter=line)


def _card(c: Connection, q: Question, held: Subscription, title: str) -> Card:
    return Card(
        kind="settings",
        title=title,
        as_of=q.now,
        sections=(
            Section(heading="This channel", lines=_settings(held)),
            Section(heading="What comes next", lines=_next(c, q, held)),
        ),
        actions=(
            Action(label="Preview", command="channel preview"),
            Action(label="Log", command="channel log"),
            Action(label="Feeds", command="feeds list"),
        ),
        footer="If posts here fail for good, I pause them and tell whoever set this up by direct message.",
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


def _settings(held: Subscription) -> tuple[Line, ...]:
    """Everything that is set, each with its value as it will be followed."""
    mention = "nobody"
    if held.mention:
        which = f"in cards that pass: {held.mention_filter}" if held.mention_filter else "in every card"
        mention = f"{held.mention} {which}; at most once an event and hour"
    critical = f"; critical is: {held.quiet.critical}" if held.quiet and held.quiet.critical else ""
    told = (
        ("What", held.filter or "everything that is read here"),
        ("Feeds", f"{len(held.feeds)} of the feeds" if held.feeds else "all"),
        ("Cards", held.preset + (", covered until somebody uncovers them" if held.spoilers else "")),
        ("Pictures of the sources", {"no": "not shown", "yes": "shown", "covered": "shown covered"}[held.pictures]),
        ("Publishing", "to the channels that follow this one" if held.crosspost else "here alone"),
        ("When", calendar.told(held.schedule)),
        ("Limit", f"{held.limit_per_hour} an hour, the rest in one card" if held.limit_per_hour else "none"),
        ("Quiet hours", quiet.told(held.quiet) + critical),
        ("Threads", held.threads),
        ("Mentions", mention),
        ("State", f"paused: {held.paused}" if held.paused else "posting"),
    )
    return tuple(Line(text=name, note=value) for name, value in told)


def _next(c: Connection, q: Question, held: Subscription) -> tuple[Line, ...]:
    """What is owed here, and when it comes."""
    lines = []
    for delivery in delivered.waiting(c, held.id)[:_NEXT]:
        if delivery.kind == "digest":
            count = len(digests.items(c, held.id, due_of(delivery.ref)))
            lines.append(
                Line(text="One card", note=f"of {count} report{'s' * (count != 1)} so far", at=delivery.due_at)
            )
        else:
            note = f"{delivery.kind}{f', waits: {delivery.reason}' if delivery.reason else ''}"
            lines.append(Line(text=_what(c, delivery), note=note, at=delivery.due_at))
    due = calendar.next_due(held.schedule, q.now)
    if not lines and held.schedule.mode != "now":
        lines.append(Line(text="Nothing yet", note="an empty digest is not posted; the next would be due", at=due))
    dead = len(delivered.in_state(c, "dead", tenant=q.asker.tenant, channel=q.asker.channel, limit=_MOST_DEAD))
    if dead:
        lines.append(Line(text=f"{dead} could not be posted", note="channel dead lists them", command="channel dead"))
    return tuple(lines) or (Line(text="The next report that passes, at once"),)


def _what(c: Connection, delivery: Delivery) -> str:
    """What a delivery tells of, in a line."""
    kind, _, about = delivery.ref.partition(":")
    told = reports.one(c, about) if kind == "report" and delivery.kind == "post" else None
    if told is not None:
        return shortened(told[1].headline or told[0].title or about, 100)
    words = {
        "digest": "Digest",
        "note": "Change note",
        "paused": "Notice",
        "notice": "Notice of a feed",
        "publish": "Publishing of a card",
    }
    name = "Edit of a card" if delivery.kind == "edit" else words.get(kind, kind.capitalize())
    return f"{name}{f' of {delivery.event_id}' if delivery.event_id else ''}"


def logged(c: Connection, q: Question) -> Card:
    """The last posts to this channel, and how they went."""
    count = q.number("count", 10, most=25)
    lines = _letters(c, delivered.in_state(c, tenant=q.asker.tenant, channel=q.asker.channel, limit=count))
    return Card(
        kind="settings",
        title="Posts to this channel",
        as_of=q.now,
        lead="" if lines else "Nothing has been posted here yet.",
        sections=(Section(heading="Newest first", lines=lines),) if lines else (),
    )


def _letters(c: Connection, held: Sequence[Delivery]) -> tuple[Line, ...]:
    return tuple(
        Line(
            text=_what(c, delivery),
            note=" · ".join(
                part for part in (_id(delivery), delivery.kind, _STATES[delivery.state], delivery.reason) if part
            ),
            at=delivery.due_at,
        )
        for delivery in held
    )


def _id(delivery: Delivery) -> str:
    return delivery.key[:_ID]


def dead(c: Connection, q: Question) -> Card:
    """What could not be posted here, and why."""
    lines = _letters(
        c,
        delivered.in_state(
            c, "dead", tenant=q.asker.tenant, channel=q.asker.channel, limit=q.number("count", 10, most=25)
        ),
    )
    actions = (
        Action(label="Post all again", command="channel replay all"),
        Action(label="Drop all", command="channel drop all"),
    )
    return Card(
        kind="settings",
        title="What could not be posted here",
        as_of=q.now,
        lead="channel replay and channel drop take an id, or all." if lines else "Everything has been posted.",
        sections=(Section(heading="Newest first", lines=lines),) if lines else (),
        actions=actions if lines else (),
    )


def replay(c: Connection, q: Question) -> Card:
    """Post again what could not be posted; a paused channel is taken up again."""
    held = _held(c, q)
    count = outbox.replay(c, tenant=q.asker.tenant, channel=q.asker.channel or "", key=_key(q), now=q.now)
    if held is not None and held.paused:
        subscriptions.save_subscription(c, msgspec.structs.replace(held, paused=""))
    return _settled(q, count, "will be posted again", resumed=bool(held and held.paused))


def drop(c: Connection, q: Question) -> Card:
    """Strike off what could not be posted."""
    count = outbox.drop(c, tenant=q.asker.tenant, channel=q.asker.channel or "", key=_key(q))
    return _settled(q, count, "dropped")


def _key(q: Question) -> str:
    """How the keys that are meant begin; "" for all. Too short an id could mean several."""
    words = q.option("id").lower()
    if words == "all":
        return ""
    if not re.fullmatch(rf"[0-9a-f]{{{_ID},25}}", words):
        raise CommandError("which one?", subject=words[:30], hint="give an id of channel dead, or all")
    return words


def _settled(q: Question, count: int, what: str, *, resumed: bool = False) -> Card:
    return Card(
        kind="settings",
        title=f"{count} {what}" if count else "There is nothing of that id that could not be posted",
        as_of=q.now,
        lead="This channel is posted to again." if resumed else "",
        actions=(Action(label="What is left", command="channel dead"), Action(label="Log", command="channel log")),
    )


def reset(c: Connection, q: Question) -> Card:
    """Stop posting here, also what is owed."""
    if not q.asker.channel:
        raise CommandError("this is no channel", hint="give the command in the channel that is meant")
    count = subscriptions.remove_subscriptions(c, tenant=q.asker.tenant, channel=q.asker.channel)
    outbox.withdraw(c, tenant=q.asker.tenant, channel=q.asker.channel)
    return Card(
        kind="settings", title="Nothing is posted here any more" if count else "Nothing was posted here", as_of=q.now
    )
