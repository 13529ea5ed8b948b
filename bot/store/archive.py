"""An archive: reports, their summaries and their events as JSON lines, to be read without this program."""

from __future__ import annotations

import gzip
import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import msgspec
from sqlalchemy import Connection, select

from bot.model.errors import StoreError
from bot.model.event import Event
from bot.model.report import Report
from bot.model.summary import Summary
from bot.store import tables as t
from bot.store.engine import Store
from bot.store.reports import revisions, seers_of

_STEP = 500
_report = msgspec.json.Decoder(Report)
_summary = msgspec.json.Decoder(Summary)
_event = msgspec.json.Decoder(Event)


def write_archive(store: Store, target: Path, *, before: datetime) -> dict[str, int]:
    """Write what was published before a time to a new gzip file; returns how many lines of each kind it has.

    Lines are `{"report", "summary", "revisions", "seen_by"}` by time, then `{"event"}`. The same content gives the same
    bytes. The file appears under its name only when it is whole; raises `StoreError` where it exists already.
    """
    if target.exists():
        raise StoreError("this file exists already", subject=str(target), hint="give the archive a name of its own")
    store.must_exist()
    part = target.with_name(f".{target.name}.part")
    # No name and no time in the header.
    with part.open("wb") as raw, gzip.GzipFile(filename="", fileobj=raw, mode="wb", mtime=0) as packed:
        counts = store.read_now(_written, before, packed)
    os.replace(part, target)  # noqa: PTH105  # atomic, and over nothing: it was looked for above
    return counts


def _written(c: Connection, before: datetime, packed: gzip.GzipFile) -> dict[str, int]:
    """Write the lines within one transaction, so that they tell of one moment."""
    counts = {"reports": 0, "events": 0}
    for kind, values in (("reports", _reports(c, before)), ("events", _events(c, before))):
        for value in values:
            packed.write(msgspec.json.encode(value) + b"\n")
            counts[kind] += 1
    return counts


def _reports(c: Connection, before: datetime) -> Iterator[dict[str, object]]:
    held, last = t.reports, -1
    while True:
        query = select(held.c.id, held.c.place, held.c.value, held.c.summary)
        query = query.where(held.c.place > last, held.c.published_at < t.stamp(before))
        rows = c.execute(query.order_by(held.c.place).limit(_STEP)).all()
        if not rows:
            return
        for row in rows:
            yield {
                "report": _report.decode(row.value),
                "summary": _summary.decode(row.summary),
                "revisions": [revision for revision, _ in revisions(c, row.id)],
                "seen_by": seers_of(c, row.id),
            }
        last = rows[-1].place


def _events(c: Connection, before: datetime) -> Iterator[dict[str, object]]:
    held = t.events
    query = select(held.c.value).where(held.c.last_at < t.stamp(before), held.c.merged_into.is_(None))
    for row in c.execute(query.order_by(held.c.last_at, held.c.id)):
        yield {"event": _event.decode(row.value)}
