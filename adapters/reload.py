"""Reading the settings again while the bot runs: what can change at once does, the rest is told."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import msgspec
import structlog

from adapters.assemble import House, add_shipped, shipped_feeds
from adapters.logs import set_levels
from bot.model.errors import SitrepError
from bot.settings import Settings

log = structlog.get_logger()

AT_ONCE = {
    "log": ("level",),
    "keep": ("texts", "reports", "deliveries", "audit"),
    "sources": ("opml", "folders", "interval", "min_interval", "max_interval", "backfill"),
}
"""Settings that are put in force without a restart."""


class Reloaded(msgspec.Struct, frozen=True):
    """Which settings changed at once, and which wait for a restart, as "section.key"."""

    changed: tuple[str, ...]
    waiting: tuple[str, ...]


async def reload(house: House, read: Callable[[], Settings]) -> Reloaded | None:
    """Put what `read` gives in force, as far as that can be done at once.

    Where the settings, or a file that they name, cannot be read, nothing changes: that is told, and None returned.
    """
    try:
        wanted = await asyncio.to_thread(read)
        changed, waiting = _differences(house.settings, wanted)
        settings = _with(house.settings, wanted, changed)
        shipped = await asyncio.to_thread(shipped_feeds, settings)
        await house.store.write(add_shipped, shipped)
        set_levels(settings.log.level)
    except (SitrepError, OSError) as error:
        log.error("settings_not_reloaded", error=str(error), kept="the settings of before")
        return None
    house.settings = settings
    log.warning("settings_reloaded", changed=changed, restart_needed_for=waiting)
    return Reloaded(changed, waiting)


def _differences(now: Settings, wanted: Settings) -> tuple[tuple[str, ...], tuple[str, ...]]:
    changed: list[str] = []
    waiting: list[str] = []
    for section in msgspec.structs.fields(Settings):
        before, after = getattr(now, section.name), getattr(wanted, section.name)
        for key in msgspec.structs.fields(before):
            if _plain(getattr(before, key.name)) != _plain(getattr(after, key.name)):
                at_once = key.name in AT_ONCE.get(section.name, ())
                (changed if at_once else waiting).append(f"{section.name}.{key.name}")
    return tuple(changed), tuple(waiting)


def _plain(value: object) -> object:
    """A value that can be compared; tokens are secrets."""
    reveal = getattr(value, "reveal", None)
    return reveal() if reveal else value


def _with(now: Settings, wanted: Settings, changed: tuple[str, ...]) -> Settings:
    sections = {}
    for name in AT_ONCE:
        keys = [key for section, _, key in (one.partition(".") for one in changed) if section == name]
        fields = {key: getattr(getattr(wanted, name), key) for key in keys}
        sections[name] = msgspec.structs.replace(getattr(now, name), **fields)
    return msgspec.structs.replace(now, **sections)
