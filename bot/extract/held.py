"""An actor while its text is being read, and when a phrase names one that is held already."""

from __future__ import annotations

import re

import msgspec

from bot.extract.naming import Named
from bot.model.report import Span
from bot.model.summary import ActorType, Role

_SHORT = 4
"""Letters of a surname that is told apart from others letter by letter."""


class Held(msgspec.Struct):
    """An actor while the text is being read."""

    named: Named
    country: str | None
    mentions: list[Span]
    roles: set[Role]
    order: int


def _spelling(surname: str) -> str:
    """A surname, the same for the ways in which its ending is written: "-iy", "-yy", "-ij", "-y"."""
    return re.sub(r"(?:iy|yy|ij|yi|ii)$", "y", surname.casefold()) if len(surname) > _SHORT else surname.casefold()


def same(held: Held, named: Named, country: str | None, phrase: str) -> bool:
    """Whether a phrase names an actor that is held already."""
    known = held.named
    if known.key == named.key:
        return held.country is None or country is None or held.country == country
    if named.surname and known.surname:
        return _spelling(named.surname) == _spelling(known.surname)
    if (
        known.surname
        and len(phrase.split()) == 1
        and _spelling(known.surname) == _spelling(re.sub(r"^\W+|\W+$", "", phrase))
    ):
        return True
    if known.surname and re.sub(r"^\W+|\W+$", "", phrase) in known.name.split():
        return True
    definite = re.match(r"(?:the|its|this)\s", phrase, re.IGNORECASE)
    if definite and named.head in _HEADS_OF.get(known.type, ()) and len(phrase.split()) == 2:
        return True
    alike = known.head == named.head and {known.type, named.type} <= _LIKE.get(known.type, {known.type})
    clash = held.country and named.country and held.country != named.country
    return bool(definite and alike and not clash and len(phrase.split()) <= 3)


_HEADS_OF: dict[ActorType, frozenset[str]] = {
    "media": frozenset(
        ("agency", "newspaper", "paper", "broadcaster", "daily", "magazine", "channel", "website", "network")
    ),
    "armed_group": frozenset(
        ("group", "forces", "paramilitaries", "militants", "rebels", "movement", "fighters", "militia", "guerrillas")
    ),
    "ngo": frozenset(("charity", "organisation", "organization", "group", "agency", "society")),
}
"""What a later "the …" calls an actor of that type."""
_LIKE: dict[ActorType, set[ActorType]] = {
    "military": {"military", "government"},
    "government": {"military", "government"},
}
