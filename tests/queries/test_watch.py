"""A person's watches, through the desk and the transaction that files reports: told once, told why, told to nobody else."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import timedelta

import msgspec
import pytest
from sqlalchemy import Connection, select

from bot.deliver.courier import Courier
from bot.intake import file_reports
from bot.model.card import Card
from bot.model.command import Asker
from bot.model.delivery import Delivery, Posted
from bot.model.errors import Undeliverable
from bot.model.subscription import Destination, Watch
from bot.model.summary import Summary
from bot.queries.desk import Desk
from bot.queries.posts import card_of
from bot.store import alerts, delivered, outbox, people, subscriptions
from bot.store import tables as t
from bot.store.engine import Store
from tests.events import accounts as a
from tests.events.test_disputes import accusing, denying
from tests.queries.test_desk import words_of
from tests.samples import understand

NOW = a.DAY + timedelta(hours=8)
READER = Asker(platform="discord", tenant="discord:1", user="u7", channel="c1")
MANAGER = msgspec.structs.replace(READER, user="u1", may_manage=True)
AT_HOME = Asker(platform="discord", tenant="discord:dm:u7", user="u7", channel="d7", direct=True, alone=True)


class World:
    """A store, a desk over it, and a clock that the test moves."""

    def __init__(self) -> None:
        self.store = Store("sqlite://")
        self.store.migrate()
        self.now = NOW
        self.desk = Desk(self.store, clock=lambda: self.now, understand=understand)

    async def ask(self, words: str, asker: Asker = READER) -> Card:
        return await self.desk.ask(words, asker)

    def file(self, *told: a.Told, tenant: str = "") -> None:
        self.store.write_now(file_reports, list(told), tenant=tenant, now=self.now)

    @property
    def owed(self) -> list[Delivery]:
        return [d for d in self.store.read_now(delivered.in_state, "due") if d.kind == "alert"][::-1]

    def card(self, delivery: Delivery) -> Card:
        card = self.store.read_now(card_of, delivery, self.now)
        assert card is not None
        return card

    @property
    def watches(self) -> tuple[Watch, ...]:
        return self.store.read_now(subscriptions.watches)


@pytest.fixture
def world() -> World:
    return World()


def ferry(number: int, killed: int, *, hours: float | None = None, groups: tuple[str, ...] = ()) -> a.Told:
    """A report of the ferry with the coast guard's toll."""
    text = f"{a.FERRY[number]} The coast guard told of {killed} dead."
    speaker = a.actor("a1", "Coast Guard of Norway", "government", "NO")
    claims = (a.claim("c1", text, f"{killed} dead", "a1"),)
    figures = (a.figure("k1", text, f"{killed} dead", "killed", killed, by="c1", groups=groups),)
    report = a.report(f"f{number}", text, hours=number if hours is None else hours)
    return report, Summary(
        id=report.id, headline=text[:60], actors=(speaker,), claims=claims, casualties=figures, place="Torsvik"
    )


async def test_a_new_report_owes_an_alert_that_says_why_it_came_and_how_to_stop_it(world: World) -> None:
    made = await world.ask("watch add Norway")
    assert made.kind == "settings" and made.tag == "w1"
    world.file(ferry(0, 12))
    (delivery,) = world.owed
    assert delivery.destination == Destination(platform="discord", tenant="discord:1", channel="u7", direct=True)
    card = world.card(delivery)
    assert card.footer == "You get this because you watch Norway for new reports; “watch remove w1” stops it."
    assert len(card.footer) <= 240 and card.sources[0].report_id == "f0"
    assert {"watch pause w1 1d", "watch remove w1"} <= {action.command for action in card.actions}


async def test_no_change_is_told_twice(world: World) -> None:
    await world.ask("watch add country:Norway when:new,children,denied")
    world.file(ferry(0, 12, groups=("children",)))
    world.file(ferry(0, 12, groups=("children",)))
    world.file(ferry(1, 12, groups=("children",)), tenant="discord:1")
    assert [delivery.ref for delivery in world.owed] == ["alert:w1:f0:1", "alert:w1:f1:1"]
    told = [world.store.read_now(alerts.of_delivery, delivery.key) for delivery in world.owed]
    assert [[one.kind for one in card] for card in told] == [["children", "new"], ["new"]]


async def test_what_a_report_says_twice_is_one_change(world: World) -> None:
    await world.ask("watch add Norway when:children")
    report, summary = ferry(0, 12, groups=("children",))
    again = msgspec.structs.replace(summary.casualties[0], id="k2")
    world.file((report, msgspec.structs.replace(summary, casualties=(*summary.casualties, again))))
    (delivery,) = world.owed
    assert len(world.store.read_now(alerts.of_delivery, delivery.key)) == 1


async def test_a_denial_is_told_to_who_watches_for_denials(world: World) -> None:
    await world.ask("watch add Osmia when:denied")
    await world.ask("watch add keywords:market when:acknowledged")
    world.file(accusing())
    assert not world.owed
    world.file(denying())
    (delivery,) = world.owed
    assert "Osmia denies: its forces had shelled the market in Tarn" in words_of(world.card(delivery))


async def test_a_toll_is_told_when_it_moves_by_as_much_as_was_asked(world: World) -> None:
    await world.ask("watch add Norway when:toll-change min_change:3")
    await world.ask("watch add country:NO when:toll-change")
    world.file(ferry(0, 12))
    world.file(ferry(1, 14))
    assert [delivery.ref for delivery in world.owed] == ["alert:w2:f1:1"]
    assert "raised to 14" in words_of(world.card(world.owed[0]))
    world.file(ferry(3, 19))
    assert [delivery.ref for delivery in world.owed[1:]] == ["alert:w1:f3:1", "alert:w2:f3:1"]


async def test_a_corrected_report_is_told_to_who_watches_for_corrections(world: World) -> None:
    await world.ask("watch add Norway when:correction")
    world.file(ferry(0, 12))
    assert not world.owed
    report, summary = ferry(0, 11)
    world.file((report, summary))
    (delivery,) = world.owed
    assert delivery.ref == "alert:w1:f0:2" and "has changed its report" in words_of(world.card(delivery))


async def test_an_event_can_be_watched(world: World) -> None:
    world.file(ferry(0, 12))
    await world.ask("watch add event:ferry")
    world.file(ferry(1, 12), (a.report("x", a.OTHERS[1]), Summary(id="x", headline="Gunmen")))
    assert [delivery.ref for delivery in world.owed] == ["alert:w1:f1:1"]
    assert (await world.ask("watch add event:nosuch")).kind == "error"


async def test_a_watch_sees_what_its_tenant_sees(world: World) -> None:
    await world.ask("watch add Norway")
    await world.ask("watch add Norway", AT_HOME)
    await world.ask("watch add Norway", msgspec.structs.replace(READER, tenant="discord:2", user="u8"))
    world.file(ferry(0, 12), tenant="discord:1")
    assert [delivery.ref for delivery in world.owed] == ["alert:w1:f0:1"]
    world.file(ferry(1, 12), tenant="")
    assert len(world.owed) == 4


async def test_an_hourly_watch_collects_and_tells_once(world: World) -> None:
    await world.ask("watch add Norway mode:hourly")
    world.now = NOW + timedelta(minutes=5)
    world.file(ferry(0, 12))
    world.now = NOW + timedelta(minutes=25)
    world.file(ferry(1, 12))
    (delivery,) = world.owed
    assert delivery.due_at == NOW + timedelta(hours=1)
    card = world.card(delivery)
    assert card.title.startswith("2 changes: Norway") and len(card.sources) == 2 and "w1" in card.footer


async def test_what_comes_while_a_collected_card_is_on_its_way_is_told_in_the_next(world: World) -> None:
    await world.ask("watch add Norway mode:hourly")
    world.file(ferry(0, 12))
    (first,) = world.owed
    world.store.write_now(outbox.save, msgspec.structs.replace(first, state="leased", leased_until=first.due_at))
    world.file(ferry(1, 12))
    (second,) = world.owed
    assert second.due_at == first.due_at + timedelta(hours=1)
    assert [source.report_id for source in world.card(second).sources] == ["f1"]
    assert [source.report_id for source in world.card(first).sources] == ["f0"]


@pytest.mark.parametrize(
    ("mode", "collected", "silent"), [("batch", True, False), ("silent", False, True), ("critical", True, False)]
)
async def test_quiet_hours_hold_for_all_of_a_persons_watches(
    world: World, mode: str, collected: bool, silent: bool
) -> None:
    await world.ask("watch add Norway")
    await world.ask(f"watch quiet 13:00 16:30 mode:{mode}")
    await world.ask("watch add country:Norway")
    world.file(ferry(0, 3))
    for delivery in world.owed:
        assert delivery.silent == silent
        assert delivery.due_at == (NOW.replace(hour=16, minute=30) if collected else NOW)
    assert len(world.owed) == 2
    assert "13:00 to 16:30" in (await world.ask("watch list")).footer
    await world.ask("watch quiet off")
    assert "Quiet hours: none" in (await world.ask("watch list")).footer


async def test_a_watch_rests_until_its_time_and_wakes(world: World) -> None:
    await world.ask("watch add Norway")
    await world.ask("watch pause w1 2h")
    world.file(ferry(0, 12))
    assert not world.owed
    world.now += timedelta(hours=2)
    world.file(ferry(1, 12))
    assert len(world.owed) == 1
    await world.ask("watch pause 1")
    world.file(ferry(2, 12))
    await world.ask("watch resume w1")
    world.file(ferry(3, 12))
    assert [delivery.ref for delivery in world.owed] == ["alert:w1:f1:1", "alert:w1:f3:1"]


async def test_editing_changes_what_is_named_and_nothing_else(world: World) -> None:
    await world.ask("watch add Norway keywords:ferry when:denied mode:daily at:7am tz:oslo")
    await world.ask("watch edit w1 when:new,toll-change keywords:none min_change:4")
    (watch,) = world.watches
    assert (watch.actor, watch.keywords, watch.when, watch.min_change) == ("Norway", "", ("new", "toll-change"), 4)
    assert (watch.schedule.mode, watch.schedule.times, watch.schedule.zone) == ("daily", ("07:00",), "Europe/Oslo")
    await world.ask("watch edit w1 deliver:here mode:now")
    (watch,) = world.watches
    assert not watch.destination.direct and watch.destination.channel == "c1" and watch.schedule.mode == "now"
    world.file(ferry(0, 12))
    assert world.owed[0].mention == "@u7" and world.owed[0].destination.channel == "c1"
    assert (await world.ask("watch edit w1 actor:none")).kind == "error"


async def test_nobody_sees_or_changes_anothers_watch(world: World) -> None:
    await world.ask("watch add Norway")
    stranger = msgspec.structs.replace(READER, user="u9")
    assert "Norway" not in words_of(await world.ask("watch list", stranger))
    for words in ("watch edit w1 when:denied", "watch pause w1", "watch resume w1", "watch remove w1"):
        assert (await world.ask(words, stranger)).kind == "error"
        assert (await world.ask(words, msgspec.structs.replace(MANAGER, user="u9"))).kind == "error"
    assert world.watches[0].when == ("new",) and not world.watches[0].paused


async def test_what_is_told_in_a_channel_can_be_ended_by_who_manages_it(world: World) -> None:
    await world.ask("watch add Norway deliver:here")
    assert "Norway" in words_of(await world.ask("watch list", MANAGER))
    elsewhere = msgspec.structs.replace(MANAGER, tenant="discord:2")
    assert (await world.ask("watch remove w1", elsewhere)).kind == "error"
    assert (await world.ask("watch remove w1", MANAGER)).title == "Watch w1 is ended"
    assert not world.watches


async def test_in_direct_messages_a_person_sees_all_their_watches_and_in_a_server_those_of_it(world: World) -> None:
    await world.ask("watch add Norway")
    await world.ask("watch add Osmia", AT_HOME)
    here, home = words_of(await world.ask("watch list")), words_of(await world.ask("watch list", AT_HOME))
    assert "Norway" in here and "Osmia" not in here
    assert "Norway" in home and "Osmia" in home
    await world.ask("watch remove w1", AT_HOME)
    assert len(world.watches) == 1


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        ("watch add", "watch add Armenia"), ("watch add country:Atlantis", "two letters"), ("watch add Norway when:often", "toll-change"),
        ("watch add Norway mode:yearly", "weekly"), ("watch add Norway deliver:post", "here"), ("watch add Norway tz:Moonbase", "zone"),
        ("watch add keywords:\"(drone\"", "add )"), ("watch add Norway min_change:0", "from 1"), ("watch pause w9", "watch list"),
        ("watch add Norway at:25:00 mode:daily", "08:00"), ("watch quiet 22:00", "end"), ("watch quiet 22:00 07:00 mode:loud", "batch"),
        ("watch follow x", "watch"),
    ],
)  # fmt: skip
async def test_a_mistake_is_told_with_what_would_be_right(world: World, words: str, hint: str) -> None:
    card = await world.ask(words)
    assert card.kind == "error" and hint in f"{card.title} {card.lead} {[action.command for action in card.actions]}"
    assert not world.watches


async def test_a_person_has_so_many_watches_and_no_more(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.queries.watch.MOST_WATCHES", 3)
    monkeypatch.setattr("bot.queries.watch.MOST_HERE", 1)
    await world.ask("watch add Norway deliver:here")
    assert "in this channel" in (await world.ask("watch add Osmia deliver:here")).title
    assert "already" in (await world.ask("watch add Norway deliver:here")).title
    await world.ask("watch add Osmia")
    await world.ask("watch add Kestria")
    assert "which is the most" in (await world.ask("watch add Brannock")).title
    assert len(world.watches) == 3


class Closed:
    """A platform whose direct messages are closed."""

    name = "discord"

    def parts(self, card: Card) -> int:
        return 1

    async def turn(self, destination: Destination) -> None: ...

    async def send(self, destination: Destination, card: Card, *, key: str, **more: object) -> Posted:
        raise Undeliverable("Discord refuses posts there (50007)")

    async def edit(self, destination: Destination, posted: Posted, card: Card) -> None: ...

    async def find(self, destination: Destination, key: str, **more: object) -> Posted | None:
        return None


async def _deliver(world: World, platforms: Mapping[str, Closed]) -> None:
    async def made(delivery: Delivery) -> Card | None:
        return world.store.read_now(card_of, delivery, world.now)

    await Courier(world.store, platforms, made, clock=lambda: world.now).run_due()  # type: ignore[arg-type]  # a fake


async def test_closed_direct_messages_pause_the_watch_and_the_person_is_told_once_when_they_next_ask(
    world: World,
) -> None:
    await world.ask("watch add Norway")
    await world.ask("watch add Osmia", AT_HOME)
    world.file(ferry(0, 12))
    await _deliver(world, {"discord": Closed()})
    assert all(watch.paused for watch in world.watches)
    world.file(ferry(1, 12))
    assert not world.owed
    shared = await world.ask("latest share")
    mentioned = await world.ask("latest", msgspec.structs.replace(READER, direct=True))
    stranger = await world.ask("latest", msgspec.structs.replace(READER, user="u9"))
    for card in (shared, mentioned, stranger):
        assert "w1" not in words_of(card)
    told = await world.ask("latest")
    assert told.sections[0].heading == "Since you were last here"
    assert "Watch w1 is paused" in words_of(told) and "watch resume w1" in words_of(told)
    assert "Watch w1 is paused" not in words_of(await world.ask("latest"))
    await world.ask("watch resume w1")
    world.file(ferry(2, 12))
    assert len(world.owed) == 1


async def test_a_person_sees_takes_and_erases_all_that_is_kept_of_them(world: World) -> None:
    await world.ask("watch add Norway", MANAGER)
    await world.ask("watch quiet 22:00 07:00", MANAGER)
    await world.ask("channel format brief", MANAGER)
    world.file(ferry(0, 12))
    shown = words_of(await world.ask("privacy show", MANAGER))
    assert "Norway" in shown and "22:00" in shown and "channel format" in shown
    file = (await world.ask("privacy export", MANAGER)).file
    assert file is not None
    content = msgspec.json.decode(file.content)
    assert (
        content["watches"][0]["actor"] == "Norway"
        and content["settings_changed"][0]["command"] == "channel format preset:brief"
    )
    assert (await world.ask("privacy erase", MANAGER)).actions[0].command == "privacy erase confirm:yes"
    assert len(world.watches) == 1
    await world.ask("privacy erase confirm:yes", MANAGER)
    assert (await world.ask("privacy show", MANAGER)).title == "Nothing is kept of you"
    (order,) = world.store.read_now(subscriptions.subscriptions)
    assert order.set_up_by == "" and not world.watches and not world.owed


def test_no_table_remembers_an_erased_person(world: World) -> None:
    async def fill() -> None:
        await world.ask("watch add Norway", MANAGER)
        await world.ask("watch quiet 22:00 07:00", MANAGER)
        await world.ask("channel format brief", MANAGER)

    asyncio.run(fill())
    world.file(ferry(0, 12))
    who = people.person(MANAGER)
    world.store.write_now(people.owe_words, who, "words", now=NOW)
    assert _mentions(world, "u1")
    world.store.write_now(people.erase, who)
    assert not _mentions(world, "u1")


def _mentions(world: World, user: str) -> list[str]:
    """The rows of the whole database in which the person's id stands."""

    def look(c: Connection) -> list[str]:
        return [
            f"{table.name}: {row}"
            for table in t.metadata.sorted_tables
            for row in c.execute(select(table))
            if f'"{user}"' in repr(tuple(row)).replace("'", '"') or f" {user}'" in repr(tuple(row))
        ]

    return world.store.read_now(look)


async def test_people_of_two_workspaces_with_the_same_id_are_two(world: World) -> None:
    one = Asker(platform="slack", tenant="slack:T1", user="U1", channel="C1")
    other = msgspec.structs.replace(one, tenant="slack:T2")
    await world.ask("watch add Norway", one)
    await world.ask("watch quiet 22:00 07:00", one)
    assert "Norway" not in words_of(await world.ask("watch list", other))
    await world.ask("privacy erase confirm:yes", other)
    assert len(world.watches) == 1 and world.watches[0].quiet is not None


async def test_what_is_a_persons_own_is_not_told_where_others_read(world: World) -> None:
    mentioning = msgspec.structs.replace(READER, direct=True)
    for words in ("watch list", "privacy show", "privacy export"):
        assert (await world.ask(words, mentioning)).kind == "error"
        assert (await world.ask(words, AT_HOME)).kind != "error"
