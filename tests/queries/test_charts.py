"""The toll over time as a picture: small, the same bytes each time, and told in words as well."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from bot.model.card import Card, Line, Section
from bot.model.event import Event, TollEntry
from bot.model.legible import one_line
from bot.queries.charts import MOST_VOICES, alt_text, toll_chart, voices_of
from bot.queries.drawing import width_of, wrapped
from bot.queries.pictures import over_time, two_columns

START = datetime(2024, 6, 11, 5, tzinfo=UTC)


def entry(number: int, state: str, low: int | None, high: int | None, speaker: str | None, **more) -> TollEntry:
    return TollEntry(
        report=f"r{number}",
        casualty=f"k{number}",
        at=START + timedelta(hours=3 * number),
        state=state,  # type: ignore[arg-type]  # the callers' words are states
        min=low,
        max=high,
        qualifier="exact" if low == high else "at_least" if high is None else "at_most" if low is None else "range",
        scope=more.pop("scope", "event"),
        speaker=speaker,
        outlet="Sample Wire",
        **more,
    )


def event(*tolls: TollEntry, title: str = "Strike on a market") -> Event:
    return Event(
        id="MAR-0007", title=title, reports=("r1",), outlets=1, origins=1, first_at=START, last_at=START, tolls=tolls
    )


TYPICAL = event(
    entry(0, "killed", 4, None, "Governor of Tarn"),
    entry(1, "killed", 7, 7, "Governor of Tarn"),
    entry(2, "killed", 6, 6, "Governor of Tarn", corrects=True),
    entry(3, "injured", 15, 20, "Red Cross"),
    entry(4, "unspecified", None, 340, "Ministry of Defence of Osmia", groups=("military",)),
    entry(5, "killed", 2, 2, "Governor of Tarn", groups=("children",), subset_of="k2"),
    entry(6, "killed", 9000, 9000, "Ministry of Defence of Osmia", scope="cumulative"),
)
CROWDED = event(
    *(entry(n, ("killed", "injured", "missing")[n % 3], n, n + n % 4, f"Office $x_{n % 25}$ of a very long name " * 4) for n in range(75)),
    title="A long title " * 30,
)  # fmt: skip


@pytest.mark.parametrize(
    "told", [event(entry(0, "killed", 1, 1, None)), TYPICAL, CROWDED], ids=["one", "typical", "crowded"]
)
def test_the_picture_is_a_small_png_and_the_same_each_time(told: Event) -> None:
    drawn = toll_chart(told)
    assert drawn is not None and drawn.media_type == "image/png"
    assert len(drawn.content) < 200_000
    assert drawn.content == toll_chart(told).content  # type: ignore[union-attr]  # drawn a line above
    with Image.open(io.BytesIO(drawn.content)) as picture:
        width, height = picture.size
    assert 600 <= width <= 1200 and height <= 4 * width


FIFTY = event(*(entry(n, ("killed", "injured")[n % 2], 5 + n // 2, 5 + n // 2, ("Army of Osmia", "Red Cross")[n % 3 % 2]) for n in range(50)))  # fmt: skip
MIRRORED = event(
    entry(0, "killed", 4, None, "محافظ حلب"), entry(1, "killed", 12, 15, "משרד הבריאות"), title="ضربة على سوق في حلب"
)


@pytest.mark.parametrize("told", [FIFTY, MIRRORED], ids=["fifty points", "right to left"])
def test_many_points_and_names_from_right_to_left_are_drawn(told: Event) -> None:
    drawn = toll_chart(told)
    assert drawn is not None and len(drawn.content) < 200_000
    assert all(voice.speaker in drawn.alt for voice in voices_of(told))


def _line(words: str, note: str = "", hours: int = 0) -> Line:
    return Line(text=words, note=note, at=START + timedelta(hours=hours), refs=("r1",))


LONG = (
    "Ministry of Extraordinary Situations of Osmia denies: " + "its forces had shelled the market in the old town " * 8
)


@pytest.mark.parametrize("words", ["Osmia: no", LONG, "وزارة الصحة: قتل خمسة أشخاص", "W" * 900])
@pytest.mark.parametrize("kind", ["compare", "timeline"])
@pytest.mark.parametrize("count", [1, 8])
def test_two_accounts_and_a_timeline_are_drawn_whatever_they_say(kind: str, words: str, count: int) -> None:
    lines = tuple(_line(words, "⟂ denied by Kestria", 9 * n) for n in range(count))
    headings = ("Osmia", "Kestria " * 20) if kind == "compare" else ("In order",)
    card = Card(
        kind=kind,
        title=words,
        tag="MAR-0007",
        subtitle="3 outlets, 2 origins",
        sections=tuple(Section(heading=h, lines=lines) for h in headings),
    )  # type: ignore[arg-type]  # both are kinds
    drawn = (two_columns if kind == "compare" else over_time)(card)
    assert drawn is not None and drawn.content.startswith(b"\x89PNG") and len(drawn.content) < 200_000
    assert drawn.content == (two_columns if kind == "compare" else over_time)(card).content  # type: ignore[union-attr]  # drawn above
    assert all(line.text in drawn.alt for line in lines)


def test_a_picture_of_one_side_or_of_nothing_is_not_drawn() -> None:
    assert two_columns(Card(kind="compare", title="x", sections=(Section(heading="one", lines=(_line("x"),)),))) is None
    assert over_time(Card(kind="timeline", title="x")) is None


@given(st.text(max_size=300), st.integers(40, 600))
def test_wrapped_words_keep_within_their_width_and_lose_nothing_unsaid(words: str, width: int) -> None:
    lines = wrapped(words, 15, width, most=4)
    assert len(lines) <= 4
    assert all(width_of(line, 15) <= width or len(line) == 1 for line in lines)
    whole = "".join(one_line(words).split())
    shown = "".join("".join(lines).split())
    assert shown == whole or (lines[-1].endswith("…") and whole.startswith(shown[:-1]))


def test_states_speakers_and_peoples_are_lines_of_their_own() -> None:
    assert [(v.state, v.speaker, v.whom, len(v.entries)) for v in voices_of(TYPICAL)] == [
        ("killed", "Governor of Tarn", "", 3),
        ("injured", "Red Cross", "", 1),
        ("unspecified", "Osmia MoD", "members of the military", 1),
    ]


def test_parts_and_running_totals_are_not_drawn() -> None:
    drawn = {e.casualty for voice in voices_of(TYPICAL) for e in voice.entries}
    assert drawn == {"k0", "k1", "k2", "k3", "k4"}


def test_the_words_say_what_the_picture_shows() -> None:
    words = alt_text(TYPICAL)
    assert "Governor of Tarn: at least 4 killed (11 Jun 05:00), then 7 killed" in words
    assert "6 killed (11 Jun 11:00), corrected downwards" in words
    assert "up to 340 members of the military — killed or injured, not separated" in words
    assert "between 15 and 20 injured" in words


def test_more_lines_than_can_be_told_apart_are_counted_and_not_dropped_silently() -> None:
    assert len(voices_of(CROWDED)) > 3 * MOST_VOICES
    assert "more lines" in alt_text(CROWDED)


def test_nothing_is_drawn_where_there_is_no_figure() -> None:
    assert toll_chart(event()) is None
    only_parts = msgspec.structs.replace(TYPICAL, tolls=TYPICAL.tolls[5:])
    assert toll_chart(only_parts) is None
