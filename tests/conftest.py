"""What all tests share."""

from __future__ import annotations

from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[2] / "shared"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of annotated corpora and platform checkers beside the project; absent in a plain checkout."""
    if not SHARED.is_dir():
        pytest.skip("the corpora and platform checkers beside the project are not here")
    return SHARED
