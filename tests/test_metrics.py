"""The metrics: counted where things happen, and every name that dashboard and alerts use exists."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec
import yaml
from aiohttp import ClientSession
from prometheus_client.parser import text_string_to_metric_families

from adapters.assemble import built
from adapters.doors import Doors
from bot import metrics
from bot.model.command import Asker
from bot.settings import Settings, SourceSettings, StoreSettings, WebSettings
from bot.shipped import shipped
from bot.work.local import ThreadWorkers
from tests.adapters.web.test_server import free_port

MONITORING = shipped("config/monitoring")
_NAME = re.compile(r"\bsitrep_\w+")


def exposed_names(text: str) -> set[str]:
    return {
        name
        for family in text_string_to_metric_families(text)
        for name in (family.name, f"{family.name}_total", f"{family.name}_bucket")
    }


def test_every_metric_of_the_dashboard_and_the_alerts_exists() -> None:
    known = exposed_names(metrics.exposed().decode())
    dashboard = msgspec.json.decode((MONITORING / "grafana-dashboard.json").read_bytes())
    rules = yaml.safe_load((MONITORING / "alerts.yml").read_text(encoding="utf-8"))["groups"][0]["rules"]
    expressions = [target["expr"] for panel in dashboard["panels"] for target in panel["targets"]]
    expressions += [rule["expr"] for rule in rules]
    used = {name for expression in expressions for name in _NAME.findall(expression)}
    assert len(used) >= 12
    assert used <= known
    assert all(rule["annotations"]["hint"] for rule in rules)


async def test_questions_and_the_stores_state_can_be_read_over_http(tmp_path: Path) -> None:
    port = free_port()
    settings = msgspec.structs.replace(
        Settings(),
        store=StoreSettings(url=f"sqlite:///{tmp_path / 's.db'}"),
        sources=SourceSettings(opml=(), folders=()),
        web=WebSettings(port=port),
    )
    async with built(settings, workers=ThreadWorkers()) as house:
        doors = Doors(house)
        await doors.open()
        try:
            before = metrics.REGISTRY.get_sample_value(
                "sitrep_answer_seconds_count", {"platform": "terminal", "root": "news"}
            )
            await house.desk.ask("latest", Asker(platform="terminal", tenant="terminal", user="operator"))
            async with ClientSession() as session, session.get(f"http://127.0.0.1:{port}/metrics") as answer:
                assert answer.status == 200
                told = await answer.text()
        finally:
            await doors.shut()
    samples = {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(told)
        for sample in family.samples
    }
    asked = samples["sitrep_answer_seconds_count", (("platform", "terminal"), ("root", "news"))]
    assert asked == (before or 0) + 1
    assert samples["sitrep_resident_bytes", ()] > 10_000_000
    assert samples["sitrep_longest_due_seconds", ()] == 0
