"""A simulated Discord for the real client; every payload that leaves it is checked against Discord's own description."""

from __future__ import annotations

import importlib.util
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from functools import lru_cache
from typing import Any

import simcord

from adapters.discord import limits
from adapters.discord.client import SitrepClient
from bot.queries.desk import Desk
from tests.conftest import SHARED

_COMPLETION = 8
_DEFERRALS = (5, 6)
"""Kinds of answers that hold no message yet."""


@asynccontextmanager
async def discord_with(desk: Desk) -> AsyncIterator[Any]:
    """The simulation, with the client of this desk in it."""
    async with simcord.run(SitrepClient(desk), shard_count=1) as env:
        yield env
        for request in env.http_requests:
            assert_sound(request.method, request.path, request.json)


@lru_cache(maxsize=1)
def _spec() -> Any | None:
    file = SHARED / "platforms" / "discord_openapi_check.py"
    if not file.is_file():
        return None
    loaded = importlib.util.spec_from_file_location("discord_openapi_check", file)
    assert loaded and loaded.loader
    module = importlib.util.module_from_spec(loaded)
    loaded.loader.exec_module(module)
    return module.Spec(str(SHARED / "platforms" / "discord-openapi.json"))


def assert_sound(method: str, path: str, body: Any) -> None:
    """The payload is what Discord takes, within its limits, and mentions nobody."""
    if body is None or (path.endswith("/callback") and body["type"] in _DEFERRALS):
        return
    if path.endswith("/callback") and body["type"] == _COMPLETION and not body["data"]["choices"]:
        return  # nothing to offer is no empty message
    if (spec := _spec()) is not None:
        found = spec.check(method, path, _with_written_ids(body))
        assert not found, found
    message = body.get("data", body) if isinstance(body, dict) else {}
    if isinstance(message, dict) and "components" in message:
        if "title" in message:
            assert_is_a_form(message)
            return
        assert_within_limits(message["components"])
        assert message["allowed_mentions"].get("parse") == []


def _with_written_ids(body: Any) -> Any:
    """discord.py numbers new attachments with integers, which Discord takes and its description writes as strings."""
    message = body.get("data", body) if isinstance(body, dict) else None
    if not isinstance(message, dict) or not message.get("attachments"):
        return body
    written = {**message, "attachments": [{**a, "id": str(a["id"])} for a in message["attachments"]]}
    return {**body, "data": written} if "data" in body else written


def components_in(components: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """All components, with those inside of others."""
    for component in components:
        yield component
        yield from components_in(component.get("components", []))
        yield from components_in([component[key] for key in ("accessory", "component") if component.get(key)])


def assert_within_limits(components: list[dict[str, Any]]) -> None:
    """No limit of Components V2 is exceeded."""
    every = list(components_in(components))
    assert len(every) <= limits.MESSAGE_COMPONENTS
    assert sum(len(c["content"]) for c in every if c["type"] == 10) <= limits.MESSAGE_TEXT
    assert all(c["content"].strip() for c in every if c["type"] == 10)
    for row in (c for c in every if c["type"] == 1):
        assert 1 <= len(row["components"]) <= limits.ROW_BUTTONS
    for button in (c for c in every if c["type"] == 2):
        assert 1 <= len(button["label"]) <= limits.BUTTON_LABEL
        assert len(button.get("custom_id", "")) <= limits.CUSTOM_ID
        assert len(button.get("url", "")) <= limits.URL
    for select in (c for c in every if c["type"] == 3):
        _assert_select(select)
    for gallery in (c for c in every if c["type"] == 12):
        assert all(1 <= len(item["description"]) <= limits.ALT_TEXT for item in gallery["items"])
    for thumbnail in (c for c in every if c["type"] == 11):
        assert thumbnail["media"]["url"].startswith(("http://", "https://")) and thumbnail["description"]
        assert len(thumbnail["media"]["url"]) <= limits.MEDIA_URL
    ids = [c["custom_id"] for c in every if "custom_id" in c]
    assert len(ids) == len(set(ids))


def _assert_select(select: dict[str, Any]) -> None:
    options = select["options"]
    assert 1 <= len(options) <= limits.SELECT_OPTIONS
    assert len({option["value"] for option in options}) == len(options)
    for option in options:
        assert 1 <= len(option["label"]) <= limits.SELECT_LABEL and 1 <= len(option["value"]) <= limits.SELECT_LABEL
        assert len(option.get("description") or "") <= limits.SELECT_DESCRIPTION
    assert len(select.get("placeholder") or "") <= limits.PLACEHOLDER


def assert_is_a_form(form: dict[str, Any]) -> None:
    """A modal within its limits, every field with a label."""
    assert 1 <= len(form["title"]) <= limits.MODAL_TITLE and 1 <= len(form["custom_id"]) <= limits.CUSTOM_ID
    assert 1 <= len(form["components"]) <= limits.MODAL_FIELDS
    for label in form["components"]:
        assert label["type"] == 18 and 1 <= len(label["label"]) <= limits.MODAL_LABEL
        assert len(label.get("description") or "") <= limits.DESCRIPTION
        field = label["component"]
        if field["type"] == 3:
            _assert_select(field)
        assert len(field.get("value") or "") <= field.get("max_length", limits.TEXT_INPUT) <= limits.TEXT_INPUT


def text_of(components: list[dict[str, Any]]) -> str:
    """All that the components say, unescaped as Discord shows it."""
    return "\n".join(c["content"] for c in components_in(components) if c["type"] == 10).replace("\\", "")


def buttons_of(components: list[dict[str, Any]]) -> dict[str, str]:
    """Custom ids by label."""
    return {c["label"]: c["custom_id"] for c in components_in(components) if c["type"] == 2 and "custom_id" in c}
