"""Watches, what they have been told, and what is kept of people: the same promises over SQLite and PostgreSQL."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import Connection

from bot.deliver.alerts import owe_alerts, rest_watches, standing_watches
from bot.deliver.plan import News
from bot.model.command import Asker
from bot.model.subscription import Destination, QuietHours, Watch
from bot.store import alerts, audit, delivered, people, subscriptions
from bot.store.engine import Store
from tests.store.test_store import NOW, pair, store  # noqa: F401 - the fixture over both databases

READER = Asker(platform="slack", tenant="slack:T1", user="U1")
WHERE = Destination(platform="slack", tenant="slack:T1", channel="U1", direct=True)
WATCH = Watch(id="w1", destination=WHERE, user="U1", country="UA")


def owe(c: Connection, news: News) -> int:
    return owe_alerts(c, news, standing_watches(c), now=NOW)


def test_a_change_is_owed_once_and_forgotten_after_a_while(store: Store) -> None:  # noqa: F811
    store.write_now(subscriptions.save_watch, WATCH)
    report, summary = pair(1)
    news = News(report=report, summary=summary, event=None)
    assert store.write_now(owe, news) == 1
    assert store.write_now(owe, news) == 0
    (delivery,) = store.read_now(delivered.in_state, "due")
    (alert,) = store.read_now(alerts.of_delivery, delivery.key)
    assert (alert.change, alert.kind, alert.at) == ("new:r1", "new", NOW)
    assert store.write_now(alerts.forget_older, NOW) == 0
    assert store.write_now(alerts.forget_older, NOW + timedelta(days=1)) == 1


def test_a_closed_place_pauses_its_watches_and_leaves_word_once(store: Store) -> None:  # noqa: F811
    store.write_now(subscriptions.save_watch, WATCH)
    for _ in range(2):
        store.write_now(rest_watches, WHERE, "closed", now=NOW)
    assert [watch.paused for watch in store.read_now(subscriptions.watches)] != [""]
    who = people.person(READER)
    assert store.read_now(people.words_wait, who)
    (words,) = store.write_now(people.take_words, who)
    assert "w1" in words and not store.read_now(people.words_wait, who)


def test_erasing_a_person_leaves_nothing_of_them_and_all_of_others(store: Store) -> None:  # noqa: F811
    who = people.person(READER)
    other = Watch(
        id="w2", destination=Destination(platform="slack", tenant="slack:T2", channel="U1"), user="U1", country="UA"
    )
    for watch in (WATCH, other):
        store.write_now(subscriptions.save_watch, watch)
    store.write_now(people.set_quiet, who, QuietHours(start="22:00", end="07:00"))
    store.write_now(audit.record, READER, "channel reset", now=NOW)
    report, summary = pair(1)
    store.write_now(owe, News(report=report, summary=summary, event=None))
    assert [entry.command for entry in store.read_now(people.audited, who)] == ["channel reset"]
    assert store.write_now(people.erase, who) == {"watches": 1, "words": 0, "audit": 1, "channels": 0, "complaints": 0}
    assert store.read_now(subscriptions.watches) == (other,)
    assert store.read_now(people.quiet_of, who) is None
    assert [delivery.destination.tenant for delivery in store.read_now(delivered.in_state, "due")] == ["slack:T2"]
