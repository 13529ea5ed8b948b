"""`/feeds` as a manager uses it: what is set is read so, lists come and go, and an item's way can be followed."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from bot.model.card import Card
from bot.model.command import Asker, Command
from bot.model.errors import SourceError
from bot.model.feed import Feed
from bot.model.report import Given
from bot.queries.desk import Desk
from bot.queries.feeds import COOL_DOWN, new_feed
from bot.sources.discover import FoundFeed
from bot.sources.opml import read_opml
from bot.sources.port import Fetched
from bot.store import feeds, received, subscriptions
from bot.store.engine import Store
from tests.samples import NOW, clock, filled_store, understand

MANAGER = Asker(platform="discord", tenant="discord:1", user="u1", channel="c1", may_manage=True)
OPERATOR = Asker(platform="terminal", tenant="terminal", user="operator", channel="terminal", may_manage=True)
LIST = (
    '<opml version="2.0"><body><outline text="One" xmlUrl="https://one.example/feed"/>'
    '<outline text="Page" xmlUrl="https://two.example/news" sitrepKind="page"/>'
    '<outline text="Inside" xmlUrl="http://169.254.169.254/latest"/><outline text="Again" xmlUrl="https://one.example/feed"/>'
    "</body></opml>"
)


class Shelf:
    """A reader of what is put there."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}

    async def read(self, feed: Feed) -> Fetched:
        given = Given(id="r1", text="<p>The ministry said two were injured.</p>", title="One", markup="full")
        return Fetched(feed=feed, reports=(given,))

    async def find(self, site: str) -> tuple[FoundFeed, ...]:
        return (FoundFeed(url=f"{site}/feed", title="Found", entries=3),)

    async def fetch(self, url: str, *, most: int) -> bytes:
        if url not in self.files:
            raise SourceError("there is nothing at this address (404)", subject=url, health="not_found")
        return self.files[url]


@pytest.fixture
def store() -> Store:
    return filled_store()


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


@pytest.fixture
def desk(store: Store, shelf: Shelf) -> Desk:
    return Desk(store, clock=clock, understand=understand, reader=shelf)


def words(card: Card) -> str:
    lines = [f"{line.text} {line.note}" for section in card.sections for line in section.lines]
    return "\n".join([card.title, card.lead, *(section.heading for section in card.sections), *lines])


def only(store: Store) -> Feed:
    (feed,) = [feed for feed in store.read_now(feeds.feeds, tenant="discord:1") if feed.tenant]
    return feed


async def test_a_feed_may_go_to_a_channel_of_its_own(desk: Desk, store: Store) -> None:
    card = await desk.ask("feeds add https://one.example/feed channel:<#c9|news> preset:brief", MANAGER)
    assert "posted this feed from now on" in card.lead
    (order,) = store.read_now(subscriptions.subscriptions, tenant="discord:1")
    assert (order.destination.channel, order.feeds, order.preset) == ("c9", (only(store).id,), "brief")
    await desk.ask("feeds add https://two.example/feed channel:c9", MANAGER)
    (order,) = store.read_now(subscriptions.subscriptions, tenant="discord:1")
    assert len(order.feeds) == 2


async def test_a_channel_that_is_posted_everything_stays_so(desk: Desk, store: Store) -> None:
    await desk.ask("channel setup format:standard", MANAGER)
    card = await desk.ask("feeds add https://one.example/feed channel:c1", MANAGER)
    assert "everything that is read here" in card.lead
    assert [order.feeds for order in store.read_now(subscriptions.subscriptions, tenant="discord:1")] == [()]


@pytest.mark.parametrize(
    ("given", "kind"),
    [
        ("https://one.example/x kind:page", "page"),
        ("https://api.reliefweb.int/v2/reports?appname=a", "reliefweb"),
        ("https://one.example/x", "feed"),
    ],
)
async def test_each_kind_of_source_can_be_added(desk: Desk, store: Store, given: str, kind: str) -> None:
    await desk.ask(f"feeds add {given}", MANAGER)
    assert only(store).kind == kind


async def test_editing_changes_what_is_named_and_nothing_else(desk: Desk, store: Store) -> None:
    await desk.ask("feeds add https://one.example/feed name:Old", MANAGER)
    before = only(store)
    await desk.ask('feeds edit old name:"New name" interval:30', MANAGER)
    after = only(store)
    assert (after.name, after.interval, after.min_interval) == ("New name", 1800, 1800)
    assert (after.backfill, after.url, after.id) == (before.backfill, before.url, before.id)
    assert (await desk.ask("feeds edit new name", MANAGER)).kind == "error"


async def test_cards_of_a_feed_with_a_channel_of_its_own_can_be_made_longer(desk: Desk, store: Store) -> None:
    await desk.ask("feeds add https://one.example/feed name:One", MANAGER)
    refused = await desk.ask("feeds edit One preset:full", MANAGER)
    assert refused.kind == "error" and "channel format full" in refused.lead
    await desk.ask("feeds add https://two.example/feed name:Two channel:c9", MANAGER)
    await desk.ask("feeds edit Two preset:full", MANAGER)
    presets = {
        order.destination.channel: order.preset
        for order in store.read_now(subscriptions.subscriptions, tenant="discord:1")
    }
    assert presets["c9"] == "full"


async def test_a_list_is_taken_in_and_each_refusal_has_its_reason(desk: Desk, store: Store) -> None:
    card = await desk.ask(Command(root="feeds", verb="import", options={"file": LIST}), MANAGER)
    assert card.title == "2 of 3 feeds taken"
    assert "address may not be asked" in words(card)
    kinds = {
        feed.name: (feed.kind, feed.backfill) for feed in store.read_now(feeds.feeds, tenant="discord:1") if feed.tenant
    }
    assert kinds == {"One": ("feed", 0), "Page": ("page", 0)}
    again = await desk.ask(Command(root="feeds", verb="import", options={"file": LIST}), MANAGER)
    assert again.title == "0 of 3 feeds taken" and "read here already" in words(again)


async def test_a_list_comes_from_an_address_too_and_from_files_in_the_terminal_alone(
    desk: Desk, shelf: Shelf, tmp_path: Path
) -> None:
    shelf.files["https://lists.example/a.opml"] = LIST.encode()
    assert (await desk.ask("feeds import https://lists.example/a.opml", MANAGER)).title == "2 of 3 feeds taken"
    file = tmp_path / "list.opml"
    file.write_text(LIST, encoding="utf-8")
    assert (await desk.ask(f"feeds import {file}", OPERATOR)).title == "2 of 3 feeds taken"
    assert (await desk.ask(f"feeds import {file}", MANAGER)).kind == "error"
    for wrong in ("https://lists.example/missing", str(tmp_path / "none"), "<html></html>"):
        assert (await desk.ask(Command(root="feeds", verb="import", options={"file": wrong}), OPERATOR)).kind == "error"


async def test_what_is_exported_can_be_imported(desk: Desk) -> None:
    await desk.ask(Command(root="feeds", verb="import", options={"file": LIST}), MANAGER)
    exported = await desk.ask("feeds export", MANAGER)
    assert exported.file is not None
    assert {(one.url, one.kind) for one in read_opml(exported.file.content)} >= {("https://two.example/news", "page")}


async def test_a_feed_is_not_read_again_within_the_cool_down(desk: Desk, store: Store) -> None:
    await desk.ask("feeds add https://one.example/feed name:One", MANAGER)
    store.write_now(feeds.save_feeds, [msgspec.structs.replace(only(store), fetched_at=NOW - COOL_DOWN / 2)])
    assert (await desk.ask("feeds refresh One", MANAGER)).kind == "error"
    later = msgspec.structs.replace(only(store), fetched_at=NOW - 2 * COOL_DOWN, next_at=NOW + timedelta(hours=1))
    store.write_now(feeds.save_feeds, [later])
    await desk.ask("feeds refresh One", MANAGER)
    assert only(store).next_at == NOW


async def test_health_tells_the_worst_first_with_what_to_do(desk: Desk, store: Store) -> None:
    good = msgspec.structs.replace(new_feed("https://a.example/", tenant="discord:1", name="A"), health="ok")
    bad = msgspec.structs.replace(
        new_feed("https://z.example/", tenant="discord:1", name="Z"),
        health="html",
        failures=8,
        paused="failed 8 times in a row",
    )
    for feed in (good, bad):
        store.write_now(feeds.add_feed, feed)
    card = await desk.ask("feeds health", MANAGER)
    first = card.sections[0].lines[0]
    assert first.text == "Z"
    assert "failed 8 times" in first.note and "feeds find" in first.note


async def test_why_follows_an_item_from_its_feed_to_the_channel(desk: Desk, store: Store) -> None:
    assert "no channel is posted to" in words(await desk.ask("feeds why karabakh-1", MANAGER))
    await desk.ask("channel setup filter:country:UA", MANAGER)
    told = words(await desk.ask("feeds why karabakh-1", MANAGER))
    for stage in (
        "read from",
        "seen with these words alone",
        "placed in",
        "understood",
        "does not pass",
        "no channel's filter lets it through",
    ):
        assert stage in told
    await desk.ask("channel filter", MANAGER)


async def test_why_says_where_an_item_waits_and_what_was_never_read(desk: Desk, store: Store) -> None:
    given = Given(id="rw", text="x", title="A waiting item", url="https://one.example/waiting", fetched_at=NOW)
    store.write_now(received.add, [received.Received(feed_id="f1", tenant="discord:1", reports=(given,))])
    assert "waits to be understood" in (await desk.ask("feeds why https://one.example/waiting", MANAGER)).title
    stranger = msgspec.structs.replace(MANAGER, tenant="discord:2")
    assert (await desk.ask("feeds why https://one.example/waiting", stranger)).kind == "empty"
    paused = msgspec.structs.replace(
        new_feed("https://one.example/feed", tenant="discord:1", name="One"), paused="gone"
    )
    store.write_now(feeds.add_feed, paused)
    told = words(await desk.ask("feeds why https://one.example/other", MANAGER))
    assert "has not been read" in told and "paused: gone" in told


@pytest.mark.parametrize(
    "given",
    [
        "add https://a.example/",
        "edit x name:y",
        "import https://a.example/",
        "why x",
        "health",
        "refresh x",
        "pause x",
        "export",
    ],
)
async def test_feeds_are_for_those_who_manage_the_place(desk: Desk, store: Store, given: str) -> None:
    visitor = msgspec.structs.replace(MANAGER, may_manage=False)
    assert (await desk.ask(f"feeds {given}", visitor)).kind == "error"
    assert not [feed for feed in store.read_now(feeds.feeds) if feed.tenant]
