"""The headline never tells as fact what in the text only somebody claims."""

from __future__ import annotations

import pytest

from bot.extract.pipeline import summarise
from bot.model.report import Report

TEXT = "Shelling killed five people in Kupiansk on Monday, the governor said. Trains stood still."


def headline(title: str | None, text: str = TEXT) -> str:
    return summarise(Report(id="r", text=text, title=title)).headline


@pytest.mark.parametrize(
    "title",
    [
        "Shelling killed five in Kupiansk",
        "Live: shelling killed five in Kupiansk",
        "BREAKING: Shelling killed five in Kupiansk",
        "Statement: shelling killed five in Kupiansk",
    ],
)
def test_a_label_before_the_colon_is_nobody_who_says_it(title: str) -> None:
    assert headline(title) == "Shelling killed five in Kupiansk, according to Governor"


@pytest.mark.parametrize("title", ["Shelling killed six in Kupiansk", "Shelling killed all five in Kupiansk"])
def test_no_figure_of_the_title_is_put_into_a_speakers_mouth(title: str) -> None:
    assert headline(title) == "Shelling killed five people in Kupiansk on Monday, according to Governor"


def test_a_title_that_tells_more_than_the_claim_is_replaced_by_it() -> None:
    assert (
        headline("Shelling kills five in Kupiansk market")
        == "Shelling killed five people in Kupiansk on Monday, according to Governor"
    )


@pytest.mark.parametrize("title", ["Governor: five killed in Kupiansk", "Five killed in Kupiansk, says governor"])
def test_a_title_that_names_who_says_it_stands(title: str) -> None:
    assert headline(title) == title


def test_a_denial_is_not_headed_by_what_it_denies() -> None:
    assert headline(None, "Moscow denied that its forces had shelled the town.").startswith("Russia denies")


def test_a_headline_is_one_line_of_at_most_150_characters() -> None:
    long = headline(None, "The mayor said " + "that the bridge near the mill had been hit and " * 9 + "burned.")
    assert len(long) <= 150 and long.endswith("…") and long.startswith("Mayor: ") and "\n" not in long


@pytest.mark.parametrize(
    ("title", "text", "who"),
    [
        ("Army bombs aid convoy", "Aid workers said an air strike hit a convoy near the mill. The army denied it.", "Aid workers"),
        ("Truce takes hold in Velana", "A truce took hold on Sunday, mediators said.", "Mediators"),
        ("Drone attack on Moscow thwarted", "Russia’s defence ministry said it had shot down 14 drones over Moscow.", "Ministry of Defence"),
    ],
)  # fmt: skip
def test_a_title_that_tells_a_claim_in_other_words_is_attributed(title: str, text: str, who: str) -> None:
    line = headline(title, text)
    assert f", according to {who}" in line or line.startswith(f"{who}")


def test_a_title_that_the_report_tells_itself_stands() -> None:
    text = "A gas blast tore through a house in Kutaisi, killing two. The mayor blamed the gas company for the blast."
    assert headline("Gas blast in Kutaisi", text) == "Gas blast in Kutaisi"
