"""Doors that cannot be opened at once: the others are, and they are tried again."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import discord
import msgspec
import pytest
from aiohttp import ClientSession, web
from discord.http import Route

from adapters import doors as doors_module
from adapters.assemble import House, built
from adapters.doors import Doors
from bot.deliver.port import Platform
from bot.model.errors import SettingsError
from bot.settings import (
    DiscordSettings,
    Secret,
    Settings,
    SlackSettings,
    SourceSettings,
    StoreSettings,
    Tokens,
    WebSettings,
)
from bot.work.local import ThreadWorkers
from tests.adapters.web.test_server import free_port
from tests.stand_ins.discord_server import discord_server
from tests.stand_ins.slack_server import SlackServer, slack_server


@asynccontextmanager
async def house_of(tmp_path: Path, slack: SlackServer, discord_port: int) -> AsyncIterator[House]:
    base, gateway = Route.BASE, discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY
    there = f"127.0.0.1:{discord_port}"
    settings = msgspec.structs.replace(
        Settings(),
        store=StoreSettings(url=f"sqlite:///{tmp_path / 's.db'}"),
        sources=SourceSettings(opml=(), folders=()),
        web=WebSettings(port=free_port()),
        discord=DiscordSettings(api_base=f"http://{there}/api/v10", gateway_url=f"ws://{there}/gateway/"),
        slack=SlackSettings(api_url=f"{slack.url}api/"),
        tokens=Tokens(discord=Secret("t"), slack_bot=Secret("xoxb-1"), slack_app=Secret("xapp-1")),
    )
    async with built(settings, workers=ThreadWorkers()) as house:
        try:
            yield house
        finally:
            Route.BASE, discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = base, gateway


async def ready(house: House) -> tuple[int, str]:
    address = f"http://127.0.0.1:{house.settings.web.port}/readyz"
    async with ClientSession() as session, session.get(address) as answer:
        return answer.status, await answer.text()


async def until(true: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(30):
        while not await true():  # noqa: ASYNC110 - a platform that comes back has no event
            await asyncio.sleep(0.1)


async def well(house: House) -> bool:
    return (await ready(house))[0] == 200


async def test_a_platform_that_is_away_at_the_start_is_entered_once_it_is_back_and_the_other_is_served_meanwhile(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doors_module, "KNOCK_SECONDS", 0.1)
    port, opened = free_port(), dict[str, Platform]()
    async with slack_server() as slack, house_of(tmp_path, slack, port) as house:
        doors = Doors(house)
        try:
            await doors.open(lambda platform: opened.update({platform.name: platform}))
            assert set(opened) == {"slack"}
            status, told = await ready(house)
            assert status == 503 and "discord could not be reached" in told
            async with discord_server(port=port):
                await until(lambda: well(house))
                assert set(opened) == {"slack", "discord"}
                await doors.shut()
        finally:
            await doors.shut()


async def test_slack_that_fails_in_passing_is_tried_again_and_a_refused_token_ends_the_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doors_module, "KNOCK_SECONDS", 0.1)
    port, opened = free_port(), dict[str, Platform]()
    async with slack_server() as slack, discord_server(port=port), house_of(tmp_path, slack, port) as house:
        doors = Doors(house)
        slack.refuse["auth.test"] = [web.json_response({"ok": False, "error": "internal_error"})]
        try:
            await doors.open(lambda platform: opened.update({platform.name: platform}))
            assert "discord" in opened
            await until(lambda: well(house))
            assert set(opened) == {"slack", "discord"} and not slack.refuse["auth.test"]
        finally:
            await doors.shut()
    async with slack_server() as slack, discord_server(port=port), house_of(tmp_path, slack, port) as house:
        doors = Doors(house)
        slack.refuse["auth.test"] = [web.json_response({"ok": False, "error": "invalid_auth"})]
        try:
            with pytest.raises(SettingsError, match="SLACK_BOT_TOKEN"):
                await doors.open()
        finally:
            await doors.shut()
