"""How often each method may be called: Slack's tiers, kept somewhat below what Slack allows."""

from __future__ import annotations

from collections import OrderedDict

from aiolimiter import AsyncLimiter

_TIERS = {1: 1, 2: 20, 3: 50, 4: 100}
"""Calls a minute, by tier, for each method in each workspace."""
_SHARE = 0.9
_TIER_OF = {
    "apps.connections.open": 0,
    "auth.test": 0,
    "chat.postMessage": 0,  # about one a second a channel, which the platform keeps itself
    "chat.update": 3,
    "chat.getPermalink": 4,
    "chat.unfurl": 3,
    "conversations.history": 3,
    "conversations.replies": 3,
    "files.completeUploadExternal": 4,
    "files.getUploadURLExternal": 4,
    "assistant.threads.setStatus": 3,
    "assistant.threads.setSuggestedPrompts": 4,
    "oauth.v2.access": 4,
    "users.info": 4,
    "views.open": 4,
    "views.publish": 4,
    "views.push": 4,
    "views.update": 4,
}
_UNLISTED = 2
_MOST_KEPT = 20_000


def methods() -> frozenset[str]:
    """The methods whose tier is known: those that this program calls."""
    return frozenset(_TIER_OF)


class Budget:
    """Turns by workspace and method; whoever comes when there is none left waits for the next."""

    def __init__(self) -> None:
        self._held: OrderedDict[tuple[str, str], AsyncLimiter] = OrderedDict()

    async def turn(self, team: str, method: str) -> None:
        """Wait until the method may be called in the workspace."""
        tier = _TIER_OF.get(method, _UNLISTED)
        if tier == 0:
            return
        limiter = self._held.get((team, method))
        if limiter is None:
            limiter = self._held[team, method] = AsyncLimiter(max(1.0, _TIERS[tier] * _SHARE), 60.0)
            while len(self._held) > _MOST_KEPT:
                self._held.popitem(last=False)
        await limiter.acquire()
