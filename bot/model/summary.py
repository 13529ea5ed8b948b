"""What a report says, as attributed facts: the public contract, JSON in and out (version 1)."""

from __future__ import annotations

from typing import Literal

import msgspec

from bot.model.report import Span

CONTRACT_VERSION = 1

ActorType = Literal[
    "state",
    "government",
    "military",
    "armed_group",
    "official",
    "international_org",
    "ngo",
    "media",
    "population",
    "other",
]
Role = Literal["speaker", "attacker", "target", "victim", "mediator", "supporter", "mentioned"]
Stance = Literal["asserts", "denies", "accuses", "acknowledges", "demands", "warns", "supports"]
State = Literal["killed", "injured", "missing", "captured", "displaced", "unspecified"]
Qualifier = Literal["exact", "at_least", "at_most", "about", "range", "vague"]
Scope = Literal["event", "cumulative", "historical"]
Group = Literal[
    "civilian", "military", "police", "children", "women", "men", "elderly", "medical", "journalist", "aid_worker",
    "militant", "hostage", "prisoner",
]  # fmt: skip


class Actor(msgspec.Struct, gc=False, frozen=True, kw_only=True):
    """Somebody that the report names: a state, body, force, group, person or population.

    Attributes:
        id: "a1", "a2", … in order of first mention.
        name: canonical ("Ministry of Defence of Azerbaijan").
        country: ISO 3166-1 alpha-2; None for non-state, disputed or international actors.
        mentions: where the text names it.
    """

    id: str
    name: str
    type: ActorType
    country: str | None = None
    mentions: tuple[Span, ...] = ()
    roles: tuple[Role, ...] = ()


class Claim(msgspec.Struct, gc=False, frozen=True, kw_only=True):
    """An attribution: who says what, and which other claims of the report it cannot stand beside.

    Attributes:
        id: "c1", "c2", … in text order.
        speaker: an actor's id; None where the text names nobody.
        source: the words that name the speaker.
        cue: the words that mark the attribution ("said", "according to", "accused … of").
        content: what is said, without source and cue; may be discontinuous, never empty.
        disputes: ids of claims of the same report that this one contradicts or denies.
    """

    id: str
    content: tuple[Span, ...]
    sentence: Span
    speaker: str | None = None
    source: tuple[Span, ...] = ()
    cue: tuple[Span, ...] = ()
    stance: Stance = "asserts"
    disputes: tuple[str, ...] = ()


class CasualtyFigure(msgspec.Struct, gc=False, frozen=True, kw_only=True):
    """How many people of whom suffered what, according to whom; `unspecified` is never shown as killed or injured.

    Attributes:
        id: "k1", "k2", … in text order.
        min, max: people, inclusive; None where that end is open.
        number: where the figure stands; None for "a soldier" and bare plurals.
        victims: the phrase that names them.
        side: country code or armed group that the victims belong to, when the text says so.
        subset_of: the figure that these victims are part of ("13 civilians, including 9 children").
        according_to: the claim that carries the figure; None is the report's own voice.
        victim_strings: the words by which the text names the victims: `victims`, and for an elliptical figure
            ("five were hurt") those that it goes on from.
    """

    id: str
    state: State
    min: int | None
    max: int | None
    qualifier: Qualifier
    victims: Span
    sentence: Span
    number: Span | None = None
    groups: tuple[Group, ...] = ()
    side: str | None = None
    subset_of: str | None = None
    scope: Scope = "event"
    place: str | None = None
    according_to: str | None = None
    victim_strings: tuple[str, ...] = ()


class Summary(msgspec.Struct, gc=False, frozen=True, kw_only=True):
    """The structured summary of one report; `id` is the report's.

    Attributes:
        headline: one neutral, attributed line made of the report's own words.
        place: where the event happened, when the text says so (name as written).
        places: where the text speaks of towns and provinces.
        notice: why nothing was extracted ("language:de"), else None.
    """

    id: str
    headline: str = ""
    actors: tuple[Actor, ...] = ()
    claims: tuple[Claim, ...] = ()
    casualties: tuple[CasualtyFigure, ...] = ()
    place: str | None = None
    places: tuple[Span, ...] = ()
    notice: str | None = None


def ranges_apart(one: tuple[int | None, int | None], other: tuple[int | None, int | None]) -> bool:
    """Whether no number of people lies in both ranges; an open end reaches on."""
    low = max(one[0] or 0, other[0] or 0)
    highs = [high for high in (one[1], other[1]) if high is not None]
    return bool(highs) and low > min(highs)
