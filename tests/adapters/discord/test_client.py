"""The Discord door, driven through the real client against a simulated Discord."""

from __future__ import annotations

from typing import Any

import pytest
from discord import Permissions

from adapters.discord.client import SitrepClient, intents
from bot.queries.desk import Desk
from tests.adapters.discord.simulated import buttons_of, discord_with, text_of
from tests.samples import sample_desk


@pytest.fixture
def desk() -> Desk:
    return sample_desk()


def _last_sent(env: Any) -> str:
    sent = [r for r in env.http_requests if r.method == "POST" and r.path.endswith("/messages")]
    return text_of(sent[-1].json["components"]) if sent else ""


async def test_a_look_up_answers_with_attributed_lines_seen_by_the_asker_alone(desk: Desk) -> None:
    async with discord_with(desk) as env:
        guild = env.create_guild()
        channel = guild.create_text_channel("news")
        alice = guild.add_member(env.create_user("alice"))
        response = (await alice.slash(channel, "news report", id="karabakh-1")).response
        text = text_of(response.components)
        assert "Azerbaijan MoD" in text and "denied by Armenia MoD" in text
        assert "according to Azerbaijan MoD" in text
        assert "killed" not in text
        assert response.ephemeral


async def test_a_shared_answer_is_seen_by_all(desk: Desk) -> None:
    async with discord_with(desk) as env:
        guild = env.create_guild()
        channel = guild.create_text_channel("news")
        alice = guild.add_member(env.create_user("alice"))
        response = (await alice.slash(channel, "news toll", event="gaza", share=True)).response
        assert not response.ephemeral
        assert "Figures of different sources are never added" in text_of(response.components)


@pytest.mark.parametrize(
    "command",
    [
        "latest",
        "search",
        "event",
        "claims",
        "toll",
        "actor",
        "compare",
        "timeline",
        "corrections",
        "evidence",
        "export",
        "about",
        "help",
    ],
)
async def test_every_look_up_answers(desk: Desk, command: str) -> None:
    options = {"search": {"query": "Karabakh"}, "actor": {"name": "Baku"}, "evidence": {"id": "quake-1"}}.get(
        command, {}
    )
    async with discord_with(desk) as env:
        guild = env.create_guild()
        channel = guild.create_text_channel("news")
        alice = guild.add_member(env.create_user("alice"))
        response = (await alice.slash(channel, f"news {command}", **options)).response
        assert len(text_of(response.components)) > 40


async def test_a_button_answers_after_a_restart(desk: Desk) -> None:
    async with discord_with(desk) as env:
        guild = env.create_guild()
        channel = guild.create_text_channel("news")
        alice = guild.add_member(env.create_user("alice"))
        shown = (await alice.slash(channel, "news report", id="ahli-1", share=True)).response
        buttons = buttons_of(shown.components)
        await env.restart_bot(SitrepClient(desk))
        pressed = (await alice.click(shown, custom_id=buttons["Evidence"])).response
        assert "characters" in text_of(pressed.components)
        assert pressed.ephemeral


async def test_a_direct_message_is_answered_with_plain_questions_understood(desk: Desk) -> None:
    async with discord_with(desk) as env:
        alice = env.create_user("alice")
        await alice.send_dm("how many killed in Gaza?")
        assert "according to" in _last_sent(env)
        await alice.send_dm("make me a sandwich")
        assert "I do not know that command" in _last_sent(env)


async def test_a_mention_is_answered_and_other_talk_is_not(desk: Desk) -> None:
    async with discord_with(desk) as env:
        guild = env.create_guild()
        channel = guild.create_text_channel("talk")
        alice = guild.add_member(env.create_user("alice"))
        await alice.send(channel, "latest karabakh")
        assert _last_sent(env) == ""
        await alice.send(channel, f"<@{guild.me.id}> latest karabakh")
        assert "Latest on karabakh" in _last_sent(env)


async def test_only_who_manages_the_server_may_change_what_is_posted(desk: Desk) -> None:
    async with discord_with(desk) as env:
        guild = env.create_guild()
        channel = guild.create_text_channel("news")
        editors = guild.create_role("editors", permissions=Permissions(manage_guild=True))
        alice = guild.add_member(env.create_user("alice"))
        bob = guild.add_member(env.create_user("bob"), roles=[editors])
        await alice.send(channel, f"<@{guild.me.id}> channel setup")
        assert "you may not change" in _last_sent(env).lower()
        done = (await bob.slash(channel, "channel setup", filter="country:AM AND status:denied")).response
        assert "country:AM AND status:denied" in text_of(done.components)


async def test_events_are_completed_while_somebody_types(desk: Desk) -> None:
    async with discord_with(desk) as env:
        guild = env.create_guild()
        channel = guild.create_text_channel("news")
        alice = guild.add_member(env.create_user("alice"))
        offered = await alice.autocomplete(channel, "news toll", "event", "kara")
        assert any(choice["value"].startswith("KAR-") for choice in offered)
        assert all(len(choice["name"]) <= 100 for choice in offered)


async def test_a_message_menu_reads_claims_from_any_message(desk: Desk) -> None:
    async with discord_with(desk) as env:
        guild = env.create_guild()
        channel = guild.create_text_channel("talk")
        alice = guild.add_member(env.create_user("alice"))
        message = await alice.send(
            channel, "The mayor of Kharkiv said two residents were injured. Moscow denied responsibility."
        )
        response = (await alice.context_menu(channel, "Extract claims", message)).response
        text = text_of(response.components)
        assert "two residents were injured" in text
        assert "the message is not stored" in text


async def test_commands_are_told_to_discord_once(desk: Desk) -> None:
    async with discord_with(desk) as env:
        await env.restart_bot(SitrepClient(desk))
        told = [r for r in env.http_requests if r.method == "PUT" and r.path.endswith("/commands")]
        assert len(told) == 1


def test_no_privileged_intent_is_asked_for() -> None:
    assert not (intents().message_content or intents().members or intents().presences)
