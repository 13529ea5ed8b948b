"""Answers about reports whose words are given: who blames, who denies, who speaks for whom."""

from __future__ import annotations

from datetime import timedelta

import msgspec

from bot.extract.pipeline import summarise
from bot.intake import file_reports
from bot.model.report import Report
from bot.queries.desk import Desk
from bot.store.engine import Store
from tests.samples import NOW, TERMINAL, sample_desk, words_of


def filed(*texts: str) -> Desk:
    """A desk over reports r1, r2, … of these texts, an hour apart, each by an outlet of its own."""
    store = Store("sqlite://")
    store.migrate()
    at = NOW - timedelta(days=1)
    reports = [
        Report(
            id=f"r{n}",
            text=text,
            outlet=f"Outlet {n}",
            published_at=at + timedelta(hours=n),
            fetched_at=at + timedelta(hours=n),
        )
        for n, text in enumerate(texts, 1)
    ]
    store.write_now(file_reports, [(report, summarise(report)) for report in reports], now=NOW)
    return sample_desk(store)


BLAMING = (
    "A drone hit a hospital in Kosti in Sudan on Monday. The health ministry blamed the Rapid Support Forces for the attack."
    " Ethiopia's prime minister Abiy Ahmed accused Egypt on Monday of arming the attackers. Six people were killed, the ministry said."
)
ANSWERING = (
    "The Rapid Support Forces denied on Monday that they had attacked the hospital in Kosti in Sudan with a drone."
    " The RSF accused the Sudanese army of the attack. Six people were killed, the ministry said."
)


async def test_who_blames_somebody_is_told_by_whichever_name_and_with_the_denial() -> None:
    desk, direct = filed(BLAMING, ANSWERING), msgspec.structs.replace(TERMINAL, direct=True)
    lines = (await desk.ask("who blames the RSF?", direct)).sections[0].lines
    assert [line.refs[0].partition("#")[0] for line in lines] == ["r1"]
    assert "Rapid Support Forces for the attack" in lines[0].text and "denied by Rapid Support Forces" in lines[0].note
    (of_egypt,) = (await desk.ask("who accuses Egypt?", direct)).sections[0].lines
    assert of_egypt.text.startswith("Abiy Ahmed accuses: Egypt ") and of_egypt.text.endswith("arming the attackers")
    assert (await desk.ask("who blames Ethiopia?", direct)).kind == "empty"


async def test_a_claim_that_a_reprint_tells_again_is_one_line_and_counted_once() -> None:
    desk = filed(ANSWERING, ANSWERING)
    lines = [line.text for line in (await desk.ask("claims Kosti", TERMINAL)).sections[0].lines]
    assert lines and len(set(lines)) == len(lines)
    said = await desk.ask("actor RSF", TERMINAL)
    assert "2 claims made" in said.subtitle, said.subtitle


async def test_a_spokesman_speaks_for_whom_he_is_introduced_as_speaking_for() -> None:
    desk = filed("Kremlin spokesman Pavel Orlov said a warehouse in Luhansk had been hit and two people killed.")
    for words in ("actor Kremlin", "claims by:Kremlin"):
        assert "Pavel Orlov: a warehouse" in words_of(await desk.ask(words, TERMINAL)), words


async def test_no_casualties_are_told_in_plain_words() -> None:
    desk = filed(
        "Azerbaijani forces shelled a village near Jermuk, Armenia's defence ministry said. No casualties were reported."
    )
    toll, report = await desk.ask("toll Jermuk", TERMINAL), await desk.ask("report r1", TERMINAL)
    assert [line.text for line in toll.sections[0].lines] == ["no casualties"]
    casualties = next(section for section in report.sections if section.heading == "Casualties")
    assert [line.text for line in casualties.lines] == ["no casualties reported"]


async def test_reports_that_belong_to_no_event_are_offered_where_an_event_is_asked_for() -> None:
    desk = filed("A bakery in Gyumri has opened a second shop, the owner said.")
    card = await desk.ask("toll Gyumri", TERMINAL)
    assert card.kind == "empty"
    (offer,) = [line for section in card.sections for line in section.lines if line.command.startswith("search")]
    assert (await desk.ask(offer.command, TERMINAL)).kind == "list"


async def test_a_denial_that_only_points_is_told_with_what_it_denies() -> None:
    desk = filed("Ukraine said Russian troops had shelled rescuers in Kherson on Tuesday. Russia denied it.")
    card = await desk.ask("claims r1 status:denied", TERMINAL)
    assert [(line.level, line.text, line.note) for line in card.sections[0].lines] == [
        (0, "Russia denies it", "⟂ contradicts Ukraine"),
        (1, "Ukraine: Russian troops had shelled rescuers in Kherson on Tuesday", ""),
    ]


async def test_words_that_several_events_share_offer_the_others() -> None:
    desk = filed(
        "A drone struck a grain store in Odesa, the mayor said. Two workers were killed. Russia denied the strike.",
        "A landslide near Quito buried a bus. Nine passengers died, the police said.",
        "A drone struck a school in Herat, the Taliban said. Five pupils were killed. Pakistan denied the strike.",
    )
    card = await desk.ask("toll drone", TERMINAL)
    assert "Herat" in card.title or "school" in card.title
    (others,) = (section for section in card.sections if section.heading == "Other events of these words")
    (line,) = others.lines
    assert line.command.startswith("toll ") and "Odesa" in line.text
    denials = await desk.ask("who denies the drone strike", TERMINAL)
    assert [s.heading for s in denials.sections] == ["Who says what", others.heading]
    again = await desk.ask(line.command, TERMINAL)
    assert again.tag != card.tag and all(section.heading != others.heading for section in again.sections)
