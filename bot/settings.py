"""All settings as one frozen object, read once from a TOML file and the environment."""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, get_type_hints

import msgspec

from bot.levels import read_levels
from bot.model.errors import SettingsError
from bot.shipped import shipped


class Secret:
    """A token that shows itself only when asked: its text and its representation are masked."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """The token itself, for the call that needs it."""
        return self._value

    def __str__(self) -> str:
        return "***"

    __repr__ = __str__


class StoreSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where everything is kept: an SQLAlchemy address."""

    url: str = "sqlite:///var/sitrep.db"


class SourceSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is read and how politely; intervals in seconds."""

    opml: tuple[str, ...] = ("shipped:config/feeds.opml",)
    folders: tuple[str, ...] = ("shipped:seeds/reports",)
    interval: int = 900
    min_interval: int = 300
    max_interval: int = 21600
    concurrency: int = 50
    per_host: int = 2
    backfill: int = 5
    allow_hosts: tuple[str, ...] = ()
    full_text: bool = True


class ExtractSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How reports are understood; `timeout` in seconds."""

    gazetteer: str = ""
    timeout: float = 20.0


class WorkSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How many worker processes there are of each lane."""

    language: int = 1
    parse: int = 1


class NodeSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """This process among those that share a PostgreSQL; `lease` in seconds, the same on all of them."""

    name: str = ""
    lease: float = 60.0


class DiscordSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The Discord door; without a token it stays shut. `shards` are this process's, () for all of `shard_count`."""

    api_base: str = ""
    gateway_url: str = ""
    guild: int = 0
    gateway: bool = True
    public_key: str = ""
    shard_count: int = 0
    shards: tuple[int, ...] = ()
    presence: str = "Who says what · /news help"


class SlackSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The Slack door; without tokens it stays shut."""

    api_url: str = ""
    command: str = "/news"
    reads_per_minute: int = 1


class WebSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The web door; port 0 keeps it shut. With a `public_url` cards link to evidence pages, for `link_days` days."""

    host: str = "127.0.0.1"
    port: int = 0
    public_url: str = ""
    link_days: int = 30


class LogSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is logged (see `read_levels`) and in which form; `traces` is where spans are sent, "" nowhere."""

    level: str = "info"
    format: Literal["json", "pretty"] = "pretty"
    traces: str = ""


class KeepSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How many days things are kept, 0 for ever; what is in use for longer is kept for longer (see docs/operate.md)."""

    texts: int = 0
    reports: int = 0
    deliveries: int = 0
    audit: int = 90


class Tokens(msgspec.Struct, frozen=True):
    """What the environment holds; each is None where it is not set."""

    discord: Secret | None = None
    slack_bot: Secret | None = None
    slack_app: Secret | None = None
    slack_signing: Secret | None = None
    slack_client_id: Secret | None = None
    slack_client_secret: Secret | None = None
    secret_keys: Secret | None = None


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Everything that can be set; built once and passed on."""

    store: StoreSettings = StoreSettings()
    sources: SourceSettings = SourceSettings()
    extract: ExtractSettings = ExtractSettings()
    work: WorkSettings = WorkSettings()
    nodes: NodeSettings = NodeSettings()
    discord: DiscordSettings = DiscordSettings()
    slack: SlackSettings = SlackSettings()
    web: WebSettings = WebSettings()
    log: LogSettings = LogSettings()
    keep: KeepSettings = KeepSettings()
    tokens: Tokens = Tokens()


_TOKENS = {
    "discord": "DISCORD_TOKEN",
    "slack_bot": "SLACK_BOT_TOKEN",
    "slack_app": "SLACK_APP_TOKEN",
    "slack_signing": "SLACK_SIGNING_SECRET",
    "slack_client_id": "SLACK_CLIENT_ID",
    "slack_client_secret": "SLACK_CLIENT_SECRET",
    "secret_keys": "SITREP_SECRET_KEYS",
}
_OVERRIDES = {
    ("store", "url"): "SITREP_DATABASE_URL",
    ("discord", "api_base"): "DISCORD_API_BASE",
    ("discord", "gateway_url"): "DISCORD_GATEWAY_URL",
    ("discord", "public_key"): "DISCORD_PUBLIC_KEY",
    ("slack", "api_url"): "SLACK_API_URL",
    ("log", "level"): "LOG_LEVEL",
}
_SECTIONS = {
    name: kind
    for name, kind in get_type_hints(Settings).items()
    if name != "tokens" and issubclass(kind, msgspec.Struct)
}


def read_settings(path: Path | None, environment: Mapping[str, str]) -> Settings:
    """Read the file at `path` (None: the shipped defaults), then what `environment` overrides.

    Raises `SettingsError` naming every mistake at once, each with the nearest valid key.
    """
    file = path or shipped("config/sitrep.toml")
    try:
        given = tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise SettingsError(
            "there is no such settings file", subject=str(file), hint="give --config a path that exists"
        ) from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(
            f"the settings file cannot be read: {error}", subject=str(file), hint="see config/sitrep.toml"
        ) from None
    for (section, key), variable in _OVERRIDES.items():
        if environment.get(variable):
            given.setdefault(section, {})[key] = (
                environment[variable].lower() if section == "log" else environment[variable]
            )
    mistakes: list[str] = []
    sections = {name: _section(name, kind, given.pop(name, {}), mistakes) for name, kind in _SECTIONS.items()}
    mistakes += [_unknown(name, _SECTIONS, f"[{name}]") for name in given]
    try:
        read_levels(sections["log"].level)
    except SettingsError as error:
        mistakes.append(error.message)
    tokens = Tokens(**{field: _token(variable, environment, mistakes) for field, variable in _TOKENS.items()})
    if mistakes:
        raise SettingsError("; ".join(mistakes), subject=str(file), hint="config/sitrep.toml explains every key")
    return Settings(**sections, tokens=tokens)


def _section(name: str, kind: type[Any], given: object, mistakes: list[str]) -> Any:
    """One section as its settings object; what is wrong with each key goes to `mistakes`."""
    if not isinstance(given, dict):
        mistakes.append(f"[{name}] must be a section")
        return kind()
    hints = get_type_hints(kind)
    right: dict[str, Any] = {}
    for key, value in given.items():
        if key not in hints:
            mistakes.append(_unknown(key, hints, f"{name}.{key}"))
            continue
        try:
            right[key] = msgspec.convert(value, hints[key])
        except msgspec.ValidationError as error:
            mistakes.append(f"{name}.{key}: {str(error).lower()}")
    return kind(**right)


def _unknown(key: str, valid: Mapping[str, object], shown: str) -> str:
    nearest = difflib.get_close_matches(key, valid, n=1)
    return f"{shown} is no setting" + (f", did you mean {nearest[0]}?" if nearest else "")


def _token(variable: str, environment: Mapping[str, str], mistakes: list[str]) -> Secret | None:
    """A token from the environment, or from the file that VARIABLE_FILE names."""
    if value := environment.get(variable, "").strip():
        return Secret(value)
    if not (file := environment.get(f"{variable}_FILE", "").strip()):
        return None
    try:
        return Secret(Path(file).read_text(encoding="utf-8").strip())
    except OSError as error:
        mistakes.append(f"{variable}_FILE cannot be read: {error.strerror}")
        return None


def shown(settings: Settings) -> dict[str, Any]:
    """The settings as plain values for people; tokens only as "set" or "not set"."""
    plain: dict[str, Any] = {name: msgspec.to_builtins(getattr(settings, name), str_keys=True) for name in _SECTIONS}
    plain["tokens"] = {
        variable: "set" if getattr(settings.tokens, field) else "not set" for field, variable in _TOKENS.items()
    }
    return plain


def located(path: str) -> Path:
    """A path of the settings: "shipped:config/feeds.opml" is a file that comes with Sitrep."""
    return shipped(path.removeprefix("shipped:")) if path.startswith("shipped:") else Path(path)
