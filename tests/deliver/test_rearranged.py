"""Posted cards after an admin has merged or split events, and who is told."""

from __future__ import annotations

from bot.model.subscription import Destination, Subscription
from bot.store import events, subscriptions
from tests.deliver.post import FLOOD, PostOffice, revised, told


async def test_an_admins_merge_edits_the_posted_cards_and_is_told_once_in_the_thread(office: PostOffice) -> None:
    office.order(threads="per-event")
    office.file(told("a"), told("b"), told("z", FLOOD))
    await office.later(minutes=5)
    bridge, flood = (office.store.read_now(events.event_of, name).id for name in ("a", "z"))
    thread = next(sent.thread for sent in office.board.sent if sent.card.title == "Headline b")
    office.board.sent.clear()
    office.board.edits.clear()
    await office.ask(f"events merge {bridge} {flood}")
    await office.later(minutes=1)
    (note,) = office.board.sent
    assert note.card.kind == "note" and note.thread == thread and note.silent
    assert f"{flood} is told under {bridge}" in note.card.sections[0].lines[0].text
    assert {card.title: card.tag for card in office.board.edits} == {"Headline a": bridge, "Headline z": bridge}


async def test_a_report_that_an_admin_splits_off_has_its_card_edited_and_its_updates_beside_it(
    office: PostOffice,
) -> None:
    office.order(threads="per-event")
    office.file(told("a"), told("b"), told("c"))
    await office.later(minutes=5)
    event = office.store.read_now(events.event_of, "a").id
    office.board.sent.clear()
    office.board.edits.clear()
    await office.ask(f"events split {event} c")
    await office.later(minutes=1)
    alone = office.store.read_now(events.event_of, "c").id
    (note,) = office.board.sent
    assert f"1 report of {event} is told under {alone}" in note.card.sections[0].lines[0].text
    assert {card.title: card.tag for card in office.board.edits} == {"Headline a": event, "Headline c": alone}
    office.file(revised(told("c"), " Nine people were killed.", claims=()))
    await office.later(minutes=5)
    assert {card.tag for card in office.board.edits if card.title == "Headline c"} == {alone}


async def test_a_report_that_an_admin_takes_out_of_its_event_says_so_no_longer(office: PostOffice) -> None:
    office.order()
    office.file(told("a"), told("b"))
    await office.later(minutes=5)
    event = office.store.read_now(events.event_of, "a").id
    office.board.edits.clear()
    await office.ask("events detach b")
    await office.later(minutes=1)
    assert {card.title: card.tag for card in office.board.edits} == {"Headline a": event, "Headline b": ""}
    assert office.board.sent[-1].card.kind == "note"
    await office.ask(f"events attach b event:{event}")
    await office.later(minutes=1)
    assert office.board.edits[-1].tag == event


async def test_an_admins_word_is_told_to_nobody_who_does_not_see_the_reports(office: PostOffice) -> None:
    office.order()
    elsewhere = Subscription(id="e", destination=Destination(platform="board", tenant="t2", channel="c2"))
    office.store.write_now(subscriptions.save_subscription, elsewhere)
    office.file(told("a"), told("b"), told("z", FLOOD))
    await office.later(minutes=5)
    bridge, flood = (office.store.read_now(events.event_of, name).id for name in ("a", "z"))
    await office.ask(f"events merge {bridge} {flood}")
    await office.later(minutes=1)
    assert {sent.destination.tenant for sent in office.board.sent} == {"t1"}
