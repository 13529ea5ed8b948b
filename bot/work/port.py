"""The port of work: a place where a function runs beside the event loop, within a time limit."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, Protocol, TypeVar

T = TypeVar("T")

Lane = Literal["language", "parse"]
"""Which workers do it: "language" (hold the model's weights) or "parse" (see hostile bytes; small memory limit)."""


class Workers(Protocol):
    """Runs picklable functions elsewhere than on the event loop."""

    async def run(self, function: Callable[..., T], *args: object, lane: Lane = "parse", timeout: float = 10.0) -> T:
        """Return `function(*args)`.

        Raises `WorkError` where the time limit (seconds) or the memory limit was exceeded or the worker died; the
        function's own errors come through as they are. Whatever happens, the next call finds a working worker.
        """
        ...

    async def close(self) -> None:
        """End the workers; waits for none of them."""
        ...
