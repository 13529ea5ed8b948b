"""Which country a body is of that is named without one."""

from __future__ import annotations

import pytest

from bot.extract.pipeline import summarise
from bot.extract.places import country_of_place, places
from bot.model.report import Report


def _countries(text: str, title: str = "") -> dict[str, str | None]:
    told = summarise(Report(id="r", text=text, title=title))
    return {text[slice(*actor.mentions[0])]: actor.country for actor in told.actors}


@pytest.mark.parametrize(
    ("dateline", "country"),
    [
        ("KISANGANI, March 3 (CBP) - ", "CD"),
        ("POPAYAN, Colombia. ", "CO"),
        ("DJENNE - ", "ML"),
        ("BAMAKO (SP) - ", "ML"),
    ],
)
def test_bare_bodies_are_of_the_country_that_the_report_comes_from(dateline: str, country: str) -> None:
    found = _countries(f"{dateline}Six people were killed when a bus was shot at, police said on Tuesday.")
    assert found["police"] == country


def test_a_place_in_the_same_sentence_goes_before_the_dateline() -> None:
    text = (
        "BANGKOK, May 28 (MW) - The army said two rangers were hurt near the ruins.\n\n"
        "In Phnom Penh, the foreign ministry said the rangers had crossed the line."
    )
    found = _countries(text)
    assert (found["The army"], found["the foreign ministry"]) == ("TH", "KH")


def test_a_foreign_body_that_is_marked_does_not_make_its_country_the_reports_own() -> None:
    text = (
        "KRAMATORSK - Russia's Defence Ministry said a stray missile had hit the bus. A spokesman in Moscow repeated it.\n\n"
        "The mayor said eleven people were dead."
    )
    assert _countries(text)["The mayor"] == "UA"


def test_each_line_of_a_round_up_has_its_own_country() -> None:
    text = "• BENIN – The army says a patrol is missing.\n• TOGO – The opposition demands the release of two men."
    found = _countries(text)
    assert (found["The army"], found["The opposition"]) == ("BJ", "TG")


def test_offices_of_no_state_have_no_country() -> None:
    text = (
        "KHARTOUM - The Humanitarian Coordinator condemned the attack. A rebel commander said his men were elsewhere. "
        "The UN mission said it had counted nine bodies."
    )
    assert set(_countries(text).values()) == {None}


def test_places_are_known_in_any_case_and_only_where_places_stand() -> None:
    assert country_of_place("SRINAGAR") == country_of_place("Srinagar") == "IN"
    assert [country for _, country in places("A man from Huancayo said so.")] == ["PE"]
    assert not list(places("Commodore Ramil Santos said so."))


def test_a_name_that_towns_of_several_countries_bear_tells_no_country() -> None:
    assert country_of_place("Tripoli") is None
    assert country_of_place("Punjab") is None


@pytest.mark.parametrize(
    ("region", "country"), [("Darfur", "SD"), ("North Kivu", "CD"), ("Gaza", "PS"), ("Mindanao", "PH")]
)
def test_a_region_tells_the_country_of_bodies_named_there(region: str, country: str) -> None:
    found = _countries(f"Four people were killed at a crossing in {region} on Sunday. Police said the road was closed.")
    assert found["Police"] == country


def test_a_month_is_no_town() -> None:
    assert not list(places("The bridge was closed in August and on August 4 it fell."))


def test_hospitals_and_unions_are_at_home_where_the_report_is() -> None:
    found = _countries(
        "KISANGANI, March 3 (CBP) - The provincial hospital said it had no beds left. The drivers' union said it would strike."
    )
    assert set(found.values()) == {"CD"}


def test_a_spokesman_of_a_body_of_no_country_has_none_either() -> None:
    found = _countries(
        "NAIROBI, March 3 (CBP) - Al-Shabaab said it had attacked the post. Its spokesman told reporters that nobody fled."
    )
    assert found["Its spokesman"] is None


def test_a_lone_town_that_has_a_namesake_abroad_is_where_the_report_is() -> None:
    found = _countries(
        "BAMAKO (SP) - Residents of Moura said soldiers had searched the market. The mayor of Moura said so, too."
    )
    assert set(found.values()) == {"ML"}


def test_a_great_city_tells_its_country_where_the_text_does_not() -> None:
    found = _countries("The mayor of Kharkiv said four people were killed. Russia's defence ministry denied it.")
    assert found["The mayor of Kharkiv"] == "UA"


def test_a_report_from_across_the_border_is_at_home_where_it_tells_of() -> None:
    found = _countries(
        "CAIRO, Aug 14 (NPA) - Gunmen shot nine people in Sudan's Kordofan. State media said they were rebels."
    )
    assert found["State media"] == "SD"


def test_turns_in_a_talk_are_no_datelines() -> None:
    found = _countries(
        "HOST: Good evening. What happened in Makurdi?\n\nAKAA: Men came at night. Police say nine died, says Abuja.\n\n"
        "HOST: Who were they?\n\nAKAA: The police say they were bandits."
    )
    assert found["Police"] == "NG"


@pytest.mark.parametrize(
    "who",
    [
        "The Bar Association",
        "The bishop of Masaka",
        "The Red Crescent",
        "The airline",
        "The opposition bench",
        "Villagers",
        "The fishermen's cooperative",
        "The union's secretary, Amos Otieno,",
        "The Network for the Defence of Rights",
    ],
)
def test_bodies_of_citizens_and_people_of_a_place_are_at_home(who: str) -> None:
    found = _countries(f"NAIROBI, March 3 (CBP) - {who} said that nine people had been shot.")
    assert set(found.values()) == {"KE"}


@pytest.mark.parametrize(
    "who", ["A nurse", "Survivors", "A charity", "A company spokesman", "A monitoring group", "A driver"]
)
def test_lone_witnesses_and_those_who_may_be_from_anywhere_have_no_country(who: str) -> None:
    found = _countries(f"NAIROBI, March 3 (CBP) - {who} said that nine people had been shot.")
    assert set(found.values()) == {None}


def test_bodies_of_a_disputed_state_have_no_country() -> None:
    found = _countries(
        "PRISTINA (DP) - Kosovo's prime minister said a policeman was killed. The interior ministry said the border was shut."
    )
    assert set(found.values()) == {None}
