"""How often each method may be called: Slack's tiers, kept somewhat below what Slack allows."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable

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
    """Turns by workspace and method; whoever comes when there is none left waits for the next.

    `shared_by` tells how many nodes share what Slack allows the app: each takes an equal part.
    """

    def __init__(self, *, shared_by: Callable[[], int] = lambda: 1) -> None:
        self._shared_by = shared_by
        self._held: OrderedDict[tuple[str, str], AsyncLimiter] = OrderedDict()

    def rate(self, method: str) -> float | None:
        """Calls a minute of a method in a workspace that this node may make; None for those that it need not count."""
        tier = _TIER_OF.get(method, _UNLISTED)
        return max(1.0, _TIERS[tier] * _SHARE / max(1, self._shared_by())) if tier else None

    async def turn(self, team: str, method: str) -> None:
        """Wait until the method may be called in the workspace."""
        rate = self.rate(method)
        if rate is None:
            return
        limiter = self._held.get((team, method))
        if limiter is None or limiter.max_rate != rate:  # nodes come and go
            limiter = self._held[team, method] = AsyncLimiter(rate, 60.0)
            while len(self._held) > _MOST_KEPT:
                self._held.popitem(last=False)
        await limiter.acquire()
