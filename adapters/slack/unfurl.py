"""Links to evidence pages that somebody posts: told beside the message in a few lines, to whoever reads it there."""

from __future__ import annotations

import asyncio
from typing import Any

import structlog
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError

from adapters.slack.render import preview
from adapters.slack.talk import Talk
from bot.model.errors import SitrepError

log = structlog.get_logger()

_MOST_LINKS = 5


def unfurl_links(app: AsyncApp, talk: Talk) -> None:
    """Listen for links. Whoever has one may read its page, and so may all who read the message that it stands in."""

    @app.event("link_shared")
    async def shared(event: dict[str, Any], body: dict[str, Any]) -> None:
        if not await talk.once.first(str(body.get("event_id"))):
            return
        urls = list(dict.fromkeys(str(link.get("url") or "") for link in event.get("links") or ()))[:_MOST_LINKS]
        told = dict(zip(urls, await asyncio.gather(*(_told(talk, url) for url in urls)), strict=True))
        unfurls = {url: {"blocks": blocks} for url, blocks in told.items() if blocks}
        if not unfurls:
            return
        client = await talk.client(body)
        try:
            await client.api_call("chat.unfurl", json={"unfurls": unfurls, **_place(event)})
        except SlackApiError as error:
            log.warning("slack_link_not_unfolded", error=str(error.response.get("error")))


async def _told(talk: Talk, url: str) -> list[dict[str, Any]]:
    """What a link's page says in short; [] where the link is none of ours, or opens nothing any more."""
    try:
        card = await talk.desk.unfolded(url)
    except SitrepError as error:
        log.warning("link_not_read", error=str(error))
        return []
    return preview(card) if card is not None else []


def _place(event: dict[str, Any]) -> dict[str, str]:
    """Where the link stands: in a message, or still in somebody's composer."""
    if event.get("unfurl_id") and event.get("source"):
        return {"unfurl_id": str(event["unfurl_id"]), "source": str(event["source"])}
    return {"channel": str(event.get("channel") or ""), "ts": str(event.get("message_ts") or "")}
