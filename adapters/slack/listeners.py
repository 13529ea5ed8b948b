"""What the app listens to: every listener acknowledges at once, passes words to the desk and a card back."""

from __future__ import annotations

import asyncio
import re
from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack import modals
from adapters.slack.clients import Clients
from adapters.slack.home import publish
from adapters.slack.install import Erasing
from adapters.slack.prompts import suggest
from adapters.slack.render import ACTION_PREFIX
from adapters.slack.talk import Talk, team_of, understood
from adapters.slack.unfurl import unfurl_links
from bot.model.card import Card
from bot.model.command import Command
from bot.model.errors import CommandError
from bot.settings import SlackSettings

EVENTS = ("app_home_opened", "app_mention", "app_uninstalled", "link_shared", "message.im", "tokens_revoked")
"""The events that must be sent to us, as the manifests name them."""
SHORTCUTS = ("extract_claims", "show_evidence", "report_error", "search_news")
_IN_TIME = 2.0
"""Seconds for which a form waits for its answer; Slack gives three."""
_MOST_TEXT = 20_000
_SEARCH = Command(root="news", verb="search")


def listen(app: AsyncApp, talk: Talk, settings: SlackSettings, clients: Clients) -> None:
    """Register everything."""
    _commands(app, talk, settings.command)
    _presses(app, talk)
    _forms(app, talk)
    _messages(app, talk)
    _shortcuts(app, talk)
    _leavings(app, talk, clients)
    unfurl_links(app, talk)


def _commands(app: AsyncApp, talk: Talk, name: str) -> None:
    @app.command(name)
    async def command(ack: Any, body: dict[str, Any], respond: Any) -> None:
        await ack()
        await talk.calm.come()
        words = str(body.get("text") or "").strip()
        user, channel = str(body["user_id"]), body.get("channel_id")
        asked = _SEARCH if not words else understood(words)
        if asked and modals.sheet_of(asked) and await _opened(talk, body, asked, user=user, channel=channel):
            return
        asker = await talk.asker(body, user=user, channel=channel, asked=asked)
        card = await talk.answer(words, asker)
        share = asked is not None and asked.share and asked.root == "news"
        await talk.respond(respond, body, card, user=user, share=share)
        await _refreshed(talk, body, asked, user)


async def _opened(talk: Talk, body: dict[str, Any], asked: Command, *, user: str, channel: str | None) -> bool:
    """Open a command's form; False where the person may not give it, or Slack opens none: then words are the answer."""
    asker = await talk.asker(body, user=user, channel=channel, asked=asked)
    try:
        values = await talk.desk.standing(asked, asker)
    except CommandError:
        return False
    view = modals.form_view(asked, channel=channel, values=values)
    return await _shown(await talk.client(body), body, view)


async def _shown(client: AsyncWebClient, body: dict[str, Any], view: dict[str, Any]) -> bool:
    """Show a modal: over another one, if there is one."""
    show = client.views_push if (body.get("view") or {}).get("type") == "modal" else client.views_open
    try:
        await show(trigger_id=str(body.get("trigger_id") or ""), view=view)
    except SlackApiError:
        return False
    return True


async def _refreshed(talk: Talk, body: dict[str, Any], asked: Command | None, user: str) -> None:
    """Show the Home anew after what may have changed it."""
    if asked is not None and asked.root != "news":
        await publish(talk, body, user)


def _presses(app: AsyncApp, talk: Talk) -> None:
    @app.action(re.compile(rf"^{ACTION_PREFIX}:"))
    async def pressed(ack: Any, body: dict[str, Any], action: dict[str, Any], respond: Any) -> None:
        await ack()
        await talk.calm.come()
        words = str(action.get("value") or "")
        if not words:
            return
        user = str(body["user"]["id"])
        view = body.get("view") or {}
        channel = (body.get("channel") or {}).get("id") or (modals.about_of(view).channel if view else None)
        asked = understood(words)
        if asked and modals.sheet_of(asked) and await _opened(talk, body, asked, user=user, channel=channel):
            return
        asker = await talk.asker(body, user=user, channel=channel, asked=asked)
        card = await talk.answer(words, asker)
        if view:
            await _answer_in_view(talk, body, card, channel)
        else:
            await talk.respond(respond, body, card, user=user)
        await _refreshed(talk, body, asked, user)

    @app.options(re.compile(rf"^{modals.SUGGESTS}:"))
    async def suggested(ack: Any, body: dict[str, Any]) -> None:
        kind = str(body["action_id"]).partition(":")[2]
        asker = await talk.asker(body, user=str(body["user"]["id"]), channel=None, asked=_SEARCH)
        await ack(options=modals.offered(await talk.completions.offered(kind, str(body.get("value") or ""), asker)))

    @app.action(re.compile(rf"^{modals.SUGGESTS}:"))
    async def chosen(ack: Any) -> None:
        await ack()


async def _answer_in_view(talk: Talk, body: dict[str, Any], card: Card, channel: str | None) -> None:
    """Answer a press in a modal within it, and one in the Home with a modal."""
    client, view = await talk.client(body), body["view"]
    answer = modals.answer_view(card, channel=channel)
    try:
        if view.get("type") == "modal":
            await client.views_update(view_id=str(view["id"]), view=answer)
        else:
            await client.views_open(trigger_id=str(body.get("trigger_id") or ""), view=answer)
    except SlackApiError:
        # Too late for a modal, or it has been closed: the answer goes where the person finds it.
        await talk.post(client, str(body["user"]["id"]), card, thread=None)


def _forms(app: AsyncApp, talk: Talk) -> None:
    @app.view(modals.FORM)
    async def handed_in(ack: Any, body: dict[str, Any], view: dict[str, Any]) -> None:
        command, channel = modals.command_of(view)
        user = str(body["user"]["id"])
        asker = await talk.asker(body, user=user, channel=channel, asked=command)
        answer = asyncio.ensure_future(talk.desk.ask(command, asker))
        await asyncio.wait({answer}, timeout=_IN_TIME)
        if not answer.done():
            await ack(response_action="update", view=modals.waiting_view())
            client = await talk.client(body)
            await client.views_update(view_id=str(view["id"]), view=modals.answer_view(await answer, channel=channel))
        elif (card := answer.result()).kind == "error":
            await ack(response_action="errors", errors=modals.errors_of(view, card))
        else:
            await ack(response_action="update", view=modals.answer_view(card, channel=channel))
        await _refreshed(talk, body, command, user)

    @app.view(modals.COMPLAINT)
    async def complained(ack: Any, body: dict[str, Any], view: dict[str, Any]) -> None:
        about = modals.about_of(view)
        asker = await talk.asker(body, user=str(body["user"]["id"]), channel=about.channel)
        link = await _link(await talk.client(body), about)
        card = await talk.desk.complain(asker, note=modals.note_of(view), link=link, message=about.message)
        if card.kind == "error":
            await ack(response_action="errors", errors=modals.errors_of(view, card))
        else:
            await ack(response_action="update", view=modals.answer_view(card))

    @app.view(modals.ANSWER)
    async def closed(ack: Any) -> None:
        await ack()


async def _link(client: AsyncWebClient, about: modals.About) -> str:
    """The address of a message; "" where Slack does not give it."""
    try:
        answer = await client.chat_getPermalink(channel=about.channel or "", message_ts=about.message)
    except SlackApiError:
        return ""
    return str(answer.get("permalink") or "")


def _messages(app: AsyncApp, talk: Talk) -> None:
    @app.event("app_mention")
    async def mentioned(event: dict[str, Any], body: dict[str, Any]) -> None:
        if not event.get("bot_id") and await talk.once.first(str(body.get("event_id"))):
            await talk.reply(body, event, thread=event.get("thread_ts") or event.get("ts"))

    @app.event("message")
    async def messaged(event: dict[str, Any], body: dict[str, Any]) -> None:
        direct = event.get("channel_type") == "im" and not event.get("bot_id") and not event.get("subtype")
        if direct and await talk.once.first(str(body.get("event_id"))):
            # In the agent view each question is a thread of its own, in which the status of its answer stands.
            await talk.reply(body, event, thread=event.get("thread_ts") or event.get("ts"))

    @app.event("app_home_opened")
    async def home(event: dict[str, Any], body: dict[str, Any]) -> None:
        if event.get("tab") == "home":
            await publish(talk, body, str(event["user"]))
        elif event.get("tab") == "messages" and event.get("channel"):
            await suggest(talk, body, user=str(event["user"]), channel=str(event["channel"]))


def _shortcuts(app: AsyncApp, talk: Talk) -> None:
    def reading(what: str) -> Any:
        async def read(ack: Any, body: dict[str, Any], respond: Any) -> None:
            await ack()
            user = str(body["user"]["id"])
            asker = await talk.asker(body, user=user, channel=str(body["channel"]["id"]), asked=_SEARCH)
            card = await talk.desk.read_text(text_of(body.get("message") or {}), what, asker)
            await talk.respond(respond, body, card, user=user)

        return read

    for callback, what in (("extract_claims", "claims"), ("show_evidence", "evidence")):
        app.shortcut(callback)(reading(what))

    @app.shortcut("report_error")
    async def report_error(ack: Any, body: dict[str, Any]) -> None:
        await ack()
        message = str((body.get("message") or {}).get("ts") or body.get("message_ts") or "")
        view = modals.complaint_view(channel=str(body["channel"]["id"]), message=message)
        await _shown(await talk.client(body), body, view)

    @app.shortcut("search_news")
    async def search_news(ack: Any, body: dict[str, Any]) -> None:
        await ack()
        await _shown(await talk.client(body), body, modals.form_view(_SEARCH, channel=None, values={}))


def text_of(message: dict[str, Any]) -> str:
    """The words of a message: its text, and where that is a mere notice its blocks' and attachments'."""
    parts = [str(message.get("text") or "")]
    for block in (message.get("blocks") or ())[:50]:
        if block.get("type") in ("section", "header", "markdown"):
            parts.append(str((block.get("text") or {}).get("text", "") if isinstance(block.get("text"), dict) else ""))
    for attachment in (message.get("attachments") or ())[:10]:
        parts += [str(attachment.get(name) or "") for name in ("pretext", "title", "text")]
    kept: list[str] = []
    for part in parts:
        if part.strip() and not any(part in other for other in kept):
            kept.append(part)
    return "\n\n".join(kept)[:_MOST_TEXT]


def _leavings(app: AsyncApp, talk: Talk, clients: Clients) -> None:
    @app.event("app_uninstalled")
    async def uninstalled(body: dict[str, Any]) -> None:
        await _left(talk, clients, body)

    @app.event("tokens_revoked")
    async def revoked(event: dict[str, Any], body: dict[str, Any]) -> None:
        if (event.get("tokens") or {}).get("bot"):
            await _left(talk, clients, body)


async def _left(talk: Talk, clients: Clients, body: dict[str, Any]) -> None:
    """A workspace has removed us: its tokens go at once, its settings rest and are erased later."""
    team = team_of(body)
    if isinstance(clients, Erasing):
        await clients.erase(team=team, enterprise=body.get("enterprise_id"))
    talk.people.forget(team)
    await talk.desk.tenant_left(f"slack:{team}")
