"""The Slack door: how the app is built for one workspace or for many, started, and stopped."""

from __future__ import annotations

import logging
from collections.abc import Sequence

import structlog
from aiohttp import web
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.budget import Budget
from adapters.slack.clients import BudgetedClient, Clients, OneClient
from adapters.slack.examine import examine_slack
from adapters.slack.install import Installations, InstalledClients, oauth_flow
from adapters.slack.listeners import listen
from adapters.slack.platform import SlackPlatform
from adapters.slack.rotation import SharedRotator
from adapters.slack.talk import Talk
from bot.model.errors import SettingsError
from bot.model.finding import Finding
from bot.queries.desk import Desk
from bot.settings import SlackSettings, Tokens
from bot.work.node import Fleet

log = structlog.get_logger()

_LARGEST_BODY = 256 * 1024
_PASSING = {"", "ratelimited", "internal_error", "fatal_error", "service_unavailable", "request_timeout"}
_PING_SECONDS = 3.0
"""How often the socket is looked at: a broken one is opened anew after as long."""


class SlackDoor:
    """The app, started and stopped.

    With a bot token it serves one workspace, by Socket Mode where there is an app token, else over HTTP. With the app's
    client id and secret it serves every workspace that installs it, over HTTP.
    """

    def __init__(self, settings: SlackSettings, tokens: Tokens, desk: Desk, fleet: Fleet | None = None) -> None:
        self._url = f"{settings.api_url.rstrip('/')}/" if settings.api_url else AsyncWebClient.BASE_URL
        self._tokens = tokens
        self._socket: AsyncSocketModeHandler | None = None
        self._oauth: AsyncOAuthFlow | None = None
        self.client: BudgetedClient | None = None
        budget = Budget(shared_by=fleet.count) if fleet else Budget()
        clients: Clients
        if tokens.slack_bot is not None:
            self.client = BudgetedClient(token=tokens.slack_bot.reveal(), base_url=self._url, budget=budget)
            clients = OneClient(self.client)
        else:
            installations = Installations.of(tokens, desk)
            rotator = SharedRotator(installations, desk, tokens, base_url=self._url)
            self._oauth = oauth_flow(tokens, desk, installations, rotator, url=self._url)
            clients = InstalledClients(installations, rotator, base_url=self._url, budget=budget)
        self.app = self._built()
        self._talk = Talk(desk, clients)
        listen(self.app, self._talk, settings, clients)
        self.platform = SlackPlatform(clients, reads_per_minute=settings.reads_per_minute)

    def _built(self) -> AsyncApp:
        signing = self._tokens.slack_signing
        # Bolt reads SLACK_BOT_TOKEN from the environment, too, and warns that it goes by the client's: it is the same.
        logging.getLogger("slack_bolt.AsyncApp").addFilter(lambda record: "will be unused" not in str(record.msg))
        return AsyncApp(
            name="sitrep",  # else Bolt reads the source of every caller to find one
            client=self.client or AsyncWebClient(base_url=self._url),
            oauth_flow=self._oauth,
            signing_secret=signing.reveal() if signing else "",
            # Behind Socket Mode requests are not signed: the socket itself is authenticated.
            request_verification_enabled=signing is not None,
            process_before_response=False,
        )

    async def start(self) -> None:
        """Check the token and connect; a refused token is a `SettingsError` that names the setting."""
        if self.client is not None:
            try:
                await self.client.auth_test()
            except SlackApiError as error:
                raise _refused("SLACK_BOT_TOKEN", error, "copy it anew from OAuth & Permissions") from None
        if self.client is not None and self._tokens.slack_app is not None:
            self._socket = AsyncSocketModeHandler(
                self.app, self._tokens.slack_app.reveal(), ping_interval=_PING_SECONDS
            )
            self._socket.client.web_client = AsyncWebClient(
                token=self._tokens.slack_app.reveal(), base_url=self.client.base_url
            )
            try:
                await self._socket.connect_async()  # type: ignore[no-untyped-call]  # Bolt leaves it untyped
            except SlackApiError as error:
                hint = "it begins with xapp- and needs connections:write"
                raise _refused("SLACK_APP_TOKEN", error, hint) from None
        log.info("slack_connected", socket_mode=self._socket is not None, many=self._oauth is not None)

    async def stop(self) -> None:
        """Disconnect."""
        await self._talk.completions.close()
        if self._socket is not None:
            await self._socket.close_async()  # type: ignore[no-untyped-call]  # Bolt leaves it untyped

    async def examine(self) -> tuple[Finding, ...]:
        """See `Door.examine`."""
        if self.client is None:
            return (Finding("slack", "ok", "open to every workspace that installs the app"),)
        return await examine_slack(self.client)

    def http_routes(self) -> list[web.RouteDef]:
        """Where Slack sends its requests when there is no socket; every request's signature and age are checked."""
        routes = [web.post("/slack/events", self._take)]
        if self._oauth is not None:
            routes += [
                web.get(self._oauth.install_path, self._install),
                web.get(self._oauth.redirect_uri_path, self._installed),
            ]
        return routes

    async def _take(self, request: web.Request) -> web.Response:
        if (request.content_length or 0) > _LARGEST_BODY:
            return web.Response(status=413)
        body = await request.content.read(_LARGEST_BODY + 1)
        while not request.content.at_eof() and len(body) <= _LARGEST_BODY:
            body += await request.content.read(_LARGEST_BODY + 1 - len(body))
        if len(body) > _LARGEST_BODY:
            return web.Response(status=413)
        return _answered(await self.app.async_dispatch(_asked(request, body.decode("utf-8", "replace"))))

    async def _install(self, request: web.Request) -> web.Response:
        assert self._oauth is not None  # the route exists only then
        return _answered(await self._oauth.handle_installation(_asked(request, "")))

    async def _installed(self, request: web.Request) -> web.Response:
        assert self._oauth is not None  # the route exists only then
        return _answered(await self._oauth.handle_callback(_asked(request, "")))


def _refused(setting: str, error: SlackApiError, hint: str) -> Exception:
    """What to tell the operator; the error itself where Slack fails, or asks for patience, and does not refuse."""
    if error.response.get("error", "") in _PASSING:
        return error
    return SettingsError(f"Slack refuses the token ({error.response.get('error')})", subject=setting, hint=hint)


def _asked(request: web.Request, body: str) -> AsyncBoltRequest:
    headers: dict[str, str | Sequence[str]] = dict(request.headers)
    return AsyncBoltRequest(body=body, query=request.query_string, headers=headers)


def _answered(answer: BoltResponse) -> web.Response:
    """Bolt's answer as the web server's, cookies of an installation included."""
    found = web.Response(status=answer.status, text=answer.body or "")
    for name, values in answer.headers.items():
        if name.lower() == "content-type":
            found.content_type = values[0].split(";")[0]
        elif name.lower() != "content-length":
            for value in values:
                found.headers.add(name, value)
    return found
