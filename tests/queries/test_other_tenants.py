"""Two servers in one store: what one's private feed alone has said stands in no answer and no delivery of the other."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot import seen
from bot.intake import file_reports
from bot.model.card import Card
from bot.model.command import Asker
from bot.model.delivery import Posted
from bot.model.event import Event
from bot.model.report import Report
from bot.model.subscription import Destination, Schedule, Subscription, Watch
from bot.model.summary import Summary
from bot.queries.desk import _READING, Desk
from bot.queries.evidence_page import evidence_page
from bot.queries.posts import card_of
from bot.store import delivered, events, outbox, subscriptions
from bot.store.engine import Store
from tests.deliver.post import NOW, told
from tests.samples import understand

MINE, THEIRS = "discord:1", "discord:2"
ME = Asker(platform="discord", tenant=MINE, user="u1", channel="c-discord:1", may_manage=True)
THEM = Asker(platform="discord", tenant=THEIRS, user="u2", channel="c-discord:2", may_manage=True)
WORD = "zyxwort"
"""Stands in all that the private report says; `FIGURE` and `OTHER` stand there alone."""
OTHER, FIGURE = "qwandel", 7731
Told = tuple[Report, Summary]


def private(number: int, *, minutes: int, stance: str = "asserts") -> Told:
    """A report of the other server's own feed: every field of it holds the word."""
    name = f"{WORD}-{number}"
    at = NOW + timedelta(minutes=minutes)
    report, summary = told(name, killed=FIGURE, at=at, stance=stance, speaker=f"Ministry of {WORD} {OTHER}")
    report = msgspec.structs.replace(report, title=f"{OTHER} {report.title}", feed_id=f"f-{WORD}")
    return report, msgspec.structs.replace(summary, place=f"{WORD.title()}ville {OTHER}", headline=f"{WORD} {OTHER}")


def common(number: int, *, minutes: int, killed: int | None = None, stance: str = "asserts") -> Told:
    """A report of one of the operator's feeds, or of this server's own."""
    return told(f"open-{number}", at=NOW + timedelta(minutes=minutes), killed=killed, stance=stance)


def revised(pair: Told) -> Told:
    return msgspec.structs.replace(pair[0], text=f"{pair[0].text} Changed."), pair[1]


class World:
    """A store with channels, digests and watches of two servers, and what is filed there."""

    def __init__(self) -> None:
        self.store = Store("sqlite://")
        self.store.migrate()
        self.drawn: list[Any] = []
        self.desk = Desk(self.store, clock=lambda: NOW + timedelta(hours=3), understand=understand, draw=self._draw)
        for tenant in (MINE, THEIRS):
            self._set_up(tenant)

    async def _draw(self, picture: object, drawn: Any) -> None:
        self.drawn.append(drawn)

    def _set_up(self, tenant: str) -> None:
        where = Destination(platform="discord", tenant=tenant, channel=f"c-{tenant}")
        digest = msgspec.structs.replace(where, channel=f"d-{tenant}")
        many = msgspec.structs.replace(where, channel=f"m-{tenant}")
        for order in (
            Subscription(id=f"s-{tenant}", destination=where, threads="per-event"),
            Subscription(id=f"d-{tenant}", destination=digest, schedule=Schedule(mode="daily")),
            Subscription(id=f"m-{tenant}", destination=many, filter="outlets>=3"),
        ):
            self.store.write_now(subscriptions.save_subscription, order)
        whens = ("new", "denied", "toll-change", "correction")
        watch = Watch(id=f"w-{tenant}", destination=where, user=f"u-{tenant}", country="UA", when=whens)
        self.store.write_now(subscriptions.save_watch, watch)

    def file(self, *pairs: Told, tenant: str = "") -> None:
        for pair in pairs:
            self.store.write_now(file_reports, [pair], tenant=tenant, now=NOW + timedelta(hours=1))
            self._send()

    def _send(self) -> None:
        """Let all that is due stand as posted, so that later cards go into threads and posted ones are edited."""
        for delivery in self.store.read_now(delivered.in_state, "due"):
            if delivery.kind in ("post", "note"):
                posted = Posted(channel=delivery.destination.channel, message=delivery.key, thread=f"t-{delivery.key}")
                sent = msgspec.structs.replace(delivery, state="sent", parts=1, posted=posted)
                self.store.write_now(outbox.save, sent)

    def deliveries(self, tenant: str) -> list[tuple[str, Card | None]]:
        every = [d for state in ("due", "sent") for d in self.store.read_now(delivered.in_state, state, tenant=tenant)]
        now = NOW + timedelta(days=2)
        return [(delivery.ref, self.store.read_now(card_of, delivery, now)) for delivery in every]

    @property
    def event(self) -> Event:
        return self.store.read_now(events.everything)[0]


def nothing_private(shown: object) -> None:
    words = msgspec.json.encode(shown).decode().casefold()
    for marker in (WORD, OTHER, str(FIGURE), f"{FIGURE:,}"):
        assert marker not in words, (marker, words[max(0, words.find(marker) - 300) :][:600])


def questions(event: str) -> list[str]:
    """Every reading command of the door, in more than one way where it has several."""
    news = [f"{verb} {event}" for verb in ("event", "claims", "timeline", "compare", "evidence", "report")]
    news += [f"toll {event} view:{view}" for view in ("now", "by-source", "timeline")]
    news += [f"export {event} format:{form}" for form in ("md", "csv", "json")]
    news += ["latest", "event", "toll", "claims", "corrections", "latest topic:bridge", "search shelling", "search xx"]
    news += ["claims by:Ukraine", "claims status:disputed", "actor Ukraine", "event nosuchthing", "toll antonivka"]
    news += ["report open-1", "report open-1 detail:full", "evidence open-1", "about", "help"]
    channel = ["show", "list", "try outlets>=2", "try origins>=2", "try killed>=1", "why open-1", "preview", "log"]
    channel += ["export", "doctor", "dead", f"follow {event}", "setup filter:outlets>=1"]
    rest = ["feeds list", "feeds health", "feeds why open-1", "feeds export", "watch list", f"watch add event:{event}"]
    rest += ["events log", "events detach open-1", f"events merge {event} {event}", "privacy show", "privacy export"]
    return [*news, *(f"channel {words}" for words in channel), *rest]


async def everything_told(world: World, asker: Asker, name: str) -> list[object]:
    """All answers, completions, pages and deliveries of a server."""
    found: list[object] = [(words, await world.desk.ask(words, asker)) for words in questions(name)]
    for kind in ("event", "actor", "source", "feed", "watch"):
        found += [await world.desk.suggest(kind, typed, asker) for typed in ("", "a", "he")]
    found += [world.store.read_now(evidence_page, what, asker.tenant) for what in (name, "open-1")]
    found += world.drawn
    found += world.deliveries(asker.tenant)
    return found


def test_every_reading_command_is_asked() -> None:
    asked = {
        tuple(words.split()[:2])
        if words.split()[0] in ("channel", "feeds", "watch", "events", "privacy")
        else ("news", words.split()[0])
        for words in questions("E-1")
    }
    assert asked >= set(_READING)


STEP = st.tuples(st.sampled_from(["private", "open", "own", "revised private"]), st.sampled_from(["asserts", "denies"]))


@settings(max_examples=8, deadline=None)
@given(st.lists(STEP, min_size=2, max_size=6))
async def test_no_word_of_anothers_private_report_is_told(steps: list[tuple[str, str]]) -> None:
    world = World()
    world.file(common(1, minutes=30, killed=3), common(2, minutes=31, killed=4))
    for n, (what, stance) in enumerate(steps, 3):
        minutes = 40 * (n % 2) + n
        if what.endswith("private"):
            pair = private(n, minutes=minutes, stance=stance)
            world.file(pair, tenant=THEIRS)
            if what.startswith("revised"):
                world.file(revised(pair), tenant=THEIRS)
        else:
            pair = common(n, minutes=minutes, killed=n, stance=stance)
            world.file(pair, tenant=MINE if what == "own" else "")
    world.file(revised(common(2, minutes=31, killed=5)))
    nothing_private(await everything_told(world, ME, world.event.id))


@pytest.fixture
def world() -> World:
    """An event that the other server's report began, and that has the highest toll and most of its outlets from it."""
    made = World()
    made.file(private(1, minutes=0), private(2, minutes=5, stance="denies"), tenant=THEIRS)
    made.file(common(1, minutes=10, killed=3), common(2, minutes=20, killed=4))
    made.file(private(3, minutes=30), tenant=THEIRS)
    assert len(made.event.reports) == 5
    return made


async def test_the_other_server_is_told_all_of_it(world: World) -> None:
    shown = msgspec.json.encode(await everything_told(world, THEM, world.event.id)).decode().casefold()
    assert WORD in shown and OTHER in shown and str(FIGURE) in shown


async def test_an_events_counts_title_and_place_are_of_what_is_seen(world: World) -> None:
    assert world.event.outlets == 5
    (mine,) = world.store.read_now(seen.latest, tenant=MINE)
    assert (mine.title, mine.outlets, mine.reports) == ("Headline open-1", 2, ("open-1", "open-2"))
    assert mine.places == () and {entry.min for entry in mine.tolls} == {3, 4}
    (card,) = [card for ref, card in world.deliveries(MINE) if ref == "report:open-2" and card][:1]
    assert "2 outlets" in card.subtitle


async def test_a_filter_of_counts_sees_what_its_server_sees(world: World) -> None:
    assert [
        d.ref for d in world.store.read_now(delivered.in_state, "sent", tenant=MINE) if d.subscription_id == f"m-{MINE}"
    ] == []
    theirs = [
        d.ref
        for d in world.store.read_now(delivered.in_state, "sent", tenant=THEIRS)
        if d.subscription_id == f"m-{THEIRS}"
    ]
    assert "report:open-1" in theirs


async def test_nothing_is_posted_or_edited_where_the_report_is_not_seen(world: World) -> None:
    before = world.deliveries(MINE)
    world.file(private(4, minutes=50, stance="denies"), revised(private(1, minutes=0)), tenant=THEIRS)
    assert world.deliveries(MINE) == before


@pytest.mark.parametrize("words", [WORD, f"{WORD}ville", f"{WORD}-1", f"{WORD} {OTHER}"[:12]])
async def test_asking_by_a_private_word_finds_nothing(world: World, words: str) -> None:
    for verb in ("event", "search", "toll", "latest topic:", "claims", "compare", "evidence", "report", "export"):
        card = await world.desk.ask(f"{verb}{'' if verb.endswith(':') else ' '}{words}", ME)
        assert card.kind in ("empty", "error"), (verb, card)
        assert OTHER not in msgspec.json.encode(card).decode().casefold().replace(words.casefold(), "")
    assert await world.desk.suggest("event", words, ME) == ()
    assert world.store.read_now(seen.latest, tenant=MINE, words=words) == ()


async def test_an_event_is_found_by_the_title_that_is_seen(world: World) -> None:
    (found,) = world.store.read_now(seen.latest, tenant=MINE, words="headline open", typing=True)
    assert found.id == world.event.id
    assert [value for _, value in await world.desk.suggest("event", "headl", ME)] == [found.id]


def test_an_event_of_private_reports_alone_does_not_exist() -> None:
    world = World()
    world.file(private(1, minutes=0), private(2, minutes=5), tenant=THEIRS)
    assert world.store.read_now(seen.event, world.event.id, tenant=MINE) is None
    assert world.store.read_now(seen.latest, tenant=MINE) == ()
    assert world.store.read_now(seen.some, [world.event.id], tenant=MINE) == {}


def test_an_event_of_which_all_is_seen_is_the_stored_one(world: World) -> None:
    assert world.store.read_now(seen.event, world.event.id, tenant=THEIRS) == world.event


def test_a_toll_that_only_a_private_figure_was_lower_than_is_not_raised() -> None:
    """Its sentence would tell that somebody has given a figure before."""
    world = World()
    low = private(1, minutes=0)
    figure = msgspec.structs.replace(low[1].casualties[0], min=1, max=1)
    low = low[0], msgspec.structs.replace(low[1], casualties=(figure,))
    world.file(low, tenant=THEIRS)
    world.file(common(1, minutes=10, killed=3))
    raised = [note for note in world.store.read_now(events.notes_of, world.event.id) if note.kind == "toll_up"]
    assert len(raised) == 1
    assert world.store.read_now(seen.notes, raised, tenant=MINE) == ()
    assert world.store.read_now(seen.notes, raised, tenant=THEIRS) == tuple(raised)
