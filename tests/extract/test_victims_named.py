"""Who in a sentence are its victims, and who stands beside them: lists, descriptions, owners, perpetrators, parts."""

from __future__ import annotations

import pytest

from tests.extract.figures_told import figures, told


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Three men died. The dead were identified as Ivo Marek, 42, a welder, and Petr Novy.",
         ["Three men", "Ivo Marek, 42, a welder", "Petr Novy"]),
        ("The mine killed two people. They are Lena Sorg and Tomas Weil.", ["two people", "Lena Sorg", "Tomas Weil"]),
        ("The fatality was an unnamed woman.", ["an unnamed woman"]),
        ("Injured by the blast were: a young baker; Elmer Cruz, a porter; and two clerks.",
         ["a young baker", "Elmer Cruz, a porter", "two clerks"]),
        ("Ten strikers were killed, including union secretary Marta Ruys.", ["Ten strikers", "secretary Marta Ruys"]),
        ("The shell killed Ana Ruiz, 42; Pilar Ruiz, 19; and a police officer.",
         ["Ana Ruiz", "Pilar Ruiz", "a police officer"]),
        ("Police mourned journalists Ana Ruiz and Pablo Gil, who were killed on Monday.", ["Ana Ruiz", "Pablo Gil"]),
    ],
)  # fmt: skip
def test_whoever_a_list_names_is_a_figure(text: str, wanted: list[str]) -> None:
    assert [words for *_, words in told(text)] == wanted


def test_those_whom_a_list_names_are_a_part_of_the_toll_before() -> None:
    whole, *named = figures("The mine killed two people. They are Lena Sorg and Tomas Weil.")
    assert [part.subset_of for part in named] == [whole.id, whole.id]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Daniel Sol, secretary of the ruling Green Party, was shot and killed in Oru.", ["Daniel Sol"]),
        ("Amal Monz, 21, a member of the patrols (PAC), was shot dead.", ["Amal Monz, 21, a member"]),
        ("The killings in March of a judge, a rector, and senator Luis Gall shook Oru.",
         ["a judge", "a rector", "senator Luis Gall"]),
        ("The death of Juan Orr, along with Eva Orr and her daughter, was confirmed.",
         ["Juan Orr", "Eva Orr", "her daughter"]),
        ("An official from the bank and a clerk from the court were shot dead.", ["An official", "a clerk"]),
        ("They murdered, at gunpoint, a porter who slept there.", ["a porter"]),
        ("A sniper fired at a guard, wounding him in the neck.", ["a guard"]),
        ("Mina Holt, one of the three judges of the court, was found dead.",
         ["Mina Holt, one of the three judges"]),
        ("They condemned the murder of Dr Theo Lang, his wife, and two guests.",
         ["Dr Theo Lang", "his wife", "two guests"]),
        ("Mina Holt, who was kidnapped in Oru, was found dead.", ["Mina Holt"]),
    ],
)  # fmt: skip
def test_a_victim_is_found_over_what_describes_him(text: str, wanted: list[str]) -> None:
    assert [words for *_, words in told(text)] == wanted


@pytest.mark.parametrize(
    "text",
    [
        "The militia and the mayor murdered the nuns, but nobody says so.",
        "A man who has killed three before was seen.",
        "The brother of a minister fled; the minister's guard slept in the soldier's house.",
        "A passenger train and a guerrilla group were lost; a general strike killed the mood.",
        "The attacks are hurting the national party.",
        "He received many death threats after the assassination attempt against the mayor.",
        "They are planning the general's murder.",
        "Six were arrested where the killings began.",
        "We do not know of any policemen being wounded.",
        "Are there any soldiers wounded?",
        "Malaria kills 3,000 people every year.",
        "The wounded man had worked as a guard.",
        "Each time one of our drivers is killed, nothing is done.",
        "The driver suffered no injuries.",
        "Fire caused millions in losses and killed 40 cows.",
    ],
)
def test_whoever_stands_beside_a_death_is_no_victim(text: str) -> None:
    invented = {"The militia", "the mayor", "A man", "a minister", "A passenger", "a guerrilla", "a general", "Six",
                "any policemen", "any soldiers", "3,000 people", "a guard", "one of our drivers", "The driver", "millions",
                "the national", "many death"}  # fmt: skip
    assert not invented & {words for *_, words in told(text)}


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("The crash killed 120 of the 137 passengers.", [("killed", 120)]),
        ("Of the 137 passengers, 120 were killed.", [("killed", 120)]),
        ("The bodies of four of the nine students were found.", [("killed", 4)]),
        ("An attack by 20 rebels, four of whom died, was beaten off.", [("killed", 4)]),
        ("A family of six was killed.", [("killed", 6)]),
        ("A couple died in the fire.", [("killed", 2)]),
        ("Seven soldiers, not six, were wounded.", [("injured", 7)]),
        ("At 1300, four miners were killed.", [("killed", 4)]),
        ("The mother of three died.", [("killed", 1)]),
        ("Ten others were wounded, two critically.", [("injured", 10), ("injured", 2)]),
        ("The raid left a toll of one person wounded.", [("injured", 1)]),
        ("The gunman managed to kill two guards and wound 12 others.", [("killed", 2), ("injured", 12)]),
        ("Two clerks are among the wounded.", [("injured", 2)]),
        ("Four people have bullet wounds.", [("injured", 4)]),
        ("They held several envoys hostage.", [("captured", 2)]),
    ],
)
def test_a_part_a_family_or_a_label_counts_what_it_says(text: str, wanted: list[tuple[str, int]]) -> None:
    assert [(k.state, k.min) for k in figures(text)] == wanted


@pytest.mark.parametrize(
    "text",
    [
        "The ambush ended with the killing and wounding of 40 people.",
        "The shelling killed or wounded 30 villagers.",
        "Killing or wounding 30 villagers, the shells fell until dawn.",
    ],
)
def test_killed_or_wounded_together_stays_open(text: str) -> None:
    assert {k.state for k in figures(text)} == {"unspecified"}


def test_a_year_of_office_is_no_year_of_the_toll() -> None:
    (figure,) = figures("They learned of the killing of Pablo Roth, mayor of the town in 1984.")
    assert figure.scope == "event"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("One of the wounded had died in hospital, the ministry said.", [("killed", 1)]),
        ("Two of the 18 injured have since died.", [("killed", 2), ("injured", 18)]),
        ("The man, wounded on Friday, died on Sunday.", [("killed", 1)]),
        ("Six guards were killed; nine are missing and feared dead.", [("killed", 6), ("missing", 9)]),
        ("Three policemen succumbed to their injuries.", [("killed", 3)]),
        ("None of the 40 passengers was injured.", [("injured", 0)]),
        ("Neither of the two pilots was hurt.", [("injured", 0)]),
        ("The attacker killed four before he fled.", [("killed", 4)]),
        ("They released 12 of the 30 girls; 18 remain captive.", [("captured", 18)]),
        ("The quake left 20,000 homeless.", [("displaced", 20000)]),
        ("The collapse trapped 33 miners underground.", [("missing", 33)]),
        ("The shell landed on a wedding, leaving the groom and two guests dead.", [("killed", 1), ("killed", 2)]),
        ("That brings to 60 the number of people killed.", [("killed", 60)]),
        ("The death toll rose to 19, bringing the total to 31.", [("killed", 19), ("killed", 31)]),
        ("Of the 30 wounded, five are in critical condition.", [("injured", 30), ("injured", 5)]),
        ("Seven children aged between four and nine were hurt.", [("injured", 7)]),
        ("Six people, all members of one club, were killed.", [("killed", 6)]),
        ("Reports that 15 people had died were false.", []),
        ("The comedian killed it on stage, and the noise died down.", []),
        ("The side has lost two strikers to injury.", []),
        ("Their nephews, 8 and 11, were asleep when a guard was hurt.", [("injured", 1)]),
    ],
)
def test_the_fate_that_the_last_verb_tells_is_the_fate_of_those_it_speaks_of(
    text: str, wanted: list[tuple[str, int]]
) -> None:
    assert [(k.state, k.min) for k in figures(text)] == wanted


@pytest.mark.parametrize(
    ("text", "scope"),
    [
        ("The decade-long war has killed thousands.", "cumulative"),
        ("The conflict has claimed 9,000 lives.", "cumulative"),
        ("Ten have been killed since the talks began.", "cumulative"),
        ("The previous attack left 12 dead.", "historical"),
        ("A similar blast in March killed 19 people.", "historical"),
        ("A bombing two weeks ago killed five.", "historical"),
        ("The 1994 genocide killed 800,000 people.", "historical"),
        ("The blast, the third in a week, killed nine.", "event"),
    ],
)
def test_wars_that_last_are_running_totals_and_earlier_attacks_are_history(text: str, scope: str) -> None:
    assert [k.scope for k in figures(text)] == [scope]


def test_tolls_of_several_towns_are_no_parts_of_each_other() -> None:
    told = figures("Four were killed in Harn, three in Bela, and one in Oru.")
    assert [(k.min, k.subset_of) for k in told] == [(4, None), (3, None), (1, None)]


def test_a_part_between_two_victims_hides_neither() -> None:
    rebels, leader, soldier = figures("Eight rebels, including a commander, and one soldier were killed.")
    assert (rebels.min, leader.subset_of, soldier.min, soldier.subset_of) == (8, rebels.id, 1, None)


def test_people_hurt_are_not_of_the_group_that_died() -> None:
    dead, hurt = figures("12 soldiers were killed and 80 people injured.")
    assert (dead.groups, hurt.groups) == (("military",), ())


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Six miners (four men and two women) and a guard were killed.", [6, 4, 2, 1]),
        ("The shell killed nine people, including four children and two nurses.", [9, 4, 2]),
        ("The shell killed nine people, including four children, and two soldiers.", [9, 4, 2]),
        ("The fire killed four people, one of them a child.", [4, 1]),
    ],
)
def test_parts_are_read_beside_their_whole(text: str, wanted: list[int]) -> None:
    whole, *others = figures(text)
    assert [k.min for k in (whole, *others)] == wanted
    assert {k.state for k in (whole, *others)} == {"killed"}
    assert others[0].subset_of == whole.id


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Killed were Ivo Marek and Petr Novy; wounded were Lena Sorg and two others.",
         [("killed", 1), ("killed", 1), ("injured", 1), ("injured", 2)]),
        ("Also among the dead was Lena Sorg, the deputy mayor.", [("killed", 1)]),
        ("The judge identified the dead men as Ivo Marek, 38, and Petr Novy, 42.", [("killed", 1), ("killed", 1)]),
        ("The welder who was killed has been identified as Ivo Marek.", [("killed", 1)]),
        ("We killed three and wounded five, and took four prisoners in Oru.", [("killed", 3), ("injured", 5), ("captured", 4)]),
        ("The number of guards killed by rebels rose to 26.", [("killed", 26)]),
        ("The militia murdered university student.", []),
        ("He wanted the man dead.", []),
    ],
)  # fmt: skip
def test_each_victim_is_told_once_with_the_fate_of_its_own_list(text: str, wanted: list[tuple[str, int]]) -> None:
    assert [(k.state, k.min) for k in figures(text)] == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Rebels seized the mayor of Oru and murdered him in the square.", ["the mayor"]),
        ("A man who attacked two guards was shot dead.", ["A man"]),
        ("One woman who happened to be passing by at the time of the blast was wounded.", ["One woman"]),
        ("The raid killed a Kenyan and wounded an Israeli.", ["a Kenyan", "an Israeli"]),
        ("The case is about the relatives of the minister murdered in Oru.", ["the minister"]),
        ("They shot dead -- on orders of a rival -- a chief of police, a mayor, and four clerks.",
         ["a chief", "a mayor", "four clerks"]),
    ],
)  # fmt: skip
def test_the_victim_is_found_where_the_sentence_puts_it(text: str, wanted: list[str]) -> None:
    assert [words for *_, words in told(text)] == wanted


@pytest.mark.parametrize(
    ("text", "scopes"),
    [
        ("Oru, 9 Jan 2024 -- A court heard the case of Ana Ruiz, who was murdered on 3 May. Ruiz was shot dead at home.",
         ["historical", "historical"]),
        ("Oru, 9 Jan 2024 -- A bomb killed four guards on 7 January. A bomb killed two nurses in October.",
         ["event", "historical"]),
        ("Oru, 9 Jan 2024 -- The toll of the 3 May flood was revised to 41 dead.", ["event"]),
        ("Oru, 9 Jan 2024 -- The mayor, elected on 3 May, was killed on Monday.", ["event"]),
    ],
)  # fmt: skip
def test_what_is_dated_long_before_the_report_is_history(text: str, scopes: list[str]) -> None:
    assert [k.scope for k in figures(text)] == scopes


def test_an_uncounted_return_to_counted_victims_is_no_figure() -> None:
    text = "Six miners were killed in Oru. Police are investigating the murder of the miners."
    assert [k.min for k in figures(text)] == [6]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("The dead man's brother, Diego Montan, leads a union of five nurses.", []),
        ("The killing of the miners shook Oru.", ["the miners"]),
        ("He spoke of Dr Ana Maria Ruiz's death.", ["Dr Ana Maria Ruiz"]),
        ("Journalists Ana Ruiz and Pablo Gil were killed.", ["Ana Ruiz", "Pablo Gil"]),
        ("Five Free Harn national front rebels were killed.", ["Five Free Harn national front rebels"]),
        ("A rebel plan for the murder of two judges was found.", []),
    ],
)
def test_deaths_are_read_from_whole_words(text: str, wanted: list[str]) -> None:
    assert [words for *_, words in told(text)] == wanted
