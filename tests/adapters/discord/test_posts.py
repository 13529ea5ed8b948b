"""What a channel has set shows in its posts; what the invitation asks for is what the code needs."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import discord
import msgspec
import pytest

from adapters.discord.permissions import NEEDS, invitation, lacking
from adapters.discord.render import render
from bot.intake import file_reports
from bot.model.card import Card
from bot.model.subscription import Destination, Subscription
from bot.queries.posts import card_of
from bot.store import outbox, subscriptions
from bot.store.engine import Store
from tests.adapters.discord.simulated import components_in, text_of
from tests.samples import NOW, told

DOCS = Path(__file__).resolve().parents[3] / "docs" / "discord.md"


def _posted(*, image: str | None = None, **settings: Any) -> list[Card]:
    store = Store("sqlite://")
    store.migrate()
    where = Destination(platform="discord", tenant="discord:1", channel="1")
    store.write_now(subscriptions.save_subscription, Subscription(id="s1", destination=where, **settings))
    filed = [(msgspec.structs.replace(report, image=image), summary) for report, summary in told()[:2]]
    store.write_now(file_reports, filed, tenant="", now=NOW)
    later = NOW + timedelta(hours=1)
    owed = store.write_now(outbox.lease, later, seconds=60, limit=10, platforms=["discord"])
    cards = [store.read_now(card_of, delivery, later) for delivery in owed]
    return [card for card in cards if card is not None]


@pytest.mark.parametrize("covered", [True, False])
def test_a_covered_channel_gets_its_cards_covered_and_another_does_not(covered: bool) -> None:
    cards = _posted(spoilers=covered)
    assert cards
    for card in cards:
        (container,) = [c for c in render(card).view.to_components() if c["type"] == 17]
        assert container["spoiler"] is covered


@pytest.mark.parametrize("pictures", ["no", "yes", "covered"])
def test_a_sources_picture_stands_beside_the_title_only_where_the_channel_allows_it(pictures: str) -> None:
    for card in _posted(image="https://news.example/p.jpg", pictures=pictures):
        shown = [c for c in components_in(render(card).view.to_components()) if c["type"] == 11]
        assert bool(shown) is (pictures != "no")
        for thumbnail in shown:
            assert thumbnail["media"]["url"] == "https://news.example/p.jpg"
            assert thumbnail["spoiler"] is (pictures == "covered")
            assert "gives with its report" in thumbnail["description"]


def test_the_invitation_of_the_docs_asks_for_exactly_what_the_code_needs() -> None:
    page = DOCS.read_text(encoding="utf-8")
    asked = {int(number) for number in re.findall(r"permissions=(\d+)", page)}
    assert asked == {invitation().value}
    assert invitation().value == sum(1 << _bit(need.flag) for need in NEEDS if need.invited)
    assert "scope=bot+applications.commands" in page
    for need in NEEDS:
        assert f"| {need.name} |" in page, need.name
        assert need.what_for.removeprefix("to ").split(" (")[0] in page, need.what_for


def _bit(flag: str) -> int:
    return discord.Permissions(**{flag: True}).value.bit_length() - 1


def test_every_permission_that_is_missing_is_named_and_administrators_lack_none() -> None:
    assert lacking(discord.Permissions(administrator=True)) == ()
    assert [line.split(":")[0] for line in lacking(discord.Permissions.none())] == [need.name for need in NEEDS]
    assert {line.split(":")[0] for line in lacking(invitation())} == {n.name for n in NEEDS if not n.invited}


async def test_no_card_is_held_in_memory_once_it_is_sent() -> None:
    assert render(Card(kind="help", title="Hi")).view.is_finished()


def test_nothing_is_told_by_colour_alone() -> None:
    """Whatever accent a card has, its words say the same: a denied claim is told as denied."""
    for card in _posted():
        shown = text_of(render(card).view.to_components())
        if card.status in ("denied", "disputed"):
            assert "denied" in shown or "disputed" in shown or "denies" in shown


def test_a_screen_reader_meets_title_facts_sources_and_buttons_in_this_order() -> None:
    for card in _posted():
        kinds = [c["type"] for c in components_in(render(card).view.to_components())]
        texts = [i for i, kind in enumerate(kinds) if kind == 10]
        rows = [i for i, kind in enumerate(kinds) if kind == 1]
        assert texts and rows and max(texts) < min(rows)
        shown = [c["content"] for c in components_in(render(card).view.to_components()) if c["type"] == 10]
        assert shown[0].startswith("### ") and shown[-1].startswith("-# Sources")
