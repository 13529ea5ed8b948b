"""The Home: the latest events, one's own watches, and for those who manage the workspace its feeds and channels."""

from __future__ import annotations

import asyncio
from typing import Any

from slack_sdk.errors import SlackApiError

from adapters.slack import limits
from adapters.slack.render import Block, button_of, parts_of
from adapters.slack.talk import Talk
from bot.model.card import Action, Card
from bot.model.command import Asker

_PARTS = (("Latest", "latest count:5", False), ("My watches", "watch list", False))
_MANAGED = (("Feeds of this workspace", "feeds list", True), ("Channels that are posted to", "channel list", True))
_SHARE = 22
"""Blocks of each part: four of them, with their headings and buttons, keep below Slack's hundred."""
_DOINGS = (("Search news", "search"), ("Add a watch", "watch add"), ("Help", "help"))
_MANAGING = (("Add a feed", "feeds add"), ("How the feeds do", "feeds health"))


async def publish(talk: Talk, body: dict[str, Any], user: str) -> None:
    """Show somebody their Home as it stands now; a Home that Slack does not take is let be."""
    asker = await talk.asker(body, user=user, channel=None)
    client = await talk.client(body)
    try:
        await client.views_publish(user_id=user, view=await home_view(talk, asker))
    except SlackApiError:
        return


async def home_view(talk: Talk, asker: Asker) -> dict[str, Any]:
    """The Home's blocks, put together from the same answers that are given in chat."""
    parts = [*_PARTS, *(_MANAGED if asker.may_manage else ())]
    cards = await asyncio.gather(*(talk.desk.ask(words, asker) for _, words, _ in parts))
    blocks: list[Block] = [_header("Sitrep: who says what, and who disputes it"), _doings(asker)]
    for number, ((heading, words, _), card) in enumerate(zip(parts, cards, strict=True)):
        blocks += [{"type": "divider"}, _header(heading), *_part(card, words, f"home{number}")]
    return {"type": "home", "blocks": blocks[: limits.MODAL_BLOCKS]}


def _part(card: Card, words: str, name: str) -> list[Block]:
    blocks = parts_of(card, name)[:_SHARE]
    more = [("Next page", card.next_page)] if card.next_page else []
    opened = any(line.command for section in card.sections for line in section.lines)
    shown = [] if opened else [(action.label, action.command) for action in card.actions if action.command][:3]
    return [*blocks, *_buttons([*shown, *more, ("See all", words)], name)]


def _doings(asker: Asker) -> Block:
    doings = [*_DOINGS, *(_MANAGING if asker.may_manage else ())]
    return _buttons(doings, "doings")[0]


def _buttons(doings: list[tuple[str, str]], name: str) -> list[Block]:
    made = (button_of(Action(label=label, command=words), f"{name}.{n}") for n, (label, words) in enumerate(doings))
    return [{"type": "actions", "elements": [element for element in made if element]}]


def _header(words: str) -> Block:
    return {"type": "header", "text": {"type": "plain_text", "text": words[: limits.HEADER], "emoji": False}}
