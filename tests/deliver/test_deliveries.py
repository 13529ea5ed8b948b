"""What a channel gets, when and where: digests, limits, quiet hours, threads, mentions, notes; and what goes wrong."""

from __future__ import annotations

from datetime import timedelta

import msgspec
import pytest

from bot.intake import file_reports
from bot.model.errors import DeliveryError, EditRefused, TryLater, Undeliverable
from bot.model.subscription import QuietHours, Schedule
from bot.store import subscriptions
from tests.deliver.post import FLOOD, NOW, PostOffice, revised, told


async def test_a_daily_digest_comes_once_at_its_hour_grouped_by_event(office: PostOffice) -> None:
    office.order(schedule=Schedule(mode="daily", times=("18:00",), zone="Europe/London"))
    office.file(told("a", killed=3), told("b", killed=12), told("c", FLOOD))
    await office.later(hours=4)
    assert office.titles == [], "18:00 in London is 17:00 UTC"
    await office.later(hours=1)
    assert office.titles == ["The last day: 3 reports"]
    card = office.board.sent[0].card
    shown = [(line.text, line.note) for section in card.sections for line in section.lines]
    assert any("2 reports, 2 outlets" in note for _, note in shown)
    assert ("12 killed", "according to Ukraine MoD") in shown, "the highest toll, with who gives it"
    await office.later(days=1)
    assert len(office.titles) == 1, "an empty digest is not posted"
    office.file(told("d"))
    await office.later(days=1)
    assert office.titles[1:] == ["The last day: 1 report"]


async def test_cards_of_the_channel_are_published_ten_an_hour_and_those_of_its_threads_are_not(
    office: PostOffice,
) -> None:
    office.order(crosspost=True)
    for number in range(12):
        office.file(told(f"r{number}", f"an incident number {number} in a place called P{number}"))
    await office.later(seconds=1)
    assert len(office.titles) == 12 and len(office.board.published) == 10
    office.board.fail_edits = [TryLater("Discord asks for patience")]
    await office.later(minutes=61)
    assert len(office.board.published) == 11, "what has failed is tried again"
    await office.later(minutes=1)
    assert set(office.board.published) == set(office.board.posts) and office.states() == {"sent": 24}
    office.order(crosspost=True, threads="per-event")
    office.file(told("a", killed=3))
    await office.later(hours=2)
    office.file(told("b", killed=12))
    await office.later(hours=2)
    assert len(office.titles) == 14 and len(office.board.published) == 13
    office.order()
    office.file(told("z", "an incident in a place called Q"))
    await office.later(hours=2)
    assert len(office.board.published) == 13


async def test_a_card_that_cannot_be_published_closes_no_channel(office: PostOffice) -> None:
    office.order(crosspost=True)
    office.board.fail_edits = [DeliveryError("the card cannot be published")]
    office.file(told("a"))
    await office.later(seconds=1)
    assert office.states() == {"sent": 1, "dead": 1}
    assert "Publishing of a card" in str(await office.ask("channel dead"))
    office.file(told("b", FLOOD))
    await office.later(seconds=1)
    assert len(office.titles) == 2 and len(office.board.published) == 1


async def test_a_digest_says_what_it_left_out(office: PostOffice) -> None:
    office.order(schedule=Schedule(mode="weekly"))
    plain = [told(f"r{n}", f"nothing of any weight number {n}") for n in range(40)]
    office.file(*plain)
    await office.later(days=7)
    card = office.board.sent[0].card
    behind = {section.heading: section.left_out for section in card.overflow}
    assert behind.get("Further single reports") == 40 - 24 or "left out" in card.lead
    assert "16 single reports" in card.lead


async def test_what_is_collected_moves_with_the_schedule(office: PostOffice) -> None:
    office.order(schedule=Schedule(mode="weekly", days=(6,)))
    office.file(told("a"))
    saved = await office.ask("channel schedule daily 14:00 UTC")
    assert "daily at 14:00 (UTC)" in str(saved)
    await office.later(hours=2)
    assert office.titles == ["The last day: 1 report"]
    office.file(told("b"))
    await office.ask("channel schedule now")
    await office.later(seconds=1)
    assert len(office.titles) == 2, "what was collected comes at once"


async def test_over_the_limit_cards_come_together_and_no_hour_has_more(office: PostOffice) -> None:
    office.order(limit_per_hour=3)
    times = []
    for minute in range(0, 300, 4):
        office.file(told(f"r{minute}", f"an incident number {minute} in a place called P{minute}"))
        before = len(office.board.sent)
        await office.later(seconds=0)
        times += [office.now] * (len(office.board.sent) - before)
        office.now += timedelta(minutes=4)
    for start in times:
        assert sum(start <= at < start + timedelta(hours=1) for at in times) <= 3
    await office.later(hours=2)
    count = sum(int(title.split(": ")[1].split()[0]) if ":" in title else 1 for title in office.titles)
    assert count == 75, "nothing is lost"
    assert any(sent.card.kind == "digest" for sent in office.board.sent)


async def test_quiet_hours_in_three_modes(office: PostOffice) -> None:
    night = QuietHours(start="11:00", end="15:00", zone="UTC", mode="critical")
    office.order(quiet=night)
    office.file(told("small", killed=2), told("grave", FLOOD, killed=40))
    await office.later(minutes=1)
    assert office.titles == ["Headline grave"]
    await office.later(hours=3)
    assert office.titles[1:] == ["What has come in meanwhile: 1 report"]
    office.now = NOW + timedelta(days=1)
    office.order(quiet=msgspec.structs.replace(night, mode="silent"))
    office.file(told("hush", "some trouble with a gate"))
    await office.later(minutes=1)
    assert office.board.sent[-1].silent and office.board.sent[-1].card.title == "Headline hush"
    office.now = NOW + timedelta(days=2)
    office.order(quiet=msgspec.structs.replace(night, mode="batch"))
    office.file(told("worst", "a strike on a market", killed=99))
    await office.later(minutes=1)
    assert len(office.titles) == 3
    await office.later(hours=3)
    assert len(office.titles) == 4


async def test_what_is_critical_can_be_said(office: PostOffice) -> None:
    office.order(quiet=QuietHours(start="00:00", end="23:59", mode="critical", critical="derna"))
    office.file(told("a", killed=400), told("b", FLOOD))
    await office.later(minutes=1)
    assert office.titles == ["Headline b"]


async def test_an_events_updates_go_into_the_thread_of_its_first_card_which_is_edited(office: PostOffice) -> None:
    office.order(threads="per-event")
    office.file(told("a"))
    await office.later(minutes=1)
    office.file(told("b"), told("c"))
    office.file(told("other", FLOOD))
    await office.later(minutes=5)
    first, *rest = office.board.sent
    thread = next(sent.thread for sent in rest if sent.card.title == "Headline b")
    assert first.thread is None and thread is not None
    assert {sent.card.title: sent.thread for sent in rest} == {
        "Headline b": thread, "Headline c": thread, "Headline other": None,
    }  # fmt: skip
    (edited,) = office.board.edits
    assert "3 outlets" in edited.subtitle, "edits of one card that wait became one"
    assert edited.sections[-1].heading == "Latest in the thread"


async def test_a_thread_that_was_deleted_is_opened_anew_and_one_that_cannot_be_loses_nothing(
    office: PostOffice,
) -> None:
    office.order(threads="per-event")
    office.file(told("a"))
    await office.later(minutes=1)
    office.file(told("b"))
    await office.later(minutes=1)
    office.board.fail = [Undeliverable("the thread is gone")]
    office.file(told("c"))
    await office.later(minutes=1)
    assert office.board.sent[-1].card.title == "Headline c" and office.board.sent[-1].thread
    office.board.fail = [Undeliverable("the thread is gone")]
    office.board.fail_threads = [DeliveryError("no room for threads")]
    office.file(told("d"))
    await office.later(minutes=1)
    assert office.board.sent[-1].card.title == "Headline d" and office.board.sent[-1].thread is None
    (order,) = office.store.read_now(subscriptions.subscriptions, tenant="t1")
    assert not order.paused


async def test_a_role_is_mentioned_once_an_event_and_hour_and_only_where_its_filter_passes(office: PostOffice) -> None:
    office.order(mention="42", mention_filter="killed>=10")
    office.file(told("a", killed=2), told("b", killed=12), told("c", killed=15), told("d", FLOOD, killed=50))
    await office.later(minutes=61)
    office.file(told("e", killed=20))
    await office.later(minutes=1)
    mentions = {sent.card.title[-1]: sent.mention for sent in office.board.sent}
    assert mentions == {"a": None, "b": "42", "c": None, "d": "42", "e": "42"}


async def test_a_revision_that_matters_edits_the_card_and_posts_a_note_and_one_that_does_not_only_edits(
    office: PostOffice,
) -> None:
    office.order()
    pair = told("a", killed=3)
    office.file(pair)
    await office.later(minutes=1)
    office.file(revised(pair))
    await office.later(minutes=1)
    assert len(office.board.sent) == 1 and len(office.board.edits) == 1
    figure = msgspec.structs.replace(pair[1].casualties[0], min=5, max=5)
    office.file(revised(pair, " Corrected again.", casualties=(figure,)))
    await office.later(minutes=1)
    note = office.board.sent[1].card
    assert note.kind == "note" and note.status == "corrected" and len(office.board.edits) == 2
    assert all(line.refs for section in note.sections for line in section.lines)


async def test_a_card_that_can_no_longer_be_edited_gets_a_note_instead(office: PostOffice) -> None:
    office.order()
    pair = told("a")
    office.file(pair)
    await office.later(minutes=1)
    office.board.fail_edits = [EditRefused("too old")]
    office.file(revised(pair))
    await office.later(minutes=1)
    assert [sent.card.kind for sent in office.board.sent] == ["report", "note"]
    assert "has changed its report" in office.board.sent[1].card.sections[0].lines[0].text
    assert office.states() == {"sent": 2, "dropped": 1}


async def test_a_denial_that_does_not_pass_the_filter_reaches_the_channel_that_was_told_of_the_event(
    office: PostOffice,
) -> None:
    office.order(filter='"Report a"')
    office.file(told("a", killed=3))
    await office.later(minutes=1)
    office.file(told("b", killed=30))
    await office.later(minutes=1)
    assert [sent.card.kind for sent in office.board.sent] == ["report", "note"]
    assert "30" in office.board.sent[1].card.sections[0].lines[0].text


async def test_show_tells_all_that_is_set_and_what_comes_next(office: PostOffice) -> None:
    for words in (
        "channel setup country:UA", "channel schedule weekdays daily 08:00 Europe/London", "channel limit 6",
        "channel quiet 22:00 07:00 Europe/London critical", "channel threads per-event",
        "channel mentions <@&123456789012345678> killed>=10 OR status:denied", "channel format brief",
    ):  # fmt: skip
        card = await office.ask(words)
        assert card.kind != "error", (words, card.lead)
    office.file(told("a"), told("b", FLOOD))
    card = await office.ask("channel show")
    settings = {line.text: line.note for line in card.sections[0].lines}
    assert settings["When"] == "daily at 08:00, Monday, Tuesday, Wednesday, Thursday, Friday (Europe/London)"
    assert settings["Limit"] == "6 an hour, the rest in one card"
    assert settings["Quiet hours"].startswith("22:00 to 07:00 (Europe/London): only critical")
    assert settings["Threads"] == "per-event" and settings["Cards"] == "brief"
    assert "killed>=10 OR status:denied" in settings["Mentions"]
    (upcoming,) = card.sections[1].lines
    assert upcoming.note == "of 2 reports so far"
    assert f"{upcoming.at:%a %H:%M}" == "Wed 07:00"


@pytest.mark.parametrize(
    "words",
    [
        "channel schedule", "channel schedule sometimes", "channel schedule daily 25:00", "channel schedule daily Mars",
        "channel schedule weekly mon,tue", "channel schedule daily 08:00,18:00", "channel limit", "channel limit many",
        "channel quiet 22:00", "channel quiet 22:00 22:00", "channel quiet 22:00 07:00 filter:killed>=3",
        "channel quiet 22:00 07:00 critical filter:(killed", "channel threads sideways", "channel mentions everyone",
        "channel mentions @here", "channel mentions <@&123456789012345678> (killed", "channel replay", "channel drop xyz",
    ],
)  # fmt: skip
async def test_what_cannot_be_set_is_told_and_changes_nothing(office: PostOffice, words: str) -> None:
    office.order()
    before = office.store.read_now(subscriptions.subscriptions)
    assert (await office.ask(words)).kind == "error"
    assert office.store.read_now(subscriptions.subscriptions) == before


async def test_reset_drops_what_is_owed(office: PostOffice) -> None:
    office.order(schedule=Schedule(mode="daily"))
    office.file(told("a"))
    await office.ask("channel reset")
    await office.later(days=2)
    assert office.titles == [] and office.states() == {"dropped": 1}


async def test_what_only_another_tenants_feed_tells_reaches_nobody_here(office: PostOffice) -> None:
    office.order(threads="per-event")
    office.file(told("a", killed=3))
    await office.later(minutes=1)
    office.file(told("b", killed=4))
    await office.later(minutes=1)
    secret = [told("secret", killed=90, stance="asserts")]
    office.store.write_now(file_reports, secret, tenant="t2", now=office.now)
    await office.later(minutes=5)
    assert [sent.card.title for sent in office.board.sent] == ["Headline a", "Headline b"]
    shown = "".join(str(card.sections) for card in office.board.edits)
    assert "Headline b" in shown and "secret" not in shown and "90 killed" not in shown
