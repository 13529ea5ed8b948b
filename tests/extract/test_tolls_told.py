"""A toll is told by who gives it, also where it stands within or beside another's words."""

from __future__ import annotations

import pytest

from bot.extract.pipeline import summarise
from bot.model.report import Report


def _tolls(text: str) -> list[tuple[str, int | None]]:
    """Who gives which figure, in order; "" for the report itself."""
    summary = summarise(Report(id="r", text=text))
    names = {actor.id: actor.name for actor in summary.actors}
    speaker = {claim.id: names[claim.speaker or ""] for claim in summary.claims}
    return [(speaker.get(figure.according_to or "", ""), figure.min) for figure in summary.casualties]


@pytest.mark.parametrize(
    ("text", "tolls"),
    [
        ("The UN rights office said it had verified 45 civilian deaths in May, while the government puts the number at 120.",
         [("UN rights office", 45), ("Government", 120)]),
        ("Police said 12 people died, but the hospital put the toll at 15.", [("Police", 12), ("Hospital", 15)]),
        ("The army says the rebels fired 40 rockets. The regional civil defence reported three wounded.",
         [("Regional civil defence", 3)]),
        ("The rebels said they had left. The army put its losses at 11 dead and 9 wounded.", [("Army", 11), ("Army", 9)]),
        ("Amnesty has put the number of dead at 5,000, while exiled groups speak of 30,000.",
         [("Amnesty International", 5000), ("Exiled groups", 30000)]),
        ("The quake killed 2,000 people, officials said, revising an earlier toll of 500. The UN later gave a lower figure of 1,294 dead.",
         [("Officials", 2000), ("United Nations", 1294)]),
        ("Radio Velana said 12 people died. The prefect, Colonel Ruiz, confirmed the attack but gave a toll of nine.",
         [("Radio Velana", 12), ("Ruiz", 9)]),
        ("Rescuers counted 30 bodies.", [("Rescuers", 30)]),
        ("The prison service reported seven dead. Relatives at the gate count at least 26.",
         [("Prison service", 7), ("Relatives at the gate", 26)]),
        ("The general staff said nobody had died. Nurses at the barracks spoke of nine bodies.",
         [("General staff", 0), ("Nurses at the barracks", 9)]),
        ("The crash put the number of dead this year at 90.", [("", 90)]),
    ],
)  # fmt: skip
def test_a_toll_is_told_by_who_gives_it(text: str, tolls: list[tuple[str, int | None]]) -> None:
    assert _tolls(text) == tolls


def test_a_short_report_of_names_alone_is_read() -> None:
    summary = summarise(
        Report(id="r", text="Israel says Hezbollah fired 40 rockets. Lebanon’s civil defence reported three wounded.")
    )
    assert len(summary.claims) == 2
