"""What a person asks or sets, as one value whatever door it came through."""

from __future__ import annotations

from typing import Literal

import msgspec

Root = Literal["news", "watch", "feeds", "channel", "events", "privacy", "admin"]


class Command(msgspec.Struct, frozen=True, kw_only=True):
    """A command of the shared grammar.

    Attributes:
        verb: "latest", "toll", "add", …
        options: option name → words, as typed ("view" → "timeline"); the chief argument stands under its option's name.
        share: the answer is for the whole channel.
    """

    root: Root
    verb: str
    options: dict[str, str] = msgspec.field(default_factory=dict)
    share: bool = False


class Asker(msgspec.Struct, frozen=True, kw_only=True):
    """Who asks, and from where; every look-up carries the tenant.

    Attributes:
        platform: "discord", "slack" or "terminal".
        tenant: "discord:<guild id>", "slack:<team id>", "terminal", or "discord:dm:<user id>" outside of servers.
        channel: the platform's channel id, or None in a place without one.
        may_manage: Manage Server, workspace admin or on the channel's manager list; found out on each call.
        groups: ids of the roles (Discord) or user groups (Slack) that they are in, where the door knows them.
        lacks: what the bot may not do in this place, in words ("Attach Files: to post charts"); None where unknown.
        locale: BCP 47 of the person's client; zone: IANA name, "UTC" where unknown.
        direct: the words came by direct message or mention, where plain questions are understood.
        alone: they came by direct message: nobody else sees the answer.
    """

    platform: str
    tenant: str
    user: str
    channel: str | None = None
    may_manage: bool = False
    groups: tuple[str, ...] = ()
    lacks: tuple[str, ...] | None = None
    locale: str = "en"
    zone: str = "UTC"
    direct: bool = False
    alone: bool = False
