"""Casualty figures: how many of whom suffered what; never more than the words say."""

from __future__ import annotations

import pytest

from bot.extract import casualty_model
from bot.extract.pipeline import summarise
from bot.model.report import Report
from tests.extract.figures_told import figures, told
from training.figures import measured


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("A grenade killed three women and a newborn, according to two nurses.",
         [("killed", 3, 3, "three women"), ("killed", 1, 1, "a newborn")]),
        ("The blast killed at least four people, the regional governor said.", [("killed", 4, None, "four people")]),
        ("One man was killed and another wounded at the roadblock.",
         [("killed", 1, 1, "One man"), ("injured", 1, 1, "another")]),
        ("Rebels sank the launch, killing three civilians and wounding nine, four of them children.",
         [("killed", 3, 3, "three civilians"), ("injured", 9, 9, "nine"), ("injured", 4, 4, "four of them children")]),
        ("A 19-year-old man drowned in the flood.", [("killed", 1, 1, "A 19-year-old man")]),
        ("The junta said 22 men were captured and 3 soldiers fell.",
         [("captured", 22, 22, "22 men"), ("killed", 3, 3, "3 soldiers")]),
        ("Two workers fell from a roof in Tarn.", []),
        ("Ana Ruiz, 65, was shot dead at home, along with two of her bodyguards.",
         [("killed", 1, 1, "Ana Ruiz"), ("killed", 2, 2, "two of her bodyguards")]),
        ("Parliament mourned Vera Lund's murder; Lund's driver was wounded.",
         [("killed", 1, 1, "Vera Lund"), ("injured", 1, 1, "Lund's driver")]),
        ("Dr. Okoro was killed and Mr. Bello was wounded.",
         [("killed", 1, 1, "Dr. Okoro"), ("injured", 1, 1, "Mr. Bello")]),
        ("Two members of his escort died, and his cook and driver were hurt.",
         [("killed", 2, 2, "Two members"), ("injured", 1, 1, "his cook"), ("injured", 1, 1, "driver")]),
        ("The mine killed two people, seriously injuring another.",
         [("killed", 2, 2, "two people"), ("injured", 1, 1, "another")]),
        ("Twelve soldiers were hurt, as were some pedestrians.",
         [("injured", 12, 12, "Twelve soldiers"), ("injured", 2, None, "some pedestrians")]),
        ("Not a single person was killed, though the pilot was almost killed.",
         [("killed", 0, 0, "Not a single person")]),
        ("Seven U.S. soldiers were wounded by the mine.", [("injured", 7, 7, "Seven U.S. soldiers")]),
        ("The army lost two men on the ridge.", [("unspecified", 2, 2, "two men")]),
        ("The brigade put 40 attackers out of action.", [("unspecified", 40, 40, "40 attackers")]),
        ("The war cost some 400,000 lives.", [("killed", 400000, 400000, "400,000 lives")]),
        ("Six bodies, four men and two women, were found by the road.",
         [("killed", 6, 6, "Six bodies"), ("killed", 4, 4, "four men"), ("killed", 2, 2, "two women")]),
        ("He denied any civilian casualties.", [("unspecified", 0, 0, "any civilian casualties")]),
        ("The ministry released no casualty figures.", []),
        ("The labour leader, Ines Prado, was shot dead.", [("killed", 1, 1, "The labour leader, Ines Prado")]),
        ("The NGO raised its count of dead from 31 to 37.", [("killed", 37, 37, "37")]),
        ("Five or more passengers were hurt.", [("injured", 5, None, "Five or more passengers")]),
        ("Forty people were treated for smoke inhalation.", [("injured", 40, 40, "Forty people")]),
        ("About 900 families have been driven from their homes.", [("displaced", 900, 900, "900 families")]),
        ("Three journalists are among those who have died.", [("killed", 3, 3, "Three journalists")]),
        ("The gunman fled.", []),
        ("The guards surrendered 40 rifles and burned 12 houses; the mine cost two million dollars.", []),
    ],
)  # fmt: skip
def test_a_figure_is_what_the_words_say(text: str, wanted: list[tuple[str, int | None, int | None, str]]) -> None:
    assert told(text) == wanted


@pytest.mark.parametrize(
    "text",
    [
        "The brigade reported 12 casualties among its soldiers.",
        "The convoy suffered losses of 30 men.",
        "Nine fighters were neutralised near the dam.",
        "Two officers were among the casualties, and the hospital said five.",
        "They lost eleven men in the ambush; the mayor spoke of 14.",
    ],
)
def test_casualties_are_never_promoted_to_deaths(text: str) -> None:
    assert {k.state for k in figures(text)} == {"unspecified"}


def test_a_part_of_people_of_whom_nothing_is_told_is_not_killed_by_the_next_words() -> None:
    text = "Three bystanders, two of them children, were hit by stray bullets and one of them had died."
    assert [(state, words) for state, _, _, words in told(text) if state == "killed"] == [("killed", "one of them")]


def test_a_person_told_by_office_and_name_is_killed_once() -> None:
    assert told("Gunmen killed the mayor of Tarn, Ana Ruiz, 52, and wounded her driver.") == [
        ("killed", 1, 1, "Ana Ruiz"),
        ("injured", 1, 1, "her driver"),
    ]


def test_only_the_clause_that_tells_of_an_earlier_disaster_is_history() -> None:
    found = figures("The quake left at least 45 dead; 10,000 people died in a quake there in 2003.")
    assert [(figure.min, figure.scope) for figure in found] == [(45, "event"), (10_000, "historical")]


def test_a_toll_told_again_by_somebody_else_keeps_its_state_and_stays_apart() -> None:
    text = "The mayor said nine miners were injured. The hospital said six."
    first, second = figures(text)
    assert (first.state, first.min) == ("injured", 9)
    assert (second.state, second.min, second.groups) == ("injured", 6, first.groups)
    assert second.subset_of is None
    assert second.victim_strings == ("six", "nine miners")


def test_a_part_told_in_the_next_sentence_belongs_to_the_whole() -> None:
    text = "The crash killed 31 passengers. Four of the dead were children. Two of them are a mother and her son."
    whole, children, family = figures(text)
    assert (children.subset_of, children.groups) == (whole.id, ("children",))
    assert (family.min, family.subset_of) == (2, whole.id)


def test_a_part_with_a_fate_of_its_own_has_its_own_state() -> None:
    text = "Three aid workers were hurt by the second shell and one of them, a medic, died on the way."
    assert [(k.state, k.min) for k in figures(text)] == [("injured", 3), ("killed", 1)]


def test_figures_that_go_on_from_another_take_its_people() -> None:
    for text in (
        "Six aid workers were killed and 9 injured; 3 remain unaccounted for.",
        "Two medics died and four were hurt.",
    ):
        first, *others = figures(text)
        assert others and all(k.groups == first.groups for k in others)


def test_whom_no_casualties_are_told_of_is_kept() -> None:
    (none,) = figures("No casualties were reported. No casualties among civilians were seen.")[1:]
    assert (none.state, none.max, none.groups) == ("unspecified", 0, ("civilian",))


@pytest.mark.parametrize(
    "text",
    [
        "Soldiers said two drivers were among the casualties of the raid that killed nobody.",
        "The toll of casualties rose to 14, and a nurse, who had seen the killings, spoke of 20.",
        "The unit lost nine men near the ford, where a shepherd was hurt.",
    ],
)
def test_the_learned_part_cannot_promote_even_when_it_always_says_killed(
    text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    certain = {"always": (50.0, 0.0)}
    weights = casualty_model._Weights(missed=certain, told={}, missed_from=0.0, told_from=0.0, combat_told_from=0.0)
    with_rules_alone = told(text)
    monkeypatch.setattr(casualty_model, "_weights", lambda: weights)
    unspecified = [figure for figure in told(text) if figure[0] != "killed"]
    assert unspecified == [figure for figure in with_rules_alone if figure[0] != "killed"]
    assert [f for f in told(text) if f[0] == "killed"] == [f for f in with_rules_alone if f[0] == "killed"]


def test_own_losses_belong_to_the_side_that_tells_of_them() -> None:
    text = "The Norwegian Ministry of Defence said two of its own sailors had been hurt near Bergen."
    (figure,) = summarise(Report(id="r", text=text)).casualties
    assert (figure.min, figure.side) == (2, "NO")


@pytest.mark.parametrize(
    ("pattern", "record"), [("figures_0*.txt", 93), ("figures_sealed_*.txt", 84), ("heldout_*.txt", 78)]
)
def test_figures_of_our_own_reports_are_read_as_well_as_they_were(pattern: str, record: float) -> None:
    found = measured(pattern)
    assert found["promoted"] == 0
    assert found["record"] >= record and found["scope"] >= 90


@pytest.mark.parametrize(
    "text",
    [
        "Not one of the passengers was hurt, the ferry line said.",
        "Not a single passenger was hurt, the ferry line said.",
        "Not even one passenger was hurt, the ferry line said.",
        "No passenger was hurt, the ferry line said.",
    ],
)
def test_not_one_is_nobody(text: str) -> None:
    (only,) = figures(text)
    assert (only.state, only.min, only.max) == ("injured", 0, 0)


def test_nobody_of_two_groups_is_hurt_where_none_of_them_is() -> None:
    (only,) = figures("None of the four monks and about 100 refugees was hurt.")
    assert (only.min, only.max) == (0, 0)


@pytest.mark.parametrize(
    "text",
    ["He blamed the owners for every one of the deaths.", "She said each one of those killed had been warned."],
)
def test_each_one_of_them_is_no_count(text: str) -> None:
    assert not figures(text)


@pytest.mark.parametrize(
    "text",
    [
        "The death toll could rise to 90, the mayor warned.",
        "If 300 people die on that road, nobody will ask, she said.",
        "It was unclear whether the six drivers had been killed.",
        "The crew of eight is feared drowned.",
        "Nearly half of the 60 pupils were injured.",
        "Four in ten of those killed were farmers.",
        "The fever has reached 250 people and killed 20 per cent of them.",
        "There were no immediate reports of casualties.",
        "There could be more than 300 wounded civilians, she said.",
        "Four people may have been killed and seven wounded in the blast.",
        "If this goes on, the city will see more than 900 murders by May.",
        "We deny that commander Ivo Marek was killed in combat.",
    ],
)
def test_what_is_left_open_is_no_figure(text: str) -> None:
    assert told(text) == []


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("The prefect put the dead at 16 and the wounded at 70.", [("killed", 16), ("injured", 70)]),
        ("The number of injured rose to 81 from 66.", [("injured", 81)]),
        ("At least 12 of the 15 dead were fishermen.", [("killed", 15)]),
    ],
)
def test_each_number_has_the_state_of_its_own_words(text: str, wanted: list[tuple[str, int]]) -> None:
    assert [(figure.state, figure.min) for figure in figures(text)] == wanted


@pytest.mark.parametrize(
    "text",
    [
        "The 1991 ferry disaster killed 400 people.",
        "It was the worst storm since 2003, when 70 people were killed.",
        "It was the worst flood since the 1962 disaster, in which 300 people died.",
        "Let us not forget the murder of Bishop Ivo Marek.",
        "He was cleared of the 1984 killing of a judge.",
        "It recalls the beginning of the decade, when thousands were killed.",
        "The zone was drawn after the ten-week war, which killed 900 people.",
        "It took no interest in such cases in the past, such as the murder of Ivo Marek.",
        "Unrest earlier in the year killed 40 people.",
        "After decades of military rule that killed 3,000 people, they voted.",
    ],
)
def test_a_toll_of_an_earlier_year_is_history(text: str) -> None:
    assert [figure.scope for figure in figures(text)] == ["historical"]


@pytest.mark.parametrize(
    "text",
    [
        "Since it was founded in 1985, more than 900 members have been killed.",
        "The feud, which in nine years has claimed 700 lives, goes on.",
        "The group has killed 2,000 people over its ten-year history.",
        "He hopes to end a war that has lasted a decade and left 7,000 people dead.",
    ],
)
def test_a_count_over_years_is_a_running_total(text: str) -> None:
    assert [figure.scope for figure in figures(text)] == ["cumulative"]


def test_figures_of_the_same_people_share_the_words_for_them() -> None:
    text = (
        "Vera Lund, a judge, and four guards were shot dead in Brod. Lund was to hear a case on Friday.\n\n"
        "The four people were killed by men on foot, police said. The slain official was buried on Sunday."
    )
    told = {text[slice(*k.victims)]: set(k.victim_strings) for k in figures(text)}
    assert told["four people"] == {"four people", "four guards"}
    assert "Vera Lund, a judge" in told["The slain official"]


@pytest.mark.parametrize(
    ("text", "killed"),
    [
        ("Hospital staff admitted 40 people, of whom three later died.", [3]),
        ("The truck hit a bus carrying 45 pilgrims, leaving seven dead.", [7]),
        ("Doctors treated 30 wounded soldiers; nine men had died.", [9]),
    ],
)
def test_who_is_named_beside_the_dead_is_not_dead(text: str, killed: list[int]) -> None:
    found = summarise(Report(id="r", text=text)).casualties
    assert [figure.min for figure in found if figure.state == "killed"] == killed


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("Four miners were killed in the West Bank city of Jenin.", "Jenin"),
        ("Four miners were killed in the Red Sea port on Friday.", None),
        ("Four miners were killed at Nasser hospital in Khan Younis.", "Khan Younis"),
        ("Four miners were killed at Nasser hospital.", "Nasser hospital"),
        ("Four miners were killed in southern Kherson.", "Kherson"),
    ],
)
def test_a_figures_place_is_where_it_happened_not_what_the_town_lies_by(text: str, place: str | None) -> None:
    (figure,) = figures(text)
    assert figure.place == place


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("The blast left 30 dead and injured.", [("unspecified", 30)]),
        ("There are already more than 100 dead or wounded.", [("unspecified", 101)]),
        ("Dozens of people are missing or dead.", [("unspecified", 24)]),
        ("Dozens of lieutenants have been wounded or killed.", [("unspecified", 24)]),
        ("It left a tragic toll of 60,000 victims.", [("unspecified", 60_000)]),
        ("There were several dead and wounded civilians.", [("unspecified", 2)]),
        ("The blast left 30 dead and injured another 12.", [("killed", 30), ("injured", 12)]),
        ("The blast left 30 dead and 12 injured.", [("killed", 30), ("injured", 12)]),
        ("It brought a death toll of 20 victims.", [("killed", 20)]),
    ],
)
def test_a_count_of_two_states_promotes_nobody(text: str, wanted: list[tuple[str, int]]) -> None:
    assert [(figure.state, figure.min) for figure in figures(text)] == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Three guards were killed on Monday in a town where a bomb last year killed 12 people.",
         [(3, "event"), (12, "historical")]),
        ("We will never forget the five officers killed on Tuesday, the mayor said.", [(5, "event")]),
        ("If confirmed, it would be the worst attack since 2003, when 70 people died.", [(70, "historical")]),
        ("The army denied that its shells had killed 12 farmers.", [(12, "event")]),
        ("If the strike was meant, it would be a crime, said Ana Ruiz, whose three sons were killed.", [(3, "event")]),
    ],
)  # fmt: skip
def test_a_figure_is_of_the_day_told_nearest_to_it_and_none_is_hidden(text: str, wanted: list[tuple[int, str]]) -> None:
    assert [(figure.min, figure.scope) for figure in figures(text)] == wanted
