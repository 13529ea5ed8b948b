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
from bot.store import events, feeds, kept, outbox, reports, search
from bot.store.engine import Store
from tests.conftest import own_schema

NOW = datetime(2024, 6, 11, 12, tzinfo=UTC)


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    if request.param == "sqlite":
        made = Store(f"sqlite:///{tmp_path / 's.db'}")
    else:
        made = Store(own_schema(request.getfixturevalue("postgres"), f"t{abs(hash(request.node.name)) % 10**8}"))
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
    assert found.ids == ("r11", "r10", "r9", "r8", "r7") and found.more
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


def test_a_delivery_is_owed_once_leased_in_order_and_due_again_when_its_holder_died(store: Store) -> None:
    where = Destination(platform="board", tenant="t", channel="c")
    owed = [Delivery(key=f"k{n}", kind="post", destination=where, ref=f"report:r{n}", due_at=NOW) for n in range(3)]
    assert store.write_now(outbox.enqueue, owed) == 3
    assert store.write_now(outbox.enqueue, owed) == 0
    lease = {"seconds": 60, "limit": 10, "platforms": ["board"]}
    (first,) = store.write_now(outbox.lease, NOW, **lease)
    assert first.key == "k0"
    assert store.write_now(outbox.lease, NOW, **lease) == ()
    (again,) = store.write_now(outbox.lease, NOW + timedelta(seconds=61), **lease)
    assert again.key == "k0"
    store.write_now(outbox.save, msgspec.structs.replace(again, state="sent"))
    (second,) = store.write_now(outbox.lease, NOW + timedelta(seconds=61), **lease)
    assert second.key == "k1"


def test_a_merged_events_id_leads_to_the_one_it_was_merged_into(store: Store) -> None:
    store.write_now(file_reports, [pair(n) for n in range(2)], now=NOW)
    (event, *rest) = store.read_now(events.everything)
    store.write_now(events.save_event, msgspec.structs.replace(event, id="OLD-9999"))
    store.write_now(events.merge_into, "OLD-9999", event.id)
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
