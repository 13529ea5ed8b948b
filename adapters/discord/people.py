"""Who asks on Discord, from where, and with which rights."""

from __future__ import annotations

import discord

from bot.model.command import Asker


def asker_of(interaction: discord.Interaction[discord.Client]) -> Asker:
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
        direct=True,
    )
