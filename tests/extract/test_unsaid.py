"""What somebody has not said is put into nobody's mouth."""

from __future__ import annotations

import pytest

from bot.extract.pipeline import summarise
from bot.model.report import Report
from bot.model.summary import Summary


def _told(text: str) -> Summary:
    return summarise(Report(id="r", text=text))


@pytest.mark.parametrize(
    "text",
    [
        "Norway did not confirm the death of the admiral.",
        "Peru neither confirmed nor denied the raid.",
        "Lima neither confirms nor denies striking the bridge.",
        "The union has not accused the police of beating miners.",
        "No group claimed responsibility.",
        "The ministry declined to comment.",
        "The harbour office refused to say how many had been arrested.",
        "The consul would not say who had fired.",
        "Asked about the raid, the minister left the hall.",
        "Asked about the comment, a spokeswoman left.",
        "The general said nothing.",
        "The envoy stopped short of blaming Peru.",
    ],
)
def test_what_was_not_said_is_no_claim(text: str) -> None:
    assert _told(text).claims == ()


def test_who_is_contradicted_has_not_said_the_contrary() -> None:
    told = _told("Contrary to what the army said, no bridge fell, villagers told a radio station.")
    names = {actor.id: actor.name for actor in told.actors}
    assert [names[claim.speaker or ""] for claim in told.claims] == ["Villagers"]


def test_who_does_not_believe_it_denies_it() -> None:
    (claim,) = _told("The admiral does not believe that the trawler was armed.").claims
    assert claim.stance == "denies"


@pytest.mark.parametrize(
    ("text", "speaker"),
    [
        ("The militia blamed the explosion on the army, which said a gas leak had caused it.", "Army"),
        ("The mayor criticised the ministry, which said it had acted in time.", "Ministry"),
        ("The report accuses the army of theft, which it denies.", "Army"),
        ("The governor was quoted by a local agency as saying the talks had failed.", "Governor"),
        ("Protesters clashed with police, who said two officers were hurt.", "Police"),
    ],
)
def test_a_relative_clause_speaks_for_whom_it_follows(text: str, speaker: str) -> None:
    told = _told(text)
    names = {actor.id: actor.name for actor in told.actors}
    assert names[told.claims[-1].speaker or ""] == speaker


def test_what_is_not_clear_nobody_says() -> None:
    told = _told("It was not immediately clear who was behind the blast. The Taliban denied involvement.")
    assert [claim.stance for claim in told.claims] == ["denies"]


def test_whom_an_agency_cites_says_it_too() -> None:
    text = "According to Reuters, citing two officials familiar with the talks, the truce could begin on Sunday."
    told = _told(text)
    names = {actor.id: actor.name for actor in told.actors}
    assert [names[claim.speaker or ""] for claim in told.claims] == ["Reuters", "Officials familiar with the talks"]
    assert {text[slice(*claim.content[0])] for claim in told.claims} == {"the truce could begin on Sunday"}


def test_a_verdict_on_a_claim_is_not_part_of_it() -> None:
    text = "The coast guard’s claim that the boat rammed its vessel was “a lie”, Beijing said."
    assert [text[slice(*claim.content[-1])] for claim in _told(text).claims][-1] == "the boat rammed its vessel"


@pytest.mark.parametrize(
    "text",
    [
        "Both sides have been accused of war crimes since the fighting began.",
        "The militia is widely blamed for the massacre.",
    ],
)
def test_who_is_accused_accuses_nobody(text: str) -> None:
    assert {claim.speaker for claim in _told(text).claims} <= {None}


def test_what_a_source_asks_for_itself_is_no_claim() -> None:
    told = _told("A diplomat said on condition of anonymity that the minister had landed in Lima.")
    assert len(told.claims) == 1
    text = "A survivor, requesting anonymity for safety, said the shells hit the mill. An aid worker asked not to be named."
    assert [text[slice(*claim.content[0])] for claim in _told(text).claims] == ["the shells hit the mill"]


@pytest.mark.parametrize(
    "text",
    [
        "Two people were still believed to be under the debris.",
        "At least 14 workers were feared dead. A labour activist, Rina Orr, alleged the toll was being hidden.",
    ],
)
def test_what_nobody_in_particular_believes_is_nobodys_claim(text: str) -> None:
    summary = summarise(Report(id="r", text=text))
    assert not any(word in text[slice(*claim.content[0])] for claim in summary.claims for word in ("debris", "dead"))


def test_a_treaty_that_is_cited_says_nothing() -> None:
    text = "Beijing said it had acted with restraint. Washington, citing a 1951 treaty, reaffirmed that it would defend Manila."
    summary = summarise(Report(id="r", text=text))
    assert not any("treaty" in actor.name.lower() for actor in summary.actors)
    assert [text[slice(*claim.content[0])] for claim in summary.claims] == [
        "it had acted with restraint",
        "it would defend Manila",
    ]
