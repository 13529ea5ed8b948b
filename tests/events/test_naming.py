"""An event's id names its place, or what its title names; never a day, never who speaks."""

from __future__ import annotations

import pytest

from bot.events.naming import event_id


@pytest.mark.parametrize(
    ("place", "title", "letters"),
    [
        ("Karabakh", "Shelling on Wednesday", "KAR"),
        ("", "A bomb exploded in a Pakistani station on Wednesday", "PAK"),
        ("", "A bridge fell near Lodz in September, according to Bartholomew Featherstone", "LOD"),
        ("", "Featherstone denies: troops had entered Lodz", "LOD"),
        ("", "Lodz: a bridge fell", "LOD"),
        ("", "", "EVT"),
    ],
)
def test_an_id_is_of_the_place(place: str, title: str, letters: str) -> None:
    assert event_id(place, title, 7) == f"{letters}-0007"
