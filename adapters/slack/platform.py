"""Slack as a platform: cards posted to channels with their key as metadata, updated in place."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.render import Rendered, render
from bot.model.card import Card
from bot.model.delivery import Posted
from bot.model.errors import DeliveryError, EditRefused, TryLater, Undeliverable
from bot.model.subscription import Destination

EVENT_TYPE = "sitrep_delivery"
_GONE = frozenset(
    "channel_not_found not_in_channel is_archived account_inactive token_revoked invalid_auth not_authed missing_scope "
    "restricted_action team_access_not_granted ekm_access_denied org_login_required user_disabled cannot_dm_bot".split()
)
_NOT_EDITABLE = frozenset("message_not_found cant_update_message edit_window_closed is_inactive".split())
_SPACING = 1.05
"""Seconds between two messages in one channel: Slack takes about one a second."""
_LOOK_BACK = 15


class SlackPlatform:
    """Posts through a workspace's client.

    Slack has no idempotency key: each message carries its delivery's key as metadata, and a delivery that may have got
    through is looked for among the channel's last messages before it is sent again.
    """

    name = "slack"

    def __init__(self, client: AsyncWebClient) -> None:
        self._client = client
        self._next: dict[str, float] = {}

    async def send(
        self,
        destination: Destination,
        card: Card,
        *,
        key: str,
        thread: str | None = None,
        mention: str | None = None,
        silent: bool = False,
    ) -> Posted:
        """Post the card, and what does not fit into its thread; `mention` is a user group's id."""
        del silent  # Slack has no silent post
        rendered = render(card)
        blocks = list(rendered.blocks)
        if mention:
            blocks.insert(1, {"type": "section", "text": {"type": "mrkdwn", "text": f"<!subteam^{mention}>"}})
        async with self._told(destination):
            await self._turn(destination.channel)
            answer = await self._client.chat_postMessage(
                channel=destination.channel,
                text=rendered.text,
                blocks=blocks,
                metadata={"event_type": EVENT_TYPE, "event_payload": {"key": key}},
                unfurl_links=False,
                unfurl_media=False,
                thread_ts=thread,
            )
            stamp = str(answer["ts"])
            await self._follow(destination.channel, thread or stamp, rendered)
        return Posted(channel=destination.channel, message=stamp, thread=thread)

    async def _follow(self, channel: str, thread: str, rendered: Rendered) -> None:
        for blocks in rendered.thread:
            await self._turn(channel)
            await self._client.chat_postMessage(
                channel=channel, thread_ts=thread, text="More of this card", blocks=list(blocks), unfurl_links=False
            )

    async def edit(self, destination: Destination, posted: Posted, card: Card) -> None:
        """Replace the card."""
        rendered = render(card)
        async with self._told(destination, editing=True):
            await self._client.chat_update(
                channel=posted.channel, ts=posted.message, text=rendered.text, blocks=list(rendered.blocks)
            )

    async def find(self, destination: Destination, key: str) -> Posted | None:
        """Look among the channel's last messages for the key; only after a send whose end is not known."""
        async with self._told(destination):
            answer = await self._client.conversations_history(
                channel=destination.channel, limit=_LOOK_BACK, include_all_metadata=True
            )
        messages: list[dict[str, Any]] = answer.get("messages") or []
        for message in messages:
            if _key(message) == key:
                return Posted(channel=destination.channel, message=str(message["ts"]))
        return None

    async def _turn(self, channel: str) -> None:
        """Wait until the channel may be written to again."""
        now = time.monotonic()
        at = max(now, self._next.get(channel, 0.0))
        self._next[channel] = at + _SPACING
        await asyncio.sleep(at - now)

    @asynccontextmanager
    async def _told(self, destination: Destination, *, editing: bool = False) -> AsyncIterator[None]:
        """Slack's errors as ours."""
        where = f"channel {destination.channel}"
        try:
            yield
        except SlackApiError as error:
            code = str(error.response.get("error", "")) if error.response is not None else ""
            status = int(getattr(error.response, "status_code", 0) or 0)
            if code == "ratelimited" or status == 429:
                wait = float(error.response.headers.get("Retry-After", 1))
                raise TryLater("Slack asks for patience", subject=where, retry_after=wait) from None
            if editing and code in _NOT_EDITABLE:
                raise EditRefused(f"the posted card cannot be updated ({code})", subject=where) from None
            if code in _GONE:
                hint = "invite the app into the channel, or install it again"
                raise Undeliverable(f"Slack refuses posts there ({code})", subject=where, hint=hint) from None
            if status >= 500 or code in ("internal_error", "fatal_error", "service_unavailable", "request_timeout"):
                raise TryLater(f"Slack had a fault ({code or status})", subject=where) from None
            raise DeliveryError(f"Slack refused the card ({code or status})", subject=where) from None
        except (aiohttp.ClientError, OSError, TimeoutError):
            raise TryLater("Slack could not be reached", subject=where) from None


def _key(message: dict[str, Any]) -> str | None:
    metadata = message.get("metadata") or {}
    if metadata.get("event_type") != EVENT_TYPE:
        return None
    return str((metadata.get("event_payload") or {}).get("key"))
