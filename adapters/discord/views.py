"""Buttons that outlive restarts: their whole state, a command of the grammar, is in the custom id."""

from __future__ import annotations

import re
from typing import Self

import discord
from discord import ui

from adapters.discord.answers import answer
from adapters.discord.people import asker_of
from adapters.discord.render import CUSTOM_ID_PREFIX
from bot.queries.desk import Desk


def button_for(desk: Desk) -> type[ui.DynamicItem[ui.Button[ui.View]]]:
    """The class of buttons that this desk answers; register it with `Client.add_dynamic_items`."""

    class CommandButton(ui.DynamicItem[ui.Button[ui.View]], template=rf"{CUSTOM_ID_PREFIX}(?P<words>.+)"):
        """A button that gives a command, answered to the presser alone."""

        def __init__(self, words: str) -> None:
            super().__init__(ui.Button(label="…", custom_id=CUSTOM_ID_PREFIX + words))
            self.words = words

        @classmethod
        async def from_custom_id(
            cls, interaction: discord.Interaction[discord.Client], item: ui.Item[ui.View], match: re.Match[str], /
        ) -> Self:
            """The button of a custom id."""
            del interaction, item
            return cls(match["words"])

        async def callback(self, interaction: discord.Interaction[discord.Client]) -> None:
            """Answer the command; rights are checked on this press, not on the one that posted the card."""
            await answer(interaction, desk.ask(self.words, asker_of(interaction)))

    return CommandButton
