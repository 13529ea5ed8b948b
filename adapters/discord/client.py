"""The Discord door: a client without privileged intents that passes words to the desk and cards back."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import discord
import structlog
import yarl
from aiohttp import web
from discord.http import Route

from adapters.discord import servers
from adapters.discord.answers import NOBODY, SOON, Answers
from adapters.discord.arrival import PAUSE, Arrivals
from adapters.discord.budget import Budget
from adapters.discord.commands import Tree, add_commands
from adapters.discord.examine import examine_discord
from adapters.discord.incoming import Incoming, Signatures
from adapters.discord.menus import add_menus
from adapters.discord.people import Rights
from adapters.discord.platform import DiscordPlatform
from adapters.discord.render import render
from adapters.discord.views import items_for
from bot.model.errors import SettingsError
from bot.model.finding import Finding
from bot.queries.completion import Completions
from bot.queries.desk import Desk
from bot.settings import DiscordSettings, Secret
from bot.work.node import Fleet

log = structlog.get_logger()
_READY_SECONDS = 30.0


def intents() -> discord.Intents:
    """Servers, and messages: direct ones and those that mention us carry content without the privileged intent."""
    wanted = discord.Intents.none()
    wanted.guilds = wanted.guild_messages = wanted.dm_messages = True
    return wanted


def _shards(settings: DiscordSettings) -> dict[str, Any]:
    """Which shards this process runs, in discord.py's words."""
    if not settings.shards:
        return {"shard_count": settings.shard_count or None}
    if not all(0 <= shard < settings.shard_count for shard in settings.shards):
        raise SettingsError(
            "a shard is numbered from 0 and below the count of them all",
            subject=f"discord.shards {list(settings.shards)}, discord.shard_count {settings.shard_count}",
            hint="set the same shard_count in every process, and different shards in each",
        )
    return {"shard_count": settings.shard_count, "shard_ids": list(settings.shards)}


class SitrepClient(discord.AutoShardedClient):
    """Commands, buttons, menus, forms, direct messages and mentions; all of it answered by the desk."""

    def __init__(self, desk: Desk, settings: DiscordSettings | None = None, fleet: Fleet | None = None) -> None:
        chosen = settings or DiscordSettings()
        fleet = fleet or Fleet(shared=False)
        discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False  # it never speaks
        super().__init__(
            intents=intents(),
            allowed_mentions=NOBODY,
            max_messages=None,
            guild_ready_timeout=PAUSE,
            http_trace=Budget(shared_by=fleet.count).trace(),
            activity=discord.CustomActivity(chosen.presence) if chosen.presence else None,
            **_shards(chosen),
        )
        self.desk = desk
        Arrivals(self._connection)
        # With shards of its own a process answers what comes to them; without, all of it comes to every node.
        self._answers_it = fleet.answers if not chosen.shards else lambda: True
        for event in ("INTERACTION_CREATE", "MESSAGE_CREATE"):
            self._connection.parsers[event] = self._for_one(self._connection.parsers[event])
        desk.owns["discord"] = self._owns
        self.tree = Tree(self)
        self.rights = Rights(self)
        self.answers = Answers(desk, self.rights)
        self.tree.answers = self.answers
        self.completions = Completions(desk.suggest)
        self._only_in = discord.Object(chosen.guild) if chosen.guild else None
        add_commands(self.tree, self.answers, self.completions)
        add_menus(self.tree, self.answers)

    def _for_one(self, take: Callable[[Any], None]) -> Callable[[Any], None]:
        """Take what the gateway brings where it is for this node to answer; another one has it, too."""

        def taken(data: Any) -> None:
            if self._answers_it():
                take(data)

        return taken

    def _owns(self, tenant: str, channel: str) -> bool:
        """Whether a channel or thread is of a tenant's server."""
        guild = self.get_guild(int(tenant.rpartition(":")[2])) if tenant.rpartition(":")[2].isdecimal() else None
        return guild is not None and channel.isdecimal() and guild.get_channel_or_thread(int(channel)) is not None

    async def setup_hook(self) -> None:
        """Register the buttons; tell Discord the commands only where they differ from what it was told last."""
        self.add_dynamic_items(*items_for(self.answers))
        if self._only_in is not None:
            self.tree.copy_global_to(guild=self._only_in)
        told = self.tree.fingerprint()
        place = f"commands of {self.application_id} in {self._only_in.id if self._only_in else 'all servers'}"
        if await self.desk.recall("discord", place) != told:
            await self.tree.tell(self._only_in)
            await self.desk.keep("discord", place, told)
            log.info("commands_synced", place=place)

    async def close(self) -> None:
        """Disconnect, and end what is still being looked up."""
        await self.completions.close()
        await super().close()

    async def on_interaction(self, interaction: discord.Interaction[Any]) -> None:
        """Take the forms that are handed in; discord.py answers all else through the tree and the buttons."""
        if interaction.type is discord.InteractionType.modal_submit:
            await self.answers.form(interaction)

    async def on_message(self, message: discord.Message) -> None:
        """Answer direct messages, and messages that mention us; typing is shown where it takes a moment."""
        if message.author.bot or self.user is None:
            return
        mentioned = any(user.id == self.user.id for user in message.mentions)
        if message.guild is not None and not mentioned:
            return
        words = message.content.replace(f"<@{self.user.id}>", " ").replace(f"<@!{self.user.id}>", " ")
        with suppress(discord.Forbidden, discord.NotFound):
            work = asyncio.create_task(self.answers.written(words, message))
            await asyncio.wait({work}, timeout=SOON)
            if not work.done():
                async with message.channel.typing():
                    await work
            rendered = render(await work)
            await message.channel.send(view=rendered.view, files=rendered.files, allowed_mentions=NOBODY)

    async def on_ready(self) -> None:
        """Find out which servers removed us, or invited us again, while we were away."""
        await servers.look_round(self, self.desk, [guild.id for guild in self.guilds])

    async def on_guild_join(self, guild: discord.Guild) -> None:
        """Greet a server."""
        if self._answers_it():
            await servers.joined(guild, self.desk)

    async def on_guild_remove(self, guild: discord.Guild) -> None:
        """Let a server's settings rest."""
        await servers.left(guild, self.desk)

    async def on_raw_app_command_permissions_update(self, told: discord.RawAppCommandPermissionsUpdateEvent) -> None:
        """A server has changed who may give which command."""
        self.rights.forget(told.guild.id)


class DiscordDoor:
    """The client, started and stopped; `platform` posts through it."""

    def __init__(self, settings: DiscordSettings, token: Secret, desk: Desk, fleet: Fleet | None = None) -> None:
        if settings.api_base:
            Route.BASE = settings.api_base.rstrip("/")
        if settings.gateway_url:
            discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(settings.gateway_url)
        self._token = token
        self._gateway = settings.gateway
        self._public_key = settings.public_key
        self.client = SitrepClient(desk, settings, fleet)
        self.platform = DiscordPlatform(self.client)
        self._connection: asyncio.Task[None] | None = None
        self._desk = desk
        self._looking: asyncio.Task[None] | None = None

    def http_routes(self) -> list[web.RouteDef]:
        """The way in over HTTP, where a public key is set."""
        return [Incoming(self.client, Signatures(self._public_key)).route()] if self._public_key else []

    async def start(self) -> None:
        """Log in and connect; a refused token is a `SettingsError` that names the setting.

        Without a gateway (`discord.gateway = false`) interactions come in over HTTP, and posts go out all the same.
        """
        try:
            await self.client.login(self._token.reveal())
        except discord.LoginFailure:
            raise SettingsError(
                "Discord refuses the token", subject="DISCORD_TOKEN", hint="copy it anew from the developer portal"
            ) from None
        except BaseException:
            # Whoever tries again begins anew: discord.py would leave its connections open.
            await self.client.http.close()
            self.client.http.connector = discord.utils.MISSING
            raise
        if not self._gateway:
            self._looking = asyncio.create_task(servers.keep_looking(self.client, self._desk))
            log.info("discord_ready", gateway=False)
            return
        self._connection = asyncio.create_task(self.client.connect())
        ready = asyncio.create_task(self.client.wait_until_ready())
        done, _ = await asyncio.wait({self._connection, ready}, timeout=_READY_SECONDS, return_when="FIRST_COMPLETED")
        if self._connection in done:
            ready.cancel()
            self._connection.result()
        log.info("discord_connected", ready=ready in done)

    async def stop(self) -> None:
        """Disconnect."""
        if self._looking is not None:
            self._looking.cancel()
            with suppress(asyncio.CancelledError):
                await self._looking
        await self.client.close()
        if self._connection is not None:
            with suppress(Exception):
                await self._connection

    async def examine(self) -> tuple[Finding, ...]:
        """See `Door.examine`."""
        return await examine_discord(discord.Client(intents=intents()), self._token.reveal())
