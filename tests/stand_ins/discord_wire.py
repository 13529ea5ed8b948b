"""What Discord's side of the wire looks like: its objects, its refusals, and what of a message it would not take."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from aiohttp import web

from tests.stand_ins.journal import Bucket

BOT = 900000000000000001
APPLICATION = 900000000000000002
GUILD = 900000000000000010
TEXT, DM, NEWS, THREAD, FORUM = 0, 1, 5, 11, 15
V2, CROSSPOSTED = 1 << 15, 1 << 1


def bot_user() -> dict[str, Any]:
    return {
        "id": str(BOT), "username": "sitrep", "discriminator": "0", "global_name": None, "avatar": None, "bot": True,
        "mfa_enabled": True, "verified": True, "email": None, "flags": 0, "public_flags": 0, "locale": "en-US",
    }  # fmt: skip


def in_json(value: Any, *, status: int = 200, headers: dict[str, str] | None = None) -> web.Response:
    """JSON by exactly the content type that the client looks for."""
    content = json.dumps(value).encode()
    return web.Response(body=content, status=status, headers=headers, content_type="application/json")


def refusal(status: int, code: int, message: str = "") -> web.Response:
    return in_json({"message": message or f"error {code}", "code": code}, status=status)


def patience(wait: float, *, globally: bool = False, shared: bool = False) -> web.Response:
    headers = {"Retry-After": f"{wait:.3f}", "Via": "1.1 google", "X-RateLimit-Scope": "shared" if shared else "user"}
    if globally:
        headers["X-RateLimit-Global"] = "true"
    body = {"message": "You are being rate limited.", "retry_after": round(wait, 3), "global": globally}
    return in_json(body, status=429, headers=headers)


def bucket_headers(bucket: Bucket, name: str) -> dict[str, str]:
    reset = bucket.reset_after
    return {
        "X-RateLimit-Limit": str(bucket.most), "X-RateLimit-Remaining": str(max(0, bucket.left)),
        "X-RateLimit-Reset-After": f"{reset:.3f}", "X-RateLimit-Reset": f"{time.time() + reset:.3f}",
        "X-RateLimit-Bucket": name.rpartition(" ")[0].encode().hex()[:32],
    }  # fmt: skip


async def given_in(request: web.Request) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """A request's JSON, and its files as attachments."""
    if request.content_type != "multipart/form-data":
        return await request.json(), []
    form = await request.post()
    files = []
    for name, value in form.items():
        if isinstance(value, web.FileField):
            content = value.file.read()
            files.append(
                {
                    "id": str(len(files) + 1), "filename": value.filename, "size": len(content),
                    "url": f"http://files/{value.filename}", "proxy_url": f"http://files/{value.filename}", "field": name,
                }
            )  # fmt: skip
    return json.loads(str(form["payload_json"])), files


def every_component(components: list[dict[str, Any]]) -> list[dict[str, Any]]:
    found = []
    for component in components:
        found += [component, *every_component(component.get("components") or [])]
        if component.get("accessory"):
            found += every_component([component["accessory"]])
    return found


def texts_of(given: dict[str, Any]) -> str:
    return "\n".join(c["content"] for c in every_component(given.get("components") or []) if c.get("type") == 10)


def unsound(given: dict[str, Any], *, sending: bool = False) -> str:
    """What of a message Discord would refuse, in a word; "" where it is sound."""
    components = every_component(given.get("components") or [])
    ids = [c["custom_id"] for c in components if c.get("custom_id")]
    mentions = given.get("allowed_mentions")
    checks = {
        "flags": bool(components) and not given.get("flags", 0) & V2 and sending,
        "content": bool(components) and bool(given.get("content")),
        "allowed_mentions": bool(components) and (mentions is None or mentions.get("parse") not in ([], None)),
        "components": len(components) > 40,
        "text": len(texts_of(given)) > 4000,
        "custom_id": len(ids) != len(set(ids)) or any(len(one) > 100 for one in ids),
        "label": any(len(c.get("label") or "") > 80 for c in components if c.get("type") == 2),
        "url": any(len(c.get("url") or "") > 512 for c in components),
        "nonce": sending and not 0 < len(str(given.get("nonce") or "")) <= 25,
    }
    return next((name for name, wrong in checks.items() if wrong), "")


def echoed(components: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Components as Discord gives them back: each with an id, media resolved."""
    for number, component in enumerate(every_component(components), 1):
        component.setdefault("id", number)
        for media in [component.get("file"), *(item.get("media") for item in component.get("items") or [])]:
            if media:
                media.update(proxy_url=media["url"], height=None, width=None, content_type="text/plain")
        if component.get("type") == 13:
            component.update(name="file", size=1)
    return components


def guild_of(channels: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """The guild as a client meets it first, with its channels and threads."""
    held = list(channels)
    everybody = {
        "id": str(GUILD), "name": "@everyone", "color": 0, "hoist": False, "position": 0, "managed": False,
        "permissions": str((1 << 53) - 1), "mentionable": False,
    }  # fmt: skip
    member = {
        "user": bot_user(),
        "roles": [],
        "joined_at": datetime.now(UTC).isoformat(),
        "deaf": False,
        "mute": False,
        "flags": 0,
    }
    own = [channel for channel in held if channel["type"] in (TEXT, NEWS, FORUM)]
    return {
        "id": str(GUILD), "name": "Guild", "owner_id": str(BOT), "roles": [everybody], "channels": own,
        "threads": [channel for channel in held if channel["type"] == THREAD],
        "members": [member], "member_count": 1, "large": False, "emojis": [], "stickers": [], "features": [],
        "voice_states": [], "presences": [], "stage_instances": [], "guild_scheduled_events": [],
        "soundboard_sounds": [], "verification_level": 0, "default_message_notifications": 0,
        "explicit_content_filter": 0, "mfa_level": 0, "system_channel_flags": 0, "premium_tier": 0,
        "preferred_locale": "en-US", "nsfw_level": 0, "premium_progress_bar_enabled": False, "afk_timeout": 300,
        "unavailable": False,
    }  # fmt: skip


def message_of(
    number: int, channel: int, given: dict[str, Any], files: list[dict[str, Any]] | None = None, nonce: str = ""
) -> dict[str, Any]:
    """The message that stands after one has been sent."""
    return {
        "id": str(number), "channel_id": str(channel), "author": bot_user(), "content": given.get("content") or "",
        "timestamp": datetime.now(UTC).isoformat(), "edited_timestamp": None, "tts": False,
        "mention_everyone": False, "mentions": [], "mention_roles": [], "attachments": files or [], "embeds": [],
        "pinned": False, "type": 0, "flags": given.get("flags", 0), "nonce": nonce,
        "components": echoed(given.get("components") or []),
    }  # fmt: skip


def thread_of(number: int, parent: int, name: str, tags: tuple[str, ...] = ()) -> dict[str, Any]:
    """A thread that has just been opened."""
    return {
        "id": str(number), "type": THREAD, "guild_id": str(GUILD), "parent_id": str(parent), "owner_id": str(BOT),
        "name": name, "message_count": 0, "member_count": 1, "rate_limit_per_user": 0, "flags": 0,
        "applied_tags": list(tags),
        "thread_metadata": {
            "archived": False, "auto_archive_duration": 1440, "locked": False,
            "archive_timestamp": datetime.now(UTC).isoformat(),
        },
    }  # fmt: skip
