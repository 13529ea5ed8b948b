"""An answer in a sentence of its own is told by who gives it, and by nobody else."""

from __future__ import annotations

import pytest

from bot.extract.pipeline import summarise
from bot.model.report import Report


def _told(text: str) -> list[tuple[str, str, str]]:
    """Who tells what, and how it stands to what was told before, in order."""
    summary = summarise(Report(id="r", text=text))
    names = {actor.id: actor.name for actor in summary.actors}
    return [
        (names.get(c.speaker or "", ""), c.stance, " … ".join(text[a:b] for a, b in c.content)) for c in summary.claims
    ]


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("The town hall said the siren had sounded twice. Residents contested that: nobody had heard it.",
         ("Residents", "denies", "that … nobody had heard it")),
        ("The navy said the boat had rammed its cutter. The fishermen's union contested that.",
         ("Fishermen's union", "denies", "that")),
        ("The mayor alleged that a pilot had been drunk. The airline denied it outright.", ("Airline", "denies", "it")),
        ("Velania said its patrol had been fired upon. The rebels gave a different version: the patrol had fired first.",
         ("Rebels", "asserts", "the patrol had fired first")),
        ("The union blamed the ministry for the delay. The ministry shifted the blame: it was the police that had closed the road.",
         ("Ministry", "accuses", "it was the police that had closed the road")),
        ("The rebels announced that they had shot down a jet. The general staff laughed off the message.",
         ("General staff", "denies", "the message")),
    ],
)  # fmt: skip
def test_a_sentence_of_its_own_answers(text: str, answer: tuple[str, str, str]) -> None:
    first, second = _told(text)
    assert second == answer
    assert first[2] in text.split(". ")[0]


def test_what_follows_with_a_verb_of_saying_is_told_once() -> None:
    text = "The mayor said the bridge would hold. An engineer doubted it: the piers had cracked, he said."
    assert _told(text)[1:] == [("Engineer", "denies", "it"), ("Engineer", "asserts", "the piers had cracked")]


def test_a_quotation_after_the_colon_ends_with_its_last_sentence() -> None:
    text = 'The army said shots had been fired. A farmer saw it differently: "It was hail. Nobody fired." The mayor said that two sheep had died.'
    assert _told(text)[1:] == [
        ("Farmer", "denies", '"It was hail. Nobody fired."'),
        ("Mayor", "asserts", "two sheep had died"),
    ]


def test_a_verdict_alone_denies() -> None:
    text = (
        "The rebels said 300 soldiers had surrendered. “A fairy tale,” said the army’s spokesman, Captain Elias Brandt."
    )
    assert _told(text)[1][1] == "denies"


def test_who_stands_by_its_own_account_supports_nobody() -> None:
    text = "The foreign ministry in Arland rejected the accusation as baseless. Belland stood by its account."
    assert _told(text)[1][1] == "asserts"
