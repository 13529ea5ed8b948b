"""The store's promises, over SQLite and over a real PostgreSQL server."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from bot.intake import file_reports
from bot.model.delivery import Delivery
from bot.model.errors import StoreError
from bot.model.report import Report
from bot.model.subscription import Destination
from bot.model.summary import Actor, Claim, Summary
from bot.queries.feeds import new_feed
from bot.store import delivered, events, feeds, kept, outbox, reports, search
from bot.store.engine import Store

NOW = datetime(2024, 6, 11, 12, tzinfo=UTC)


@pytest.fixture
def store(store_url: str) -> Iterator[Store]:
    made = Store(store_url)
    made.migrate()
    yield made
    made.close()


def pair(
    number: int,
    words: str = "shelling and a missile attack near the bridge",
    *,
    hours: float = 0,
    country: str = "UA",
    stance: str = "asserts",
) -> tuple[Report, Summary]:
    text = f"The ministry said there was {words}. Report {number}."
    report = Report(
        id=f"r{number}", text=text, title=f"Title {number}", outlet="Wire", published_at=NOW + timedelta(hours=hours)
    )
    actor = Actor(
        id="a1",
        name="Ministry of Defence of Ukraine",
        type="military",
        country=country,
        mentions=((0, 12),),
        roles=("speaker",),
    )
    claim = Claim(id="c1", speaker="a1", content=((18, 30),), sentence=(0, len(text)), stance=stance)  # type: ignore[arg-type]
    return report, Summary(id=report.id, headline=f"Title {number}", actors=(actor,), claims=(claim,))


def test_storing_a_report_again_changes_nothing_and_a_changed_one_keeps_what_stood(store: Store) -> None:
    report, summary = pair(1)
    assert store.write_now(reports.save_report, report, summary, now=NOW) == "new"
    assert (
        store.write_now(
            reports.save_report, msgspec.structs.replace(report, published_at=NOW + timedelta(days=1)), summary, now=NOW
        )
        == "same"
    )
    changed = msgspec.structs.replace(report, text=report.text + " Correction.")
    assert store.write_now(reports.save_report, changed, summary, now=NOW) == "revised"
    ((revision, _),) = store.read_now(reports.revisions, "r1")
    assert revision.text == report.text
    held = store.read_now(reports.one, "r1")
    assert held is not None and held[0].text == changed.text


def test_search_finds_by_words_and_fields_newest_first_and_pages(store: Store) -> None:
    for n in range(12):
        store.write_now(
            reports.save_report,
            *pair(n, hours=n, country="UA" if n % 2 else "RU", stance="denies" if n > 8 else "asserts"),
            now=NOW,
        )
    found = store.read_now(search.search, tenant="t", query="bridge shelling", size=5)
    assert found.ids == ("r11", "r10", "r9", "r8", "r7") and (found.total, found.more) == (12, False)
    assert store.read_now(search.search, tenant="t", query="bridge", page=3, size=5).ids == ("r1", "r0")
    assert store.read_now(search.search, tenant="t", status="denied").ids == ("r11", "r10", "r9")
    assert store.read_now(search.search, tenant="t", query="shelling", country="RU", size=2).ids == ("r10", "r8")
    assert store.read_now(search.search, tenant="t", query="absent").ids == ()
    assert store.read_now(search.search, tenant="t", query="'; DROP TABLE reports; --").ids == ()
    changed = msgspec.structs.replace(pair(3)[0], text="Nothing of the kind.")
    store.write_now(reports.save_report, changed, pair(3)[1], now=NOW)
    assert "r3" not in store.read_now(search.search, tenant="t", query="bridge", size=20).ids


def test_a_failed_transaction_leaves_nothing_behind(store: Store) -> None:
    def half(c) -> None:
        reports.save_report(c, *pair(1), now=NOW)
        kept.keep(c, "a", "b", "c")
        raise RuntimeError("the process is gone")

    with pytest.raises(RuntimeError):
        store.write_now(half)
    assert store.read_now(reports.count) == 0
    assert store.read_now(kept.recall, "a", "b") is None


def test_another_tenants_reports_are_not_seen(store: Store) -> None:
    store.write_now(file_reports, [pair(1)], tenant="slack:T1", now=NOW)
    assert store.read_now(reports.one, "r1", tenant="slack:T1") is not None
    assert store.read_now(reports.one, "r1", tenant="slack:T2") is None
    assert store.read_now(search.search, tenant="slack:T2", query="bridge").ids == ()
    assert store.read_now(events.latest_events, tenant="slack:T2") == ()


WHERE = Destination(platform="board", tenant="t", channel="c")
LEASE = {"seconds": 60, "limit": 10, "platforms": ["board"], "holder": "h"}


def owed(name: str, event: str | None = "E-1", **more) -> Delivery:
    return Delivery(
        key=name, kind="post", destination=WHERE, ref=f"report:{name}", due_at=NOW, event_id=event, **more
    )  # fmt: skip


def keys(deliveries) -> list[str]:
    return [delivery.key for delivery in deliveries]


def test_a_delivery_is_owed_once_leased_in_order_and_due_again_when_its_holder_died(store: Store) -> None:
    three = [owed(f"k{n}") for n in range(3)]
    assert store.write_now(outbox.enqueue, three) == 3
    assert store.write_now(outbox.enqueue, three) == 0
    taken = store.write_now(outbox.lease, NOW, **LEASE)
    assert keys(taken) == ["k0", "k1", "k2"], "several of one channel and event in one lease, in their order"
    assert store.write_now(outbox.lease, NOW, **LEASE) == ()
    store.write_now(outbox.save, msgspec.structs.replace(taken[0], state="sent", leased_until=None))
    assert keys(store.write_now(outbox.lease, NOW + timedelta(seconds=61), **LEASE)) == ["k1", "k2"]


def test_one_that_failed_holds_back_its_own_event_and_no_other(store: Store) -> None:
    store.write_now(outbox.enqueue, [owed("a1", "E-1"), owed("b1", "E-2"), owed("a2", "E-1"), owed("x", None)])
    first, *rest = store.write_now(outbox.lease, NOW, **LEASE)
    assert first.key == "a1"
    later = NOW + timedelta(minutes=5)
    failed = msgspec.structs.replace(first, state="due", leased_until=None, due_at=later, postponed=True, attempts=1)
    back = [msgspec.structs.replace(one, state="due", leased_until=None) for one in rest]
    store.write_now(outbox.save, failed, *back)
    assert keys(store.write_now(outbox.lease, NOW, **LEASE)) == ["b1", "x"]
    assert keys(store.write_now(outbox.lease, later, **LEASE)) == ["a1", "b1", "a2", "x"], "leases have run out"


def test_a_leased_one_holds_back_what_comes_after_it_in_its_event(store: Store) -> None:
    store.write_now(outbox.enqueue, [owed("a1")])
    assert keys(store.write_now(outbox.lease, NOW, **LEASE)) == ["a1"]
    store.write_now(outbox.enqueue, [owed("a2"), owed("b1", "E-2")])
    assert keys(store.write_now(outbox.lease, NOW, **LEASE)) == ["b1"]


def test_what_is_due_tomorrow_holds_nothing_back(store: Store) -> None:
    tomorrow = msgspec.structs.replace(owed("d"), kind="digest", due_at=NOW + timedelta(days=1))
    store.write_now(outbox.enqueue, [tomorrow, owed("a1")])
    assert keys(store.write_now(outbox.lease, NOW, **LEASE)) == ["a1"]


def test_one_that_somebody_else_has_taken_over_may_not_be_sent(store: Store) -> None:
    store.write_now(outbox.enqueue, [owed("a1"), owed("b1", "E-2")])
    store.write_now(outbox.lease, NOW, **LEASE)
    late = NOW + timedelta(seconds=61)
    other = LEASE | {"holder": "other", "limit": 1}
    assert keys(store.write_now(outbox.lease, late, **other)) == ["a1"]
    assert store.write_now(outbox.begin, ["a1", "b1"], holder="h", now=late, seconds=60) == {"b1"}
    begun = store.read_now(delivered.delivery, "b1")
    assert begun is not None and begun.tried_at == late and begun.leased_until == late + timedelta(seconds=60)


def test_edits_of_one_card_that_wait_become_one(store: Store) -> None:
    def edit(number: int, instead: str = "") -> Delivery:
        return msgspec.structs.replace(
            owed(f"e{number}"), kind="edit", card="a1", ref=f"report:a1:{number}", instead=instead
        )

    store.write_now(outbox.enqueue, [owed("a1"), edit(2), edit(3, "note:7"), edit(4)])
    taken = store.write_now(outbox.lease, NOW, **LEASE)
    assert keys(taken) == ["a1", "e2"]
    assert taken[1].instead == "note:7", "the note of the change is not lost with the edit that is folded away"
    store.write_now(outbox.enqueue, [edit(5)])
    store.write_now(outbox.save, *(msgspec.structs.replace(one, state="sent", leased_until=None) for one in taken))
    assert keys(store.write_now(outbox.lease, NOW, **LEASE)) == ["e5"], (
        "an edit under way may have read what was before"
    )


def test_dead_letters_are_replayed_or_dropped_by_the_beginning_of_their_key(store: Store) -> None:
    store.write_now(outbox.enqueue, [owed("abc1", None), owed("abd2", None), owed("x3", None)])
    taken = store.write_now(outbox.lease, NOW, **LEASE)
    dead = [msgspec.structs.replace(one, state="dead", leased_until=None, reason="gone") for one in taken]
    store.write_now(outbox.save, *dead)
    place = {"tenant": "t", "channel": "c"}
    assert store.write_now(outbox.replay, key="abc", now=NOW, **place) == 1
    assert store.write_now(outbox.drop, key="", tenant="t", channel="other") == 0
    assert store.write_now(outbox.drop, key="", **place) == 2
    assert store.read_now(delivered.depth) == {"due": 1, "dropped": 2}


def test_a_merged_events_deliveries_stand_in_one_lane_with_the_others(store: Store) -> None:
    store.write_now(outbox.enqueue, [owed("a1", "E-1"), owed("b1", "E-2")])
    store.write_now(outbox.move_events, ["E-1"], "E-2")
    first, second = store.write_now(outbox.lease, NOW, **LEASE)
    assert (first.event_id, second.event_id) == ("E-2", "E-2")
    postponed = msgspec.structs.replace(
        first, state="due", leased_until=None, postponed=True, due_at=NOW + timedelta(minutes=1)
    )
    store.write_now(outbox.save, postponed, msgspec.structs.replace(second, state="due", leased_until=None))
    assert store.write_now(outbox.lease, NOW, **LEASE) == ()


def test_an_outbox_of_the_first_schema_keeps_what_it_owes(tmp_path: Path) -> None:
    import json
    import sqlite3

    from alembic import command
    from alembic.config import Config

    store = Store(f"sqlite:///{tmp_path / 'old.db'}")

    def first(c) -> None:
        config = Config()
        config.set_main_option("script_location", str(Path(outbox.__file__).parent / "migrations"))
        config.attributes["connection"] = c
        command.upgrade(config, "0001")

    store.write_now(first)
    value = json.loads(msgspec.json.encode(owed("a1")))
    for name in ("tried_at", "postponed", "parts", "parent", "card", "instead", "mention"):
        value.pop(name, None)
    value["attempts"], value["state"] = 1, "due"
    with sqlite3.connect(tmp_path / "old.db") as held:
        held.execute(
            "INSERT INTO deliveries (key, number, state, due_at, platform, tenant, channel, event_id, ref, value) "
            "VALUES ('a1', 1, 'due', ?, 'board', 't', 'c', 'E-1', 'report:a1', ?)",
            (int(NOW.timestamp() * 1000), json.dumps(value).encode()),
        )
    held.close()
    store.migrate()
    (taken,) = store.write_now(outbox.lease, NOW, **LEASE)
    assert taken.key == "a1" and taken.attempts == 1 and taken.tried_at is not None
    store.close()


def test_a_merged_events_id_leads_to_the_one_it_was_merged_into(store: Store) -> None:
    store.write_now(file_reports, [pair(n) for n in range(2)], now=NOW)
    (event, *rest) = store.read_now(events.everything)
    store.write_now(events.save_event, msgspec.structs.replace(event, id="OLD-9999"))
    store.write_now(events.merge_into, ["OLD-9999"], event.id)
    found = store.read_now(events.event, "old-9999")
    assert found is not None and found.id == event.id and not rest


def test_feeds_fall_due_and_their_state_lasts(store: Store) -> None:
    feed = new_feed("https://e.org/feed", tenant="t")
    assert store.write_now(feeds.add_feed, feed) and not store.write_now(feeds.add_feed, feed)
    assert store.read_now(feeds.due_feeds, NOW, 10) == (feed,)
    later = msgspec.structs.replace(feed, next_at=NOW + timedelta(minutes=5), etag="x")
    store.write_now(feeds.save_feeds, [later])
    assert store.read_now(feeds.due_feeds, NOW, 10) == ()
    assert store.read_now(feeds.due_feeds, NOW + timedelta(minutes=6), 10) == (later,)


def test_a_second_process_on_one_file_is_refused_with_what_to_do(tmp_path: Path) -> None:
    first = Store(f"sqlite:///{tmp_path / 'x.db'}", exclusive=True)
    with pytest.raises(StoreError, match="another Sitrep uses this database"):
        Store(f"sqlite:///{tmp_path / 'x.db'}", exclusive=True)
    first.close()
    Store(f"sqlite:///{tmp_path / 'x.db'}", exclusive=True).close()


def test_a_newer_schema_is_refused(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path / 'x.db'}")
    store.migrate()
    store.write_now(lambda c: c.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreError, match="schema 9999, which this version does not know"):
        store.migrate()
    store.close()


def test_a_file_that_is_no_database_is_said_to_be_none(tmp_path: Path) -> None:
    file = tmp_path / "x.db"
    file.write_bytes(b"this is no database at all, but a text of some length" * 40)
    store = Store(f"sqlite:///{file}")
    with pytest.raises(StoreError, match="not a database"):
        store.migrate()
    store.close()
