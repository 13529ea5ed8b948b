"""A database of the first released schema, as that release filled it, stands whole after the upgrade.

`schema_0001.json` holds its rows table by table, written by the code of that schema; values are the JSON that it stored.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, MetaData, text

from bot.deliver.courier import Courier
from bot.model.command import Asker
from bot.model.errors import StoreError
from bot.model.report import Given
from bot.queries.desk import Desk
from bot.queries.posts import card_of
from bot.store import audit, delivered, feeds, kept, received, reports, search, subscriptions
from bot.store.engine import Store
from bot.store.received import Received
from bot.store.schema import revisions
from bot.store.upkeep import check
from tests.samples import understand
from tests.test_newsroom import Board

ROWS = Path(__file__).with_name("schema_0001.json")
MIGRATIONS = Path(__file__).resolve().parents[2] / "bot" / "store" / "migrations"
NOW = datetime(2024, 3, 6, 18, tzinfo=UTC)
ASKER = Asker(platform="discord", tenant="discord:7", user="77", channel="70", may_manage=True, alone=True)


def upgrade_to(c: Connection, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = c
    command.upgrade(config, revision)


def fill(c: Connection) -> None:
    """The first schema with the rows that its release wrote."""
    upgrade_to(c, "0001")
    tables = MetaData()
    tables.reflect(c)
    rows: dict[str, list[dict[str, Any]]] = json.loads(ROWS.read_text(encoding="utf-8"))
    for table in tables.sorted_tables:
        for row in rows.get(table.name, []):
            binary = {column.name for column in table.columns if column.type.python_type is bytes}
            whether = {column.name for column in table.columns if column.type.python_type is bool}
            given = {
                name: value.encode()
                if name in binary and value is not None
                else bool(value)
                if name in whether
                else value
                for name, value in row.items()
            }
            c.execute(table.insert().values(given))


@pytest.fixture
def store(store_url: str) -> Iterator[Store]:
    made = Store(store_url)
    made.write_now(fill)
    assert made.schema()[0] == "0001"
    made.migrate()
    yield made
    made.close()


def test_the_upgraded_database_is_sound_and_of_the_newest_schema(store: Store) -> None:
    found = check(store)
    assert found.wrong == () and found.schema == found.newest
    assert (found.rows["reports"], found.rows["revisions"], found.rows["events"]) == (3, 1, 1)


async def test_look_ups_find_what_was_stored_before(store: Store) -> None:
    assert store.read_now(search.search, tenant="discord:7", query="mill").total == 2
    assert store.read_now(search.search, tenant="discord:7", query="ferry").ids == ("ferry-1",)
    assert store.read_now(search.search, tenant="discord:8", query="mill").total == 0
    ((before, _),) = store.read_now(reports.revisions, "mill-1")
    assert "Correction" not in before.text
    desk = Desk(store, clock=lambda: NOW, understand=understand)
    told = await desk.ask("toll VEL-0001", ASKER)
    assert told.kind == "toll"
    assert "Governor of Kherson" in str(told) and "6" in str(told.sections)
    assert "Velin" in str(await desk.ask("search mill", ASKER))
    assert "Northern Gazette" in str(await desk.ask('corrections source:"northern gazette"', ASKER))


async def test_settings_and_who_changed_them_stand(store: Store) -> None:
    (order,) = store.read_now(subscriptions.subscriptions, tenant="discord:7")
    assert (order.filter, order.set_up_by, order.quiet and order.quiet.zone) == ("killed >= 3", "77", "Europe/Kyiv")
    (watch,) = store.read_now(subscriptions.watches, user="77")
    assert (watch.keywords, watch.when) == ("Velin", ("denied",))
    (feed,) = store.read_now(feeds.feeds, tenant="discord:7")
    assert feed.url == "https://feeds.example/velin.xml"
    assert store.read_now(kept.recall, "managers", "discord:7") == '["55"]'
    (entry,) = store.read_now(audit.entries, tenant="discord:7")
    assert (entry.user, entry.command) == ("77", "channel filter killed >= 3")


async def test_what_was_sent_stays_sent_and_what_was_owed_is_delivered_once(store: Store) -> None:
    assert store.read_now(delivered.depth) == {"sent": 1, "due": 2}
    board = Board()
    board.name = "discord"

    async def card(delivery: Any) -> Any:
        return store.read_now(card_of, delivery, NOW)

    # Past the quiet hours that the channel had.
    courier = Courier(store, {"discord": board}, card, clock=lambda: NOW + timedelta(days=1))
    await courier.run_due()
    await courier.run_due()
    assert "due" not in store.read_now(delivered.depth)
    assert (len(board.sent), len(board.edits)) == (1, 1)
    assert "mill" in board.edits[0].title.casefold()
    sent = json.loads(ROWS.read_text(encoding="utf-8"))["deliveries"][0]["key"]
    assert sent not in board.posts


def test_what_waited_as_json_still_waits(store_url: str) -> None:
    report = Given(id="r1", text="<p>The ferry – is back</p>", published_at=NOW, given_hash="ab", markup="summary")
    waiting = [
        Received(feed_id=f"f{n}", tenant="", reports=(report,), silent=frozenset(("r1",)), trace="t")
        for n in range(150)
    ]
    store = Store(store_url)

    def fill(c: Connection) -> None:
        upgrade_to(c, "0010_private")
        rows = [{"feed": one.feed_id, "value": msgspec.json.encode(one)} for one in waiting]
        c.execute(text("INSERT INTO received (feed_id, tenant, reports, value) VALUES (:feed, '', 1, :value)"), rows)

    store.write_now(fill)
    store.migrate()
    read = store.read_now(received.first, 200)
    assert [msgspec.structs.replace(one, number=0) for one in read] == waiting
    store.close()


def test_the_program_knows_the_revisions_that_alembic_knows_and_in_their_order() -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    newest_first = [script.revision for script in ScriptDirectory.from_config(config).walk_revisions()]
    assert list(revisions()) == newest_first[::-1]


def test_a_schema_newer_than_this_program_is_refused_and_left_alone(store: Store) -> None:
    store.write_now(lambda c: c.execute(text("UPDATE alembic_version SET version_num = '9999_later'")))
    with pytest.raises(StoreError, match="9999_later, which this version does not know"):
        store.migrate()
    assert store.schema()[0] == "9999_later"
