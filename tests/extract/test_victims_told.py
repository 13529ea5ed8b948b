"""Victims over all the ways in which a text tells of them: lists over lines, lone surnames, asides, nouns for a death, words for wounds."""

from __future__ import annotations

import pytest

from bot.extract.pipeline import summarise
from bot.model.report import Report
from tests.extract.figures_told import told


def _words(text: str) -> list[str]:
    return [" ".join(words.split()) for *_, words in told(text)]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Among the injured in the harbour market are Ivo Marek, 53;\nLena Sorg, 24; Tomas Weil, 23; Eva Orr, 25;\n"
         "Petr Novy; and Marta Ruys.",
         ["Ivo Marek", "Lena Sorg", "Tomas Weil", "Eva Orr", "Petr Novy", "Marta Ruys"]),
        ("The blast killed two people.  They are Lena Sorg and\nTomas Weil.", ["two people", "Lena Sorg", "Tomas Weil"]),
        ("Three people were hurt. One of them is Lena Sorg, who lives nearby. The other person is Eva Orr.",
         ["Three people", "Lena Sorg", "Eva Orr"]),
        ("Injured by the blast were: a porter; Elmer Cruz, a cook who slept near one of the gates; and Ivo Marek, a baker.",
         ["a porter", "Elmer Cruz, a cook", "Ivo Marek, a baker"]),
        ("The dead were identified as Ana Weil and Ivo Marek (a married couple), both of Oru; and Petr Novy, a teacher.",
         ["Ana Weil", "Ivo Marek", "Petr Novy, a teacher"]),
        ("Five people, including reporters and a local television crew, were wounded.",
         ["Five people", "reporters", "crew"]),
    ],
)  # fmt: skip
def test_a_list_goes_on_over_its_lines_and_what_it_says_of_each(text: str, wanted: list[str]) -> None:
    assert _words(text) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("On Friday comrade Belar was killed.", ["comrade Belar"]),
        ("His wife and comrades Belar and Sotel also died in the fire.", ["His wife", "Belar", "Sotel"]),
        ("The rebels murdered brothers Marto and Ivo Prado in Oru.", ["Marto", "Ivo Prado"]),
        ("The massacre of the Jesuit Priests Ana Ruiz and Pablo Gil shook Oru.", ["Ana Ruiz", "Pablo Gil"]),
        ("They condemned the murder of leader Ivo Marek and Guatemalan Gilda Flor.", ["leader Ivo Marek", "Gilda Flor"]),
        ("Marco Tulio Montenegro was found dead in Oru.", ["Marco Tulio Montenegro"]),
        ("A guard wounded Ana Ruiz in the refugee Center.", ["Ana Ruiz"]),
        ("The Spanish Jesuit Ivo Marek, five other priests, and two women were murdered.",
         ["The Spanish Jesuit Ivo Marek", "five other priests", "two women"]),
        ("Father Belar, other priests, and civilians were killed.", ["Father Belar", "priests", "civilians"]),
        ("Spaniard Ana Ruiz drove on. Later Mr. Ruiz was wounded.", ["Mr. Ruiz"]),
        ("Ana Ruiz (\"comrade Belar\") died in Oru.", ["Ana Ruiz"]),
    ],
)  # fmt: skip
def test_a_surname_alone_names_somebody_behind_what_he_is(text: str, wanted: list[str]) -> None:
    assert _words(text) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Oru, 3 May -- Daniel Sol,\nassistant secretary of the Green Party was\nshot and killed on Monday.", ["Daniel Sol"]),
        ("Union leader Febe Orr and seven [number as heard] other people were killed.",
         ["leader Febe Orr", "seven [number as heard] other people"]),
        ("At least 16 members of the \"Hill Brigade\" (a militia that guards villages) died.", ["16 members"]),
        ("Cecil Marek and Ivo Novy -- nobody saw the third man -- lost their lives.", ["Cecil Marek", "Ivo Novy"]),
        ("It was the third raid, in which a cook, who wrote for the magazine, was murdered.", ["a cook"]),
        ("Two guards who worked as drivers and a cook were wounded.", ["Two guards", "a cook"]),
        ("We were told by shoppers that a man there was the most seriously wounded.", ["a man"]),
        ("The speech came at the funeral of Otto Sol, nephew of the mayor, who died on Monday.", ["Otto Sol"]),
    ],
)  # fmt: skip
def test_nothing_that_stands_between_parts_a_victim_from_his_fate(text: str, wanted: list[str]) -> None:
    assert _words(text) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("The murder committed by masked men against Dr Theo Lang shook Oru.", ["Dr Theo Lang"]),
        ("They deplored the killing of a cook and especially that of judge Ana Ruiz.", ["a cook", "judge Ana Ruiz"]),
        ("Papers on the murders of Theo Lang, Ivo Marek, and of Colonel Petr Novy were found.",
         ["Theo Lang", "Ivo Marek", "Colonel Petr Novy"]),
        ("The murder of the six miners, a woman, and her daughter was a crime.",
         ["six miners", "a woman", "her daughter"]),
        ("The judge who studies the murder of Ana Ruiz ordered an arrest.", ["Ana Ruiz"]),
    ],
)  # fmt: skip
def test_a_noun_for_a_death_tells_whose_it_was(text: str, wanted: list[str]) -> None:
    assert _words(text) == wanted


@pytest.mark.parametrize(
    "text",
    [
        "A man was stabbed near the gate.",
        "Four people have bullet wounds after the clash.",
        "About 60 demonstrators were brutally beaten and then arrested.",
        "Sixteen sailors had to be hospitalized.",
        "Ana Ruiz fell out of the car and broke his arm in two places.",
        "Ana Ruiz is recovering in a harbour hospital.",
        "One of the drivers is receiving medical attention at the clinic.",
    ],
)
def test_whoever_has_wounds_is_injured(text: str) -> None:
    assert [state for state, *_ in told(text)] == ["injured"]


def test_whoever_died_of_wounds_is_dead() -> None:
    assert told("Ana Ruiz has died from gunshot wounds.") == [("killed", 1, 1, "Ana Ruiz")]


def test_a_victim_whom_a_report_cites_is_one_all_the_same() -> None:
    text = "The plot is known, as reported by judge Elena Dial, who was shot to death last week in Oru."
    found = summarise(Report(id="r", text=text)).casualties
    assert [text[slice(*figure.victims)] for figure in found] == ["judge Elena Dial"]


@pytest.mark.parametrize(
    "text",
    [
        "A spy had the mission of assassinating president Belar and Archbishop Sol.",
        "The seized papers were issued to Ana Ruiz and Pablo Gil.",
        "They held a meeting of brothers in the village of Oru.",
    ],
)
def test_what_only_sounds_like_a_fate_is_none(text: str) -> None:
    assert told(text) == []


def test_who_ruled_then_is_not_who_died() -> None:
    assert _words("Carlos Prat, head of the army under president Allend, was assassinated.") == ["Carlos Prat"]
