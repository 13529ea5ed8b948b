"""Pictures and files: uploaded through Slack's present flow, with their words for screen readers."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack import limits
from bot.model.card import Attachment
from bot.model.legible import one_line, shortened

log = structlog.get_logger()

_TRIES = 4
_PAUSE = 0.4
"""Seconds between attempts to show a picture that Slack is still working on."""


async def upload(
    client: AsyncWebClient, attachment: Attachment, *, channel: str | None = None, thread: str | None = None
) -> str | None:
    """Upload a picture or file, into a channel or (without one) for ourselves alone; its id, or None where refused."""
    alt = shortened(one_line(attachment.alt), limits.UPLOAD_ALT) or attachment.name
    try:
        answer = await client.files_upload_v2(
            filename=attachment.name,
            title=attachment.name,
            content=attachment.content,
            alt_txt=alt if attachment.media_type.startswith("image/") else None,
            channel=channel,
            thread_ts=thread,
        )
    except SlackApiError as error:
        log.warning("slack_upload_refused", error=str(error.response.get("error")))
        return None
    files: list[dict[str, Any]] = answer.get("files") or []
    return str(files[0]["id"]) if files else None


def picture_block(file_id: str, picture: Attachment) -> dict[str, Any]:
    """An uploaded picture within a message."""
    alt = shortened(one_line(picture.alt), limits.ALT_TEXT) or picture.name
    return {"type": "image", "slack_file": {"id": file_id}, "alt_text": alt}


async def once_ready(post: Callable[[], Awaitable[Any]]) -> Any:
    """Post a message that may show a picture; Slack refuses it while the picture is being worked on."""
    for attempt in range(1, _TRIES):
        try:
            answer = await post()
        except SlackApiError as error:
            if error.response.get("error") != "invalid_blocks":
                raise
        else:
            if "invalid_blocks" not in str(getattr(answer, "body", "")):  # an answer's address says it in its body
                return answer
        await asyncio.sleep(_PAUSE * attempt)
    return await post()
