"""A phrase that names people as victims, as the rules hand it on."""

from __future__ import annotations

from typing import Literal

import msgspec

from bot.model.report import Span
from bot.model.summary import Group, Qualifier, State

Kind = Literal["counted", "single", "plural", "none", "name"]


class Phrase(msgspec.Struct, frozen=True):
    """A phrase for people who may be victims.

    Attributes:
        span: the phrase, from its figure or first word to its head.
        number: where the figure stands.
        state: what the phrase itself says of them ("32 dead"), or None.
        elliptical: it has no noun: its people are those of an earlier phrase.
    """

    kind: Kind
    span: Span
    number: Span | None
    min: int | None
    max: int | None
    qualifier: Qualifier
    groups: tuple[Group, ...] = ()
    side: str | None = None
    state: State | None = None
    elliptical: bool = False
    head: str = ""
