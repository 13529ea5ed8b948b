"""Settings are read again while the bot runs: what can change at once does, and a broken file changes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
import structlog

from adapters import logs
from adapters.assemble import House, add_shipped, built, shipped_feeds
from adapters.reload import AT_ONCE, Reloaded, reload
from bot.settings import Settings, read_settings
from bot.store import feeds
from bot.work.local import ThreadWorkers

OPML = '<opml version="2.0"><body><outline text="{0}" xmlUrl="https://feeds.example/{0}.xml"/></body></opml>'


@pytest.fixture(autouse=True)
def quiet_afterwards() -> Iterator[None]:
    held = structlog.get_config()
    yield
    logs.set_levels("info")
    structlog.configure(**held)


def write(
    path: Path, *, list_of: Path, level: str = "info", interval: int = 300, days: int = 0, port: int = 0
) -> Settings:
    path.write_text(
        f'[store]\nurl = "sqlite:///{path.parent / "s.db"}"\n[sources]\nopml = ["{list_of}"]\nfolders = []\n'
        f'min_interval = {interval}\n[log]\nlevel = "{level}"\n[keep]\ntexts = {days}\n[web]\nport = {port}\n',
        encoding="utf-8",
    )
    return read_settings(path, {})


def shipped_urls(house: House) -> list[str]:
    return sorted(feed.url for feed in house.store.read_now(feeds.feeds, tenant=""))


async def test_what_can_change_at_once_does_and_the_rest_is_told(tmp_path: Path) -> None:
    file, one, two = tmp_path / "s.toml", tmp_path / "one.opml", tmp_path / "two.opml"
    one.write_text(OPML.format("old"), encoding="utf-8")
    two.write_text(OPML.format("new"), encoding="utf-8")
    settings = write(file, list_of=one)
    async with built(settings, workers=ThreadWorkers()) as house:
        house.store.write_now(add_shipped, shipped_feeds(settings))
        assert shipped_urls(house) == ["https://feeds.example/old.xml"]
        write(file, list_of=two, level="warning,bot.sources=debug", interval=600, days=14, port=9999)
        done = await reload(house, lambda: read_settings(file, {}))
        assert isinstance(done, Reloaded)
        assert set(done.changed) == {"sources.opml", "sources.min_interval", "log.level", "keep.texts"}
        assert done.waiting == ("web.port",)
        assert shipped_urls(house) == ["https://feeds.example/new.xml"]
        assert {feed.min_interval for feed in house.store.read_now(feeds.feeds, tenant="")} == {600}
        assert house.settings.keep.texts == 14
        assert house.settings.web.port == 0
        write(file, list_of=two, level="warning", interval=1200, days=14)
        await reload(house, lambda: read_settings(file, {}))
        assert {feed.min_interval for feed in house.store.read_now(feeds.feeds, tenant="")} == {1200}


@pytest.mark.parametrize("broken", ["[log\n", '[log]\nlevel = "loud"\n', '[sources]\nopml = ["/nowhere/list.opml"]\n'])
async def test_a_broken_file_changes_nothing_and_is_told(
    tmp_path: Path, broken: str, capsys: pytest.CaptureFixture[str]
) -> None:
    file, one = tmp_path / "s.toml", tmp_path / "one.opml"
    one.write_text(OPML.format("old"), encoding="utf-8")
    settings = write(file, list_of=one)
    logs.set_up_logs("info", "json")
    async with built(settings, workers=ThreadWorkers()) as house:
        house.store.write_now(add_shipped, shipped_feeds(settings))
        file.write_text(broken, encoding="utf-8")
        assert await reload(house, lambda: read_settings(file, {})) is None
        assert house.settings == settings
        assert shipped_urls(house) == ["https://feeds.example/old.xml"]
    assert "settings_not_reloaded" in capsys.readouterr().err


def test_every_setting_that_changes_at_once_exists() -> None:
    for section, keys in AT_ONCE.items():
        assert set(keys) <= {field.name for field in msgspec.structs.fields(getattr(Settings(), section))}
