"""All that a place has set, as one file, and back: feeds, how channels are posted to, and the asker's own watches.

The file is JSON of format "sitrep-settings", version 1. Feeds stand in it by their addresses, so that it can be
restored in another place as well. Restoring is idempotent: what is there already is changed to what the file says,
nothing is removed, and nothing at all is done where the file has a mistake.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, TypeVar

import msgspec
from sqlalchemy import Connection

from bot.deliver import calendar
from bot.deliver.collecting import rearrange
from bot.deliver.filters import compiled
from bot.deliver.watches import line_of
from bot.model.errors import CommandError, SitrepError
from bot.model.feed import Feed
from bot.model.subscription import Destination, QuietHours, Schedule, Subscription, Watch
from bot.queries.feeds import LEAST_INTERVAL, LONGEST_INTERVAL, MOST_FEEDS, new_feed, subscription_id
from bot.queries.reasons import lead_feeds
from bot.queries.rhythm import MOST_AN_HOUR
from bot.queries.watch import MOST_WATCHES
from bot.sources.guard import read_url
from bot.store import feeds as shelf
from bot.store import people, subscriptions
from bot.store.events import next_number
from bot.store.people import Person

FORMAT, VERSION = "sitrep-settings", 1
MOST_BYTES = 1_000_000
MOST_CHANNELS = 500
_NOT_OF_CHANNELS = ("id", "destination", "set_up_by")
_NOT_OF_WATCHES = ("id", "destination", "user", "mode")
_FEED_FIELDS = ("url", "name", "kind", "interval", "backfill", "paused")
_KINDS = ("feed", "page", "reliefweb")
_ROLE = re.compile(r"\d{15,20}|S[A-Z0-9]{6,}")
_FEED_ID = re.compile(r"(?<![\w\"])feed:(f[0-9a-f]{10})\b")
T = TypeVar("T")
Fields = dict[str, Any]


class SettingsFile(msgspec.Struct, frozen=True, kw_only=True):
    """The file as it stands; what is in its parts is checked when it is restored."""

    format: str
    version: int
    exported_at: datetime | None = None
    feeds: tuple[Fields, ...] = ()
    channels: tuple[Fields, ...] = ()
    watches: tuple[Fields, ...] = ()


class Place(msgspec.Struct, frozen=True):
    """Where a file is restored, and when; `may_post` says whether a channel is this place's own."""

    platform: str
    tenant: str
    may_post: Callable[[str], bool]
    now: datetime
    who: Person | None = None
    set_up_by: str = ""


class Restored(msgspec.Struct, frozen=True):
    """What a file came to: how many of each kind were added, changed, and there already; and what was refused."""

    counts: dict[str, tuple[int, int, int]]
    refused: tuple[str, ...] = ()


def written(c: Connection, *, tenant: str, who: Person | None, now: datetime) -> bytes:
    """The file of a tenant; with the watches of `who` that were made in it."""
    visible = {feed.id: feed for feed in shelf.feeds(c, tenant=tenant)}

    def by_address(line: str) -> str:
        return _FEED_ID.sub(lambda match: f'feed:"{visible[match[1]].url}"' if match[1] in visible else match[0], line)

    channels = []
    for order in subscriptions.subscriptions(c, tenant=tenant):
        told = _told(order, _NOT_OF_CHANNELS)
        told["feeds"] = [visible[feed].url for feed in order.feeds if feed in visible]
        told["filter"] = by_address(order.filter)
        channels.append({"channel": order.destination.channel, **told})
    own = people.watches_of(c, who) if who is not None else ()
    content = {
        "format": FORMAT,
        "version": VERSION,
        "exported_at": now,
        "feeds": [
            {
                "url": feed.url,
                "name": feed.name,
                "kind": feed.kind,
                "interval": feed.min_interval // 60,
                "backfill": feed.backfill,
                "paused": feed.paused,
            }
            for feed in visible.values()
            if feed.tenant == tenant
        ],
        "channels": channels,
        "watches": [
            {
                "deliver": "dm" if watch.destination.direct else watch.destination.channel,
                **_told(watch, _NOT_OF_WATCHES),
            }
            for watch in own
            if watch.destination.tenant == tenant
        ],
    }
    return msgspec.json.format(msgspec.json.encode(content), indent=1)


def _told(value: Subscription | Watch, without: Iterable[str]) -> Fields:
    """A value's fields that differ from what they are without a word."""
    defaults = {field.name: field.default for field in msgspec.structs.fields(value)}
    return {
        name: msgspec.to_builtins(getattr(value, name))
        for name in defaults
        if name not in without and getattr(value, name) != defaults[name]
    }


def read(body: bytes) -> SettingsFile:
    """A file from its bytes; raises `CommandError` where it is none of ours, or of a version that is not known."""
    if len(body) > MOST_BYTES:
        raise CommandError(f"the file is larger than {MOST_BYTES // 1000} kB", hint="is it the right one?")
    try:
        file = msgspec.json.decode(body, type=SettingsFile)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise CommandError(f"this is no file of settings ({error})", hint="channel export writes one") from None
    if file.format != FORMAT:
        hint = "channel export writes one; channel import takes OPML and MonitoRSS"
        raise CommandError("this is no file of settings", subject=file.format[:40], hint=hint)
    if file.version != VERSION:
        hint = "a newer Sitrep has written it" if file.version > VERSION else ""
        raise CommandError(f"version {file.version} of the settings is not known", hint=hint)
    return file


def restore(c: Connection, file: SettingsFile, place: Place, *, strict: bool = True) -> Restored:
    """Set a place to what the file says; what the file does not name stays as it is.

    With `strict`, one mistake is enough for nothing to be done, and `refused` tells them all; else what is right is
    taken and the rest refused.
    """
    reading = _Reading(c, file, place)
    if reading.mistakes and strict:
        return Restored({}, tuple(reading.mistakes))
    counts = {"feeds": _save_feeds(c, reading.feeds), "channels": _save_orders(c, reading.orders, place.now)}
    if place.who is not None:
        counts["watches"] = _save_watches(c, reading.watches, place.who)
    return Restored(counts, tuple(reading.mistakes))


class _Reading:
    """A file's entries as values of this place; what is wrong with any of them stands in `mistakes`, with where."""

    def __init__(self, c: Connection, file: SettingsFile, place: Place) -> None:
        self._place = place
        self.mistakes: list[str] = []
        self._visible = shelf.feeds(c, tenant=place.tenant)
        self._by_url = {feed.url: feed for feed in self._visible}
        self.feeds = self._each("feeds", file.feeds, self._feed)
        own = sum(feed.tenant == place.tenant for feed in self._visible)
        fresh = [feed for feed in self.feeds if feed.url not in self._by_url]
        if own + len(fresh) > MOST_FEEDS:
            self.mistakes.append(f"feeds: at most {MOST_FEEDS} can be read here, and these would be {own + len(fresh)}")
            kept = {feed.url for feed in fresh[: max(0, MOST_FEEDS - own)]}
            self.feeds = [feed for feed in self.feeds if feed.url in self._by_url or feed.url in kept]
        self._names = self._known()
        held = subscriptions.subscriptions(c, tenant=place.tenant)
        self._ids = {order.destination.channel: order.id for order in reversed(held)}
        self.orders = self._each("channels", file.channels[:MOST_CHANNELS], self._order)
        self.watches = self._each("watches", file.watches[:MOST_WATCHES], self._watch) if place.who else []

    def _each(self, part: str, entries: Iterable[Fields], make: Callable[[Fields], T]) -> list[T]:
        made = []
        for number, entry in enumerate(entries, 1):
            try:
                made.append(make(entry))
            except (SitrepError, msgspec.ValidationError) as error:
                self.mistakes.append(f"{part} {number}: {error}")
        return made

    def _known(self) -> dict[str, str]:
        """Feeds by id, address and name, as they will be."""
        names: dict[str, str] = {}
        for feed in (*self.feeds, *self._visible):
            for word in (feed.id, feed.url, feed.name):
                names.setdefault(word.casefold(), feed.id)
        return names

    def _feed(self, entry: Fields) -> Feed:
        _only(entry, _FEED_FIELDS)
        url, kind = _text(entry, "url"), _text(entry, "kind") or "feed"
        read_url(url)
        if kind not in _KINDS:
            raise CommandError("there is no such kind of feed", subject=kind[:20], hint=", ".join(_KINDS))
        held = self._by_url.get(url)
        if held is not None and held.tenant != self._place.tenant:
            return held
        minutes, backfill = _number(entry, "interval", 5), _number(entry, "backfill", 5)
        if not LEAST_INTERVAL <= minutes <= LONGEST_INTERVAL:
            raise CommandError(f"interval is a number of minutes from {LEAST_INTERVAL} to {LONGEST_INTERVAL}")
        made = held or new_feed(url, tenant=self._place.tenant, kind=kind)
        seconds = 60 * minutes
        return msgspec.structs.replace(
            made,
            name=_text(entry, "name")[:200] or made.name,
            backfill=max(0, min(20, backfill)),
            min_interval=seconds,
            interval=max(seconds, made.interval),
            max_interval=max(seconds, made.max_interval),
            paused=_text(entry, "paused")[:200],
        )

    def _order(self, entry: Fields) -> Subscription:
        fields = [field.name for field in msgspec.structs.fields(Subscription) if field.name not in _NOT_OF_CHANNELS]
        _only(entry, ("channel", *fields))
        channel = _text(entry, "channel")
        if not channel:
            raise CommandError("channel: which one?")
        if not self._place.may_post(channel):
            raise CommandError("this channel is none of this place's", subject=channel[:40])
        where = Destination(platform=self._place.platform, tenant=self._place.tenant, channel=channel)
        order = msgspec.convert(
            {
                **{name: value for name, value in entry.items() if name not in ("channel", "feeds")},
                "id": self._ids.get(channel) or subscription_id(where),
                "destination": msgspec.to_builtins(where),
                "set_up_by": self._place.set_up_by,
                "feeds": [self._id_of(feed) for feed in entry.get("feeds", ())],
            },
            Subscription,
        )
        if order.mention is not None and not _ROLE.fullmatch(order.mention):
            raise CommandError("mention is the id of a role or group", subject=order.mention[:40])
        if not 0 <= order.limit_per_hour <= MOST_AN_HOUR:
            raise CommandError(f"limit_per_hour is a number from 0 to {MOST_AN_HOUR}")
        compiled(order.mention_filter)
        return msgspec.structs.replace(
            order,
            filter=lead_feeds(order.filter, self._id_of),
            schedule=_schedule(order.schedule),
            quiet=_quiet(order.quiet),
        )

    def _id_of(self, words: str) -> str:
        found = self._names.get(str(words).casefold())
        if found is None:
            near = difflib.get_close_matches(str(words), self._names, n=1, cutoff=0.6)
            raise CommandError(
                "no such feed is in the file or read here",
                subject=str(words)[:80],
                hint=f"did you mean {near[0]}?" if near else "",
            )
        return found

    def _watch(self, entry: Fields) -> Watch:
        fields = [field.name for field in msgspec.structs.fields(Watch) if field.name not in _NOT_OF_WATCHES]
        _only(entry, ("deliver", *fields))
        who, deliver = self._place.who, _text(entry, "deliver") or "dm"
        assert who is not None  # the caller has looked
        if deliver != "dm" and not self._place.may_post(deliver):
            raise CommandError("this channel is none of this place's", subject=deliver[:40])
        where = Destination(
            platform=self._place.platform,
            tenant=self._place.tenant,
            channel=who.user if deliver == "dm" else deliver,
            direct=deliver == "dm",
        )
        watch = msgspec.convert(
            {
                **{name: value for name, value in entry.items() if name != "deliver"},
                "id": "",
                "user": who.user,
                "destination": msgspec.to_builtins(where),
            },
            Watch,
        )
        if not line_of(watch):
            raise CommandError("watch what?", hint="a watch has an actor, a country, keywords or an event")
        compiled(line_of(watch))
        schedule = _schedule(watch.schedule)
        return msgspec.structs.replace(watch, schedule=schedule, mode=schedule.mode, quiet=_quiet(watch.quiet))


def _only(entry: Fields, names: Iterable[str]) -> None:
    """Raise `CommandError` at a field that is none of these."""
    known = tuple(names)
    for name in entry:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            raise CommandError(f"{name} is no field", hint=f"did you mean {near[0]}?" if near else ", ".join(known))


def _text(entry: Fields, name: str) -> str:
    value = entry.get(name, "")
    if not isinstance(value, str):
        raise CommandError(f"{name} is text", subject=str(value)[:40])
    return value.strip()


def _number(entry: Fields, name: str, default: int) -> int:
    value = entry.get(name, default)
    if not isinstance(value, int) or isinstance(value, bool):
        raise CommandError(f"{name} is a number", subject=str(value)[:40])
    return value


def _schedule(schedule: Schedule) -> Schedule:
    if not all(0 <= day <= 6 for day in schedule.days):
        raise CommandError("days are numbers from 0 (Monday) to 6 (Sunday)", subject=str(schedule.days))
    return msgspec.structs.replace(
        schedule,
        times=tuple(calendar.read_time(time) for time in schedule.times),
        zone=calendar.read_zone(schedule.zone),
    )


def _quiet(hours: QuietHours | None) -> QuietHours | None:
    if hours is None:
        return None
    compiled(hours.critical)
    return msgspec.structs.replace(
        hours,
        start=calendar.read_time(hours.start),
        end=calendar.read_time(hours.end),
        zone=calendar.read_zone(hours.zone),
    )


def _save_feeds(c: Connection, wanted: Iterable[Feed]) -> tuple[int, int, int]:
    added = changed = same = 0
    for feed in wanted:
        held = shelf.feed_by_id(c, feed.id)
        if held is None:
            added += shelf.add_feed(c, feed)
        elif held == feed:
            same += 1
        else:
            shelf.save_feeds(c, [feed])
            changed += 1
    return added, changed, same


def _save_orders(c: Connection, wanted: Iterable[Subscription], now: datetime) -> tuple[int, int, int]:
    added = changed = same = 0
    for order in wanted:
        held = subscriptions.subscription(c, order.id)
        if held is not None:
            order = msgspec.structs.replace(order, set_up_by=held.set_up_by)
        if held == order:
            same += 1
            continue
        subscriptions.save_subscription(c, order)
        rearrange(c, order, now=now)
        added, changed = added + (held is None), changed + (held is not None)
    return added, changed, same


def _save_watches(c: Connection, wanted: Iterable[Watch], who: Person) -> tuple[int, int, int]:
    held = [msgspec.structs.replace(watch, id="") for watch in people.watches_of(c, who)]
    added = same = 0
    for watch in wanted:
        if watch in held:
            same += 1
        elif len(held) < MOST_WATCHES:
            subscriptions.save_watch(c, msgspec.structs.replace(watch, id=f"w{next_number(c, 'watch')}"))
            held.append(watch)
            added += 1
    return added, 0, same
