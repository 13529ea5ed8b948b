"""A claim's line is read as it was said, never as its contrary."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.extract.pipeline import summarise
from bot.model.report import Report
from bot.model.summary import Claim
from bot.model.wording import speaker_words, stance_words, told_words


def _line(text: str) -> str:
    claims = summarise(Report(id="r", text=text)).claims
    return told_words(text, claims[-1])


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("The army said ten people died.", "ten people died"),
        ("The army denied that it had fired.", "it had fired"),
        ("The mayor blamed the gas company for the blast.", "the gas company for the blast"),
        ("The rebels showed a film. The army called the film fabricated.", "called the film fabricated"),
        ("The African Union condemned the attack.", "condemned the attack"),
        ("Peru accused Chilean troops of shelling the town.", "Chilean troops of shelling the town"),
        ("Rebels said the army burned the mill. The army said the claims were false.", "said the claims were false"),
        ("Ten people died, the ministry said.", "Ten people died"),
    ],
)
def test_the_words_that_mark_a_claim_are_told_where_it_would_be_misread_without(text: str, words: str) -> None:
    assert _line(text) == words


spans = st.tuples(st.integers(0, 30), st.integers(1, 12)).map(lambda pair: (pair[0], pair[0] + pair[1]))


@given(st.text(min_size=45, max_size=60), st.lists(spans, min_size=1, max_size=3), st.lists(spans, max_size=2))
def test_every_word_told_is_a_word_of_the_text(
    text: str, content: list[tuple[int, int]], cue: list[tuple[int, int]]
) -> None:
    claim = Claim(
        id="c1", speaker=None, source=(), cue=tuple(sorted(cue)), content=tuple(sorted(content)), stance="denies",
        sentence=(0, len(text)),
    )  # fmt: skip
    told = told_words(text, claim)
    assert "\n" not in told
    assert set(re.findall(r"\w", told)) <= set(re.findall(r"\w", text))


@pytest.mark.parametrize(
    ("text", "speaker"),
    [
        ("France, Germany and Britain condemned the attack.", "France, Germany and Britain"),
        ("President Ruiz and Chancellor Merz said they would send more aid.", "President Ruiz and Chancellor Merz"),
        ("A truce begins on Monday, both sides said.", "Both sides"),
        ("The army said ten people died.", "Army"),
    ],
)
def test_several_who_say_it_together_are_all_named(text: str, speaker: str) -> None:
    summary = summarise(Report(id="r", text=text))
    assert speaker_words(text, summary.actors, summary.claims[0]) == speaker


@pytest.mark.parametrize(
    ("speaker", "verb"),
    [
        ("Rebels", " deny"), ("Doctors at the clinic", " deny"), ("Police in Tarn", " deny"), ("Two officials", " deny"),
        ("Hamas", " denies"), ("Reuters", " denies"), ("United Nations", " denies"), ("Boris Kas", " denies"),
        ("Ministry of Health and Social Affairs", " denies"), ("Kestria MoD", " denies"),
    ],
)  # fmt: skip
def test_several_deny_and_one_denies(speaker: str, verb: str) -> None:
    assert stance_words("", Claim(id="c1", content=((0, 0),), sentence=(0, 0), stance="denies"), speaker) == verb
