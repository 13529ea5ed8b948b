"""Buttons and selects that outlive restarts: their whole state, commands of the grammar, is in what Discord keeps."""

from __future__ import annotations

import re
from typing import Any, Self

import discord
from discord import ui

from adapters.discord.answers import Answers, Interaction
from adapters.discord.render import AGAIN, CHOOSE, COMMAND, TURN

Item = ui.DynamicItem[ui.Item[Any]]


def items_for(answers: Answers) -> tuple[type[Item], ...]:
    """The classes of buttons and selects that are answered; register them with `Client.add_dynamic_items`."""

    class CommandButton(
        ui.DynamicItem[ui.Button[ui.View]],
        template=rf"(?P<kind>{re.escape(COMMAND)}|{re.escape(TURN)})(?P<words>.+)",
    ):
        """A button that gives a command, answered to the presser alone unless its words say `share`."""

        def __init__(self, kind: str, words: str) -> None:
            super().__init__(ui.Button(label="…", custom_id=kind + words))
            self.words = words
            self.turning = kind == TURN

        @classmethod
        async def from_custom_id(cls, interaction: Interaction, item: ui.Item[Any], match: re.Match[str], /) -> Self:
            """The button of a custom id."""
            del interaction, item
            return cls(match["kind"], match["words"])

        async def callback(self, interaction: Interaction) -> None:
            """Answer the command; rights are checked on this press, not on the one that posted the card."""
            await answers.command(interaction, self.words, turning=self.turning)

    class CommandSelect(ui.DynamicItem[ui.Select[ui.View]], template=re.escape(CHOOSE)):
        """A select whose values are commands."""

        def __init__(self) -> None:
            options = [discord.SelectOption(label="…")]
            super().__init__(ui.Select(custom_id=CHOOSE, options=options))

        @classmethod
        async def from_custom_id(cls, interaction: Interaction, item: ui.Item[Any], match: re.Match[str], /) -> Self:
            """The select of a custom id."""
            del interaction, item, match
            return cls()

        async def callback(self, interaction: Interaction) -> None:
            """Answer the command that was chosen."""
            await answers.command(interaction, self.item.values[0])

    class AgainButton(ui.DynamicItem[ui.Button[ui.View]], template=rf"{re.escape(AGAIN)}(?P<token>[0-9a-f]+)"):
        """A button that opens a form again with what was typed."""

        def __init__(self, token: str) -> None:
            super().__init__(ui.Button(label="…", custom_id=AGAIN + token))
            self.token = token

        @classmethod
        async def from_custom_id(cls, interaction: Interaction, item: ui.Item[Any], match: re.Match[str], /) -> Self:
            """The button of a custom id."""
            del interaction, item
            return cls(match["token"])

        async def callback(self, interaction: Interaction) -> None:
            """Open the form."""
            await answers.again(interaction, self.token)

    return CommandButton, CommandSelect, AgainButton
