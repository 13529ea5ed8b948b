"""The toll as it stands: each source's figure, and the range over independent origins; nothing is ever added."""

from __future__ import annotations

import re

from bot.intake import file_reports
from bot.model.command import Asker
from bot.model.summary import Summary
from bot.queries.desk import Desk
from bot.store.engine import Store
from tests.events import accounts as a
from tests.samples import NOW, clock, understand

TERMINAL = Asker(platform="terminal", tenant="terminal", user="u", channel="terminal")
MAYOR = (
    "A blast in the Harsk coal mine killed {} miners, the mayor of Dolny said. She has gone to the pit, where families wait"
    " behind a fence in the rain, and will speak again {}."
)
PROSECUTOR = (
    "Prosecutors in Dolny counted 7 miners killed when gas exploded in the Harsk mine. An inquiry was opened into the safety"
    " of every shaft, and the offices of the Harsk company were sealed before midnight."
)


def told(name: str, text: str, count: int, who: str, *, hours: float, outlet: str | None = None) -> a.Told:
    report = a.report(name, text, hours=hours, outlet=outlet, title="Blast in the Harsk coal mine of Dolny")
    claim = a.claim("c1", text, f"{count} miners", "a1")
    figure = a.figure("k1", text, f"{count} miners", "killed", count, by="c1")
    speaker = a.actor("a1", who, "official", "QM")
    return report, Summary(id=name, headline=text[:60], actors=(speaker,), claims=(claim,), casualties=(figure,))


async def test_the_toll_now_is_a_range_over_independent_origins_and_never_a_sum() -> None:
    store = Store("sqlite://")
    store.migrate()
    reports = [
        told("one", MAYOR.format(3, "at noon"), 3, "Mayor of Dolny", hours=0),
        told("two", PROSECUTOR, 7, "Prosecutor of Dolny", hours=2),
        told("again", PROSECUTOR, 7, "Prosecutor of Dolny", hours=3, outlet="Reprinter"),
        told("later", MAYOR.format(5, "tonight"), 5, "Mayor of Dolny", hours=4, outlet="Outlet one"),
    ]
    store.write_now(file_reports, reports, now=NOW)
    card = await Desk(store, clock=clock, understand=understand).ask("toll Harsk", TERMINAL)
    store.close()
    (ranges,) = (section for section in card.sections if section.heading == "Range over independent origins")
    (line,) = ranges.lines
    assert line.text.startswith("5 killed (according to Mayor of Dolny) to 7 killed (according to Prosecutor of Dolny)")
    assert line.note == "2 independent origins", "the reprint is none of its own, and the mayor's first figure is past"
    figures = {
        int(number) for section in card.sections for one in section.lines for number in re.findall(r"\d+", one.text)
    }
    assert figures == {5, 7}
