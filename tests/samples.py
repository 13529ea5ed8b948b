"""The sample reports of `seeds/`, understood once, and a desk over a store that holds them."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from functools import lru_cache

from bot.extract.lines import read_reports
from bot.extract.pipeline import summarise
from bot.intake import file_reports
from bot.model.card import Card
from bot.model.command import Asker
from bot.model.report import Report
from bot.model.summary import Summary
from bot.queries.desk import Desk
from bot.queries.links import Links
from bot.shipped import shipped
from bot.store.engine import Store

NOW = datetime(2023, 10, 20, 12, 0, tzinfo=UTC)
TERMINAL = Asker(platform="terminal", tenant="terminal", user="operator", channel="terminal", may_manage=True)


@lru_cache(maxsize=1)
def told() -> tuple[tuple[Report, Summary], ...]:
    """The folder's sample reports with their summaries, by file name."""
    files = sorted(shipped("seeds/reports").glob("*.json"))
    lines = [json.dumps(json.loads(file.read_text(encoding="utf-8"))).encode() for file in files]
    reports = [report for report in read_reports(lines) if isinstance(report, Report)]
    return tuple((report, summarise(report)) for report in reports)


def sample(report_id: str) -> tuple[Report, Summary]:
    """One of them."""
    return next(pair for pair in told() if pair[0].id == report_id)


def clock() -> datetime:
    """A time at which all samples are told."""
    return NOW


async def understand(report: Report) -> tuple[Report, Summary]:
    """As the newsroom does, in this thread."""
    return report, summarise(report)


def filled_store(tenant: str = "") -> Store:
    """A store in memory with the samples filed."""
    store = Store("sqlite://")
    store.migrate()
    store.write_now(file_reports, told(), tenant=tenant, now=NOW)
    return store


def sample_desk(store: Store | None = None, links: Links | None = None) -> Desk:
    """A desk over the samples."""
    return Desk(store or filled_store(), clock=clock, understand=understand, links=links)


def words_of(card: Card) -> str:
    """All that a card shows, page after page, a line each."""
    parts = [card.title, card.subtitle, card.lead, card.footer]
    parts += [f"{line.text} {line.note}" for section in (*card.sections, *card.overflow) for line in section.lines]
    return "\n".join(parts)
