"""Servers that come and go: a greeting where we may speak, and settings that wait for a while."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from contextlib import suppress

import aiohttp
import discord
import structlog

from adapters.discord.answers import NOBODY
from adapters.discord.render import render
from bot.model.errors import SitrepError
from bot.queries.desk import Desk
from bot.queries.guide import greeting

log = structlog.get_logger()

PLATFORM = "discord"
LOOK_SECONDS = 6 * 3600.0
"""How often the list of servers is asked for without a gateway."""


def tenant_of(guild: int) -> str:
    """The name under which a server's things are kept."""
    return f"{PLATFORM}:{guild}"


async def joined(guild: discord.Guild, desk: Desk) -> None:
    """Greet a server that has invited us; where it had us before, its settings go on."""
    back = await desk.tenant_came(tenant_of(guild.id))
    channel = speaking_channel(guild)
    if channel is None:
        return
    rendered = render(greeting(back=back))
    with suppress(discord.Forbidden, discord.NotFound):
        await channel.send(view=rendered.view, files=rendered.files, allowed_mentions=NOBODY)


def speaking_channel(guild: discord.Guild) -> discord.TextChannel | None:
    """Where a greeting may go: the channel for system messages, or the first in which we may speak."""
    candidates = [guild.system_channel] if guild.system_channel else []
    candidates += sorted(guild.text_channels, key=lambda channel: (channel.position, channel.id))
    for channel in candidates:
        may = channel.permissions_for(guild.me)
        if may.view_channel and may.send_messages:
            return channel
    return None


async def left(guild: discord.Guild, desk: Desk) -> None:
    """A server has removed us."""
    await desk.tenant_left(tenant_of(guild.id))


async def look_round(client: discord.AutoShardedClient, desk: Desk, present: Iterable[int]) -> None:
    """Notice who has removed us, or invited us again, while we did not look; `present` are the servers that have us.

    Only servers of this process's shards are judged.
    """
    here = {tenant_of(guild) for guild in present}
    for tenant in await desk.tenants_absent(PLATFORM, here):
        guild = tenant.removeprefix(f"{PLATFORM}:")
        if guild.isdecimal() and _is_ours(client, int(guild)):
            await desk.tenant_left(tenant)
    for tenant in here.intersection(await desk.tenants_departed(PLATFORM)):
        await desk.tenant_came(tenant)


async def keep_looking(client: discord.AutoShardedClient, desk: Desk, *, every: float = LOOK_SECONDS) -> None:
    """Where no gateway tells who comes and goes, ask for the list of servers now and again, until cancelled."""
    while True:
        try:
            await look_round(client, desk, [guild.id async for guild in client.fetch_guilds(limit=None)])
        except (discord.DiscordException, aiohttp.ClientError, OSError, SitrepError) as error:
            log.warning("servers_not_listed", error=type(error).__name__)
        await asyncio.sleep(every)


def _is_ours(client: discord.AutoShardedClient, guild: int) -> bool:
    """Whether a server's events would come to this process."""
    count = client.shard_count or 1
    return client.shard_ids is None or (guild >> 22) % count in client.shard_ids
