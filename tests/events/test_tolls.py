"""Tolls: per speaker and over time, never summed; and what an event's change is worth telling."""

from __future__ import annotations

import msgspec
import pytest

from bot.events.changes import changes, figure
from bot.events.tell import tell
from bot.model.event import TollEntry
from bot.model.summary import Summary
from tests.events import accounts as a

FIRST = "The governor of Tarn said 7 people were killed. The army of Osmia said 13 civilians, 9 of them children, were among the casualties."
LATER = "The governor of Tarn now puts the toll at 5 killed. In the war of 2011, 900 people were killed there, and since October 4000 have died."
GOVERNOR, ARMY = a.actor("a1", "Governor of Tarn", "official", "QM"), a.actor("a2", "Army of Osmia", "military", "QN")


def first() -> a.Told:
    return first_of("r1")


def first_of(id: str, *, hours: float = 0) -> a.Told:
    report = a.report(id, FIRST, hours=hours)
    claims = (
        a.claim("c1", FIRST, "7 people were killed", "a1"),
        a.claim("c2", FIRST, "13 civilians, 9 of them children, were among the casualties", "a2"),
    )
    casualties = (
        a.figure("k1", FIRST, "7 people", "killed", 7, by="c1"),
        a.figure("k2", FIRST, "13 civilians", "unspecified", 13, by="c2", groups=("civilian",)),
        a.figure("k3", FIRST, "9 of them children", "unspecified", 9, by="c2", groups=("children",), subset_of="k2"),
    )
    return report, Summary(
        id=id, headline="Governor reports deaths", actors=(GOVERNOR, ARMY), claims=claims, casualties=casualties
    )


def later() -> a.Told:
    report = a.report("r2", LATER, hours=20)
    claims = (a.claim("c1", LATER, "the toll at 5 killed", "a1"),)
    casualties = (
        a.figure("k1", LATER, "5 killed", "killed", 5, by="c1"),
        a.figure("k2", LATER, "900 people", "killed", 900, scope="historical"),
        a.figure("k3", LATER, "4000 have died", "killed", 4000, scope="cumulative"),
    )
    return report, Summary(
        id="r2", headline="Governor lowers the toll", actors=(GOVERNOR,), claims=claims, casualties=casualties
    )


def test_figures_stay_with_who_gives_them_and_are_never_added() -> None:
    event = tell("TAR-0001", [first(), later()])
    given = {(e.report, e.casualty, e.min, e.max) for e in event.tolls}
    stated = {(s.id, k.id, k.min, k.max) for _, s in (first(), later()) for k in s.casualties}
    assert given < stated
    assert {e.speaker for e in event.tolls if e.casualty == "k1"} == {"Governor of Tarn"}


def test_casualties_are_not_deaths_and_parts_stay_under_their_whole() -> None:
    event = tell("TAR-0001", [first()])
    assert [(e.state, e.min, e.subset_of) for e in event.tolls] == [
        ("killed", 7, None),
        ("unspecified", 13, None),
        ("unspecified", 9, "k2"),
    ]


def test_a_toll_of_an_earlier_war_never_enters_and_running_totals_stand_apart() -> None:
    event = tell("TAR-0001", [first(), later()])
    assert not any(e.min == 900 for e in event.tolls)
    assert [e.scope for e in event.tolls if e.min == 4000] == ["cumulative"]


def test_a_later_lower_figure_of_the_same_speaker_is_marked_as_a_correction() -> None:
    event = tell("TAR-0001", [later(), first()])
    assert [(e.min, e.corrects) for e in event.tolls if e.speaker == "Governor of Tarn"] == [(7, False), (5, True)]


def test_who_denies_a_figure_does_not_give_it() -> None:
    text = "The army of Osmia denied that 11 soldiers had died."
    summary = Summary(
        id="r3",
        actors=(ARMY,),
        claims=(a.claim("c1", text, "11 soldiers had died", "a2", "denies"),),
        casualties=(a.figure("k1", text, "11 soldiers", "killed", 11, by="c1"),),
    )
    assert tell("X-0001", [(a.report("r3", text), summary)]).tolls == ()


def test_a_lowered_toll_is_told_as_a_change_with_its_evidence() -> None:
    before, after = tell("TAR-0001", [first()]), tell("TAR-0001", [first(), later()])
    notes = {note.kind: note for note in changes(before, after, later(), revised=False)}
    assert set(notes) == {"new_report", "toll_down"}
    assert notes["toll_down"].text == "Killed lowered to 5, according to Governor of Tarn"
    assert notes["toll_down"].refs == ("r2#k1",)


def test_who_gives_a_higher_figure_than_another_has_raised_none() -> None:
    text = "Doctors in Tarn said 11 people were killed."
    doctors = a.actor("a1", "Doctors in Tarn", "other", None)
    told = (
        a.report("r3", text, hours=20),
        Summary(
            id="r3",
            headline="Doctors report deaths",
            actors=(doctors,),
            claims=(a.claim("c1", text, "11 people were killed", "a1"),),
            casualties=(a.figure("k1", text, "11 people", "killed", 11, by="c1"),),
        ),
    )
    before, after = tell("TAR-0001", [first()]), tell("TAR-0001", [first(), told])
    (note,) = [note for note in changes(before, after, told, revised=False) if note.kind == "toll_up"]
    assert note.text == "Killed: 11, according to Doctors in Tarn; until now at most 7, according to Governor of Tarn"


def test_nothing_moves_where_nothing_moved() -> None:
    event = tell("TAR-0001", [first()])
    assert changes(None, event, first(), revised=False) == ()
    assert changes(event, event, first(), revised=False) == ()


def test_a_revised_report_is_told_as_a_correction() -> None:
    event = tell("TAR-0001", [first()])
    (note,) = changes(event, event, first(), revised=True)
    assert (note.kind, note.report_id) == ("correction", "r1")


@pytest.mark.parametrize(
    ("low", "high", "qualifier", "words"),
    [
        (4, 4, "exact", "4"),
        (1250, 1250, "exact", "1,250"),
        (20, None, "at_least", "at least 20"),
        (201, None, "at_least", "more than 200"),
        (None, 60, "at_most", "up to 60"),
        (4, 6, "range", "between 4 and 6"),
        (7000, 7000, "about", "about 7,000"),
        (24, None, "vague", "dozens"),
        (0, 0, "exact", "none"),
        (None, None, "vague", "several"),
    ],
)
def test_figures_read_as_their_source_gave_them(low: int | None, high: int | None, qualifier: str, words: str) -> None:
    entry = tell("TAR-0001", [first()]).tolls[0]
    changed: TollEntry = msgspec.structs.replace(entry, min=low, max=high, qualifier=qualifier)
    assert figure(changed) == words


def denial(id: str, *, hours: float) -> a.Told:
    text = "The army of Osmia denied that it had shelled Tarn."
    claims = (a.claim("c1", text, "it had shelled Tarn", "a2", "denies"),)
    return a.report(id, text, hours=hours), Summary(id=id, headline="Osmia denies", actors=(ARMY,), claims=claims)


def accusation() -> a.Told:
    text = "The governor of Tarn accused Osmian gunners of having shelled Tarn."
    mentioned = a.actor("a2", "Osmia", "state", "QN")
    claims = (a.claim("c1", text, "Osmian gunners of having shelled Tarn", "a1", "accuses"),)
    return a.report("r1", text), Summary(id="r1", headline="Accusation", actors=(GOVERNOR, mentioned), claims=claims)


def test_a_denial_is_noted_once_with_what_it_disputes_however_many_outlets_repeat_it() -> None:
    first, again = denial("r2", hours=2), denial("r3", hours=4)
    one, two = tell("TAR-0001", [accusation()]), tell("TAR-0001", [accusation(), first])
    (note,) = [note for note in changes(one, two, first, revised=False) if note.kind == "denied"]
    assert note.text == "Army of Osmia denies: it had shelled Tarn"
    assert note.refs == ("r2#c1", "r1#c1")
    three = tell("TAR-0001", [accusation(), first, again])
    kinds = {note.kind for note in changes(two, three, again, revised=False, noted=[note])}
    assert kinds == {"new_report"}


def test_an_acknowledgement_is_noted_with_who_makes_it() -> None:
    text = "The army of Osmia admitted that it had shelled Tarn by mistake."
    claims = (a.claim("c1", text, "it had shelled Tarn by mistake", "a2", "acknowledges"),)
    admitting = a.report("r4", text, hours=8), Summary(id="r4", headline="h", actors=(ARMY,), claims=claims)
    one, two = tell("TAR-0001", [accusation()]), tell("TAR-0001", [accusation(), admitting])
    (note,) = [note for note in changes(one, two, admitting, revised=False) if note.kind == "acknowledged"]
    assert note.text == "Army of Osmia acknowledges: it had shelled Tarn by mistake"
