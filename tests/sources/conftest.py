"""What the tests of the sources share."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from bot.model.feed import Feed
from bot.sources.fetch import Fetcher
from bot.work.local import ThreadWorkers
from tests.stand_ins.feed_server import FeedServer


class MovedClock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@pytest.fixture
def clock() -> MovedClock:
    return MovedClock()


@pytest.fixture
async def server() -> AsyncIterator[FeedServer]:
    async with FeedServer() as serving:
        yield serving


@pytest.fixture
async def fetcher(server: FeedServer) -> AsyncIterator[Fetcher]:
    async with Fetcher(allow_hosts=[server.opened], deadline=2.0, spacing=0.0) as open_fetcher:
        yield open_fetcher


@pytest.fixture
def run() -> object:
    return ThreadWorkers().run


@pytest.fixture
def feed(server: FeedServer) -> Feed:
    return Feed(id="f1", url=server.url("/news"))
