"""Whose account it is that somebody rejects, or is asked about."""

from __future__ import annotations

import pytest

from bot.extract.pipeline import summarise
from bot.model.report import Report
from bot.model.summary import Summary
from bot.queries.cards import said


def summary_of(text: str) -> tuple[Report, Summary]:
    report = Report(id="r", text=text)
    return report, summarise(report)


REJECTED = [
    ("The army rejected a claim by the rebels that it had shelled the market.", "Rebels", "it had shelled the market"),
    ("The army rejected the rebels' claim that it had shelled the market.", "Rebels", "it had shelled the market"),
    (
        "Oslo's defence ministry dismissed as baseless an accusation by the Harbour Union that sailors had beaten dockers.",
        "Harbour Union",
        "sailors had beaten dockers",
    ),
    ("Tehran called “ridiculous” an Israeli claim that it had supplied the drones.", "Israel", "it had supplied the drones"),
    ("Pakistan's foreign office rejected India's charge that the gunmen had trained there.", "India", "the gunmen had trained there"),
    ("The ministry denied a Reuters report that 40 soldiers had been captured.", "Reuters", "40 soldiers had been captured"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "who", "what"), REJECTED)
def test_an_account_that_is_rejected_is_told_by_whose_it_is_and_denied(text: str, who: str, what: str) -> None:
    _, summary = summary_of(text)
    names = {actor.id: actor.name for actor in summary.actors}
    by_words = {text[claim.content[0][0] : claim.content[-1][1]]: claim for claim in summary.claims}
    told = next(claim for words, claim in by_words.items() if words == what and claim.stance != "denies")
    denial = next(claim for claim in summary.claims if claim.stance == "denies")
    assert who in names[told.speaker or ""]
    assert denial.id in told.disputes and told.id in denial.disputes
    assert denial.speaker != told.speaker


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("The government said all had been freed on Thursday, a claim that parents disputed.",
         ["Government: all had been freed on Thursday", "Parents deny it"]),
        ("Delhi accuses Oslo of arming such outfits, an accusation Oslo rejects.",
         ["India accuses: Oslo of arming such outfits", "Norway denies it"]),
        ("Kyiv accused Moscow of mining the dam. Moscow denies the charge.",
         ["Ukraine accuses: Moscow of mining the dam", "Russia denies the charge"]),
    ],
)  # fmt: skip
def test_what_was_just_told_is_denied_by_whoever_is_named_with_it(text: str, lines: list[str]) -> None:
    report, summary = summary_of(text)
    assert [said(report, summary, claim) for claim in summary.claims] == lines
    assert all(claim.disputes for claim in summary.claims)


def test_who_is_asked_about_an_account_does_not_tell_it() -> None:
    text = "Asked about the Taliban's statement that 12 civilians were killed, a Pakistani official said only fighters had been hit."
    report, summary = summary_of(text)
    assert [said(report, summary, claim) for claim in summary.claims] == [
        "Taliban: statement that 12 civilians were killed",
        "Pakistani official: only fighters had been hit",
    ]
    teller = next(claim for claim in summary.claims if claim.id == summary.casualties[0].according_to)
    assert text[slice(*teller.source[0])] == "the Taliban"


def test_troops_of_a_denied_allegation_are_those_of_who_denies_it() -> None:
    _, summary = summary_of("Moscow denied Kyiv's allegations that its troops had executed prisoners.")
    forces = [actor for actor in summary.actors if actor.type == "military"]
    assert {actor.country for actor in forces} <= {"RU"}


@pytest.mark.parametrize(
    "text",
    [
        "The report that the bridge had fallen was false, the mayor said.",
        "The earthquake's report card showed that the schools were weak, the minister said.",
    ],
)
def test_an_account_of_nobody_is_put_into_no_mouth(text: str) -> None:
    _, summary = summary_of(text)
    assert len({claim.speaker for claim in summary.claims}) <= 1
