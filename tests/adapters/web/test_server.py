"""The web door tells whether the bot is well; the assembly says what a platform lacks."""

from __future__ import annotations

import socket
from pathlib import Path

import msgspec
import pytest
from aiohttp import ClientSession

from adapters.assemble import built
from adapters.doors import Doors
from adapters.web.server import WebDoor
from bot.model.errors import SettingsError, StoreError
from bot.model.finding import Finding
from bot.settings import Secret, Settings, SourceSettings, StoreSettings, Tokens, WebSettings
from bot.work.local import ThreadWorkers


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def test_readiness_says_what_is_wrong() -> None:
    wrong: list[StoreError] = []
    full: list[bool] = []

    async def examine() -> tuple[Finding, ...]:
        if wrong:
            raise wrong[0]
        return (Finding("disk", "wrong", "no room", "make some"),) if full else (Finding("feeds", "warning", "none"),)

    port = free_port()
    door = WebDoor(WebSettings(port=port), examine=examine)
    await door.start()
    try:
        async with ClientSession() as session:
            async with session.get(f"http://127.0.0.1:{port}/readyz") as answer:
                assert (answer.status, await answer.json()) == (200, {"ready": True, "wrong": []})
            full.append(True)
            async with session.get(f"http://127.0.0.1:{port}/readyz") as answer:
                assert (answer.status, (await answer.json())["wrong"]) == (503, ["disk: no room (make some)"])
            wrong.append(StoreError("the database is gone", hint="start it"))
            async with session.get(f"http://127.0.0.1:{port}/readyz") as answer:
                assert answer.status == 503
                assert (await answer.json())["wrong"] == ["database: the database is gone (start it)"]
            async with session.get(f"http://127.0.0.1:{port}/healthz") as answer:
                assert answer.status == 200
    finally:
        await door.stop()


async def test_a_taken_port_is_one_clear_line() -> None:
    port = free_port()
    first, second = WebDoor(WebSettings(port=port)), WebDoor(WebSettings(port=port))
    await first.start()
    try:
        with pytest.raises(SettingsError, match=f"web.port {port}"):
            await second.start()
    finally:
        await first.stop()
        await second.stop()


def settings(tmp_path: Path, **more: object) -> Settings:
    base = Settings(
        store=StoreSettings(url=f"sqlite:///{tmp_path / 's.db'}"), sources=SourceSettings(opml=(), folders=())
    )
    return msgspec.structs.replace(base, **more)


async def test_without_tokens_no_platform_is_opened(tmp_path: Path) -> None:
    async with built(settings(tmp_path), workers=ThreadWorkers()) as house:
        assert Doors(house).platforms == []


async def test_slack_without_a_way_in_says_what_to_set(tmp_path: Path) -> None:
    lacking = settings(tmp_path, tokens=Tokens(slack_bot=Secret("xoxb-1")))
    async with built(lacking, workers=ThreadWorkers()) as house:
        with pytest.raises(SettingsError, match="SLACK_APP_TOKEN is not set"):
            Doors(house)


async def test_a_users_own_names_are_read(tmp_path: Path) -> None:
    from bot.extract.pipeline import summarise
    from bot.model.report import Report

    file = tmp_path / "names.tsv"
    file.write_text("Harbour Watch\tngo\tNO\tHarbour Watch|HW\n", encoding="utf-8")
    report = Report(id="r", text="HW said two sailors were hurt.")
    (actor,) = (a for a in summarise(report, file).actors if "speaker" in a.roles)
    assert (actor.name, actor.type, actor.country) == ("Harbour Watch", "ngo", "NO")
    file.write_text("Harbour Watch\tclub\tNO\tHW\n", encoding="utf-8")
    from bot.extract.gazetteer import gazetteer

    gazetteer.cache_clear()
    with pytest.raises(SettingsError, match="'club' is no kind of actor"):
        summarise(report, file)
    gazetteer.cache_clear()
