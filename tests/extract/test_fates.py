"""In how many words reports tell that people died, were hurt, are missing, were taken or had to leave."""

from __future__ import annotations

import pytest

from tests.extract.figures_told import figures, told


@pytest.mark.parametrize(
    ("state", "number", "text"),
    [
        ("killed", 12, "The blast left 12 people dead."),
        ("killed", 4, "Four people burned to death in the bus."),
        ("killed", 3, "Three climbers froze to death on the pass."),
        ("killed", 7, "The avalanche swept seven skiers to their deaths."),
        ("killed", 9, "Nine migrants were found dead in a lorry."),
        ("killed", 5, "Five of the crew did not survive."),
        ("killed", 20, "The collapse claimed 20 lives."),
        ("killed", 2, "Two policemen lost their lives."),
        ("killed", 6, "Rescuers pulled six bodies from the rubble."),
        ("killed", 11, "The bodies of 11 miners were brought to the surface."),
        ("killed", 8, "Eight children died of hunger in the camp last week."),
        ("killed", 30, "The death toll has climbed to 30."),
        ("killed", 14, "The attackers shot dead 14 villagers."),
        ("killed", 3, "Three men were hanged on Monday."),
        ("killed", 40, "Some 40 passengers went down with the ferry."),
        ("killed", 1, "A teenager was fatally shot."),
        ("killed", 1, "A girl aged 6 died of her injuries."),
        ("killed", 16, "Sixteen people were confirmed dead."),
        ("killed", 22, "Twenty-two persons have been executed this year."),
        ("killed", 4, "Four firefighters made the ultimate sacrifice."),
        ("killed", 13, "Thirteen civilians were slaughtered in their homes."),
        ("killed", 3, "A grenade blew three boys to pieces."),
        ("killed", 25, "Hospital officials said they had received 25 bodies."),
        ("killed", 6, "Six protesters were shot and killed."),
        ("killed", 17, "Seventeen inmates suffocated."),
        ("killed", 2, "Two pilots were killed when their helicopter came down."),
        ("injured", 40, "Forty others were taken to hospital."),
        ("injured", 9, "Nine people required medical treatment."),
        ("injured", 3, "Three are in intensive care."),
        ("injured", 15, "Fifteen guests suffered cuts and bruises."),
        ("injured", 6, "Six officers needed stitches."),
        ("injured", 2, "Two boys lost their legs."),
        ("injured", 5, "Five workers were burned."),
        ("injured", 4, "Four passengers were pulled out with broken bones."),
        ("injured", 7, "Doctors are treating seven people for burns."),
        ("injured", 8, "Eight pupils fainted from the smoke and were hospitalised."),
        ("injured", 1, "A journalist was hit in the leg by a bullet."),
        ("injured", 2, "Two women were stabbed but survived."),
        ("injured", 3, "Three police officers were struck by stones."),
        ("missing", 6, "Six fishermen are still missing."),
        ("missing", 20, "Twenty people are unaccounted for."),
        ("missing", 4, "Rescuers are searching for four missing hikers."),
        ("missing", 9, "The fate of nine sailors is unknown."),
        ("missing", 11, "Contact was lost with 11 climbers."),
        ("missing", 50, "Fifty people are feared buried under the mud."),
        ("missing", 2, "There is no trace of two divers."),
        ("missing", 17, "Seventeen students disappeared after the police stopped their bus."),
        ("captured", 8, "Eight engineers were taken hostage."),
        ("captured", 3, "Rebels captured three soldiers."),
        ("captured", 12, "Gunmen abducted 12 worshippers."),
        ("captured", 24, "The army took 24 prisoners."),
        ("captured", 60, "Sixty passengers were held at gunpoint."),
        ("captured", 10, "The group is holding 10 hostages."),
        ("captured", 2, "Two aid workers fell into the hands of the militia."),
        ("captured", 14, "Pirates seized a tanker with 14 crew on board."),
        ("captured", 30, "About 30 women were carried off."),
        ("captured", 7, "Seven soldiers surrendered."),
        ("displaced", 2000, "Two thousand people fled their homes."),
        ("displaced", 500, "The shelling drove 500 families from the town."),
        ("displaced", 10000, "Ten thousand residents were moved to shelters."),
        ("displaced", 300, "Three hundred people were left without a roof."),
        ("displaced", 4000, "More than 4,000 have crossed the border into Chad."),
        ("displaced", 150, "One hundred and fifty families lost their homes."),
        ("displaced", 90000, "The fighting has uprooted 90,000 people."),
        ("displaced", 700, "Seven hundred villagers were resettled after the eruption."),
        ("displaced", 60, "Sixty households are sleeping in tents."),
        ("displaced", 1200, "Authorities evacuated 1,200 people."),
        ("unspecified", 30, "The enemy lost up to 30 men."),
        ("unspecified", 200, "The army put its losses at 200."),
        ("unspecified", 9, "There were nine casualties."),
        ("unspecified", 45, "Forty-five servicemen were put out of action."),
        ("unspecified", 13, "Thirteen civilians are among the casualties."),
        ("none", 0, "Nobody will ever forget the 12 graves."),
        ("none", 0, "Twelve people were rescued from the rubble."),
        ("none", 0, "The army freed 20 hostages."),
        ("none", 0, "He was jailed for 12 years."),
        ("none", 0, "The team killed off the match with 3 goals."),
        ("none", 0, "Nine suspects were arrested."),
        ("none", 0, "Up to 400 could die if the dam breaks."),
        ("none", 0, "Police are looking for two gunmen."),
        ("none", 0, "The strike destroyed 12 houses and killed 40 cows."),
        ("none", 0, "Forty doctors were sent to the area."),
        ("none", 0, "The 30 mourners were allowed in."),
    ],
)
def test_what_befell_people_is_read_in_many_words(state: str, number: int, text: str) -> None:
    found = [(figure.state, number in (figure.min, figure.max, (figure.min or 0) - 1)) for figure in figures(text)]
    assert found == ([] if state == "none" else [(state, True)])


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Of the 63 people killed in the strike, 17 were children.", [(63, None), (17, 0)]),
        ("The blast killed 40. Of those killed, nine were nurses.", [(40, None), (9, 0)]),
        ("The raid killed 30. Seventeen of the dead were women and nine were children.", [(30, None), (17, 0), (9, 0)]),
        ("The raid killed 30. Among the 12 dead were three nurses.", [(30, None), (12, None), (3, 1)]),
    ],
)
def test_a_share_of_a_toll_is_a_part_of_it(text: str, wanted: list[tuple[int, int | None]]) -> None:
    parts = [(figure.min, int(figure.subset_of[1:]) - 1 if figure.subset_of else None) for figure in figures(text)]
    assert parts == wanted


def test_those_of_a_toll_are_told_in_a_sentence_of_their_own() -> None:
    text = "Ninety people have been killed. Of those, 46 were Druze fighters, four civilians and 14 security personnel."
    assert [(figure.min, figure.subset_of, figure.groups) for figure in figures(text)] == [
        (90, None, ()), (46, "k1", ("militant",)), (4, "k1", ("civilian",)), (14, "k1", ("military",)),
    ]  # fmt: skip


def test_a_toll_and_the_others_take_over_no_group() -> None:
    assert [
        figure.groups for figure in figures("The body of a girl of 12 was found, bringing the death toll to seven.")
    ] == [
        ("children",),
        (),
    ]
    text = "A strike killed three reporters and a paramedic. Eight others were wounded."
    assert figures(text)[2].groups == ()
    assert [figure.min for figure in figures("97 people had been injured, 22 of whom were children.")] == [97, 22]


def test_what_people_are_is_not_what_befell_them() -> None:
    assert told("Between 25 and 30 displaced persons were hacked to death.") == [
        ("killed", 25, 30, "25 and 30 displaced persons")
    ]
    assert told("The film shows three captured Kyrgyz soldiers.") == [
        ("captured", 3, 3, "three captured Kyrgyz soldiers")
    ]
    assert told("The wounded were flown to Mount Hagen.") == []
    assert told("Both sides reported losses on Monday.") == []


@pytest.mark.parametrize(("words", "least"), [("Several hundred", 200), ("A few dozen", 24), ("Several", 2)])
def test_a_vague_word_before_a_round_number_tells_its_size(words: str, least: int) -> None:
    (figure,) = figures(f"{words} people were killed.")
    assert (figure.min, figure.max, figure.qualifier) == (least, None, "vague")


def test_they_who_are_not_counted_themselves_have_their_dead_counted() -> None:
    assert told("The army said it had repelled M23 fighters near the airport, killing 30 of them.") == [
        ("killed", 30, 30, "30 of them")
    ]


def test_neither_figure_is_no_count_of_nobody() -> None:
    text = "The police counted 11 dead. Neither figure includes those killed on Thursday."
    assert all(least != 0 for _, least, _, _ in told(text))
