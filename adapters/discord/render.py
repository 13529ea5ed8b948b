"""A card as a message of Discord's Components V2, within every limit; what does not fit goes along as a text file."""

from __future__ import annotations

import io
from collections import Counter

import discord
from discord import ui

from adapters.discord import limits
from adapters.discord.markup import moment, plain, plain_lines
from bot.model.card import Action, Attachment, Card, Line, Section
from bot.model.legible import isolated, one_line, shortened, shown_host

ACCENTS = {
    "neutral": 0x4A6FA5,
    "disputed": 0xE69F00,
    "denied": 0xE69F00,
    "acknowledged": 0x009E73,
    "corrected": 0xCC79A7,
    "error": 0xD55E00,
}
"""Colours of the Okabe–Ito palette; the card's words say the same."""

COMMAND = "sitrep:"
"""Custom ids of buttons that give the command that follows."""
TURN = "sitrep>"
"""… of those that turn the page: the answer takes the place of the page, where only the presser sees it."""
AGAIN = "sitrep~"
"""… of those that open a form again with what was typed, found by the token that follows."""
CHOOSE = "sitrep?"
"""… of selects, whose values are commands."""
_TITLE = 300
_SMALL = 900
_BODY = limits.MESSAGE_TEXT - 2 * _TITLE - _SMALL
_BLOCKS = 15
"""Text blocks in one message. With a mention, the container, a thumbnail, lead, picture, what buttons tell, two files,
separator, small print, a select and two full rows of buttons these are Discord's forty components."""


_Opening = tuple[str, str, str]
"""A command, its label, and what else tells of it."""


class Rendered:
    """A message ready to be sent: `view` with the components and `files` that go with it."""

    def __init__(self, view: ui.LayoutView, files: list[discord.File]) -> None:
        self.view = view
        self.files = files


def render(card: Card, *, mention: str | None = None, share: str = "", again: str = "") -> Rendered:
    """Lay the card out; whatever its content, no limit of `limits` is exceeded and nothing is dropped silently.

    `mention` is the id of a role to be named above the card (the sender decides whether it may be notified); `share`
    are words for a button that shows the answer to everybody, `again` is the token of what was typed, for a button that
    opens the form with it; "" for none.
    """
    opened = _opened(card)
    offered = {command for command, _, _ in opened} | {action.command for action in card.actions[: limits.ROW_BUTTONS]}
    blocks, kept_back = _fitting(card.sections, offered)
    files = [_file(attachment) for attachment in (card.picture, card.file) if attachment]
    container = ui.Container[ui.LayoutView](accent_colour=ACCENTS[card.status], spoiler=card.spoiler)
    container.add_item(_top(card))
    if one_line(card.lead):
        container.add_item(ui.TextDisplay(shortened(plain(card.lead), _TITLE)))
    for block in blocks:
        container.add_item(ui.TextDisplay(block))
    if card.picture:
        gallery = ui.MediaGallery[ui.LayoutView]()
        gallery.add_item(
            media=f"attachment://{card.picture.name}",
            description=shortened(one_line(card.picture.alt), limits.ALT_TEXT) or None,
        )
        container.add_item(gallery)
    if card.file:
        container.add_item(ui.File(f"attachment://{card.file.name}"))
    behind, told = _behind(card, kept_back, offered)
    if told:
        container.add_item(ui.TextDisplay(told))
    if behind:
        files.append(_file(behind))
        container.add_item(ui.File(f"attachment://{behind.name}"))
    if small := _small_print(card):
        container.add_item(ui.Separator())
        container.add_item(ui.TextDisplay(small))
    view = ui.LayoutView(timeout=None)
    if mention:
        view.add_item(ui.TextDisplay(f"<{mention}>" if mention.startswith("@") else f"<@&{mention}>"))
    view.add_item(container)
    for row in _rows(card, opened, share, again):
        container.add_item(row)
    # What is pressed is found again by its custom id: a view that is not stopped would be held in memory for good.
    view.stop()
    return Rendered(view, files)


def _top(card: Card) -> ui.Item[ui.LayoutView]:
    """The title, beside it the source's own picture where there is one that Discord can show."""
    head = ui.TextDisplay[ui.LayoutView](_head(card))
    shown = card.thumbnail
    if shown is None or len(shown.url) > limits.MEDIA_URL or not shown.url.startswith(("https://", "http://")):
        return head
    alt = shortened(one_line(shown.alt), limits.ALT_TEXT) or None
    picture = ui.Thumbnail[ui.LayoutView](shown.url, description=alt, spoiler=shown.covered)
    return ui.Section[ui.LayoutView](head, accessory=picture)


def _head(card: Card) -> str:
    told = " · ".join(plain(part) for part in (card.tag, card.subtitle) if part)
    as_of = f"as of {moment(card.as_of, 't')} ({moment(card.as_of)})" if card.as_of else ""
    small = " · ".join(part for part in (shortened(told, 160), as_of) if part)
    title = f"### {_cut(plain(card.title), 220) or card.kind}"
    return f"{title}\n-# {small}" if small else title


def _cut(escaped: str, limit: int) -> str:
    """A shortened escaped text that does not end in half an escape."""
    short = shortened(escaped, limit)
    body = short.removesuffix("…")
    trailing = len(body) - len(body.rstrip("\\"))
    return body[:-1] + short[len(body) :] if trailing % 2 else short


def _fitting(sections: tuple[Section, ...], offered: set[str]) -> tuple[list[str], list[Section]]:
    """The blocks that fit, one a section, and the sections (or their rests) that do not.

    `offered` are commands that a button or select gives: nobody has to read and type them.
    """
    blocks: list[str] = []
    kept_back: list[Section] = []
    left = _BODY
    for section in sections:
        heading = f"**{plain(section.heading)}**" if section.heading else ""
        more = _more(section)
        lines: list[str] = []
        spent = len(heading) + len(more) + 60
        for line in section.lines:
            shown = _line(line, offered)
            if spent + len(shown) + 1 > left:
                break
            spent += len(shown) + 1
            lines.append(shown)
        rest = section.lines[len(lines) :]
        if (section.lines and not lines) or len(blocks) >= _BLOCKS or spent > left:
            kept_back.append(section)
            continue
        note = f"-# … {len(rest)} more in the file below" if rest else ""
        blocks.append("\n".join(part for part in (heading, *lines, note, more) if part))
        left -= spent
        if rest:
            kept_back.append(Section(heading=section.heading, lines=rest))
    return [block for block in blocks if block.strip()], kept_back


def _more(section: Section) -> str:
    if not section.left_out:
        return ""
    return f"-# … and {section.left_out} more" + (f" — {plain(section.command)}" if section.command else "")


def _line(line: Line, offered: set[str]) -> str:
    indent = "  " * line.level
    time = f"{moment(line.at, 'f')} " if line.at else ""
    text = f"> {_emphasised(line)}" if line.quote else f"{indent}- {time}{_emphasised(line)}"
    link = _link(line.url, shown_host(line.url)) if line.url else ""
    command = "" if line.command in offered else plain(line.command)
    small = " · ".join(part for part in (plain(line.note), link, command) if part)
    if small:
        text += f"\n{'> ' if line.quote else indent + '  '}-# {small}"
    return text


def _emphasised(line: Line) -> str:
    if line.role.isdecimal():
        return f"<@&{line.role}>"
    if line.channel.isdecimal():
        return f"<#{line.channel}>"
    parts: list[str] = []
    start = 0
    for begin, end in line.emphasis:
        parts += [_flat(line.text[start:begin]), f"**{_flat(line.text[begin:end])}**"]
        start = end
    return isolated("".join([*parts, _flat(line.text[start:])]))


def _flat(text: str) -> str:
    """Escaped, line breaks as spaces, but with the white space at its ends kept (it is a piece of a line)."""
    return plain_lines(text).replace("\n", " ")


def _link(url: str, label: str) -> str:
    """A masked link that names its host; nothing where the address is too long or not http(s)."""
    if len(url) > limits.URL or not url.startswith(("https://", "http://")) or any(c in url for c in "<> \n)"):
        return ""
    return f"[{plain(label)}](<{url}>)"


def _small_print(card: Card) -> str:
    """Sources, page and footer; sources that do not fit are counted."""
    told: list[str] = []
    seen: Counter[str] = Counter()
    spent = 0
    for number, source in enumerate(card.sources):
        seen[source.outlet] += 1
        label = source.outlet if seen[source.outlet] == 1 else f"{source.outlet} ({seen[source.outlet]})"
        shown = (_link(source.url, label) if source.url else "") or plain(label)
        if spent + len(shown) > _SMALL - 360:
            told.append(f"and {len(card.sources) - number} more")
            break
        spent += len(shown) + 3
        told.append(shown)
    lines = [f"-# Sources: {' · '.join(told)}"] if told else []
    if card.pages > 1:
        lines.append(f"-# Page {card.page} of {card.pages}")
    if card.footer:
        lines.append(f"-# {_cut(plain(card.footer), 240)}")
    return "\n".join(lines)


def _behind(card: Card, kept_back: list[Section], offered: set[str]) -> tuple[Attachment | None, str]:
    """What does not fit, as a text file where there is any; and what of it a button of the card tells, in a line."""
    by_button = [section for section in card.overflow if section.lines and _pressable(section.told_by, offered)]
    sections = [*kept_back, *(section for section in card.overflow if section not in by_button)]
    labels = {action.command: action.label for action in card.actions}
    told = " · ".join(
        f"{len(section.lines)} {plain(section.heading).lower()} under “{plain(labels.get(section.told_by, 'Open'))}”"
        for section in by_button
    )
    return _file_of(card, sections), f"-# … {told}" if told else ""


def _pressable(command: str, offered: set[str]) -> bool:
    """Whether a button or select of the card gives this command."""
    return bool(command.strip()) and command in offered and len(COMMAND + command) <= limits.CUSTOM_ID


def _file_of(card: Card, sections: list[Section]) -> Attachment | None:
    rows = (
        [" | ".join(one_line(cell) for cell in row) for row in (card.table.columns, *card.table.rows)]
        if card.table
        else []
    )
    told = [*rows, *[""] * bool(rows)]
    for section in sections:
        told += [one_line(section.heading).upper(), *map(_text_line, section.lines)]
        told += [f"… and {section.left_out} more ({section.command})"] if section.left_out else []
        told.append("")
    if not any(told):
        return None
    content = "\n".join([one_line(card.title), "", *told]).encode("utf-8", "replace")
    return Attachment(name="more.txt", media_type="text/plain", content=content)


def _text_line(line: Line) -> str:
    parts = [
        f"{line.at:%Y-%m-%d %H:%M} UTC" if line.at else "",
        one_line(line.text),
        one_line(line.note),
        line.url or "",
    ]
    return "  " * line.level + "- " + "  ".join(part for part in parts if part)


def _file(attachment: Attachment) -> discord.File:
    return discord.File(io.BytesIO(attachment.content), filename=attachment.name, description=None)


def _rows(card: Card, opened: list[_Opening], share: str, again: str) -> list[ui.ActionRow[ui.LayoutView]]:
    """At most three rows: a select where there is more to open than buttons offer, the actions, the pages."""
    taken: set[str] = set()
    rows: list[ui.ActionRow[ui.LayoutView]] = []
    if opened:
        rows.append(ui.ActionRow[ui.LayoutView](_select(opened)))
    opened_commands = {command for command, _, _ in opened}
    actions = tuple(action for action in card.actions if action.url or action.command not in opened_commands)
    turns = [("◀ Previous", card.previous_page), ("Next ▶", card.next_page)]
    below = [_command_button(label, TURN, command, taken) for label, command in turns if command]
    if again:
        below.append(_command_button("Edit and try again", AGAIN, again, taken))
    if share:
        below.append(_command_button("Share to channel", COMMAND, share, taken))
    above = [_button(action, taken) for action in actions]
    for row in (above, below):
        if buttons := [button for button in row if button is not None][: limits.ROW_BUTTONS]:
            rows.append(ui.ActionRow[ui.LayoutView](*buttons))
    return rows


def _opened(card: Card) -> list[_Opening]:
    """What a select offers: lines that open something which no button gives, or more actions than a row holds."""
    lines = [
        (line.command, line.text, line.note) for section in card.sections for line in section.lines if line.command
    ]
    actions = [(action.command, action.label, "") for action in card.actions if action.command]
    buttons = {command for command, _, _ in actions[: limits.ROW_BUTTONS]}
    wanted = lines if any(command not in buttons for command, _, _ in lines) else []
    if not wanted and len(actions) > limits.ROW_BUTTONS:
        wanted = actions
    fitting = {
        command: (
            command,
            shortened(one_line(label), limits.SELECT_LABEL),
            shortened(one_line(note), limits.SELECT_DESCRIPTION),
        )
        for command, label, note in reversed(wanted)
        if command.strip() and len(command) <= limits.SELECT_LABEL and one_line(label)
    }
    return [*reversed(fitting.values())][: limits.SELECT_OPTIONS]


def _select(opened: list[_Opening]) -> ui.Select[ui.LayoutView]:
    return ui.Select(
        custom_id=CHOOSE,
        placeholder="Open one of these",
        options=[
            discord.SelectOption(label=label, value=command, description=note or None)
            for command, label, note in opened
        ],
    )


def _button(action: Action, taken: set[str]) -> ui.Button[ui.LayoutView] | None:
    if not action.url:
        return _command_button(action.label, COMMAND, action.command, taken)
    usable = len(action.url) <= limits.URL and action.url.startswith(("https://", "http://"))
    return ui.Button(style=discord.ButtonStyle.link, label=_label(action.label), url=action.url) if usable else None


def _command_button(label: str, kind: str, command: str, taken: set[str]) -> ui.Button[ui.LayoutView] | None:
    """A button that gives a command; None where it does not fit, or another of the message gives it already."""
    custom_id = kind + command
    if not command.strip() or len(custom_id) > limits.CUSTOM_ID or custom_id in taken:
        return None
    taken.add(custom_id)
    return ui.Button(style=discord.ButtonStyle.secondary, label=_label(label), custom_id=custom_id)


def _label(label: str) -> str:
    return shortened(one_line(label), limits.BUTTON_LABEL) or "Open"
