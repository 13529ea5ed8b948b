"""What people get when they ask, through the desk's one door."""

from __future__ import annotations

import json

import msgspec
import pytest

from bot.intake import file_reports
from bot.model.command import Asker
from bot.model.errors import WorkError
from bot.queries.cards import short_name, toll_words
from bot.queries.desk import Desk
from bot.store import events
from bot.store.engine import Store
from tests.events.accounts import plain
from tests.events.test_disputes import accusing, denying
from tests.samples import NOW, TERMINAL, clock, filled_store, sample, sample_desk, understand, words_of

MANAGER = Asker(platform="discord", tenant="discord:1", user="u1", channel="c1", may_manage=True)
VISITOR = msgspec.structs.replace(MANAGER, user="u2", may_manage=False)


@pytest.fixture(scope="module")
def store() -> Store:
    return filled_store()


@pytest.fixture
def desk(store: Store) -> Desk:
    return sample_desk(store)


@pytest.fixture
def own() -> Store:
    """A store that a test may change."""
    return filled_store()


LOOK_UPS = (
    "latest", "search query:hospital", "report karabakh-1", "event karabakh", "claims karabakh", "toll karabakh",
    "toll karabakh view:by-source", "toll karabakh view:timeline", "actor Baku", "compare karabakh", "timeline karabakh",
    "corrections", "evidence karabakh-1", "export karabakh", "about", "help",
)  # fmt: skip


@pytest.mark.parametrize("words", LOOK_UPS)
async def test_every_look_up_answers_with_its_time_and_sources(desk: Desk, words: str) -> None:
    card = await desk.ask(words, TERMINAL)
    assert card.kind not in ("error", "empty"), card
    assert card.as_of is not None
    if words not in ("corrections", "about", "help"):
        assert card.sources


@pytest.mark.parametrize("words", LOOK_UPS[:-2])
async def test_every_line_of_facts_leads_to_its_evidence(desk: Desk, words: str) -> None:
    card = await desk.ask(words, TERMINAL)
    for section in card.sections:
        for line in section.lines:
            assert line.refs, line
            report_id, _, field = line.refs[0].partition("#")
            _, summary = sample(report_id)
            ids = {x.id for x in (*summary.claims, *summary.casualties, *summary.actors)}
            assert not field or field in ids


@pytest.mark.parametrize(
    "words",
    [
        "latest count:0", "latest count:many", "search status:maybe", "search country:Atlantis", "search from:yesterdayish",
        "report karabakh-1 detail:all", "claims status:odd", "toll karabakh view:pie", "toll karabakh group:cats",
        "actor", "compare karabakh side_a:Mars", "export karabakh format:exe", "toll karabakh veiw:now", "about x",
    ],
)  # fmt: skip
async def test_a_wrong_option_is_told_with_what_would_be_right(desk: Desk, words: str) -> None:
    card = await desk.ask(words, TERMINAL)
    assert card.kind == "error"
    assert card.lead or card.actions


async def test_searching_by_country_takes_names_capitals_and_codes(desk: Desk) -> None:
    found = {
        words: (await desk.ask(f"search country:{words}", TERMINAL)).sources for words in ("Armenia", "AM", "armenian")
    }
    assert found["Armenia"] and len(set(found.values())) == 1


async def test_a_search_turns_its_pages_without_losing_its_words(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.queries.news.PAGE", 2)
    first = await desk.ask("search country:AZ", TERMINAL)
    assert first.page == 1 and first.next_page
    second = await desk.ask(first.next_page, TERMINAL)
    assert second.page == 2 and second.previous_page
    assert not {s.report_id for s in first.sources} & {s.report_id for s in second.sources}


async def test_the_latest_are_the_newest_and_as_many_as_asked(desk: Desk) -> None:
    card = await desk.ask("latest count:3", TERMINAL)
    times = [source.at for source in card.sources]
    assert len(times) == 3 and times == sorted(times, reverse=True)
    on_karabakh = await desk.ask("latest on Karabakh", TERMINAL)
    assert on_karabakh.sources[0].report_id.startswith("karabakh")


async def test_a_report_as_json_is_the_contracts_summary(desk: Desk) -> None:
    card = await desk.ask("report karabakh-1 detail:json", TERMINAL)
    assert card.file is not None
    assert msgspec.json.decode(card.file.content, type=type(sample("karabakh-1")[1])) == sample("karabakh-1")[1]


async def test_evidence_is_the_sentence_as_it_stands(desk: Desk) -> None:
    report, summary = sample("karabakh-1")
    card = await desk.ask("evidence karabakh-1 field:k1", TERMINAL)
    (line,) = card.sections[0].lines
    start, end = summary.casualties[0].sentence
    assert (line.text, line.quote) == (report.text[start:end], True)
    assert f"characters {start}–{end}" in line.note


async def test_all_of_a_speakers_latest_figures_are_shown_and_none_is_a_sum(desk: Desk, store: Store) -> None:
    card = await desk.ask("toll karabakh", TERMINAL)
    event = store.read_now(events.event_of, "karabakh-3")
    assert event is not None
    series = {f"{entry.report}#{entry.casualty}": entry for entry in event.tolls}
    shown = {line.refs[0]: line.text for line in card.sections[0].lines}
    assert {ref for ref in series if ref.startswith("karabakh-3#")} <= set(shown)
    for ref, text in shown.items():
        assert text.removeprefix("incl. ").startswith(toll_words(series[ref]))
        figure = next(k for k in sample(ref.split("#")[0])[1].casualties if k.id == ref.split("#")[1])
        assert (figure.min, figure.max) == (series[ref].min, series[ref].max)
    assert "never added" in card.footer


async def test_independent_origins_that_differ_are_told_as_a_range_with_both_sources(desk: Desk) -> None:
    card = await desk.ask("toll karabakh", TERMINAL)
    ranges = next(section for section in card.sections if section.heading == "Range over independent origins")
    assert ranges.lines
    for line in ranges.lines:
        assert line.text.count("according to") + line.text.count("own account") == 2
        assert len({ref.split("#")[0] for ref in line.refs}) == 2


async def test_a_group_narrows_every_view_of_the_toll(desk: Desk) -> None:
    for view in ("now", "by-source", "timeline"):
        card = await desk.ask(f"toll karabakh group:children view:{view}", TERMINAL)
        lines = [line for section in card.sections for line in section.lines]
        assert lines and all("child" in line.text for line in lines)


async def test_the_toll_over_time_comes_with_a_picture_that_words_describe(desk: Desk) -> None:
    card = await desk.ask("toll karabakh view:timeline", TERMINAL)
    assert card.picture is not None and card.picture.content.startswith(b"\x89PNG")
    assert "at least 5 killed" in card.picture.alt


async def test_where_the_picture_cannot_be_drawn_the_list_stands_and_says_so(store: Store) -> None:
    async def overrun(*args: object) -> None:
        raise WorkError("took too long")

    desk = Desk(store, clock=clock, understand=understand, draw=overrun)
    card = await desk.ask("toll karabakh view:timeline", TERMINAL)
    assert card.picture is None and card.sections[0].lines
    assert "could not be drawn" in card.footer


async def test_comparing_sets_the_sides_that_dispute_each_other_side_by_side(desk: Desk) -> None:
    card = await desk.ask("compare karabakh", TERMINAL)
    assert {section.heading for section in card.sections} == {"Azerbaijan", "Armenia"}
    chosen = await desk.ask("compare karabakh side_a:Yerevan side_b:Russia", TERMINAL)
    assert [section.heading for section in chosen.sections] == ["Armenia", "Russia"]


async def test_an_actor_in_an_event_is_told_from_that_events_reports_alone(desk: Desk) -> None:
    card = await desk.ask("actor name:Israel event:ahli", TERMINAL)
    assert {source.report_id for source in card.sources} == {"ahli-1", "ahli-2"}
    assert (await desk.ask("actor name:Israel event:karabakh", TERMINAL)).kind == "empty"


async def test_claims_are_narrowed_by_speaker_and_status(desk: Desk) -> None:
    card = await desk.ask("claims karabakh by:Armenia status:denied", TERMINAL)
    lines = card.sections[0].lines
    denials = [line.text for line in lines if not line.level]
    assert denials and all("Armenia" in text and "denies" in text for text in denials)
    assert {line.text.partition(" ")[0] for line in lines if line.level} == {"Azerbaijan"}, "whom they answer"


async def test_the_ledger_names_who_disputes_a_claim_in_another_report() -> None:
    store = Store("sqlite://")
    store.migrate()
    store.write_now(file_reports, [accusing(), denying()], now=NOW)
    card = await sample_desk(store).ask("claims r1 by:Kestria", TERMINAL)
    notes = {line.refs[0]: line.note for line in card.sections[0].lines}
    assert notes["r1#c1"] == "⟂ denied by Osmia"
    disputed = await sample_desk(store).ask("claims r1 status:disputed", TERMINAL)
    assert {"r1#c1", "r1#c2", "r2#c1", "r2#c2"} <= {line.refs[0] for line in disputed.sections[0].lines}
    store.close()


@pytest.mark.parametrize("form", ["json", "csv", "md"])
async def test_an_event_is_exported_as_a_file(desk: Desk, form: str) -> None:
    card = await desk.ask(f"export karabakh format:{form}", TERMINAL)
    assert card.file is not None and card.file.name.endswith(f".{form}")
    text = card.file.content.decode()
    assert "karabakh-3" in text
    if form == "json":
        assert {entry["report"]["id"] for entry in json.loads(text)["reports"]} == {
            f"karabakh-{n}" for n in range(1, 5)
        }


async def test_nothing_found_offers_what_there_is(desk: Desk) -> None:
    for words in ("event atlantis", "toll atlantis", "report nosuch", "latest on atlantis", "search query:atlantis"):
        card = await desk.ask(words, TERMINAL)
        assert card.kind == "empty" and ("atlantis" in card.title or "nosuch" in card.title)
        assert card.actions
        assert (await desk.ask(card.actions[0].command, TERMINAL)).kind == "event"


async def test_suggestions_fit_what_a_platform_takes(desk: Desk) -> None:
    for kind, typed in (
        ("event", "kara"),
        ("actor", "arm"),
        ("source", "sample"),
        ("feed", ""),
        ("zone", "europe"),
        ("odd", "x"),
    ):
        found = await desk.suggest(kind, typed, TERMINAL)
        assert len(found) <= 25
        assert all(0 < len(label) <= 100 and len(value) <= 100 for label, value in found)
    assert (await desk.suggest("event", "kara", TERMINAL))[0][1].startswith("KAR-")
    assert ("Europe/London", "Europe/London") in await desk.suggest("zone", "london", TERMINAL)


async def test_a_message_is_read_without_being_kept(own: Store) -> None:
    desk = sample_desk(own)
    text = "The governor of Kherson said 4 people had been killed. Moscow denied that it had shelled the town."
    claims = await desk.read_text(text, "claims", VISITOR)
    assert "Kherson" in words_of(claims) and "4 people" in words_of(claims)
    evidence = await desk.read_text(text, "evidence", VISITOR)
    assert all(line.text in text for section in evidence.sections for line in section.lines)
    assert (await desk.read_text("Good morning to all of you.", "claims", VISITOR)).kind == "empty"
    assert "message" not in {s.report_id for s in (await desk.ask("latest count:10", VISITOR)).sources}


async def test_a_capital_or_an_adjective_stands_for_its_state_in_every_option(desk: Desk) -> None:
    for words in ("search actor:{} query:shelling", "claims karabakh by:{}", "actor {}", "compare karabakh side_a:{}"):
        answers = [await desk.ask(words.format(name), TERMINAL) for name in ("Azerbaijan", "Baku", "Azeri")]
        assert answers[0].kind not in ("empty", "error")
        assert len({answer.sections for answer in answers}) == 1, words


async def test_a_body_of_which_nobody_says_whose_it_is_speaks_for_no_state(desk: Desk) -> None:
    card = await desk.ask("compare ahli side_a:Israel", TERMINAL)
    israel = next(section for section in card.sections if section.heading == "Israel")
    assert israel.lines and not [line for line in israel.lines if line.text.startswith("Ministry of Health")]
    said = words_of(await desk.ask("claims ahli by:Israel", TERMINAL))
    assert "Ministry of Health:" not in said and "Ministry of Health accuses" not in said


async def test_claims_about_a_thing_are_those_that_name_it_or_answer_one_that_does(desk: Desk) -> None:
    card = await desk.ask("who denies the shelling?", msgspec.structs.replace(TERMINAL, direct=True))
    lines = [line.text for section in card.sections for line in section.lines if not line.level]
    assert lines and all(text.startswith("Armenia MoD denies") for text in lines)
    nothing = await desk.ask("claims karabakh about:dolphins", TERMINAL)
    assert "dolphins" in nothing.lead and nothing.kind == "claims"


async def test_an_event_is_found_by_words_of_its_reports_and_without_small_words(desk: Desk) -> None:
    for words in ("toll the shelling in Stepanakert", "toll of Stepanakert", "event ombudsman"):
        assert (await desk.ask(words, TERMINAL)).tag.startswith("KAR-"), words


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        ("toll karabak", "event KAR-"),
        ('search shelling source:"Sample Wirre"', 'search source:"Sample Wire" query:shelling'),
        ("search shelling actor:Azerbaijn", "query:shelling"),
        ("search shelling status:acknowledged", "search query:shelling"),
        ("search hospital actor:Armenia", "search query:hospital"),
    ],
)
async def test_nothing_found_says_all_that_was_searched_and_offers_the_nearest(
    desk: Desk, words: str, offered: str
) -> None:
    card = await desk.ask(words, TERMINAL)
    assert card.kind == "empty"
    given = words.replace('"', "").replace(":", " ").split()[1:]
    assert all(word in card.title for word in given if word not in ("source", "actor", "status")), card.title
    commands = [line.command for section in card.sections for line in section.lines]
    assert any(offered in command for command in commands)
    for command in commands:
        assert (await desk.ask(command, TERMINAL)).kind not in ("empty", "error"), command


async def test_a_full_report_leaves_nothing_out(desk: Desk) -> None:
    _, summary = sample("karabakh-2")
    card = await desk.ask("report karabakh-2 detail:full", TERMINAL)
    sections = (*card.sections, *card.overflow)
    refs = {ref.partition("#")[2] for section in sections for line in section.lines for ref in line.refs}
    figures = {f.id for f in summary.casualties if f.scope != "historical"}
    assert refs >= {x.id for x in (*summary.actors, *summary.claims)} | figures
    assert not any(section.left_out for section in sections)


async def test_the_evidence_of_an_event_is_that_of_all_its_reports_page_by_page(desk: Desk, store: Store) -> None:
    event = store.read_now(events.event_of, "karabakh-1")
    assert event is not None
    refs: list[str] = []
    command = f"sources for {event.id}"
    while command:
        card = await desk.ask(command, msgspec.structs.replace(TERMINAL, direct=True))
        refs += [line.refs[0] for section in card.sections for line in section.lines if line.quote]
        assert {r.partition("#")[0] for r in refs} >= {source.report_id for source in card.sources}
        command = card.next_page
    wanted = {f"{r}#{x.id}" for r in event.reports for x in (*sample(r)[1].claims, *sample(r)[1].casualties)}
    assert set(refs) == wanted and len(refs) == len(wanted)


async def test_evidence_says_where_a_text_stands_and_when_it_was_published_if_it_was_not_fetched(desk: Desk) -> None:
    report, _ = sample("karabakh-1")
    card = await desk.ask("evidence karabakh-1", TERMINAL)
    (fetched,) = [line for section in card.sections for line in section.lines if not line.quote]
    assert (fetched.text, fetched.at) == ("Published", report.published_at) and fetched.url == report.url


async def test_an_actor_is_told_with_its_names_and_roles(desk: Desk) -> None:
    card = await desk.ask("actor Baku", TERMINAL)
    known = next(section for section in card.sections if section.heading == "Known as")
    assert any("called “Baku”" in line.note and "roles: speaker" in line.note for line in known.lines)


async def test_figures_by_source_stand_under_their_source(desk: Desk, store: Store) -> None:
    event = store.read_now(events.event_of, "karabakh-3")
    card = await desk.ask("toll karabakh view:by-source", TERMINAL)
    shown = {line.refs[0]: section.heading for section in card.sections for line in section.lines}
    assert event is not None and len(shown) == len(event.tolls)
    for entry in event.tolls:
        assert shown[f"{entry.report}#{entry.casualty}"] == (
            short_name(entry.speaker) if entry.speaker else entry.outlet
        )


async def test_suggestions_have_the_best_first(desk: Desk) -> None:
    actors = [value for _, value in await desk.suggest("actor", "arm", TERMINAL)]
    assert actors[0].startswith("Arm") and any(not name.startswith("Arm") for name in actors)
    starts = [name.startswith("Arm") for name in actors]
    assert starts == sorted(starts, reverse=True)
    assert (await desk.suggest("event", "gaza hosp", TERMINAL))[0][1].startswith("GAZ-")
    assert [value for _, value in await desk.suggest("source", "wire", TERMINAL)] == ["Sample Wire"]
    assert await desk.suggest("actor", "(*", TERMINAL) == ()


async def test_another_body_of_the_same_office_is_not_offered_for_one_that_is_not_known(
    desk: Desk, store: Store
) -> None:
    told = plain(["Shells hit the depot in Marrak, the Ministry of Defence of Armenia said."], "depot")
    store.write_now(file_reports, told, now=NOW)
    unknown = await desk.ask('actor "Ministry of Defence of Zanzibar"', TERMINAL)
    assert "Did you mean Ministry of Defence of Armenia" not in str(unknown)
    misspelt = await desk.ask('actor "Ministry of Defence of Armennia"', TERMINAL)
    assert "Did you mean Ministry of Defence of Armenia" in str(misspelt)


async def test_help_on_one_command_tells_what_its_options_take() -> None:
    card = await sample_desk().ask("help toll", TERMINAL)
    taken = next(section for section in card.sections if section.heading == "What its options take")
    assert [line.text for line in taken.lines] == [
        "view: now · by-source · timeline",
        "group: all · civilians · children · military",
        "page: 1 to 100",
    ]


async def test_evidence_of_a_field_that_a_report_has_not_tells_which_it_has(desk: Desk) -> None:
    card = await desk.ask("evidence ahli-1 field:zz", TERMINAL)
    assert card.kind == "error" and "c1, c2" in card.lead and "k1" in card.lead


async def test_two_sides_are_compared_where_both_of_them_speak(desk: Desk) -> None:
    named = await desk.ask("compare karabakh side_a:Yerevan side_b:Baku", TERMINAL)
    found = await desk.ask("compare side_a:Yerevan side_b:Baku", TERMINAL)
    assert found.kind == "compare" and found.tag == named.tag
