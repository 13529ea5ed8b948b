"""Who gets what, where and when: channels' subscriptions and people's watches."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec

Preset = Literal["brief", "standard", "full"]
Mode = Literal["now", "hourly", "daily", "twice-daily", "weekly"]
Pictures = Literal["no", "yes", "covered"]
ThreadMode = Literal["none", "per-event", "forum"]
QuietMode = Literal["critical", "silent", "batch"]
WatchWhen = Literal["new", "denied", "acknowledged", "toll-change", "children", "correction"]


class Destination(msgspec.Struct, frozen=True, kw_only=True):
    """Where cards go: a channel of one tenant on one platform; with `direct`, `channel` is a person's id there."""

    platform: str
    tenant: str
    channel: str
    direct: bool = False


class Schedule(msgspec.Struct, frozen=True, kw_only=True):
    """When cards are due: at once or as a digest at local times.

    Attributes:
        times: local "HH:MM" (one for daily and weekly, two for twice-daily).
        days: 0 = Monday … 6 = Sunday; empty means every day (weekly: Monday).
        zone: IANA name.
    """

    mode: Mode = "now"
    times: tuple[str, ...] = ()
    days: tuple[int, ...] = ()
    zone: str = "UTC"


class QuietHours(msgspec.Struct, frozen=True, kw_only=True):
    """Local hours of rest, "HH:MM" each; the first minute of `end` is no longer quiet.

    Attributes:
        mode: "critical" lets only critical reports through and keeps the rest, "silent" posts without a notification,
            "batch" keeps everything; what is kept comes as one card when the hours end.
        critical: a filter's line that says what is critical; "" is `bot.deliver.timing.CRITICAL`.
    """

    start: str
    end: str
    zone: str = "UTC"
    mode: QuietMode = "batch"
    critical: str = ""


class Subscription(msgspec.Struct, frozen=True, kw_only=True):
    """A channel's standing order.

    Attributes:
        feeds: feed ids; empty means every feed of the tenant.
        filter: one line of the filter language; "" lets everything pass.
        mention: role or group id to mention, None for nobody; `mention_filter` narrows when.
        limit_per_hour: 0 means no limit.
        spoilers: cards are shown covered until somebody uncovers them, where the platform can.
        pictures: whether a source's own picture is shown beside its card, perhaps covered until somebody uncovers it.
        crosspost: cards in an announcement channel are published to the channels that follow it.
        paused: why, or "".
    """

    id: str
    destination: Destination
    feeds: tuple[str, ...] = ()
    filter: str = ""
    schedule: Schedule = Schedule()
    quiet: QuietHours | None = None
    preset: Preset = "standard"
    threads: ThreadMode = "none"
    mention: str | None = None
    mention_filter: str = ""
    limit_per_hour: int = 0
    spoilers: bool = False
    pictures: Pictures = "no"
    crosspost: bool = False
    set_up_by: str = ""
    paused: str = ""


class Watch(msgspec.Struct, frozen=True, kw_only=True):
    """A person's own alert; `paused_until` is aware, UTC."""

    id: str
    destination: Destination
    user: str
    actor: str = ""
    country: str = ""
    keywords: str = ""
    event: str = ""
    when: tuple[WatchWhen, ...] = ("new",)
    min_change: int = 1
    mode: Mode = "now"
    schedule: Schedule = Schedule()
    quiet: QuietHours | None = None
    paused: str = ""
    paused_until: datetime | None = None
