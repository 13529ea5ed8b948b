"""What those who manage a server set through the desk, and what others may not."""

from __future__ import annotations

import msgspec
import pytest

from bot.model.command import Asker
from bot.store import feeds, subscriptions
from bot.store.engine import Store
from tests.samples import filled_store, sample_desk, words_of

MANAGER = Asker(platform="discord", tenant="discord:1", user="u1", channel="c1", may_manage=True)
VISITOR = msgspec.structs.replace(MANAGER, user="u2", may_manage=False)


@pytest.fixture
def own() -> Store:
    """A store that a test may change."""
    return filled_store()


@pytest.mark.parametrize(
    "words",
    [
        "feeds add https://example.org/f.xml",
        "feeds list",
        "feeds health",
        "channel setup",
        "channel reset",
        "channel log",
    ],
)
async def test_who_may_not_manage_changes_and_sees_nothing_of_the_settings(own: Store, words: str) -> None:
    card = await sample_desk(own).ask(words, VISITOR)
    assert card.kind == "error" and "Manage Server" in card.lead
    assert own.read_now(feeds.feeds, tenant=VISITOR.tenant) == ()
    assert own.read_now(subscriptions.subscriptions) == ()


async def test_a_feed_is_added_paused_resumed_and_removed(own: Store) -> None:
    desk = sample_desk(own)
    added = await desk.ask("feeds add https://example.org/f.xml name:Example", MANAGER)
    assert added.kind == "settings"
    (feed,) = own.read_now(feeds.feeds, tenant=MANAGER.tenant)
    assert own.read_now(subscriptions.subscriptions)[0].destination.channel == "c1"
    assert (await desk.ask("feeds add https://example.org/f.xml", MANAGER)).kind == "error"
    await desk.ask(f"feeds pause {feed.id}", MANAGER)
    assert own.read_now(feeds.feed, feed.id, tenant=MANAGER.tenant).paused  # type: ignore[union-attr]  # it is there
    await desk.ask(f"feeds resume {feed.id}", MANAGER)
    assert not own.read_now(feeds.feed, feed.id, tenant=MANAGER.tenant).paused  # type: ignore[union-attr]  # as above
    assert "Example" in words_of(await desk.ask("feeds list", MANAGER))
    await desk.ask(f"feeds remove {feed.id}", MANAGER)
    assert own.read_now(feeds.feeds, tenant=MANAGER.tenant) == ()


async def test_a_feed_keeps_the_interval_and_the_format_it_is_added_with(own: Store) -> None:
    desk = sample_desk(own)
    await desk.ask("feeds add https://example.org/f.xml interval:45 preset:brief", MANAGER)
    (feed,) = own.read_now(feeds.feeds, tenant=MANAGER.tenant)
    assert (feed.interval, feed.min_interval) == (2700, 2700)
    assert own.read_now(subscriptions.subscriptions)[0].preset == "brief"
    for wrong in ("interval:1", "interval:often", "preset:huge"):
        assert (await desk.ask(f"feeds add https://example.org/g.xml {wrong}", MANAGER)).kind == "error"


@pytest.mark.parametrize("address", ["file:///etc/passwd", "ftp://example.org/x", "folder:/etc", "javascript:alert(1)"])
async def test_only_web_addresses_become_feeds(own: Store, address: str) -> None:
    assert (await sample_desk(own).ask(f"feeds add {address}", MANAGER)).kind == "error"
    assert own.read_now(feeds.feeds, tenant=MANAGER.tenant) == ()


async def test_another_servers_feed_can_be_neither_seen_nor_changed(own: Store) -> None:
    desk = sample_desk(own)
    await desk.ask("feeds add https://example.org/f.xml name:Example", MANAGER)
    (feed,) = own.read_now(feeds.feeds, tenant=MANAGER.tenant)
    stranger = msgspec.structs.replace(MANAGER, tenant="discord:2")
    assert "Example" not in words_of(await desk.ask("feeds list", stranger))
    for verb in ("remove", "pause", "refresh"):
        assert (await desk.ask(f"feeds {verb} {feed.id}", stranger)).kind == "error"
    assert own.read_now(feeds.feeds, tenant=MANAGER.tenant) == (feed,)


async def test_a_channel_is_set_up_filtered_shown_and_reset(own: Store) -> None:
    desk = sample_desk(own)
    assert "Nothing is posted here" in (await desk.ask("channel show", MANAGER)).title
    await desk.ask("channel setup", MANAGER)
    await desk.ask("channel filter country:AM AND killed>=10", MANAGER)
    await desk.ask("channel format brief", MANAGER)
    shown = words_of(await desk.ask("channel show", MANAGER))
    assert "country:AM AND killed>=10" in shown and "brief" in shown
    assert (await desk.ask("channel filter (country:AM AND", MANAGER)).kind == "error"
    assert "country:AM AND killed>=10" in words_of(await desk.ask("channel show", MANAGER))
    await desk.ask("channel reset", MANAGER)
    assert own.read_now(subscriptions.subscriptions) == ()
