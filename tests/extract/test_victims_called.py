"""What a text calls those whom it names, and figures that only come back to people counted elsewhere."""

from __future__ import annotations

import pytest

from tests.extract.figures_told import figures, told


@pytest.mark.parametrize(
    ("text", "noun", "groups"),
    [
        ("Soldiers Ivo Marek, Petr Novy and Karel Hora were killed.", "Soldiers", ("military",)),
        ("Snipers killed policemen Ivo Marek and Petr Novy.", "policemen", ("police",)),
        ("The names of the injured miners are: Ivo Marek, Petr Novy, and Karel Hora.", "the injured miners", ()),
        ("The sailors killed in the blast were Ivo Marek and Petr Novy.", "The sailors", ("military",)),
    ],
)
def test_the_noun_before_a_row_of_names_is_that_of_each(text: str, noun: str, groups: tuple[str, ...]) -> None:
    found = figures(text)
    assert {figure.groups for figure in found} == {groups}
    assert all(noun in figure.victim_strings for figure in found)


def test_a_noun_within_a_row_is_that_of_those_behind_it() -> None:
    found = figures("The following died: Captain Ivo Marek, and corporals Petr Novy and Karel Hora.")
    assert [figure.victim_strings[1:] for figure in found] == [(), ("corporals",), ("corporals",)]


def test_those_named_behind_a_count_are_its_parts_and_of_its_groups() -> None:
    whole, *named = figures("Gunmen killed two local reporters, Lena Sorg and Tomas Weil.")
    assert [(part.subset_of, part.groups) for part in named] == [(whole.id, ("journalist",))] * 2


def test_whoever_is_identified_is_the_one_told_of_before() -> None:
    first, second = figures("A porter died. The porter who was killed has been identified as Ivo Marek, a widower.")
    assert (first.victim_strings, second.victim_strings[1]) == (("A porter",), "The porter")


def test_a_row_of_names_is_a_part_of_the_one_figure_that_counts_as_many() -> None:
    whole, *named = figures("Three nurses were shot dead. Lena Sorg, Vera Lund and Ana Ruiz died near Brod.")
    assert [part.subset_of for part in named] == [whole.id] * 3


def test_a_row_of_names_is_no_part_where_two_figures_count_as_many() -> None:
    text = "Two nurses were shot dead. Two guards were shot dead. Lena Sorg and Vera Lund died near Brod."
    assert not any(figure.subset_of for figure in figures(text))


def test_uncounted_people_spoken_of_again_share_the_words() -> None:
    *_, again = figures(
        "A court heard of the murder of the Carmelite monks. They had called the murder of the monks a crime."
    )
    assert again.victim_strings == ("the monks", "the Carmelite monks")


@pytest.mark.parametrize("again", ["the monks", "the Carmelites", "the Carmelite monks"])
def test_people_who_are_counted_elsewhere_are_told_once(again: str) -> None:
    found = figures(f"Six Carmelite monks were murdered in Brod. A court heard of the murder of {again}.")
    assert [figure.min for figure in found if figure.state == "killed"] == [6]


def test_of_whom_is_of_the_people_right_before() -> None:
    _, hurt = figures("The pilot was killed. Lena Sorg sat with her children, one of whom was wounded.")
    assert hurt.victim_strings == ("one of whom", "her children")


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("More than 200 soldiers and rebels have been killed.", [("killed", 201, None, "200 soldiers and rebels")]),
        ("Some 1,853 National Front (NF) rebels were killed.",
         [("killed", 1853, 1853, "1,853 National Front (NF) rebels")]),
        ("The shelling killed 12 marines and 20 separatists.",
         [("killed", 12, 12, "12 marines"), ("killed", 20, 20, "20 separatists")]),
        ("A court heard of the murder of Carlo Pizar, party leader and former rebel commander.",
         [("killed", 1, 1, "Carlo Pizar, party leader and former rebel commander")]),
        ("Ana Ruiz, who was an adviser to the board, was shot dead.",
         [("killed", 1, 1, "Ana Ruiz, who was an adviser")]),
        ("A chief of section, a sergeant, is among the dead.",
         [("killed", 1, 1, "A chief of section, a sergeant")]),
        ("Another reporter, Ivo Marek, a technician for Canal Oro, died.",
         [("killed", 1, 1, "Another reporter, Ivo Marek, a technician")]),
        ("He spoke of the murder of six monks, five of whom were Danes.",
         [("killed", 6, 6, "six monks"), ("killed", 5, 5, "five of whom")]),
        ("The clash left 8 dead and 20 injured, including rebels.",
         [("killed", 8, 8, "8 dead"), ("injured", 20, 20, "20 injured")]),
        ("The hurt are cameraman Ivo Marek and editor Petr Novy, of television station Canal Oro.",
         [("injured", 1, 1, "cameraman Ivo Marek"), ("injured", 1, 1, "editor Petr Novy")]),
        ("He mourned the death of one of the most able women in Brod.",
         [("killed", 1, 1, "one of the most able women")]),
        ("He was linked to the death of Ana Ruiz.", [("killed", 1, 1, "Ana Ruiz")]),
        ("They are in a fight to the death with the members of a gang.", []),
        ("The pact seals the political death of the rebels.", []),
        ("The army denied the killing of peasants in Brod.", []),
        ("After the killing the ministry intercepted an Escobar Gaviria letter.", []),
        ("He told Die Welt of president Carlo Pizar.", []),
        ("The two other wounded nuns were in Brod.", [("injured", 2, 2, "two other wounded nuns")]),
        ('The army said two "smugglers" had lost their lives.', [("killed", 2, 2, 'two "smugglers"')]),
        ("He was linked to the murder of a Brod minister, a Mr Sarda.",
         [("killed", 1, 1, "a Brod minister, a Mr Sarda")]),
        ("Ana Ruiz, the 36-year-old candidate, has died from gunshot wounds, a doctor said.",
         [("killed", 1, 1, "Ana Ruiz, the 36-year-old candidate")]),
    ],
)  # fmt: skip
def test_a_count_is_read_with_all_that_it_counts(
    text: str, wanted: list[tuple[str, int | None, int | None, str]]
) -> None:
    assert told(text) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("The court tried eight soldiers, including one colonel and two lieutenants, for killing six monks.", [6]),
        ("Police arrested two men over the murder of Luis Gall: Ivo Marek and Petr Novy.", [1]),
        ("The murder of Ivo Marek, unsolved like so many others, shook the town.", [1]),
        ("The killing of a priest and now the arrest of two bishops alarmed her.", [1]),
        ("The sailors killed were Ivo Marek and Petr Novy, secretary of the Danish consul.", [1, 1]),
    ],
)
def test_who_did_it_or_is_only_mentioned_is_no_victim(text: str, wanted: list[int]) -> None:
    assert [figure.min for figure in figures(text) if figure.state == "killed"] == wanted
