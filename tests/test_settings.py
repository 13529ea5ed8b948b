"""One settings file: every mistake told at once, tokens never shown."""

from __future__ import annotations

import tomllib
from pathlib import Path

import msgspec
import pytest

from bot.model.errors import SettingsError
from bot.settings import Settings, read_settings, shown
from bot.shipped import shipped


def test_the_shipped_file_states_the_defaults_and_every_key() -> None:
    written = tomllib.loads(shipped("config/sitrep.toml").read_text(encoding="utf-8"))
    assert read_settings(None, {}) == Settings()
    for section in msgspec.structs.fields(Settings):
        if section.name != "tokens":
            assert set(written[section.name]) == {field.name for field in msgspec.structs.fields(section.type)}


def test_all_mistakes_are_told_at_once_with_the_nearest_key(tmp_path: Path) -> None:
    file = tmp_path / "s.toml"
    file.write_text('[sources]\nintervall = 3\nper_host = "two"\n[stor]\nurl = ""\n', encoding="utf-8")
    with pytest.raises(SettingsError) as caught:
        read_settings(file, {})
    told = str(caught.value)
    assert "sources.intervall is no setting, did you mean interval?" in told
    assert "sources.per_host: expected `int`, got `str`" in told
    assert "[stor] is no setting, did you mean store?" in told


def test_the_environment_comes_first(tmp_path: Path) -> None:
    secret = tmp_path / "token"
    secret.write_text("from-a-file\n", encoding="utf-8")
    read = read_settings(
        None, {"SITREP_DATABASE_URL": "sqlite://", "SLACK_APP_TOKEN_FILE": str(secret), "LOG_LEVEL": "DEBUG"}
    )
    assert read.store.url == "sqlite://"
    assert read.log.level == "debug"
    assert read.tokens.slack_app is not None and read.tokens.slack_app.reveal() == "from-a-file"


def test_a_token_is_never_shown() -> None:
    read = read_settings(None, {"DISCORD_TOKEN": "very-secret"})
    assert "very-secret" not in repr(read) + str(read) + str(shown(read))
    assert shown(read)["tokens"]["DISCORD_TOKEN"] == "set"
    assert shown(read)["tokens"]["SLACK_BOT_TOKEN"] == "not set"


def test_a_file_that_is_not_there_is_named() -> None:
    with pytest.raises(SettingsError, match="there is no such settings file: nowhere.toml"):
        read_settings(Path("nowhere.toml"), {})
