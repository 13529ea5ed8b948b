"""`/watch`: a person's own alerts, for everybody.

Nobody sees or changes another's; but what is told in a channel can be ended by those who manage it.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import get_args

import msgspec
from sqlalchemy import Connection

from bot.deliver import calendar, quiet
from bot.deliver.filters import compiled
from bot.deliver.names import actor_named, country_named, nearest_country
from bot.deliver.watches import line_of, resting
from bot.extract.gazetteer import gazetteer
from bot.model.card import Action, Card, Line, Section
from bot.model.command import Asker
from bot.model.errors import CommandError
from bot.model.subscription import Destination, Mode, QuietHours, QuietMode, Schedule, Watch, WatchWhen
from bot.queries.question import Question, event_named
from bot.store import alerts, people, subscriptions
from bot.store.events import next_number

MOST_WATCHES = 25
"""Of one person on one platform."""
MOST_HERE = 5
"""Of one person in one channel."""
LONGEST_KEYWORDS = 200
WHENS: tuple[WatchWhen, ...] = get_args(WatchWhen)
MODES: tuple[Mode, ...] = ("now", "hourly", "daily", "weekly")
_WHEN_WORDS = {
    "new": "new reports", "denied": "denials", "acknowledged": "acknowledgements", "toll-change": "changed tolls",
    "children": "children among the victims", "correction": "corrections",
}  # fmt: skip
_SUBJECT = ("actor", "country", "keywords", "event")
_CLEARED = ("-", "none")
_FOREVER = timedelta(days=366)


def personal(asker: Asker) -> bool:
    """Whether the place is a person's own (direct messages, or a server that has not installed us)."""
    return ":dm:" in asker.tenant


def own_watches(c: Connection, asker: Asker) -> tuple[Watch, ...]:
    """A person's watches: those made in this server or workspace; in direct messages all of them."""
    held = people.watches_of(c, people.person(asker))
    return tuple(watch for watch in held if personal(asker) or watch.destination.tenant == asker.tenant)


def subject_words(watch: Watch) -> str:
    """What a watch is about, in a few words: "Armenia, in AZ: drone"."""
    country = gazetteer().countries.get(watch.country)
    parts = [watch.actor, country.name if country else watch.country, watch.keywords, watch.event]
    return ", ".join(part for part in parts if part)


def when_words(watch: Watch) -> str:
    """When it tells: "denials, tolls changed by 5 or more"."""
    words = [_WHEN_WORDS[when] for when in watch.when]
    if watch.min_change > 1 and "toll-change" in watch.when:
        words = [f"{word} by {watch.min_change} or more" if word == "changed tolls" else word for word in words]
    return ", ".join(words)


def add(c: Connection, q: Question) -> Card:
    """A new watch of the asker's."""
    held = people.watches_of(c, people.person(q.asker))
    if len(held) >= MOST_WATCHES:
        raise CommandError(
            f"you have {MOST_WATCHES} watches, which is the most", hint="remove one first", suggestions=("watch list",)
        )
    watch = Watch(
        id="",
        destination=_destination(q, q.option("deliver", "dm")),
        user=q.asker.user,
        quiet=people.quiet_of(c, people.person(q.asker)),
    )
    watch = _with_options(c, q, watch)
    for other in held:
        if _same(other, watch):
            raise CommandError("you have this watch already", subject=other.id, suggestions=("watch list",))
    _check_room(held, watch)
    watch = msgspec.structs.replace(watch, id=f"w{next_number(c, 'watch')}")
    subscriptions.save_watch(c, watch)
    return _one(q, watch, f"Watching {subject_words(watch)}")


def _same(one: Watch, other: Watch) -> bool:
    def told(watch: Watch) -> tuple[object, ...]:
        return (line_of(watch), set(watch.when), watch.destination, watch.schedule, watch.min_change)

    return told(one) == told(other)


def _check_room(held: tuple[Watch, ...], watch: Watch) -> None:
    here = [one for one in held if one.destination == watch.destination and one.id != watch.id]
    if not watch.destination.direct and len(here) >= MOST_HERE:
        raise CommandError(
            f"you have {MOST_HERE} watches in this channel, which is the most", hint="use deliver:dm for others"
        )


def _destination(q: Question, deliver: str) -> Destination:
    if deliver not in ("dm", "here"):
        raise CommandError("there is no such way to deliver", subject=deliver[:20], hint="dm, or here")
    asker = q.asker
    if deliver == "here" and not personal(asker):
        if not asker.channel:
            raise CommandError(
                "this is no channel", hint="give the command in the channel that is meant, or deliver:dm"
            )
        return Destination(platform=asker.platform, tenant=asker.tenant, channel=asker.channel)
    return Destination(platform=asker.platform, tenant=asker.tenant, channel=asker.user, direct=True)


def _with_options(c: Connection, q: Question, watch: Watch) -> Watch:
    """The watch with what the command's options say; "none" clears a part of its subject."""
    given = {name: q.option(name) for name in q.command.options if q.option(name)}
    cleared = {name: "" for name in _SUBJECT if given.get(name, "").casefold() in _CLEARED}
    given = {name: value for name, value in given.items() if name not in cleared}
    changed: dict[str, object] = {**cleared}
    if "actor" in given:
        changed["actor"] = actor_named(given["actor"].replace('"', ""))
    if "country" in given:
        changed["country"] = _country(given["country"])
    if "keywords" in given:
        changed["keywords"] = given["keywords"]
    if "event" in given:
        found = event_named(c, given["event"], q)
        if found is None:
            raise CommandError("there is no such event", subject=given["event"][:60], suggestions=("latest",))
        changed["event"] = found.id
    if "when" in given:
        changed["when"] = _whens(given["when"])
    changed["min_change"] = q.number("min_change", watch.min_change, least=1, most=100_000)
    watch = msgspec.structs.replace(watch, **changed)
    watch = msgspec.structs.replace(watch, schedule=_schedule(q, watch.schedule))
    watch = msgspec.structs.replace(watch, mode=watch.schedule.mode)
    if not any(getattr(watch, name) for name in _SUBJECT):
        raise CommandError(
            "watch what?",
            hint="name an actor, a country, keywords or an event: watch add Armenia when:denied",
            suggestions=("help watch",),
        )
    if len(watch.keywords) > LONGEST_KEYWORDS:
        raise CommandError(f"keywords have at most {LONGEST_KEYWORDS} characters", subject=watch.keywords[:40] + "…")
    compiled(watch.keywords)
    compiled(line_of(watch))
    return watch


def _country(words: str) -> str:
    code = country_named(words)
    if code is None:
        near = nearest_country(words)
        hint = f"did you mean {near}?" if near else "give its name or its two letters: AM"
        raise CommandError("I know no such country", subject=words[:40], hint=hint)
    return code


def _whens(words: str) -> tuple[WatchWhen, ...]:
    asked = [word.strip().casefold() for word in words.replace("/", ",").split(",") if word.strip()]
    wrong = [word for word in asked if word not in WHENS]
    if wrong:
        raise CommandError(
            "that is no change to watch for", subject=wrong[0][:30], hint=f"there are {', '.join(WHENS)}"
        )
    return tuple(when for when in WHENS if when in asked) or ("new",)


def _schedule(q: Question, held: Schedule) -> Schedule:
    words = q.option("mode", held.mode)
    if words not in MODES:
        raise CommandError("there is no such mode", subject=words[:20], hint=", ".join(MODES))
    mode: Mode = next(mode for mode in MODES if mode == words)
    zone = calendar.read_zone(q.option("tz")) if q.option("tz") else held.zone if held.mode == mode else q.asker.zone
    times = (calendar.read_time(q.option("at")),) if q.option("at") else held.times if held.mode == mode else ()
    days = calendar.read_days(q.option("day")) if q.option("day") else held.days if held.mode == mode else ()
    if mode in ("now", "hourly"):
        times = days = ()
    return Schedule(mode=mode, times=times, days=days[:1] if mode == "weekly" else (), zone=zone)


def listed(c: Connection, q: Question) -> Card:
    """The asker's watches; for a manager also those of others that are told in this channel."""
    held = own_watches(c, q.asker)
    lines = tuple(_line(watch, q.now, places=personal(q.asker)) for watch in held)
    sections = [Section(heading="Watches", lines=lines)] if lines else []
    if q.asker.may_manage and q.asker.channel and not personal(q.asker):
        others = [
            watch
            for watch in subscriptions.watches_of_place(c, platform=q.asker.platform, channel=q.asker.channel)
            if watch.user != q.asker.user and watch.destination.tenant == q.asker.tenant
        ]
        if others:
            sections.append(
                Section(heading="Others' in this channel", lines=tuple(_line(watch, q.now) for watch in others))
            )
    hours = people.quiet_of(c, people.person(q.asker))
    return Card(
        kind="settings",
        title="Your watches",
        subtitle=f"{len(held)} of {MOST_WATCHES}",
        as_of=q.now,
        lead="" if held else "None yet. For example: watch add Armenia when:denied",
        sections=tuple(sections),
        actions=(Action(label="Add", command="watch add"), Action(label="Help", command="help watch")),
        footer=f"Quiet hours: {quiet.told(hours)}",
    )


def _line(watch: Watch, now: datetime, *, places: bool = False) -> Line:
    place = "by direct message" if watch.destination.direct else "in a channel"
    told = [when_words(watch), calendar.told(watch.schedule), place]
    if places:
        told.append(
            f"made in {watch.destination.tenant.partition(':')[0]} {watch.destination.tenant.rpartition(':')[2]}"
        )
    if resting(watch, now):
        until = f" until {watch.paused_until:%Y-%m-%d %H:%M} UTC" if watch.paused_until else ""
        told.append(f"paused{until}: {watch.paused}")
    name = f"{watch.id}  {subject_words(watch)}"
    rest = _pausing(watch, now)
    doings = (Action(label="Edit", command=f"watch edit {watch.id}"), rest, _removing(watch))
    return Line(text=name, note=" · ".join(told), command=doings[0].command, actions=doings)


def _pausing(watch: Watch, now: datetime) -> Action:
    if resting(watch, now):
        return Action(label="Resume", command=f"watch resume {watch.id}")
    return Action(label="Pause a day", command=f"watch pause {watch.id} 1d")


def _removing(watch: Watch) -> Action:
    return Action(label="Remove", command=f"watch remove {watch.id}", asks=f"Remove the watch {watch.id} for good?")


def _one(q: Question, watch: Watch, title: str) -> Card:
    lines = [
        Line(text="About", note=subject_words(watch)),
        Line(text="Tells of", note=when_words(watch)),
        Line(text="When", note=calendar.told(watch.schedule)),
        Line(text="Where", note="by direct message" if watch.destination.direct else "in this channel, naming you"),
        Line(text="Quiet hours", note=quiet.told(watch.quiet)),
        Line(text="State", note=f"paused: {watch.paused}" if resting(watch, q.now) else "watching"),
    ]
    return Card(
        kind="settings",
        title=title,
        tag=watch.id,
        as_of=q.now,
        sections=(Section(heading="Watch", lines=tuple(lines)),),
        actions=(
            _pausing(watch, q.now),
            _removing(watch),
            Action(label="All watches", command="watch list"),
        ),
        footer=("It is told of what everybody reads." if personal(q.asker) else "It is told of what is read here."),
    )


def _named(c: Connection, q: Question) -> Watch:
    """The asker's own watch that the option names."""
    wanted = _id_named(q)
    held = people.watches_of(c, people.person(q.asker))
    found = next((watch for watch in own_watches(c, q.asker) if watch.id == wanted), None)
    if found is None:
        elsewhere = any(watch.id == wanted for watch in held)
        hint = "it was made elsewhere: ask me there, or in a direct message" if elsewhere else "watch list shows yours"
        raise CommandError("you have no such watch here", subject=wanted[:20], hint=hint, suggestions=("watch list",))
    return found


def _id_named(q: Question) -> str:
    """The first word of the option, as an id: "3" is w3."""
    words = q.option("watch").casefold().split()
    return (f"w{words[0]}" if words[0].isdecimal() else words[0]) if words else ""


def edit(c: Connection, q: Question) -> Card:
    """Change a watch; what is not named stays."""
    held = _named(c, q)
    given = set(q.command.options) - {"watch"}
    if not given:
        return _one(q, held, f"Watch {held.id}")
    watch = _with_options(c, q, held)
    if q.option("deliver"):
        where = _destination(q, q.option("deliver"))
        watch = msgspec.structs.replace(
            watch, destination=msgspec.structs.replace(where, tenant=held.destination.tenant) if where.direct else where
        )
        _check_room(people.watches_of(c, people.person(q.asker)), watch)
    subscriptions.save_watch(c, watch)
    return _one(q, watch, f"Watch {watch.id} is changed")


def pause(c: Connection, q: Question) -> Card:
    """Rest a watch, for good or until a time ("3d", "12h", a date)."""
    held = _named(c, q)
    until = later(q.option("until") or " ".join(q.option("watch").split()[1:]), q.now)
    watch = msgspec.structs.replace(held, paused="by you", paused_until=until)
    subscriptions.save_watch(c, watch)
    title = f"Watch {watch.id} rests until {until:%Y-%m-%d %H:%M} UTC" if until else f"Watch {watch.id} rests"
    return _one(q, watch, title)


def resume(c: Connection, q: Question) -> Card:
    """Wake a watch."""
    watch = msgspec.structs.replace(_named(c, q), paused="", paused_until=None)
    subscriptions.save_watch(c, watch)
    return _one(q, watch, f"Watch {watch.id} watches again")


def remove(c: Connection, q: Question) -> Card:
    """End a watch, and what it still owed; managers may end anybody's that is told in their channel."""
    wanted = _id_named(q)
    in_channel = subscriptions.watches_of_place(c, platform=q.asker.platform, channel=q.asker.channel or "")
    held = next(
        (
            watch
            for watch in in_channel
            if watch.id == wanted and q.asker.may_manage and watch.destination.tenant == q.asker.tenant
        ),
        None,
    ) or _named(c, q)
    alerts.forget(c, held.id)
    subscriptions.remove_watch(c, held.id, user=held.user)
    return Card(
        kind="settings",
        title=f"Watch {held.id} is ended",
        as_of=q.now,
        lead=f"It was about {subject_words(held)}.",
        actions=(Action(label="All watches", command="watch list"),),
    )


def set_quiet(c: Connection, q: Question) -> Card:
    """Hours in which the asker's watches rest: start, end, zone, mode; "off" ends them; without words they are told."""
    asker = q.asker
    start, end = q.option("start"), q.option("end")
    held = people.quiet_of(c, people.person(asker))
    if start.casefold() in ("off", "none"):
        people.set_quiet(c, people.person(asker), None)
        return _quiet_card(q, None, "No quiet hours any more")
    if not start and not end:
        return _quiet_card(q, held, "Your quiet hours")
    if not end and len(parts := start.replace("–", "-").replace("-", " ").split()) >= 2:
        start, end = parts[0], parts[1]
    if not start or not end:
        raise CommandError("quiet hours have a start and an end", hint="watch quiet 22:00 07:00 tz:Europe/London")
    words = q.option("mode", held.mode if held else "batch")
    if words not in get_args(QuietMode):
        raise CommandError("there is no such mode", subject=words[:20], hint=", ".join(get_args(QuietMode)))
    mode: QuietMode = words  # type: ignore[assignment]  # it is one of them
    zone = calendar.read_zone(q.option("tz")) if q.option("tz") else held.zone if held else asker.zone
    hours = QuietHours(start=calendar.read_time(start), end=calendar.read_time(end), zone=zone, mode=mode)
    people.set_quiet(c, people.person(asker), hours)
    return _quiet_card(q, hours, "Your quiet hours are set")


def _quiet_card(q: Question, hours: QuietHours | None, title: str) -> Card:
    return Card(
        kind="settings",
        title=title,
        as_of=q.now,
        lead=f"For all your watches: {quiet.told(hours)}.",
        actions=(Action(label="All watches", command="watch list"),),
    )


def later(words: str, now: datetime) -> datetime | None:
    """A time to come: a span ("3d", "12h", "2w") or a date; None for no words; raises `CommandError`."""
    words = words.strip().removeprefix("until").removeprefix("for").strip()
    if not words:
        return None
    unit = {"m": 1 / 60, "h": 1, "d": 24, "w": 168}.get(words[-1].lower())
    if unit and words[:-1].isdecimal() and 0 < int(words[:-1]) < 10_000:
        at = now + timedelta(hours=unit * int(words[:-1]))
    else:
        try:
            read = datetime.fromisoformat(words)
        except ValueError:
            raise CommandError("a pause lasts for a span such as 3d, or until a date", subject=words[:30]) from None
        at = read if read.tzinfo else read.replace(tzinfo=UTC)
    if not now < at <= now + _FOREVER:
        raise CommandError("a pause ends within the coming year", subject=words[:30])
    return at
