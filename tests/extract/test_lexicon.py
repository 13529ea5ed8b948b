"""The lexicon's files hold what the code takes them to hold."""

from __future__ import annotations

from typing import get_args

from bot.extract.gazetteer import gazetteer
from bot.extract.victim_heads import LEXICON
from bot.model.summary import ActorType, Group


def test_every_noun_for_people_has_a_group_of_the_contract() -> None:
    lines = [
        line.split("\t")
        for line in LEXICON.read_text(encoding="utf-8").splitlines()
        if line and not line.startswith("#")
    ]
    assert {group for group, _ in lines if group} <= set(get_args(Group))


def test_countries_and_bodies_are_found_by_all_their_names() -> None:
    names = gazetteer()
    for words, name, country in (
        ("Baku", "Azerbaijan", "AZ"),
        ("Azeri", "Azerbaijan", "AZ"),
        ("the Kremlin", "Kremlin", "RU"),
        ("AFP", "AFP", "FR"),
        ("RSF", "Rapid Support Forces", None),
    ):
        (hit,) = names.hits(words)
        assert (hit.name, hit.country) == (name, country)
        assert hit.type in get_args(ActorType)


def test_the_longest_name_wins() -> None:
    assert [hit.name for hit in gazetteer().hits("South Sudan and Sudan")] == ["South Sudan", "Sudan"]
