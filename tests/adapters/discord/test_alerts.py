"""A reader asks for alerts by a slash command, and one comes by direct message with why it came."""

from __future__ import annotations

from pathlib import Path

import simcord

from adapters.discord.client import SitrepClient
from adapters.discord.platform import DiscordPlatform
from bot.intake import file_reports
from tests.adapters.discord.simulated import assert_sound, text_of
from tests.samples import sample
from tests.test_newsroom import world


async def test_an_alert_comes_by_direct_message_and_says_why_and_how_to_stop_it(tmp_path: Path) -> None:
    async with world(tmp_path) as w, simcord.run(client := SitrepClient(w.house.desk), shard_count=1) as env:
        guild = env.create_guild()
        channel = guild.create_text_channel("news")
        reader = guild.add_member(env.create_user("reader"))
        made = await reader.slash(channel, "watch add", actor="Yerevan", when="denied,new")
        assert "Watching Armenia" in text_of(made.response.components) and made.response.ephemeral
        await w.house.store.write(file_reports, [sample("karabakh-1")], now=w.now)
        await w.house.courier({"discord": DiscordPlatform(client)}).run_due()
        sent = [r for r in env.http_requests if r.method == "POST" and r.path.endswith("/messages")]
        assert len(sent) == 1 and str(channel.id) not in sent[0].path
        assert_sound(sent[0].method, sent[0].path, sent[0].json)
        told = text_of(sent[0].json["components"])
        assert "You get this because you watch Armenia" in told.replace("\\", "") and "watch remove w1" in told
        await w.house.store.write(file_reports, [sample("karabakh-1")], now=w.now)
        await w.house.courier({"discord": DiscordPlatform(client)}).run_due()
        assert len([r for r in env.http_requests if r.path.endswith("/messages") and r.method == "POST"]) == 1
