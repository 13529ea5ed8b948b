"""What is found, by whom, and in which order: the promises of the indexes, over SQLite and PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from alembic import command
from alembic.config import Config
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection, select, text

from bot.intake import file_reports
from bot.model.event import ChangeKind, ChangeNote
from bot.model.report import Given, Report
from bot.model.summary import Actor, Summary
from bot.store import engine, events, names, received, reports, search, tenants
from bot.store import tables as t
from bot.store.engine import Store
from bot.store.found_by import PRIVATE, report_terms, seen_by
from bot.store.listed import among, any_of
from bot.store.postings import Index, fact, first_place, free_places, newest, put, take, words_in
from tests.store.test_store import NOW, pair


@pytest.fixture
def store(store_url: str) -> Iterator[Store]:
    made = Store(store_url)
    made.migrate()
    yield made
    made.close()


def told(number: int, text: str, *actors: tuple[str, str | None], outlet: str = "Wire") -> tuple[Report, Summary]:
    report = Report(id=f"r{number}", text=text, outlet=outlet, published_at=NOW + timedelta(hours=number))
    named = tuple(Actor(id=f"a{n}", name=name, type="state", country=code) for n, (name, code) in enumerate(actors))
    return report, Summary(id=report.id, headline=text[:40], actors=named)


def ids(store: Store, **wanted: object) -> tuple[str, ...]:
    return store.read_now(search.search, tenant="t", **wanted).ids


def test_a_whole_name_is_not_put_together_from_two(store: Store) -> None:
    defence, press = "Ministry of Defence of Osmia", "Ministry of Culture of Kestria"
    store.write_now(
        reports.save_new, [told(1, "one", (defence, None), ("Kestria", None)), told(2, "two", (press, None))], now=NOW
    )
    assert ids(store, actor=defence) == ("r1",)
    assert ids(store, actor="Ministry of Culture of Kestria") == ("r2",)
    assert ids(store, actor="Ministry of Defence of Kestria") == ()
    assert ids(store, actor="kestria") == ("r2", "r1")


def test_corrections_are_found_by_outlet_however_it_is_written_newest_first(store: Store) -> None:
    of = ["Известия", "Wire", "Известия", "Известия"]
    given = [told(number, "text", outlet=outlet) for number, outlet in enumerate(of)]
    kinds: list[ChangeKind] = ["correction", "correction", "toll_down", "toll_up"]
    notes = [
        ChangeNote(event_id="OSM-0001", report_id=report.id, kind=kind, at=report.published_at or NOW, text="…")
        for (report, _), kind in zip(given, kinds, strict=True)
    ]
    store.write_now(reports.save_new, given[:3], now=NOW)
    store.write_now(reports.save_new, given[3:], "another", now=NOW)
    store.write_now(events.add_notes, notes)

    def found(**options: Any) -> list[str]:
        return [note.report_id for note in store.read_now(events.corrections, tenant="t", **options)]

    assert found() == ["r2", "r1", "r0"] and found(count=2) == ["r2", "r1"]
    assert found(outlet="ИЗВЕСТИЯ") == ["r2", "r0"] and found(outlet="wire") == ["r1"]
    assert found(outlet="известия", since=NOW + timedelta(hours=1)) == ["r2"]


def test_words_are_found_without_case_and_accents_in_any_script(store: Store) -> None:
    store.write_now(reports.save_new, [told(1, "Shells fell on Córdoba’s bridge. Обстрел моста; غارة جوية.")], now=NOW)
    for words in ("cordoba", "CÓRDOBA", "обстрел", "ОБСТРЕЛ моста", "غارة", "bridge cordoba s"):
        assert ids(store, query=words) == ("r1",), words
    assert ids(store, query="cordob") == ()


def test_no_text_can_pass_for_a_fact(store: Store) -> None:
    text = f"He wrote {fact('country', 'AM')} and country AM and tenant t."
    store.write_now(reports.save_new, [told(1, text)], now=NOW)
    assert ids(store, country="AM") == ()
    assert store.read_now(search.search, tenant="t", query=fact("country", "AM")).ids == ("r1",)


def test_a_time_narrows_and_the_newest_come_first_in_whatever_order_they_came(store: Store) -> None:
    for number in (3, 1, 5, 2, 4):
        store.write_now(reports.save_report, *told(number, "shelling"), now=NOW)
    assert ids(store, query="shelling") == ("r5", "r4", "r3", "r2", "r1")
    span = {"start": NOW + timedelta(hours=2), "end": NOW + timedelta(hours=4)}
    assert ids(store, query="shelling", **span) == ("r3", "r2") == ids(store, **span)


def test_many_reports_of_one_second_all_have_a_place(store: Store) -> None:
    many = [msgspec.structs.replace(told(0, "same time")[0], id=f"m{n}") for n in range(150)]
    store.write_now(reports.save_new, [(r, Summary(id=r.id)) for r in many[:100]], now=NOW)
    for report in many[100:]:
        store.write_now(reports.save_report, report, Summary(id=report.id), now=NOW)
    assert len(set(ids(store, query="same", size=200))) == 150


@given(st.lists(st.integers(0, 3), max_size=300))
def test_places_are_free_and_in_the_order_of_seconds(seconds: list[int]) -> None:
    class Empty:
        def scalar(self, query: object, bounds: object) -> None:
            return None

    places = free_places(Empty(), t.reports.c.place, [NOW + timedelta(seconds=s) for s in seconds])  # type: ignore[arg-type]
    assert len(set(places)) == len(places)
    assert all(place >= first_place(NOW + timedelta(seconds=s)) for place, s in zip(places, seconds, strict=True))


def test_what_another_tenant_is_let_see_later_is_found_by_it_too(store: Store) -> None:
    store.write_now(file_reports, [pair(1)], tenant="slack:T1", now=NOW)
    (event,) = store.read_now(events.latest_events, tenant="slack:T1")
    for tenant, seen in (("slack:T1", True), ("slack:T2", False)):
        assert bool(store.read_now(search.search, tenant=tenant, query="bridge").ids) is seen
        assert bool(store.read_now(names.suggested, "actor", tenant=tenant, typed="min")) is seen
    store.write_now(file_reports, [pair(1)], tenant="slack:T2", now=NOW)
    assert store.read_now(search.search, tenant="slack:T2", query="bridge").ids == ("r1",)
    assert store.read_now(events.latest_events, tenant="slack:T2", words=event.id) == (event,)
    assert store.read_now(names.suggested, "actor", tenant="slack:T2", typed="min") == (
        "Ministry of Defence of Ukraine",
    )


def test_whoever_searches_finds_what_everybody_sees_and_its_own_and_counts_nothing_of_others(store: Store) -> None:
    for number, tenant in enumerate(("", "t", "u", "v", "t", "")):
        store.write_now(reports.save_new, [told(number, "shelling of the bridge")], tenant, now=NOW)
    for tenant, found in (("t", (5, 4, 1, 0)), ("u", (5, 2, 0)), ("nobody", (5, 0)), ("", (5, 0))):
        told_to = store.read_now(search.search, tenant=tenant, query="bridge", size=3)
        assert told_to.ids == tuple(f"r{number}" for number in found[:3])
        assert told_to.total == len(found)


def test_an_index_without_marks_of_what_is_private_gets_them(store: Store) -> None:
    given = {"": told(1, "shelling of the bridge"), "t": told(2, "shelling of the bridge")}
    for tenant, pair_ in given.items():
        store.write_now(reports.save_new, [pair_], tenant, now=NOW)

    def unmarked(c: Connection) -> None:
        """As versions before the marks left it."""
        terms = report_terms(*given["t"], ["t"])
        place = c.scalar(select(t.reports.c.place).where(t.reports.c.id == "r2"))
        assert place is not None
        take(c, "report_search", place, terms)
        put(c, "report_search", [(place, terms - {PRIVATE})])

    store.write_now(unmarked)
    assert store.read_now(search.search, tenant="u", query="bridge").ids == ("r1",), "never shown, marked or not"
    for _ in range(2):
        store.write_now(reports.mark_private)
    assert store.read_now(search.search, tenant="u", query="bridge").total == 1
    assert ids(store, query="bridge") == ("r2", "r1")


def test_events_are_found_while_typing_latest_first(store: Store) -> None:
    store.write_now(file_reports, [pair(1), pair(2, hours=200)], now=NOW)
    first, second = store.read_now(events.everything)
    found = store.read_now(events.latest_events, tenant="t", words="title", count=5)
    assert [e.id for e in found] == [second.id, first.id]
    assert [e.id for e in store.read_now(events.latest_events, tenant="t", words="titl", typing=True)] == [
        second.id,
        first.id,
    ]
    assert store.read_now(events.latest_events, tenant="t", words="titl") == ()
    store.write_now(events.save_event, msgspec.structs.replace(first, last_at=NOW + timedelta(days=30)))
    assert [e.id for e in store.read_now(events.latest_events, tenant="t", words="title")] == [first.id, second.id]


def test_names_begin_first_then_the_more_frequent(store: Store) -> None:
    told_of = [told(n, "x", ("Army of Osmia", None)) for n in range(3)]
    told_of += [told(9, "x", ("Osmia", None), ("Osmian Red Cross", None))]
    store.write_now(reports.save_new, told_of, now=NOW)
    assert store.read_now(names.suggested, "actor", tenant="t", typed="osm") == (
        "Osmia",
        "Osmian Red Cross",
        "Army of Osmia",
    )
    assert store.read_now(names.suggested, "actor", tenant="t") == ("Army of Osmia", "Osmia", "Osmian Red Cross")
    assert store.read_now(names.suggested, "outlet", tenant="t", typed="W") == ("Wire",)


def _names(c: Connection) -> list[tuple[object, ...]]:
    return [tuple(row) for row in c.execute(select(t.names).order_by(t.names.c.tenant, t.names.c.kind, t.names.c.name))]


def test_the_counts_of_names_are_those_that_a_count_anew_gives(store: Store) -> None:
    first, again = told(1, "one", ("Osmia", None), ("Kestria", None)), told(1, "one, corrected", ("Osmia", None))
    for tenant, one in (
        ("", first),
        ("a", first),
        ("", told(2, "two", ("Osmia", None))),
        ("a", again),
        ("", again),
        ("b", again),
    ):
        store.write_now(reports.save_report, *one, tenant=tenant, now=NOW)
    kept = store.read_now(_names)
    assert kept and not [row for row in kept if "Kestria" in row]

    def anew(c: Connection) -> list[tuple[object, ...]]:
        c.execute(
            text(
                "DELETE FROM report_search"
                if c.dialect.name != "sqlite"
                else "INSERT INTO report_search(report_search) VALUES ('delete-all')"
            )
        )
        reports.index_all(c)
        return _names(c)

    assert store.write_now(anew) == kept
    assert ids(store, query="corrected") == ("r1",)


def test_reports_of_the_first_schema_are_found_after_an_upgrade(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path / 'old.db'}")
    config = Config()
    config.set_main_option("script_location", str(Path(engine.__file__).parent / "migrations"))

    def old(c: Connection) -> None:
        config.attributes["connection"] = c
        command.upgrade(config, "0001")
        for number in (1, 2):
            report, summary = told(number, f"shelling of the bridge {number}", ("Osmia", "OS"))
            row = {
                "id": report.id,
                "at": t.stamp(NOW) + number,
                "value": msgspec.json.encode(report),
                "summary": msgspec.json.encode(summary),
            }
            c.execute(
                text(
                    "INSERT INTO reports (id, outlet, published_at, fetched_at, revision, value, summary) VALUES (:id, 'Wire', :at, :at, 1, :value, :summary)"
                ),
                row,
            )
            c.execute(text("INSERT INTO sightings VALUES ('', :id, :at)"), row)

    store.write_now(old)
    store.migrate()
    assert ids(store, query="bridge") == ("r2", "r1") == ids(store, actor="Osmia", country="OS", outlet="wire")
    assert store.read_now(names.suggested, "actor", tenant="t", typed="o") == ("Osmia",)
    changed = msgspec.structs.replace(told(1, "")[0], text="Nothing of the kind.")
    assert store.write_now(reports.save_report, changed, Summary(id="r1"), now=NOW) == "revised"
    assert ids(store, query="bridge") == ("r2",)
    store.close()


def test_words_are_cut_the_same_way_each_time() -> None:
    assert words_in("Zürich’s “KAR-0142”, 3.5 km_off") == ["zurich", "s", "kar", "0142", "3", "5", "km", "off"]


def test_what_was_received_waits_in_order_and_is_found_by_its_feeds(store: Store) -> None:
    given = [Given(id=f"g{number}", text="…", title=f"Title {number}") for number in range(received.LARGEST + 2)]
    one = received.Received(feed_id="f1", tenant="t", reports=tuple(given), silent=frozenset({"g0"}))
    other = received.Received(feed_id="f'2", tenant="", reports=(msgspec.structs.replace(given[0], id='g"x'),))
    store.write_now(received.add, [one, other])
    first, rest, last = store.read_now(received.of_feeds, ["f1", "f'2", "nobody's"])
    assert (len(first.reports), len(rest.reports), last.feed_id) == (received.LARGEST, 2, "f'2")
    assert first.silent == {"g0"} and first.reports[0] == given[0]
    assert store.read_now(received.of_feeds, []) == ()
    store.write_now(received.drop, rest.number, {rest.reports[0].id})
    store.write_now(received.remove, first.number)
    assert store.read_now(received.depth) == 2


def test_a_list_of_any_length_and_letters_is_one_parameter(store: Store) -> None:
    odd = ["it's", 'say "so"', "a\\b", "née", "null", "{1,2}"]
    kept = [(Report(id=name, text="…", published_at=NOW), Summary(id=name, headline="…")) for name in odd]
    store.write_now(reports.save_new, kept, now=NOW)
    assert set(store.read_now(reports.told, [*odd, *(f"x{n}" for n in range(3000))])) == set(odd)
    assert store.read_now(reports.told, []) == {}
    statement = select(t.reports.c.id).where(any_of(t.reports.c.id, "ids"), ~among(t.reports.c.id, odd[:2]))
    assert {*store.read_now(lambda c: c.scalars(statement, {"ids": odd[:3]}).all())} == {odd[2]}


def test_an_erased_tenant_leaves_nothing_in_the_indexes_and_others_find_what_they_found(store: Store) -> None:
    gone, stays = "slack:T1", "slack:T2"
    store.write_now(file_reports, [pair(1), pair(2, hours=200)], tenant=gone, now=NOW)
    store.write_now(file_reports, [pair(1)], tenant=stays, now=NOW)

    def found(index: Index, *terms: str) -> int:
        return len(store.read_now(newest, index, [[term] for term in terms], limit=10))

    assert (found("report_search", seen_by(gone)), found("event_search", seen_by(gone))) == (2, 2)
    store.write_now(tenants.depart, gone, NOW)
    steps = 0
    while store.write_now(tenants.unsee_departed, NOW + timedelta(days=1), most=1):
        steps += 1
    assert steps == 2
    assert store.write_now(tenants.erase_departed, NOW + timedelta(days=1)) == (gone,)
    assert (found("report_search", seen_by(gone)), found("event_search", seen_by(gone))) == (0, 0)
    assert found("report_search", seen_by(stays), "shelling") == 1
    assert [event.reports for event in store.read_now(events.latest_events, tenant=stays)] == [("r1",)]
    # Nobody sees the other report; its words are there for whoever is brought it next.
    assert found("report_search", "shelling") == 2
