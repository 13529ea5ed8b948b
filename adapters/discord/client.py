"""The Discord door: a client without privileged intents that passes words to the desk and cards back."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any

import discord
import structlog
import yarl
from discord import app_commands
from discord.http import Route

from adapters.discord.answers import NOBODY
from adapters.discord.commands import add_commands, fingerprint
from adapters.discord.examine import examine_discord
from adapters.discord.people import writer_of
from adapters.discord.platform import DiscordPlatform
from adapters.discord.render import render
from adapters.discord.views import button_for
from bot.model.errors import SettingsError
from bot.model.finding import Finding
from bot.queries.desk import Desk
from bot.settings import DiscordSettings, Secret

log = structlog.get_logger()
_READY_SECONDS = 30.0


def intents() -> discord.Intents:
    """Servers, and messages: direct ones and those that mention us carry content without the privileged intent."""
    wanted = discord.Intents.none()
    wanted.guilds = wanted.guild_messages = wanted.dm_messages = True
    return wanted


class SitrepClient(discord.AutoShardedClient):
    """Commands, buttons, menus, direct messages and mentions; all of it answered by the desk."""

    def __init__(self, desk: Desk, *, guild: int = 0) -> None:
        super().__init__(intents=intents(), allowed_mentions=NOBODY, max_messages=None)
        self.desk = desk
        self.tree: app_commands.CommandTree[Any] = app_commands.CommandTree(self)
        self._only_in = discord.Object(guild) if guild else None
        add_commands(self.tree, desk)

    async def setup_hook(self) -> None:
        """Register the buttons; tell Discord the commands only where they differ from what it was told last."""
        self.add_dynamic_items(button_for(self.desk))
        if self._only_in is not None:
            self.tree.copy_global_to(guild=self._only_in)
        told = fingerprint(self.tree)
        place = f"commands of {self.application_id} in {self._only_in.id if self._only_in else 'all servers'}"
        if await self.desk.recall("discord", place) != told:
            await self.tree.sync(guild=self._only_in)
            await self.desk.keep("discord", place, told)
            log.info("commands_synced", place=place)

    async def on_message(self, message: discord.Message) -> None:
        """Answer direct messages, and messages that mention us."""
        if message.author.bot or self.user is None:
            return
        mentioned = any(user.id == self.user.id for user in message.mentions)
        if message.guild is not None and not mentioned:
            return
        words = message.content.replace(f"<@{self.user.id}>", " ").replace(f"<@!{self.user.id}>", " ")
        card = await self.desk.ask(words, writer_of(message))
        rendered = render(card)
        with suppress(discord.Forbidden, discord.NotFound):
            await message.channel.send(view=rendered.view, files=rendered.files, allowed_mentions=NOBODY)


class DiscordDoor:
    """The client, started and stopped; `platform` posts through it."""

    def __init__(self, settings: DiscordSettings, token: Secret, desk: Desk) -> None:
        if settings.api_base:
            Route.BASE = settings.api_base.rstrip("/")
        if settings.gateway_url:
            discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(settings.gateway_url)
        self._token = token
        self.client = SitrepClient(desk, guild=settings.guild)
        self.platform = DiscordPlatform(self.client)
        self._connection: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Log in and connect; a refused token is a `SettingsError` that names the setting."""
        try:
            await self.client.login(self._token.reveal())
        except discord.LoginFailure:
            raise SettingsError(
                "Discord refuses the token", subject="DISCORD_TOKEN", hint="copy it anew from the developer portal"
            ) from None
        self._connection = asyncio.create_task(self.client.connect())
        ready = asyncio.create_task(self.client.wait_until_ready())
        done, _ = await asyncio.wait({self._connection, ready}, timeout=_READY_SECONDS, return_when="FIRST_COMPLETED")
        if self._connection in done:
            ready.cancel()
            self._connection.result()
        log.info("discord_connected", ready=ready in done)

    async def stop(self) -> None:
        """Disconnect."""
        await self.client.close()
        if self._connection is not None:
            with suppress(Exception):
                await self._connection

    async def examine(self) -> tuple[Finding, ...]:
        """See `Door.examine`."""
        return await examine_discord(discord.Client(intents=intents()), self._token.reveal())
