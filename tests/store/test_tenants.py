"""Tenants that leave: what is theirs rests, comes back, and is erased without touching anybody else's."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, insert, select

from bot.model.feed import Feed
from bot.model.subscription import Destination, Subscription, Watch
from bot.store import feeds, kept, subscriptions, tenants
from bot.store import tables as t
from bot.store.engine import Store
from tests.samples import NOW

MINE, THEIRS = "discord:1", "discord:2"


@pytest.fixture
def store() -> Store:
    held = Store("sqlite://")
    held.migrate()
    for tenant in (MINE, THEIRS):
        where = Destination(platform="discord", tenant=tenant, channel=f"c{tenant}")
        held.write_now(feeds.add_feed, Feed(id=f"f{tenant}", url="https://e.example/feed", tenant=tenant))
        held.write_now(
            feeds.add_feed, Feed(id=f"g{tenant}", url="https://e.example/g", tenant=tenant, paused="by a manager")
        )
        held.write_now(subscriptions.save_subscription, Subscription(id=f"s{tenant}", destination=where))
        held.write_now(subscriptions.save_watch, Watch(id=f"w{tenant}", destination=where, user="7"))
        held.write_now(kept.keep, "managers", tenant, '["5"]')
    return held


def _rows(store: Store, tenant: str) -> int:
    tables = [table for table in t.metadata.tables.values() if "tenant" in table.c]
    return sum(
        store.read_now(
            lambda c, table=table: c.scalar(select(func.count()).select_from(table).where(table.c.tenant == tenant))
        )
        for table in tables
    )


def test_what_rested_since_a_tenant_left_goes_on_and_what_a_manager_paused_does_not(store: Store) -> None:
    assert store.write_now(tenants.depart, MINE, NOW)
    assert not store.write_now(tenants.depart, MINE, NOW + timedelta(days=5))
    assert store.read_now(feeds.due_feeds, NOW, 10) == store.read_now(feeds.feeds, tenant=THEIRS)[:1]
    assert store.write_now(tenants.come_back, MINE)
    assert not store.write_now(tenants.come_back, MINE)
    paused = {feed.id: feed.paused for feed in store.read_now(feeds.feeds, tenant=MINE)}
    assert paused == {f"f{MINE}": "", f"g{MINE}": "by a manager"}


def test_erasing_a_tenant_leaves_nothing_of_it_and_everything_of_the_others(store: Store) -> None:
    before = _rows(store, THEIRS)
    store.write_now(lambda c: c.execute(insert(t.audit).values(at=1, tenant=MINE, user="7", command="feeds add")))
    store.write_now(tenants.depart, MINE, NOW)
    assert store.write_now(tenants.erase_departed, NOW + timedelta(days=31)) == (MINE,)
    assert _rows(store, MINE) == 0
    assert store.read_now(kept.recall, "managers", MINE) is None
    assert _rows(store, THEIRS) == before
    assert store.read_now(kept.recall, "managers", THEIRS) == '["5"]'


def test_a_server_that_is_not_among_those_present_has_left_and_a_person_has_not(store: Store) -> None:
    person = Destination(platform="discord", tenant="discord:dm:7", channel="d")
    store.write_now(subscriptions.save_subscription, Subscription(id="p", destination=person))
    assert store.read_now(tenants.absent, "discord", [THEIRS]) == (MINE,)
    assert store.read_now(tenants.absent, "slack", []) == ()
