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
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.dates import AutoDateLocator, ConciseDateFormatter, date2num
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from bot.model.card import Attachment
from bot.model.event import Event, TollEntry
from bot.model.legible import one_line, shortened
from bot.queries.cards import GROUP_WORDS, STATE_WORDS, short_name, toll_words

_COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
_MARKERS = ("o", "s", "^", "D", "v", "P", "X", "h")
_GROUND, _INK, _GRID = "#FAFAF7", "#222222", "#D9D9D4"
_STATES = ("killed", "injured", "unspecified", "missing", "captured", "displaced")
MOST_VOICES = 10
"""Lines in one panel: more cannot be told apart; the card and the export list them all."""
_LABEL = 44
_MOST_ALT = 24
_WIDTH, _DPI = 8.0, 110


class Voice(msgspec.Struct, frozen=True):
    """One speaker's figures of one state and the same people, in order of time."""

    state: str
    label: str
    entries: tuple[TollEntry, ...]


def voices_of(event: Event) -> tuple[Voice, ...]:
    """The lines of the chart: whole figures of the event itself; parts and running totals stand in the list."""
    held: dict[tuple[str, str], list[TollEntry]] = {}
    for entry in event.tolls:
        if entry.scope == "event" and entry.subset_of is None:
            held.setdefault((entry.state, _label(entry)), []).append(entry)
    found = [
        Voice(state, label, tuple(sorted(entries, key=lambda e: (e.at, e.report, e.casualty))))
        for (state, label), entries in held.items()
    ]
    return tuple(sorted(found, key=lambda voice: (_STATES.index(voice.state), voice.entries[0].at, voice.label)))


def _label(entry: TollEntry) -> str:
    who = short_name(entry.speaker) if entry.speaker else f"{entry.outlet or entry.report} (own account)"
    whom = " ".join(GROUP_WORDS[group] for group in entry.groups) + (f" ({entry.side})" if entry.side else "")
    return f"{one_line(who)}: {whom.strip()}" if whom.strip() else one_line(who)


def toll_chart(event: Event) -> Attachment | None:
    """The chart as PNG, or None where no report gives a figure that can be drawn; the same bytes for the same event."""
    voices = voices_of(event)
    if not voices:
        return None
    states = tuple(dict.fromkeys(voice.state for voice in voices))
    panels = [[voice for voice in voices if voice.state == state] for state in states]
    rows = [1.5 + 0.2 * min(len(panel), MOST_VOICES) for panel in panels]
    figure = Figure(figsize=(_WIDTH, 0.9 + sum(rows)), dpi=_DPI, facecolor=_GROUND, layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.subplots(len(panels), 1, sharex=True, squeeze=False, height_ratios=rows)[:, 0]
    title = textwrap.fill(shortened(one_line(f"{event.id}  {event.title}"), 140), 84)
    figure.suptitle(title, x=0.01, ha="left", fontsize=11, fontweight="bold", color=_INK, parse_math=False)
    for state, panel, axis in zip(states, panels, axes, strict=True):
        _draw_panel(axis, state, panel)
    _mark_times(axes[-1], [entry.at for voice in voices for entry in voice.entries])
    figure.supxlabel(
        "Each line is one source's figure; figures are never added.  Arrow: at least / at most.  "
        "Bar: a range.  Ring: corrected downwards.",
        x=0.01, ha="left", fontsize=7.5, color=_INK,
    )  # fmt: skip
    out = io.BytesIO()
    figure.savefig(out, format="png", facecolor=_GROUND, metadata={"Software": None})
    return Attachment(name=f"{event.id}-toll.png", media_type="image/png", content=out.getvalue(), alt=alt_text(event))


def _draw_panel(axis: Axes, state: str, panel: Sequence[Voice]) -> None:
    axis.set_facecolor(_GROUND)
    axis.set_title(STATE_WORDS[state].capitalize(), loc="left", fontsize=9.5, color=_INK)
    axis.grid(visible=True, color=_GRID, linewidth=0.7)
    axis.set_axisbelow(True)
    axis.tick_params(labelsize=8, colors=_INK)
    axis.yaxis.set_major_locator(MaxNLocator(nbins=5, integer=True, min_n_ticks=1))
    axis.yaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
    for side in ("top", "right"):
        axis.spines[side].set_visible(False)
    tops = [e.max if e.max is not None else e.min or 0 for voice in panel[:MOST_VOICES] for e in voice.entries]
    top = max(tops)
    for number, voice in enumerate(panel[:MOST_VOICES]):
        _draw_voice(axis, voice, number, reach=max(top, 1) * 0.12)
    axis.set_ylim(0, max(top, 1) * 1.25)
    handles, labels = axis.get_legend_handles_labels()
    if len(panel) > MOST_VOICES:
        labels[-1] += f"   … and {len(panel) - MOST_VOICES} more in the list"
    legend = axis.legend(
        handles, labels, loc="upper left", bbox_to_anchor=(1.0, 1.02), fontsize=7.5, frameon=False, borderaxespad=0.2,
        labelcolor=_INK,
    )  # fmt: skip
    for words in legend.get_texts():
        words.set_parse_math(False)


def _draw_voice(axis: Axes, voice: Voice, number: int, *, reach: float) -> None:
    """A speaker's line through the figures; what is open at one end gets an arrow, a range its bar and band."""
    colour, marker = _COLOURS[number % len(_COLOURS)], _MARKERS[number % len(_MARKERS)]
    x = [float(date2num(entry.at)) for entry in voice.entries]
    low = [float(_bottom(entry)) for entry in voice.entries]
    high = [float(_top(entry)) for entry in voice.entries]
    middle = [(a + b) / 2 for a, b in zip(low, high, strict=True)]
    label = textwrap.fill(shortened(voice.label, 2 * _LABEL), _LABEL)
    axis.plot(x, middle, color=colour, marker=marker, markersize=5.5, linewidth=1.6, label=label, drawstyle="steps-post")
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


def _bottom(entry: TollEntry) -> int:
    return entry.min if entry.min is not None else entry.max or 0


def _top(entry: TollEntry) -> int:
    return entry.max if entry.max is not None else entry.min or 0


def _mark_times(axis: Axes, times: Sequence[datetime]) -> None:
    first, last = min(times), max(times)
    margin = max((last - first) * 0.05, timedelta(hours=3))
    axis.set_xlim(float(date2num(first - margin)), float(date2num(last + margin)))
    locator = AutoDateLocator(tz=UTC, minticks=2, maxticks=8)
    axis.xaxis.set_major_locator(locator)
    axis.xaxis.set_major_formatter(ConciseDateFormatter(locator, tz=UTC))


def alt_text(event: Event) -> str:
    """What the chart shows, in words: every drawn figure with its speaker and time, oldest first for each speaker."""
    told = []
    for voice in voices_of(event):
        who = voice.label.partition(": ")[0]
        steps = ", then ".join(
            f"{toll_words(entry)} ({entry.at.astimezone(UTC):%d %b %H:%M} UTC)"
            + (", corrected downwards" if entry.corrects else "")
            for entry in voice.entries
        )
        told.append(f"{who}: {steps}")
    more = f" And {len(told) - _MOST_ALT} more series." if len(told) > _MOST_ALT else ""
    return f"Toll over time of {event.id}, times in UTC. " + ". ".join(told[:_MOST_ALT]) + "." + more
