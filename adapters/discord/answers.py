"""How a card becomes the answer to an interaction, in time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable

import discord

from adapters.discord.render import render
from bot.model.card import Card

SOON = 1.0
"""Seconds after which the person is told that the answer takes a moment; Discord gives up after three."""
NOBODY = discord.AllowedMentions.none()


async def answer(
    interaction: discord.Interaction[discord.Client], work: Awaitable[Card], *, share: bool = False
) -> None:
    """Answer with the card that `work` makes, at once or after a deferral; seen by all with `share`."""
    task = asyncio.ensure_future(work)
    await asyncio.wait({task}, timeout=SOON)
    if not task.done():
        await interaction.response.defer(ephemeral=not share, thinking=True)
        rendered = render(await task)
        await interaction.edit_original_response(
            view=rendered.view, attachments=rendered.files, allowed_mentions=NOBODY
        )
        return
    rendered = render(task.result())
    await interaction.response.send_message(
        view=rendered.view, files=rendered.files, ephemeral=not share, allowed_mentions=NOBODY
    )
