"""What the tests of the Discord door share."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Answers are waited for, however busy the machine is; tests of deferrals set their own patience."""
    monkeypatch.setattr("adapters.discord.answers.SOON", 2.5)
    monkeypatch.setattr("bot.queries.completion.PATIENCE", 2.5)
