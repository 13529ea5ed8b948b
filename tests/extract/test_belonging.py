"""Whose a body or office is that is named without its country, and what a speaker is called."""

from __future__ import annotations

import pytest

from bot.extract.pipeline import summarise
from bot.model.report import Report
from bot.model.summary import Actor


def _speakers(text: str) -> list[Actor | None]:
    told = summarise(Report(id="r", text=text))
    actors = {actor.id: actor for actor in told.actors}
    return [actors.get(claim.speaker or "") for claim in told.claims]


def _last(text: str) -> Actor:
    speaker = _speakers(text)[-1]
    assert speaker is not None
    return speaker


@pytest.mark.parametrize(
    ("text", "country"),
    [
        (
            "BAKU, March 3 - Russia's Foreign Ministry urged Azerbaijan to free the two pilots. "
            "Maria Orlova, the ministry's spokeswoman, said the detention broke an accord.",
            "RU",
        ),
        (
            "YEREVAN - Azerbaijan denied that its troops had crossed the border. Its Ministry of Defence said the reports were false.",
            "AZ",
        ),
        (
            "ANKARA - Syria's state news agency SANA, citing the Health Ministry, reported that nine people had been killed near Idlib.",
            "SY",
        ),
        (
            "BANGKOK - Vientiane denied that it had closed the bridge. Thai officers had drawn the barrier, foreign minister Kham Soulivong said.",
            "LA",
        ),
        ("BEIRUT - Iran denied that it had sent the rockets. The embassy called the report a fabrication.", "IR"),
    ],
)
def test_a_body_without_a_country_is_of_the_side_that_speaks(text: str, country: str) -> None:
    assert _last(text).country == country


def test_who_accuses_a_state_in_its_own_sentence_is_not_of_it() -> None:
    text = (
        "MANILA, May 2 - A cutter of the Philippines was rammed off Palawan, and two of China's ships left. "
        "Beijing denied it and was accused by the Senate president of lying."
    )
    assert _last(text).country == "PH"


def test_in_gaza_the_ministry_is_palestinian_and_the_military_is_not() -> None:
    text = (
        "JERUSALEM - Israel struck a school on Monday. The Health Ministry in Gaza said 12 people were killed. "
        "The military said it had hit a command post."
    )
    ministry, military = _speakers(text)
    assert ministry and military
    assert (ministry.country, military.country) == ("PS", "IL")


@pytest.mark.parametrize("seat", ["GENEVA", "VIENNA", "THE HAGUE", "NEW YORK", "BRUSSELS"])
def test_seats_of_international_bodies_are_nobodys_home(seat: str) -> None:
    assert _last(f"{seat} - The interior minister said that 40 people had been arrested.").country is None


@pytest.mark.parametrize(
    "text",
    [
        "ANKARA - Marta Lind, the head of the World Health Organization, said hospitals in Turkey were full.",
        "NAIROBI - A spokesman for the Oromo Liberation Army said the garrison had fled.",
    ],
)
def test_persons_of_bodies_that_are_no_states_have_no_country(text: str) -> None:
    assert _last(text).country is None


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (
            "KHARTOUM - Minister of Information Khalid al-Masri said the rebels had burned the market.",
            "Khalid al-Masri",
        ),
        ("CHENNAI - Tamil Nadu Chief Minister M.K. Raman said 12 people were killed in the crush.", "M.K. Raman"),
        ("KYIV - President Petrenko's envoy Ihor Bondar said talks had failed.", "Ihor Bondar"),
        ("MANILA - The coast guard's claim that a cutter had been rammed was false.", "Coast guard"),
        ("KAMPALA - The government was accused by rights groups of torture.", "Rights groups"),
        ("RANGPUR POLICE SAY AT LEAST NINE PEOPLE KILLED IN DHAKA PROTEST", "Rangpur Police"),
    ],
)
def test_what_a_speaker_is_called(text: str, name: str) -> None:
    assert _last(text).name == name


def test_spellings_of_one_surname_are_one_actor() -> None:
    text = "KYIV - President Petrenkiy said Russia had lied. President Petrenky said more talks would follow."
    first, second = _speakers(text)
    assert first is not None
    assert first == second


def test_he_is_the_official_of_whom_the_sentence_before_told() -> None:
    text = (
        "TRIPOLI - The interior minister was in Rome on Monday. He told reporters that the coast guard had opened fire."
    )
    assert _last(text).name.startswith("Interior Minister")


@pytest.mark.parametrize(
    ("text", "country"),
    [
        (
            "KYIV - Moscow denies hitting civilians. Ukraine's air force said it had shot down nine drones, "
            "and a general staff spokesman said two jets were lost.",
            "UA",
        ),
        ("SANAA - The rebel-run health ministry said 31 people had died.", None),
        ("ADDIS ABABA - The bloc's envoy Tendai Moyo said talks would resume in Ethiopia.", None),
    ],
)
def test_who_speaks_first_in_the_sentence_and_whose_body_is_disputed(text: str, country: str | None) -> None:
    assert _last(text).country == country


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("ADEN - The Southern Dunes Front said it had fired the rockets.", "armed_group"),
        ("PARIS - The group Open Borders Watch said nine boats had sunk.", "ngo"),
        ("BELEM - The fire brigade said 17 people were dead.", "government"),
        ("LYON - A police source said two men were held.", "other"),
    ],
)
def test_what_kind_of_actor_speaks(text: str, kind: str) -> None:
    assert _last(text).type == kind
