"""A small run of `make chaos`: the bot killed while it posts, platforms that fail; and that the verdict can be bad."""

from __future__ import annotations

import json
from pathlib import Path

from tests.chaos.run import Chaos, options_of, title_of
from tests.conftest import own_schema

NODES = (
    "--nodes 2 --lease 6 --reports 3 --channels 4 --kills 2 --faults 0.1 --hang 4 --between 1.5 --patience 90 --seed 3"
)
SMALL = "--reports 3 --channels 4 --kills 2 --faults 0.15 --hang 4 --between 1.5 --patience 150 --seed 11"


def test_a_bot_that_is_killed_while_platforms_fail_loses_and_doubles_nothing(tmp_path: Path) -> None:
    verdict = Chaos(options_of(SMALL.split()), tmp_path).run()
    assert verdict.lost == {"discord": 0, "slack": 0}
    assert verdict.doubled == {"discord": 0, "slack": 0}
    assert verdict.owed == 12 and verdict.kills >= 1


def test_nodes_on_one_postgresql_that_are_killed_in_turn_lose_and_double_nothing(tmp_path: Path, postgres: str) -> None:
    verdict = Chaos(options_of([*NODES.split(), "--database", own_schema(postgres, "chaos")]), tmp_path).run()
    assert verdict.lost == {"discord": 0, "slack": 0}
    assert verdict.doubled == {"discord": 0, "slack": 0}
    assert verdict.owed == 12 and verdict.kills >= 1


def test_the_verdict_sees_what_is_lost_and_what_is_doubled(tmp_path: Path) -> None:
    chaos = Chaos(options_of("--reports 2 --channels 2".split()), tmp_path)
    post = {"method": "chat.postMessage", "taken": True, "channel": "C000", "part": 0}
    posts = [
        {**post, "key": "k", "message": "1", "text": title_of(0)},
        {**post, "key": "k", "message": "2", "text": title_of(0)},
    ]
    chaos.journals["slack"].write_text("\n".join(map(json.dumps, posts)), encoding="utf-8")
    chaos.journals["discord"].write_text("", encoding="utf-8")
    verdict = chaos.verdict(kills=0, seconds=0)
    assert verdict.lost == {"discord": 2, "slack": 1} and verdict.doubled["slack"] == 2
    assert not verdict.sound
