"""The menus of a message: what it claims, the evidence for that, and a way to tell of an error in a card."""

from __future__ import annotations

from functools import partial

import discord
from discord import app_commands
from discord.app_commands import AppCommandContext, AppInstallationType

from adapters.discord import limits, wording
from adapters.discord.answers import Answers, Interaction
from adapters.discord.commands import Tree
from adapters.discord.modals import complaint_form

_EVERYWHERE = AppCommandContext(guild=True, dm_channel=True, private_channel=True)
_TEXT_FILES = (".txt", ".md")
_MOST_FILES = 3


def add_menus(tree: Tree, answers: Answers) -> None:
    """Put the menus on the tree."""

    async def claims(interaction: Interaction, message: discord.Message) -> None:
        await answers.read(interaction, partial(text_of, message), "claims")

    async def evidence(interaction: Interaction, message: discord.Message) -> None:
        await answers.read(interaction, partial(text_of, message), "evidence")

    async def error(interaction: Interaction, message: discord.Message) -> None:
        await interaction.response.send_modal(complaint_form(message.channel.id, message.id))

    for key, callback in (("claims", claims), ("evidence", evidence), ("error", error)):
        menu = app_commands.ContextMenu(name=wording.english().menu(key) or key, callback=callback)
        menu.allowed_contexts = _EVERYWHERE
        menu.allowed_installs = AppInstallationType(guild=True, user=True)
        tree.add_command(menu)


async def text_of(message: discord.Message) -> str:
    """A message's words: its own, its embeds', its components', and those of small attached text files."""
    parts = [message.content]
    for embed in message.embeds:
        parts += [
            embed.author.name or "",
            embed.title or "",
            embed.description or "",
            *(f"{field.name}\n{field.value}" for field in embed.fields),
        ]
    parts += [component.content for component in _texts(message.components)]
    for attachment in message.attachments[:_MOST_FILES]:
        if attachment.filename.lower().endswith(_TEXT_FILES) and attachment.size <= limits.TEXT_FILE:
            parts.append((await attachment.read()).decode("utf-8", "replace"))
    return "\n\n".join(part for part in parts if part)[: limits.TEXT_FILE]


def _texts(components: object) -> list[discord.TextDisplay]:
    """All text displays, with those inside of containers and sections."""
    found: list[discord.TextDisplay] = []
    for component in components if isinstance(components, list) else []:
        if isinstance(component, discord.TextDisplay):
            found.append(component)
        found += _texts(getattr(component, "children", None))
    return found
