"""Discord as a platform: cards posted to channels, threads and forums, and edited in place."""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import aiohttp
import discord
import msgspec
from discord import ui

from adapters.discord import limits
from adapters.discord.answers import NOBODY
from adapters.discord.render import Rendered, render
from bot.deliver.port import Topic
from bot.model.card import Card
from bot.model.delivery import Posted
from bot.model.errors import DeliveryError, EditRefused, TryLater, Undeliverable
from bot.model.legible import one_line, shortened
from bot.model.subscription import Destination

_GONE = {10003, 10004, 50001, 50007, 50013, 50083, 50278}
"""Unknown channel or server, missing access, closed direct messages, missing permission, archived thread, strangers."""
_NOT_EDITABLE = {10008, 30046, 20022, 50005, 50083}
"""Unknown message, too many edits of an old one, edit limit of announcements, another author's, archived thread."""
_MALFORMED = 50035
"""Something in the message is not as Discord takes it: a picture's address is the one thing that is a stranger's."""
_THREAD_STANDS = 160004
_PUBLISHED = 40033
_PUBLISHES = "only cards of an announcement channel can be: channel format crosspost:no"
_NONCE_SECONDS = 120.0
"""For how long Discord is trusted to know a nonce again; its documentation says "a few minutes"."""
_SKEW = timedelta(seconds=10)
_LOOK_BACK = 100
_PER_SECOND = 45
"""Messages a second over all channels: Discord takes 50 requests, and answers need some."""


class DiscordPlatform:
    """Posts through a client's connection.

    A repeated key is dropped by Discord for a few minutes (nonce). Each card carries its key in the id of its container
    as well: later than that, and in forums, where there are no nonces, it is looked for among our own posts.
    """

    name = "discord"

    def __init__(self, client: discord.Client) -> None:
        self._client = client
        self._next = 0.0
        self._forums: dict[int, discord.ForumChannel | None] = {}

    def parts(self, card: Card) -> int:
        """One message: what does not fit goes along as a file."""
        del card
        return 1

    async def turn(self, destination: Destination) -> None:
        """Wait for the pace over all channels; single channels' limits are known to the client."""
        del destination
        now = time.monotonic()
        at = max(now, self._next)
        self._next = at + 1 / _PER_SECOND
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
        """Post the card; mentions are closed but for the one role or person that is meant."""
        del part, of
        rendered = [_marked(render(card, mention=mention), key)]
        if card.thumbnail is not None:
            rendered.append(_marked(render(msgspec.structs.replace(card, thumbnail=None), mention=mention), key))
        with _told(destination):
            forum = await self._forum(destination) if topic is not None and thread is None else None
            while True:
                try:
                    if forum is not None and topic is not None:
                        return await self._begin(forum, topic, rendered[0], _meant(mention), silent=silent)
                    channel = await self._channel(destination, thread)
                    message = await channel.send(
                        view=rendered[0].view,
                        files=rendered[0].files,
                        nonce=key,
                        silent=silent,
                        allowed_mentions=_meant(mention),
                    )
                except discord.HTTPException as error:
                    if error.code != _MALFORMED or len(rendered) == 1:
                        raise
                    del rendered[0]  # once more, without the picture
                else:
                    return Posted(channel=thread or str(message.channel.id), message=str(message.id))

    async def _begin(
        self,
        forum: discord.ForumChannel,
        topic: Topic,
        rendered: Rendered,
        mentions: discord.AllowedMentions,
        *,
        silent: bool,
    ) -> Posted:
        """A forum's post: a thread that the card begins."""
        made = await forum.create_thread(
            name=_thread_name(topic),
            view=rendered.view,
            files=rendered.files,
            allowed_mentions=mentions,
            applied_tags=await self._tags(forum, topic),
            silent=silent,
        )
        thread = str(made.thread.id)
        return Posted(channel=thread, message=str(made.message.id), thread=thread, forum=True)

    async def _tags(self, forum: discord.ForumChannel, topic: Topic) -> list[discord.ForumTag]:
        """The forum's tags that the topic names; those that it lacks are added where we may and there is room."""
        wanted = dict.fromkeys(one_line(word)[: limits.FORUM_TAG] for word in topic.tags if one_line(word))
        held = {tag.name.casefold(): tag for tag in forum.available_tags}
        missing = [word for word in wanted if word.casefold() not in held][: limits.FORUM_TAGS - len(held)]
        if missing and forum.permissions_for(forum.guild.me).manage_channels:
            tags = [*forum.available_tags, *(discord.ForumTag(name=word) for word in missing)]
            changed = await forum.edit(available_tags=tags)
            held |= {tag.name.casefold(): tag for tag in (changed or forum).available_tags}
        found = [held[word.casefold()] for word in wanted if word.casefold() in held]
        return [tag for tag in found if tag.id][: limits.FORUM_TAGS_APPLIED]

    async def open_thread(self, destination: Destination, posted: Posted, topic: Topic) -> str:
        """A thread on the card; Discord opens one a message, and it has the message's id."""
        if posted.thread is not None:
            return posted.thread
        guild = destination.tenant.removeprefix("discord:")
        channel = self._client.get_partial_messageable(int(posted.channel), guild_id=int(guild))
        message = channel.get_partial_message(int(posted.message))
        with _told(destination, editing=True):
            try:
                return str((await message.create_thread(name=_thread_name(topic))).id)
            except discord.HTTPException as error:
                if error.code != _THREAD_STANDS:
                    raise
        return posted.message

    async def publish(self, destination: Destination, posted: Posted) -> None:
        """Publish a card of an announcement channel; what is edited later, Discord passes on by itself."""
        channel = self._client.get_partial_messageable(int(posted.channel))
        try:
            with _told(destination, editing=True):
                await channel.get_partial_message(int(posted.message)).publish()
        except (TryLater, EditRefused) as error:
            # It is this one call that has to wait, and not what goes to its channel.
            raise type(error)(error.message, subject=error.subject) from None
        except DeliveryError as error:
            if isinstance(error.__context__, discord.HTTPException) and error.__context__.code == _PUBLISHED:
                return
            raise DeliveryError("the card cannot be published", subject=error.subject, hint=_PUBLISHES) from None

    async def edit(self, destination: Destination, posted: Posted, card: Card) -> None:
        """Replace the card; mentions stay closed, since an edit reads them anew."""
        channel = self._client.get_partial_messageable(int(posted.channel))
        rendered = render(card)
        with _told(destination, editing=True):
            await channel.get_partial_message(int(posted.message)).edit(
                view=rendered.view, attachments=rendered.files, allowed_mentions=NOBODY
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
        """Nothing is looked up while Discord knows the nonce: it answers a second send with the message that stands."""
        del part, of
        with _told(destination):
            forum = await self._forum(destination) if thread is None else None
            if forum is not None:
                return await self._found_in(forum, key, since)
            if datetime.now(UTC) - since < timedelta(seconds=_NONCE_SECONDS):
                return None
            channel = await self._channel(destination, thread)
            async for message in channel.history(limit=_LOOK_BACK, after=since - _SKEW, oldest_first=True):
                if self._is_ours(message, key):
                    return Posted(channel=str(message.channel.id), message=str(message.id))
        return None

    async def _found_in(self, forum: discord.ForumChannel, key: str, since: datetime) -> Posted | None:
        """The forum's post that carries the key, among those of ours that have been opened since."""
        for thread in await forum.guild.active_threads():
            opened = discord.utils.snowflake_time(thread.id)
            if thread.parent_id == forum.id and opened >= since - _SKEW and thread.owner_id == forum.guild.me.id:
                message = await thread.fetch_message(thread.id)
                if self._is_ours(message, key):
                    own = str(thread.id)
                    return Posted(channel=own, message=own, thread=own, forum=True)
        return None

    def _is_ours(self, message: discord.Message, key: str) -> bool:
        own = self._client.user is not None and message.author.id == self._client.user.id
        return own and any(getattr(component, "id", None) == _mark(key) for component in message.components)

    async def _channel(
        self, destination: Destination, thread: str | None
    ) -> discord.PartialMessageable | discord.DMChannel:
        if destination.direct and thread is None:
            return await self._client.create_dm(discord.Object(int(destination.channel)))
        return self._client.get_partial_messageable(int(thread or destination.channel))

    async def _forum(self, destination: Destination) -> discord.ForumChannel | None:
        """The destination as a forum; None where it is none."""
        if destination.direct:
            return None
        number = int(destination.channel)
        known = self._client.get_channel(number)
        if known is not None:
            return known if isinstance(known, discord.ForumChannel) else None
        if number not in self._forums:
            fetched = await self._client.fetch_channel(number)
            self._forums[number] = fetched if isinstance(fetched, discord.ForumChannel) else None
        return self._forums[number]


def _meant(mention: str | None) -> discord.AllowedMentions:
    """Nobody but the one role or person that is meant."""
    meant = [discord.Object(int(mention.removeprefix("@")))] if mention else []
    person = bool(mention and mention.startswith("@"))
    return discord.AllowedMentions(
        everyone=False, users=person and meant, roles=not person and meant, replied_user=False
    )


def _mark(key: str) -> int:
    """The key as a component's id: 30 bits, above the small numbers that Discord gives by itself."""
    digest = hashlib.blake2b(key.encode(), digest_size=4).digest()
    return (1 << 29) | int.from_bytes(digest, "big") >> 3


def _marked(rendered: Rendered, key: str) -> Rendered:
    for item in rendered.view.children:
        if isinstance(item, ui.Container):
            item.id = _mark(key)
    return rendered


def _thread_name(topic: Topic) -> str:
    return shortened(one_line(topic.title), limits.THREAD_NAME) or "Updates"


@contextmanager
def _told(destination: Destination, *, editing: bool = False) -> Iterator[None]:
    """Discord's errors as ours."""
    where = f"channel {destination.channel}"
    try:
        yield
    except discord.DiscordServerError as error:
        raise TryLater(f"Discord had a fault ({error.status})", subject=where, unsure=True) from None
    except discord.RateLimited as error:
        raise TryLater("Discord asks for patience", subject=where, retry_after=error.retry_after) from None
    except discord.HTTPException as error:
        if editing and error.code in _NOT_EDITABLE:
            raise EditRefused("the posted card cannot be edited any more", subject=where) from None
        if error.status == 429:
            wait = float(error.response.headers.get("Retry-After", 5.0))
            raise TryLater("Discord asks for patience", subject=where, retry_after=wait, wide=True) from None
        if error.code in _GONE or error.status in (401, 403, 404):
            hint = "invite the bot again, or give it View Channel and Send Messages there"
            raise Undeliverable(f"Discord refuses posts there ({error.code})", subject=where, hint=hint) from None
        raise DeliveryError(f"Discord refused the card ({error.status}, {error.code})", subject=where) from None
    except KeyError:
        # discord.py's reading of a 429 that names no time: the limit on edits of an old message.
        if not editing:
            raise
        raise EditRefused("the posted card cannot be edited any more", subject=where) from None
    except aiohttp.ClientConnectorError:
        raise TryLater("Discord could not be reached", subject=where, wide=True) from None
    except (aiohttp.ClientError, OSError, TimeoutError):
        raise TryLater("Discord did not answer", subject=where, unsure=True) from None
