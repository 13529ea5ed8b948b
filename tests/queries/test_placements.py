"""An admin's word on events: it holds through what comes later, is kept, and touches nobody else's view."""

from __future__ import annotations

import msgspec
import pytest

from bot.intake import file_reports
from bot.model.card import Card
from bot.model.command import Asker
from bot.queries.desk import Desk
from bot.store import audit, events
from bot.store.engine import Store
from tests.events.accounts import FERRY, OTHERS, Told, plain
from tests.samples import NOW, clock, understand

ADMIN = Asker(platform="discord", tenant="discord:1", user="u1", channel="c1", may_manage=True)
VISITOR = msgspec.structs.replace(ADMIN, user="u2", may_manage=False)
OTHER_ADMIN = msgspec.structs.replace(ADMIN, tenant="discord:2")
OPERATOR = Asker(platform="terminal", tenant="terminal", user="operator", channel="terminal", may_manage=True)
HELD = [*plain(FERRY[:3], "ferry"), *plain(OTHERS, "other")]


@pytest.fixture
def store() -> Store:
    made = Store("sqlite://")
    made.migrate()
    made.write_now(file_reports, HELD, tenant="discord:1", now=NOW)
    return made


@pytest.fixture
def desk(store: Store) -> Desk:
    return Desk(store, clock=clock, understand=understand)


def of(store: Store, report_id: str) -> str | None:
    found = store.read_now(events.event_of, report_id)
    return found.id if found else None


def file(store: Store, *told: Told, tenant: str = "discord:1") -> None:
    store.write_now(file_reports, told, tenant=tenant, now=NOW)


async def said(desk: Desk, words: str, asker: Asker = ADMIN) -> Card:
    card = await desk.ask(words, asker)
    assert card.kind == "settings", card
    return card


async def test_merged_events_stay_one_under_the_older_id_and_the_other_leads_there(store: Store, desk: Desk) -> None:
    ferry, landslide = of(store, "ferry0"), of(store, "other0")
    await said(desk, f"events merge {landslide} {ferry}")
    older = min(ferry, landslide, key=lambda event: event.rpartition("-")[2])
    assert of(store, "ferry0") == of(store, "other0") == older
    assert store.read_now(events.event, landslide).id == store.read_now(events.event, ferry).id == older
    file(store, *plain(FERRY[3:], "later"))
    assert of(store, "later0") == older == of(store, "other0")


async def test_a_split_keeps_the_id_where_most_stays_and_later_reports_do_not_undo_it(store: Store, desk: Desk) -> None:
    ferry = of(store, "ferry0")
    await said(desk, f"events split {ferry} ferry2")
    assert of(store, "ferry0") == of(store, "ferry1") == ferry
    alone = of(store, "ferry2")
    assert alone not in (None, ferry)
    file(store, *plain(FERRY[3:], "later"))
    assert of(store, "ferry0") == ferry and of(store, "ferry2") == alone
    assert of(store, "later0") in (ferry, alone)


async def test_when_most_of_an_event_is_split_off_the_id_goes_with_it(store: Store, desk: Desk) -> None:
    ferry = of(store, "ferry0")
    await said(desk, f"events split {ferry} reports:ferry1,ferry2")
    assert of(store, "ferry1") == of(store, "ferry2") == ferry != of(store, "ferry0")


async def test_a_detached_report_belongs_to_no_event_even_when_revised_until_it_is_attached_again(
    store: Store, desk: Desk
) -> None:
    ferry = of(store, "ferry0")
    await said(desk, "events detach ferry1")
    report, summary = HELD[1]
    file(store, (msgspec.structs.replace(report, text=report.text + " More follows."), summary))
    assert of(store, "ferry1") is None
    assert "ferry1" not in store.read_now(events.event, ferry).reports
    await said(desk, f"events attach ferry1 event:{ferry}")
    assert of(store, "ferry1") == ferry


async def test_a_detached_report_stays_out_whatever_reports_like_it_become_one_event_later(
    store: Store, desk: Desk
) -> None:
    alike = [
        "An explosion in the customs hall of Orvelt harbour killed three clerks at noon, the harbour master of Orvelt said.",
        "In Orvelt harbour the customs hall exploded at noon; the harbour master said the explosion had killed three clerks.",
    ]
    file(store, *plain([alike[0]], "one"))
    one = of(store, "one0")
    await said(desk, "events detach one0")
    file(store, *plain([*alike, *alike], "two"))
    assert of(store, "one0") is None, "however many reports like it come"
    assert of(store, "two0") == of(store, "two1") == of(store, "two3") != one
    assert "one0" not in store.read_now(events.event, of(store, "two0")).reports


async def test_merging_again_undoes_a_split(store: Store, desk: Desk) -> None:
    ferry = of(store, "ferry0")
    await said(desk, f"events split {ferry} ferry2")
    await said(desk, f"events merge {ferry} {of(store, 'ferry2')}")
    assert {of(store, f"ferry{n}") for n in range(3)} == {ferry}


async def test_what_others_see_too_is_rearranged_by_the_operator_alone(store: Store, desk: Desk) -> None:
    file(store, HELD[0], tenant="discord:2")
    ferry = of(store, "ferry0")
    refused = await desk.ask("events detach ferry1", ADMIN)
    assert refused.kind == "error" and "others see" in refused.title.lower()
    assert of(store, "ferry1") == ferry
    await said(desk, "events detach ferry1", OPERATOR)
    assert of(store, "ferry1") is None


async def test_reports_of_the_operators_feeds_are_everybodys(desk: Desk, store: Store) -> None:
    shared = plain(["Shells hit the depot in Marrak overnight and killed two guards, rescuers said."], "shared")
    file(store, *shared, tenant="")
    assert (await desk.ask("events detach shared0", ADMIN)).kind == "error"


async def test_another_servers_events_are_not_there(store: Store, desk: Desk) -> None:
    for words in (f"events merge {of(store, 'ferry0')} {of(store, 'other0')}", "events detach ferry0"):
        answer = await desk.ask(words, OTHER_ADMIN)
        assert answer.kind == "error"
        assert "no event or report" in answer.title.lower()
    assert of(store, "ferry0") != of(store, "other0")


async def test_only_those_who_manage_the_place_may_say_so(store: Store, desk: Desk) -> None:
    answer = await desk.ask("events detach ferry0", VISITOR)
    assert answer.kind == "error" and "may not" in answer.title
    assert of(store, "ferry0") is not None


async def test_what_was_said_is_kept_and_shown_to_that_server_alone(store: Store, desk: Desk) -> None:
    await said(desk, "events detach ferry1")
    (entry,) = store.read_now(audit.entries, tenant="discord:1")
    assert (entry.user, entry.command) == ("u1", "events detach report:ferry1")
    assert "ferry1" in (await said(desk, "events log")).sections[0].lines[0].text
    assert not (await said(desk, "events log", OTHER_ADMIN)).sections


async def test_a_note_tells_of_a_merge_and_a_split(store: Store, desk: Desk) -> None:
    ferry, landslide = of(store, "ferry0"), of(store, "other0")
    await said(desk, f"events merge {ferry} {landslide}")
    kept = of(store, "ferry0")
    assert [note.kind for note in store.read_now(events.notes_of, kept)][-1] == "merged"
    await said(desk, f"events split {kept} other0")
    assert [note.kind for note in store.read_now(events.notes_of, kept)][-1] == "split"


@pytest.mark.parametrize(
    "words",
    ["events merge KAR-9999 KAR-9998", "events merge", "events split", "events detach", "events attach ferry0",
     "events detach nowhere", "events split KAR-1"],
)  # fmt: skip
async def test_what_makes_no_sense_is_refused_and_changes_nothing(store: Store, desk: Desk, words: str) -> None:
    before = store.read_now(events.everything)
    assert (await desk.ask(words, ADMIN)).kind == "error"
    assert store.read_now(events.everything) == before
