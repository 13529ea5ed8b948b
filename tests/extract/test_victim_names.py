"""Persons named among the victims: nobody is told dead for speaking of the dead, or for a place's name."""

from __future__ import annotations

import pytest

from bot.extract.pipeline import summarise
from bot.model.report import Report


def _named(text: str) -> list[str]:
    """The words of each figure of one person."""
    found = summarise(Report(id="r", text=text)).casualties
    return [text[slice(*figure.victims)] for figure in found if figure.max == 1]


@pytest.mark.parametrize(
    "text",
    [
        "The Russian-installed mayor of Nova Lipa, Vladimir Markov, said five people had died in the flood.",
        "The health minister of the eastern administration, Omar Abdulrahim, said 3,252 people had died.",
        "Ana Ruiz, the mayor, said twelve miners were killed.",
        "Her neighbour, a retired teacher, counted nine dead.",
        "Three soldiers died near Bela Krajina on Monday.",
    ],
)
def test_neither_a_speaker_nor_a_place_is_a_victim(text: str) -> None:
    assert _named(text) == []


def test_a_person_who_was_killed_is() -> None:
    assert _named("Gunmen shot dead Ana Ruiz in Nova Lipa.") == ["Ana Ruiz"]
    assert _named("The governor of Alta Verapaz was killed by gunmen.") == ["The governor"]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("The murder of Central University Rector Ana Ruiz shocked Oru.", "Ana Ruiz"),
        ("On Friday judge Sofia Weil was shot dead.", "judge Sofia Weil"),
    ],
)
def test_a_person_has_a_name_behind_a_body_or_like_a_place(text: str, name: str) -> None:
    assert _named(text) == [name]
