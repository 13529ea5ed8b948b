"""Golden answers of the core: every look-up over the annotated stand-ins, as plain text, reviewed by eye.

They rest on summaries written by hand, so only a change of the cards or of the events changes them.
`SITREP_WRITE_CARDS=1` writes them anew.
"""

from __future__ import annotations

import os
from pathlib import Path

import msgspec
import pytest

from adapters.terminal.render import plain
from bot.intake import file_reports
from bot.queries.desk import Desk
from bot.store.engine import Store
from tests.events import accounts as a
from tests.events import test_disputes as dispute
from tests.events import test_tolls as toll
from tests.samples import TERMINAL, understand

CORE = Path(__file__).resolve().parent / "core"
QUESTIONS = {
    "latest": "latest",
    "event": "event tarn",
    "claims": "claims tarn",
    "toll": "toll TAR",
    "toll-by-source": "toll TAR view:by-source",
    "toll-timeline": "toll TAR view:timeline",
    "compare": "compare r1",
    "timeline": "timeline r1",
    "corrections": "corrections",
    "evidence": "evidence id:r1 field:c1",
    "nothing": "event atlantis",
    "unknown": "clams tarn",
}


def told() -> list[a.Told]:
    """Three reports of one shelling: an accusation, a denial with "nobody", and a lowered toll."""
    later, summary = toll.later()
    renamed = msgspec.structs.replace(later, id="r3", text=later.text)
    return [
        (msgspec.structs.replace(report, title=f"Shelling of the market in Tarn: {kept.id}"), msgspec.structs.replace(kept, headline=headline, place="Tarn"))
        for (report, kept), headline in (
            (dispute.accusing(), "Kestria accuses Osmia of shelling market in Tarn"),
            (dispute.denying(), "Osmia denies shelling of market in Tarn"),
            (toll.first_of("r0", hours=-4), "Governor reports deaths in market of Tarn"),
            ((renamed, msgspec.structs.replace(summary, id="r3")), "Governor lowers toll of market in Tarn"),
        )
    ]  # fmt: skip


@pytest.fixture(scope="module")
def desk() -> Desk:
    store = Store("sqlite://")
    store.migrate()
    for pair in sorted(told(), key=lambda pair: pair[0].published_at or a.DAY):
        store.write_now(file_reports, [pair], now=a.DAY)
    return Desk(store, clock=lambda: a.DAY.replace(day=4), understand=understand)


@pytest.mark.parametrize("name", QUESTIONS)
async def test_an_answer_reads_as_it_was_reviewed(desk: Desk, name: str) -> None:
    file = CORE / f"{name}.txt"
    now = plain(await desk.ask(QUESTIONS[name], TERMINAL))
    if os.environ.get("SITREP_WRITE_CARDS"):
        file.write_text(now, encoding="utf-8")
    assert now == file.read_text(encoding="utf-8")
