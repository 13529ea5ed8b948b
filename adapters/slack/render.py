"""A card as Block Kit with a text that says it all in words; what does not fit is kept for the thread."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any, Literal

import msgspec

from adapters.slack import limits
from adapters.slack.markup import link, moment, plain
from bot.model.card import Action, Card, Line, Section
from bot.model.legible import one_line, shortened, shown_host

Block = dict[str, Any]
ACTION_PREFIX = "sitrep"
_SIGNS = {"neutral": "", "disputed": "⟂ ", "denied": "⟂ ", "acknowledged": "✓ ", "corrected": "✎ ", "error": "⚠ "}
_RESERVED_BLOCKS = 8
_WITH_ACTIONS = 8
"""Lines of a section that have all their buttons below them; those after have one beside them."""
_PREVIEWED = 4
"""Blocks of a card that stand beside a link to its page."""
_OPENED = 16
"""Up to how many lines with an answer of their own have a button each."""
_MORE = "More in the thread."
_LEAST_BODY = 3000
"""Characters that a table leaves to the text; else its rows go to the thread."""
_PIECE = 2400
_CHANNEL = re.compile(r"[CG][A-Z0-9]{1,20}")
_PERSON = re.compile(r"[UW][A-Z0-9]{1,20}")


class Rendered(msgspec.Struct, frozen=True):
    """A message: `text` for notifications and screen readers, `blocks`, and further messages for the thread."""

    text: str
    blocks: tuple[Block, ...]
    thread: tuple[tuple[Block, ...], ...] = ()


def render(
    card: Card, *, picture: Block | None = None, filed: bool = False, surface: Literal["message", "view"] = "message"
) -> Rendered:
    """Lay the card out; whatever its content, no limit of `limits` is exceeded and nothing is dropped silently.

    `picture` is the block of the card's uploaded picture, without which its words are told; `filed` says that the
    card's file goes along as a file. A "view" (a modal) takes no tables.
    """
    head = [_header(card), *_context([_told(card)])]
    lead = [_text(shortened(plain(card.lead), 900))] if one_line(card.lead) else []
    if picture:
        lead.append(picture)
    buttons = _buttons(card, _with_buttons(card))
    told, overflow = _told_by_buttons(card)
    foot = [*_context([told, *_small_print(card)]), *buttons]
    table = _table(card) if surface == "message" else []
    room = limits.MESSAGE_CHARACTERS - sum(map(_size, (*head, *lead, *table, *foot, *_context([_MORE]))))
    if room < _LEAST_BODY:
        table, room = [], room + sum(map(_size, table))
    body, behind = _fitting(_laid_out(card), room)
    rows = [] if table else _tabled(card)
    attached = _attached(card, picture=picture is None, file=not filed)
    behind += [block for section in (*rows, *attached, *overflow) for block in _section(section)]
    note = _context([_MORE]) if behind else []
    return Rendered(words(card), (*head, *lead, *body, *table, *note, *foot), tuple(_messages(behind)))


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


def preview(card: Card) -> list[Block]:
    """A card in short, without buttons: what stands beside a link to its page, which tells the rest."""
    lead = [_text(shortened(plain(card.lead), 900))] if one_line(card.lead) else []
    shown = [block for section in card.sections for block in _section(section)]
    rest = ["The page tells the rest."] if len(shown) > _PREVIEWED or card.overflow else []
    return [
        _header(card),
        *_context([_told(card)]),
        *lead,
        *shown[:_PREVIEWED],
        *_context([*rest, *_small_print(card)]),
    ]


def parts_of(card: Card, name: str) -> list[Block]:
    """What a card says, without its title, buttons and small print: for a place that shows several cards.

    `name` sets its buttons apart from those of the other cards.
    """
    lead = [_text(shortened(plain(card.lead) or plain(card.title), 900))] if not card.sections or card.lead else []
    return [*lead, *_laid_out(card, name)]


def _laid_out(card: Card, name: str = "") -> list[Block]:
    """The card's sections; in a short list each line with an answer of its own has a button for it."""
    opened = bool(_with_buttons(card))
    blocks: list[Block] = []
    for number, section in enumerate(card.sections):
        blocks += _opened(section, f"{name}.{number}") if opened else _section(section)
    return blocks


def _with_buttons(card: Card) -> frozenset[str]:
    """The commands of lines that have buttons for them beside them; none where there are too many lines."""
    lines = [line for section in card.sections for line in section.lines]
    commands = [line.command for line in lines if line.command]
    return frozenset(commands) if len(commands) <= _OPENED and len(lines) <= 2 * _OPENED else frozenset()


def _told_by_buttons(card: Card) -> tuple[str, tuple[Section, ...]]:
    """What of the overflow a button of the card tells, in a line; and the rest, for the thread."""
    labels = {action.command: action.label for action in card.actions if action.command}
    by_button = [section for section in card.overflow if section.told_by in labels]
    told = " · ".join(
        f"{len(section.lines)} {plain(section.heading).lower()} under “{plain(labels[section.told_by])}”"
        for section in by_button
    )
    return f"… {told}" if told else "", tuple(section for section in card.overflow if section not in by_button)


def _opened(section: Section, name: str) -> list[Block]:
    """A section with a block for each line that has a command, and its button beside it."""
    blocks: list[Block] = []
    held: list[Line] = []
    heading = section.heading
    for number, line in enumerate(section.lines):
        button = button_of(Action(label="Open", command=line.command), f"{name}.{number}") if line.command else None
        if button is None:
            held.append(line)
            continue
        # An accessory is told apart by its block alone when it is read aloud: it says what it opens.
        button["accessibility_label"] = shortened(f"Open {one_line(line.text)}", limits.BUTTON_TEXT)
        if held or heading:
            blocks += _section(Section(heading=heading, lines=tuple(held)))
        if line.actions and number < _WITH_ACTIONS:
            blocks += [_text(_line(line)), *_actions(line.actions, f"{name}.{number}")]
        else:
            blocks.append({**_text(_line(line)), "accessory": button})
        held, heading = [], ""
    rest = Section(heading=heading, lines=tuple(held), left_out=section.left_out, command=section.command)
    return [*blocks, *_section(rest)]


def _table(card: Card) -> list[Block]:
    """The table as Slack's own, where it keeps within its limits."""
    if card.table is None:
        return []
    rows = [[one_line(cell) or "–" for cell in row] for row in (card.table.columns, *card.table.rows)]
    cells = sum(len(cell) for row in rows for cell in row)
    fits = len(rows) <= limits.TABLE_ROWS and len(card.table.columns) <= limits.TABLE_COLUMNS
    if not fits or not card.table.rows or cells > limits.TABLE_CHARACTERS:
        return []
    return [{"type": "table", "rows": [[{"type": "raw_text", "text": cell} for cell in row] for row in rows]}]


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
    text = _named(line) or shortened(plain(line.text), 1600)
    lead = "> " if line.quote else "      ◦ " if line.level else "• "
    note = f"  _{shortened(plain(line.note), 300)}_" if one_line(line.note) else ""
    where = f"  {link(line.url, shown_host(line.url) or 'link')}" if line.url else ""
    return f"{lead}{at}{text}{note}{where}"


def _named(line: Line) -> str:
    """A person or channel by the name that Slack shows for it; "" where the line is of neither."""
    if _PERSON.fullmatch(line.role):
        return f"<@{line.role}>"
    return f"<#{line.channel}>" if _CHANNEL.fullmatch(line.channel) else ""


def _tabled(card: Card) -> list[Section]:
    """A table's rows as lines, for the thread."""
    if card.table is None:
        return []
    rows = (card.table.columns, *card.table.rows)
    return [Section(heading="Table", lines=tuple(Line(text=" | ".join(row)) for row in rows))]


def _attached(card: Card, *, picture: bool, file: bool) -> list[Section]:
    """A picture in words, and a text file's lines, for the thread, where they do not go along as they are."""
    found = []
    if picture and card.picture is not None and one_line(card.picture.alt):
        found.append(Section(heading="The picture in words", lines=(Line(text=card.picture.alt),)))
    if file and card.file is not None:
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


def _buttons(card: Card, beside: frozenset[str]) -> list[Block]:
    """The card's actions and pages, without those that stand `beside` a line."""
    turns = [("◀ Previous", card.previous_page), ("Next ▶", card.next_page)]
    pages = [Action(label=label, command=command) for label, command in turns if command]
    own = [action for action in card.actions if not action.command or action.command not in beside]
    actions = [*own[: limits.ACTIONS - len(pages)], *pages]
    return _actions(actions)


def _actions(actions: Sequence[Action], name: str = "") -> list[Block]:
    """A row of buttons; `name` sets them apart from those of other rows."""
    numbers = (f"{name}.{n}" if name else str(n) for n in range(len(actions)))
    elements = [element for action, n in zip(actions, numbers, strict=True) if (element := button_of(action, n))]
    return [{"type": "actions", "elements": elements}] if elements else []


def button_of(action: Action, number: str) -> Block | None:
    """An action as a button, told apart by `number`; None where Slack could not carry it."""
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
    if action.asks:
        button["confirm"] = {
            "title": {"type": "plain_text", "text": label},
            "text": {"type": "plain_text", "text": shortened(one_line(action.asks), limits.CONFIRM_TEXT)},
            "confirm": {"type": "plain_text", "text": "Yes"},
            "deny": {"type": "plain_text", "text": "No"},
        }
    return {**button, "value": action.command}
