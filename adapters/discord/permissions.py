"""Which permissions Sitrep needs in a server, what each is for, and which are missing."""

from __future__ import annotations

import discord
import msgspec


class Need(msgspec.Struct, frozen=True, kw_only=True):
    """One permission: discord.py's name, Discord's own, and what it is for. `invited`: part of the invitation link."""

    flag: str
    name: str
    what_for: str
    invited: bool = True


NEEDS: tuple[Need, ...] = (
    Need(flag="view_channel", name="View Channels", what_for="to see the channel at all"),
    Need(flag="send_messages", name="Send Messages", what_for="to post cards"),
    Need(flag="embed_links", name="Embed Links", what_for="to show the pictures of cards"),
    Need(flag="attach_files", name="Attach Files", what_for="to post charts, exports and what does not fit a card"),
    Need(
        flag="read_message_history",
        name="Read Message History",
        what_for="to find its own cards and open threads on them",
    ),
    Need(flag="create_public_threads", name="Create Public Threads", what_for="to keep each event in a thread"),
    Need(flag="send_messages_in_threads", name="Send Messages in Threads", what_for="to post in those threads"),
    Need(
        flag="mention_everyone",
        name="Mention Everyone",
        what_for="to mention a role that not everybody may mention (only with channel mentions)",
        invited=False,
    ),
    Need(
        flag="manage_channels",
        name="Manage Channels",
        what_for="to make tags in a forum (only with channel threads forum)",
        invited=False,
    ),
)


def invitation() -> discord.Permissions:
    """The permissions of the invitation link."""
    return discord.Permissions(**{need.flag: True for need in NEEDS if need.invited})


def lacking(granted: discord.Permissions) -> tuple[str, ...]:
    """What is missing in a place, in words, as (permission, what for) in one line each."""
    if granted.administrator:
        return ()
    return tuple(f"{need.name}: {need.what_for}" for need in NEEDS if not getattr(granted, need.flag))
