"""Short reports of invented events with summaries written by hand: what the stages before would hand over."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from bot.model.report import Report, Span
from bot.model.summary import Actor, CasualtyFigure, Claim, Summary

DAY = datetime(2024, 5, 2, 6, 0, tzinfo=UTC)
Told = tuple[Report, Summary]


def at(text: str, words: str) -> Span:
    """Where the words stand in the text; they must stand there."""
    start = text.index(words)
    return start, start + len(words)


def report(id: str, text: str, *, hours: float = 0, outlet: str | None = None, title: str | None = None) -> Report:
    return Report(
        id=id, text=text, title=title, outlet=outlet or f"Outlet {id}", published_at=DAY + timedelta(hours=hours)
    )


def claim(
    id: str, text: str, words: str, speaker: str, stance: str = "asserts", disputes: tuple[str, ...] = ()
) -> Claim:
    span = at(text, words)
    return Claim(id=id, content=(span,), sentence=span, speaker=speaker, stance=stance, disputes=disputes)  # type: ignore[arg-type]


def figure(
    id: str, text: str, words: str, state: str, count: int | None, *, by: str | None = None, **more
) -> CasualtyFigure:
    span = at(text, words)
    number = re.search(r"\d+", words)
    most = more.pop("most", count)
    return CasualtyFigure(
        id=id, state=state, min=count, max=most, qualifier=more.pop("qualifier", "exact"), victims=span, sentence=span,
        number=(span[0] + number.start(), span[0] + number.end()) if number else None, according_to=by, **more,
    )  # type: ignore[arg-type]  # fmt: skip


def actor(id: str, name: str, type: str = "official", country: str | None = None) -> Actor:
    return Actor(id=id, name=name, type=type, country=country)  # type: ignore[arg-type]


FERRY = [
    ("The ferry Halvard sank off Torsvik on Thursday morning after an explosion in its engine room. The coast guard of Norway said"
     " 12 passengers had died and divers were searching the wreck near Torsvik."),
    ("An explosion sank the passenger ferry Halvard near Torsvik. Twelve people are dead, the Norwegian coast guard said, and"
     " survivors spoke of smoke from the engine room before the Halvard went down."),
    ("Torsvik hospital has taken in 31 injured passengers of the Halvard, the ferry that sank on Thursday after an explosion. The"
     " death toll stands at 14, the coast guard said."),
    ("Divers have found two more bodies in the wreck of the Halvard off Torsvik, raising the death toll of the ferry explosion to 16,"
     " the coast guard of Norway said."),
    ("Families of passengers waited in Torsvik harbour for news of the sunken ferry Halvard, whose engine room exploded. At least 14"
     " people were killed, according to the hospital."),
]  # fmt: skip
"""One happening, told five times over a day and a half."""

OTHERS = [
    ("A landslide buried eleven houses in the village of Kestrel Gap in Norway on Thursday after days of rain, and rescuers with"
     " dogs searched the mud for six missing residents."),
    ("Gunmen attacked a police post at Brannock crossing in Norway on Thursday, killing three officers before they fled on"
     " motorcycles, the interior ministry said."),
]  # fmt: skip
"""Other happenings in the same country on the same day."""

NOTHING = [
    ("Shares in the ferry operator's rival rose four per cent on Thursday as analysts raised their profit forecasts for the quarter"
     " and investors bought into the shipping index."),
    ("Torsvik beat Brannock 3-1 in the league on Thursday; the striker scored twice before half-time and the coach praised his team"
     " and the fans after the match."),
]  # fmt: skip
"""A market's and a match's."""


def plain(texts: list[str], prefix: str, *, step: float = 7) -> list[Told]:
    """The texts as reports with empty summaries."""
    return [
        (report(f"{prefix}{n}", text, hours=n * step), Summary(id=f"{prefix}{n}", headline=text[:60]))
        for n, text in enumerate(texts)
    ]
