"""Claims that can stand beside each other are not set against each other."""

from __future__ import annotations

import pytest

from bot.extract.pipeline import summarise
from bot.model.report import Report


def _disputes(text: str) -> list[tuple[str, str]]:
    """Pairs of speakers whose claims are linked, the earlier first."""
    summary = summarise(Report(id="r", text=text))
    names = {actor.id: actor.name for actor in summary.actors}
    speaker = {claim.id: names[claim.speaker or ""] for claim in summary.claims}
    return sorted(
        (speaker[claim.id], speaker[other])
        for claim in summary.claims
        for other in claim.disputes
        if int(claim.id[1:]) < int(other[1:])
    )


@pytest.mark.parametrize(
    "text",
    [
        # The dead of one body, and the missing of another.
        "The harbour office reported that 113 people had drowned, citing the Red Cross. A further 101 people are missing, the Red Cross said.",
        # After an earthquake each country counts its own.
        "Chile’s interior minister said at least 284 people had been killed in seven provinces. "
        "Peru’s health ministry said 237 people had died in the south.",
    ],
)  # fmt: skip
def test_counts_of_other_people_dispute_nothing(text: str) -> None:
    assert _disputes(text) == []


def test_counts_of_those_who_fight_each_other_do() -> None:
    text = (
        "Chile’s Defence Ministry said Peru had shelled the port of Arica and that 40 people had been killed. "
        "Peru’s Defence Ministry said three people had been killed."
    )
    assert _disputes(text) == [("Ministry of Defence of Chile", "Ministry of Defence of Peru")]


def test_own_losses_are_not_denied_by_saying_who_was_spared() -> None:
    text = (
        "The observatory said 17 fighters died. The Syrian Democratic Forces said four of its fighters and no civilians "
        "had been killed."
    )
    assert {claim.stance for claim in summarise(Report(id="r", text=text)).claims} == {"asserts"}


def test_who_denies_a_deed_denies_no_toll() -> None:
    text = (
        "Shells hit a market in Omdurman on Saturday. The health ministry put the toll at 54 dead. "
        "The Rapid Support Forces denied shelling the market."
    )
    assert _disputes(text) == []


def test_who_looks_into_it_contradicts_nobody() -> None:
    text = "An air strike killed eight people in Saada, the Houthis said. The U.S. military said it was aware of reports of casualties."
    assert _disputes(text) == []


def test_some_of_the_dead_are_no_other_count_of_them() -> None:
    text = (
        "At least 45 people were killed in the strike, the health ministry said. "
        "The army said the strike killed two senior rebel commanders."
    )
    assert _disputes(text) == []


def test_what_somebody_thinks_of_a_deed_denies_nothing() -> None:
    text = "The army said its strike killed two commanders. The prime minister called it “a tragic mishap”."
    assert [claim.stance for claim in summarise(Report(id="r", text=text)).claims] == ["asserts", "asserts"]


def test_what_a_relative_clause_denies_is_what_its_sentence_told() -> None:
    text = "The party chairman accused Peru of blackmail. The president said the election had been stolen, which the party denies."
    assert ("President", "Party") in _disputes(text)
    assert ("Party chairman", "Party") not in _disputes(text)


@pytest.mark.parametrize(
    "text",
    [
        # Fighters or civilians.
        "The army said it had hit a rebel command post in Derna. The mayor said five nurses and their patients were in the building.",
        # Accident or attack.
        "The helicopter crashed because of a mechanical fault, the defence ministry said. The guerrillas said their missile had brought it down.",
        # One says how many, the other gives but another number.
        "The prison service said 18 inmates had died in the fighting. The lawyers' union put the dead at 31.",
    ],
)  # fmt: skip
def test_accounts_that_stand_against_each_other_do(text: str) -> None:
    assert len(_disputes(text)) == 1


def test_who_claims_an_attack_contradicts_nobody_who_told_of_it() -> None:
    text = "Police said at least 19 people were killed when gunmen stormed a hotel in Beledweyne. Al-Shabaab claimed responsibility."
    assert _disputes(text) == []


def test_a_denial_far_down_answers_what_the_report_began_with() -> None:
    others = " ".join(
        f"A resident of {town} said the market was open." for town in ("Goma", "Sake", "Minova", "Bukavu")
    )
    text = (
        "Rwanda shelled a camp near Goma on Friday, the Congolese army said.\n"
        f"{others} {others} Traders said prices had risen.\nRwanda denied shelling the camp."
    )
    assert any("Rwanda" in pair for pair in _disputes(text))


def test_the_own_spokeswoman_of_who_has_just_spoken_contradicts_nobody() -> None:
    text = (
        "Velania’s interior ministry said a patrol had strayed onto its bank and fired first. "
        "“Our men answered only when they were shot at,” said its spokeswoman, Renata Kolb."
    )
    assert _disputes(text) == []


def test_a_charge_told_in_full_is_not_whatever_was_said_last() -> None:
    text = "France condemned the coup. Captain Yaya Kone dismissed charges of a foreign hand."
    assert _disputes(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "At least 73 people died when fire swept through a hostel, the rescue services said. The mayor said seven of the dead were children.",
        "A missile attack killed seven people in Sumy, the mayor said. The governor said 97 people had been injured.",
        "Gunmen attacked a school in Kajuru, the parents' association said. Police confirmed the attack.",
        "The miners killed 13 guards, the government said. The company said 39 workers had been killed in the province.",
        "The coast guard said nine bodies had been pulled from the water. The ferry's owner disputed reports that the vessel was overloaded.",
    ],
)  # fmt: skip
def test_accounts_that_can_stand_beside_each_other_do(text: str) -> None:
    assert _disputes(text) == []
