"""The ways in for people: which of them the settings open, and that each can be entered."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Protocol

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
            self._web = WebDoor(settings.web, routes=routes, examine=house.examine, measure=house.measure)

    async def examine(self) -> tuple[Finding, ...]:
        """What the platforms say of us."""
        found = [finding for door in self.platforms for finding in await door.examine()]
        return tuple(found) or (Finding("platforms", "warning", "no platform is configured", "see README.md"),)

    async def open(self) -> None:
        """Open all of them, the platforms side by side; the web door last, which says that all is open.

        Raises what the first one raises that cannot be opened: `SettingsError` where a platform refuses its token.
        """
        try:
            async with asyncio.TaskGroup() as group:
                for door in self.platforms:
                    group.create_task(door.start())
        except* Exception as failed:
            raise failed.exceptions[0] from None
        if self._web is not None:
            await self._web.start()

    async def shut(self) -> None:
        """Shut all of them."""
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
