"""What is logged, by area: "info,bot.sources=debug" is everything from "info" on, and of the sources everything."""

from __future__ import annotations

import difflib
import logging
import re

import msgspec

from bot.model.errors import SettingsError

LEVELS = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}
_AREA = re.compile(r"[A-Za-z_]\w*(?:\.\w+)*")


class Levels(msgspec.Struct, frozen=True):
    """The level of everything, and those of areas: dotted names of modules, ours or a library's, with all below."""

    default: int
    areas: dict[str, int]

    def of(self, module: str) -> int:
        """The level of a module: that of the nearest area around it."""
        while module:
            if module in self.areas:
                return self.areas[module]
            module = module.rpartition(".")[0]
        return self.default

    @property
    def lowest(self) -> int:
        """What is below this is logged nowhere."""
        return min(self.default, *self.areas.values()) if self.areas else self.default


def read_levels(words: str) -> Levels:
    """Levels from words; raises `SettingsError` that names the part that is wrong."""
    default, areas = logging.INFO, {}
    for part in words.split(","):
        area, given, level = part.strip().rpartition("=")
        if level.lower() not in LEVELS:
            nearest = difflib.get_close_matches(level.lower(), LEVELS, n=1)
            meant = f", did you mean {nearest[0]}?" if nearest else f" ({', '.join(LEVELS)})"
            raise SettingsError(f"log.level: {part.strip() or words!r} is no level{meant}")
        if given and not _AREA.fullmatch(area):
            raise SettingsError(f"log.level: {area!r} is no area, such as bot.sources")
        if given:
            areas[area] = LEVELS[level.lower()]
        else:
            default = LEVELS[level.lower()]
    return Levels(default, areas)
