"""From nothing to a first post by one button, and what a channel follows."""

from __future__ import annotations

import msgspec
import pytest

from adapters.assemble import shipped_feeds
from bot.deliver.filters import alternatives, compiled
from bot.deliver.plan import key_of
from bot.model.card import Card
from bot.queries.grammar import parse
from bot.queries.presets import presets
from bot.settings import Settings
from bot.shipped import shipped
from bot.sources.opml import read_opml
from bot.store import delivered, feeds, subscriptions
from bot.store.engine import Store
from tests.queries.test_desk import MANAGER, VISITOR, words_of
from tests.samples import filled_store, sample_desk


@pytest.fixture
def store() -> Store:
    return filled_store()


def test_every_preset_reads_public_feeds_that_are_described_and_come_with_sitrep() -> None:
    shipped_urls = {outline.name: outline.url for outline in read_opml(shipped("config/feeds.opml").read_bytes())}
    assert {feed.name: feed.url for feed in presets().feed} == shipped_urls
    assert all(feed.tells and feed.url.startswith("https://") for feed in presets().feed)
    keys = [one.key for one in presets().preset]
    assert len(set(keys)) == len(keys) <= 25
    for one in presets().preset:
        compiled(one.filter)
        assert one.tells and one.name and len(f"channel setup {one.key}") <= 90
        assert {feed.name for feed in presets().feeds_of(one)} == set(one.feeds)


async def _pages(store: Store) -> list[Card]:
    first = await sample_desk(store).ask("channel setup", MANAGER)
    return [await sample_desk(store).ask(f"channel setup page:{n}", MANAGER) for n in range(1, first.pages + 1)]


async def test_without_words_every_preset_is_offered_as_a_button(store: Store) -> None:
    pages = await _pages(store)
    offered = [action.command for card in pages for action in card.actions if "page:" not in action.command]
    assert offered == [f"channel setup {one.key}" for one in presets().preset]
    assert all(len(card.actions) <= 5 for card in pages)
    assert not store.read_now(subscriptions.subscriptions)


async def test_one_button_sets_the_channel_up_and_owes_the_newest_report_that_passes(store: Store) -> None:
    desk = sample_desk(store)
    card = await desk.ask("channel setup caucasus", MANAGER)
    (order,) = store.read_now(subscriptions.subscriptions)
    assert order.filter == "country:AM OR country:AZ OR country:GE" and order.set_up_by == "u1"
    (post,) = store.read_now(delivered.in_state, "due")
    assert (post.ref, post.kind, post.destination) == ("report:karabakh-4", "post", order.destination)
    assert post.key == key_of("post", "report:karabakh-4", order.destination)
    assert "Yerevan: no Armenian army" in card.lead
    await desk.ask("channel setup caucasus", MANAGER)
    assert len(store.read_now(delivered.in_state, "due")) == 1


async def test_whatever_a_set_up_channel_offers_next_can_be_pressed(store: Store) -> None:
    desk = sample_desk(store)
    card = await desk.ask("channel setup toll", MANAGER)
    for action in card.actions:
        parse(action.command)
        assert (await desk.ask(action.command, MANAGER)).kind != "error"


async def test_feeds_of_a_preset_are_read_once_whether_the_operator_reads_them_or_not(store: Store) -> None:
    operators = [feed for feed in shipped_feeds(Settings()) if feed.name in ("UN News", "GDACS alerts")]
    for feed in operators:
        store.write_now(feeds.add_feed, feed)
    desk = sample_desk(store)
    await desk.ask("channel setup disasters", MANAGER)
    await desk.ask("channel setup disasters", MANAGER)
    own = [feed.name for feed in store.read_now(feeds.feeds, tenant=MANAGER.tenant) if feed.tenant]
    assert own == ["ReliefWeb, Updates"]


async def test_a_preset_that_is_posted_from_its_feeds_alone_says_so_in_the_subscription(store: Store) -> None:
    await sample_desk(store).ask("channel setup aid", MANAGER)
    (order,) = store.read_now(subscriptions.subscriptions)
    seen = {feed.id: feed.name for feed in store.read_now(feeds.feeds, tenant=MANAGER.tenant)}
    assert {seen[feed] for feed in order.feeds} == set(presets().named("aid").feeds)  # type: ignore[union-attr]  # it is there


async def test_a_filter_sets_a_channel_up_as_well_and_nothing_passing_is_told(store: Store) -> None:
    desk = sample_desk(store)
    card = await desk.ask("channel setup country:NZ format:brief", MANAGER)
    assert "Nothing that is held passes yet" in card.lead
    (order,) = store.read_now(subscriptions.subscriptions)
    assert (order.filter, order.preset) == ("country:NZ", "brief")
    wrong = await desk.ask("channel setup cacasus", MANAGER)
    assert wrong.kind == "error" and wrong.actions[0].command == "channel setup caucasus"
    assert store.read_now(subscriptions.subscriptions) == (order,)


async def test_setting_up_is_for_those_who_manage_the_place(store: Store) -> None:
    for words in ("channel setup", "channel setup toll", "channel follow drone"):
        assert (await sample_desk(store).ask(words, VISITOR)).kind == "error"
    assert not store.read_now(subscriptions.subscriptions)


async def test_an_event_and_a_search_are_followed_beside_the_filter_and_let_go_again(store: Store) -> None:
    desk = sample_desk(store)
    event = (await desk.ask("event karabakh", MANAGER)).tag
    await desk.ask("channel setup country:UA", MANAGER)
    await desk.ask(f"channel follow {event}", MANAGER)
    await desk.ask("channel follow country:IL killed>=100", MANAGER)
    await desk.ask(f"channel follow {event}", MANAGER)
    (order,) = store.read_now(subscriptions.subscriptions)
    assert order.filter == f"country:UA OR event:{event} OR country:IL killed>=100"
    assert "✓ event:" in words_of(await desk.ask("channel why karabakh-2", MANAGER))
    await desk.ask(f"channel unfollow {event}", MANAGER)
    (order,) = store.read_now(subscriptions.subscriptions)
    assert order.filter == "country:UA OR country:IL killed>=100"
    for words in (f"channel unfollow {event}", "channel follow ZZZ-0001", "channel follow"):
        assert (await desk.ask(words, MANAGER)).kind == "error"


async def test_following_alone_posts_nothing_else(store: Store) -> None:
    desk = sample_desk(store)
    event = (await desk.ask("event karabakh", MANAGER)).tag
    await desk.ask(f"channel follow {event}", MANAGER)
    assert store.read_now(subscriptions.subscriptions)[0].filter == f"event:{event}"
    assert (await desk.ask(f"channel unfollow {event}", MANAGER)).kind == "error"
    other = msgspec.structs.replace(MANAGER, channel="c2")
    await desk.ask("channel setup everything", other)
    assert "already" in (await desk.ask("channel follow drone", other)).title


@pytest.mark.parametrize(
    ("line", "parts"),
    [
        ("", ()), ("a", ("a",)), ("a OR b", ("a", "b")), ("(a OR b) c OR d", ("(a OR b) c", "d")),
        ('"x OR y" OR /p|q/', ('"x OR y"', "/p|q/")), ("a b or killed(children)>=1", ("a b", "killed(children)>=1")),
    ],
)  # fmt: skip
def test_a_line_falls_into_its_alternatives(line: str, parts: tuple[str, ...]) -> None:
    assert alternatives(line) == parts
