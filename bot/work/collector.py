"""How often Python looks for what nobody holds any more."""

from __future__ import annotations

import gc


def hold() -> None:
    """Call before a process is built up: what is loaded stays, and looking through it a dozen times finds nothing."""
    gc.disable()


def settle() -> None:
    """Call when a process has been built up: what is there lives as long as it does, and need not be looked at again.

    What comes and goes is looked at more seldom than by default: thousands of short answers hold few circles.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 50)
    gc.enable()
