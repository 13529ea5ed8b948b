"""The toll over time as a picture: states apart, one line or band for each speaker, never a sum.

Each speaker has a colour that the colour-blind can tell apart and a marker as well. The picture brings its own light
ground, so it reads the same on a light and on a dark page.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import msgspec

from bot.model.card import Attachment
from bot.model.event import Event, TollEntry
from bot.model.legible import one_line
from bot.queries.cards import GROUP_WORDS, STATE_WORDS, short_name, toll_words
from bot.queries.drawing import COLOURS, DASHES, GRID, INK, MARKERS, SOFT, Point, Sheet, paler, wrapped

_STATES = ("killed", "injured", "unspecified", "missing", "captured", "displaced")
MOST_VOICES = 8
"""Lines in one panel: more cannot be told apart; the card and the export list them all."""
_MOST_ALT = 24
_WIDTH, _LEFT, _RIGHT, _TITLE, _PANEL_TITLE, _GAP, _BOTTOM = 1200, 84, 372, 74, 38, 26, 104
_LABEL_SIZE, _LABEL_LINE, _LABEL_GAP = 15, 20, 10
"""All in pixels: the picture's width, margins, the heights of titles and of the lines of a legend."""
_LEAST_PANEL = 170
_MANY = 25
"""Points in a panel from which markers are smaller."""
_TIME_STEPS = (
    *(timedelta(minutes=m) for m in (5, 10, 30)),
    *(timedelta(hours=h) for h in (1, 2, 3, 6, 12)),
    *(timedelta(days=d) for d in (1, 2, 4, 7, 14, 30, 60, 120, 365, 730, 1825)),
)
_EXPLAINED = (
    "Each line is one source's figure; figures are never added.   Arrow: at least, or at most.   Band: a range.   "
    "Ring: corrected downwards.   Times are UTC."
)


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
    heights = [max(_LEAST_PANEL, sum(len(label) * _LABEL_LINE + _LABEL_GAP for label in of)) for of in labels]
    sheet = Sheet(_WIDTH, _TITLE + sum(heights) + (_PANEL_TITLE + _GAP) * len(panels) + _BOTTOM)
    (title,) = wrapped(f"{event.id}  {event.title}", 21, _WIDTH - 40, most=1, weight="bold")
    sheet.words((20, 22), title, 21, weight="bold")
    sheet.words((20, sheet.height - 26), _EXPLAINED, 14, colour=SOFT, anchor="ls")
    across, ticks = _time_axis([entry.at for voice in voices for entry in voice.entries])
    top = _TITLE
    for panel, of, height in zip(panels, labels, heights, strict=True):
        top += _PANEL_TITLE
        _draw_panel(sheet, panel, top, height, across, [at for at, _ in ticks], rank)
        _draw_legend(sheet, panel, of, top, rank)
        top += height + _GAP
    _write_times(sheet, ticks, top - _GAP)
    return Attachment(name=f"{event.id}-toll.png", media_type="image/png", content=sheet.png(), alt=alt_text(event))


def _labels(panel: Sequence[Voice]) -> list[list[str]]:
    """What the legend calls each line: speaker, then whose toll it is; the end of a long name tells names apart."""
    room = _RIGHT - 60
    found = []
    for voice in panel[:MOST_VOICES]:
        lines = wrapped(_middle_out(voice.speaker, 76), _LABEL_SIZE, room, most=2)
        found.append([*lines, *(wrapped(voice.whom, _LABEL_SIZE, room, most=1) if voice.whom else [])])
    if len(panel) > MOST_VOICES:
        found[-1].append(f"(and {len(panel) - MOST_VOICES} more in the list)")
    return found


def _middle_out(words: str, limit: int) -> str:
    half = limit // 2
    return words if len(words) <= limit else f"{words[:half].rstrip()} … {words[-half + 3 :].lstrip()}"


def _draw_panel(
    sheet: Sheet,
    panel: Sequence[Voice],
    top: float,
    height: float,
    across: Callable[[datetime], float],
    ticks: Sequence[float],
    rank: dict[str, int],
) -> None:
    """One state: its grid, and a line for each voice."""
    drawn = panel[:MOST_VOICES]
    highest = max(1, *(_top(entry) for voice in drawn for entry in voice.entries))
    step = _step(highest)
    scale = height / (highest * 1.22)

    def up(value: float) -> float:
        return top + height - value * scale

    right = _WIDTH - _RIGHT
    sheet.words((_LEFT - 60, top - 12), STATE_WORDS[panel[0].state].capitalize(), 18, weight="bold", anchor="ls")
    for value in range(0, int(highest * 1.22) + 1, step):
        sheet.line([(_LEFT, up(value)), (right, up(value))], GRID if value else SOFT, 1)
        sheet.words((_LEFT - 10, up(value)), f"{value:,}", 14, colour=SOFT, anchor="rm")
    for x in ticks:
        sheet.line([(x, top), (x, top + height)], GRID, 1)
    seen: dict[str, int] = {}
    size = 4.2 if sum(len(voice.entries) for voice in drawn) > _MANY else 6.5
    for voice in drawn:
        _draw_ranges(sheet, voice, COLOURS[rank[voice.speaker] % len(COLOURS)], across, up)
    for voice in drawn:
        nth = seen[voice.speaker] = seen.get(voice.speaker, -1) + 1
        number = rank[voice.speaker]
        _draw_voice(sheet, voice, number, DASHES[nth % len(DASHES)], size, across, up)


def _draw_ranges(
    sheet: Sheet, voice: Voice, colour: str, across: Callable[[datetime], float], up: Callable[[float], float]
) -> None:
    """Bands between the ends of ranges, under all lines; and a bar where each range was given."""
    points = [(across(e.at), up(_bottom(e)), up(_top(e))) for e in voice.entries]
    for (x0, low, high), (x1, _, _) in pairwise(points):
        if low != high:
            sheet.area([(x0, low), (x1, low), (x1, high), (x0, high)], paler(colour, 0.2))
    for x, low, high in points:
        if low != high:
            sheet.line([(x, low), (x, high)], paler(colour, 0.5), 6)


def _draw_voice(
    sheet: Sheet,
    voice: Voice,
    number: int,
    dash: tuple[int, ...],
    size: float,
    across: Callable[[datetime], float],
    up: Callable[[float], float],
) -> None:
    """A speaker's line through the figures (the middle of a range); what is open at one end gets an arrow."""
    colour, shape = COLOURS[number % len(COLOURS)], MARKERS[number % len(MARKERS)]
    middle: list[Point] = [(across(e.at), up((_bottom(e) + _top(e)) / 2)) for e in voice.entries]
    steps = [p for one, after in pairwise(middle) for p in (one, (after[0], one[1]))] + middle[-1:]
    if len(steps) > 1:
        sheet.line(steps, colour, 2.4, dash)
    for (x, y), entry in zip(middle, voice.entries, strict=True):
        if entry.max is None or entry.min is None:
            sheet.arrow((x, y), 26 if entry.max is None else -min(26, up(0) - y), colour)
        sheet.marker(shape, (x, y), size, colour)
        if entry.corrects:
            sheet.ring((x, y), size + 6, INK)


def _draw_legend(
    sheet: Sheet, panel: Sequence[Voice], labels: Sequence[list[str]], top: float, rank: dict[str, int]
) -> None:
    """Beside the panel: each line's colour, dash and marker, and what it is."""
    x, y = _WIDTH - _RIGHT + 14, top + 4.0
    seen: dict[str, int] = {}
    for voice, label in zip(panel, labels, strict=False):
        nth = seen[voice.speaker] = seen.get(voice.speaker, -1) + 1
        number = rank[voice.speaker]
        colour = COLOURS[number % len(COLOURS)]
        sheet.line([(x, y + 8), (x + 34, y + 8)], colour, 2.4, DASHES[nth % len(DASHES)])
        sheet.marker(MARKERS[number % len(MARKERS)], (x + 17, y + 8), 6, colour)
        for number_of_line, words in enumerate(label):
            first = not number_of_line
            sheet.words((x + 44, y), words, _LABEL_SIZE, colour=INK if first or words not in voice.whom else SOFT)
            y += _LABEL_LINE
        y += _LABEL_GAP


def _bottom(entry: TollEntry) -> int:
    return entry.min if entry.min is not None else entry.max or 0


def _top(entry: TollEntry) -> int:
    return entry.max if entry.max is not None else entry.min or 0


def _step(highest: int) -> int:
    """A round step that gives two to five lines."""
    step = 1
    while highest * 1.22 / step > 5:
        step = step * 5 // 2 if str(step)[0] == "2" else step * 2
    return step


def _time_axis(times: Sequence[datetime]) -> tuple[Callable[[datetime], float], list[tuple[float, datetime]]]:
    """Where a time stands, and the marked times with their places: two to seven, all at round hours or days."""
    first, last = min(times), max(times)
    margin = max((last - first) * 0.05, timedelta(hours=1))
    start, span = first - margin, (last - first) + 2 * margin
    room = _WIDTH - _LEFT - _RIGHT

    def across(at: datetime) -> float:
        return _LEFT + room * ((at - start) / span)

    step = next(
        (step for step in _TIME_STEPS if span / step <= 7), _TIME_STEPS[-1] * (1 + span // (_TIME_STEPS[-1] * 7))
    )
    midnight = start.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    at = midnight + step * -(-(start - midnight) // step)
    marked = []
    while at <= start + span:
        marked.append((across(at), at))
        at += step
    return across, marked or [(across(first), first)]


def _write_times(sheet: Sheet, ticks: Sequence[tuple[float, datetime]], bottom: float) -> None:
    """Under the last panel: hours, and the day where it changes."""
    hours = any(at.hour or at.minute for _, at in ticks)
    day = ""
    for x, at in ticks:
        date = f"{at:%-d %b}" if x != ticks[0][0] and at.year == ticks[0][1].year else f"{at:%-d %b %Y}"
        if hours:
            sheet.words((x, bottom + 8), f"{at:%H:%M}", 14, colour=SOFT, anchor="ma")
        if f"{at:%-d %b}" != day:
            sheet.words((x, bottom + (27 if hours else 8)), date, 14, anchor="ma")
        day = f"{at:%-d %b}"


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
