"""One tick from a feed on loopback to a post on Discord and on Slack; a second tick posts nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
import simcord
from aiohttp import web
from discord.http import Route
from slack_sdk.web.async_client import AsyncWebClient

from adapters.discord.client import DiscordDoor, SitrepClient
from adapters.discord.platform import DiscordPlatform
from adapters.slack.clients import OneClient
from adapters.slack.platform import SlackPlatform
from bot.model.errors import SettingsError, Undeliverable
from bot.model.subscription import Destination, Subscription
from bot.queries.cards import report_card
from bot.settings import DiscordSettings, Secret
from bot.store import subscriptions
from tests.adapters.discord.simulated import assert_sound, text_of
from tests.samples import sample, sample_desk
from tests.stand_ins.slack_server import slack_server
from tests.test_newsroom import world


async def test_a_tick_posts_to_both_platforms_and_a_second_posts_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adapters.slack.platform._SPACING", 0.0)
    async with (
        world(tmp_path) as w,
        slack_server() as server,
        simcord.run(client := SitrepClient(w.house.desk), shard_count=1) as env,
    ):
        channel = env.create_guild().create_text_channel("news")
        places = {"discord": ("t1", str(channel.id)), "slack": ("t1", "C1")}
        for platform, (tenant, place) in places.items():
            where = Destination(platform=platform, tenant=tenant, channel=place)
            await w.house.store.write(subscriptions.save_subscription, Subscription(id=platform, destination=where))
        platforms = {
            "discord": DiscordPlatform(client),
            "slack": SlackPlatform(OneClient(AsyncWebClient(token="xoxb-1", base_url=f"{server.url}api/"))),
        }

        async def tick() -> tuple[list, list]:
            await w.house.newsroom.tick()
            await w.house.courier(platforms).run_due()
            discord_posts = [r for r in env.http_requests if r.method == "POST" and r.path.endswith("/messages")]
            return discord_posts, server.of("chat.postMessage")

        on_discord, on_slack = await tick()
        assert len(on_discord) == 4 and len(on_slack) >= 4
        for request in on_discord:
            assert_sound(request.method, request.path, request.json)
            assert request.json["enforce_nonce"] and len(request.json["nonce"]) <= 25
        first = text_of(on_discord[0].json["components"])
        assert "Dnipro" in first and "Dnipro" in on_slack[0]["text"]
        again_discord, again_slack = await tick()
        assert len(again_discord) == len(on_discord) and len(again_slack) == len(on_slack)


async def test_a_closed_discord_channel_is_undeliverable() -> None:
    client = SitrepClient(sample_desk())
    async with simcord.run(client, shard_count=1):
        platform = DiscordPlatform(client)
        where = Destination(platform="discord", tenant="discord:1", channel="123456789012345678")
        with pytest.raises(Undeliverable, match="Discord refuses posts there"):
            await platform.send(where, report_card(*sample("karabakh-1")), key="k")


async def test_a_wrong_discord_token_is_one_line_that_names_the_setting_and_not_the_token() -> None:
    async def refuse(request: web.Request) -> web.Response:
        return web.json_response({"message": "401: Unauthorized", "code": 0}, status=401)

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", refuse)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    base = Route.BASE
    try:
        settings = DiscordSettings(api_base=f"http://127.0.0.1:{runner.addresses[0][1]}/api/v10")
        door = DiscordDoor(settings, Secret("very-secret-token"), sample_desk())
        with pytest.raises(SettingsError) as caught:
            await door.start()
        assert "DISCORD_TOKEN" in str(caught.value)
        assert "very-secret" not in str(caught.value) and "\n" not in str(caught.value)
        await door.stop()
    finally:
        Route.BASE = base
        await runner.cleanup()
