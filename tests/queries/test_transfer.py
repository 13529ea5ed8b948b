"""Settings as a file and back, and what other programs' files come to."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.terminal.cli import main
from bot.model.card import Card
from bot.model.command import Command
from bot.model.errors import SitrepError
from bot.queries.desk import Desk
from bot.queries.imports import read_foreign
from bot.queries.settings_file import read
from bot.store import feeds, people, subscriptions
from bot.store.engine import Store
from tests.queries.test_desk import MANAGER, VISITOR, words_of
from tests.samples import clock, understand

OTHER = msgspec.structs.replace(MANAGER, tenant="discord:2", channel="c9", user="u9")


class Web:
    """The reader's only part that is asked here: what stands at an address."""

    def __init__(self, body: bytes) -> None:
        self.body = body
        self.asked: list[str] = []

    async def fetch(self, url: str, *, most: int) -> bytes:
        self.asked.append(url)
        return self.body[:most]


def empty() -> Store:
    store = Store("sqlite://")
    store.migrate()
    return store


def desk_of(store: Store, body: bytes = b"") -> Desk:
    made = Desk(store, clock=clock, understand=understand, reader=Web(body))  # type: ignore[arg-type]  # one part of it
    made.owns["discord"] = lambda tenant, channel: channel.startswith(f"{tenant}/")
    return made


async def filled() -> Store:
    store = empty()
    desk = desk_of(store)
    for words in (
        "feeds add https://example.org/f.xml name:Example interval:30",
        "channel setup country:AM format:brief",
        'channel filter country:AM NOT feed:"Example"',
        "watch add Armenia when:denied mode:daily at:07:00 tz:Asia/Yerevan",
        "watch quiet 22:00 07:00",
    ):
        assert (await desk.ask(words, MANAGER)).kind == "settings"
    return store


async def exported(store: Store) -> bytes:
    card = await desk_of(store).ask("channel export", MANAGER)
    assert card.file is not None
    return card.file.content


def kept(store: Store, tenant: str) -> tuple[Any, ...]:
    own = [feed for feed in store.read_now(feeds.feeds, tenant=tenant) if feed.tenant == tenant]
    return own, store.read_now(subscriptions.subscriptions, tenant=tenant), store.read_now(subscriptions.watches)


async def test_what_is_restored_is_what_was_set_and_a_second_time_changes_nothing() -> None:
    store = await filled()
    before, file = kept(store, MANAGER.tenant), await exported(store)
    fresh = empty()
    card = await desk_of(fresh, file).ask("channel restore url:https://example.org/s.json", MANAGER)
    assert "1 added" in words_of(card)
    own, orders, watches = kept(fresh, MANAGER.tenant)
    assert (own, orders) == before[:2]
    assert [msgspec.structs.replace(w, id="w1") for w in watches] == list(before[2])
    again = await desk_of(fresh, file).ask("channel restore url:https://example.org/s.json", MANAGER)
    assert words_of(again).count("0 added, 0 changed, 1 there already") == 3
    assert kept(fresh, MANAGER.tenant) == (own, orders, watches)
    assert await exported(fresh) == file


async def test_a_file_is_restored_in_another_server_for_its_own_channels_alone() -> None:
    content = json.loads(await exported(await filled()))
    content["channels"][0]["channel"] = "discord:2/news"
    store = empty()
    card = await desk_of(store, json.dumps(content).encode()).ask("channel restore url:x.example/s.json", OTHER)
    assert card.kind == "settings"
    (order,) = store.read_now(subscriptions.subscriptions)
    (feed,) = store.read_now(feeds.feeds, tenant="discord:2")
    assert order.destination.tenant == "discord:2" and f"NOT feed:{feed.id}" in order.filter
    content["channels"][0]["channel"] = "discord:3/news"
    refused = await desk_of(store, json.dumps(content).encode()).ask("channel restore url:x.example/s.json", OTHER)
    assert refused.kind == "error" and "none of this place's" in words_of(refused)
    assert len(store.read_now(subscriptions.subscriptions)) == 1


async def test_a_file_with_mistakes_changes_nothing_and_all_of_them_are_told() -> None:
    content = {
        "format": "sitrep-settings",
        "version": 1,
        "feeds": [
            {"url": "https://example.org/a"},
            {"url": "file:///etc/passwd"},
            {"url": "https://b.example", "intervall": 5},
        ],
        "channels": [
            {"channel": "c1", "filter": "country:Atlantis"},
            {"channel": "c1", "feeds": ["https://nowhere.example"]},
            {"channel": "c1", "schedule": {"mode": "yearly"}},
            {"channel": "c1", "schedule": {"mode": "daily", "zone": "Moonbase"}},
            {"channel": "c1", "quiet": {"start": "25:00", "end": "07:00"}},
        ],
        "watches": [{"when": ["new"]}, {"actor": "x", "min_change": "many"}],
    }
    store = empty()
    card = await desk_of(store, json.dumps(content).encode()).ask("channel restore url:x.example", MANAGER)
    assert card.kind == "error" and "9 mistakes" in card.title
    told = words_of(card)
    for place in (
        "feeds 2",
        "feeds 3",
        "channels 1",
        "channels 2",
        "channels 3",
        "channels 4",
        "channels 5",
        "watches 1",
        "watches 2",
    ):
        assert place in told
    assert "did you mean interval" in told
    assert kept(store, MANAGER.tenant) == ([], (), ())


@pytest.mark.parametrize(
    ("body", "hint"),
    [(b"", "no file of settings"), (b"{}", "no file of settings"), (b'{"format":"x","version":1}', "no file of settings"),
     (b'{"format":"sitrep-settings","version":9}', "version 9"), (b"\xff\xfe", "no file of settings")],
)  # fmt: skip
async def test_what_is_no_file_of_settings_is_said_to_be_none(body: bytes, hint: str) -> None:
    card = await desk_of(empty(), body or b" ").ask("channel restore url:x.example", MANAGER)
    assert card.kind == "error" and hint in f"{card.title} {card.lead}".lower()


async def test_only_who_manages_a_place_exports_and_restores_it() -> None:
    for words in ("channel export", "channel restore url:x.example", "channel import url:x.example"):
        assert (await desk_of(empty(), b"{}").ask(words, VISITOR)).kind == "error"
    assert (await desk_of(empty()).ask("channel restore", MANAGER)).title == "Which file?"


def _connection(channel: str, expression: object = None, **more: object) -> dict[str, object]:
    return {
        "id": "x", "name": "Main", "key": "DISCORD_CHANNEL", "details": {"channel": {"id": channel, "guildId": "1"}},
        "filters": {"expression": expression} if expression else None, **more,
    }  # fmt: skip


def _compare(op: str, value: str, **more: object) -> dict[str, object]:
    left, right = {"type": "ARTICLE", "value": "title"}, {"type": "STRING", "value": value}
    return {"type": "RELATIONAL", "op": op, "left": left, "right": right, **more}


def _all(*children: object, op: str = "AND") -> dict[str, object]:
    return {"type": "LOGICAL", "op": op, "children": list(children)}


PRESENT = {
    "results": [
        {
            "url": "https://one.example/feed", "title": "One", "refreshRateSeconds": 600,
            "connections": [
                _connection("discord:1/a", _all(_compare("CONTAINS", "air strike"), _compare("NOT_CONTAIN", "sport"))),
                _connection("discord:1/b"),
                {"key": "DISCORD_WEBHOOK", "name": "Hook", "details": {"webhook": {"id": "w", "guildId": "1"}}},
            ],
        },
        {
            "url": "https://two.example/feed", "title": "Two", "disabledCode": "MANUAL",
            "connections": [
                _connection("discord:1/a", _all(_compare("MATCHES", r"kill(ed|s)"), _compare("EQ", "x", **{"not": True}), op="OR")),
                _connection("discord:1/b", _all(_compare("MATCHES", r"(?=look)ahead"))),
                {**_connection("foreign"), "details": {"channel": {"id": "foreign", "guildId": "77"}}},
            ],
        },
    ]
}  # fmt: skip


async def test_monitorss_feeds_become_feeds_and_each_channels_filters_one_line() -> None:
    store = empty()
    card = await desk_of(store, json.dumps(PRESENT).encode()).ask("channel import url:x.example", MANAGER)
    held = {feed.name: feed for feed in store.read_now(feeds.feeds, tenant=MANAGER.tenant)}
    assert held["One"].min_interval == 600 and held["Two"].paused
    orders = {order.destination.channel: order for order in store.read_now(subscriptions.subscriptions)}
    one, two = held["One"].id, held["Two"].id
    assert orders["discord:1/a"].filter == (
        f"(feed:{one} (/air strike/ AND NOT /sport/)) OR (feed:{two} (/kill(ed|s)/ OR NOT /x/))"
    )
    assert (orders["discord:1/b"].filter, orders["discord:1/b"].feeds) == ("", (one,))
    told = words_of(card)
    assert "Imported from MonitoRSS" in told and "feeds look at" not in told
    for refused in ("webhook", "another server", "RE2"):
        assert refused in told
    assert "title and text together" in told and "equals" in told


async def test_monitorss_feeds_of_the_kind_before_are_read_too() -> None:
    before = [
        {"url": "https://one.example", "title": "One", "guild": "1", "channel": "discord:1/a",
         "filters": {"title": ["ceasefire", "!sport", "~strike"]}},
        {"url": "https://two.example", "title": "Two", "guild": "1", "channel": "discord:1/b", "rfilters": {"title": "\\bdam\\b"}},
    ]  # fmt: skip
    store = empty()
    await desk_of(store, json.dumps({"feeds": before}).encode()).ask("channel import url:x.example", MANAGER)
    lines = {o.destination.channel: o.filter for o in store.read_now(subscriptions.subscriptions)}
    assert lines == {
        "discord:1/a": '("ceasefire" OR /strike/) NOT "sport"',
        "discord:1/b": "/\\bdam\\b/",
    }


async def test_an_opml_file_gives_feeds_and_a_file_can_be_handed_in_as_it_is() -> None:
    opml = '<opml version="2.0"><body><outline text="A"><outline type="rss" text="One" xmlUrl="https://one.example/f"/></outline></body></opml>'
    store = empty()
    desk = desk_of(store)
    card: Card = await desk.ask(Command(root="channel", verb="import", options={"file": opml}), MANAGER)
    assert "Imported from OPML" in card.title and "channel setup" in card.lead
    assert [feed.name for feed in store.read_now(feeds.feeds, tenant=MANAGER.tenant)] == ["One"]


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=8), lambda inner: st.lists(inner, max_size=4) | st.dictionaries(
    st.sampled_from(["url", "results", "connections", "filters", "expression", "type", "op", "children", "details", "channel", "id", "title"]),
    inner, max_size=5), max_leaves=20))  # fmt: skip
@settings(max_examples=300)
def test_whatever_json_is_handed_in_it_is_read_or_refused_in_words(content: object) -> None:
    body = json.dumps(content).encode()
    for take in (lambda: read_foreign(body, server="1"), lambda: read(body)):
        try:
            take()
        except SitrepError as error:
            assert str(error)


async def test_the_operator_exports_and_restores_from_the_command_line(tmp_path: Path) -> None:
    source = await exported(await filled())
    file, db = tmp_path / "s.json", str(tmp_path / "x.db")
    file.write_bytes(source)
    run = CliRunner().invoke(main, ["settings", "restore", str(file), "--tenant", "discord:1", "--db", db])
    assert run.exit_code == 0, run.output
    out = tmp_path / "out.json"
    run = CliRunner().invoke(main, ["settings", "export", "--tenant", "discord:1", "--db", db, "--out", str(out)])
    assert run.exit_code == 0, run.output
    one, other = json.loads(source), json.loads(out.read_bytes())
    assert (one["feeds"], one["channels"]) == (other["feeds"], other["channels"]) and other["watches"] == []
    file.write_text(source.decode().replace("country:AM", "country:Atlantis"))
    run = CliRunner().invoke(main, ["settings", "restore", str(file), "--tenant", "discord:1", "--db", db])
    assert run.exit_code == 2 and "atlantis" in run.output.lower()


async def test_another_persons_watches_are_not_in_the_file() -> None:
    store = await filled()
    assert json.loads(await exported(store))["watches"]
    other = msgspec.structs.replace(MANAGER, user="u5")
    card = await desk_of(store).ask("channel export", other)
    assert card.file is not None and json.loads(card.file.content)["watches"] == []
    assert store.read_now(people.watches_of, people.person(MANAGER))
