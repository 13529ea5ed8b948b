"""How long things are kept: what is older goes, some at a time, so that nobody waits for it long.

Each function takes at most `most` things in its transaction and returns how many went: it is called until that is 0.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

import msgspec
from sqlalchemy import Connection, delete, exists, insert, select, update

from bot.model.report import Report
from bot.model.summary import Summary
from bot.store import event_index
from bot.store import tables as t
from bot.store.evidence_text import evidence_only
from bot.store.found_by import report_terms
from bot.store.listed import among
from bot.store.names import count_names, names_of
from bot.store.postings import put, take
from bot.store.reports import seers_of

_json = msgspec.json.Encoder()
_report = msgspec.json.Decoder(Report)
_summary = msgspec.json.Decoder(Summary)


def drop_texts(c: Connection, before: datetime, *, most: int) -> int:
    """Drop the texts of reports fetched before a time, and of their revisions; evidence sentences stay in place."""
    held = t.reports
    due = select(held).where(held.c.dropped.is_(False), held.c.fetched_at < t.stamp(before))
    rows = c.execute(due.order_by(held.c.fetched_at).limit(most)).all()
    for row in rows:
        report, summary = _report.decode(row.value), _summary.decode(row.summary)
        left = evidence_only(report, summary)
        seers = seers_of(c, report.id)
        take(c, "report_search", row.place, report_terms(report, summary, seers))
        put(c, "report_search", [(row.place, report_terms(left, summary, seers))])
        c.execute(update(held).where(held.c.id == report.id).values(value=_json.encode(left), dropped=True))
        _drop_revisions(c, report.id)
    return len(rows)


def _drop_revisions(c: Connection, report_id: str) -> None:
    rows = t.revisions
    for row in c.execute(select(rows).where(rows.c.report_id == report_id)).all():
        left = evidence_only(_report.decode(row.value), _summary.decode(row.summary))
        this = (rows.c.report_id == report_id, rows.c.number == row.number)
        c.execute(update(rows).where(*this).values(value=_json.encode(left)))


def drop_events(c: Connection, before: datetime, *, most: int) -> int:
    """Forget events whose last report is older than a time, with all their reports; of each report its id remains.

    An id that is known is never taken for news again, also where a feed goes on listing it.
    """
    old = select(t.events.c.id).where(t.events.c.last_at < t.stamp(before), t.events.c.merged_into.is_(None))
    gone = [str(row.id) for row in c.execute(old.order_by(t.events.c.last_at).limit(most))]
    for event_id in gone:
        of_it = select(t.event_reports.c.report_id).where(t.event_reports.c.event_id == event_id)
        _forget_reports(c, [str(row.report_id) for row in c.execute(of_it)], before)
        for one in (event_id, *c.scalars(select(t.events.c.id).where(t.events.c.merged_into == event_id))):
            event_index.unindex(c, one)
            c.execute(delete(t.notes).where(t.notes.c.event_id == one))
            c.execute(delete(t.pins).where(t.pins.c.event_id == one))
            c.execute(delete(t.events).where(t.events.c.id == one))
    return len(gone)


def drop_loose_reports(c: Connection, before: datetime, *, most: int) -> int:
    """Forget reports older than a time that stand in no event; of each its id remains."""
    held = t.reports
    loose = ~exists().where(t.event_reports.c.report_id == held.c.id)
    old = select(held.c.id).where(held.c.published_at < t.stamp(before), held.c.fetched_at < t.stamp(before), loose)
    gone = [str(row.id) for row in c.execute(old.order_by(held.c.published_at).limit(most))]
    _forget_reports(c, gone, before)
    return len(gone)


def _forget_reports(c: Connection, ids: Sequence[str], at: datetime) -> None:
    taken: Counter[tuple[str, str, str]] = Counter()
    for row in c.execute(select(t.reports).where(among(t.reports.c.id, ids))).all():
        told = _report.decode(row.value), _summary.decode(row.summary)
        seers = seers_of(c, row.id)
        take(c, "report_search", row.place, report_terms(*told, seers))
        taken.update(names_of(*told, seers, times=-1))
    count_names(c, taken)
    if ids:
        c.execute(delete(t.pins).where(among(t.pins.c.report_id, ids)))
        # SQLite and PostgreSQL both take what refers to a report along with it.
        c.execute(delete(t.reports).where(among(t.reports.c.id, ids)))
        c.execute(insert(t.forgotten), [{"report_id": one, "at": t.stamp(at)} for one in ids])


def drop_deliveries(c: Connection, before: datetime, *, most: int) -> int:
    """Forget deliveries that were done with and fell due before a time; what is still owed stays however old."""
    rows = t.deliveries
    old = select(rows.c.key).where(rows.c.open.is_(False), rows.c.due_at < t.stamp(before))
    keys = [str(row.key) for row in c.execute(old.order_by(rows.c.number).limit(most))]
    if keys:
        c.execute(delete(rows).where(among(rows.c.key, keys)))
    return len(keys)
