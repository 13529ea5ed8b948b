"""Cards tell who says what; a claim is never shown as a fact, a casualty never as a death."""

from __future__ import annotations

import pytest

from bot.extract.pipeline import summarise
from bot.model.card import MAX_CASUALTY_LINES, MAX_CLAIMS, MAX_VISIBLE_CHARACTERS, Card
from bot.model.report import Report
from bot.queries.cards import report_card, visible_length
from tests.samples import NOW, TERMINAL, sample, sample_desk, told

DESK = sample_desk()


def card_of(text: str) -> Card:
    report = Report(id="r", text=text, title=None, outlet="Sample Wire", published_at=NOW)
    return report_card(report, summarise(report))


def lines_of(card: Card, heading: str) -> list[str]:
    return [
        f"{line.text} | {line.note}"
        for s in (*card.sections, *card.overflow)
        if heading in s.heading
        for line in s.lines
    ]


def test_casualties_are_never_shown_as_deaths() -> None:
    card = card_of("Armenian officials said that 13 civilians were among the casualties, including 9 children.")
    lines = lines_of(card, "Casualties")
    assert lines[0] == "13 civilians — killed or injured, not separated | according to Armenian officials"
    assert lines[1].startswith("incl. 9 children")
    assert not any("killed |" in line for line in lines)


def test_a_denied_figure_is_not_shown_as_given_by_who_denies_it() -> None:
    card = card_of("A spokesman for the Libyan Red Crescent denied that 11,300 people had been killed in the flood.")
    assert all("according to" not in line for line in lines_of(card, "Casualties"))


@pytest.mark.parametrize("preset", ["brief", "standard", "full"])
def test_a_card_keeps_its_size_and_drops_nothing(preset: str) -> None:
    for report, summary in told():
        card = report_card(report, summary, preset=preset)
        assert visible_length(card) <= MAX_VISIBLE_CHARACTERS
        shown = {ref for s in (*card.sections, *card.overflow) for line in s.lines for ref in line.refs}
        assert {f"{report.id}#{claim.id}" for claim in summary.claims} <= shown
        on_card = {s.heading: len(s.lines) for s in card.sections}
        assert on_card.get("Claims", 0) <= MAX_CLAIMS and on_card.get("Casualties", 0) <= MAX_CASUALTY_LINES


def test_every_line_of_facts_has_its_evidence() -> None:
    for report, summary in told():
        for section in report_card(report, summary).sections:
            assert all(line.refs for line in section.lines)


async def test_a_dispute_in_an_event_never_shows_a_denial_without_its_word() -> None:
    card = await DESK.ask("event karabakh", TERMINAL)
    (accounts,) = [s for s in card.sections if s.heading == "Where the accounts stand"]
    assert accounts.lines
    for line in accounts.lines:
        assert "denies" in line.text + line.note or "disputed" in line.note or "⟂" in line.note
        for part in (line.text, line.note):
            if "Armenia MoD" in part:
                assert "denies" in part


async def test_tolls_stand_apart_by_source_and_are_never_added() -> None:
    card = await DESK.ask("toll gaza", TERMINAL)
    words = [f"{line.text} {line.note}" for s in card.sections for line in s.lines]
    assert any("471 killed · corrected downwards according to Ministry of Health" in w for w in words)
    assert any("between 100 and 300 killed according to American officials" in w for w in words)
    assert not any("971" in w for w in words)
    assert "never added" in card.footer


async def test_the_same_question_gives_the_same_facts_at_every_door() -> None:
    from dataclasses import replace  # noqa: F401 - the asker is a struct, copied below

    import msgspec

    for words in ("report karabakh-1", "toll gaza", "claims quake", "timeline karabakh"):
        cards = [
            await DESK.ask(words, msgspec.structs.replace(TERMINAL, platform=platform))
            for platform in ("terminal", "discord", "slack")
        ]
        refs = [[line.refs for s in card.sections for line in s.lines] for card in cards]
        assert refs[0] == refs[1] == refs[2]


async def test_another_tenants_report_is_not_found() -> None:
    from tests.samples import filled_store

    desk = sample_desk(filled_store(tenant="slack:T1"))
    import msgspec

    mine = await desk.ask("report ahli-1", msgspec.structs.replace(TERMINAL, tenant="slack:T1"))
    theirs = await desk.ask("report ahli-1", msgspec.structs.replace(TERMINAL, tenant="slack:T2"))
    assert mine.kind == "report" and theirs.kind == "empty"


def test_a_report_in_another_language_says_so_and_extracts_nothing() -> None:
    text = "Der Gouverneur der Region sagte am Dienstag, dass mindestens vier Menschen bei dem Angriff getötet worden seien und dass die Zahl noch steigen werde."
    card = card_of(text)
    assert "not in English (de)" in card.lead
    assert not card.sections


def test_the_sample_of_the_product_says_nothing_but_what_is_said() -> None:
    report, summary = sample("karabakh-1")
    words = str(report_card(report, summary))
    assert "killed" not in words


def test_who_denies_a_deed_denies_none_of_its_dead() -> None:
    card = card_of("The group denied carrying out Monday's bombing at a mosque in Tarn that killed 101 people.")
    figures = next(section for section in card.sections if section.heading == "Casualties")
    assert [(line.text, line.note) for line in figures.lines] == [("101 people — killed", "Sample Wire's own account")]
