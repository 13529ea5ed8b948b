"""The growth of CPU per feed, drawn."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path

from bot.queries.drawing import GRID, SOFT, Sheet

COLOURS = {"new": "#0072B2", "304": "#009E73", "same": "#D55E00"}
NAMES = {"new": "all new", "304": "unchanged (304)", "same": "same body"}
_WIDTH, _HEIGHT = 900, 460
_LEFT, _RIGHT, _TOP, _BOTTOM = 70, 650, 60, 400


def draw(counts: Sequence[int], lines: Mapping[tuple[str, str], Sequence[float]], file: Path) -> None:
    """CPU milliseconds per feed over the number of feeds: Sitrep's lines whole, the bare client's dashed."""
    sheet = Sheet(_WIDTH, _HEIGHT)
    step = 0.5
    top = step * math.ceil(max(max(values) for values in lines.values()) / step)
    span = math.log(counts[-1] / counts[0])

    def place(count: int, value: float) -> tuple[float, float]:
        across = math.log(count / counts[0]) / span
        return _LEFT + 20 + across * (_RIGHT - _LEFT - 40), _BOTTOM - value / top * (_BOTTOM - _TOP)

    sheet.words((_LEFT, 18), "CPU of one reading, ms, by the number of feeds", 16, weight="bold")
    for number in range(round(top / step) + 1):
        y = place(counts[0], number * step)[1]
        sheet.line([(_LEFT, y), (_RIGHT, y)], GRID, 1)
        sheet.words((_LEFT - 10, y), f"{number * step:.1f}", 13, colour=SOFT, anchor="rm")
    for count in counts:
        sheet.words((place(count, 0)[0], _BOTTOM + 12), f"{count:,}", 13, colour=SOFT, anchor="ma")
    for row, ((side, state), values) in enumerate(lines.items()):
        ours = side == "Sitrep"
        points = [place(count, value) for count, value in zip(counts, values, strict=True)]
        label = _TOP + 12 + 26 * row
        for line in (points, [(_RIGHT + 20, label), (_RIGHT + 52, label)]):
            sheet.line(line, COLOURS[state], 2, () if ours else (8, 5))
        for point in (*points, (_RIGHT + 36, label)):
            sheet.marker("circle" if ours else "square", point, 4, COLOURS[state])
        sheet.words((_RIGHT + 62, label), f"{side}, {NAMES[state]}", 13, anchor="lm")
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(sheet.png())
