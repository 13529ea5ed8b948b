"""The client over a real gateway: interrupted, limited, failing, late; and still every interaction has its answer."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import discord
import pytest
from discord.http import Route

from adapters.discord.client import DiscordDoor
from bot.settings import DiscordSettings, Secret
from bot.work.node import Fleet
from tests.adapters.discord.payloads import interaction, person, slash
from tests.adapters.discord.simulated import text_of
from tests.samples import sample_desk
from tests.stand_ins.discord_server import DiscordServer, discord_server
from tests.stand_ins.discord_wire import GUILD

CALLBACK = "/interactions/{interaction}/{token}/callback"


class Interrupted(DiscordServer):
    """A gateway that remembers how clients came in, and gives those that resume what they missed."""

    def __init__(self) -> None:
        super().__init__()
        self.came: list[int] = []
        self.missed: list[dict[str, Any]] = []

    async def _greet(self, given: dict[str, Any]) -> None:
        self.came.append(given["op"])
        await super()._greet(given)
        while given["op"] == 6 and self.missed:
            await self.dispatch("INTERACTION_CREATE", self.missed.pop())


@asynccontextmanager
async def connected(server: DiscordServer, *fleets: Fleet) -> AsyncIterator[DiscordDoor]:
    """One door to a gateway; with `fleets` one for each node of them."""
    base, gateway = Route.BASE, discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY
    async with discord_server(server):
        chosen = DiscordSettings(
            api_base=f"{server.url}/api/v10", gateway_url=server.url.replace("http", "ws") + "/gateway/"
        )
        doors = [DiscordDoor(chosen, Secret("t"), sample_desk(), fleet) for fleet in fleets or (None,)]
        try:
            for door in doors:
                await door.start()
            yield doors[0]
        finally:
            for door in doors:
                await door.stop()
            Route.BASE, discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = base, gateway


def asked(**options: Any) -> dict[str, Any]:
    return interaction(2, slash("news", "report", id="karabakh-1", **options), person(guild=str(GUILD)))


async def until(ready: Any, seconds: float = 20.0) -> None:
    """Wait for something; what happens in between is the server's to say, which has no event for it."""
    async with asyncio.timeout(seconds):
        while not ready():  # noqa: ASYNC110
            await asyncio.sleep(0.02)


def answers(server: DiscordServer) -> list[str]:
    return [text_of(answer["data"]["components"]) for answer in server.answers if answer.get("type") == 4]


class Slow(DiscordServer):
    """Names three servers: of two more than usual one comes late, well within discord.py's pause; one has an outage."""

    late, away = 900000000000000801, 900000000000000802
    names = (late,)

    async def dispatch(self, event: str, data: dict[str, Any]) -> None:
        if event == "READY":
            data["guilds"] += [{"id": str(name), "unavailable": True} for name in self.names]
        await super().dispatch(event, data)
        if event == "GUILD_CREATE" and data["id"] == str(GUILD):
            await asyncio.sleep(0.2)
            await super().dispatch(event, data | {"id": str(self.late), "channels": [], "threads": [], "roles": []})


async def test_discord_is_ready_with_the_last_of_the_servers_that_it_named() -> None:
    async with connected(Slow()) as door:
        found = door.client.get_guild(Slow.late)
        assert found is not None and not found.unavailable


async def test_a_server_with_an_outage_is_not_waited_for_without_end() -> None:
    server = Slow()
    server.names = (Slow.away, Slow.late)
    async with connected(server) as door:
        assert door.client.is_ready()
        assert {guild.id for guild in door.client.guilds if guild.unavailable} == {Slow.away}


async def test_an_interaction_of_the_gateway_is_answered_at_the_callback_address() -> None:
    server = DiscordServer()
    async with connected(server):
        await server.dispatch("INTERACTION_CREATE", asked())
        await until(lambda: answers(server))
    assert "denied by Armenia MoD" in answers(server)[0]


async def test_a_broken_connection_is_resumed_and_what_was_missed_is_answered() -> None:
    server = Interrupted()
    async with connected(server):
        server.missed.append(asked())
        for socket in server.sockets:
            await socket.close(code=4000)
        server.sockets.clear()
        await until(lambda: answers(server))
    assert server.came[0] == 2 and 6 in server.came


@pytest.mark.parametrize("status", [500, 502, 429])
async def test_an_answer_that_discord_does_not_take_at_once_is_given_again(status: int) -> None:
    server = DiscordServer()
    async with connected(server):
        server.refuse[f"POST {CALLBACK}"] = [(status, 0)]
        await server.dispatch("INTERACTION_CREATE", asked())
        await until(lambda: answers(server))
    assert len(server.of("POST", CALLBACK)) == 2


async def test_an_answer_that_comes_too_late_harms_nothing() -> None:
    server = DiscordServer()
    async with connected(server):
        server.refuse[f"POST {CALLBACK}"] = [(404, 10062)]
        await server.dispatch("INTERACTION_CREATE", asked())
        await until(lambda: len(server.of("POST", CALLBACK)) == 1)
        await server.dispatch("INTERACTION_CREATE", asked())
        await until(lambda: answers(server))
    assert len(answers(server)) == 1


class Standing(Fleet):
    """A node that answers what comes to all of them, or does not."""

    def __init__(self, answers: bool) -> None:
        super().__init__(shared=True)
        self.it = answers

    def answers(self) -> bool:
        return self.it


async def test_what_comes_to_every_node_is_answered_by_one_of_them_and_by_another_when_that_is_gone() -> None:
    server, first, second = DiscordServer(), Standing(True), Standing(False)
    async with connected(server, first, second):
        await server.dispatch("INTERACTION_CREATE", asked())
        await until(lambda: answers(server))
        first.it, second.it = False, True
        await server.dispatch("INTERACTION_CREATE", asked())
        await until(lambda: len(answers(server)) == 2)
        await asyncio.sleep(0.2)
    assert len(server.of("POST", CALLBACK)) == 2
