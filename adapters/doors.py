"""The ways in for people: which of them the settings open, and that each can be entered."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

import structlog
from aiohttp import web

from adapters.assemble import House
from adapters.web.server import WebDoor
from bot.deliver.port import Platform
from bot.model.errors import SettingsError
from bot.model.finding import Finding
from bot.settings import Settings

if TYPE_CHECKING:
    from adapters.discord.client import DiscordDoor
    from adapters.slack.app import SlackDoor


log = structlog.get_logger()

KNOCK_SECONDS = 5.0
"""After which a platform that could not be reached is tried again; twice as long each time."""
LONGEST_KNOCK_SECONDS = 120.0


class Door(Protocol):
    """A way in for people: it starts, offers a platform for posts, and stops."""

    @property
    def platform(self) -> Platform:
        """What deliveries to this door go through."""
        ...

    async def start(self) -> None:
        """Connect; raises `SettingsError` where the platform refuses the token."""
        ...

    async def stop(self) -> None:
        """Disconnect."""
        ...

    async def examine(self) -> tuple[Finding, ...]:
        """Ask the platform whether the token is right and what it allows; the door need not be open."""
        ...


class Doors:
    """The doors that the settings open: those whose tokens are set, and the web door where it has a port."""

    def __init__(self, house: House) -> None:
        settings, tokens = house.settings, house.settings.tokens
        self.platforms: list[Door] = []
        self._examine = house.examine
        self._shut: dict[str, str] = {}
        self._knocking: list[asyncio.Task[None]] = []
        routes: list[web.RouteDef] = []
        if tokens.discord is not None:
            from adapters.discord.client import DiscordDoor  # a door that stays shut costs no start-up time

            discord = DiscordDoor(settings.discord, tokens.discord, house.desk, house.fleet)
            self.platforms.append(discord)
            routes += _discord_routes(discord, settings)
        if tokens.slack_bot is not None or tokens.slack_client_id is not None:
            from adapters.slack.app import SlackDoor

            slack = SlackDoor(settings.slack, tokens, house.desk, house.fleet)
            self.platforms.append(slack)
            routes += _slack_routes(slack, settings)

        if house.links is not None:
            if not settings.web.port:
                raise SettingsError(
                    "evidence pages have no door", subject="web.public_url is set", hint="set web.port as well"
                )
            from adapters.web.evidence import EvidencePages  # loads the templates

            routes += EvidencePages(house.store, house.links, house.workers.run, clock=house.clock).routes()

        self._web: WebDoor | None = None
        if settings.web.port:
            self._web = WebDoor(settings.web, routes=routes, examine=self._well, measure=house.measure)

    async def examine(self) -> tuple[Finding, ...]:
        """What the platforms say of us."""
        found = [finding for door in self.platforms for finding in await door.examine()]
        return tuple(found) or (Finding("platforms", "warning", "no platform is configured", "see README.md"),)

    async def open(self, opened: Callable[[Platform], None] = lambda platform: None) -> None:
        """Open all of them, the platforms side by side; the web door last, which says that all is open.

        `opened` is told of each platform. One that cannot be reached is tried again with growing pauses, and the others
        are served meanwhile. Raises `SettingsError` where a platform refuses its token.
        """
        try:
            async with asyncio.TaskGroup() as group:
                for door in self.platforms:
                    group.create_task(self._enter(door, opened))
        except* SettingsError as refused:
            raise refused.exceptions[0] from None
        if self._web is not None:
            await self._web.start()

    async def _enter(self, door: Door, opened: Callable[[Platform], None]) -> None:
        if not await self._tried(door, opened):
            self._knocking.append(asyncio.create_task(self._knock(door, opened)))

    async def _tried(self, door: Door, opened: Callable[[Platform], None]) -> bool:
        """Whether a door is open now; raises `SettingsError` where it never will be."""
        name = door.platform.name
        try:
            await door.start()
        except SettingsError:
            raise
        except Exception as error:
            self._shut[name] = f"{type(error).__name__}: {error}".splitlines()[0]
            log.warning("door_not_opened", platform=name, error=self._shut[name])
            return False
        self._shut.pop(name, None)
        opened(door.platform)
        return True

    async def _knock(self, door: Door, opened: Callable[[Platform], None]) -> None:
        wait = KNOCK_SECONDS
        while True:
            await asyncio.sleep(wait)
            try:
                if await self._tried(door, opened):
                    return
            except SettingsError as error:
                self._shut[door.platform.name] = str(error)
                log.error("door_stays_shut", platform=door.platform.name, error=str(error))
                return
            wait = min(2 * wait, LONGEST_KNOCK_SECONDS)

    async def _well(self) -> tuple[Finding, ...]:
        """How the house stands, and which doors are not open."""
        shut = [
            Finding(name, "wrong", f"{name} could not be reached ({why})", "it is tried again by itself")
            for name, why in self._shut.items()
        ]
        return (*shut, *await self._examine())

    async def shut(self) -> None:
        """Shut all of them."""
        for task in self._knocking:
            task.cancel()
        await asyncio.gather(*self._knocking, return_exceptions=True)
        if self._web is not None:
            await self._web.stop()
        for door in self.platforms:
            await door.stop()


def _discord_routes(discord: DiscordDoor, settings: Settings) -> list[web.RouteDef]:
    """What the web door takes for Discord; without a gateway there must be another way in."""
    if not settings.discord.gateway and not (settings.discord.public_key and settings.web.port):
        raise SettingsError(
            "Discord has no way in",
            subject="discord.gateway is false",
            hint="set discord.public_key and web.port for interactions over HTTP",
        )
    return discord.http_routes()


def _slack_routes(slack: SlackDoor, settings: Settings) -> list[web.RouteDef]:
    """What the web door takes for Slack: nothing with Socket Mode; else it must be able to, and to check signatures."""
    if settings.tokens.slack_app is not None:
        return []
    if not settings.web.port or settings.tokens.slack_signing is None:
        raise SettingsError(
            "Slack has no way in",
            subject="SLACK_APP_TOKEN is not set",
            hint="set it for Socket Mode, or set SLACK_SIGNING_SECRET and web.port for HTTP",
        )
    return slack.http_routes()
