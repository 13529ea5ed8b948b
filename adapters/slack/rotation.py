"""Renewing a workspace's token once, whoever needs it first: what one is renewed with is good for a single time."""

from __future__ import annotations

import asyncio
import secrets
import time
from typing import Protocol

import structlog
from slack_sdk.errors import SlackTokenRotationError
from slack_sdk.oauth.installation_store import Installation
from slack_sdk.oauth.token_rotation.async_rotator import AsyncTokenRotator
from slack_sdk.web.async_client import AsyncWebClient

from bot.queries.desk import Desk
from bot.settings import Tokens

log = structlog.get_logger()

ROTATE_BEFORE = 120
"""Minutes before a token's end at which it is renewed."""
RENEWING = "slack renewing"
ANSWER_SECONDS = 10
HELD_SECONDS = 30.0
"""How long others leave a renewal to whoever has begun it: it may have died meanwhile."""
_LOOK_AGAIN = 0.2
_WAIT_SECONDS = HELD_SECONDS + 5.0


class Kept(Protocol):
    """Where installations are kept, for all nodes."""

    async def async_save(self, installation: Installation) -> None:
        """Keep an installation in the place of what was kept."""
        ...

    async def async_find_installation(
        self, *, enterprise_id: str | None, team_id: str | None, is_enterprise_install: bool | None = False
    ) -> Installation | None:
        """What is kept of a workspace, or of its organisation."""
        ...


class SharedRotator(AsyncTokenRotator):
    """Renews tokens for all who share the store: one at a time does, and the others read what came of it.

    Both ways to a token go through here: posts', and that of Bolt for what comes in.
    """

    def __init__(self, kept: Kept, desk: Desk, tokens: Tokens, *, base_url: str) -> None:
        assert tokens.slack_client_id is not None and tokens.slack_client_secret is not None  # the assembly has looked
        super().__init__(
            client_id=tokens.slack_client_id.reveal(),
            client_secret=tokens.slack_client_secret.reveal(),
            client=AsyncWebClient(base_url=base_url, timeout=ANSWER_SECONDS),
        )
        self._kept = kept
        self._desk = desk

    async def perform_token_rotation(
        self, *, installation: Installation, minutes_before_expiration: int = ROTATE_BEFORE
    ) -> Installation | None:
        """The installation with its new token; None where the one that it has is good for longer, or must do for now.

        Raises `SlackTokenRotationError` where it has ended and cannot be renewed.
        """
        if not _due(installation, minutes_before_expiration):
            return None
        name = f"{installation.enterprise_id or '-'} {installation.team_id or '-'}"
        holder, until = secrets.token_hex(8), time.monotonic() + _WAIT_SECONDS
        while not await self._desk.hold(RENEWING, name, holder, seconds=HELD_SECONDS):
            if time.monotonic() > until:
                return None
            await asyncio.sleep(_LOOK_AGAIN)
        try:
            return await self._renewed(installation, minutes_before_expiration)
        finally:
            await self._desk.let_go(RENEWING, name, holder)

    async def _renewed(self, installation: Installation, minutes: int) -> Installation | None:
        held = await self._kept.async_find_installation(
            enterprise_id=installation.enterprise_id,
            team_id=installation.team_id,
            is_enterprise_install=installation.is_enterprise_install,
        )
        if held is None or not _due(held, minutes):
            return held  # it is gone, or another has renewed it
        try:
            renewed: Installation | None = await super().perform_token_rotation(
                installation=held, minutes_before_expiration=minutes
            )
        except SlackTokenRotationError as error:
            if (held.bot_token_expires_at or 0) <= time.time():
                raise
            log.warning("token_not_renewed", team=held.team_id or held.enterprise_id, error=why(error))
            return None
        if renewed is not None:
            await self._kept.async_save(renewed)
        return renewed


def why(error: SlackTokenRotationError) -> str:
    """Slack's word for why a token could not be renewed."""
    return str(error.api_error.response.get("error") or "no reason given")


def _due(installation: Installation, minutes: int) -> bool:
    """Whether a token of an installation ends within so many minutes."""
    ends = [at for at in (installation.bot_token_expires_at, installation.user_token_expires_at) if at is not None]
    return bool(ends) and min(ends) <= time.time() + 60 * minutes
