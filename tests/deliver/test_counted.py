"""What becomes of deliveries and feeds is counted where it happens."""

from __future__ import annotations

from pathlib import Path

from bot import metrics
from bot.model.errors import DeliveryError, TryLater, Undeliverable
from tests.deliver.post import NOW, post_office, told
from tests.test_newsroom import world


def value(name: str, **labels: str) -> float:
    return metrics.REGISTRY.get_sample_value(name, labels) or 0.0


def deliveries(result: str) -> float:
    return value("sitrep_deliveries_total", platform="board", result=result)


async def test_each_ending_of_a_delivery_is_counted_once_and_its_lag_timed(tmp_path: Path) -> None:
    before = {ending: deliveries(ending) for ending in ("sent", "retried", "dead")}
    lag, lags = value("sitrep_post_lag_seconds_sum"), value("sitrep_post_lag_seconds_count")
    waited = value("sitrep_rate_limit_wait_seconds_total", platform="board")
    with post_office(tmp_path) as office:
        office.order()
        office.file(told("a"))
        office.board.fail = [TryLater("slow down", retry_after=7.0)]
        await office.later(seconds=3)
        assert deliveries("retried") == before["retried"] + 1
        assert value("sitrep_rate_limit_wait_seconds_total", platform="board") == waited + 7.0
        assert deliveries("sent") == before["sent"]
        await office.later(seconds=60)
        assert deliveries("sent") == before["sent"] + 1
        assert value("sitrep_post_lag_seconds_count") == lags + 1
        assert value("sitrep_post_lag_seconds_sum") - lag >= 60
        office.file(told("b", "a flood and a landslide in the valley of Ardon"))
        office.board.fail = [DeliveryError("no such card")]
        await office.later(seconds=5)
        office.file(told("c", "an earthquake near the town of Hualien at dawn"))
        office.board.fail = [Undeliverable("the channel is gone")]
        await office.later(seconds=5)
    assert deliveries("dead") == before["dead"] + 2
    assert office.now > NOW


async def test_feeds_read_and_reports_filed_are_counted_by_how_that_went(tmp_path: Path) -> None:
    def counts() -> dict[str, float]:
        polls = {f"poll {r}": value("sitrep_polls_total", result=r) for r in ("changed", "unchanged", "not_a_feed")}
        filed = {"new": value("sitrep_reports_total", outcome="new")}
        return polls | filed | {"understood": value("sitrep_extraction_seconds_count")}

    async with world(tmp_path) as w:
        before = counts()
        await w.tick()
        first = counts()
        assert first["poll changed"] == before["poll changed"] + 1
        assert first["new"] > before["new"]
        assert first["understood"] - before["understood"] == first["new"] - before["new"]
        await w.tick(600)
        assert counts()["poll unchanged"] == first["poll unchanged"] + 1
        w.serving["body"] = b"this is no feed"
        await w.tick(600)
        assert counts()["poll not_a_feed"] == first["poll not_a_feed"] + 1
