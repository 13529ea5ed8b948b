"""Which reports tell of the same happening, in whatever order they come."""

from __future__ import annotations

import random

import pytest
from sqlalchemy import update

from bot.events.cluster import clusters
from bot.events.contract import event_line, events_of
from bot.events.traits import traits_of
from bot.extract.pipeline import summarise
from bot.intake import file_reports
from bot.store import events, tables
from bot.store.engine import Store
from tests.events.accounts import DAY, FERRY, NOTHING, OTHERS, Told, plain, report
from tests.events.lookalikes import happenings, nothing

EVERY = [*plain(FERRY, "ferry"), *plain(OTHERS, "other"), *plain(NOTHING, "none")]


def groups(told: list[Told]) -> set[frozenset[str]]:
    return {frozenset(ids) for ids in clusters([traits_of(*pair) for pair in told])}


def test_reports_of_one_happening_make_one_event_and_others_stay_apart() -> None:
    assert groups(EVERY) == {frozenset(f"ferry{n}" for n in range(5)), frozenset({"other0"}), frozenset({"other1"})}


def test_happenings_that_look_alike_stay_apart_and_each_is_one_event() -> None:
    told = [(report, summarise(report)) for reports in happenings().values() for report, _ in reports]
    told += [(report, summarise(report)) for report, _ in nothing()]
    expected = {frozenset(report.id for report, _ in reports) for reports in happenings().values()}
    assert groups(told) == expected


def test_business_and_sport_join_nothing() -> None:
    placed = {report_id for event in events_of(EVERY) for report_id in event.reports}
    assert not any(report_id.startswith("none") for report_id in placed)


AGENCY = [
    ("DERRAN, Sept 17 (Harbour Wire) - Floods swept away a bridge in Derran and drowned eleven people, the mayor told Harbour Wire.",
     "Harbour Wire"),
    ("OSK, Sept 17 (Harbour Wire) - Shells hit a school in Osk and killed four pupils, the headmaster told Harbour Wire on Sunday.",
     "Harbour Wire"),
]  # fmt: skip
"""Two happenings of one day, told by one agency."""


def test_one_agency_and_one_day_make_no_happening() -> None:
    told = [report(f"agency{n}", text, outlet=outlet) for n, (text, outlet) in enumerate(AGENCY)]
    summaries = [summarise(one) for one in told]
    assert groups(list(zip(told, summaries, strict=True))) == {frozenset({"agency0"}), frozenset({"agency1"})}


def test_a_report_without_a_crisis_word_joins_the_happening_that_it_clearly_tells_of() -> None:
    first, *_ = plain(FERRY, "ferry")
    colour = plain(
        ["In Torsvik, candles stand where the Halvard used to moor; a baker who lost her son sells no bread."], "c"
    )
    assert traits_of(*colour[0]).topic == "open"
    assert groups([first, *colour]) == {frozenset({"ferry0", "c0"})}


def test_traits_that_an_earlier_version_stored_are_found_anew() -> None:
    store = Store("sqlite://")
    store.migrate()
    first, second, *_ = plain(FERRY, "ferry")
    store.write_now(file_reports, [first], now=DAY)
    older = b'{"report_id":"ferry0","at":"2024-05-02T06:00:00Z","terms":{"halvard":1.0},"crisis":true}'
    store.write_now(lambda c: c.execute(update(tables.traits).values(value=older)))
    store.write_now(file_reports, [second], now=DAY)
    assert [event.reports for event in store.read_now(events.everything)] == [("ferry0", "ferry1")]
    store.close()


def test_a_follow_up_after_the_window_is_a_happening_of_its_own() -> None:
    later = plain(FERRY[:1], "anniversary", step=0)
    moved = [
        (type(r)(**{**{f: getattr(r, f) for f in r.__struct_fields__}, "published_at": DAY.replace(month=9)}), s)
        for r, s in later
    ]
    assert frozenset({"anniversary0"}) in groups([*plain(FERRY, "ferry"), *moved])


def test_the_contracts_lines_are_the_same_in_every_order_of_the_reports() -> None:
    told = {b"".join(map(event_line, events_of(order))) for order in shuffled(EVERY, 12)}
    assert len(told) == 1


@pytest.mark.parametrize("seed", range(50))
def test_reports_arriving_in_any_order_make_the_same_event_in_the_store(seed: int) -> None:
    store = Store("sqlite://")
    store.migrate()
    for pair in random.Random(seed).sample(EVERY, len(EVERY)):
        store.write_now(file_reports, [pair], now=DAY)
    held = store.read_now(events.everything)
    store.close()
    ferry = next(event for event in held if "ferry0" in event.reports)
    assert ferry.reports == tuple(f"ferry{n}" for n in range(5))
    assert len(held) == 3
    # All but the number in its id, which is drawn as events come.
    assert ferry.title == FERRY[0][:60]
    assert (ferry.outlets, ferry.first_at) == (5, DAY)


def test_the_id_of_a_merged_event_leads_to_the_one_that_took_it() -> None:
    store = Store("sqlite://")
    store.migrate()
    first, bridge, last = plain(
        [
            "Shelling hit the Oldtown depot in Marrak overnight; rockets burned its fuel tanks, firefighters said.",
            "Rockets that burned the Oldtown depot in Marrak were followed by clashes at the Tillen bridge checkpoint, where militiamen fought.",
            "Militiamen fought soldiers at the Tillen bridge checkpoint; the clashes at Tillen killed nobody, villagers said.",
        ],
        "m",
        step=2,
    )
    for pair in (first, last, bridge):
        store.write_now(file_reports, [pair], now=DAY)
    found = {event.id for event in store.read_now(events.everything)}
    assert len(found) == 1
    (kept,) = found
    assert store.read_now(events.event, kept).reports == ("m0", "m1", "m2")
    gone = store.read_now(_merged)
    assert gone and all(store.read_now(events.event, other).id == kept for other in gone)
    assert all(kept.endswith("0001") for _ in gone), "the older id lasts"
    store.close()


def _merged(c) -> list[str]:
    from sqlalchemy import text

    return [row.id for row in c.execute(text("SELECT id FROM events WHERE merged_into IS NOT NULL"))]


def test_the_annotated_reports_fall_into_their_events(shared) -> None:
    import json

    from bot.extract.lines import read_reports
    from bot.model.summary import Summary

    folder = shared / "eval" / "conflict"
    reports = list(read_reports((folder / "reports.jsonl").read_bytes().splitlines()))
    gold = [json.loads(line) for line in (folder / "events.jsonl").read_text(encoding="utf-8").splitlines()]
    found = groups([(report, Summary(id=report.id)) for report in reports])
    assert {frozenset(event["reports"]) for event in gold} <= found


def shuffled(told: list[Told], count: int) -> list[list[Told]]:
    return [random.Random(seed).sample(told, len(told)) for seed in range(count)]


def test_a_shelled_market_and_a_raid_on_a_bank_are_no_trade() -> None:
    texts = [
        "Shells hit the market in Tarn on Thursday, killing traders at their stalls; the market had just opened.",
        "Gunmen attacked a bank in Tarn on Thursday and shot dead two guards before they fled, police said.",
    ]
    assert all(traits_of(*pair).topic == "crisis" for pair in plain(texts, "x"))
