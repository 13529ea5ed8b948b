"""A card: what a person sees, free of any platform. All text is plain; each door escapes and lays it out in its way."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec

CardKind = Literal[
    "report", "event", "list", "claims", "toll", "actor", "compare", "timeline", "evidence", "digest", "alert", "note",
    "settings", "help", "file", "empty", "error",
]  # fmt: skip
CardStatus = Literal["neutral", "disputed", "denied", "acknowledged", "corrected", "error"]

MAX_VISIBLE_CHARACTERS = 1200
MAX_CLAIMS = 6
MAX_CASUALTY_LINES = 4


class Action(msgspec.Struct, frozen=True, kw_only=True):
    """A button: either `command` (words of the grammar, ≤ 90 characters, to fit a custom id) or `url`.

    `asks` is a question to be said yes to before, where the door can ask.
    """

    label: str
    command: str = ""
    url: str | None = None
    asks: str = ""


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One fact with its attribution.

    Attributes:
        text: plain text; a claim's line begins with its speaker ("Azerbaijan MoD: …").
        note: what qualifies it, set apart by the door ("⟂ denied by Armenia MoD", "according to …").
        at: aware UTC time that the door shows in the reader's zone.
        url: where the line's source can be read.
        refs: `report#c1` / `report#k1` evidence behind the line; a line of facts without one is not shown.
        quote: the text is a verbatim sentence of a report and is set as a quotation.
        emphasis: spans of `text` to be highlighted (evidence).
        level: 0, or 1 for a line that belongs under the one before ("incl. 9 children").
        command: words that open this line's own answer (a list's entry), or "".
        actions: what else can be done with it; a door with room for it shows buttons.
        channel: id of a channel; a door that knows it shows its name in place of `text`.
        role: id of a role or user group; a door that knows it shows its name in place of `text`, and notifies nobody.
    """

    text: str
    note: str = ""
    at: datetime | None = None
    url: str | None = None
    refs: tuple[str, ...] = ()
    quote: bool = False
    emphasis: tuple[tuple[int, int], ...] = ()
    level: int = 0
    command: str = ""
    actions: tuple[Action, ...] = ()
    channel: str = ""
    role: str = ""


class Section(msgspec.Struct, frozen=True, kw_only=True):
    """Lines under a heading; `left_out` says how many more there are, and `command` shows them all.

    `told_by` is a command that tells these very lines: where the card has a button for it, a door need not carry them.
    """

    heading: str
    lines: tuple[Line, ...] = ()
    left_out: int = 0
    command: str = ""
    told_by: str = ""


class Table(msgspec.Struct, frozen=True, kw_only=True):
    """A table; every row has as many cells as there are columns."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...] = ()


class Attachment(msgspec.Struct, frozen=True, kw_only=True):
    """A picture or a file; `alt` says in words all that a picture shows."""

    name: str
    media_type: str
    content: bytes
    alt: str = ""


class Thumbnail(msgspec.Struct, frozen=True, kw_only=True):
    """A small picture of a source's own, shown from its address (http or https); `covered` until it is uncovered."""

    url: str
    alt: str
    covered: bool = False


class SourceLink(msgspec.Struct, frozen=True, kw_only=True):
    """One report behind the card."""

    report_id: str
    outlet: str
    url: str | None = None
    at: datetime | None = None


class Card(msgspec.Struct, frozen=True, kw_only=True):
    """What a person sees.

    Attributes:
        title: one line, ≤ 150 characters.
        tag: the id to quote ("KAR-0142"), or "".
        subtitle: counts and the like ("3 outlets, 2 origins").
        as_of: aware UTC time up to which the answer knows; shown on every answer.
        status: drives the accent colour; always also told in words.
        actions: buttons, most wanted first (a door shows at most five in a row).
        pages: commands of the neighbouring pages, with the page's number and their count, where the answer pages.
        overflow: sections that do not fit the card; a door posts them in the thread or as a file, never drops them.
        footer: one line of small print ("why this came, how to stop it").
        thumbnail: shown beside the title, where the door can.
        spoiler: the card is shown covered until somebody uncovers it, where the door can.
        crosspost: the place passes it on to those that follow it, where the door can.
        topics: words that a place with tags may file the card under (countries, states, statuses).
    """

    kind: CardKind
    title: str
    tag: str = ""
    subtitle: str = ""
    as_of: datetime | None = None
    status: CardStatus = "neutral"
    lead: str = ""
    sections: tuple[Section, ...] = ()
    table: Table | None = None
    picture: Attachment | None = None
    file: Attachment | None = None
    sources: tuple[SourceLink, ...] = ()
    actions: tuple[Action, ...] = ()
    page: int = 1
    pages: int = 1
    previous_page: str = ""
    next_page: str = ""
    overflow: tuple[Section, ...] = ()
    footer: str = ""
    thumbnail: Thumbnail | None = None
    spoiler: bool = False
    crosspost: bool = False
    topics: tuple[str, ...] = ()
