"""The two JSON-lines tools: reading feeds and judging addresses without touching the network."""

from __future__ import annotations

import base64
import binascii
import contextlib
import html
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import Any

import msgspec

from bot.model.errors import InputError, SourceError
from bot.model.feed import ParsedFeed
from bot.sources.feed import parse_feed
from bot.sources.guard import judge


class _Address(msgspec.Struct):
    url: str
    dns: dict[str, list[str]] = {}


class _Body(msgspec.Struct):
    file: str
    body: str
    url: str = ""


def guard_lines(lines: Iterable[bytes | str]) -> Iterator[dict[str, str]]:
    """For each line `{"url", "dns": {host: [address, …]}}` give `{"url", "verdict": "allow"|"deny", "rule"}`.

    Raises `InputError` naming the line that is not of this form; blank lines are passed over.
    """
    for given in _decoded(lines, _Address):
        known = {_plain_host(host): addresses for host, addresses in given.dns.items()}
        verdict = judge(given.url, partial(_known, known))
        yield {"url": given.url, "verdict": "allow" if verdict.allow else "deny", "rule": verdict.rule}


def parse_lines(lines: Iterable[bytes | str]) -> Iterator[dict[str, Any]]:
    """For each line `{"file", "body": base64}` give what `parse_feed` read, or `{"file", "error"}`.

    Titles are HTML text, as in feeds ("AT&amp;T"). Raises `InputError` naming the line that is not of this form; blank
    lines are passed over.
    """
    for given in _decoded(lines, _Body):
        try:
            body = base64.b64decode(given.body, validate=True)
        except (binascii.Error, ValueError) as error:
            yield {"file": given.file, "error": f"body is not base64: {error}"}
            continue
        try:
            yield {"file": given.file, **_told(parse_feed(body, url=given.url))}
        except SourceError as error:
            yield {"file": given.file, "error": str(error)}


def _told(parsed: ParsedFeed) -> dict[str, Any]:
    entries = [
        {
            "title": html.escape(entry.title or "", quote=False),
            "link": entry.link or "",
            "id": entry.id or "",
            "published": moment.isoformat() if (moment := entry.published or entry.updated) else None,
        }
        for entry in parsed.entries
    ]
    return {"title": html.escape(parsed.title or "", quote=False), "entries": entries}


def _known(known: Mapping[str, list[str]], host: str) -> list[str]:
    return known.get(host, [])


def _plain_host(host: str) -> str:
    """A host as `dns` spells it, as the guard asks for it."""
    with contextlib.suppress(UnicodeError):
        host = host if host.isascii() else host.encode("idna").decode("ascii")
    return host.lower().removesuffix(".")


def _decoded(lines: Iterable[bytes | str], form: type[Any]) -> Iterator[Any]:
    decoder = msgspec.json.Decoder(form)
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            yield decoder.decode(line)
        except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
            raise InputError(f"line {number} is not as agreed: {error}", subject=f"line {number}") from None
