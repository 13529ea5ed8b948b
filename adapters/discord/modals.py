"""Forms to fill in: for commands that set several things at once, and for telling of an error.

What a form is for stands in its custom id, so that it can be handed in after a restart, and over HTTP.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import discord
import msgspec
from discord import ui

from adapters.discord import limits, wording
from bot.model.command import Command
from bot.model.complaint import MOST_WORDS
from bot.model.legible import shortened
from bot.queries.forms import form_of
from bot.queries.grammar import VERBS

FORM = "sitrep!"
"""Custom ids of forms that give a command: root, verb, and what it is about."""
COMPLAINT = "sitrep#"
"""… of those that tell of an error: the channel's and the message's id."""


class Sheet(msgspec.Struct, frozen=True, kw_only=True):
    """What the form of a command asks for.

    Attributes:
        key: the option that must be given before the form opens, "" for none.
        fields: the options that it asks for; () are all, as far as there is room.
        emptied: the word for a line of text that was left empty, where leaving it out would mean "as it was".
    """

    key: str = ""
    fields: tuple[str, ...] = ()
    emptied: str = ""


_WATCH_FIELDS = ("actor", "country", "keywords", "when", "mode")
SHEETS: dict[tuple[str, str], Sheet] = {
    ("channel", "filter"): Sheet(),
    ("feeds", "add"): Sheet(fields=("url", "name", "interval", "backfill", "preset")),
    ("feeds", "edit"): Sheet(key="feed"),
    ("watch", "add"): Sheet(fields=_WATCH_FIELDS),
    ("watch", "edit"): Sheet(key="watch", fields=_WATCH_FIELDS, emptied="none"),
}
"""Commands with a form: it opens where nothing but the key has been given."""


def fields_of(command: Command) -> tuple[str, ...]:
    """The options that a form for this command asks for; () where it has none, or more has been given already."""
    sheet = SHEETS.get((command.root, command.verb))
    if sheet is None or set(command.options) != ({sheet.key} if sheet.key else set()):
        return ()
    options = VERBS[command.root][command.verb]
    wanted = [option for option in sheet.fields or options if option in options and option != sheet.key]
    return tuple(wanted[: limits.MODAL_FIELDS])


def form_for(command: Command, values: Mapping[str, str], locale: str) -> ui.Modal | None:
    """The form of a command, filled with `values`; None where it has none, or what it is about is too long to carry."""
    key = SHEETS[command.root, command.verb].key
    about = command.options.get(key, "")
    custom_id = f"{FORM}{command.root} {command.verb} {about}".strip()
    if len(custom_id) > limits.CUSTOM_ID:
        return None
    fields = fields_of(Command(root=command.root, verb=command.verb, options={key: about} if key else {}))
    catalogue = wording.spoken(locale)
    root, verb = catalogue.command(command.root), catalogue.command(command.root, command.verb)
    title = f"/{root.name if root else command.root} {verb.name if verb else command.verb}"
    modal = ui.Modal(title=shortened(title, limits.MODAL_TITLE), custom_id=custom_id)
    for option in fields:
        chosen = bool(form_of(command.root, command.verb, option).choices)
        worded = catalogue.option(command.root, command.verb, option)
        modal.add_item(
            ui.Label(
                text=shortened((worded.name if worded else option).replace("_", " ").capitalize(), limits.MODAL_LABEL),
                # What there is to choose from is seen; how it would be typed is of no use here.
                description=worded.tells if worded and not chosen else None,
                component=_component(command, option, values.get(option, ""), catalogue),
            )
        )
    # It is found again by its custom id: one that is not stopped would be held in memory until it is handed in.
    modal.stop()
    return modal


def _component(command: Command, option: str, value: str, catalogue: wording.Catalogue) -> ui.Item[Any]:
    form = form_of(command.root, command.verb, option)
    if form.choices:
        chosen = set(value.split(","))
        return ui.Select(
            custom_id=option,
            required=form.required,
            min_values=1 if form.required else 0,
            max_values=len(form.choices) if form.several else 1,
            options=[
                discord.SelectOption(
                    label=catalogue.choice(command.root, command.verb, option, word) or word,
                    value=word,
                    default=word in chosen,
                )
                for word in form.choices
            ],
        )
    return ui.TextInput(
        custom_id=option, required=form.required, default=value[: limits.TEXT_INPUT] or None, max_length=_LONGEST_FIELD
    )


_LONGEST_FIELD = 900


def complaint_form(channel: int, message: int) -> ui.Modal:
    """The form that tells of an error in a message."""
    modal = ui.Modal(title="Report an error", custom_id=f"{COMPLAINT}{channel} {message}")
    modal.add_item(
        ui.Label(
            text="What is wrong?",
            description="Your words and a link to the message go to whoever runs this bot; nothing else is kept.",
            component=ui.TextInput(custom_id="note", style=discord.TextStyle.long, max_length=MOST_WORDS),
        )
    )
    modal.stop()
    return modal


def handed_in(custom_id: str, data: Mapping[str, Any]) -> Command | None:
    """The command that a form gives; None where the form is not one of ours, or its command is gone."""
    root, _, rest = custom_id.removeprefix(FORM).partition(" ")
    verb, _, about = rest.partition(" ")
    if not custom_id.startswith(FORM) or verb not in VERBS.get(root, {}):  # type: ignore[call-overload]  # a key or not
        return None
    sheet = SHEETS.get((root, verb), Sheet())
    values = {option: value for option, value in values_of(data).items() if option in VERBS[root][verb]}  # type: ignore[index]
    emptied = {option: sheet.emptied for option in values if not form_of(root, verb, option).choices}  # type: ignore[arg-type]
    filled = {option: said for option, value in values.items() if (said := value or emptied.get(option, ""))}
    options = {**({sheet.key: about} if sheet.key else {}), **filled}
    return Command(root=root, verb=verb, options=options)  # type: ignore[arg-type]  # it is one of VERBS' roots


def values_of(data: Mapping[str, Any]) -> dict[str, str]:
    """What was typed and chosen in a form, by field; several choices are joined by commas."""
    return {
        component["custom_id"]: ",".join(component["values"])
        if "values" in component
        else str(component.get("value") or "").strip()
        for component in _filled(data.get("components", ()))
    }


def _filled(components: Any) -> Iterator[Mapping[str, Any]]:
    for component in components:
        if "custom_id" in component:
            yield component
        yield from _filled(component.get("components", ()))
        if component.get("component"):
            yield from _filled([component["component"]])
