"""Feeds and channels of other programs, as a file of settings: OPML, and what MonitoRSS gives of its feeds.

MonitoRSS has no export of its own: what is read here are the feeds as its API answers them (`{"results": […]}`,
`{"result": {…}}`) and as its database holds them, of the present kind (a feed with `connections`, each with a filter
expression) and of the one before (a feed with `channel`, `filters` and `rfilters`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import msgspec

from bot.deliver.filters import LONGEST, compiled
from bot.model.errors import CommandError
from bot.queries.settings_file import FORMAT, MOST_BYTES, VERSION, Fields, SettingsFile
from bot.sources.opml import read_opml

_DEEPEST = 20
_COMPARED_LOOSELY = "filters look at title and text together, whatever part of the article they named"


class Imported(msgspec.Struct, frozen=True):
    """What another program's file comes to: a file of settings, what was changed on the way, and what was refused."""

    file: SettingsFile
    source: str
    changed: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()


def read_foreign(body: bytes, *, server: str) -> Imported:
    """Read OPML or MonitoRSS's feeds; connections to channels of other servers than `server` are refused.

    Raises `CommandError` where it is neither.
    """
    if len(body) > MOST_BYTES:
        raise CommandError(f"the file is larger than {MOST_BYTES // 1000} kB", hint="split it")
    if body.lstrip().startswith((b"<", b"\xef\xbb\xbf<")):
        outlines = read_opml(body)
        feeds = tuple({"url": outline.url, "name": outline.name} for outline in outlines)
        return Imported(_file(feeds, ()), "OPML")
    try:
        content = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise CommandError(f"this is neither OPML nor JSON ({error})", hint="OPML, or MonitoRSS's feeds") from None
    found = [feed for feed in _feeds_in(content) if isinstance(feed, dict) and isinstance(feed.get("url"), str)]
    if not found:
        raise CommandError("no feeds are found in this file", hint="OPML, or MonitoRSS's feeds as its API answers them")
    return _MonitoRss(server).read(found)


def _file(feeds: tuple[Fields, ...], channels: tuple[Fields, ...]) -> SettingsFile:
    return SettingsFile(format=FORMAT, version=VERSION, feeds=feeds, channels=channels)


def _feeds_in(content: object) -> Iterable[object]:
    if isinstance(content, list):
        return content
    if isinstance(content, dict):
        for name in ("results", "feeds", "userFeeds", "result"):
            if name in content:
                inner = content[name]
                return inner if isinstance(inner, list) else [inner]
        return [content]
    return []


class _MonitoRss:
    """Reads its feeds one after the other, gathering what goes where."""

    def __init__(self, server: str) -> None:
        self._server = server
        self._feeds: dict[str, Fields] = {}
        self._lines: dict[str, list[tuple[str, str]]] = {}
        self._changed: dict[str, None] = {}
        self._refused: list[str] = []

    def read(self, feeds: Iterable[Fields]) -> Imported:
        for feed in feeds:
            self._feed(feed)
        channels = tuple(made for channel, lines in self._lines.items() if (made := self._channel(channel, lines)))
        return Imported(
            _file(tuple(self._feeds.values()), channels), "MonitoRSS", tuple(self._changed), tuple(self._refused)
        )

    def _feed(self, feed: Fields) -> None:
        url, title = feed["url"].strip(), str(feed.get("title") or "")[:200]
        entry: Fields = {"url": url, "name": title}
        rate = feed.get("userRefreshRateSeconds") or feed.get("refreshRateSeconds")
        if isinstance(rate, (int, float)) and rate >= 60:
            entry["interval"] = max(5, min(1440, round(rate / 60)))
        if feed.get("disabledCode") or feed.get("disabled"):
            entry["paused"] = "it was disabled in MonitoRSS"
        self._feeds.setdefault(url, entry)
        for place, line, name in self._places(feed):
            self._place(url, title or url, name, place, line)

    def _places(self, feed: Fields) -> Iterable[tuple[Fields, Any, str]]:
        """Where a feed is posted: channel and server, what is filtered, and what to call it."""
        connections = feed.get("connections")
        if isinstance(connections, dict):
            # The database holds them by kind, the API as one list.
            connections = [one for kind in connections.values() if isinstance(kind, list) for one in kind]
        for one in connections if isinstance(connections, list) else ():
            if isinstance(one, dict):
                place = _within(one, "details", "channel")
                where = {"id": place.get("id"), "guild": place.get("guildId"), "off": one.get("disabledCode")}
                yield where, _within(one, "filters", "expression"), str(one.get("name") or "")
        if isinstance(feed.get("channel"), str):
            place = {"id": feed["channel"], "guild": feed.get("guild"), "off": None}
            yield place, {"filters": feed.get("filters"), "rfilters": feed.get("rfilters")}, ""

    def _place(self, url: str, title: str, name: str, place: Fields, filters: Any) -> None:
        told = f"{title}{f', {name}' if name else ''}"
        if not place["id"]:
            self._refused.append(f"{told}: it is posted by a webhook or elsewhere than to a channel")
        elif self._server and place["guild"] and str(place["guild"]) != self._server:
            self._refused.append(f"{told}: its channel is of another server")
        elif place["off"]:
            self._refused.append(f"{told}: it was disabled ({str(place['off'])[:60]})")
        else:
            try:
                line = self._line(filters)
                compiled(line)
            except (CommandError, KeyError, TypeError, AttributeError) as error:
                self._refused.append(f"{told}: its filter cannot be told in Sitrep's language ({error})"[:400])
            else:
                self._lines.setdefault(str(place["id"]), []).append((url, line))

    def _channel(self, channel: str, lines: list[tuple[str, str]]) -> Fields | None:
        """A channel's subscription: one line, in which each feed has its own filter where they differ."""
        feeds = list(dict.fromkeys(url for url, _ in lines))
        filters = dict.fromkeys(line for _, line in lines)
        if len(filters) == 1:
            line = next(iter(filters))
        else:
            parts = [f'feed:"{url}"' + (f" ({line})" if line else "") for url, line in lines]
            line = " OR ".join(f"({part})" if " " in part else part for part in parts)
            self._changed[f"channel {channel}: the filters of its feeds became one line"] = None
        if len(line) > LONGEST:
            self._refused.append(f"channel {channel}: its filters are longer than {LONGEST} characters together")
            return None
        return {"channel": channel, "feeds": feeds, "filter": line}

    def _line(self, filters: Any) -> str:
        if not filters:
            return ""
        if "type" in filters:
            line = self._expression(filters, 0)
        elif filters.get("rfilters"):
            line = " ".join(self._regex(str(words)) for words in filters["rfilters"].values())
        else:
            line = self._words(filters.get("filters") or {})
        if line:
            self._changed[_COMPARED_LOOSELY] = None
        return line

    def _expression(self, node: Any, depth: int) -> str:
        if depth > _DEEPEST:
            raise CommandError("too deep")
        if str(node["type"]).upper() == "LOGICAL":
            inner = [line for child in node["children"] if (line := self._expression(child, depth + 1))]
            joined = {"AND": " AND ", "OR": " OR "}[str(node["op"]).upper()].join(inner)
            return f"({joined})" if len(inner) > 1 and depth else joined
        operator, right = str(node["op"]).upper(), node["right"]
        value = str(right["value"] if isinstance(right, dict) else right)
        part = self._regex(value) if operator == "MATCHES" else self._contains(value)
        if operator not in ("EQ", "CONTAINS", "MATCHES", "NOT_EQ", "NOT_CONTAIN"):
            raise CommandError("there is no such operator", subject=operator[:20])
        if operator in ("EQ", "NOT_EQ"):
            self._changed["“equals” became “contains”"] = None
        turned = operator.startswith("NOT_") != bool(node.get("not"))
        return f"NOT {part}" if turned else part

    def _words(self, filters: Fields) -> str:
        """The words of the kind before: one of them must stand there, none with "!" may; "~" also within words."""
        wanted: list[str] = []
        unwanted: list[str] = []
        for words in filters.values():
            for word in words if isinstance(words, list) else [words]:
                plain = str(word)
                (unwanted if plain.startswith("!") else wanted).append(plain.removeprefix("!"))
        parts = [self._contains(word[1:]) if word.startswith("~") else _quoted(word) for word in wanted]
        line = " OR ".join(parts)
        none = [self._contains(word[1:]) if word.startswith("~") else _quoted(word) for word in unwanted]
        line = f"({line})" if len(parts) > 1 and none else line
        return " ".join([line, *(f"NOT {part}" for part in none)]).strip()

    def _contains(self, value: str) -> str:
        """What stands somewhere in the text, also within words."""
        return self._regex(re.escape(value.strip()).replace("\\ ", " ").replace("\\-", "-"))

    def _regex(self, pattern: str) -> str:
        return f"/{pattern.replace('/', chr(92) + '/')}/"


def _within(value: Fields, *names: str) -> Fields:
    """What stands under these names, one within the other; {} where it does not."""
    for name in names:
        inner = value.get(name)
        value = inner if isinstance(inner, dict) else {}
    return value


def _quoted(word: str) -> str:
    return f'"{word.replace(chr(34), " ").strip()}"'
