"""Filing: what comes of reports does not depend on how many are filed in one transaction, nor on the database."""

from __future__ import annotations

from typing import Any

import msgspec
from sqlalchemy import Connection, select

from bot.intake import file_reports
from bot.model.report import Report
from bot.model.subscription import Destination, Subscription, Watch
from bot.model.summary import Summary
from bot.store import events, names, reports, subscriptions, tables
from bot.store.engine import Store
from tests.events.accounts import FERRY, NOTHING, OTHERS, plain
from tests.samples import NOW, told

CHANNEL = Destination(platform="discord", tenant="discord:1", channel="7")
READER = Destination(platform="slack", tenant="slack:T1", channel="U1", direct=True)


def batch() -> list[tuple[Report, Summary]]:
    """Accounts of several happenings, one of them corrected at once and one given twice; long enough for large events."""
    pairs = [*told(), *plain(FERRY, "ferry"), *plain(OTHERS, "other"), *plain(NOTHING, "none")]
    again = [pair for n in range(3) for pair in plain(FERRY, f"more{n}-")]
    report, summary = pairs[0]
    corrected = msgspec.structs.replace(report, text=f"{report.text} This report has been corrected.")
    return [*pairs, (corrected, summary), pairs[2], *again]


def prepared(store: Store) -> Store:
    store.migrate()
    store.write_now(subscriptions.save_subscription, Subscription(id="s1", destination=CHANNEL))
    store.write_now(subscriptions.save_watch, Watch(id="w1", destination=READER, user="U1"))
    return store


def held(c: Connection) -> dict[str, Any]:
    """What a store holds of reports, events and deliveries."""
    every = events.everything(c)
    rows = tables.deliveries
    columns = (rows.c.key, rows.c.kind, rows.c.channel, rows.c.due_at, rows.c.event_id, rows.c.state)
    return {
        "reports": sorted(report.id for report, _ in reports.everything(c)),
        "revisions": {report.id: len(reports.revisions(c, report.id)) for report, _ in reports.everything(c)},
        "events": every,
        "notes": {event.id: events.notes_of(c, event.id) for event in every},
        "found": [event.id for event in events.latest_events(c, tenant="discord:1", words="ferry", count=50)],
        "deliveries": [tuple(row) for row in c.execute(select(*columns).order_by(rows.c.key))],
        "names": names.suggested(c, "actor", tenant="", limit=100),
    }


def test_filed_together_or_one_by_one_on_either_database_the_outcome_is_the_same(store_url: str) -> None:
    together, apart = prepared(Store(store_url)), prepared(Store("sqlite://"))
    filed = together.write_now(file_reports, batch(), now=NOW)
    one_by_one = [apart.write_now(file_reports, [pair], now=NOW)[0] for pair in batch()]
    assert list(filed) == one_by_one
    assert {one.outcome for one in filed} == {"new", "revised", "same"}
    found = together.read_now(held)
    assert any(len(event.reports) > 12 for event in found["events"])
    assert found["deliveries"] and any(found["notes"].values())
    assert found == apart.read_now(held)
    together.close()
    apart.close()
