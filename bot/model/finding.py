"""What a look at the running of things found."""

from __future__ import annotations

from typing import Literal

import msgspec

Level = Literal["ok", "warning", "wrong"]


class Finding(msgspec.Struct, frozen=True):
    """One thing that was looked at.

    Attributes:
        area: "database", "disk", "clock", "feeds", "deliveries", "discord", "slack", …
        level: "warning" wants a look some time; "wrong" keeps the bot from doing its work.
        told: what was found, one line, no secrets.
        hint: what to do about it; "" where all is well.
    """

    area: str
    level: Level
    told: str
    hint: str = ""
