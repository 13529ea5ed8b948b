"""What a stand-in platform was asked and did, as lines of a file; and the faults that it has, by a seed."""

from __future__ import annotations

import json
import random
import time
from pathlib import Path
from typing import Any, Literal

Fault = Literal["limited", "refused", "failed", "lost", "hangs"]
"""429 with Retry-After; 500 before the message is taken; 500 after; the connection cut after; no answer after."""


class Journal:
    """Every request with its time; in memory, and in a file where one is given (each line is flushed at once)."""

    def __init__(self, file: Path | None = None) -> None:
        self.entries: list[dict[str, Any]] = []
        self._file = file.open("a", encoding="utf-8") if file else None

    def note(self, **fields: Any) -> None:
        """Write one entry down."""
        entry = {"at": time.time(), **fields}
        self.entries.append(entry)
        if self._file is not None:
            self._file.write(json.dumps(entry, ensure_ascii=False) + "\n")
            self._file.flush()


class Faults:
    """Which requests go wrong, and how: a share of them, drawn from a seed."""

    def __init__(self, *, share: float = 0.0, seed: int = 0, hang_seconds: float = 40.0) -> None:
        self.share = share
        self.hang_seconds = hang_seconds
        self._random = random.Random(seed)

    def draw(self) -> Fault | None:
        """The next request's fault; None where it goes well."""
        if self._random.random() >= self.share:
            return None
        kinds: tuple[Fault, ...] = ("limited", "refused", "failed", "lost", "hangs")
        return self._random.choices(kinds, weights=(4, 3, 3, 3, 1))[0]


class Bucket:
    """So many requests in so many seconds; says how long to wait where there are more."""

    def __init__(self, most: int, seconds: float) -> None:
        self.most = most
        self.seconds = seconds
        self._at: list[float] = []

    def wait(self) -> float:
        """0 where the request fits (it is counted then), else the seconds until one does."""
        now = time.monotonic()
        self._at = [at for at in self._at if now - at < self.seconds]
        if len(self._at) >= self.most:
            return self._at[0] + self.seconds - now
        self._at.append(now)
        return 0.0

    @property
    def left(self) -> int:
        """How many requests fit now."""
        now = time.monotonic()
        return self.most - sum(1 for at in self._at if now - at < self.seconds)

    @property
    def reset_after(self) -> float:
        """Seconds until the oldest counted request no longer counts."""
        return max(0.0, self._at[0] + self.seconds - time.monotonic()) if self._at else 0.0
