"""The toll over time as a picture: states apart, one line or band for each speaker, never a sum.

Colours are Okabe and Ito's (jfly.uni-koeln.de/color), which the colour-blind can tell apart; each line has its own
marker as well. The picture brings its own light ground, so it reads the same on a light and on a dark page.
"""

from __future__ import annotations

import io
import textwrap
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import msgspec
import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.dates import AutoDateLocator, ConciseDateFormatter, date2num
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from PIL import Image

from bot.model.card import Attachment
from bot.model.event import Event, TollEntry
from bot.model.legible import one_line, shortened
from bot.queries.cards import GROUP_WORDS, STATE_WORDS, short_name, toll_words

_COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
_MARKERS = ("o", "s", "^", "D", "v", "P", "X", "h")
_GROUND, _INK, _GRID = "#FAFAF7", "#222222", "#D9D9D4"
_STATES = ("killed", "injured", "unspecified", "missing", "captured", "displaced")
_DASHES = ("-", "--", ":", "-.")
MOST_VOICES = 8
"""Lines in one panel: more cannot be told apart; the card and the export list them all."""
_LABEL = 40
_MOST_ALT = 24
_DPI = 100
_WIDTH, _LEFT, _RIGHT, _TITLE, _PANEL_TITLE, _GAP, _BOTTOM = 8.4, 0.62, 2.55, 0.55, 0.26, 0.2, 0.72
_LINE = 0.14
"""All in inches: the picture's width, margins, the heights of titles and of one line of a legend."""


class Voice(msgspec.Struct, frozen=True):
    """One speaker's figures of one state and the same people (`whom`, "" for people at large), in order of time."""

    state: str
    speaker: str
    whom: str
    entries: tuple[TollEntry, ...]


def voices_of(event: Event) -> tuple[Voice, ...]:
    """The lines of the chart: whole figures of the event itself; parts and running totals stand in the list."""
    held: dict[tuple[str, str, str], list[TollEntry]] = {}
    for entry in event.tolls:
        if entry.scope == "event" and entry.subset_of is None:
            held.setdefault((entry.state, _speaker(entry), _whom(entry)), []).append(entry)
    found = [
        Voice(*key, tuple(sorted(entries, key=lambda e: (e.at, e.report, e.casualty)))) for key, entries in held.items()
    ]
    return tuple(sorted(found, key=lambda v: (_STATES.index(v.state), v.entries[0].at, v.speaker, v.whom)))


def _speaker(entry: TollEntry) -> str:
    return one_line(short_name(entry.speaker) if entry.speaker else f"{entry.outlet or entry.report} (own account)")


def _whom(entry: TollEntry) -> str:
    people = " and ".join(GROUP_WORDS[group] for group in entry.groups)
    return f"{people} ({entry.side})".strip() if entry.side else people


def toll_chart(event: Event) -> Attachment | None:
    """The chart as PNG, or None where no report gives a figure that can be drawn; the same bytes for the same event."""
    voices = voices_of(event)
    if not voices:
        return None
    rank = {speaker: number for number, speaker in enumerate(dict.fromkeys(voice.speaker for voice in voices))}
    panels = [[v for v in voices if v.state == state] for state in dict.fromkeys(v.state for v in voices)]
    labels = [_labels(panel) for panel in panels]
    heights = [max(1.2, _LINE * (sum(label.count("\n") + 1.6 for label in of) + 0.5)) for of in labels]
    total = _TITLE + sum(heights) + (_PANEL_TITLE + _GAP) * len(panels) + _BOTTOM
    figure = Figure(figsize=(_WIDTH, total), dpi=_DPI, facecolor=_GROUND)
    canvas = FigureCanvasAgg(figure)
    _words(figure, 0.12, total - 0.3, shortened(one_line(f"{event.id}  {event.title}"), 92), 10.5, "bold")
    _words(figure, 0.12, 0.1, _EXPLAINED, 7.5, "normal")
    top = total - _TITLE
    axes: list[Axes] = []
    for panel, of, height in zip(panels, labels, heights, strict=True):
        top -= _PANEL_TITLE + height
        box = (_LEFT / _WIDTH, top / total, (_WIDTH - _LEFT - _RIGHT) / _WIDTH, height / total)
        axes.append(figure.add_axes(box))
        _draw_panel(axes[-1], panel, of, rank)
        top -= _GAP
    _mark_times(axes, [entry.at for voice in voices for entry in voice.entries])
    canvas.draw()  # type: ignore[no-untyped-call]  # matplotlib leaves its canvas untyped
    return Attachment(name=f"{event.id}-toll.png", media_type="image/png", content=_png(canvas), alt=alt_text(event))


def _png(canvas: FigureCanvasAgg) -> bytes:
    """The drawing with 128 colours: a quarter of the bytes, and nothing to be seen of it."""
    pixels = np.asarray(canvas.buffer_rgba())  # type: ignore[no-untyped-call]  # as above
    drawn = Image.fromarray(pixels).convert("RGB")
    out = io.BytesIO()
    drawn.quantize(128, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE).save(out, format="PNG")
    return out.getvalue()


_EXPLAINED = (
    "Each line is one source's figure; figures are never added.   Arrow: at least, or at most.   "
    "Band: a range.   Ring: corrected downwards."
)


def _words(figure: Figure, x: float, y: float, words: str, size: float, weight: str) -> None:
    """Text at a place in inches; a "$" in it is a dollar sign and no formula."""
    width, height = figure.get_size_inches()
    figure.text(x / width, y / height, words, fontsize=size, fontweight=weight, color=_INK, parse_math=False)


def _labels(panel: Sequence[Voice]) -> list[str]:
    """What the legend calls each line: speaker, then whose toll it is; the end of a long name tells names apart."""
    found = []
    for voice in panel[:MOST_VOICES]:
        lines = textwrap.wrap(_middle_out(voice.speaker, 2 * _LABEL - 4), _LABEL)
        if voice.whom:
            lines.append(shortened(voice.whom, _LABEL))
        found.append("\n".join(lines))
    if len(panel) > MOST_VOICES:
        found[-1] += f"\n(and {len(panel) - MOST_VOICES} more in the list)"
    return found


def _middle_out(words: str, limit: int) -> str:
    half = limit // 2
    return words if len(words) <= limit else f"{words[:half].rstrip()} … {words[-half + 3 :].lstrip()}"


def _draw_panel(axis: Axes, panel: Sequence[Voice], labels: Sequence[str], rank: dict[str, int]) -> None:
    axis.set_facecolor(_GROUND)
    axis.set_title(STATE_WORDS[panel[0].state].capitalize(), loc="left", fontsize=9.5, color=_INK)
    axis.grid(visible=True, color=_GRID, linewidth=0.7)
    axis.set_axisbelow(True)
    axis.tick_params(labelsize=8, colors=_INK)
    axis.yaxis.set_major_locator(MaxNLocator(nbins=5, integer=True, min_n_ticks=1))
    axis.yaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
    axis.spines[["top", "right"]].set_visible(False)
    drawn = panel[:MOST_VOICES]
    top = max(1, *(_top(entry) for voice in drawn for entry in voice.entries))
    seen: dict[str, int] = {}
    for voice, label in zip(drawn, labels, strict=True):
        nth = seen[voice.speaker] = seen.get(voice.speaker, -1) + 1
        _draw_voice(axis, voice, label, rank[voice.speaker], dash=_DASHES[nth % len(_DASHES)], reach=top * 0.14)
    axis.set_ylim(0, top * 1.25)
    legend = axis.legend(
        loc="upper left", bbox_to_anchor=(1.0, 1.06), fontsize=7.5, frameon=False, labelcolor=_INK, labelspacing=0.7
    )
    for words in legend.get_texts():
        words.set_parse_math(False)


def _draw_voice(axis: Axes, voice: Voice, label: str, number: int, *, dash: str, reach: float) -> None:
    """A speaker's line through the figures; what is open at one end gets an arrow, a range its bar and band."""
    colour, marker = _COLOURS[number % len(_COLOURS)], _MARKERS[number % len(_MARKERS)]
    x = [_day(entry.at) for entry in voice.entries]
    low = [float(_bottom(entry)) for entry in voice.entries]
    high = [float(_top(entry)) for entry in voice.entries]
    middle = [(a + b) / 2 for a, b in zip(low, high, strict=True)]
    axis.plot(
        x, middle, color=colour, marker=marker, markersize=5.5, linewidth=1.6, linestyle=dash, label=label,
        drawstyle="steps-post",
    )  # fmt: skip
    if any(a != b for a, b in zip(low, high, strict=True)):
        axis.fill_between(x, low, high, step="post", color=colour, alpha=0.2, linewidth=0)
        axis.vlines(x, low, high, color=colour, linewidth=4, alpha=0.45)
    for at, value, entry in zip(x, middle, voice.entries, strict=True):
        open_end = reach if entry.max is None else -reach if entry.min is None else 0.0
        if open_end:
            axis.annotate(
                "", xy=(at, max(0.0, value + open_end)), xytext=(at, value),
                arrowprops={"arrowstyle": "->", "color": colour, "linewidth": 1.4, "shrinkA": 0, "shrinkB": 0},
            )  # fmt: skip
        if entry.corrects:
            axis.plot([at], [value], marker="o", markersize=13, markerfacecolor="none", markeredgecolor=_INK)


def _day(at: datetime) -> float:
    return float(date2num(at))  # type: ignore[no-untyped-call]  # matplotlib leaves its dates untyped


def _bottom(entry: TollEntry) -> int:
    return entry.min if entry.min is not None else entry.max or 0


def _top(entry: TollEntry) -> int:
    return entry.max if entry.max is not None else entry.min or 0


def _mark_times(axes: Sequence[Axes], times: Sequence[datetime]) -> None:
    """One time axis for all panels, written under the last."""
    first, last = min(times), max(times)
    margin = max((last - first) * 0.05, timedelta(hours=3))
    locator = AutoDateLocator(tz=UTC, minticks=2, maxticks=7)  # type: ignore[no-untyped-call]  # as above
    for axis in axes:
        axis.set_xlim(_day(first - margin), _day(last + margin))
        axis.xaxis.set_major_locator(locator)
        axis.tick_params(axis="x", labelbottom=axis is axes[-1])
    locator.set_axis(axes[-1].xaxis)
    axes[-1].xaxis.set_major_formatter(ConciseDateFormatter(locator, tz=UTC))  # type: ignore[no-untyped-call]  # as above
    axes[-1].xaxis.get_offset_text().set_fontsize(8)


def alt_text(event: Event) -> str:
    """What the chart shows, in words: every drawn figure with its speaker and time, oldest first for each speaker."""
    told = []
    for voice in voices_of(event):
        steps = ", then ".join(
            f"{toll_words(entry)} ({entry.at.astimezone(UTC):%d %b %H:%M})"
            + (", corrected downwards" if entry.corrects else "")
            for entry in voice.entries
        )
        told.append(f"{voice.speaker}: {steps}")
    more = f" And {len(told) - _MOST_ALT} more lines." if len(told) > _MOST_ALT else ""
    return f"Toll of {event.id} over time (UTC). " + ". ".join(told[:_MOST_ALT]) + "." + more
