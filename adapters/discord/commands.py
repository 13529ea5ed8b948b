"""The slash commands and message menus, made from the shared grammar: one grammar, and Discord's way to type it."""

from __future__ import annotations

import hashlib
import inspect
import json
from collections.abc import Callable, Coroutine
from typing import Any

import discord
from discord import app_commands
from discord.app_commands import AppCommandContext, AppInstallationType, Choice

from adapters.discord import limits
from adapters.discord.answers import answer
from adapters.discord.people import asker_of
from bot.model.card import Card
from bot.model.command import Command, Root
from bot.queries.desk import Desk
from bot.queries.grammar import VERBS

Interaction = discord.Interaction[discord.Client]

ROOTS: dict[Root, str] = {
    "news": "Who says what, and who disputes it",
    "feeds": "What is read here (for those who manage the server)",
    "channel": "How this channel is posted to (for those who manage the server)",
}
VERB_TELLS = {
    "latest": "The newest structured summaries",
    "search": "Search the reports by words and fields",
    "report": "One report: actors, claims, casualties, sources",
    "event": "All reports of one event, and where the accounts stand",
    "claims": "Who claims what, and who denies or acknowledges it",
    "toll": "Killed, injured, missing: according to whom, never added up",
    "actor": "What somebody claims, and what others claim about them",
    "compare": "Two accounts of an event side by side",
    "timeline": "What was told when, and what changed",
    "corrections": "What changed after it was told",
    "evidence": "The sentences behind a report's fields",
    "export": "An event as a file",
    "about": "Method, limits, privacy",
    "help": "What you can ask",
    "add": "Read a feed from now on",
    "remove": "Stop reading a feed",
    "list": "The feeds that are read here",
    "test": "Read a feed once and show its newest card; posts nothing",
    "health": "How well the feeds do",
    "pause": "Stop reading a feed for now",
    "resume": "Read a paused feed again",
    "refresh": "Read a feed at once",
    "find": "The feeds that a site offers",
    "setup": "Post to this channel",
    "show": "How this channel is posted to",
    "filter": "What is posted here: country:AM AND (status:denied OR killed>=10)",
    "try": "How many of the last day's reports a filter would let through; changes nothing",
    "why": "Why a report is posted here or not, part by part",
    "format": "How long the cards are",
    "log": "The last posts here, and how they went",
    "reset": "Stop posting here",
}
_OPTION_TELLS = {
    "topic": "Words, a place or an event",
    "source": "An outlet",
    "count": "How many, 1 to 10",
    "since": "A date, or a span such as 3d",
    "query": "Words that must all stand in the report",
    "actor": "Somebody who is named",
    "country": "Two letters, such as AM",
    "from": "A date, or a span such as 3d",
    "to": "A date",
    "status": "Of the claims",
    "page": "Page number",
    "id": "A report's or event's id, or words",
    "detail": "How much of it",
    "event": "An event's id, or words",
    "by": "Who says it",
    "about": "What it is about",
    "view": "Latest figures, all by source, or over time",
    "group": "Of whom",
    "name": "A name",
    "side_a": "One side",
    "side_b": "The other side",
    "field": "Such as c1 or k2",
    "format": "Form of the file, or length of the cards",
    "url": "The feed's address",
    "channel": "Where it is posted",
    "interval": "Minutes between two readings",
    "backfill": "How many of its newest reports to post, 0 to 20",
    "preset": "Length of the cards",
    "feed": "One of the feeds here, or an address",
    "item": "Which report of it, 1 is the newest",
    "site": "A site's address",
    "filter": "Such as country:AM AND (status:denied OR killed>=10)",
    "report": "A report's id, or words of its event",
}
_CHOICES: dict[tuple[str, str], tuple[str, ...]] = {
    ("search", "status"): ("claimed", "denied", "acknowledged", "disputed"),
    ("claims", "status"): ("claimed", "denied", "acknowledged", "disputed"),
    ("report", "detail"): ("brief", "standard", "full"),
    ("toll", "view"): ("now", "by-source", "timeline"),
    ("toll", "group"): ("all", "civilians", "children", "military"),
    ("export", "format"): ("md", "csv", "json"),
    ("setup", "format"): ("brief", "standard", "full"),
    ("format", "preset"): ("brief", "standard", "full"),
    ("add", "preset"): ("brief", "standard", "full"),
}
_COMPLETED = {
    "event": "event",
    "actor": "actor",
    "source": "source",
    "feed": "feed",
    "id": "event",
    "report": "event",
    "side_a": "actor",
    "side_b": "actor",
}
_REQUIRED = {
    ("search", "query"),
    ("report", "id"),
    ("actor", "name"),
    ("evidence", "id"),
    ("add", "url"),
    ("find", "site"),
    ("why", "report"),
}
_REQUIRED |= {(verb, "feed") for verb in ("remove", "test", "pause", "resume", "refresh")}
_EVERYWHERE = AppCommandContext(guild=True, dm_channel=True, private_channel=True)
_SERVERS = AppCommandContext(guild=True, dm_channel=False, private_channel=False)
_MAX_TEXT = 20_000
_TEXT_FILES = (".txt", ".md")


def add_commands(tree: app_commands.CommandTree[Any], desk: Desk) -> None:
    """Put all commands and menus on the tree."""
    for root, tells in ROOTS.items():
        group = app_commands.Group(
            name=root,
            description=tells,
            allowed_contexts=_EVERYWHERE if root == "news" else _SERVERS,
            allowed_installs=AppInstallationType(guild=True, user=root == "news"),
            default_permissions=None if root == "news" else discord.Permissions(manage_guild=True),
        )
        for verb, options in VERBS[root].items():
            group.add_command(_command(root, verb, options, desk))
        tree.add_command(group)
    for name, what in (("Extract claims", "claims"), ("Show evidence", "evidence")):
        tree.add_command(_menu(name, what, desk))


def _command(root: Root, verb: str, options: tuple[str, ...], desk: Desk) -> app_commands.Command[Any, ..., None]:
    """One slash command, whose parameters are the grammar's options."""
    sharing = root == "news"

    async def callback(interaction: Interaction, **given: Any) -> None:
        share = bool(given.pop("share", False))
        words = {name.removesuffix("_"): str(value) for name, value in given.items() if value is not None}
        command = Command(root=root, verb=verb, options=words, share=share)
        await answer(interaction, desk.ask(command, asker_of(interaction)), share=share)

    callback.__signature__ = _signature(verb, options, sharing=sharing)  # type: ignore[attr-defined]  # read by discord.py
    described = {_python(option): _OPTION_TELLS[option] for option in options}
    app_commands.describe(**described, **({"share": "Show the answer to everybody here"} if sharing else {}))(callback)
    if "from" in options:
        app_commands.rename(from_="from")(callback)
    chosen = {option: _CHOICES[verb, option] for option in options if (verb, option) in _CHOICES}
    app_commands.choices(**{name: [Choice(name=word, value=word) for word in words] for name, words in chosen.items()})(
        callback
    )
    made: app_commands.Command[Any, ..., None] = app_commands.Command(
        name=verb, description=VERB_TELLS[verb], callback=callback
    )
    for option in options:
        if option in _COMPLETED and option not in chosen:
            made.autocomplete(_python(option))(_completing(_COMPLETED[option], desk))
    return made


def _python(option: str) -> str:
    """ "from" is Python's: as a parameter it is `from_`, and is shown without the underscore."""
    return f"{option}_" if option == "from" else option


def _signature(verb: str, options: tuple[str, ...], *, sharing: bool) -> inspect.Signature:
    """A callback's signature as discord.py reads it: parameters with annotations and defaults."""
    keyword = inspect.Parameter.KEYWORD_ONLY
    parameters = [inspect.Parameter("interaction", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=Interaction)]
    for option in sorted(options, key=lambda option: (verb, option) not in _REQUIRED):
        required = (verb, option) in _REQUIRED
        parameters.append(
            inspect.Parameter(
                _python(option),
                keyword,
                annotation=str if required else str | None,
                default=inspect.Parameter.empty if required else None,
            )
        )
    if sharing:
        parameters.append(inspect.Parameter("share", keyword, annotation=bool, default=False))
    return inspect.Signature(parameters)


def _completing(kind: str, desk: Desk) -> Callable[[Interaction, str], Coroutine[Any, Any, list[Choice[str]]]]:
    async def complete(interaction: Interaction, typed: str) -> list[Choice[str]]:
        found = await desk.suggest(kind, typed, asker_of(interaction))
        return [Choice(name=label[: limits.CHOICE] or value, value=value) for label, value in found[: limits.CHOICES]]

    return complete


def _menu(name: str, what: str, desk: Desk) -> app_commands.ContextMenu:
    async def callback(interaction: Interaction, message: discord.Message) -> None:
        async def read() -> Card:
            return await desk.read_text(await text_of(message), what, asker_of(interaction))

        await answer(interaction, read())

    menu = app_commands.ContextMenu(name=name, callback=callback)
    menu.allowed_contexts = _EVERYWHERE
    menu.allowed_installs = AppInstallationType(guild=True, user=True)
    return menu


async def text_of(message: discord.Message) -> str:
    """A message's words: its own, its embeds', and those of small attached text files."""
    parts = [message.content]
    for embed in message.embeds:
        parts += [
            embed.title or "",
            embed.description or "",
            *(f"{field.name}\n{field.value}" for field in embed.fields),
        ]
    for attachment in message.attachments[:3]:
        if attachment.filename.lower().endswith(_TEXT_FILES) and attachment.size <= _MAX_TEXT:
            parts.append((await attachment.read()).decode("utf-8", "replace"))
    return "\n\n".join(part for part in parts if part)[:_MAX_TEXT]


def fingerprint(tree: app_commands.CommandTree[Any]) -> str:
    """A hash of all that Discord would be told: commands are sent again only when it changes."""
    payload = [command.to_dict(tree) for command in sorted(tree.get_commands(), key=lambda c: (c.name, str(type(c))))]
    return hashlib.sha256(json.dumps(payload, sort_keys=True, default=str).encode()).hexdigest()
