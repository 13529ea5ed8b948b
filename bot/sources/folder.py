"""A folder of files as a source: one report a file (txt, md, html), or many (json, jsonl)."""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from bot.model.errors import SourceError
from bot.model.feed import Feed
from bot.model.report import Given
from bot.sources.identity import given_hash, report_id
from bot.sources.origin import origin_of
from bot.sources.politeness import after_reading
from bot.sources.port import Clock, Fetched
from bot.sources.wording import line_of, text_of

MAX_FILES = 10_000
MAX_BYTES = 2 * 1024 * 1024
_KINDS = frozenset({".txt", ".md", ".markdown", ".html", ".htm", ".json", ".jsonl"})
_TITLE = re.compile(r"<title[^<>]*>([^<]{1,500})</title>|<h1[^<>]*>(.{1,500}?)</h1>", re.I | re.S)
_UNSEEN_HEAD = re.compile(r"<head\b.*?</head\s*>", re.I | re.S)


class _Given(msgspec.Struct):
    """A report as the extraction contract has it."""

    id: str
    text: str
    title: str | None = None
    outlet: str | None = None
    url: str | None = None
    published_at: datetime | None = None
    lang: str | None = None
    origin: str | None = None


class FolderSource:
    """Reads folders that the settings name; see `Source`. The address is `folder:<path>`."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    async def fetch(self, feed: Feed) -> Fetched:
        """Read all files again when one was added, changed or removed."""
        path = Path(feed.url.removeprefix("folder:"))
        state = await asyncio.to_thread(_state, path)
        now = self._clock()
        if state == feed.body_hash and feed.fetched_at is not None:
            return Fetched(feed=after_reading(feed, changed=False, now=now), unchanged=True)
        reports, unread = await asyncio.to_thread(read_folder, path, feed=feed, now=now)
        note = f"Left out: {'; '.join(unread[:5])}" if unread else ""
        read = after_reading(
            msgspec.structs.replace(feed, body_hash=state, name=feed.name or path.name),
            changed=True,
            now=now,
            health="malformed" if unread else "ok" if reports else "empty",
            note=note,
        )
        return Fetched(feed=read, reports=reports)


def read_folder(path: Path, *, feed: Feed, now: datetime) -> tuple[tuple[Given, ...], tuple[str, ...]]:
    """The reports of all files in the order of their names, and what is wrong with files that could not be read."""
    reports: dict[str, Given] = {}
    unread: list[str] = []
    for file in _files(path):
        try:
            for report in _reports(file, feed=feed, now=now):
                reports[report.id] = report
        except (OSError, UnicodeError, msgspec.DecodeError, SourceError) as error:
            unread.append(f"{file.name}: {error}")
    return tuple(reports.values()), tuple(unread)


def _files(path: Path) -> list[Path]:
    if not path.is_dir():
        raise SourceError(
            "there is no such folder", subject=path.name, hint="check `folders` in the settings", health="not_found"
        )
    files = [
        file for file in sorted(path.rglob("*")) if file.suffix.lower() in _KINDS and not file.name.startswith(".")
    ]
    return [file for file in files[:MAX_FILES] if file.is_file()]


def _state(path: Path) -> str:
    """A hash of the names, sizes and times of all files."""
    digest = hashlib.blake2b(digest_size=16)
    for file in _files(path):
        told = file.stat()
        digest.update(
            f"{file.relative_to(path)}\0{told.st_size}\0{told.st_mtime_ns}\n".encode("utf-8", "surrogatepass")
        )
    return digest.hexdigest()


def _reports(file: Path, *, feed: Feed, now: datetime) -> Iterator[Given]:
    if file.stat().st_size > MAX_BYTES:
        raise SourceError(f"larger than {MAX_BYTES // 1024} KiB", health="too_large")
    if file.suffix.lower() in (".json", ".jsonl"):
        for given in _given(file):
            yield _contract_report(given, feed=feed, now=now)
        return
    written = file.read_text(encoding="utf-8-sig", errors="replace")
    title, text = _page(written) if file.suffix.lower() in (".html", ".htm") else _plain(written)
    if not text and not title:
        return
    name = file.stem
    yield Given(
        id=report_id(site=feed.url, guid=str(file.name), link=None, title=title, text=text),
        text=text or title,
        title=title or name,
        outlet=feed.name or None,
        published_at=datetime.fromtimestamp(file.stat().st_mtime, UTC),
        feed_id=feed.id,
        guid=file.name,
        origin=origin_of(text, title=title, outlet=None),
        fetched_at=now,
        given_hash=given_hash(title, text),
    )


def _given(file: Path) -> list[_Given]:
    raw = file.read_bytes()
    if file.suffix.lower() == ".jsonl":
        return [msgspec.json.decode(line, type=_Given) for line in raw.splitlines() if line.strip()]
    read: Any = msgspec.json.decode(raw)
    return msgspec.convert(read if isinstance(read, list) else [read], list[_Given])


def _contract_report(given: _Given, *, feed: Feed, now: datetime) -> Given:
    published = given.published_at
    if published is not None:
        published = published.astimezone(UTC) if published.tzinfo else published.replace(tzinfo=UTC)
    return Given(
        id=given.id,
        text=given.text,
        title=given.title,
        outlet=given.outlet or feed.name or None,
        url=given.url,
        published_at=published,
        lang=given.lang,
        feed_id=feed.id,
        guid=given.id,
        origin=given.origin or origin_of(given.text, title=given.title, outlet=given.outlet),
        fetched_at=now,
        given_hash=given_hash(given.title, given.text),
    )


def _page(markup: str) -> tuple[str, str]:
    found = _TITLE.search(markup)
    title = line_of(found[1] or found[2]) if found else ""
    return title, text_of(_UNSEEN_HEAD.sub("", markup))


def _plain(written: str) -> tuple[str, str]:
    """The first line is the title where it is a Markdown heading, or short and apart; the rest is the text."""
    written = written.strip()
    first, _, rest = written.partition("\n")
    heading = first.lstrip("#").strip()
    if first.startswith("#") or (rest.startswith(("\n", "\r\n")) and len(heading) <= 150):
        return heading, rest.strip()
    return "", written
