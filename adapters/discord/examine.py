"""Whether Discord accepts the token and knows the application."""

from __future__ import annotations

import aiohttp
import discord

from bot.model.finding import Finding


async def examine_discord(client: discord.Client, token: str) -> tuple[Finding, ...]:
    """Log in without connecting and read the application; raises nothing that Discord or the network may answer."""
    try:
        await client.login(token)
        about = await client.application_info()
    except discord.LoginFailure:
        hint = "DISCORD_TOKEN: copy it anew from the developer portal"
        return (Finding("discord", "wrong", "Discord refuses the token", hint),)
    except (discord.HTTPException, aiohttp.ClientError, OSError, TimeoutError) as error:
        told = f"Discord cannot be asked ({type(error).__name__})"
        return (Finding("discord", "wrong", told, "check the network and Discord's status page"),)
    finally:
        await client.close()
    servers = about.approximate_guild_count
    found = [Finding("discord", "ok", f"the token is that of {about.name}; it is in about {servers} servers")]
    if not servers:
        found.append(Finding("discord", "warning", "it is in no server yet", "invite it: see docs/discord.md"))
    return tuple(found)
