"""Who speaks: names introduced once and used short, offices named after, and stances by paraphrase."""

from __future__ import annotations

import pytest

from bot.extract.pipeline import summarise
from bot.model.report import Report
from bot.model.summary import Summary


def _told(text: str) -> Summary:
    return summarise(Report(id="r", text=text))


def _speakers(text: str) -> list[str | None]:
    told = _told(text)
    names = {actor.id: actor.name for actor in told.actors}
    return [names.get(claim.speaker or "") for claim in told.claims]


def test_a_relative_clause_is_no_part_of_the_source() -> None:
    text = "Malaysia, which chairs the bloc, said on Monday that both capitals had agreed to withdraw their troops."
    (claim,) = _told(text).claims
    assert [text[a:b] for a, b in claim.source] == ["Malaysia"]


def test_an_acronym_stands_for_what_it_was_introduced_as() -> None:
    text = (
        "CAIRO, Aug 14 - A driver told the Nile Press Agency (NPA) that his truck was stopped. "
        "The NPA said it had seen the truck."
    )
    told = _told(text)
    kinds = {actor.name: actor.type for actor in told.actors}
    assert kinds["Nile Press Agency"] == "media"
    assert "New People's Army" not in kinds


def test_the_office_and_the_name_that_follows_it_are_one_speaker() -> None:
    text = (
        "KYIV - Missiles hit a power plant in Ukraine, the regional governor said.\n"
        "Eleven people were wounded, Oleh Marchuk said."
    )
    assert _speakers(text) == ["Oleh Marchuk", "Oleh Marchuk"]


@pytest.mark.parametrize(
    ("text", "stances"),
    [
        ("The army said rebels had burned the village. The rebels called the report a novel.", ["asserts", "denies"]),
        ("The minister called the waters a boxing ring.", ["asserts"]),
        ("The ministry countered: “No drone crossed the border.”", ["denies"]),
        ("The ombudsman asked the parties to let rescuers through.", ["demands"]),
        ("The charity confirmed that two of its drivers had been freed.", ["asserts"]),
        ("The opposition pinned the blame on the governor.", ["accuses"]),
        ("Prosecutors charge that the colonel ordered the killings.", ["accuses"]),
        ("Ankara sees the PKK behind the bombing.", ["accuses"]),
        ("Police in Arlo confirmed an attack on the depot.", ["asserts"]),
        ("Police confirmed that two of their officers had fired.", ["acknowledges"]),
        ("The general staff confirmed the loss of two vehicles.", ["acknowledges"]),
        ("The UN mission confirmed that shots had been fired.", ["asserts"]),
        ("The army said rebels had burned the village. The rebels brushed aside the charge.", ["asserts", "denies"]),
        ("The mayor said nine people had died. The governor described the report as “gossip”.", ["asserts", "denies"]),
        ("The governor described the day as “a dark page”.", ["asserts"]),
        ("The colonel swore that his men had been elsewhere.", ["asserts"]),
        ("The colonel swore to avenge his men.", ["warns"]),
        ("Kigali told Paris to mind its own affairs.", ["demands"]),
        ("The ministry said it stands by its ally.", ["supports"]),
        ("The ministry attributed the attack to the rebels.", ["accuses"]),
    ],
)
def test_stances_by_paraphrase(text: str, stances: list[str]) -> None:
    assert [claim.stance for claim in _told(text).claims] == stances


def test_a_denial_disputes_what_it_answers_and_both_say_so() -> None:
    text = (
        "The Sudanese army accused the Rapid Support Forces of shelling a market in El Fasher. "
        "The RSF denied involvement and said the market had been bombed from the air."
    )
    told = _told(text)
    accusation, denial = told.claims[0], told.claims[1]
    assert denial.id in accusation.disputes
    assert accusation.id in denial.disputes


@pytest.mark.parametrize(
    ("text", "speaker"),
    [
        ("A mother said her children were ill. The governor of West Darfur was killed hours after he accused the militia of genocide.",
         "Governor of West Darfur"),
        ("Iran’s mission to the United Nations said: “We have no motive.”", "Iran's mission to the United Nations"),
    ],
)  # fmt: skip
def test_who_a_sentence_begins_with_and_whose_envoys_speak(text: str, speaker: str) -> None:
    summary = summarise(Report(id="r", text=text))
    names = {actor.id: actor.name.replace("’", "'") for actor in summary.actors}
    assert names[summary.claims[-1].speaker or ""] == speaker


def test_whoever_was_shown_a_letter_does_not_speak_by_it() -> None:
    text = "The governor had known of the raid for a week, according to a letter seen by AFP."
    told = summarise(Report(id="r", text=text, title=""))
    assert [claim.speaker for claim in told.claims] == [None]
    assert all(
        "AFP" not in actor.name and "France" not in actor.name for actor in told.actors if "speaker" in actor.roles
    )
