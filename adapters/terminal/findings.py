"""Findings for people: a mark and a word for each level, never colour alone."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.text import Text

from bot.model.finding import Finding
from bot.model.legible import one_line

_MARKS = {"ok": ("✓ well   ", "green"), "warning": ("! look   ", "yellow"), "wrong": ("✗ wrong  ", "red bold")}


def show_findings(found: Sequence[Finding], console: Console) -> None:
    """Print one line each, what to do under it, and a last line that sums up."""
    for one in found:
        mark, style = _MARKS[one.level]
        console.print(Text.assemble((mark, style), (f"{one.area:<11}", "bold"), one_line(one.told)), soft_wrap=True)
        if one.hint:
            console.print(Text(f"{'':20}→ {one.hint}", style="dim"), soft_wrap=True)
    wrong, looks = (sum(one.level == level for one in found) for level in ("wrong", "warning"))
    console.print(f"\n{wrong} wrong, {looks} to look at, {len(found) - wrong - looks} well")
