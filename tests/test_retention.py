"""What is promised of old things: they go when the settings say so, and nothing comes back as news."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner

from adapters.terminal.cli import main
from bot.intake import file_reports
from bot.model.command import Asker
from bot.model.errors import StoreError
from bot.queries.posts import card_of
from bot.retention import forget
from bot.settings import KeepSettings
from bot.store import audit, events, outbox, reports, search
from bot.store.archive import write_archive
from bot.store.engine import Store
from bot.store.upkeep import check, vacuum
from tests.deliver.post import NOW, post_office, told
from tests.samples import TERMINAL, sample_desk
from tests.samples import told as samples
from tests.test_newsroom import world

LATER = NOW + timedelta(days=100)


@pytest.fixture
def store(store_url: str) -> Iterator[Store]:
    made = Store(store_url)
    made.migrate()
    yield made
    made.close()


async def test_a_dropped_text_leaves_every_piece_of_evidence_where_it_stood(store: Store) -> None:
    pair = report, summary = samples()[0]
    store.write_now(file_reports, [pair], now=NOW)
    before = await sample_desk(store).ask(f"evidence {report.id}", TERMINAL)
    assert (await forget(store, KeepSettings(texts=7), LATER))["texts"] == 1
    assert (await forget(store, KeepSettings(texts=7), LATER))["texts"] == 0
    held = store.read_now(reports.one, report.id)
    assert held is not None and held[1] == summary
    spans = [claim.sentence for claim in summary.claims] + [figure.sentence for figure in summary.casualties]
    assert spans
    assert all(held[0].text[start:end] == report.text[start:end] for start, end in spans)
    assert len(held[0].text.replace(" ", "")) < len(report.text.replace(" ", ""))
    assert await sample_desk(store).ask(f"evidence {report.id}", TERMINAL) == before
    # The same text again says nothing new.
    assert store.write_now(reports.save_report, report, summary, now=LATER) == "same"
    assert check(store).wrong == ()


async def test_words_of_a_dropped_text_are_no_longer_searched_and_its_evidence_is(store: Store) -> None:
    report, summary = told("a")
    long = msgspec.structs.replace(report, text=f"{report.text} Weather: zephyrs.")
    store.write_now(file_reports, [(long, summary)], now=NOW)
    assert store.read_now(search.search, tenant="", query="zephyrs").total == 1
    await forget(store, KeepSettings(texts=30), LATER)
    assert store.read_now(search.search, tenant="", query="zephyrs").total == 0
    assert store.read_now(search.search, tenant="", query="Antonivka").total == 1


async def test_an_old_event_goes_with_its_reports_and_a_young_one_stays_whole(store: Store) -> None:
    store.write_now(file_reports, [told("a"), told("b", at=NOW + timedelta(hours=2))], now=NOW)
    young = told("c", "a flood and a landslide in the valley of Ardon", at=LATER)
    store.write_now(file_reports, [young], now=LATER)
    gone = await forget(store, KeepSettings(reports=30), LATER)
    assert gone["events"] + gone["reports"] >= 1
    assert store.read_now(reports.known, ["a", "b", "c"]) == {"c"}
    assert len(store.read_now(events.everything)) <= 1
    assert store.read_now(search.search, tenant="", query="Antonivka").total == 0
    assert store.read_now(search.search, tenant="", query="Ardon").total == 1
    assert check(store).wrong == ()


async def test_a_forgotten_report_that_its_feed_still_lists_is_not_posted_again(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        await w.tick()
        posted = dict(w.board.posts)
        w.now += timedelta(days=4000)
        await forget(w.house.store, KeepSettings(reports=30, deliveries=30), w.now)
        assert w.house.store.read_now(reports.count) == 0
        await w.tick()
        assert w.board.posts == posted
        assert w.house.store.read_now(reports.count) == 0


async def test_nothing_goes_where_the_settings_keep_everything(store: Store) -> None:
    store.write_now(file_reports, [told("a")], now=NOW)
    store.write_now(audit.record, TERMINAL, "feeds add x", now=NOW)
    gone = await forget(store, KeepSettings(audit=0), LATER)
    assert set(gone.values()) == {0}


async def test_what_is_still_owed_stays_however_old(tmp_path: Path) -> None:
    with post_office(tmp_path) as office:
        office.order()
        office.file(told("a"))
        await office.later(seconds=5)
        office.file(told("b", "a flood and a landslide in the valley of Ardon"))
        owed_before = office.states()["due"]
        assert owed_before and office.states()["sent"] == 1
        gone = await forget(office.store, KeepSettings(deliveries=30), LATER)
        assert gone["deliveries"] == 1
        assert office.states() == {"due": owed_before}
        owed, *_ = office.store.write_now(outbox.lease, LATER, seconds=9, limit=9, platforms=["board"], holder="x")
        assert office.store.read_now(card_of, owed, LATER) is not None


def test_an_archive_holds_what_was_published_before_a_day_and_is_never_written_over(
    store: Store, tmp_path: Path
) -> None:
    store.write_now(file_reports, [told("a"), told("c", "a flood in the valley of Ardon", at=LATER)], now=LATER)
    file = tmp_path / "old.jsonl.gz"
    assert write_archive(store, file, before=NOW + timedelta(days=1))["reports"] == 1
    lines = [json.loads(line) for line in gzip.decompress(file.read_bytes()).splitlines()]
    assert lines[0]["report"]["id"] == lines[0]["summary"]["id"] == "a"
    assert lines[0]["seen_by"] == [""]
    assert [line["event"]["reports"] for line in lines if "event" in line] in ([], [["a"]])
    again = tmp_path / "again.jsonl.gz"
    write_archive(store, again, before=NOW + timedelta(days=1))
    assert again.read_bytes() == file.read_bytes()
    with pytest.raises(StoreError, match="exists already"):
        write_archive(store, file, before=LATER)


async def test_a_vacuum_gives_back_the_room_of_what_is_gone(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path / 's.db'}")
    store.migrate()
    store.write_now(
        file_reports, [told(f"r{n}", f"shelling near bridge {n} " + "of long words " * 400) for n in range(60)], now=NOW
    )
    await forget(store, KeepSettings(reports=30), LATER)
    before, after = vacuum(store)
    assert after < before
    assert check(store).wrong == ()
    store.close()


def run(*words: str, db: Path) -> tuple[int, str]:
    result = CliRunner().invoke(main, [*words, "--db", str(db)], input="y\n")
    return result.exit_code, result.stdout


async def test_a_managers_commands_are_listed_without_secrets_and_a_person_is_erased(tmp_path: Path) -> None:
    with post_office(tmp_path) as office:
        asker = Asker(platform="discord", tenant="discord:1", user="77", channel="c", may_manage=True)
        await office.desk.ask("feeds add https://me:hunter2@feeds.example/a.xml?key=s3cret&x=1", asker)
        await office.desk.ask("channel filter killed >= 3", asker)
        await office.desk.ask("latest", asker)
        await office.desk.ask("watch add denials", asker)
    db = tmp_path / "p.db"
    status, listed = run("audit", db=db)
    assert status == 0
    commands = [line.split("  ", 3)[1:] for line in listed.splitlines()]
    assert [command[:2] for command in commands] == [["discord:1", "77"]] * len(commands)
    assert any("channel filter" in command[2] for command in commands)
    assert "latest" not in listed and "watch" not in listed
    assert "hunter2" not in listed and "s3cret" not in listed
    _, exported = run("privacy", "export", "discord:77", db=db)
    assert len(json.loads(exported)["settings_changed"]) == len(commands)
    assert run("privacy", "erase", "discord:77", db=db)[0] == 0
    assert json.loads(run("privacy", "export", "discord:77", db=db)[1])["settings_changed"] == []
    assert "privacy erase" in run("audit", db=db)[1] and "77" not in run("audit", "--tenant", "terminal", db=db)[1]
    assert run("privacy", "show", "slack:U1", db=db)[0] == 2
