"""Servers that come and go: greeted where we may speak, remembered for a while, then erased."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from discord import PermissionOverwrite, Permissions
from simcord.backend import serializers

from adapters.discord.client import SitrepClient
from bot.store import subscriptions, tenants
from bot.store.engine import Store
from tests.adapters.discord.simulated import buttons_of, discord_with, text_of
from tests.samples import NOW, filled_store, sample_desk

MANAGE = Permissions(manage_guild=True)


async def _leaves(env: Any, guild: Any) -> None:
    env.backend.emit("GUILD_DELETE", {"id": str(guild.id)})
    await env.settle()


async def _comes(env: Any, guild: Any) -> None:
    payload = dict(serializers.guild_create_payload(env.backend, env.backend.get_guild(guild.id)))
    payload.pop("unavailable", None)  # it stands where a known server is there again after an outage
    env.backend.emit("GUILD_CREATE", payload)
    await env.settle()


def _greetings(env: Any) -> list[Any]:
    posts = [r for r in env.http_requests if r.method == "POST" and r.path.endswith("/messages")]
    return [r for r in posts if "Sitrep is here" in text_of(r.json["components"])]


def _orders(store: Store) -> list[str]:
    return [order.paused for order in store.read_now(subscriptions.subscriptions)]


async def test_a_server_is_greeted_where_the_bot_may_speak_with_buttons_to_set_it_up() -> None:
    async with discord_with(sample_desk()) as env:
        guild = env.create_guild()
        await env.settle()
        closed = {guild.me: PermissionOverwrite(send_messages=False)}
        guild.create_text_channel("rules", overwrites=closed)
        talk = guild.create_text_channel("talk")
        await _leaves(env, guild)
        await _comes(env, guild)
        (greeting,) = _greetings(env)
        assert f"/channels/{talk.id}/" in greeting.path
        assert {"Set up this channel", "Add a feed"} <= set(buttons_of(greeting.json["components"]))


async def test_where_nobody_lets_us_speak_nothing_is_said() -> None:
    async with discord_with(sample_desk()) as env:
        guild = env.create_guild()
        await env.settle()
        guild.create_text_channel("rules", overwrites={guild.me: PermissionOverwrite(view_channel=False)})
        await _leaves(env, guild)
        await _comes(env, guild)
        assert _greetings(env) == []


async def test_a_servers_settings_rest_while_it_is_gone_and_go_on_when_it_comes_back() -> None:
    store = filled_store()
    async with discord_with(sample_desk(store)) as env:
        guild = env.create_guild()
        talk = guild.create_text_channel("talk")
        bob = guild.add_member(env.create_user("bob"), roles=[guild.create_role("r", permissions=MANAGE)])
        await bob.slash(talk, "channel setup", filter="country:AM")
        await _leaves(env, guild)
        assert _orders(store) == [tenants.LEFT]
        await _comes(env, guild)
        assert _orders(store) == [""]
        assert "in force again" in text_of(_greetings(env)[-1].json["components"])


async def test_a_server_that_left_while_we_were_away_is_found_out_at_the_start() -> None:
    store = filled_store()
    desk = sample_desk(store)
    async with discord_with(desk) as env:
        guild = env.create_guild()
        talk = guild.create_text_channel("talk")
        bob = guild.add_member(env.create_user("bob"), roles=[guild.create_role("r", permissions=MANAGE)])
        await bob.slash(talk, "channel setup", filter="country:AM")
        env.backend.guilds.pop(guild.id)
        await env.restart_bot(SitrepClient(desk))
        assert _orders(store) == [tenants.LEFT]


def test_what_a_departed_server_had_set_is_kept_thirty_days_and_then_erased() -> None:
    store = filled_store("discord:1")
    store.write_now(tenants.depart, "discord:1", NOW)
    assert store.write_now(tenants.erase_departed, NOW - timedelta(days=1)) == ()
    assert store.write_now(tenants.erase_departed, NOW + timedelta(seconds=1)) == ("discord:1",)
    assert store.write_now(tenants.erase_departed, NOW + timedelta(days=1)) == ()
