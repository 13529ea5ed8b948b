"""Who asks on Slack, and with which rights: looked up on the server side, kept for a few minutes."""

from __future__ import annotations

import time
from collections import OrderedDict
from typing import Any

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.model.command import Asker

_KEPT_SECONDS = 300.0
_MOST = 5000


class People:
    """The workspace's people as far as their rights and zones go."""

    def __init__(self) -> None:
        self._known: OrderedDict[tuple[str, str], tuple[float, bool, str]] = OrderedDict()

    async def asker(
        self,
        client: AsyncWebClient,
        *,
        team: str,
        user: str,
        channel: str | None,
        direct: bool = False,
        rights: bool = True,
    ) -> Asker:
        """The person; admins and owners of the workspace may manage. Guests, people of other workspaces in a shared
        channel, and somebody who cannot be looked up may not.

        They are a group of their own, so that a channel's managers can be named one by one. Without `rights` nothing is
        looked up: a question needs neither rights nor a zone (Slack shows times in each reader's own).
        """
        manages, zone = await self._rights(client, team, user) if rights else (False, "UTC")
        return Asker(
            platform="slack",
            tenant=f"slack:{team}",
            user=user,
            channel=channel,
            may_manage=manages,
            groups=(user,),
            zone=zone,
            direct=direct,
        )

    def forget(self, team: str) -> None:
        """Forget what is known of a workspace's people."""
        for key in [key for key in self._known if key[0] == team]:
            del self._known[key]

    async def _rights(self, client: AsyncWebClient, team: str, user: str) -> tuple[bool, str]:
        held = self._known.get((team, user))
        if held is not None and time.monotonic() - held[0] < _KEPT_SECONDS:
            return held[1], held[2]
        try:
            found = (await client.users_info(user=user)).get("user") or {}
        except SlackApiError:
            return False, "UTC"
        manages = bool(found.get("is_admin") or found.get("is_owner")) and _of_the_house(found, team)
        zone = str(found.get("tz") or "UTC")
        self._known[team, user] = (time.monotonic(), manages, zone)
        while len(self._known) > _MOST:
            self._known.popitem(last=False)
        return manages, zone


def _of_the_house(found: dict[str, Any], team: str) -> bool:
    """Whether a person is a full member of the workspace: no guest, and not met in a channel shared with another."""
    if found.get("is_restricted") or found.get("is_ultra_restricted") or found.get("is_stranger"):
        return False
    teams = {found.get("team_id"), *((found.get("enterprise_user") or {}).get("teams") or ())} - {None}
    return not teams or team in teams
