"""A clause between a speaker and what it says changes neither who speaks nor what is said."""

from __future__ import annotations

import pytest

from bot.extract.pipeline import summarise
from bot.model.report import Report


def _told(text: str) -> list[tuple[str, list[str]]]:
    """Who says which pieces of the text, in order."""
    summary = summarise(Report(id="r", text=text))
    names = {actor.id: actor.name for actor in summary.actors}
    return [(names[claim.speaker or ""], [text[start:end] for start, end in claim.content]) for claim in summary.claims]


@pytest.mark.parametrize(
    ("text", "speaker", "content"),
    [
        ("The rebels, whom Ankara calls terrorists, said they had left the valley.", "Rebels", "they had left the valley"),
        ("The group, which Washington considers a terrorist organisation, said it had shot down a drone.", "Group", "it had shot down a drone"),
        ("The ministry, which the opposition accuses of hiding the toll, said 14 people died.", "Ministry", "14 people died"),
        ("The ministry, accused by the opposition of hiding the toll, said 14 people died.", "Ministry", "14 people died"),
        ("The governor, whose office said on Monday that nobody was hurt, told reporters on Tuesday that six people had died.",
         "Governor", "that six people had died"),
    ],
)  # fmt: skip
def test_who_a_clause_is_about_says_what_follows_it(text: str, speaker: str, content: str) -> None:
    assert (speaker, [content]) in _told(text)


def test_who_is_named_in_the_clause_says_only_what_stands_in_it() -> None:
    text = "The rebels, whom Ankara calls terrorists, said they had left the valley."
    assert ("Turkey", ["The rebels", "terrorists"]) in _told(text)


def test_an_accusation_is_one_claim_with_the_accused() -> None:
    told = _told("Peru’s Defence Ministry had accused Chile of moving tanks and heavy guns to the border.")
    assert [content for _, content in told] == [["Chile", "moving tanks and heavy guns to the border"]]


def test_another_name_for_a_place_is_no_claim() -> None:
    assert _told("Blasts were heard across the town, which Azerbaijanis call Khankendi.") == []


def test_what_somebody_is_said_to_have_done_is_told_to_its_end() -> None:
    text = "The cabinet in Juba said it was the rebels, armed from abroad, who broke the truce."
    assert [content for _, content in _told(text)] == [["it was the rebels, armed from abroad, who broke the truce"]]


def test_the_subject_of_a_sentence_speaks_and_not_who_spoke_in_the_one_before() -> None:
    text = (
        "The general staff said two of its men had been killed near Ansongo. "
        "JNIM, which is linked to al-Qaeda, claimed the attack and put the army's dead at 17."
    )
    assert [speaker for speaker, _ in _told(text)][1:] == ["JNIM", "JNIM"]


def test_a_pronoun_that_is_all_that_is_denied_is_a_claim() -> None:
    text = "Relatives outside the jail said guards had fled. The agency denied that, saying two guards were hurt."
    assert ("Agency", ["that"]) in _told(text)
