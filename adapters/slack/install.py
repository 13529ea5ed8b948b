"""Installing the app in many workspaces: OAuth, and the tokens that come of it, encrypted in our own store."""

from __future__ import annotations

import secrets
import time
from collections import OrderedDict
from collections.abc import Sequence
from datetime import datetime
from logging import Logger, getLogger
from typing import Any, Protocol, runtime_checkable

import msgspec
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from slack_bolt.authorization.async_authorize import AsyncInstallationStoreAuthorize
from slack_bolt.oauth.async_callback_options import AsyncCallbackOptions, AsyncFailureArgs, AsyncSuccessArgs
from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow
from slack_bolt.oauth.async_oauth_settings import AsyncOAuthSettings
from slack_bolt.response import BoltResponse
from slack_sdk.errors import SlackTokenRotationError
from slack_sdk.oauth.installation_store import Bot, Installation
from slack_sdk.oauth.installation_store.async_installation_store import AsyncInstallationStore
from slack_sdk.oauth.state_store.async_state_store import AsyncOAuthStateStore
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.budget import Budget
from adapters.slack.clients import BudgetedClient
from adapters.slack.rotation import ROTATE_BEFORE, SharedRotator, why
from adapters.slack.scopes import SCOPES
from bot.model.errors import SettingsError, TryLater, Undeliverable
from bot.queries.desk import Desk
from bot.settings import Tokens

_INSTALLS = "slack installations"
_STATES = "slack states"
_ORGANISATIONS = "slack organisations"
_STATE_SECONDS = 600
_ENDED = {"invalid_refresh_token", "token_revoked", "token_expired", "account_inactive", "invalid_auth"}
"""Slack's words for a token that will not be renewed."""
_MOST_CLIENTS = 2000
_KEPT_SECONDS = 300.0


@runtime_checkable
class Erasing(Protocol):
    """Clients whose tokens can be erased."""

    async def erase(self, *, team: str, enterprise: str | None) -> None:
        """Forget all tokens of a workspace."""
        ...


class Installations(AsyncInstallationStore):
    """Keeps each workspace's installation, encrypted; what an older key encrypted is encrypted anew when it is read."""

    def __init__(self, desk: Desk, keys: Sequence[Fernet]) -> None:
        self._desk = desk
        self._newest = keys[0]
        self._keys = MultiFernet(keys)

    @classmethod
    def of(cls, tokens: Tokens, desk: Desk) -> Installations:
        """With the keys of the environment; raises `SettingsError` where there are none, or they are malformed."""
        given = tokens.secret_keys.reveal().replace(",", " ").split() if tokens.secret_keys else []
        if not given:
            what = "tokens of workspaces must be encrypted"
            raise SettingsError(what, subject="SITREP_SECRET_KEYS is not set", hint=_HOW)
        try:
            return cls(desk, [Fernet(key) for key in given])
        except ValueError:
            raise SettingsError("a key is malformed", subject="SITREP_SECRET_KEYS", hint=_HOW) from None

    @property
    def logger(self) -> Logger:
        """Bolt's interface wants one."""
        return getLogger("slack_bolt.oauth")

    async def async_save(self, installation: Installation) -> None:
        """Keep what an installation came to."""
        plain = {
            name: value.isoformat() if isinstance(value, datetime) else value
            for name, value in installation.to_dict().items()
        }
        value = self._keys.encrypt(msgspec.json.encode(plain)).decode()
        await self._desk.keep(_INSTALLS, _name(installation.enterprise_id, installation.team_id), value)

    async def async_save_bot(self, bot: Bot) -> None:
        """Keep a renewed token of the bot's."""
        held = await self.async_find_installation(enterprise_id=bot.enterprise_id, team_id=bot.team_id)
        if held is not None:
            held.bot_token, held.bot_refresh_token = bot.bot_token, bot.bot_refresh_token
            held.bot_token_expires_at = bot.bot_token_expires_at
            await self.async_save(held)

    async def async_find_installation(
        self,
        *,
        enterprise_id: str | None,
        team_id: str | None,
        user_id: str | None = None,
        is_enterprise_install: bool | None = False,
    ) -> Installation | None:
        """The installation of a workspace, or that of its whole organisation."""
        del user_id
        if enterprise_id and team_id:
            await self.in_organisation(team_id, enterprise_id)
        names = [] if is_enterprise_install else [_name(enterprise_id, team_id)]
        names += [_name(enterprise_id, None)] if enterprise_id else []
        for name in names:
            if (held := await self._desk.recall(_INSTALLS, name)) is not None:
                return await self._read(name, held)
        return None

    async def of_team(self, team: str) -> Installation | None:
        """A workspace's installation, found by the workspace alone: its own, or that of its organisation."""
        enterprise = await self._desk.recall(_ORGANISATIONS, team)
        return await self.async_find_installation(enterprise_id=enterprise, team_id=team)

    async def in_organisation(self, team: str, enterprise: str) -> None:
        """Remember which organisation a workspace is in, so that posts to it find their token."""
        if await self._desk.recall(_ORGANISATIONS, team) != enterprise:
            await self._desk.keep(_ORGANISATIONS, team, enterprise)

    async def async_find_bot(
        self, *, enterprise_id: str | None, team_id: str | None, is_enterprise_install: bool | None = False
    ) -> Bot | None:
        """The bot of an installation."""
        found = await self.async_find_installation(
            enterprise_id=enterprise_id, team_id=team_id, is_enterprise_install=is_enterprise_install
        )
        return found.to_bot() if found is not None else None

    async def async_delete_installation(
        self, *, enterprise_id: str | None, team_id: str | None, user_id: str | None = None
    ) -> None:
        """Forget an installation."""
        del user_id
        await self._desk.forget(_INSTALLS, _name(enterprise_id, team_id))

    async def async_delete_bot(self, *, enterprise_id: str | None, team_id: str | None) -> None:
        """Forget a bot; with it the installation."""
        await self.async_delete_installation(enterprise_id=enterprise_id, team_id=team_id)

    async def _read(self, name: str, held: str) -> Installation | None:
        try:
            opened = self._keys.decrypt(held.encode())
        except InvalidToken:
            return None
        try:
            self._newest.decrypt(held.encode())
        except InvalidToken:
            await self._desk.keep(_INSTALLS, name, self._keys.rotate(held.encode()).decode())
        fields: dict[str, Any] = msgspec.json.decode(opened)
        return Installation(**fields)


_HOW = "one or more keys, the newest first; make one with `sitrep key`"


def _name(enterprise: str | None, team: str | None) -> str:
    return f"{enterprise or '-'} {team or '-'}"


class States(AsyncOAuthStateStore):
    """The states of installations that are under way: each good once, for ten minutes."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    @property
    def logger(self) -> Logger:
        """Bolt's interface wants one."""
        return getLogger("slack_bolt.oauth")

    async def async_issue(self, *args: Any, **kwargs: Any) -> str:
        """A new state."""
        state = secrets.token_urlsafe(24)
        await self._desk.keep(_STATES, state, str(int(time.time()) + _STATE_SECONDS))
        return state

    async def async_consume(self, state: str) -> bool:
        """Whether the state was issued, has not been used, and is not too old."""
        until = await self._desk.take(_STATES, state)
        return until is not None and time.time() < int(until)


class InstalledClients:
    """A client for each workspace that has installed the app; tokens are renewed before they end."""

    def __init__(self, installations: Installations, rotator: SharedRotator, *, base_url: str, budget: Budget) -> None:
        self.installations = installations
        self._base_url = base_url
        self._budget = budget
        self._rotator = rotator
        self._kept: OrderedDict[str, tuple[float, BudgetedClient]] = OrderedDict()

    async def of(self, tenant: str) -> AsyncWebClient:
        """See `Clients.of`."""
        team = tenant.removeprefix("slack:")
        held = self._kept.get(team)
        if held is not None and time.monotonic() - held[0] < _KEPT_SECONDS:
            return held[1]
        found = await self.installations.of_team(team)
        if found is None:
            hint = "install the app there again"
            raise Undeliverable("the app is not installed in this workspace", subject=team, hint=hint)
        try:
            found = await self._rotator.perform_token_rotation(installation=found) or found
        except SlackTokenRotationError as error:
            told = f"its token has ended and cannot be renewed ({why(error)})"
            if why(error) in _ENDED:
                raise Undeliverable(told, subject=team, hint="install the app there again") from error
            raise TryLater(told, subject=team) from error
        client = BudgetedClient(token=found.bot_token or "", base_url=self._base_url, budget=self._budget, team=team)
        self._kept[team] = (time.monotonic(), client)
        while len(self._kept) > _MOST_CLIENTS:
            self._kept.popitem(last=False)
        return client

    async def erase(self, *, team: str, enterprise: str | None) -> None:
        """See `Erasing.erase`."""
        self._kept.pop(team, None)
        await self.installations.async_delete_all(enterprise_id=enterprise or "", team_id=team)


def oauth_flow(
    tokens: Tokens, desk: Desk, installations: Installations, rotator: SharedRotator, *, url: str
) -> AsyncOAuthFlow:
    """The way from "Add to Slack" to a kept installation, under /slack/install."""
    assert tokens.slack_client_id is not None and tokens.slack_client_secret is not None  # the assembly has looked

    async def installed(args: AsyncSuccessArgs) -> BoltResponse:
        await desk.tenant_came(f"slack:{args.installation.team_id or args.installation.enterprise_id}")
        return await args.default.success(args)

    async def failed(args: AsyncFailureArgs) -> BoltResponse:
        return await args.default.failure(args)

    settings = AsyncOAuthSettings(
        client_id=tokens.slack_client_id.reveal(),
        client_secret=tokens.slack_client_secret.reveal(),
        scopes=sorted(SCOPES),
        installation_store=installations,
        state_store=States(desk),
        state_expiration_seconds=_STATE_SECONDS,
        token_rotation_expiration_minutes=ROTATE_BEFORE,
        install_path="/slack/install",
        redirect_uri_path="/slack/oauth_redirect",
        callback_options=AsyncCallbackOptions(success=installed, failure=failed),
    )
    assert isinstance(settings.authorize, AsyncInstallationStoreAuthorize)  # Bolt's choice where there is a store
    settings.authorize.token_rotator = rotator
    return AsyncOAuthFlow(client=AsyncWebClient(base_url=url), settings=settings)
