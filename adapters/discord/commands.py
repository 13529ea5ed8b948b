"""The slash commands, made from the shared grammar: one grammar, and Discord's way to type it."""

from __future__ import annotations

import hashlib
import inspect
import json
from collections.abc import Callable, Coroutine
from typing import Any

import discord
import structlog
from discord import app_commands
from discord.app_commands import AppCommandContext, AppInstallationType, Choice

from adapters.discord import limits, wording
from adapters.discord.answers import Answers, Interaction
from adapters.discord.people import asker_of
from bot.model.command import Command, Root
from bot.queries.completion import Completions
from bot.queries.forms import Form, for_everybody, form_of, shareable
from bot.queries.grammar import VERBS
from bot.queries.guide import told_of

log = structlog.get_logger()

_EVERYWHERE = AppCommandContext(guild=True, dm_channel=True, private_channel=True)
_SERVERS = AppCommandContext(guild=True, dm_channel=False, private_channel=False)
_MANAGERS = discord.Permissions(manage_guild=True)
_POSTED_TO = (0, 5, 15)
"""Discord's kinds of channels that cards are posted to: text, announcements, forums."""
_NOT_PYTHON = {"from": "from_"}
"""Options that are words of Python: as a parameter they have another name."""


class Tree(app_commands.CommandTree[Any]):
    """The commands, told to Discord in every language of the catalogue; `answers` is set before any can come."""

    answers: Answers

    async def on_error(self, interaction: Interaction, error: app_commands.AppCommandError, /) -> None:
        """Whoever gave a command that is not one of ours as it came, or that broke, is told, and never left waiting."""
        outdated = not isinstance(error, app_commands.CommandInvokeError)
        log.error("command_not_taken", error=type(error).__name__, exc_info=None if outdated else error)
        await self.answers.failed(interaction, outdated=outdated)

    def told(self) -> list[dict[str, Any]]:
        """What Discord is told, command by command, in a fixed order."""
        commands = sorted(self.get_commands(), key=lambda command: (command.name, str(type(command))))
        return [_localised(command.to_dict(self)) for command in commands]

    def fingerprint(self) -> str:
        """A hash of all that Discord would be told: commands are sent again only when it changes."""
        return hashlib.sha256(json.dumps(self.told(), sort_keys=True, default=str).encode()).hexdigest()

    async def tell(self, guild: discord.Object | None) -> None:
        """Tell Discord all commands, for one server or everywhere; what it was told before is replaced."""
        assert self.client.application_id is not None  # known since the log-in
        http, application, payload = self.client.http, self.client.application_id, self.told()
        if guild is None:
            await http.bulk_upsert_global_commands(application, payload=payload)
        else:
            await http.bulk_upsert_guild_commands(application, guild.id, payload=payload)


def _localised(told: dict[str, Any]) -> dict[str, Any]:
    """A command's payload with names and descriptions by locale (also for locales that discord.py has no name for)."""
    if told["type"] != discord.AppCommandType.chat_input.value:
        names = {
            locale: name
            for language, catalogue in wording.catalogues().items()
            if language != wording.ENGLISH and (name := catalogue.menu(_MENU_KEYS.get(told["name"], "")))
            for locale in catalogue.discord
        }
        return {**told, "name_localizations": names}
    root = told["name"]
    verbs = [_localised_verb(root, verb) for verb in told["options"]]
    return _with(told, lambda c: c.command(root)) | {"options": verbs}


def _localised_verb(root: str, told: dict[str, Any]) -> dict[str, Any]:
    verb = told["name"]
    options = [_localised_option(root, verb, option) for option in told.get("options", [])]
    return _with(told, lambda c: c.command(root, verb)) | {"options": options}


def _localised_option(root: str, verb: str, told: dict[str, Any]) -> dict[str, Any]:
    if "channel_types" in told:
        told = {**told, "channel_types": list(_POSTED_TO)}
    if told.get("choices"):
        told = {**told, "choices": [_localised_choice(root, verb, told["name"], choice) for choice in told["choices"]]}
    return _with(told, lambda c: c.option(root, verb, told["name"]))


def _localised_choice(root: str, verb: str, option: str, told: dict[str, Any]) -> dict[str, Any]:
    labels = {
        locale: label
        for language, catalogue in wording.catalogues().items()
        if language != wording.ENGLISH and (label := catalogue.choice(root, verb, option, str(told["value"])))
        for locale in catalogue.discord
    }
    return {**told, "name_localizations": labels}


_MENU_KEYS = {"Extract claims": "claims", "Show evidence": "evidence", "Report an error": "error"}


def _with(told: dict[str, Any], find: Callable[[wording.Catalogue], wording.Worded | None]) -> dict[str, Any]:
    names, tells = wording.localisations(find)
    return {**told, "name_localizations": names, "description_localizations": tells}


def add_commands(tree: Tree, answers: Answers, completions: Completions) -> None:
    """Put a slash command on the tree for every verb of the grammar."""
    for root, verbs in VERBS.items():
        everybody = for_everybody(root)
        group = app_commands.Group(
            name=root,
            description=_tells(root),
            allowed_contexts=_EVERYWHERE if everybody else _SERVERS,
            allowed_installs=AppInstallationType(guild=True, user=everybody),
            default_permissions=None if everybody else _MANAGERS,
        )
        for verb, options in verbs.items():
            group.add_command(_command(root, verb, options, answers, completions))
        tree.add_command(group)


def _tells(root: Root, verb: str = "") -> str:
    """The English description: the catalogue's, or what the help says."""
    worded = wording.english().command(root, verb)
    tells = worded.tells if worded else told_of(root, verb)
    return tells[:1].upper() + tells[1 : limits.DESCRIPTION]


def _command(
    root: Root, verb: str, options: tuple[str, ...], answers: Answers, completions: Completions
) -> app_commands.Command[Any, ..., None]:
    """One slash command, whose parameters are the grammar's options."""

    async def callback(interaction: Interaction, **given: Any) -> None:
        share = bool(given.pop("share", False))
        named = {name.rstrip("_"): value for name, value in given.items() if value is not None}
        files = {name: value for name, value in named.items() if isinstance(value, discord.Attachment)}
        words = {name: _words(value) for name, value in named.items() if name not in files}
        command = Command(root=root, verb=verb, options=words, share=share)
        await answers.command(interaction, command, files=files)

    forms = {option: form_of(root, verb, option) for option in options}
    every = (*options, "share") if shareable(root) else options
    callback.__signature__ = _signature(forms, share=shareable(root))  # type: ignore[attr-defined]  # read by discord.py
    app_commands.describe(**{_python(option): _option_tells(root, verb, option) for option in every})(callback)
    app_commands.rename(**{name: option for option, name in _NOT_PYTHON.items() if option in options})(callback)
    chosen = {
        _python(option): [
            Choice(name=wording.english().choice(root, verb, option, word) or word, value=word) for word in form.choices
        ]
        for option, form in forms.items()
        if form.choices and not form.several
    }
    app_commands.choices(**chosen)(callback)
    made: app_commands.Command[Any, ..., None] = app_commands.Command(
        name=verb, description=_tells(root, verb), callback=callback
    )
    for option, form in forms.items():
        if form.completes is not None and not form.choices:
            made.autocomplete(_python(option))(_completing(form.completes, completions))
    return made


def _option_tells(root: Root, verb: str, option: str) -> str:
    worded = wording.english().option(root, verb, option)
    return worded.tells if worded else option.replace("_", " ").capitalize()


def _words(value: Any) -> str:
    """What was chosen or typed, as words of the grammar: roles and channels by their ids."""
    return str(value.id) if hasattr(value, "id") else str(value)


def _python(option: str) -> str:
    return _NOT_PYTHON.get(option, option)


class _Posted(app_commands.Transformer):
    """A channel that cards can be posted to, as Discord names it: it need not be in the cache."""

    @property
    def type(self) -> discord.AppCommandOptionType:
        return discord.AppCommandOptionType.channel

    @property
    def channel_types(self) -> list[discord.ChannelType]:
        return [discord.ChannelType.text, discord.ChannelType.news, discord.ChannelType.forum]

    async def transform(self, interaction: Interaction, value: Any, /) -> Any:
        return value


_ANNOTATIONS: dict[str, Any] = {
    "text": str,
    "channel": app_commands.Transform[app_commands.AppCommandChannel, _Posted],
    "role": discord.Role,
    "file": discord.Attachment,
}


def _annotation(form: Form) -> Any:
    if form.kind == "number":
        return app_commands.Range[int, form.least, form.most]
    return _ANNOTATIONS[form.kind]


def _signature(forms: dict[str, Form], *, share: bool) -> inspect.Signature:
    """A callback's signature as discord.py reads it: parameters with annotations and defaults, required ones first."""
    keyword = inspect.Parameter.KEYWORD_ONLY
    parameters = [inspect.Parameter("interaction", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=Interaction)]
    for option, form in sorted(forms.items(), key=lambda pair: not pair[1].required):
        wanted = _annotation(form)
        parameters.append(
            inspect.Parameter(
                _python(option),
                keyword,
                annotation=wanted if form.required else wanted | None,
                default=inspect.Parameter.empty if form.required else None,
            )
        )
    if share:
        parameters.append(inspect.Parameter("share", keyword, annotation=bool, default=False))
    return inspect.Signature(parameters)


def _completing(
    kind: str, completions: Completions
) -> Callable[[Interaction, str], Coroutine[Any, Any, list[Choice[str]]]]:
    async def complete(interaction: Interaction, typed: str) -> list[Choice[str]]:
        found = await completions.offered(kind, typed, asker_of(interaction))
        return [Choice(name=label, value=value) for label, value in found]

    return complete
