"""One grammar: words, options, questions; nothing is guessed, nothing is code."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.model.command import Asker, Command
from bot.model.errors import CommandError
from bot.queries.grammar import VERBS, parse, words_of
from tests.samples import TERMINAL, sample_desk


@pytest.mark.parametrize(
    ("words", "verb", "options"),
    [
        ("toll karabakh view:timeline", "toll", {"event": "karabakh", "view": "timeline"}),
        ("/news toll KAR-0142", "toll", {"event": "KAR-0142"}),
        (
            'search "power plant" actor:Armenia status:denied',
            "search",
            {"query": "power plant", "actor": "Armenia", "status": "denied"},
        ),
        ("evidence https://e.org/a", "evidence", {"id": "https://e.org/a"}),
        ("", "help", {}),
    ],
)
def test_words_become_a_command(words: str, verb: str, options: dict[str, str]) -> None:
    command = parse(words)
    assert (command.verb, command.options) == (verb, options)


@pytest.mark.parametrize(
    ("question", "verb", "options"),
    [
        ("How many people were killed in Karabakh?", "toll", {"event": "Karabakh"}),
        ("who denies the shelling?", "claims", {"about": "shelling", "status": "denied"}),
        ("how many children died in Karabakh?", "toll", {"event": "Karabakh", "group": "children"}),
        ("Can you tell me how many people have been killed and injured in Gaza so far?", "toll", {"event": "Gaza"}),
        ("how many people did the earthquake kill", "toll", {"event": "earthquake"}),
        ("was anyone hurt in Derna?", "toll", {"event": "Derna"}),
        ("were there any civilian casualties in Derna?", "toll", {"event": "Derna", "group": "civilians"}),
        ("what's the death toll of the quake?", "toll", {"event": "quake"}),
        (
            "has anyone denied the shelling in Karabakh?",
            "claims",
            {"about": "shelling in Karabakh", "status": "denied"},
        ),
        ("did Armenia deny shelling?", "claims", {"by": "Armenia", "about": "shelling", "status": "denied"}),
        ("has Baku admitted the strike", "claims", {"by": "Baku", "about": "strike", "status": "acknowledged"}),
        ("is the strike disputed?", "claims", {"about": "strike", "status": "disputed"}),
        ("is it true that the bridge fell?", "claims", {"about": "bridge fell"}),
        ("who said what about Gaza", "claims", {"event": "Gaza"}),
        ("who was killed in Quetta?", "toll", {"event": "Quetta"}),
        ("how many are still missing in Basilan?", "toll", {"event": "Basilan"}),
        ("tell me about Sudan", "latest", {"topic": "Sudan"}),
        ("news about Gaza", "latest", {"topic": "Gaza"}),
        ("news from Gaza", "latest", {"topic": "Gaza"}),
        ("KAR-0142", "event", {"event": "KAR-0142"}),
        ("who blames Israel for the blast?", "claims", {"status": "accused", "about": "Israel", "event": "blast"}),
        ("what did Azerbaijan say about the operation?", "claims", {"by": "Azerbaijan", "about": "operation"}),
        ("what does Hamas claim?", "actor", {"name": "Hamas"}),
        ("who is Nikol Pashinyan?", "actor", {"name": "Nikol Pashinyan"}),
        ("latest news about Gaza", "latest", {"topic": "Gaza"}),
        ("what's new in Gaza?", "latest", {"topic": "Gaza"}),
        ("What is going on in Sudan right now?", "latest", {"topic": "Sudan"}),
        ("what happened in Derna", "latest", {"topic": "Derna"}),
        ("compare Israel and Hamas in Gaza", "compare", {"side_a": "Israel", "side_b": "Hamas", "event": "Gaza"}),
        ("show me the timeline of Gaza", "timeline", {"event": "Gaza"}),
        ("what changed in Gaza since 2d", "timeline", {"event": "Gaza", "from": "2d"}),
        ("what was corrected since 2024-06-01?", "corrections", {"since": "2024-06-01"}),
        ("which outlets reported the quake?", "event", {"event": "quake"}),
        ("what can you do?", "help", {}),
        ("what are you?", "about", {}),
        ("What did Baku say?", "actor", {"name": "Baku"}),
        ("latest on Derna", "latest", {"topic": "Derna"}),
        ("sources for KAR-0001", "evidence", {"id": "KAR-0001"}),
    ],
)
def test_plain_questions_are_understood_in_direct_messages(question: str, verb: str, options: dict[str, str]) -> None:
    command = parse(question, direct=True)
    assert (command.verb, command.options) == (verb, options)


@pytest.mark.parametrize(
    ("question", "offered"),
    [
        ("when did it start?", "timeline"),
        ("why did they attack?", "claims"),
        ("will there be a ceasefire?", "latest"),
        ("where is the front line", "search"),
        ("how many died there?", "latest"),
        ("who denies that?", "latest"),
        ("what did they say?", "latest"),
    ],
)
def test_what_is_only_pointed_at_or_not_reported_is_refused_with_what_can_be_asked(question: str, offered: str) -> None:
    with pytest.raises(CommandError) as caught:
        parse(question, direct=True)
    assert offered in caught.value.suggestions
    assert all(parse(suggestion) for suggestion in caught.value.suggestions)


def test_a_mistyped_command_is_offered_with_the_words_that_stood_behind_it() -> None:
    with pytest.raises(CommandError) as caught:
        parse("tol karabakh view:timeline")
    assert caught.value.suggestions[0] == "toll karabakh view:timeline"
    with pytest.raises(CommandError) as twice:
        parse("wath add actor:Russia")
    assert twice.value.suggestions[0] == "watch add actor:Russia"


def test_a_sentence_is_offered_no_command_that_happens_to_look_like_it() -> None:
    with pytest.raises(CommandError) as caught:
        parse("was the ferry overloaded", direct=True)
    assert caught.value.suggestions == ("search was the ferry overloaded", "latest", "help")


def test_a_filters_own_facts_are_its_words() -> None:
    command = parse("channel setup country:AM AND (status:denied OR killed>=10) format:brief")
    assert command.options == {"preset": "country:AM AND (status:denied OR killed>=10)", "format": "brief"}


@pytest.mark.parametrize("words", ["tol karabakh", "feeds ad x", "make me a sandwich", "toll karabakh vieww:now"])
def test_an_unknown_word_is_answered_with_the_nearest_and_never_with_a_guess(words: str) -> None:
    with pytest.raises(CommandError) as caught:
        parse(words)
    assert caught.value.suggestions
    assert all(parse(suggestion) for suggestion in caught.value.suggestions)


@given(
    st.sampled_from([(root, verb) for root, verbs in VERBS.items() for verb in verbs]),
    st.text(alphabet="abc -:", min_size=1, max_size=12),
)
def test_what_a_button_carries_gives_the_same_command_again(what: tuple[str, str], value: str) -> None:
    root, verb = what
    options = VERBS[root][verb]
    wanted = {options[0]: " ".join(value.split())} if options and value.split() and '"' not in value else {}
    command = Command(root=root, verb=verb, options=wanted)
    assert parse(words_of(command)) == command


@settings(max_examples=60, deadline=None)
@given(
    words=st.one_of(
        st.text(max_size=80),
        st.sampled_from(
            [
                "search '; DROP TABLE reports; --",
                'search "*" OR words MATCH x',
                "search {0} {{}} %s",
                "report ../../etc/passwd",
                "search NEAR(a b)",
                "latest \x00",
            ]
        ),
    )
)
async def test_hostile_words_are_data(words: str) -> None:
    card = await DESK.ask(words, Asker(platform="slack", tenant="slack:T", user="U", direct=True))
    assert card.title
    assert "Traceback" not in card.lead


DESK = sample_desk()


async def test_an_empty_answer_says_what_was_searched_and_offers_what_exists() -> None:
    card = await DESK.ask("toll Atlantis", TERMINAL)
    assert card.kind == "empty" and "Atlantis" in card.title
    assert card.actions and all(parse(action.command) for action in card.actions)
