"""One id from what began something (a feed that was read, a command) to the delivery that ends it.

It stands in every line of the log that is written on the way, under `trace`, also across the store's queues: what
waits there carries it. It is drawn at random and tells nothing of anybody.
"""

from __future__ import annotations

import secrets
from contextlib import AbstractContextManager

from structlog.contextvars import bound_contextvars, get_contextvars


def begun(what: str) -> AbstractContextManager[object]:
    """A new trace for as long as the context lasts: begun("feed") → "feed-9f2c01ab"."""
    return bound_contextvars(trace=f"{what}-{secrets.token_hex(4)}")


def gone_on(trace: str) -> AbstractContextManager[object]:
    """The trace of something that waited; "" is none."""
    return bound_contextvars(trace=trace)


def current() -> str:
    """The present trace, or ""."""
    return str(get_contextvars().get("trace", ""))
