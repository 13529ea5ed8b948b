"""What becomes of deliveries that fail: closed channels, platforms that are away, letters that are dead."""

from __future__ import annotations

import msgspec
import pytest

from bot.model.errors import DeliveryError, TryLater, Undeliverable
from bot.model.subscription import Destination, Subscription
from bot.store import delivered, subscriptions
from tests.deliver.post import FLOOD, HERE, PostOffice, told


async def test_a_closed_channel_is_paused_its_setter_told_and_all_of_it_can_be_replayed(office: PostOffice) -> None:
    office.order()
    elsewhere = Subscription(id="s2", destination=msgspec.structs.replace(HERE, channel="c2"), filter="nothingatall")
    office.store.write_now(subscriptions.save_subscription, elsewhere)
    office.board.fail = [Undeliverable("the channel is gone"), Undeliverable("closed direct messages")]
    office.file(told("a"), told("b", FLOOD))
    await office.later(minutes=1)
    await office.later(minutes=1)
    (notice,) = office.board.sent
    assert notice.destination.channel == "c2", "where direct messages are closed, another channel of theirs is told"
    assert "the channel is gone" in notice.card.lead
    shown = await office.ask("channel dead")
    assert len(shown.sections[0].lines) == 2 and "the channel is gone" in shown.sections[0].lines[0].note
    assert "paused: the channel is gone" in str(await office.ask("channel show"))
    again = await office.ask("channel replay all")
    assert again.title == "2 will be posted again" and "posted to again" in again.lead
    await office.later(minutes=1)
    assert {sent.card.title for sent in office.board.sent[1:]} == {"Headline a", "Headline b"}


async def test_a_notice_goes_to_whoever_set_the_channel_up(office: PostOffice) -> None:
    office.order()
    office.board.fail = [Undeliverable("the channel is gone")]
    office.file(told("a"))
    await office.later(minutes=1)
    await office.later(minutes=1)
    (notice,) = office.board.sent
    assert notice.destination == Destination(platform="board", tenant="t1", channel="u1", direct=True)


async def test_one_dead_letter_is_dropped_by_its_id(office: PostOffice) -> None:
    office.order()
    office.board.fail = [DeliveryError("refused the card")] * 2
    office.file(told("a"), told("b", FLOOD))
    await office.later(minutes=1)
    shown = await office.ask("channel dead")
    number = shown.sections[0].lines[0].note.split(" · ")[0]
    assert (await office.ask(f"channel drop {number}")).title == "1 dropped"
    assert (await office.ask("channel drop 12")).kind == "error"
    assert office.states() == {"dead": 1, "dropped": 1}


async def test_a_platform_that_is_away_for_hours_burns_no_attempts_and_the_back_log_comes_as_one(
    office: PostOffice,
) -> None:
    office.order()
    office.board.fail = [TryLater("not reached", wide=True)] * 400
    for number in range(30):
        office.file(told(f"r{number}", f"an incident number {number} in a place called P{number}"))
        await office.later(minutes=6)
    assert office.board.sent == []
    failed = 400 - len(office.board.fail)
    assert failed < 80, "one question to the platform a minute, not one a card"
    office.board.fail = []
    await office.later(minutes=10)
    first, *recent = office.board.sent
    assert first.card.kind == "digest" and len(recent) <= 10, "what is late comes as one card, what is fresh by itself"
    assert f"{30 - len(recent)} reports" in first.card.title
    assert all(one.attempts == 0 for one in office.store.read_now(delivered.in_state, limit=100))


async def test_a_place_that_asks_for_patience_is_left_alone_for_so_long_and_others_are_not(office: PostOffice) -> None:
    office.order()
    other = Subscription(id="s2", destination=msgspec.structs.replace(HERE, channel="c2"))
    office.store.write_now(subscriptions.save_subscription, other)
    office.board.fail = [TryLater("slow down", retry_after=90)]
    office.file(told("a"), told("b", FLOOD))
    await office.later(seconds=1)
    assert len(office.board.sent) == 2
    await office.later(seconds=60)
    assert len(office.board.sent) == 2
    await office.later(seconds=40)
    assert len(office.board.sent) == 4
    held = [sent.card.title for sent in office.board.sent[2:]]
    assert held == ["Headline a", "Headline b"], "in their order"


async def test_a_card_that_fails_again_and_again_is_dead_at_last_and_holds_up_no_other_event(
    office: PostOffice,
) -> None:
    office.order()
    office.file(told("a"))
    office.board.fail = [TryLater("a fault")] * 12
    await office.later(seconds=1)
    office.board.fail, rest = [], office.board.fail
    office.file(told("b", FLOOD))
    await office.later(seconds=1)
    assert office.titles == ["Headline b"]
    office.board.fail = rest
    for _ in range(12):
        await office.later(hours=1)
    assert office.states() == {"sent": 1, "dead": 1}


async def test_only_a_card_that_may_have_got_through_is_looked_for(office: PostOffice) -> None:
    office.order()
    office.file(told("a"))
    office.board.fail = [TryLater("asks for patience", retry_after=5)]
    await office.later(seconds=1)
    await office.later(seconds=10)
    assert office.board.searched == 0 and len(office.board.sent) == 1
    office.board.lose_answer = True
    office.file(told("b", FLOOD))
    await office.later(seconds=1)
    await office.later(seconds=10)
    assert office.board.searched == 1 and len(office.board.posts) == 2


async def test_a_card_that_cannot_be_made_stops_no_other(office: PostOffice, monkeypatch: pytest.MonkeyPatch) -> None:
    office.order()
    made = office.courier._card_of

    async def broken(delivery):
        if delivery.ref == "report:a":
            raise ValueError("a bug")
        return await made(delivery)

    monkeypatch.setattr(office.courier, "_card_of", broken)
    office.file(told("a"), told("b", FLOOD))
    await office.later(seconds=1)
    assert office.titles == ["Headline b"]
