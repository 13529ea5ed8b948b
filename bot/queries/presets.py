"""Presets: what a channel can be set up with by one word, from `config/presets.toml`."""

from __future__ import annotations

import tomllib
from functools import cache

import msgspec

from bot.deliver.filters import compiled
from bot.model.errors import CommandError, SettingsError
from bot.shipped import shipped

_FILE = "config/presets.toml"


class PresetFeed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A public feed: its name and address, and who publishes what in it."""

    name: str
    url: str
    tells: str


class SetUp(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What one word sets a channel to.

    Attributes:
        feeds: names of feeds that are read for it.
        only: it is posted from those feeds alone.
    """

    key: str
    name: str
    tells: str
    filter: str
    feeds: tuple[str, ...] = ()
    only: bool = False


class Presets(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The file."""

    preset: tuple[SetUp, ...]
    feed: tuple[PresetFeed, ...]

    def named(self, key: str) -> SetUp | None:
        """The preset of a word, in any case of letters."""
        return next((one for one in self.preset if one.key == key.casefold()), None)

    def feeds_of(self, one: SetUp) -> tuple[PresetFeed, ...]:
        """The feeds that are read for a preset."""
        return tuple(feed for feed in self.feed if feed.name in one.feeds)


@cache
def presets() -> Presets:
    """All presets; raises `SettingsError` where the file is no such file."""
    file = shipped(_FILE)
    try:
        read = msgspec.convert(tomllib.loads(file.read_text(encoding="utf-8")), Presets)
    except (OSError, tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise SettingsError(f"the presets cannot be read: {error}", subject=str(file)) from None
    return read


def check_presets() -> None:
    """Raise `SettingsError` that names every mistake of the file at once: filters and names of feeds.

    By itself, because it loads the names of all countries: a start need not wait for them.
    """
    if mistakes := _mistakes(presets()):
        raise SettingsError("; ".join(mistakes), subject=str(shipped(_FILE)), hint="see docs/filters.md")


def _mistakes(read: Presets) -> list[str]:
    known = {feed.name for feed in read.feed}
    keys = [one.key for one in read.preset]
    found = [f"preset {key} stands there twice" for key in dict.fromkeys(keys) if keys.count(key) > 1]
    for one in read.preset:
        found += [f"preset {one.key}: there is no feed {name}" for name in one.feeds if name not in known]
        try:
            compiled(one.filter)
        except CommandError as error:
            found.append(f"preset {one.key}: {error}")
    return found
