"""Forms as modals: for commands that are easier filled in than typed, and for telling of an error.

What a form is for stands in its private metadata, so that it can be handed in after a restart.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from adapters.slack import limits
from adapters.slack.render import Block, render
from bot.model.card import Card
from bot.model.command import Command, Root
from bot.model.complaint import MOST_WORDS
from bot.model.legible import one_line, shortened
from bot.queries.forms import Form, form_of
from bot.queries.grammar import VERBS
from bot.queries.guide import told_of

FORM = "sitrep_form"
COMPLAINT = "sitrep_complaint"
ANSWER = "sitrep_answer"
SUGGESTS = "suggest"
CHANNEL = "in_channel"
"""The field that says which channel is meant, where the form was opened outside of one."""
_FIELD = "value"
_DATES = ("from", "to", "until")
_LONG = ("filter",)

SHEETS: dict[tuple[Root, str], tuple[str, tuple[str, ...]]] = {
    ("news", "search"): ("", ("query", "actor", "country", "status", "source", "from", "to")),
    ("feeds", "add"): ("", ("url", "name", "channel", "interval", "backfill", "preset")),
    ("feeds", "edit"): ("feed", ("name", "interval", "backfill", "preset")),
    ("feeds", "find"): ("", ("site",)),
    ("watch", "add"): ("", ("actor", "country", "keywords", "event", "when", "min_change", "mode")),
    ("channel", "filter"): ("", ("filter",)),
    ("channel", "schedule"): ("", ("mode", "at", "tz", "days")),
    ("channel", "quiet"): ("", ("start", "end", "tz", "mode")),
}
"""Commands with a form: the option that must be given before it opens, and those that it asks for."""


class About(msgspec.Struct, frozen=True):
    """What a modal is for: the command, what was given of it before, and the channel that it came from."""

    root: Root = "news"
    verb: str = "search"
    given: dict[str, str] = {}
    channel: str | None = None
    message: str = ""


def sheet_of(command: Command) -> tuple[str, ...]:
    """The options that a form for this command asks for; () where it has none, or more has been given already."""
    key, options = SHEETS.get((command.root, command.verb), ("", ()))
    if not options or set(command.options) != ({key} if key else set()):
        return ()
    return tuple(option for option in options if option in VERBS[command.root].get(command.verb, ()))


def form_view(command: Command, *, channel: str | None, values: Mapping[str, str]) -> dict[str, Any]:
    """The modal of a command's form, filled with the present `values`."""
    blocks = [_input(command, option, values.get(option, "")) for option in sheet_of(command)]
    if command.root == "channel" and channel is None:
        blocks.insert(0, _which_channel())
    about = About(command.root, command.verb, dict(command.options), channel)
    name = command.verb if command.root == "news" else f"{command.root} {command.verb}"
    hint = told_of(command.root, command.verb)
    lead: list[Block] = [{"type": "context", "elements": [{"type": "plain_text", "text": hint}]}] if hint else []
    return {
        **_modal(name.capitalize(), [*lead, *blocks], FORM),
        "submit": _plain("Search" if command.root == "news" else "Save", limits.MODAL_TITLE),
        "private_metadata": msgspec.json.encode(about).decode(),
    }


def complaint_view(*, channel: str, message: str) -> dict[str, Any]:
    """The modal in which somebody says what is wrong in a message of ours."""
    note: Block = {
        "type": "input",
        "block_id": "note",
        "label": _plain("What is wrong?", limits.BUTTON_TEXT),
        "hint": _plain("Your words and a link to the message go to whoever runs this bot, nothing else.", 150),
        "element": {"type": "plain_text_input", "action_id": _FIELD, "multiline": True, "max_length": MOST_WORDS},
    }
    return {
        **_modal("Report an error", [note], COMPLAINT),
        "submit": _plain("Send", limits.MODAL_TITLE),
        "private_metadata": msgspec.json.encode(About(channel=channel, message=message)).decode(),
    }


def answer_view(card: Card, *, channel: str | None = None) -> dict[str, Any]:
    """A card within a modal; what does not fit is told of, and asked for elsewhere."""
    rendered = render(card, surface="view")
    blocks = [*rendered.blocks]
    if rendered.thread:
        words = "There is more: give the command in a channel or write to me to have all of it."
        blocks.append({"type": "context", "elements": [{"type": "plain_text", "text": words}]})
    return {
        **_modal("Sitrep", blocks[: limits.MODAL_BLOCKS], ANSWER),
        "private_metadata": msgspec.json.encode(About(channel=channel)).decode(),
    }


def waiting_view() -> dict[str, Any]:
    """What is shown while an answer takes a moment."""
    return _modal("Sitrep", [{"type": "section", "text": _plain("One moment …", 100)}], ANSWER)


def about_of(view: Mapping[str, Any]) -> About:
    """What a modal is for."""
    written = str(view.get("private_metadata") or "")
    return msgspec.json.decode(written, type=About) if written else About()


def note_of(view: Mapping[str, Any]) -> str:
    """What somebody wrote into a `complaint_view`."""
    return _filled(view).get("note", "")


def command_of(view: Mapping[str, Any]) -> tuple[Command, str | None]:
    """The command that a form gives as it was filled in, and the channel that it means."""
    about, filled = about_of(view), _filled(view)
    channel = filled.pop(CHANNEL, "") or about.channel
    options = {**about.given, **{option: value for option, value in filled.items() if value}}
    if about.root == "channel" and about.verb == "filter":
        options.setdefault("filter", "")
    return Command(root=about.root, verb=about.verb, options=options), channel


def errors_of(view: Mapping[str, Any], card: Card) -> dict[str, str]:
    """An error card's words under the field that they speak of, else under the first."""
    fields = [str(block["block_id"]) for block in view.get("blocks", ()) if block.get("type") == "input"]
    told = f"{one_line(card.title)} {one_line(card.lead)}"
    blamed = next((field for field in fields if field in told.lower().split()), None)
    blamed = blamed or next((field for field, value in _filled(view).items() if value and value in told), None)
    return {blamed or fields[0]: shortened(told, 300)}


def _modal(title: str, blocks: list[Block], callback: str) -> dict[str, Any]:
    return {
        "type": "modal",
        "callback_id": callback,
        "title": _plain(title, limits.MODAL_TITLE),
        "close": _plain("Close", limits.MODAL_TITLE),
        "blocks": blocks,
    }


def _plain(text: str, limit: int) -> dict[str, Any]:
    return {"type": "plain_text", "text": shortened(text, limit), "emoji": False}


def _which_channel() -> Block:
    return {
        "type": "input",
        "block_id": CHANNEL,
        "label": _plain("Channel", limits.BUTTON_TEXT),
        "element": {
            "type": "conversations_select",
            "action_id": _FIELD,
            "default_to_current_conversation": True,
            "filter": {"include": ["public", "private"], "exclude_bot_users": True},
        },
    }


def _input(command: Command, option: str, value: str) -> Block:
    form = form_of(command.root, command.verb, option)
    required = form.required or (command.verb == "add" and option == "url")
    return {
        "type": "input",
        "block_id": option,
        "label": _plain(option.replace("_", " ").capitalize(), limits.BUTTON_TEXT),
        "optional": not required,
        "element": _element(option, form, value),
    }


def _element(option: str, form: Form, value: str) -> dict[str, Any]:
    if form.choices:
        return _select(form, value)
    if form.completes:
        chosen = {"initial_option": _option(value)} if value else {}
        return {"type": "external_select", "action_id": f"{SUGGESTS}:{form.completes}", "min_query_length": 0, **chosen}
    written = {"initial_value": value} if value else {}
    if form.kind == "number":
        bounds = {"min_value": form.least, "max_value": form.most}
        told = {name: str(bound) for name, bound in bounds.items() if bound is not None}
        return {"type": "number_input", "action_id": _FIELD, "is_decimal_allowed": False, **told, **written}
    if option in _DATES:
        return {"type": "datepicker", "action_id": _FIELD, **({"initial_date": value[:10]} if value else {})}
    return {"type": "plain_text_input", "action_id": _FIELD, "multiline": option in _LONG, **written}


def _select(form: Form, value: str) -> dict[str, Any]:
    options = [_option(choice) for choice in form.choices]
    chosen = [_option(word) for word in value.split(",") if word in form.choices]
    if form.several:
        initial: dict[str, Any] = {"initial_options": chosen} if chosen else {}
        return {"type": "multi_static_select", "action_id": _FIELD, "options": options, **initial}
    return {
        "type": "static_select",
        "action_id": _FIELD,
        "options": options,
        **({"initial_option": chosen[0]} if chosen else {}),
    }


def _option(value: str, label: str = "") -> dict[str, Any]:
    shown = one_line(label or value) or value
    return {"text": _plain(shown, limits.OPTION_TEXT), "value": value[: limits.OPTION_VALUE]}


def offered(pairs: tuple[tuple[str, str], ...]) -> list[dict[str, Any]]:
    """Suggestions as options of an external select; a value that Slack would not take is left out."""
    usable = [(label, value) for label, value in pairs if 0 < len(value) <= limits.OPTION_VALUE]
    return [_option(value, label) for label, value in usable[: limits.OPTIONS]]


def _filled(view: Mapping[str, Any]) -> dict[str, str]:
    """Field → what stands in it, as the grammar's words."""
    values: Mapping[str, Any] = (view.get("state") or {}).get("values") or {}
    return {name: _value(next(iter(held.values()), {})) for name, held in values.items()}


def _value(held: Mapping[str, Any]) -> str:
    if "selected_options" in held:
        return ",".join(str(option["value"]) for option in held["selected_options"] or ())
    option = held.get("selected_option") or {}
    found = (
        held.get("value") or option.get("value") or held.get("selected_date") or held.get("selected_conversation") or ""
    )
    return str(found).strip()
