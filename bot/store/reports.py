"""Reports, their revisions and summaries."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Literal

import msgspec
from sqlalchemy import Connection, bindparam, delete, exists, func, insert, select, text, update

from bot.model.report import Report, Revision
from bot.model.summary import Summary
from bot.store import event_index
from bot.store import tables as t
from bot.store.evidence_text import evidence_only
from bot.store.found_by import PRIVATE, report_terms
from bot.store.listed import any_of, each_of
from bot.store.names import Count, count_names, names_of
from bot.store.postings import free_places, newest, put, take
from bot.store.search import search

Outcome = Literal["new", "revised", "seen", "same"]
Told = tuple[Report, Summary]

# Statements that are asked for each report or reading are made once.
_HELD = select(t.reports).where(t.reports.c.id == bindparam("id"))
_TOLD = select(t.reports.c.id, t.reports.c.value, t.reports.c.summary).where(any_of(t.reports.c.id, "ids"))
_STANDING = select(t.reports.c.id, t.reports.c.outlet, t.reports.c.published_at).where(any_of(t.reports.c.id, "ids"))
_GIVEN = select(t.reports.c.id, t.reports.c.value).select_from(each_of(t.reports.c.id, "ids"))
_FORGOTTEN = select(t.forgotten.c.report_id).select_from(each_of(t.forgotten.c.report_id, "ids"))
_SEEN = select(t.sightings.c.report_id, t.sightings.c.tenant).where(
    any_of(t.sightings.c.report_id, "ids"), any_of(t.sightings.c.tenant, "tenants")
)
_SEERS = select(t.sightings.c.tenant).where(t.sightings.c.report_id == bindparam("id"))
_json = msgspec.json.Encoder()


class _Hashed(msgspec.Struct):
    given_hash: str | None = None


_report = msgspec.json.Decoder(Report)
_hashed = msgspec.json.Decoder(_Hashed)
_summary = msgspec.json.Decoder(Summary)
_STEP = 500


def save_report(c: Connection, report: Report, summary: Summary, *, tenant: str = "", now: datetime) -> Outcome:
    """Store a report with its summary, and that `tenant` sees it.

    "revised" where title or text have changed: what stood before is kept as a revision. "seen" where neither has, but
    the tenant sees it for the first time. "same" otherwise, whatever the outlet did to the date.
    """
    held = c.execute(_HELD, {"id": report.id}).one_or_none()
    if held is None:
        save_new(c, [(report, summary)], tenant, now=now)
        return "new"
    before = _report.decode(held.value), _summary.decode(held.summary)
    seers = seers_of(c, report.id)
    as_held = evidence_only(report, before[1]) if held.dropped else report
    same = (before[0].title, before[0].text) == (as_held.title, as_held.text)
    after, all_seers = before if same else (report, summary), sorted({*seers, tenant})
    if same and before[0].given_hash != report.given_hash:
        # Other markup or letter case: noted, so that the source is not read for it again.
        noted = _json.encode(msgspec.structs.replace(before[0], given_hash=report.given_hash))
        c.execute(update(t.reports).where(t.reports.c.id == report.id).values(value=noted))
    if not same:
        c.execute(
            insert(t.revisions).values(
                report_id=report.id, number=held.revision, value=held.value, summary=held.summary
            )
        )
        c.execute(
            update(t.reports)
            .where(t.reports.c.id == report.id)
            .values(
                revision=held.revision + 1,
                dropped=False,
                fetched_at=t.stamp(report.fetched_at or now),
                value=_json.encode(report),
                summary=_json.encode(summary),
            )
        )
    if tenant not in seers:
        c.execute(insert(t.sightings).values(tenant=tenant, report_id=report.id, published_at=held.published_at))
        of = c.scalar(select(t.event_reports.c.event_id).where(t.event_reports.c.report_id == report.id))
        event_index.reindex(c, of)
    if not same or tenant not in seers:
        take(c, "report_search", held.place, report_terms(*before, seers))
        put(c, "report_search", [(held.place, report_terms(*after, all_seers))])
        counted = names_of(*after, all_seers)
        counted.subtract(names_of(*before, seers))
        count_names(c, counted)
    if not same:
        return "revised"
    return "same" if {"", tenant} & set(seers) else "seen"


def save_new(c: Connection, told: Sequence[Told], *tenants: str, now: datetime) -> None:
    """Store reports of which none is held yet, and who sees them: of each its tenant, or one for all of them.

    The way for many at once: it looks none of them up, and an id that is held already is an error of the database's.
    """
    if not told:
        return
    seers = tenants if len(tenants) > 1 else (tenants or ("",)) * len(told)
    times = [report.published_at or report.fetched_at or now for report, _ in told]
    places = free_places(c, t.reports.c.place, times)
    rows = [
        {
            "id": report.id,
            "feed_id": report.feed_id,
            "outlet": report.outlet,
            "published_at": t.stamp(at),
            "fetched_at": t.stamp(report.fetched_at or now),
            "revision": 1,
            "value": _json.encode(report),
            "summary": _json.encode(summary),
            "place": place,
        }
        for (report, summary), at, place in zip(told, times, places, strict=True)
    ]
    c.execute(insert(t.reports), rows)
    seen = [
        {"tenant": tenant, "report_id": row["id"], "published_at": row["published_at"]}
        for row, tenant in zip(rows, seers, strict=True)
    ]
    c.execute(insert(t.sightings), seen)
    terms = (report_terms(*pair, [tenant]) for pair, tenant in zip(told, seers, strict=True))
    put(c, "report_search", zip(places, terms, strict=True))
    counted: Count = Counter()
    for pair, tenant in zip(told, seers, strict=True):
        counted.update(names_of(*pair, [tenant]))
    count_names(c, counted)


def seers_of(c: Connection, report_id: str) -> list[str]:
    """The tenants that see a report."""
    return sorted(c.execute(_SEERS, {"id": report_id}).scalars())


def index_all(c: Connection) -> int:
    """Make every report and event findable, in a store whose indexes are empty; returns how many reports there are."""
    c.execute(delete(t.names))
    indexed, last = 0, -1
    while True:
        rows = c.execute(
            select(t.reports.c.id, t.reports.c.place, t.reports.c.value, t.reports.c.summary)
            .where(t.reports.c.place > last)
            .order_by(t.reports.c.place)
            .limit(_STEP)
        ).all()
        if not rows:
            break
        counted: Count = Counter()
        terms = []
        for row in rows:
            told = _report.decode(row.value), _summary.decode(row.summary)
            seers = seers_of(c, row.id)
            terms.append((row.place, report_terms(*told, seers)))
            counted.update(names_of(*told, seers))
        put(c, "report_search", terms)
        count_names(c, counted)
        indexed, last = indexed + len(rows), rows[-1].place
    event_index.index_all(c)
    return indexed


def mark_private(c: Connection) -> None:
    """Mark the reports that not everybody sees, in an index that was made without the marks."""
    if newest(c, "report_search", [[PRIVATE]], limit=1):
        return
    seen, last = t.sightings.c, -1
    everybody = exists().where(seen.report_id == t.reports.c.id, seen.tenant == "")
    while True:
        rows = c.execute(
            select(t.reports.c.id, t.reports.c.place, t.reports.c.value, t.reports.c.summary)
            .where(t.reports.c.place > last, ~everybody)
            .order_by(t.reports.c.place)
            .limit(_STEP)
        ).all()
        if not rows:
            return
        for row in rows:
            terms = report_terms(_report.decode(row.value), _summary.decode(row.summary), seers_of(c, row.id))
            take(c, "report_search", row.place, terms - {PRIVATE})
            put(c, "report_search", [(row.place, terms)])
        last = rows[-1].place


def visible(tenant: str) -> list[str]:
    """The tenants whose reports this tenant sees: the operator's and its own."""
    return sorted({"", tenant})


def told(c: Connection, ids: Iterable[str], *, tenant: str | None = None) -> dict[str, Told]:
    """Reports with their summaries by id; with `tenant`, only those that it sees."""
    wanted = list(dict.fromkeys(ids))
    found: dict[str, Told] = {}
    for start in range(0, len(wanted), _STEP):
        some = wanted[start : start + _STEP]
        if tenant is not None:
            some = [*seen(c, some, tenants=visible(tenant))]
        rows = c.execute(_TOLD, {"ids": some})
        found |= {report_id: (_report.decode(value), _summary.decode(summary)) for report_id, value, summary in rows}
    return {report_id: found[report_id] for report_id in wanted if report_id in found}


def one(c: Connection, report_id: str, *, tenant: str | None = None) -> Told | None:
    """A report with its summary, or None where there is none (or none that `tenant` sees)."""
    return told(c, [report_id], tenant=tenant).get(report_id)


def standing(c: Connection, ids: Iterable[str]) -> list[tuple[str, str, datetime]]:
    """Reports' ids with their outlets (their ids where none is known) and times, without reading their texts."""
    wanted = list(ids)
    found = []
    for start in range(0, len(wanted), _STEP):
        rows = c.execute(_STANDING, {"ids": wanted[start : start + _STEP]}).all()
        found += [(report_id, outlet or report_id, t.moment(at)) for report_id, outlet, at in rows]
    return found


def owned(c: Connection, ids: Iterable[str], *, tenant: str) -> bool:
    """Whether nobody but this tenant sees any of the reports."""
    wanted = list(ids)
    for start in range(0, len(wanted), 500):
        others = select(t.sightings.c.report_id).where(
            t.sightings.c.report_id.in_(wanted[start : start + 500]), t.sightings.c.tenant != tenant
        )
        if c.execute(others.limit(1)).first() is not None:
            return False
    return True


def revisions(c: Connection, report_id: str) -> tuple[tuple[Revision, Summary], ...]:
    """The earlier states of a report, oldest first."""
    rows = c.execute(select(t.revisions).where(t.revisions.c.report_id == report_id).order_by(t.revisions.c.number))
    found = []
    for row in rows:
        held = _report.decode(row.value)
        seen = held.fetched_at or held.published_at or t.moment(0)
        revision = Revision(report_id=report_id, number=row.number, title=held.title, text=held.text, seen_at=seen)
        found.append((revision, _summary.decode(row.summary)))
    return tuple(found)


def latest(
    c: Connection, *, tenant: str, count: int = 5, since: datetime | None = None, outlet: str | None = None
) -> tuple[Told, ...]:
    """The newest reports that the tenant sees, newest first."""
    found = search(c, tenant=tenant, start=since, outlet=outlet, size=count)
    return tuple(told(c, found.ids).values())


def given_hashes(c: Connection, ids: Collection[str]) -> dict[str, str | None]:
    """`Report.given_hash` of those of these reports that are stored, by id; `ids` without repetition."""
    rows = c.execute(_GIVEN, {"ids": ids})
    return {report_id: _hashed.decode(value).given_hash for report_id, value in rows}


def seen(c: Connection, ids: Collection[str], *, tenants: Iterable[str]) -> dict[str, set[str]]:
    """Which of these tenants see which of these reports; reports that none sees are left out."""
    found: dict[str, set[str]] = {}
    for report_id, tenant in c.execute(_SEEN, {"ids": ids, "tenants": {*tenants}}) if ids else ():
        found.setdefault(report_id, set()).add(tenant)
    return found


def known(c: Connection, ids: Iterable[str]) -> set[str]:
    """Which of these reports the store holds."""
    wanted = list(ids)
    return {
        row.id
        for start in range(0, len(wanted), 500)
        for row in c.execute(select(t.reports.c.id).where(t.reports.c.id.in_(wanted[start : start + 500])))
    }


def forgotten(c: Connection, ids: Collection[str]) -> set[str]:
    """Which of these reports were held once, and kept long enough; `ids` without repetition."""
    return set(c.execute(_FORGOTTEN, {"ids": ids}).scalars())


def count(c: Connection) -> int:
    """How many reports are stored."""
    return c.scalar(select(func.count()).select_from(t.reports)) or 0


def everything(c: Connection) -> Iterable[Told]:
    """All reports with their summaries, oldest first; read in steps, for exports and the events' command."""
    last = (-1, "")
    while True:
        rows = c.execute(
            select(t.reports.c.published_at, t.reports.c.id, t.reports.c.value, t.reports.c.summary)
            .where(text("(published_at, id) > (:at, :id)"))
            .params(at=last[0], id=last[1])
            .order_by(t.reports.c.published_at, t.reports.c.id)
            .limit(500)
        ).all()
        if not rows:
            return
        for row in rows:
            yield _report.decode(row.value), _summary.decode(row.summary)
        last = rows[-1].published_at, rows[-1].id
