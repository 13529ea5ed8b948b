"""Disputes across reports: who denies elsewhere what is claimed here."""

from __future__ import annotations

from bot.events.disputes import disputes_across
from bot.model.event import Dispute
from bot.model.summary import Summary
from tests.events import accounts as a

ACCUSING = "Kestria's interior minister accused Osmian forces of shelling the market in Tarn. A Kestrian doctor said 4 people were killed."
DENYING = "Osmia denied that its forces had shelled the market in Tarn. Osmia said nobody had been killed. Kestria accuses Osmia of the shelling."
WATER = "Osmia denied that it had cut off the water of the coast."
MINISTER, DOCTOR = (
    a.actor("a1", "Interior Minister of Kestria", "official", "QM"),
    a.actor("a2", "Doctor", "official", "QM"),
)
KESTRIA, OSMIA = a.actor("a1", "Kestria", "state", "QM"), a.actor("a2", "Osmia", "state", "QN")


def accusing() -> a.Told:
    claims = (
        a.claim("c1", ACCUSING, "Osmian forces of shelling the market in Tarn", "a1", "accuses"),
        a.claim("c2", ACCUSING, "4 people were killed", "a2"),
    )
    figures = (a.figure("k1", ACCUSING, "4 people", "killed", 4, by="c2"),)
    return a.report("r1", ACCUSING), Summary(id="r1", actors=(MINISTER, DOCTOR), claims=claims, casualties=figures)


def denying() -> a.Told:
    claims = (
        a.claim("c1", DENYING, "its forces had shelled the market in Tarn", "a2", "denies", ("c3",)),
        a.claim("c2", DENYING, "nobody had been killed", "a2"),
        a.claim("c3", DENYING, "Osmia of the shelling", "a1", "accuses", ("c1",)),
    )
    figures = (a.figure("k1", DENYING, "nobody", "killed", 0, by="c2"),)
    return a.report("r2", DENYING, hours=3), Summary(
        id="r2", actors=(KESTRIA, OSMIA), claims=claims, casualties=figures
    )


def test_a_denial_disputes_what_another_outlet_tells() -> None:
    assert Dispute("r1#c1", "r2#c1") in disputes_across([accusing(), denying()])


def test_nobody_killed_disputes_somebody_killed() -> None:
    assert Dispute("r1#c2", "r2#c2") in disputes_across([accusing(), denying()])


def test_nothing_else_is_disputed() -> None:
    assert disputes_across([accusing(), denying()]) == {Dispute("r1#c1", "r2#c1"), Dispute("r1#c2", "r2#c2")}


def test_a_denial_of_something_else_disputes_nothing() -> None:
    summary = Summary(
        id="r3",
        actors=(KESTRIA, OSMIA),
        claims=(a.claim("c1", WATER, "it had cut off the water of the coast", "a2", "denies"),),
    )
    assert not disputes_across([accusing(), (a.report("r3", WATER), summary)])


def test_a_rising_toll_disputes_nothing() -> None:
    text = "A Kestrian doctor said 6 people were killed."
    summary = Summary(
        id="r4",
        actors=(a.actor("a1", "Doctor", "official", "QM"),),
        claims=(a.claim("c1", text, "6 people were killed", "a1"),),
        casualties=(a.figure("k1", text, "6 people", "killed", 6, by="c1"),),
    )
    assert not disputes_across([accusing(), (a.report("r4", text, hours=9), summary)])


def test_nobody_disputes_their_own_side() -> None:
    text = "Kestria's army denied that the shelling of the market in Tarn had come from Osmian forces."
    summary = Summary(
        id="r5",
        actors=(a.actor("a1", "Armed Forces of Kestria", "military", "QM"),),
        claims=(a.claim("c1", text, "the shelling of the market in Tarn had come from Osmian forces", "a1", "denies"),),
    )
    assert not disputes_across([accusing(), (a.report("r5", text), summary)])


RAMMED = "Kestria's navy said an Osmian ship rammed its patrol boat off Tarn."
TURNED = "Osmia said the Kestrian boat had collided with its ship off Tarn on purpose."


def told_by(id: str, text: str, words: str, actor, stance: str = "asserts", *, hours: float = 0, figures=()) -> a.Told:
    return a.report(id, text, hours=hours), Summary(
        id=id, actors=(actor,), claims=(a.claim("c1", text, words, actor.id, stance),), casualties=figures
    )


def test_two_versions_of_one_collision_dispute_each_other() -> None:
    kestria = a.actor("a1", "Navy of Kestria", "military", "QM")
    osmia = a.actor("a2", "Osmia", "state", "QN")
    one = told_by("r1", RAMMED, "an Osmian ship rammed its patrol boat off Tarn", kestria)
    other = told_by("r2", TURNED, "the Kestrian boat had collided with its ship off Tarn on purpose", osmia)
    assert disputes_across([one, other]) == {Dispute("r1#c1", "r2#c1")}


def test_what_is_told_again_in_another_outlet_is_disputed_there_as_well() -> None:
    text = "Kestria's foreign ministry accused Osmian gunners of shelling the market in Tarn."
    ministry = a.actor("a1", "Ministry of Foreign Affairs of Kestria", "government", "QM")
    again = told_by("r3", text, "Osmian gunners of shelling the market in Tarn", ministry, "accuses", hours=30)
    found = disputes_across([accusing(), denying(), again])
    assert {Dispute("r1#c1", "r2#c1"), Dispute("r2#c1", "r3#c1")} <= found


def counted(id: str, number: int, speaker: str, *, hours: float) -> a.Told:
    text = f"{speaker} said {number} people were killed."
    actor = a.actor("a1", speaker, "other", "QM")
    figure = a.figure("k1", text, f"{number} people", "killed", number, by="c1")
    return told_by(id, text, f"{number} people were killed", actor, hours=hours, figures=(figure,))


def test_a_later_lower_count_of_the_dead_by_somebody_else_disputes_the_higher_one() -> None:
    higher, lower = counted("r1", 12, "Hospital", hours=0), counted("r2", 7, "Mayor", hours=9)
    assert disputes_across([higher, lower]) == {Dispute("r1#c1", "r2#c1")}


def test_a_later_higher_count_by_somebody_else_disputes_nothing() -> None:
    assert not disputes_across([counted("r1", 7, "Mayor", hours=0), counted("r2", 12, "Hospital", hours=9)])


def test_who_lays_deaths_at_a_sides_door_does_not_stand_on_it() -> None:
    text = (
        "Osmian jets killed 7 people at the well, Mirko Dal said. Osmia said the pilots had seen no people at the well."
    )
    mirko = a.actor("a1", "Mirko Dal", "official", "QN")
    first = Summary(
        id="r6",
        actors=(mirko, a.actor("a2", "Osmia", "state", "QN")),
        claims=(a.claim("c1", text, "Osmian jets killed 7 people at the well", "a1"),),
        casualties=(a.figure("k1", text, "7 people", "killed", 7, by="c1"),),
    )
    other = "Osmia denied that its jets had bombed the well."
    second = Summary(
        id="r7",
        actors=(a.actor("a1", "Osmia", "state", "QN"),),
        claims=(a.claim("c1", other, "its jets had bombed the well", "a1", "denies"),),
    )
    told = [(a.report("r6", text), first), (a.report("r7", other, hours=2), second)]
    assert disputes_across(told) == {Dispute("r6#c1", "r7#c1")}


def test_two_who_are_named_side_by_side_both_did_it() -> None:
    text = "Kestria's president said the Red Dawn rebels and Osmia's army had bombed the depot in Tarn."
    president = a.actor("a1", "President of Kestria", "official", "QM")
    rebels = a.actor("a2", "Red Dawn", "armed_group")
    first = Summary(
        id="r8",
        actors=(president, rebels, a.actor("a3", "Osmia", "state", "QN")),
        claims=(a.claim("c1", text, "the Red Dawn rebels and Osmia's army had bombed the depot in Tarn", "a1"),),
    )
    other = "Osmia denied that its army had bombed anything in Tarn."
    second = Summary(
        id="r9",
        actors=(a.actor("a1", "Osmia", "state", "QN"),),
        claims=(a.claim("c1", other, "its army had bombed anything in Tarn", "a1", "denies"),),
    )
    told = [(a.report("r8", text), first), (a.report("r9", other, hours=2), second)]
    assert disputes_across(told) == {Dispute("r8#c1", "r9#c1")}
