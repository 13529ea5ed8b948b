"""A newcomer sets a channel up by buttons alone, and the first card stands there."""

from __future__ import annotations

from pathlib import Path

import simcord
from discord import Permissions

from adapters.discord.client import SitrepClient
from adapters.discord.platform import DiscordPlatform
from bot.intake import file_reports
from tests.adapters.discord.simulated import assert_sound, buttons_of, text_of
from tests.adapters.discord.test_servers import _comes, _greetings, _leaves
from tests.samples import told
from tests.test_newsroom import world


async def test_two_presses_lead_from_the_invitation_to_a_first_post(tmp_path: Path) -> None:
    async with world(tmp_path) as w, simcord.run(client := SitrepClient(w.house.desk), shard_count=1) as env:
        guild = env.create_guild()
        await env.settle()
        channel = guild.create_text_channel("news")
        await _leaves(env, guild)
        await _comes(env, guild)
        (greeting,) = _greetings(env)
        assert buttons_of(greeting.json["components"])["Set up this channel"] == "sitrep:channel setup"
        editors = guild.create_role("editors", permissions=Permissions(manage_guild=True))
        moderator = guild.add_member(env.create_user("mo"), roles=[editors])
        await w.house.store.write(file_reports, told(), now=w.house.clock())
        greeted = channel.last_message
        offered = (await moderator.click(greeted, custom_id="sitrep:channel setup")).response
        assert "What should be posted here?" in text_of(offered.components)
        done = (await moderator.click(offered, custom_id="sitrep:channel setup toll")).response
        assert "First card" in text_of(done.components)
        await w.house.courier({"discord": DiscordPlatform(client)}).run_due()
        posts = [r for r in env.http_requests if r.method == "POST" and r.path.endswith(f"/{channel.id}/messages")]
        assert len(posts) == 2, "the greeting and the first card"
        assert_sound(posts[1].method, posts[1].path, posts[1].json)
