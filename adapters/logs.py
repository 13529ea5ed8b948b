"""Structured logs: an event's name in the past tense, and keys; JSON or pretty, to standard error."""

from __future__ import annotations

import logging
import sys
from typing import Literal

import structlog

from bot.levels import LEVELS, read_levels

_OURS = ("bot", "adapters")
_in_force = read_levels("info")


def set_up_logs(level: str, form: Literal["json", "pretty"]) -> None:
    """Send our own logs, and the libraries' warnings, to standard error in the given form."""
    renderer: structlog.typing.Processor = (
        structlog.processors.JSONRenderer()
        if form == "json"
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    structlog.configure(
        processors=[
            _of_areas,
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            renderer,
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="%(levelname)s %(name)s: %(message)s")
    set_levels(level)


def set_levels(level: str) -> None:
    """Log from these levels on (see `read_levels`), from now on; raises `SettingsError` and changes nothing."""
    global _in_force
    before, _in_force = _in_force, read_levels(level)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(_in_force.lowest))
    for area in before.areas.keys() | _in_force.areas.keys():
        if area.partition(".")[0] not in _OURS:
            logging.getLogger(area).setLevel(_in_force.areas.get(area, logging.NOTSET))


def _of_areas(logger: object, method: str, entry: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """Drop what is below the level of the module that says it."""
    del logger
    if _in_force.areas:
        frame = sys._getframe(1)
        while frame.f_back and frame.f_globals.get("__name__", "").partition(".")[0] == "structlog":
            frame = frame.f_back
        said = LEVELS.get(method, logging.ERROR)  # "exception" and "critical" are errors
        if said < _in_force.of(frame.f_globals.get("__name__", "")):
            raise structlog.DropEvent
    return entry
