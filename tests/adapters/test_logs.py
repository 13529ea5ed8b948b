"""The log: levels by area, one trace from a feed to its post, and never a token or what somebody wrote."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from adapters import logs
from bot.levels import read_levels
from bot.model.errors import SettingsError
from tests.stand_ins.discord_server import discord_server
from tests.stand_ins.slack_server import slack_server
from tests.test_newsroom import world

TOKENS = {
    "DISCORD_TOKEN": "MTk4NjIyNDgzNDcxOTI1MjQ4.Cl2FMQ.discord-token-8d1f",
    "SLACK_BOT_TOKEN": "xoxb-1111-slackbottoken77aa",
    "SLACK_APP_TOKEN": "xapp-1-slackapptoken99bb",
    "SLACK_SIGNING_SECRET": "signing55cc55cc",
}
WRITTEN = "quaggafish"
"""What somebody writes to the bot: a word that stands nowhere else."""


@pytest.fixture
def lines(capsys: pytest.CaptureFixture[str]) -> Iterator[object]:
    held = structlog.get_config()

    def read() -> list[dict]:
        return [json.loads(line) for line in capsys.readouterr().err.splitlines() if line.startswith("{")]

    yield read
    logs.set_levels("info")
    structlog.configure(**held)


def test_a_level_of_an_area_goes_for_all_below_it_and_for_nothing_else() -> None:
    levels = read_levels("warning,bot.sources=debug,bot.sources.guard=error")
    assert levels.of("bot.sources.fetch") == levels.of("bot.sources") == logging.DEBUG
    assert levels.of("bot.sources.guard") == logging.ERROR
    assert levels.of("bot.sourcesque") == levels.of("bot.deliver.courier") == logging.WARNING
    assert levels.lowest == logging.DEBUG


@pytest.mark.parametrize(
    ("words", "told"), [("inof", "did you mean info"), ("info,=debug", "no area"), ("", "no level")]
)
def test_a_wrong_level_is_told(words: str, told: str) -> None:
    with pytest.raises(SettingsError, match=told):
        read_levels(words)


async def test_levels_change_while_the_bot_works_and_one_trace_leads_from_a_feed_to_its_posts(
    tmp_path: Path, lines: object
) -> None:
    assert callable(lines)
    logs.set_up_logs("warning,bot.deliver=info,bot.filing=info", "json")
    async with world(tmp_path) as w:
        await w.tick()
        told = lines()
        stored = [line for line in told if line["event"] == "report_stored"]
        sent = [line for line in told if line["event"] == "delivery_done"]
        assert len(sent) == 4 and stored
        (trace,) = {line["trace"] for line in stored + sent}
        assert trace.startswith("feed-")
        logs.set_levels("warning,bot.filing=info")
        w.serving["body"] = w.serving["body"].replace(b"Dnipro", b"Dnipro river")
        await w.tick(600)
        told = lines()
        assert {line["event"] for line in told} == {"report_stored"}
        assert trace not in {line["trace"] for line in told}


async def _until(ready: object, seconds: float = 60.0) -> None:
    assert callable(ready)
    async with asyncio.timeout(seconds):
        while not ready():  # noqa: ASYNC110 - another process's doing has no event
            await asyncio.sleep(0.1)


async def test_no_token_and_nothing_that_people_wrote_is_in_any_output_or_file(tmp_path: Path) -> None:
    settings = tmp_path / "s.toml"
    settings.write_text('[sources]\nopml = []\n[log]\nformat = "json"\n', encoding="utf-8")
    async with discord_server() as discord, slack_server() as slack:
        environment = {
            **{
                name: value for name, value in os.environ.items() if not name.startswith(("SLACK", "DISCORD", "SITREP"))
            },
            **TOKENS,
            "DISCORD_API_BASE": f"{discord.url}/api/v10",
            "DISCORD_GATEWAY_URL": discord.url.replace("http", "ws") + "/gateway/",
            "SLACK_API_URL": f"{slack.url}api/",
            "SITREP_DATABASE_URL": f"sqlite:///{tmp_path / 'bot.db'}",
            "LOG_LEVEL": "debug",
        }
        with (tmp_path / "out.log").open("wb") as out:
            bot = subprocess.Popen(  # noqa: ASYNC220 - started once, and watched by its log
                [sys.executable, "-m", "adapters.terminal.cli", "--config", str(settings), "run"],
                env=environment, stdout=out, stderr=subprocess.STDOUT,
            )  # fmt: skip
            try:
                await _until(lambda: slack.sockets and discord.sockets)
                command = {
                    "type": "slash_commands",
                    "envelope_id": "e1",
                    "accepts_response_payload": True,
                    "payload": {
                        "command": "/news", "text": f"search {WRITTEN}", "team_id": "T1", "user_id": "U1",
                        "channel_id": "C1", "response_url": f"{slack.url}respond", "trigger_id": "1",
                    },
                }  # fmt: skip
                await slack.sockets[-1].send_json(command)
                await _until(lambda: slack.of("response_url") or slack.of("acknowledged"))
                await _until(lambda: "question_answered" in (tmp_path / "out.log").read_text(errors="replace"))
                bot.send_signal(signal.SIGHUP)
                await _until(lambda: "settings_reloaded" in (tmp_path / "out.log").read_text(errors="replace"))
            finally:
                bot.send_signal(signal.SIGTERM)
                await asyncio.to_thread(bot.wait, 60)
    assert bot.returncode == 0
    files = [file for file in tmp_path.rglob("*") if file.is_file()]  # noqa: ASYNC240 - the bot has ended
    assert {"out.log", "bot.db"} <= {file.name for file in files}
    for file in files:
        content = file.read_bytes()
        for kept in (*TOKENS.values(), WRITTEN):
            assert kept.encode() not in content, f"{kept} stands in {file.name}"
