"""Slack in many workspaces: installing, tokens encrypted and renewed, and what is erased when a workspace leaves."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Iterator
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest
from aiohttp import ClientSession
from cryptography.fernet import Fernet
from slack_sdk.oauth.installation_store import Installation

from adapters.slack.app import SlackDoor
from adapters.slack.budget import Budget, methods
from adapters.slack.install import Installations, InstalledClients, States
from adapters.slack.listeners import EVENTS, SHORTCUTS
from adapters.slack.rotation import RENEWING, SharedRotator
from adapters.slack.scopes import SCOPES
from bot.model.errors import SettingsError, Undeliverable
from bot.model.subscription import Destination
from bot.queries.cards import report_card
from bot.settings import Secret, SlackSettings, Tokens
from bot.shipped import shipped
from bot.store import kept
from bot.store.engine import Store
from tests.adapters.slack.workspace import SIGNING, Workspace, workspace
from tests.samples import filled_store, sample, sample_desk
from tests.stand_ins.slack_server import slack_server

KEY, OLDER = Fernet.generate_key().decode(), Fernet.generate_key().decode()


def tokens(keys: str = KEY) -> Tokens:
    return Tokens(
        slack_signing=Secret(SIGNING),
        slack_client_id=Secret("1.2"),
        slack_client_secret=Secret("client-secret"),
        secret_keys=Secret(keys) if keys else None,
    )


def many(store: Store) -> AbstractAsyncContextManager[Workspace]:
    """The app as every workspace may install it, over this store."""
    return workspace(sample_desk(store), tokens())


async def install(slack: Workspace) -> str:
    """Go the way of "Add to Slack" as a browser does; returns the last page."""
    base = slack.url.removesuffix("/slack/events")
    async with ClientSession() as browser:
        async with browser.get(f"{base}/slack/install", allow_redirects=False) as page:
            assert page.status == 200
            asked = await page.text()
            state = asked.partition("state=")[2].partition("&")[0].partition('"')[0]
            cookie = page.headers["Set-Cookie"].partition(";")[0]
        there = f"{base}/slack/oauth_redirect?code=abc&state={state}"
        async with browser.get(there, headers={"Cookie": cookie}) as done:
            return await done.text()


async def test_a_workspace_installs_the_app_and_is_posted_to_with_its_own_token() -> None:
    store = filled_store()
    async with many(store) as slack:
        assert "Thank you" in await install(slack)
        (asked,) = [given for given in slack.server.of("oauth.v2.access") if given.get("code")]
        assert asked["code"] == "abc"
        where = Destination(platform="slack", tenant="slack:T9", channel="C1")
        await slack.door.platform.send(where, report_card(*sample("karabakh-1")), key="k" * 25)
        assert slack.server.of("chat.postMessage")[0]["channel"] == "C1"
        other = Destination(platform="slack", tenant="slack:T8", channel="C1")
        with pytest.raises(Undeliverable, match="not installed"):
            await slack.door.platform.send(other, report_card(*sample("karabakh-1")), key="k" * 25)


async def test_tokens_are_nowhere_in_clear() -> None:
    store = filled_store()
    async with many(store) as slack:
        await install(slack)
        everything = store.read_now(lambda c: repr(c.exec_driver_sql("SELECT * FROM kept").all()))
        assert "slack installations" in everything
        assert "xoxb" not in everything and "refresh" not in everything


async def test_a_state_is_good_once_and_a_stranger_has_none() -> None:
    store = filled_store()
    states = States(sample_desk(store))
    state = await states.async_issue()
    assert await states.async_consume(state)
    assert not await states.async_consume(state)
    assert not await states.async_consume("made-up")
    async with many(store) as slack:
        base = slack.url.removesuffix("/slack/events")
        async with ClientSession() as browser, browser.get(f"{base}/slack/oauth_redirect?code=x&state=y") as page:
            assert page.status >= 400
        assert not slack.server.of("oauth.v2.access")


async def test_a_workspace_that_leaves_is_forgotten_at_once_and_its_settings_rest() -> None:
    store = filled_store()
    async with many(store) as slack:
        await install(slack)
        body = {"type": "event_callback", "team_id": "T9", "api_app_id": "A1", "event_id": "E1"}
        await slack.send(json.dumps({**body, "event": {"type": "app_uninstalled"}}), kind="application/json")
        assert store.read_now(kept.recall, "slack installations", "- T9") is None
        departed = store.read_now(lambda c: c.exec_driver_sql("SELECT tenant FROM departures").all())
        assert [row[0] for row in departed] == ["slack:T9"]
        assert "Thank you" in await install(slack)
        assert not store.read_now(lambda c: c.exec_driver_sql("SELECT tenant FROM departures").all())


async def test_what_an_older_key_encrypted_is_read_and_encrypted_anew() -> None:
    store = filled_store()
    desk = sample_desk(store)
    held = Installation(user_id="U1", team_id="T9", bot_token="xoxb-1", bot_id="B1", bot_user_id="U2")
    await Installations.of(tokens(OLDER), desk).async_save(held)
    both = Installations.of(tokens(f"{KEY},{OLDER}"), desk)
    found = await both.of_team("T9")
    assert found is not None and found.bot_token == "xoxb-1"
    again = await Installations.of(tokens(KEY), desk).of_team("T9")
    assert again is not None and again.bot_token == "xoxb-1"
    assert await Installations.of(tokens(OLDER), desk).of_team("T9") is None


def two_nodes(tmp_path: Path, url: str) -> Iterator[InstalledClients]:
    """Two nodes over one database, each with its own way to it."""
    for _ in range(2):
        store = Store(f"sqlite:///{tmp_path / 'shared.db'}")
        store.migrate()
        desk = sample_desk(store)
        installations = Installations.of(tokens(), desk)
        rotator = SharedRotator(installations, desk, tokens(), base_url=url)
        yield InstalledClients(installations, rotator, base_url=url, budget=Budget())


def installed_until(ends_at: float, refresh: str = "xoxe-0-refresh") -> Installation:
    return Installation(
        user_id="U1", team_id="T9", bot_token="xoxb-old", bot_id="B1", bot_user_id="U2",
        bot_refresh_token=refresh, bot_token_expires_at=int(ends_at),
    )  # fmt: skip


async def test_a_token_that_several_nodes_want_renewed_is_renewed_once_and_all_have_the_new_one(
    tmp_path: Path,
) -> None:
    async with slack_server() as server:
        nodes = list(two_nodes(tmp_path, f"{server.url}api/"))
        await nodes[0].installations.async_save(installed_until(time.time() + 60))
        found = await asyncio.gather(*(node.of("slack:T9") for _ in range(3) for node in nodes))
        assert len(server.of("oauth.v2.access")) == 1
        assert {client.token for client in found} == {"xoxe.xoxb-1-secret"}


async def test_a_node_that_died_while_it_renewed_a_token_is_waited_for_and_no_longer(tmp_path: Path) -> None:
    async with slack_server() as server:
        first, second = two_nodes(tmp_path, f"{server.url}api/")
        await first.installations.async_save(installed_until(time.time() + 60))
        desk = sample_desk(Store(f"sqlite:///{tmp_path / 'shared.db'}"))
        assert await desk.hold(RENEWING, "- T9", "the dead one", seconds=-1)
        assert (await second.of("slack:T9")).token == "xoxe.xoxb-1-secret"


async def test_a_token_that_cannot_be_renewed_does_until_its_end_and_then_the_app_must_be_installed_again(
    tmp_path: Path,
) -> None:
    async with slack_server() as server:
        server.used_up.add("spent")
        first, second = two_nodes(tmp_path, f"{server.url}api/")
        await first.installations.async_save(installed_until(time.time() + 60, "spent"))
        assert (await first.of("slack:T9")).token == "xoxb-old"
        await first.installations.async_save(installed_until(time.time() - 1, "spent"))
        with pytest.raises(Undeliverable, match="install"):
            await second.of("slack:T9")


async def test_a_state_that_comes_to_two_nodes_at_once_is_good_for_one() -> None:
    desk = sample_desk(filled_store())
    state = await States(desk).async_issue()
    came = await asyncio.gather(*(States(desk).async_consume(state) for _ in range(2)))
    assert sorted(came) == [False, True]


def test_nodes_share_what_slack_allows_the_app() -> None:
    there = 1
    budget = Budget(shared_by=lambda: there)
    alone = budget.rate("chat.update")
    there = 3
    assert alone is not None and budget.rate("chat.update") == alone / 3
    assert budget.rate("chat.postMessage") is None  # by channel, and a channel is one node's
    there = 500
    assert budget.rate("chat.update") == 1.0


async def test_an_organisations_installation_serves_its_workspaces() -> None:
    desk = sample_desk(filled_store())
    store = Installations.of(tokens(), desk)
    held = Installation(
        user_id="U1", team_id=None, enterprise_id="E1", is_enterprise_install=True, bot_token="xoxb-org", bot_id="B1"
    )
    await store.async_save(held)
    found = await store.async_find_installation(enterprise_id="E1", team_id="T5")
    assert found is not None and found.bot_token == "xoxb-org"
    later = await store.of_team("T5")  # a post knows the workspace alone
    assert later is not None and later.bot_token == "xoxb-org"


@pytest.mark.parametrize("keys", ["", "not-a-key"])
def test_without_a_usable_key_nothing_starts(keys: str) -> None:
    with pytest.raises(SettingsError, match="SITREP_SECRET_KEYS"):
        SlackDoor(SlackSettings(), tokens(keys), sample_desk())


@pytest.mark.parametrize("name", ["slack-manifest.json", "slack-manifest-http.json"])
def test_a_manifest_asks_for_what_is_used_and_no_more(name: str) -> None:
    manifest = json.loads(shipped(f"config/{name}").read_text(encoding="utf-8"))
    features, settings = manifest["features"], manifest["settings"]
    assert set(manifest["oauth_config"]["scopes"]["bot"]) == set(SCOPES)
    assert tuple(settings["event_subscriptions"]["bot_events"]) == EVENTS
    assert {shortcut["callback_id"] for shortcut in features["shortcuts"]} == set(SHORTCUTS)
    assert len(features["agent_view"]["suggested_prompts"]) <= 4
    over_http = name.endswith("http.json")
    assert settings["socket_mode_enabled"] is not over_http
    assert ("request_url" in settings["interactivity"]) is over_http
    door = SlackDoor(SlackSettings(), tokens(), sample_desk())
    paths = {route.path for route in door.http_routes()}
    told = json.dumps(manifest)
    urls = {part.partition('"')[0] for part in told.split("https://sitrep.example.org")[1:]}
    assert urls <= paths


def test_every_method_that_is_called_has_a_budget() -> None:
    import re

    folder = Path(__file__).resolve().parents[3] / "adapters" / "slack"
    called = {
        found.replace("_", ".", 1)
        for file in folder.glob("*.py")
        for found in re.findall(
            r"client\.((?:chat|views|users|conversations|auth)_\w+)\(", file.read_text(encoding="utf-8")
        )
    }
    assert len(called) >= 6
    assert called <= methods()
