"""Requests are held back until they fit Discord's limits, and refused while too many were invalid."""

from __future__ import annotations

import asyncio

import aiohttp
import discord
import pytest
from aiohttp import web

from adapters.discord.budget import MESSAGES, MESSAGES_SECONDS, MOST_INVALID, Budget


class Time:
    """A clock that sleeping moves."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 1000.0

        async def sleep(seconds: float) -> None:
            self.now += seconds

        monkeypatch.setattr("adapters.discord.budget.asyncio.sleep", sleep)

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Time:
    return Time(monkeypatch)


async def test_a_thousand_requests_stay_under_the_global_limit(clock: Time) -> None:
    budget = Budget(clock=clock)
    times = []
    for number in range(1000):
        await budget.take("GET", f"/api/v10/channels/{number}")
        times.append(clock.now)
    for start in times:
        assert sum(start <= at < start + 1.0 for at in times) <= 40


async def test_nodes_share_the_requests_a_second_also_when_one_more_comes(clock: Time) -> None:
    nodes = 1
    budget = Budget(clock=clock, shared_by=lambda: nodes)
    times = []
    for number in range(300):
        nodes = 1 if number < 100 else 4
        await budget.take("GET", f"/api/v10/channels/{number}")
        times.append(clock.now)
    assert all(sum(start <= at < start + 1.0 for at in times) <= 10 for start in times[100:])


async def test_messages_to_one_channel_are_spread_and_others_are_not_kept_waiting(clock: Time) -> None:
    budget = Budget(clock=clock)
    times = []
    for _ in range(20):
        await budget.take("POST", "/api/v10/channels/7/messages")
        times.append(clock.now)
    for start in times:
        assert sum(start <= at < start + MESSAGES_SECONDS for at in times) <= MESSAGES
    before = clock.now
    await budget.take("POST", "/api/v10/channels/8/messages")
    assert clock.now == before


async def test_answers_to_interactions_are_never_held_back(clock: Time) -> None:
    budget = Budget(clock=clock)
    for _ in range(500):
        await budget.take("POST", "/api/v10/interactions/1/token/callback")
        await budget.take("PATCH", "/api/v10/webhooks/1/token/messages/@original")
    assert clock.now == 1000.0


async def test_after_too_many_invalid_requests_nothing_is_sent_until_the_time_is_over(clock: Time) -> None:
    budget = Budget(clock=clock)
    for _ in range(MOST_INVALID):
        budget.record(403, {})
    with pytest.raises(discord.RateLimited) as refused:
        await budget.take("POST", "/api/v10/channels/7/messages")
    assert 0 < refused.value.retry_after <= 600
    await budget.take("POST", "/api/v10/interactions/1/token/callback")
    clock.now += 601
    await budget.take("POST", "/api/v10/channels/7/messages")


async def test_limits_that_others_share_with_us_and_plain_misses_do_not_count(clock: Time) -> None:
    budget = Budget(clock=clock, most_invalid=3)
    for _ in range(10):
        budget.record(429, {"X-RateLimit-Scope": "shared"})
        budget.record(404, {})
    await budget.take("GET", "/api/v10/channels/7")
    for _ in range(2):
        budget.record(403, {})
    await budget.take("GET", "/api/v10/channels/7")
    budget.record(403, {})
    with pytest.raises(discord.RateLimited):
        await budget.take("GET", "/api/v10/channels/7")


async def test_the_guard_stops_a_client_over_a_real_socket() -> None:
    asked = 0

    async def refuse(request: web.Request) -> web.Response:
        nonlocal asked
        asked += 1
        return web.json_response({"code": 50001}, status=403)

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", refuse)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        budget = Budget(most_invalid=5, a_second=1000)
        url = f"http://127.0.0.1:{runner.addresses[0][1]}/api/v10/channels/7"
        async with aiohttp.ClientSession(trace_configs=[budget.trace()]) as session:
            for _ in range(5):
                async with session.get(url) as response:
                    assert response.status == 403
            for _ in range(20):
                with pytest.raises(discord.RateLimited):
                    await session.get(url)
        assert asked == 5
    finally:
        await runner.cleanup()
        await asyncio.sleep(0)
