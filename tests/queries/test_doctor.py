"""What the doctor finds, and that each finding says what to do."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from bot.intake import file_reports
from bot.model.delivery import Delivery
from bot.model.finding import Finding
from bot.model.subscription import Destination, Subscription
from bot.queries.doctor import disk, examined
from bot.queries.feeds import new_feed
from bot.store import feeds, outbox, subscriptions
from bot.store.engine import Store
from tests.store.test_store import NOW, pair

PLACE = Destination(platform="discord", tenant="discord:1", channel="77")


@pytest.fixture
def store(tmp_path: Path) -> Store:
    made = Store(f"sqlite:///{tmp_path / 's.db'}")
    made.migrate()
    return made


def of(found: tuple[Finding, ...], area: str) -> list[Finding]:
    return [one for one in found if one.area == area]


def feed(url: str, **state: object) -> object:
    return msgspec.structs.replace(new_feed(url, tenant=""), **state)


def test_a_well_bot_has_nothing_to_look_at(store: Store) -> None:
    store.write_now(feeds.add_feed, feed("https://a.example/f", health="ok"))
    found = store.read_now(examined, NOW)
    assert {one.level for one in found} == {"ok"}
    assert "1 feed, all well" in of(found, "feeds")[0].told


def test_sick_feeds_are_named_with_what_to_do_and_all_sick_is_wrong(store: Store) -> None:
    store.write_now(
        feeds.add_feed, feed("https://a.example/f", name="Alpha", health="http_4xx", health_note="says 403")
    )
    assert of(store.read_now(examined, NOW), "feeds")[0].level == "wrong"
    store.write_now(feeds.add_feed, feed("https://b.example/f", health="ok"))
    first, second = of(store.read_now(examined, NOW), "feeds")
    assert (first.level, first.told) == ("warning", "1 of 2 feeds are not well")
    assert second.told == "Alpha: says 403" and second.hint


def test_a_feed_that_is_due_and_not_read_is_told_and_what_waits_is_counted(store: Store) -> None:
    store.write_now(feeds.add_feed, feed("https://a.example/f", health="ok", next_at=NOW))
    assert {one.level for one in store.read_now(examined, NOW + timedelta(minutes=5))} == {"ok"}
    well, late = of(store.read_now(examined, NOW + timedelta(hours=1)), "feeds")
    assert (well.level, late.level) == ("ok", "warning")
    assert "due since 2024-06-11 12:00 UTC" in late.told and late.hint
    assert of(store.read_now(examined, NOW), "queue")[0].told == "0 reports wait to be understood"


def test_a_clock_behind_the_newest_report_is_wrong(store: Store) -> None:
    store.write_now(file_reports, [pair(1)], now=NOW + timedelta(days=1))
    (clock,) = of(store.read_now(examined, NOW + timedelta(hours=2)), "clock")
    assert clock.level == "wrong" and "NTP" in clock.hint


def test_deliveries_that_wait_or_were_given_up_are_told(store: Store) -> None:
    due = Delivery(key="k1", kind="post", destination=PLACE, ref="report:r1", due_at=NOW)
    dead = msgspec.structs.replace(due, key="k2", state="dead")
    store.write_now(outbox.enqueue, [due, dead])
    assert [one.level for one in of(store.read_now(examined, NOW), "deliveries")] == ["ok", "warning"]
    late, given_up = of(store.read_now(examined, NOW + timedelta(hours=1)), "deliveries")
    assert late.level == "warning" and "1 waiting" in late.told and "due since" in late.told
    assert "given up: 1 card" in given_up.told


def test_each_channel_tells_its_last_post_or_why_it_is_paused(store: Store) -> None:
    order = Subscription(id="s1", destination=PLACE)
    gone = Subscription(id="s2", destination=msgspec.structs.replace(PLACE, channel="78"), paused="it was deleted")
    for one in (order, gone):
        store.write_now(subscriptions.save_subscription, one)
    sent = Delivery(key="k", kind="post", destination=PLACE, ref="report:r", due_at=NOW, state="sent")
    store.write_now(outbox.enqueue, [sent])
    posted, paused = of(store.read_now(examined, NOW), "channels")
    assert posted.told == "discord channel 77: last post 2024-06-11 12:00 UTC"
    assert (paused.level, paused.told) == ("warning", "discord channel 78 is paused: it was deleted")


def test_little_room_on_the_disk_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    class Usage:
        free = 100 * 1024 * 1024

    monkeypatch.setattr("shutil.disk_usage", lambda path: Usage)
    assert disk(tmp_path / "s.db").level == "wrong"
    Usage.free = 900 * 1024**3
    assert disk(tmp_path / "s.db").level == "ok"
    assert disk(None).level == "ok"


def test_now_is_taken_as_it_is_given(store: Store) -> None:
    at = datetime(2031, 5, 1, tzinfo=UTC)
    assert "2031-05-01" in of(store.read_now(examined, at), "clock")[0].told
