"""Why a report is posted or not, and what a filter would have done, through the desk."""

from __future__ import annotations

import msgspec
import pytest

from bot.intake import file_reports
from bot.model.card import Card
from bot.queries.cards import report_card
from bot.queries.feeds import new_feed
from bot.store import delivered, events, feeds, subscriptions
from bot.store.engine import Store
from tests.queries.test_desk import MANAGER, VISITOR, words_of
from tests.samples import NOW, filled_store, sample, sample_desk, told


@pytest.fixture
def store() -> Store:
    return filled_store()


def _lines(card: Card) -> list[str]:
    return [line.text for section in card.sections for line in section.lines]


async def test_a_channel_says_part_by_part_why_a_report_passes_or_not(store: Store) -> None:
    desk = sample_desk(store)
    await desk.ask("channel filter country:AM (killed>=500 OR status:denied) NOT outlet:nobody", MANAGER)
    card = await desk.ask("channel why karabakh-1", MANAGER)
    lines = _lines(card)
    assert "✓ country:AM" in lines and "✗ killed>=500" in lines and "✓ NOT outlet:nobody" in lines
    assert card.sources[0].report_id == "karabakh-1"
    note = next(line.note for section in card.sections for line in section.lines if line.text == "✗ killed>=500")
    assert "according to" in note or note == "no such figure"


async def test_why_tells_what_became_of_the_report(store: Store) -> None:
    desk = sample_desk(store)
    await desk.ask("channel filter country:AM", MANAGER)
    before = await desk.ask("channel why karabakh-1", MANAGER)
    assert "Nothing was owed when it came" in _lines(before)
    report, summary = sample("karabakh-1")
    later = msgspec.structs.replace(report, id="karabakh-later", text=report.text + " Later.")
    store.write_now(file_reports, [(later, msgspec.structs.replace(summary, id=later.id))], now=NOW)
    assert any(line.startswith("post: due") for line in _lines(await desk.ask("channel why karabakh-later", MANAGER)))


async def test_a_trial_says_how_many_would_have_passed_and_changes_nothing(store: Store) -> None:
    desk = sample_desk(store)
    card = await desk.ask("channel try country:AM", MANAGER)
    armenian = {r.id for r, s in told() if any(a.country == "AM" for a in s.actors)}
    assert card.title.startswith(f"{len(armenian)} of {len(told())} reports")
    assert {source.report_id for source in card.sources} <= armenian
    assert store.read_now(subscriptions.subscriptions) == () and not store.read_now(delivered.depth)
    assert card.actions[0].command == "channel filter country:AM"
    assert (await desk.ask("channel try country:Atlantis", MANAGER)).kind == "error"


async def test_a_feed_is_named_in_a_filter_as_people_call_it(store: Store) -> None:
    desk = sample_desk(store)
    feed = new_feed("https://example.org/feed.xml", tenant=MANAGER.tenant, name="Riverside News")
    store.write_now(feeds.add_feed, feed)
    await desk.ask('channel filter NOT feed:"riverside news"', MANAGER)
    assert store.read_now(subscriptions.subscriptions)[0].filter == f"NOT feed:{feed.id}"
    wrong = await desk.ask('channel filter feed:"Riversid News"', MANAGER)
    assert wrong.kind == "error" and 'feed:"Riverside News"' in wrong.lead


async def test_reasons_are_for_those_who_manage_the_place(store: Store) -> None:
    for words in ("channel why karabakh-1", "channel try country:AM"):
        assert (await sample_desk(store).ask(words, VISITOR)).kind == "error"


async def test_help_tells_the_filter_language(store: Store) -> None:
    card = await sample_desk(store).ask("help filter", VISITOR)
    assert "killed(children)>=1" in words_of(card)


async def test_a_preview_is_the_card_that_would_be_posted_and_posts_nothing(store: Store) -> None:
    desk = sample_desk(store)
    assert (await desk.ask("channel preview", MANAGER)).kind == "error"
    await desk.ask("channel filter country:IL", MANAGER)
    await desk.ask("channel format brief", MANAGER)
    card = await desk.ask("channel preview", MANAGER)
    report, summary = sample("ahli-2")
    event = store.read_now(events.event_of, "ahli-2")
    assert card.sections == report_card(report, summary, preset="brief", event=event).sections
    assert "nothing was posted" in card.footer and not store.read_now(delivered.depth)
    await desk.ask("channel filter country:NZ", MANAGER)
    assert (await desk.ask("channel preview", MANAGER)).kind == "empty"
