"""What the platforms say of our tokens, asked over real connections on loopback."""

from __future__ import annotations

from collections.abc import AsyncIterator

import discord
import pytest
from aiohttp import web
from discord.http import Route
from slack_sdk.web.async_client import AsyncWebClient

from adapters.discord.examine import examine_discord
from adapters.slack.examine import examine_slack
from adapters.slack.scopes import SCOPES


class Answers:
    """A platform that answers what it is told to."""

    def __init__(self) -> None:
        self.url = ""
        self.status = 200
        self.body: dict[str, object] = {}
        self.headers: dict[str, str] = {}

    async def answer(self, request: web.Request) -> web.Response:
        return web.json_response(self.body, status=self.status, headers=self.headers)


@pytest.fixture
async def answers() -> AsyncIterator[Answers]:
    told = Answers()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", told.answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    told.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield told
    await runner.cleanup()


def slack(answers: Answers) -> AsyncWebClient:
    return AsyncWebClient(token="xoxb-known", base_url=f"{answers.url}/api/")


async def test_slacks_missing_scopes_are_named(answers: Answers) -> None:
    answers.body = {"ok": True, "user": "sitrep", "team": "Desk"}
    answers.headers = {"x-oauth-scopes": ",".join(sorted(SCOPES.keys() - {"chat:write"}))}
    found = await examine_slack(slack(answers))
    assert [one.level for one in found] == ["ok", "wrong"]
    assert "chat:write" in found[1].told and "install the app again" in found[1].hint
    answers.headers = {"x-oauth-scopes": ",".join(sorted(SCOPES.keys()))}
    assert {one.level for one in await examine_slack(slack(answers))} == {"ok"}


async def test_a_clock_that_differs_from_slacks_is_told(answers: Answers) -> None:
    answers.body, answers.headers = {"ok": True}, {"Date": "Tue, 11 Jun 2024 12:00:00 GMT"}
    found = await examine_slack(slack(answers))
    assert [(one.area, one.level) for one in found] == [("slack", "ok"), ("clock", "wrong")]


async def test_refused_tokens_are_told_without_showing_them(answers: Answers, monkeypatch: pytest.MonkeyPatch) -> None:
    answers.body = {"ok": False, "error": "invalid_auth"}
    (refused,) = await examine_slack(slack(answers))
    assert refused.level == "wrong" and "invalid_auth" in refused.told
    monkeypatch.setattr(Route, "BASE", answers.url)
    answers.status, answers.body = 401, {"message": "401: Unauthorized", "code": 0}
    (also,) = await examine_discord(discord.Client(intents=discord.Intents.none()), "known.token")
    assert also.level == "wrong" and "DISCORD_TOKEN" in also.hint
    assert "known" not in f"{refused} {also}"


async def test_a_platform_out_of_reach_is_a_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    (lost,) = await examine_slack(AsyncWebClient(token="x", base_url="http://127.0.0.1:9/api/"))
    monkeypatch.setattr(Route, "BASE", "http://127.0.0.1:9")
    (gone,) = await examine_discord(discord.Client(intents=discord.Intents.none()), "x")
    assert (lost.level, gone.level) == ("wrong", "wrong")
    assert "check the network" in lost.hint and "check the network" in gone.hint
