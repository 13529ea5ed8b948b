"""One id from what began something (a feed that was read, a command) to the delivery that ends it.

It stands in every line of the log that is written on the way, under `trace`, also across the store's queues: what
waits there carries it. It is drawn at random and tells nothing of anybody. Whoever wants to see how long each step
takes is told of them (`follow`).
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext

from structlog.contextvars import bind_contextvars, get_contextvars, reset_contextvars

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


def begun(what: str) -> AbstractContextManager[str]:
    """A new trace for as long as the context lasts, which gives its name: begun("feed") → "feed-9f2c01ab"."""
    trace = f"{what}-{random.getrandbits(32):08x}"
    return _bound(trace, _step(trace, what, True))


def gone_on(trace: str, what: str) -> AbstractContextManager[str]:
    """The next step (`what`) of something that waited; "" is no trace."""
    return _bound(trace, _step(trace, what, False) if trace else nullcontext())


@contextmanager
def _bound(trace: str, step: AbstractContextManager[object]) -> Iterator[str]:
    before = bind_contextvars(trace=trace)
    try:
        with step:
            yield trace
    finally:
        reset_contextvars(**before)


def current() -> str:
    """The present trace, or ""."""
    return str(get_contextvars().get("trace", ""))
