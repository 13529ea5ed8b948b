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
        ("who denies the shelling?", "claims", {"about": "the shelling", "status": "denied"}),
        ("What did Baku say?", "actor", {"name": "Baku"}),
        ("latest on Derna", "latest", {"topic": "Derna"}),
        ("sources for KAR-0001", "evidence", {"id": "KAR-0001"}),
    ],
)
def test_plain_questions_are_understood_in_direct_messages(question: str, verb: str, options: dict[str, str]) -> None:
    command = parse(question, direct=True)
    assert (command.verb, command.options) == (verb, options)


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
