"""Who asks on Discord, from where, and with which rights."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

import discord
import msgspec
import structlog

from adapters.discord.permissions import lacking
from bot.model.command import Asker, Root
from bot.queries.forms import for_everybody

log = structlog.get_logger()

KEPT_SECONDS = 300.0
_ROLE, _USER = 1, 2
_Overrides = Sequence[dict[str, Any]]


def asker_of(interaction: discord.Interaction[Any]) -> Asker:
    """The person behind an interaction; rights are those that Discord sends along with this very interaction."""
    # Where only a person has installed us, the server is none of ours: its settings and feeds are not theirs to see.
    only_users = interaction.is_user_integration() and not interaction.is_guild_integration()
    in_server = interaction.guild_id is not None and not only_users
    return Asker(
        platform="discord",
        tenant=f"discord:{interaction.guild_id}" if in_server else f"discord:dm:{interaction.user.id}",
        user=str(interaction.user.id),
        channel=str(interaction.channel_id) if interaction.channel_id is not None else None,
        may_manage=in_server and interaction.permissions.manage_guild,
        groups=_roles(interaction.user) if in_server else (),
        lacks=lacking(interaction.app_permissions) if in_server else None,
        locale=str(interaction.locale),
    )


def writer_of(message: discord.Message) -> Asker:
    """The person who wrote a message to us."""
    guild = message.guild
    member = message.author if isinstance(message.author, discord.Member) else None
    return Asker(
        platform="discord",
        tenant=f"discord:{guild.id}" if guild else f"discord:dm:{message.author.id}",
        user=str(message.author.id),
        channel=str(message.channel.id),
        may_manage=member is not None and member.guild_permissions.manage_guild,
        groups=_roles(message.author),
        lacks=lacking(message.channel.permissions_for(guild.me)) if guild else None,
        direct=True,
        alone=guild is None,
    )


def _roles(person: discord.abc.User) -> tuple[str, ...]:
    """The ids of somebody's roles, also of those that are not in the cache (there is none without a gateway)."""
    held = getattr(person, "_roles", ())
    return tuple(str(role) for role in held)


class Rights:
    """Who may give which command: what Discord says of the person, and what a server has set for our commands.

    A server can give `/feeds` or `/channel` to roles and people in its Integrations settings. Discord checks that for
    slash commands; buttons, menus and messages are checked here, by the same settings, kept for `KEPT_SECONDS`.
    """

    def __init__(self, client: discord.Client, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._client = client
        self._clock = clock
        self._ids: dict[str, int] = {}
        self._kept: dict[tuple[int, int], tuple[float, _Overrides]] = {}

    async def of(self, asker: Asker, root: Root, guild: int | None) -> Asker:
        """The asker, with the rights that the server's settings for this root give them."""
        if asker.may_manage or for_everybody(root) or guild is None or asker.tenant != f"discord:{guild}":
            return asker
        try:
            allowed = await self._allowed(asker, root, guild)
        except discord.HTTPException as error:
            log.warning("command_permissions_unknown", status=error.status)
            return asker
        return msgspec.structs.replace(asker, may_manage=True) if allowed else asker

    async def _allowed(self, asker: Asker, root: Root, guild: int) -> bool:
        """Whether the root's own settings name the person, or a role of theirs.

        What is given to the whole application opens no command that asks for Manage Server.
        """
        application = self._client.application_id
        command = await self._id_of(root, application) if application is not None else None
        if application is None or command is None:
            return False
        return _named(await self._overrides(application, guild, command), asker, guild)

    async def _id_of(self, root: Root, application: int) -> int | None:
        if root not in self._ids:
            told = await self._client.http.get_global_commands(application)
            self._ids = {command["name"]: int(command["id"]) for command in told}
        return self._ids.get(root)

    async def _overrides(self, application: int, guild: int, target: int) -> _Overrides:
        held = self._kept.get((guild, target))
        if held is not None and self._clock() - held[0] < KEPT_SECONDS:
            return held[1]
        try:
            told = await self._client.http.get_application_command_permissions(application, guild, target)
            overrides: _Overrides = [dict(entry) for entry in told["permissions"]]
        except discord.NotFound:
            overrides = ()
        self._kept[guild, target] = (self._clock(), overrides)
        return overrides

    def forget(self, guild: int) -> None:
        """The server has changed its settings."""
        for key in [key for key in self._kept if key[0] == guild]:
            del self._kept[key]


def _named(overrides: _Overrides, asker: Asker, guild: int) -> bool:
    """Whether overrides allow a person: what is said of themselves comes before their roles, those before everybody."""
    of_user = [o["permission"] for o in overrides if int(o["type"]) == _USER and str(o["id"]) == asker.user]
    of_roles = [o["permission"] for o in overrides if int(o["type"]) == _ROLE and str(o["id"]) in asker.groups]
    of_all = [o["permission"] for o in overrides if int(o["type"]) == _ROLE and int(o["id"]) == guild]
    if of_user:
        return all(of_user)
    return any(of_roles) if of_roles else bool(of_all) and all(of_all)
