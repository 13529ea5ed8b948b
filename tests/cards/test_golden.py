"""Golden cards: three reports as every door lays them out, reviewed by eye. `SITREP_WRITE_CARDS=1` writes them anew."""

from __future__ import annotations

import json
import os
from pathlib import Path

import msgspec
import pytest

from adapters.discord.render import render as discord
from adapters.slack.render import render as slack
from adapters.terminal.render import plain
from bot.model.card import Card
from bot.queries.cards import report_card
from tests.samples import NOW, sample

HERE = Path(__file__).resolve().parent
REPORTS = ("karabakh-1", "quake-2", "ahli-2")


def card_of(report_id: str) -> Card:
    report, summary = sample(report_id)
    return report_card(msgspec.structs.replace(report, fetched_at=NOW), summary)


def told(door: str, card: Card) -> str:
    if door == "terminal":
        return plain(card)
    if door == "slack":
        laid = slack(card)
        value: object = {"text": laid.text, "blocks": laid.blocks, "thread": laid.thread}
    else:
        value = discord(card).view.to_components()
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"


@pytest.mark.parametrize("door", ["discord", "slack", "terminal"])
@pytest.mark.parametrize("report_id", REPORTS)
def test_a_card_looks_as_it_was_reviewed(door: str, report_id: str) -> None:
    file = HERE / door / f"{report_id}.{'txt' if door == 'terminal' else 'json'}"
    now = told(door, card_of(report_id))
    if os.environ.get("SITREP_WRITE_CARDS"):
        file.write_text(now, encoding="utf-8")
    assert now == file.read_text(encoding="utf-8")
