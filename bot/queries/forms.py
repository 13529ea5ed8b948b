"""How each option of the grammar is typed where there are fields for it: one table, so that a new verb has its form.

What is not listed here is a line of text that may be left out.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from bot.model.command import Root
from bot.queries.presets import presets

Kind = Literal["text", "number", "channel", "role", "file"]
Completion = Literal["event", "actor", "source", "feed", "zone", "watch"]


class Form(msgspec.Struct, frozen=True, kw_only=True):
    """How one option is typed.

    Attributes:
        least, most: bounds of a number.
        choices: the words that it takes, where they are few; with `several`, any number of them, joined by commas.
        completes: what is offered while somebody types.
    """

    kind: Kind = "text"
    required: bool = False
    least: int | None = None
    most: int | None = None
    choices: tuple[str, ...] = ()
    several: bool = False
    completes: Completion | None = None


_MOST_CHOICES = 25
"""As many as every platform offers."""
_STATUS = ("claimed", "denied", "acknowledged", "disputed")
_PRESETS = ("brief", "standard", "full")
_WHENS = ("new", "denied", "acknowledged", "toll-change", "children", "correction")
_BY_OPTION: dict[str, Form] = {
    "event": Form(completes="event"),
    "actor": Form(completes="actor"),
    "by": Form(completes="actor"),
    "side_a": Form(completes="actor"),
    "side_b": Form(completes="actor"),
    "source": Form(completes="source"),
    "feed": Form(completes="feed", required=True),
    "status": Form(choices=_STATUS),
    "preset": Form(choices=_PRESETS),
    "page": Form(kind="number", least=1, most=100),
    "count": Form(kind="number", least=1, most=25),
    "role": Form(kind="role"),
    "file": Form(kind="file"),
    "remove": Form(kind="role"),
    "report": Form(required=True, completes="event"),
    "url": Form(required=True),
    "site": Form(required=True),
    "query": Form(required=True),
    "watch": Form(required=True, completes="watch"),
    "tz": Form(completes="zone"),
    "deliver": Form(choices=("dm", "here")),
    "mode": Form(choices=("now", "hourly", "daily", "weekly")),
    "min_change": Form(kind="number", least=1, most=100_000),
}
_BY_COMMAND: dict[tuple[str, str], Form] = {
    ("news latest", "count"): Form(kind="number", least=1, most=10),
    ("news report", "id"): Form(required=True, completes="event"),
    ("news report", "detail"): Form(choices=("brief", "standard", "full", "json")),
    ("news evidence", "id"): Form(required=True, completes="event"),
    ("news actor", "name"): Form(required=True, completes="actor"),
    ("news claims", "status"): Form(choices=(*_STATUS, "accused")),
    ("news toll", "view"): Form(choices=("now", "by-source", "timeline")),
    ("news toll", "group"): Form(choices=("all", "civilians", "children", "military")),
    ("news export", "format"): Form(choices=("md", "csv", "json")),
    ("feeds add", "interval"): Form(kind="number", least=5, most=1440),
    ("feeds add", "backfill"): Form(kind="number", least=0, most=20),
    ("feeds add", "channel"): Form(kind="channel"),
    ("feeds add", "kind"): Form(choices=("feed", "page", "reliefweb")),
    ("feeds edit", "interval"): Form(kind="number", least=5, most=1440),
    ("feeds edit", "backfill"): Form(kind="number", least=0, most=20),
    ("feeds why", "item"): Form(required=True),
    ("feeds import", "file"): Form(kind="file", required=True),
    ("feeds test", "item"): Form(kind="number", least=1, most=100),
    ("channel setup", "preset"): Form(choices=tuple(one.key for one in presets().preset)[:_MOST_CHOICES]),
    ("channel setup", "format"): Form(choices=_PRESETS),
    ("channel format", "spoilers"): Form(choices=("yes", "no")),
    ("channel format", "pictures"): Form(choices=("yes", "no", "covered")),
    ("channel format", "crosspost"): Form(choices=("yes", "no")),
    ("channel schedule", "mode"): Form(choices=("now", "hourly", "daily", "twice-daily", "weekly"), required=True),
    ("channel limit", "per_hour"): Form(required=True),
    ("channel quiet", "start"): Form(required=True),
    ("channel quiet", "mode"): Form(choices=("batch", "silent", "critical")),
    ("channel threads", "mode"): Form(choices=("none", "per-event", "forum"), required=True),
    ("channel replay", "id"): Form(required=True),
    ("channel drop", "id"): Form(required=True),
    ("channel restore", "url"): Form(),
    ("channel import", "url"): Form(),
    ("watch add", "when"): Form(choices=_WHENS, several=True),
    ("watch edit", "when"): Form(choices=_WHENS, several=True),
    ("watch quiet", "mode"): Form(choices=("batch", "silent", "critical")),
    ("privacy erase", "confirm"): Form(choices=("yes",)),
    **{
        (f"events {verb}", option): Form(required=True, completes="event")
        for verb, option in (("merge", "event"), ("merge", "other"), ("split", "event"), ("attach", "event"))
    },
    ("events split", "reports"): Form(required=True),
    ("events detach", "report"): Form(required=True),
    ("events attach", "report"): Form(required=True),
}
_OPEN_ROOTS: tuple[Root, ...] = ("news", "watch", "privacy")
_TEXT = Form()


def form_of(root: Root, verb: str, option: str) -> Form:
    """How this option of this command is typed."""
    return _BY_COMMAND.get((f"{root} {verb}", option)) or _BY_OPTION.get(option, _TEXT)


def for_everybody(root: Root) -> bool:
    """Whether anybody may use a root's commands, anywhere; the others are for those who manage a server."""
    return root in _OPEN_ROOTS


def shareable(root: Root) -> bool:
    """Whether answers of this root may be shown to a whole channel."""
    return root == "news"
