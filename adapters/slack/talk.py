"""What all of the Slack door's listeners share: who asks, and how a card becomes an answer."""

from __future__ import annotations

import asyncio
import re
from collections import OrderedDict
from typing import Any

import msgspec
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.clients import Clients
from adapters.slack.people import People
from adapters.slack.pictures import once_ready, picture_block, upload
from adapters.slack.render import Block, Rendered, render
from bot.model.card import Card
from bot.model.command import Asker, Command
from bot.model.errors import CommandError
from bot.queries.completion import Completions
from bot.queries.desk import Desk
from bot.queries.grammar import parse
from bot.work.calm import Calm

_MENTION = re.compile(r"<@[A-Z0-9]+(?:\|[^>]*)?>")
_LEADING = re.compile(r"^\s*<@[A-Z0-9]+(?:\|[^>]*)?>")
_FOLLOWING = 3
"""Messages that follow an answer: its address takes five in all."""
_REMEMBERED = 2000
_AT_ONCE = 8
"""Answers that are made side by side: what is to be acknowledged meanwhile does not wait for all of them."""
_SOON = 0.7
"""Seconds after which somebody who wrote to us is told that the answer takes a moment."""


class Once:
    """Remembers the ids of events, so that a repeated one is not answered again, by this node or by another."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._seen: OrderedDict[str, None] = OrderedDict()

    async def first(self, event_id: str) -> bool:
        """Whether this id comes for the first time."""
        if event_id in self._seen:
            return False
        self._seen[event_id] = None
        while len(self._seen) > _REMEMBERED:
            self._seen.popitem(last=False)
        return await self._desk.first(f"slack {event_id}")


def team_of(body: dict[str, Any]) -> str:
    """The workspace of a payload; in one installed for a whole organisation, the one that the person is in."""
    team = body.get("team_id") or (body.get("team") or {}).get("id") or (body.get("user") or {}).get("team_id")
    return str(team or (body.get("enterprise") or {}).get("id") or body.get("enterprise_id") or "")


class Talk:
    """Asks the desk for people, and answers them."""

    def __init__(self, desk: Desk, clients: Clients) -> None:
        self.desk = desk
        self.clients = clients
        self.people = People()
        self.once = Once(desk)
        self.completions = Completions(desk.suggest)
        self.answering = asyncio.Semaphore(_AT_ONCE)
        self.calm = Calm()

    async def client(self, body: dict[str, Any]) -> AsyncWebClient:
        """The client of a payload's workspace."""
        return await self.clients.of(f"slack:{team_of(body)}")

    async def asker(
        self,
        body: dict[str, Any],
        *,
        user: str,
        channel: str | None,
        asked: Command | None = None,
        direct: bool = False,
        rights: bool = True,
    ) -> Asker:
        """Who is behind a payload, with their rights as Slack tells them, where what is `asked` needs any."""
        client = await self.client(body)
        return await self.people.asker(
            client,
            team=team_of(body),
            user=user,
            channel=channel,
            direct=direct,
            rights=rights and (asked is None or asked.root != "news"),
        )

    async def answer(self, words: str, asker: Asker) -> Card:
        """The desk's answer, in its turn."""
        async with self.answering:
            return await self.desk.ask(words, asker)

    async def respond(self, respond: Any, body: dict[str, Any], card: Card, *, user: str, share: bool = False) -> None:
        """Answer to the address that came with a command or press: to the asker alone, or to the channel."""
        client = await self.client(body)
        picture = await self._shown(client, card)
        filed = card.file is not None and await self._sent_file(client, card, user)
        rendered = render(card, picture=picture, filed=filed)
        kind = "in_channel" if share else "ephemeral"

        async def send(text: str, blocks: tuple[Block, ...]) -> Any:
            return await respond(
                text=text, blocks=list(blocks), response_type=kind, replace_original=False, unfurl_links=False
            )

        await once_ready(lambda: send(rendered.text, rendered.blocks))
        for blocks in rendered.thread[:_FOLLOWING]:
            await send("More", blocks)
        left = len(rendered.thread) - _FOLLOWING
        if left > 0:
            words = f"… and {left} more messages: ask me in a direct message to have them all."
            await respond(text=words, response_type=kind, replace_original=False)
        if filed and card.file is not None:
            words = f"{card.file.name} is in our direct messages."
            await respond(text=words, response_type="ephemeral", replace_original=False)

    async def reply(self, body: dict[str, Any], event: dict[str, Any], *, thread: str | None) -> None:
        """Answer a message that was written to us, in its place."""
        channel = str(event["channel"])
        words = addressed(str(event.get("text") or ""))
        asked = understood(words, direct=True)
        asker = await self.asker(body, user=str(event["user"]), channel=channel, asked=asked, direct=True)
        asker = msgspec.structs.replace(asker, alone=event.get("channel_type") == "im")
        client = await self.client(body)
        answer = asyncio.ensure_future(self.answer(words, asker))
        await asyncio.wait({answer}, timeout=_SOON)
        if not answer.done():
            await _status(client, channel, str(event.get("thread_ts") or event.get("ts")), "is reading …")
        card = await answer
        await self.post(client, channel, card, thread=thread)

    async def post(self, client: AsyncWebClient, channel: str, card: Card, *, thread: str | None) -> None:
        """Post a card as a message, with what does not fit in its thread."""
        rendered = render(card, picture=await self._shown(client, card), filed=card.file is not None)
        first = await once_ready(lambda: _post(client, channel, rendered, thread))
        below = thread or str(first["ts"])
        for blocks in rendered.thread:
            await client.chat_postMessage(
                channel=channel, thread_ts=below, text="More", blocks=list(blocks), unfurl_links=False
            )
        if card.file is not None:
            await upload(client, card.file, channel=str(first["channel"]), thread=below)

    async def _shown(self, client: AsyncWebClient, card: Card) -> Block | None:
        """The block of a card's picture, uploaded; None where there is none, or Slack does not take it."""
        if card.picture is None:
            return None
        file_id = await upload(client, card.picture)
        return picture_block(file_id, card.picture) if file_id else None

    async def _sent_file(self, client: AsyncWebClient, card: Card, user: str) -> bool:
        """Send a card's file to the asker's direct messages: an answer that one person sees cannot hold it."""
        assert card.file is not None  # the caller has looked
        try:
            opened = await client.chat_postMessage(channel=user, text=f"Here is {card.file.name}.", unfurl_links=False)
        except SlackApiError:
            return False
        return await upload(client, card.file, channel=str(opened["channel"])) is not None


def understood(words: str, *, direct: bool = False) -> Command | None:
    """The command that words give, to see what it needs; None where they give none (the desk says what is wrong)."""
    try:
        return parse(words, direct=direct)
    except CommandError:
        return None


def addressed(text: str) -> str:
    """What a message says to us: without the mention that it begins with; mentions within it are kept."""
    left = _LEADING.sub("", text)
    return left if left != text else _MENTION.sub(" ", text, count=1)


async def _post(client: AsyncWebClient, channel: str, rendered: Rendered, thread: str | None) -> Any:
    return await client.chat_postMessage(
        channel=channel, text=rendered.text, blocks=list(rendered.blocks), unfurl_links=False, thread_ts=thread
    )


async def _status(client: AsyncWebClient, channel: str, thread: str, words: str) -> None:
    """Show that we are at it, where the place can show that; nothing depends on it."""
    try:
        await client.api_call(
            "assistant.threads.setStatus", json={"channel_id": channel, "thread_ts": thread, "status": words}
        )
    except SlackApiError:
        return
