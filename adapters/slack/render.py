"""A card as Block Kit with a text that says it all in words; what does not fit is kept for the thread."""

from __future__ import annotations

import json
from typing import Any

import msgspec

from adapters.slack import limits
from adapters.slack.markup import link, moment, plain
from bot.model.card import Action, Card, Line, Section
from bot.model.legible import one_line, shortened, shown_host

Block = dict[str, Any]
ACTION_PREFIX = "sitrep"
_SIGNS = {"neutral": "", "disputed": "⟂ ", "denied": "⟂ ", "acknowledged": "✓ ", "corrected": "✎ ", "error": "⚠ "}
_RESERVED_BLOCKS = 8
_MORE = "More in the thread."
_PIECE = 2400


class Rendered(msgspec.Struct, frozen=True):
    """A message: `text` for notifications and screen readers, `blocks`, and further messages for the thread."""

    text: str
    blocks: tuple[Block, ...]
    thread: tuple[tuple[Block, ...], ...] = ()


def render(card: Card) -> Rendered:
    """Lay the card out; whatever its content, no limit of `limits` is exceeded and nothing is dropped silently."""
    head = [_header(card), *_context([_told(card)])]
    lead = [_text(shortened(plain(card.lead), 900))] if one_line(card.lead) else []
    foot = [*_context(_small_print(card)), *_buttons(card)]
    room = limits.MESSAGE_CHARACTERS - sum(map(_size, (*head, *lead, *foot, *_context([_MORE]))))
    body, behind = _fitting([block for section in card.sections for block in _section(section)], room)
    behind += [block for section in (*_tabled(card), *_attached(card), *card.overflow) for block in _section(section)]
    note = _context([_MORE]) if behind else []
    return Rendered(words(card), (*head, *lead, *body, *note, *foot), tuple(_messages(behind)))


def words(card: Card) -> str:
    """The card as one text: what a screen reader says, within Slack's limit."""
    lines = [
        _SIGNS[card.status] + (one_line(card.title) or card.kind),
        " · ".join(p for p in (one_line(card.tag), one_line(card.subtitle)) if p),
    ]
    lines += [one_line(card.lead)]
    for section in card.sections:
        lines += [
            f"{one_line(section.heading)}:",
            *(f"{one_line(line.text)} ({one_line(line.note)})" for line in section.lines),
        ]
    told = "\n".join(line for line in lines if line)
    return shortened("\n".join(plain(line) for line in told.split("\n")), limits.FALLBACK_TEXT)


def _header(card: Card) -> Block:
    title = shortened(_SIGNS[card.status] + (one_line(card.title) or card.kind), limits.HEADER)
    return {"type": "header", "text": {"type": "plain_text", "text": title, "emoji": False}}


def _told(card: Card) -> str:
    parts = [plain(card.tag), shortened(plain(card.subtitle), 300), f"as of {moment(card.as_of)}" if card.as_of else ""]
    return " · ".join(part for part in parts if part)


def _section(section: Section) -> list[Block]:
    """A section as text blocks, each below Slack's limit; a line is never parted."""
    pieces = [f"*{plain(section.heading)}*"] if one_line(section.heading) else []
    blocks: list[Block] = []
    size = sum(map(len, pieces))
    told = [_line(line) for line in section.lines]
    if section.left_out:
        told.append(
            f"_… and {section.left_out} more_" + (f" — `/news {plain(section.command)}`" if section.command else "")
        )
    for line in told:
        if size + len(line) > _PIECE and pieces:
            blocks.append(_text("\n".join(pieces)))
            pieces, size = [], 0
        pieces.append(line)
        size += len(line) + 1
    return [*blocks, _text("\n".join(pieces))] if pieces else blocks


def _line(line: Line) -> str:
    """One fact: its text, and small beside it what qualifies it."""
    at = f"{moment(line.at)} " if line.at else ""
    text = shortened(plain(line.text), 1600)
    lead = "> " if line.quote else "      ◦ " if line.level else "• "
    note = f"  _{shortened(plain(line.note), 300)}_" if one_line(line.note) else ""
    where = f"  {link(line.url, shown_host(line.url) or 'link')}" if line.url else ""
    return f"{lead}{at}{text}{note}{where}"


def _tabled(card: Card) -> list[Section]:
    """A table's rows as lines, for the thread."""
    if card.table is None:
        return []
    rows = (card.table.columns, *card.table.rows)
    return [Section(heading="Table", lines=tuple(Line(text=" | ".join(row)) for row in rows))]


def _attached(card: Card) -> list[Section]:
    """A picture in words, and a text file's lines, for the thread."""
    found = []
    if card.picture is not None and one_line(card.picture.alt):
        found.append(Section(heading="The picture in words", lines=(Line(text=card.picture.alt),)))
    if card.file is not None:
        lines = card.file.content.decode("utf-8", "replace").splitlines()
        found.append(Section(heading=card.file.name, lines=tuple(Line(text=line) for line in lines if line.strip())))
    return found


def _text(text: str) -> Block:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text[: limits.SECTION_TEXT], "verbatim": True}}


def _context(parts: list[str]) -> list[Block]:
    """Small print; empty parts are left out."""
    elements = [
        {"type": "mrkdwn", "text": shortened(part, limits.CONTEXT_TEXT), "verbatim": True}
        for part in parts
        if part.strip()
    ]
    return [{"type": "context", "elements": elements[: limits.CONTEXT_ELEMENTS]}] if elements else []


def _size(block: Block) -> int:
    """What a block counts for: all of its JSON."""
    return len(json.dumps(block, ensure_ascii=False)) + 2


def _fitting(blocks: list[Block], room: int) -> tuple[list[Block], list[Block]]:
    """As many blocks as fit, in order, and the rest."""
    spent = 0
    for number, block in enumerate(blocks):
        spent += _size(block)
        if spent > room or number >= limits.MESSAGE_BLOCKS - _RESERVED_BLOCKS:
            return blocks[:number], blocks[number:]
    return blocks, []


def _messages(blocks: list[Block]) -> list[tuple[Block, ...]]:
    """The rest as messages of the thread."""
    found = []
    while blocks:
        fits, blocks = _fitting(blocks, limits.MESSAGE_CHARACTERS - 500)
        if not fits:
            fits, blocks = blocks[:1], blocks[1:]
        found.append(tuple(fits))
    return found


def _small_print(card: Card) -> list[str]:
    told: list[str] = []
    for number, source in enumerate(card.sources):
        if sum(map(len, told)) > 1200:
            told.append(f"and {len(card.sources) - number} more")
            break
        told.append(link(source.url, shortened(one_line(source.outlet), 80)))
    page = f"Page {card.page} of {card.pages}" if card.pages > 1 else ""
    return [f"Sources: {' · '.join(told)}" if told else "", page, shortened(plain(card.footer), 300)]


def _buttons(card: Card) -> list[Block]:
    turns = [("◀ Previous", card.previous_page), ("Next ▶", card.next_page)]
    pages = [Action(label=label, command=command) for label, command in turns if command]
    elements = [element for n, action in enumerate([*card.actions[:5], *pages]) if (element := _button(action, n))]
    return [{"type": "actions", "elements": elements}] if elements else []


def _button(action: Action, number: int) -> Block | None:
    label = shortened(one_line(action.label), limits.BUTTON_TEXT) or "Open"
    button: Block = {
        "type": "button",
        "action_id": f"{ACTION_PREFIX}:{number}",
        "text": {"type": "plain_text", "text": label, "emoji": False},
    }
    if action.url:
        usable = len(action.url) <= limits.BUTTON_URL and action.url.startswith(("https://", "http://"))
        return {**button, "url": action.url} if usable and not any(c.isspace() for c in action.url) else None
    if not action.command.strip() or len(action.command) > limits.BUTTON_VALUE:
        return None
    return {**button, "value": action.command}
