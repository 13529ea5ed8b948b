"""A sheet to draw on: smooth shapes, words in DejaVu Sans (right to left where they run so), a small PNG at the end."""

from __future__ import annotations

import io
import itertools
from collections.abc import Sequence
from functools import lru_cache
from math import cos, hypot, pi, sin
from pathlib import Path
from typing import Literal

from PIL import Image, ImageDraw, ImageFont

from bot.model.legible import one_line

GROUND, INK, SOFT, GRID = "#FAFAF7", "#222222", "#63635E", "#DCDCD6"
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
"""Okabe and Ito's colours (jfly.uni-koeln.de/color), which the colour-blind can tell apart."""
MARKERS = ("circle", "square", "up", "diamond", "down", "plus", "cross", "hexagon")
DASHES: tuple[tuple[int, ...], ...] = ((), (10, 6), (2, 5), (10, 4, 2, 4))

Point = tuple[float, float]
Weight = Literal["normal", "bold"]
_FONTS = Path(__file__).resolve().parent / "fonts"
_IN_THE_FACE = str.maketrans({"⟂": "⊥"})
"""Signs of the cards that the face lacks, and those that stand for them."""
_FINER = 2
"""Shapes are drawn so many times as large, then reduced: their edges come out smooth."""
_CORNERS = {"up": (3, -pi / 2), "down": (3, pi / 2), "diamond": (4, -pi / 2), "hexagon": (6, 0.0)}


@lru_cache(maxsize=32)
def font(size: int, weight: Weight = "normal") -> ImageFont.FreeTypeFont:
    """The face at a size in pixels."""
    return ImageFont.truetype(str(_FONTS / ("DejaVuSans-Bold.ttf" if weight == "bold" else "DejaVuSans.ttf")), size)


def width_of(words: str, size: int, weight: Weight = "normal") -> float:
    """How wide the words are set, in pixels."""
    return font(size, weight).getlength(words)


def wrapped(words: str, size: int, width: float, *, most: int, weight: Weight = "normal") -> list[str]:
    """The words in lines of at most `width` pixels; after `most` lines (≥ 1) the rest is left out, and "…" says so."""
    lines: list[str] = []
    line = ""
    for word in one_line(words).split(" "):
        fits = f"{line} {word}".strip()
        if width_of(fits, size, weight) <= width:
            line = fits
            continue
        lines += [line] if line else []
        line = word
        while width_of(line, size, weight) > width and len(line) > 1:
            cut = _fitting(line, size, width, weight)
            lines.append(line[:cut])
            line = line[cut:]
    lines.append(line)
    if len(lines) <= most:
        return lines
    last = lines[most - 1]
    while last and width_of(f"{last}…", size, weight) > width:
        last = last[:-1]
    return [*lines[: most - 1], f"{last.rstrip()}…"]


def _fitting(word: str, size: int, width: float, weight: Weight) -> int:
    """How many letters of a word that is too long fit; at least one."""
    cut = max(1, int(len(word) * width / width_of(word, size, weight)))
    while cut > 1 and width_of(word[:cut], size, weight) > width:
        cut -= 1
    return cut


def paler(colour: str, share: float) -> str:
    """A colour laid over the ground at that share (0 to 1)."""
    pairs = [(int(colour[i : i + 2], 16), int(GROUND[i : i + 2], 16)) for i in (1, 3, 5)]
    return "#" + "".join(f"{round(over * share + under * (1 - share)):02X}" for over, under in pairs)


class Sheet:
    """A picture of `width` by `height` pixels; all places are in pixels from its upper left corner."""

    def __init__(self, width: int, height: int) -> None:
        self.width, self.height = width, height
        self._image = Image.new("RGB", (width * _FINER, height * _FINER), GROUND)
        self._draw = ImageDraw.Draw(self._image)
        self._words: list[tuple[Point, str, int, Weight, str, str]] = []

    def words(
        self, at: Point, words: str, size: int, *, weight: Weight = "normal", colour: str = INK, anchor: str = "la"
    ) -> None:
        """One line of text; `anchor` as Pillow has it ("la": from its upper left)."""
        self._words.append((at, words.translate(_IN_THE_FACE), size, weight, colour, anchor))

    def line(self, points: Sequence[Point], colour: str, width: float = 2, dash: Sequence[int] = ()) -> None:
        """A line through the points; `dash` is pixels on and off in turn."""
        for piece in _dashed(points, dash) if dash else [points]:
            self._draw.line([self._fine(p) for p in piece], colour, round(width * _FINER), joint="curve")

    def area(self, points: Sequence[Point], colour: str) -> None:
        """A filled polygon."""
        self._draw.polygon([self._fine(p) for p in points], colour)

    def box(self, start: Point, end: Point, colour: str, radius: float = 0) -> None:
        """A filled rectangle."""
        self._draw.rounded_rectangle((*self._fine(start), *self._fine(end)), radius * _FINER, colour)

    def ring(self, at: Point, radius: float, colour: str = INK) -> None:
        """An open circle."""
        self._draw.circle(self._fine(at), radius * _FINER, outline=colour, width=round(1.6 * _FINER))

    def arrow(self, at: Point, reach: float, colour: str) -> None:
        """An upright arrow from a place, `reach` pixels upwards (downwards where negative)."""
        x, y = at
        tip, head = y - reach, 5 if reach > 0 else -5
        self.line([(x, y), (x, tip)], colour, 2)
        self.line([(x - 5, tip + head), (x, tip), (x + 5, tip + head)], colour, 2)

    def marker(self, shape: str, at: Point, radius: float, colour: str) -> None:
        """One of `MARKERS`."""
        x, y = at
        if shape == "circle":
            self._draw.circle(self._fine(at), radius * _FINER, colour)
        elif shape == "square":
            self.box((x - radius * 0.88, y - radius * 0.88), (x + radius * 0.88, y + radius * 0.88), colour)
        elif shape in ("plus", "cross"):
            turn = 0 if shape == "plus" else pi / 4
            for angle in (turn, turn + pi / 2):
                dx, dy = radius * 1.1 * cos(angle), radius * 1.1 * sin(angle)
                self.line([(x - dx, y - dy), (x + dx, y + dy)], colour, radius * 0.75)
        else:
            corners, start = _CORNERS[shape]
            angles = [start + 2 * pi * n / corners for n in range(corners)]
            self.area([(x + 1.2 * radius * cos(a), y + 1.2 * radius * sin(a)) for a in angles], colour)

    def png(self) -> bytes:
        """The picture with at most 128 colours: the same drawing gives the same bytes."""
        image = self._image.reduce(_FINER)
        draw = ImageDraw.Draw(image)
        for at, words, size, weight, colour, anchor in self._words:
            draw.text(at, words, colour, font(size, weight), anchor)
        out = io.BytesIO()
        image.quantize(128, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE).save(out, format="PNG")
        return out.getvalue()

    @staticmethod
    def _fine(point: Point) -> Point:
        return point[0] * _FINER, point[1] * _FINER


def _dashed(points: Sequence[Point], dash: Sequence[int]) -> list[list[Point]]:
    """The pieces of a line that are drawn."""
    pieces: list[list[Point]] = []
    number, left, drawn = 0, float(dash[0]), True
    for (x0, y0), (x1, y1) in itertools.pairwise(points):
        length = hypot(x1 - x0, y1 - y0)
        done = 0.0
        while done < length:
            step = min(left, length - done)
            ends = [(x0 + (x1 - x0) * at / length, y0 + (y1 - y0) * at / length) for at in (done, done + step)]
            if drawn:
                pieces.append(ends)
            done, left = done + step, left - step
            if left <= 0:
                number = (number + 1) % len(dash)
                left, drawn = float(dash[number]), not drawn
    return pieces
