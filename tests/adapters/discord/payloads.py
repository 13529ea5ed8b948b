"""Interactions as Discord sends them, over the gateway and over HTTP alike."""

from __future__ import annotations

import itertools
from typing import Any

APPLICATION, GUILD, CHANNEL, USER = "900", "500", "600", "700"
_ids = itertools.count(1000)


def person(*, manages: bool = False, guild: str = GUILD) -> dict[str, Any]:
    """A member of a server, with Manage Server or without."""
    user = {"id": USER, "username": "alice", "discriminator": "0", "avatar": None, "global_name": None}
    return {
        "member": {
            "user": user,
            "roles": [],
            "joined_at": "2020-01-01T00:00:00Z",
            "deaf": False,
            "mute": False,
            "flags": 0,
            "permissions": str(1 << 5 if manages else 0),
        },
        "guild_id": guild,
        "guild": {"id": guild, "locale": "en-US", "features": []},
        "context": 0,
        "authorizing_integration_owners": {"0": guild},
    }


def alone(context: int) -> dict[str, Any]:
    """Somebody outside of servers that know us: in our direct messages (1), or another's (2), or a strange server (0)."""
    user = {"id": USER, "username": "alice", "discriminator": "0", "avatar": None, "global_name": None}
    owners = {"authorizing_integration_owners": {"1": USER}, "context": context}
    if context == 0:
        return {**person(manages=True), **owners}
    return {"user": user, **owners}


def interaction(kind: int, data: dict[str, Any], who: dict[str, Any], **more: Any) -> dict[str, Any]:
    """One interaction of a kind (2 command, 3 component, 4 completion, 5 form)."""
    in_server = "guild_id" in who
    number = str(next(_ids))
    return {
        "id": number,
        "application_id": APPLICATION,
        "type": kind,
        "token": f"token-{number}",
        "version": 1,
        "locale": "en-US",
        "entitlements": [],
        "app_permissions": str(1 << 11),
        "attachment_size_limit": 26214400,
        "channel_id": CHANNEL,
        "channel": {
            "id": CHANNEL,
            "type": 0 if in_server else 1,
            "guild_id": GUILD,
            "name": "news",
            "permissions": "0",
            "position": 0,
        }
        if in_server
        else {"id": CHANNEL, "type": 1, "recipients": []},
        "data": data,
        **who,
        **more,
    }


def slash(root: str, verb: str, **options: Any) -> dict[str, Any]:
    """What somebody typed as a slash command."""
    given = [
        {"name": name, "type": 5 if isinstance(value, bool) else 3, "value": value} for name, value in options.items()
    ]
    return {"id": "1", "name": root, "type": 1, "options": [{"name": verb, "type": 1, "options": given}]}


def message_of(data: dict[str, Any]) -> dict[str, Any]:
    """The message that an answer has become."""
    author = {"id": APPLICATION, "username": "sitrep", "discriminator": "0", "avatar": None}
    empty: dict[str, Any] = {"attachments": [], "embeds": [], "mentions": [], "mention_roles": []}
    state = {
        "edited_timestamp": None,
        "tts": False,
        "mention_everyone": False,
        "pinned": False,
        "type": 0,
        "content": "",
    }
    where = {"id": str(next(_ids)), "channel_id": CHANNEL, "author": author, "timestamp": "2023-10-20T12:00:00Z"}
    return {**where, **empty, **state, "flags": data["flags"], "components": data["components"]}
