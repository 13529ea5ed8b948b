"""Events: reports of one happening, where their accounts stand, and how the toll moved."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec

from bot.model.summary import Group, Qualifier, Scope, State

ChangeKind = Literal[
    "new_report", "denied", "acknowledged", "disputed", "toll_up", "toll_down", "correction", "merged", "split"
]


class TollEntry(msgspec.Struct, gc=False, frozen=True, kw_only=True):
    """One figure of one report, in the event's toll series; `at` is aware, UTC.

    Attributes:
        report, casualty: where the figure stands ("d01", "k1").
        claim: the claim that carries it; None is the report's own voice.
        speaker: canonical name of who gives the figure; None is the report's own voice.
        outlet: who published the report.
        subset_of: casualty id (same report) of the whole that this is part of.
        corrects: True where the same speaker took back an earlier, higher or other figure.
    """

    report: str
    casualty: str
    at: datetime
    state: State
    min: int | None
    max: int | None
    qualifier: Qualifier
    scope: Scope
    speaker: str | None = None
    claim: str | None = None
    outlet: str | None = None
    groups: tuple[Group, ...] = ()
    side: str | None = None
    subset_of: str | None = None
    corrects: bool = False


class Dispute(msgspec.Struct, gc=False, frozen=True, order=True):
    """Two claims that cannot stand beside each other, each written `report#claim`; `one` < `other`."""

    one: str
    other: str


class ChangeNote(msgspec.Struct, gc=False, frozen=True, kw_only=True):
    """What moved in an event, and through which report; `at` is aware, UTC, the time of that report.

    Attributes:
        text: one attributed sentence for people, plain text.
        refs: `report#c1` / `report#k1` of the evidence.
    """

    event_id: str
    report_id: str
    kind: ChangeKind
    at: datetime
    text: str
    refs: tuple[str, ...] = ()


class Event(msgspec.Struct, gc=False, frozen=True, kw_only=True):
    """One happening as told by its reports.

    Attributes:
        id: what people quote ("KAR-0142"); lasts through merges, which redirect.
        reports: ids in order of publication, then id.
        outlets, origins: how many publishers, and how many independent sources of text.
        first_at, last_at: aware, UTC; publication of the first and the latest report.
        places, countries: names as written; ISO codes of the actors and sides, most frequent first.
        kind: "strike", "clash", "disaster", … or "" where the words do not tell.
    """

    id: str
    title: str
    reports: tuple[str, ...]
    outlets: int
    origins: int
    first_at: datetime
    last_at: datetime
    places: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    kind: str = ""
    tolls: tuple[TollEntry, ...] = ()
    disputes: tuple[Dispute, ...] = ()
