"""A card that is told to a person in a channel names and notifies that person alone."""

from __future__ import annotations

import pytest
import simcord
from slack_sdk.web.async_client import AsyncWebClient

from adapters.discord.client import SitrepClient
from adapters.discord.platform import DiscordPlatform
from adapters.slack.clients import OneClient
from adapters.slack.platform import SlackPlatform
from bot.model.subscription import Destination
from bot.queries.cards import report_card
from tests.adapters.discord.simulated import assert_sound, text_of
from tests.samples import sample, sample_desk
from tests.stand_ins.slack_server import slack_server


async def test_on_discord_a_person_is_named_and_nobody_else_is_notified() -> None:
    client = SitrepClient(sample_desk())
    async with simcord.run(client, shard_count=1) as env:
        guild = env.create_guild()
        channel = guild.create_text_channel("news")
        reader = guild.add_member(env.create_user("reader"))
        where = Destination(platform="discord", tenant=f"discord:{guild.id}", channel=str(channel.id))
        card = report_card(*sample("karabakh-1"))
        await DiscordPlatform(client).send(where, card, key="k", mention=f"@{reader.id}")
        sent = next(r for r in env.http_requests if r.method == "POST" and r.path.endswith("/messages"))
        # discord.py sends these ids as numbers, which Discord takes and its specification does not name.
        sound = {**sent.json, "allowed_mentions": {"parse": [], "users": [str(reader.id)]}}
        assert_sound(sent.method, sent.path, sound)
        assert f"<@{reader.id}>" in text_of(sent.json["components"])
        allowed = sent.json["allowed_mentions"]
        assert [str(user) for user in allowed["users"]] == [str(reader.id)]
        assert not allowed.get("roles") and not {"everyone", "roles", "users"} & set(allowed.get("parse", []))


async def test_on_slack_a_person_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("adapters.slack.platform._SPACING", 0.0, raising=False)
    async with slack_server() as server:
        platform = SlackPlatform(OneClient(AsyncWebClient(token="xoxb-1", base_url=f"{server.url}api/")))
        where = Destination(platform="slack", tenant="slack:T1", channel="C1")
        await platform.send(where, report_card(*sample("karabakh-1")), key="k", mention="@U7")
        (sent,) = server.of("chat.postMessage")
        assert {"type": "mrkdwn", "text": "<@U7>"} in [block.get("text") for block in sent["blocks"]]
