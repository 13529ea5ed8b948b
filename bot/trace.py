"""One id from what began something (a feed that was read, a command) to the delivery that ends it.

It stands in every line of the log that is written on the way, under `trace`, also across the store's queues: what
waits there carries it. It is drawn at random and tells nothing of anybody. Whoever wants to see how long each step
takes is told of them (`follow`).
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext

from structlog.contextvars import bound_contextvars, get_contextvars

Step = Callable[[str, str, bool], AbstractContextManager[object]]
"""Called with a trace, what is done in it, and whether that is its beginning; the context is the step."""


def _unfollowed(trace: str, what: str, begins: bool) -> AbstractContextManager[object]:
    del trace, what, begins
    return nullcontext()


_step: Step = _unfollowed


def follow(step: Step | None) -> None:
    """Tell `step` of every step from now on; None: nobody."""
    global _step
    _step = step or _unfollowed


@contextmanager
def begun(what: str) -> Iterator[None]:
    """A new trace for as long as the context lasts: begun("feed") → "feed-9f2c01ab"."""
    trace = f"{what}-{random.getrandbits(32):08x}"
    with bound_contextvars(trace=trace), _step(trace, what, True):
        yield


@contextmanager
def gone_on(trace: str, what: str) -> Iterator[None]:
    """The next step (`what`) of something that waited; "" is no trace."""
    with bound_contextvars(trace=trace), _step(trace, what, False) if trace else nullcontext():
        yield


def current() -> str:
    """The present trace, or ""."""
    return str(get_contextvars().get("trace", ""))
