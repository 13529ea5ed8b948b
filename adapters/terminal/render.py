"""A card as plain text, and as rich text with colour; both say the same words in the same order."""

from __future__ import annotations

import textwrap
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from rich.console import Console, Group, RenderableType
from rich.panel import Panel
from rich.table import Table as RichTable
from rich.text import Text

from bot.model.card import Card, Line, Section, Table
from bot.model.legible import legible, one_line, shown_host

WIDTH = 110
_MARGIN = 12
_COLOURS = {
    "neutral": "cyan",
    "disputed": "yellow",
    "denied": "yellow",
    "acknowledged": "green",
    "corrected": "magenta",
    "error": "red",
}


def plain(card: Card, *, zone: str = "UTC", width: int = WIDTH) -> str:
    """The card as plain text, lines of at most `width` characters where words allow it; ends with a line feed."""
    parts = [_head(card, zone, width)]
    if card.lead:
        parts.append(_wrapped(one_line(card.lead), width, ""))
    parts += [_section(section, zone, width) for section in card.sections]
    if card.table:
        parts.append(_table(card.table))
    if card.picture:
        parts.append(_wrapped(f"[picture {one_line(card.picture.name)}] {one_line(card.picture.alt)}", width, ""))
    if card.file:
        parts.append(f"[file {one_line(card.file.name)}, {len(card.file.content):,} bytes]")
    parts += [_section(section, zone, width) for section in card.overflow]
    parts += [
        line for line in (_sources(card, zone, width), _buttons(card), _pages(card), one_line(card.footer)) if line
    ]
    return "\n".join(parts) + "\n"


def rich(card: Card, *, zone: str = "UTC", width: int = WIDTH) -> RenderableType:
    """The card as a bordered panel in its status's colour."""
    colour = _COLOURS[card.status]
    rows = RichTable.grid(padding=(0, 1))
    rows.add_column(style="bold dim", width=_MARGIN - 2, no_wrap=True)
    rows.add_column(ratio=1)
    if card.lead:
        rows.add_row("", Text(one_line(card.lead)))
    for section in (*card.sections, *card.overflow):
        heading = one_line(section.heading)
        for line in section.lines:
            rows.add_row(Text(heading), _rich_line(line, zone))
            heading = ""
        if section.left_out:
            rows.add_row(Text(heading), Text(_left_out(section), style="dim"))
    body: list[RenderableType] = [rows]
    if card.table:
        body.append(_rich_table(card.table))
    for attachment in filter(None, (card.picture, card.file)):
        body.append(Text(f"[{one_line(attachment.name)}] {one_line(attachment.alt)}", style="dim"))
    for small in (_sources(card, zone, width), _pages(card), one_line(card.footer)):
        if small:
            body.append(Text(small, style="dim"))
    if card.actions:
        body.append(Text(_buttons(card), style=colour))
    return Panel(
        Group(*body),
        title=Text(one_line(card.title), style="bold"),
        subtitle=Text(_told(card, zone), style="dim"),
        title_align="left",
        subtitle_align="left",
        border_style=colour,
        width=width,
    )


def show(card: Card, console: Console, *, zone: str = "UTC") -> None:
    """Print the card: rich where the console is a terminal, plain where it is a file or pipe."""
    if console.is_terminal:
        console.print(rich(card, zone=zone, width=min(console.width, WIDTH)))
    else:
        console.file.write(plain(card, zone=zone))


def clock_time(at: datetime, zone: str) -> str:
    """A time for people in their zone: "14:05 UTC" today is not known here, so the date always stands with it."""
    local = at.astimezone(ZoneInfo(zone))
    name = local.tzname() or zone
    # Zones without a letter name ("+04") are told as an offset from UTC.
    if name[:1] in "+-":
        offset = local.utcoffset() or timedelta()
        name = str(timezone(offset))
    return f"{local:%Y-%m-%d %H:%M} {name}"


def _told(card: Card, zone: str) -> str:
    """What stands beside the title: id, counts, as-of time."""
    as_of = f"as of {clock_time(card.as_of, zone)}" if card.as_of else ""
    return " · ".join(part for part in (one_line(card.tag), one_line(card.subtitle), as_of) if part)


def _head(card: Card, zone: str, width: int) -> str:
    title, told = one_line(card.title), _told(card, zone)
    if not told:
        return _wrapped(title, width, "")
    if len(title) + 3 + len(told) <= width:
        return title + " " * (width - len(title) - len(told)) + told
    return _wrapped(title, width, "") + "\n" + _wrapped(told, width, "")


def _wrapped(text: str, width: int, margin: str) -> str:
    """Hard words longer than the width stay whole: an address must remain clickable."""
    return textwrap.fill(
        text, width, initial_indent=margin, subsequent_indent=margin, break_long_words=False, break_on_hyphens=False
    )


def _line(line: Line, zone: str) -> str:
    text = one_line(line.text)
    words = [
        f"{clock_time(line.at, zone)}  " if line.at else "",
        "· " * line.level,
        f"“{text}”" if line.quote else text,
    ]
    if line.note:
        words.append(f"   {one_line(line.note)}")
    if line.url:
        words.append(f"   {_address(line.url)}")
    if line.command:
        words.append(f"   → {one_line(line.command)}")
    return "".join(words)


def _section(section: Section, zone: str, width: int) -> str:
    lines = [_wrapped(_line(line, zone), width - _MARGIN, "") for line in section.lines]
    if section.left_out:
        lines.append(_left_out(section))
    told = "\n".join(lines).split("\n")
    heading = one_line(section.heading).upper()
    first = heading.ljust(_MARGIN) if len(heading) < _MARGIN else heading + "\n" + " " * _MARGIN
    return first + ("\n" + " " * _MARGIN).join(told)


def _left_out(section: Section) -> str:
    return f"… and {section.left_out} more" + (f"   → {one_line(section.command)}" if section.command else "")


def _table(table: Table) -> str:
    rows = [[one_line(cell) for cell in row] for row in (table.columns, *table.rows)]
    widths = [max(len(row[i]) for row in rows) for i in range(len(table.columns))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    return "\n".join([lines[0], "  ".join("─" * width for width in widths), *lines[1:]])


def _rich_table(table: Table) -> RichTable:
    shown = RichTable(header_style="bold")
    for name in table.columns:
        shown.add_column(Text(one_line(name)))
    for row in table.rows:
        shown.add_row(*(Text(one_line(cell)) for cell in row))
    return shown


def _rich_line(line: Line, zone: str) -> Text:
    text = Text()
    if line.at:
        text.append(f"{clock_time(line.at, zone)}  ", style="dim")
    text.append("· " * line.level)
    start = 0
    text.append("“" if line.quote else "")
    for begin, end in line.emphasis:
        text.append(legible(line.text[start:begin]))
        text.append(legible(line.text[begin:end]), style="bold reverse")
        start = end
    text.append(legible(line.text[start:]))
    text.append("”" if line.quote else "")
    if line.note:
        text.append(f"   {one_line(line.note)}", style="italic yellow" if "⟂" in line.note else "italic dim")
    if line.url:
        text.append(f"   {_address(line.url)}", style="dim")
    if line.command:
        text.append(f"   → {one_line(line.command)}", style="dim")
    return text


def _sources(card: Card, zone: str, width: int) -> str:
    told = []
    for source in card.sources:
        at = f", {clock_time(source.at, zone)}" if source.at else ""
        url = f" {_address(source.url)}" if source.url else ""
        told.append(f"{one_line(source.outlet)} ({one_line(source.report_id)}{at}){url}")
    return _wrapped("Sources: " + " · ".join(told), width, "") if told else ""


def _address(url: str) -> str:
    """The address itself; where its host mixes scripts, the host in punycode before it as a warning."""
    host = shown_host(url)
    return one_line(url) if not host.startswith("xn--") or host in url else f"[{host}] {one_line(url)}"


def _buttons(card: Card) -> str:
    return " ".join(f"[{one_line(action.label)}]" for action in card.actions)


def _pages(card: Card) -> str:
    if card.pages <= 1:
        return ""
    ways = [f"→ {one_line(command)}" for command in (card.previous_page, card.next_page) if command]
    return "   ".join([f"Page {card.page} of {card.pages}", *ways])
