"""Which scopes the app needs, and what for: the manifests ask for these and no more."""

from __future__ import annotations

SCOPES = {
    "app_mentions:read": "to see messages that mention it, in channels it is in",
    "assistant:write": "to offer questions in its message tab, and show there that it is at work on an answer",
    "channels:history": "to look for a card whose posting was interrupted, in public channels",
    "chat:write": "to post cards, update them, and answer",
    "commands": "for the slash command and the shortcuts",
    "files:write": "to show charts, and to hand over exports",
    "groups:history": "to look for a card whose posting was interrupted, in private channels",
    "im:history": "to read what is written to it directly",
    "links:read": "to see links to its evidence pages where somebody posts one",
    "links:write": "to tell beside such a link what its page says",
    "users:read": "to know whether somebody is an admin, and their time zone",
}
