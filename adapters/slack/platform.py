"""Slack as a platform: cards posted to channels with their key as metadata, updated in place."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError

from adapters.slack.clients import Clients
from adapters.slack.render import render
from bot.deliver.port import Topic
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
_LOOKED_AT = 15
"""Messages in one reading: all that an app which is distributed gets."""
_SKEW = 5.0
_MINUTE = 60.0
_NOT_SENT = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError)


class SlackPlatform:
    """Posts through a workspace's client, which must not repeat requests by itself.

    Slack has no idempotency key. Each message carries its delivery's key as metadata, and our own store says which
    deliveries began and did not end; only for such a one is the place read, from the moment of that attempt on, and not
    more often than `reads_per_minute`: until then it waits.
    """

    name = "slack"

    def __init__(self, clients: Clients, *, reads_per_minute: int = 1) -> None:
        self._clients = clients
        self._reads_per_minute = reads_per_minute
        self._next: dict[str, float] = {}
        self._reads: deque[float] = deque()
        self._limited: dict[str, float] = {}

    def parts(self, card: Card) -> int:
        """The card's message, and one for each piece that goes into its thread."""
        return 1 + len(render(card).thread)

    async def turn(self, destination: Destination) -> None:
        """Wait until the channel may be written to again."""
        now = time.monotonic()
        at = max(now, self._next.get(destination.channel, 0.0))
        self._next[destination.channel] = at + _SPACING
        await asyncio.sleep(at - now)

    async def send(
        self,
        destination: Destination,
        card: Card,
        *,
        key: str,
        part: int = 0,
        of: Posted | None = None,
        thread: str | None = None,
        topic: Topic | None = None,
        mention: str | None = None,
        silent: bool = False,
    ) -> Posted:
        """Post the card, or what does not fit into its thread; `mention` is a user group's id ("@…": a person's)."""
        del topic, silent  # Slack has no forums and no silent posts
        rendered = render(card)
        blocks = list(rendered.thread[part - 1] if part else rendered.blocks)
        if mention:
            named = f"<{mention}>" if mention.startswith("@") else f"<!subteam^{mention}>"
            blocks.insert(1, {"type": "section", "text": {"type": "mrkdwn", "text": named}})
        async with self._told(destination):
            client = await self._clients.of(destination.tenant)
            answer = await client.chat_postMessage(
                channel=destination.channel,
                text="More of this card" if part else rendered.text,
                blocks=blocks,
                metadata={"event_type": EVENT_TYPE, "event_payload": {"key": key, "part": part}},
                unfurl_links=False,
                unfurl_media=False,
                thread_ts=thread or (of.message if of is not None and part else None),
            )
        return Posted(channel=str(answer.get("channel") or destination.channel), message=str(answer["ts"]))

    async def open_thread(self, destination: Destination, posted: Posted, topic: Topic) -> str:
        """A message's thread goes by the message's own stamp."""
        del destination, topic
        return posted.message

    async def publish(self, destination: Destination, posted: Posted) -> None:
        """A channel of Slack's is followed by nobody else."""
        del destination, posted

    async def edit(self, destination: Destination, posted: Posted, card: Card) -> None:
        """Replace the card."""
        rendered = render(card)
        async with self._told(destination, editing=True):
            client = await self._clients.of(destination.tenant)
            await client.chat_update(
                channel=posted.channel, ts=posted.message, text=rendered.text, blocks=list(rendered.blocks)
            )

    async def find(
        self,
        destination: Destination,
        key: str,
        *,
        part: int = 0,
        since: datetime,
        of: Posted | None = None,
        thread: str | None = None,
    ) -> Posted | None:
        """Look for the key among what was posted there since the attempt."""
        under = thread or (of.message if of is not None and part else None)
        wanted: dict[str, Any] = {
            "channel": destination.channel if of is None else of.channel,
            "oldest": f"{since.timestamp() - _SKEW:.6f}",
            "limit": _LOOKED_AT,
            "include_all_metadata": True,
        }
        cursor: str | None = None
        while True:
            self._count_reading(destination)
            async with self._told(destination):
                client = await self._clients.of(destination.tenant)
                if under is not None:
                    answer = await client.conversations_replies(ts=under, cursor=cursor, **wanted)
                else:
                    answer = await client.conversations_history(cursor=cursor, **wanted)
            messages: list[dict[str, Any]] = answer.get("messages") or []
            for message in messages:
                if _key(message) == (key, part):
                    return Posted(channel=str(wanted["channel"]), message=str(message["ts"]))
            cursor = (answer.get("response_metadata") or {}).get("next_cursor") or None
            if not answer.get("has_more") or cursor is None:
                return None

    def _count_reading(self, destination: Destination) -> None:
        """Raises `TryLater` where the minute's readings are used up."""
        now = time.monotonic()
        while self._reads and now - self._reads[0] >= _MINUTE:
            self._reads.popleft()
        if len(self._reads) >= self._reads_per_minute:
            wait = self._reads[0] + _MINUTE - now
            raise TryLater(
                "it has to be found out whether this card got through, and Slack may not be read more often",
                subject=f"channel {destination.channel}",
                retry_after=wait,
            )
        self._reads.append(now)

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
                raise TryLater(
                    "Slack asks for patience", subject=where, retry_after=wait, wide=self._all_limited(destination)
                ) from None
            if editing and code in _NOT_EDITABLE:
                raise EditRefused(f"the posted card cannot be updated ({code})", subject=where) from None
            if code in _GONE:
                hint = "invite the app into the channel, or install it again"
                raise Undeliverable(f"Slack refuses posts there ({code})", subject=where, hint=hint) from None
            if status >= 500 or code in ("internal_error", "fatal_error", "service_unavailable", "request_timeout"):
                raise TryLater(f"Slack had a fault ({code or status})", subject=where, unsure=True) from None
            raise DeliveryError(f"Slack refused the card ({code or status})", subject=where) from None
        except _NOT_SENT:
            raise TryLater("Slack could not be reached", subject=where, wide=True) from None
        except (aiohttp.ClientError, OSError, TimeoutError):
            raise TryLater("Slack did not answer", subject=where, unsure=True) from None

    def _all_limited(self, destination: Destination) -> bool:
        """Whether the limit is the workspace's: another channel was told to wait a moment ago as well."""
        now = time.monotonic()
        others = [at for channel, at in self._limited.items() if channel != destination.channel and now - at < 2.0]
        self._limited = {channel: at for channel, at in self._limited.items() if now - at < _MINUTE}
        self._limited[destination.channel] = now
        return bool(others)


def _key(message: dict[str, Any]) -> tuple[str, int] | None:
    metadata = message.get("metadata") or {}
    if metadata.get("event_type") != EVENT_TYPE:
        return None
    payload = metadata.get("event_payload") or {}
    return str(payload.get("key")), int(payload.get("part") or 0)
