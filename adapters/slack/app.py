"""The Slack door: one slash command, mentions, direct messages, buttons, shortcuts; the desk answers them all."""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Sequence
from typing import Any

import msgspec
import structlog
from aiohttp import web
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp, AsyncBoltContext
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.examine import examine_slack
from adapters.slack.people import People
from adapters.slack.platform import SlackPlatform
from adapters.slack.render import ACTION_PREFIX, render
from bot.model.card import Card
from bot.model.errors import SettingsError
from bot.model.finding import Finding
from bot.queries.desk import Desk
from bot.settings import SlackSettings, Tokens

log = structlog.get_logger()

_MENTION = re.compile(r"<@[A-Z0-9]+(?:\|[^>]*)?>")
_SHARES = re.compile(r"(?:^|\s)share(?::\S+)?(?:\s|$)")
_REMEMBERED = 2000
_FOLLOWING = 3
"""Messages that follow an answer: its address takes five in all."""
_LARGEST_BODY = 256 * 1024


class Once:
    """Remembers the ids of events, so that a repeated one is not answered again."""

    def __init__(self) -> None:
        self._seen: OrderedDict[str, None] = OrderedDict()

    def first(self, event_id: str) -> bool:
        """Whether this id comes for the first time."""
        if event_id in self._seen:
            return False
        self._seen[event_id] = None
        while len(self._seen) > _REMEMBERED:
            self._seen.popitem(last=False)
        return True


def build_app(settings: SlackSettings, tokens: Tokens, desk: Desk, client: AsyncWebClient) -> AsyncApp:
    """A Bolt app whose listeners pass words to the desk and cards back."""
    app = AsyncApp(
        client=client,
        signing_secret=tokens.slack_signing.reveal() if tokens.slack_signing else "",
        # Behind Socket Mode requests are not signed: the socket itself is authenticated.
        request_verification_enabled=tokens.slack_signing is not None,
        process_before_response=False,
    )
    people, once = People(), Once()

    @app.command(settings.command)
    async def command(ack: Any, body: dict[str, Any], respond: Any, client: AsyncWebClient) -> None:
        await ack()
        words = str(body.get("text") or "")
        asker = await people.asker(client, team=body["team_id"], user=body["user_id"], channel=body.get("channel_id"))
        await _respond(respond, await desk.ask(words, asker), share=bool(_SHARES.search(words)))

    @app.action(re.compile(rf"^{ACTION_PREFIX}:"))
    async def pressed(
        ack: Any, body: dict[str, Any], action: dict[str, Any], respond: Any, client: AsyncWebClient
    ) -> None:
        await ack()
        if words := action.get("value"):
            channel = (body.get("channel") or {}).get("id")
            asker = await people.asker(client, team=body["team"]["id"], user=body["user"]["id"], channel=channel)
            await _respond(respond, await desk.ask(str(words), asker), share=False)

    @app.event("app_mention")
    async def mentioned(event: dict[str, Any], body: dict[str, Any], client: AsyncWebClient) -> None:
        if once.first(str(body.get("event_id"))) and not event.get("bot_id"):
            await _reply(desk, people, client, body, event, thread=event.get("thread_ts") or event.get("ts"))

    @app.event("message")
    async def messaged(event: dict[str, Any], body: dict[str, Any], client: AsyncWebClient) -> None:
        direct = event.get("channel_type") == "im" and not event.get("bot_id") and not event.get("subtype")
        if direct and once.first(str(body.get("event_id"))):
            await _reply(desk, people, client, body, event, thread=event.get("thread_ts"))

    @app.event("app_home_opened")
    async def home(
        event: dict[str, Any], body: dict[str, Any], client: AsyncWebClient, context: AsyncBoltContext
    ) -> None:
        if event.get("tab") == "home":
            asker = await people.asker(client, team=str(body["team_id"]), user=event["user"], channel=None)
            rendered = render(await desk.ask("latest count:8", asker))
            await client.views_publish(user_id=event["user"], view={"type": "home", "blocks": list(rendered.blocks)})

    for callback, what in (("extract_claims", "claims"), ("show_evidence", "evidence")):
        app.shortcut(callback)(_reading(desk, people, what))
    return app


def _reading(desk: Desk, people: People, what: str) -> Any:
    async def read(ack: Any, body: dict[str, Any], respond: Any, client: AsyncWebClient) -> None:
        await ack()
        asker = await people.asker(
            client, team=body["team"]["id"], user=body["user"]["id"], channel=body["channel"]["id"]
        )
        message = body.get("message") or {}
        await _respond(respond, await desk.read_text(str(message.get("text") or ""), what, asker), share=False)

    return read


async def _respond(respond: Any, card: Card, *, share: bool) -> None:
    rendered = render(card)
    kind = "in_channel" if share else "ephemeral"
    await respond(
        text=rendered.text, blocks=list(rendered.blocks), response_type=kind, replace_original=False, unfurl_links=False
    )
    for blocks in rendered.thread[:_FOLLOWING]:
        await respond(text="More", blocks=list(blocks), response_type=kind, replace_original=False, unfurl_links=False)
    left = len(rendered.thread) - _FOLLOWING
    if left > 0:
        words = f"… and {left} more messages: ask me in a direct message to have them all."
        await respond(text=words, response_type=kind, replace_original=False)


async def _reply(
    desk: Desk,
    people: People,
    client: AsyncWebClient,
    body: dict[str, Any],
    event: dict[str, Any],
    *,
    thread: str | None,
) -> None:
    asker = await people.asker(
        client, team=str(body.get("team_id")), user=event["user"], channel=event["channel"], direct=True
    )
    asker = msgspec.structs.replace(asker, alone=event.get("channel_type") == "im")
    rendered = render(await desk.ask(_MENTION.sub(" ", str(event.get("text") or "")), asker))
    first = await client.chat_postMessage(
        channel=event["channel"],
        text=rendered.text,
        blocks=list(rendered.blocks),
        unfurl_links=False,
        thread_ts=thread,
    )
    for blocks in rendered.thread:
        await client.chat_postMessage(
            channel=event["channel"],
            thread_ts=thread or first["ts"],
            text="More",
            blocks=list(blocks),
            unfurl_links=False,
        )


class SlackDoor:
    """The app, started and stopped: by Socket Mode with an app token, else over HTTP through `http_routes`."""

    def __init__(self, settings: SlackSettings, tokens: Tokens, desk: Desk) -> None:
        assert tokens.slack_bot is not None  # the assembly has looked
        url = f"{settings.api_url.rstrip('/')}/" if settings.api_url else AsyncWebClient.BASE_URL
        self.client = AsyncWebClient(token=tokens.slack_bot.reveal(), base_url=url, timeout=10)
        self.app = build_app(settings, tokens, desk, self.client)
        # A request that is repeated without our knowledge could post twice.
        posting = AsyncWebClient(token=tokens.slack_bot.reveal(), base_url=url, timeout=10, retry_handlers=[])
        self.platform = SlackPlatform(posting, reads_per_minute=settings.reads_per_minute)
        self._app_token = tokens.slack_app
        self._socket: AsyncSocketModeHandler | None = None

    async def start(self) -> None:
        """Check the token and connect; a refused token is a `SettingsError` that names the setting."""
        try:
            await self.client.auth_test()
        except SlackApiError as error:
            raise SettingsError(
                f"Slack refuses the token ({error.response.get('error')})",
                subject="SLACK_BOT_TOKEN",
                hint="copy it anew from the app's page, OAuth & Permissions",
            ) from None
        if self._app_token is not None:
            self._socket = AsyncSocketModeHandler(self.app, self._app_token.reveal())
            self._socket.client.web_client = AsyncWebClient(
                token=self._app_token.reveal(), base_url=self.client.base_url
            )
            try:
                await self._socket.connect_async()  # type: ignore[no-untyped-call]  # Bolt leaves it untyped
            except SlackApiError as error:
                raise SettingsError(
                    f"Slack refuses the token ({error.response.get('error')})",
                    subject="SLACK_APP_TOKEN",
                    hint="it begins with xapp- and needs connections:write",
                ) from None
        log.info("slack_connected", socket_mode=self._socket is not None)

    async def stop(self) -> None:
        """Disconnect."""
        if self._socket is not None:
            await self._socket.close_async()  # type: ignore[no-untyped-call]  # Bolt leaves it untyped

    async def examine(self) -> tuple[Finding, ...]:
        """See `Door.examine`."""
        return await examine_slack(self.client)

    def http_routes(self) -> list[web.RouteDef]:
        """Where Slack sends its requests when there is no socket; every request's signature and age are checked."""

        async def take(request: web.Request) -> web.Response:
            if (request.content_length or 0) > _LARGEST_BODY:
                return web.Response(status=413)
            body = (await request.content.read(_LARGEST_BODY + 1)).decode("utf-8", "replace")
            headers: dict[str, str | Sequence[str]] = dict(request.headers)
            answer = await self.app.async_dispatch(
                AsyncBoltRequest(body=body, query=request.query_string, headers=headers)
            )
            kind = next(
                (values[0] for name, values in answer.headers.items() if name.lower() == "content-type"), "text/plain"
            )
            return web.Response(status=answer.status, text=answer.body or "", content_type=kind.split(";")[0])

        return [web.post("/slack/events", take)]
