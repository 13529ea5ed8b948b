"""What is offered to ask when somebody opens the message tab: about what is happening now."""

from __future__ import annotations

from typing import Any

from slack_sdk.errors import SlackApiError

from adapters.slack import limits
from adapters.slack.talk import Talk
from bot.model.legible import one_line, shortened

_NEWEST = 2


async def suggest(talk: Talk, body: dict[str, Any], *, user: str, channel: str) -> None:
    """Set the prompts of somebody's message tab; what the manifest offers stays where Slack does not take them."""
    asker = await talk.asker(body, user=user, channel=channel, asked=None, direct=True, rights=False)
    found = await talk.desk.suggest("event", "", asker)
    prompts = [{"title": "What is new?", "message": "latest"}]
    for label, event in found[:_NEWEST]:
        title = one_line(label.removeprefix(event))
        prompts.append({"title": shortened(title, limits.PROMPT_TITLE), "message": f"claims {event}"})
    prompts.append({"title": "What can I ask?", "message": "help"})
    client = await talk.client(body)
    try:
        # Without a thread: in the agent view prompts belong to the conversation.
        await client.api_call("assistant.threads.setSuggestedPrompts", json={"channel_id": channel, "prompts": prompts})
    except SlackApiError:
        return
