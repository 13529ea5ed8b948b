"""Happenings that look alike, each told by several outlets: what must stay apart, and what must stay together."""

from __future__ import annotations

from bot.model.summary import Summary
from tests.events.accounts import Told, report

_TOLD = {
    "quake-north": [
        (0, "Quake of magnitude 6.1 strikes northern Albania", "An earthquake of magnitude 6.1 struck near Kukes in northern Albania on Tuesday morning, and at least nine people were killed when houses collapsed, Albania's civil defence said. Rescuers searched the rubble in Kukes."),
        (5, "Albanian quake kills at least 14", "Rescue teams pulled survivors from collapsed flats in Kukes after the earthquake that hit Albania on Tuesday. The death toll has risen to 14, the interior ministry in Tirana said."),
        (50, "Third day of search in Kukes", "Two days after the earthquake in northern Albania, rescuers in Kukes found a girl alive under a stairwell. The civil defence put the toll at 17 dead; tents have gone up on Kukes football field."),
    ],
    "quake-south": [
        (2, "Strong earthquake shakes Epirus in Greece", "An earthquake of magnitude 5.8 shook the Greek region of Epirus on Tuesday and killed two people in Konitsa, the fire service said. Rescuers searched collapsed houses in Konitsa after the quake."),
        (9, "Greek village cut off after quake", "Landslides after the earthquake in Epirus have cut the road to Konitsa, where two people died on Tuesday, Greek officials said. Soldiers brought tents to Konitsa for people whose houses collapsed."),
    ],
    "strike-east": [
        (1, "Missiles hit market in Kupiansk", "Russian missiles hit the market in Kupiansk in Ukraine's Kharkiv region on Wednesday, killing five people, governor Oleh Syniehubov said. Firefighters in Kupiansk searched the burned stalls."),
        (6, "Kupiansk market strike: toll rises", "The number of people killed in the missile strike on the market of Kupiansk has risen to seven, the Kharkiv regional prosecutor said. Two traders are missing in Kupiansk."),
    ],
    "strike-south": [
        (3, "Drones hit grain port in Izmail", "Russian drones struck the grain port of Izmail in Ukraine's Odesa region on Wednesday and wounded three dockers, governor Oleh Kiper said. A warehouse in Izmail burned down."),
        (10, "Romania finds drone parts after Izmail attack", "Romania said parts of a drone fell on its bank of the Danube during the attack on the port of Izmail. Three dockers were wounded in the Ukrainian port of Izmail."),
    ],
    "bus": [
        (4, "Bus plunges into ravine in Peru", "A bus fell into a ravine near Ayacucho in Peru on Wednesday and 21 passengers were killed, police said. Rescuers carried survivors up the Ayacucho slope."),
        (30, "Peru bus crash: driver had worked 20 hours", "The driver of the bus that crashed into a ravine near Ayacucho, killing 21 passengers, had been at the wheel for 20 hours, Peru's transport authority said."),
    ],
}  # fmt: skip

_NOTHING = [
    (2, "Albania draw with Greece", "Albania and Greece drew 1-1 in a league match that shook Tirana; the striker fired a missile of a shot before half-time, and the coach said his defence had held under siege. Fans in Tirana sang after the match."),
    (7, "Price war hits shares", "Shares in the retailer collapsed on Wednesday after a price war; analysts said the profit forecast had been a casualty of the attack by discount chains, and investors fled the index."),
]  # fmt: skip

_BACKGROUND = [
    (8, "Kharkiv theatre reopens in a cellar", "A theatre in Kharkiv has opened its season in a cellar. The company lost its hall in a strike two years ago. Visitors queued for the first night; the director said the box office had sold out, and the actors hope for a season of comedies."),
]  # fmt: skip


def happenings() -> dict[str, list[Told]]:
    """Each happening's reports."""
    return {name: [_told(f"{name}-{n}", *words) for n, words in enumerate(reports)] for name, reports in _TOLD.items()}


def nothing() -> list[Told]:
    """Reports of no happening, in the words of one."""
    return [_told(f"none-{n}", *words) for n, words in enumerate([*_NOTHING, *_BACKGROUND])]


def _told(id: str, hours: float, title: str, text: str) -> Told:
    return report(id, text, hours=hours, title=title), Summary(id=id, headline=title)
