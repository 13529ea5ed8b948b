"""The growth of CPU per feed, drawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

COLOURS = {"new": "#0072B2", "304": "#009E73", "same": "#D55E00"}
NAMES = {"new": "all new", "304": "unchanged (304)", "same": "same body"}


def draw(counts: Sequence[int], lines: Mapping[tuple[str, str], Sequence[float]], file: Path) -> None:
    """CPU milliseconds per feed over the number of feeds: Sitrep's lines whole, the bare client's dashed."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8, 4.5), dpi=120, layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    for (side, state), values in lines.items():
        ours = side == "Sitrep"
        axes.plot(
            counts, values, color=COLOURS[state], linestyle="-" if ours else "--", marker="o" if ours else "s",
            markersize=4, label=f"{side}, {NAMES[state]}",
        )  # fmt: skip
    axes.set_xscale("log")
    axes.set_xticks(counts, [f"{count:,}" for count in counts])
    axes.minorticks_off()
    axes.set_ylim(bottom=0)
    axes.set_xlabel("feeds")
    axes.set_ylabel("CPU per feed, ms")
    axes.set_title("CPU of one reading, by the number of feeds", loc="left")
    axes.grid(axis="y", alpha=0.3)
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(loc="center left", bbox_to_anchor=(1.0, 0.5), frameon=False)
    file.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(file)
