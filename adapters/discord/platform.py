"""Discord as a platform: cards posted to channels, edited in place."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import aiohttp
import discord

from adapters.discord.answers import NOBODY
from adapters.discord.render import render
from bot.model.card import Card
from bot.model.delivery import Posted
from bot.model.errors import DeliveryError, EditRefused, TryLater, Undeliverable
from bot.model.subscription import Destination

_GONE = {10003, 10004, 50001, 50007, 50013, 50083}
"""Unknown channel or server, missing access, closed direct messages, missing permission, archived thread."""
_NOT_EDITABLE = {10008, 30046, 20022, 50005}
"""Unknown message, too many edits of an old one, edit limit of announcements, another author's."""


class DiscordPlatform:
    """Posts through a client's connection. A repeated `key` is dropped by Discord for a few minutes (nonce)."""

    name = "discord"

    def __init__(self, client: discord.Client) -> None:
        self._client = client

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
        """Post the card; mentions are closed but for the one role that is meant."""
        channel = self._client.get_partial_messageable(int(thread or destination.channel))
        rendered = render(card, mention=mention)
        roles = [discord.Object(int(mention))] if mention else False
        with _told(destination):
            message = await channel.send(
                view=rendered.view,
                files=rendered.files,
                nonce=key,
                silent=silent,
                allowed_mentions=discord.AllowedMentions(everyone=False, users=False, roles=roles, replied_user=False),
            )
        return Posted(channel=destination.channel, message=str(message.id), thread=thread)

    async def edit(self, destination: Destination, posted: Posted, card: Card) -> None:
        """Replace the card; mentions stay closed, since an edit reads them anew."""
        channel = self._client.get_partial_messageable(int(posted.thread or posted.channel))
        rendered = render(card)
        with _told(destination, editing=True):
            await channel.get_partial_message(int(posted.message)).edit(
                view=rendered.view, attachments=rendered.files, allowed_mentions=NOBODY
            )

    async def find(self, destination: Destination, key: str) -> Posted | None:
        """Nothing is looked up: Discord drops the repeated nonce and answers with the message that stands."""
        del destination, key
        return None


@contextmanager
def _told(destination: Destination, *, editing: bool = False) -> Iterator[None]:
    """Discord's errors as ours."""
    where = f"channel {destination.channel}"
    try:
        yield
    except discord.DiscordServerError as error:
        raise TryLater(f"Discord had a fault ({error.status})", subject=where) from None
    except discord.RateLimited as error:
        raise TryLater("Discord asks for patience", subject=where, retry_after=error.retry_after) from None
    except discord.HTTPException as error:
        if editing and error.code in _NOT_EDITABLE:
            raise EditRefused("the posted card cannot be edited any more", subject=where) from None
        if error.code in _GONE or error.status in (401, 403, 404):
            hint = "invite the bot again, or give it View Channel and Send Messages there"
            raise Undeliverable(f"Discord refuses posts there ({error.code})", subject=where, hint=hint) from None
        if error.status == 429:
            raise TryLater("Discord asks for patience", subject=where, retry_after=5.0) from None
        raise DeliveryError(f"Discord refused the card ({error.status}, {error.code})", subject=where) from None
    except (aiohttp.ClientError, OSError, TimeoutError):
        raise TryLater("Discord could not be reached", subject=where) from None
