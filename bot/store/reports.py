"""Reports, their revisions and summaries."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Literal

import msgspec
from sqlalchemy import Connection, and_, delete, func, insert, select, text, update

from bot.model.report import Report, Revision
from bot.model.summary import Summary
from bot.store import tables as t
from bot.store.search import index_words, unindex_words

Outcome = Literal["new", "revised", "seen", "same"]
Told = tuple[Report, Summary]

_json = msgspec.json.Encoder()


class _Hashed(msgspec.Struct):
    given_hash: str | None = None


_report = msgspec.json.Decoder(Report)
_hashed = msgspec.json.Decoder(_Hashed)
_summary = msgspec.json.Decoder(Summary)


def save_report(c: Connection, report: Report, summary: Summary, *, tenant: str = "", now: datetime) -> Outcome:
    """Store a report with its summary, and that `tenant` sees it.

    "revised" where title or text have changed: what stood before is kept as a revision. "seen" where neither has, but
    the tenant sees it for the first time. "same" otherwise, whatever the outlet did to the date.
    """
    published = t.stamp(report.published_at or report.fetched_at or now)
    held = c.execute(select(t.reports).where(t.reports.c.id == report.id)).one_or_none()
    outcome: Outcome = "new"
    if held is not None:
        before = _report.decode(held.value)
        published = held.published_at
        outcome = "same" if (before.title, before.text) == (report.title, report.text) else "revised"
        if outcome == "same" and before.given_hash != report.given_hash:
            # Other markup or letter case: noted, so that the source is not read for it again.
            noted = _json.encode(msgspec.structs.replace(before, given_hash=report.given_hash))
            c.execute(update(t.reports).where(t.reports.c.id == report.id).values(value=noted))
        if outcome == "revised":
            c.execute(
                insert(t.revisions).values(
                    report_id=report.id, number=held.revision, value=held.value, summary=held.summary
                )
            )
            unindex_words(c, held.seq, _words(before))
            c.execute(
                update(t.reports)
                .where(t.reports.c.id == report.id)
                .values(
                    revision=held.revision + 1,
                    fetched_at=t.stamp(report.fetched_at or now),
                    value=_json.encode(report),
                    summary=_json.encode(summary),
                )
            )
            index_words(c, held.seq, _words(report))
            _index_facts(c, report.id, summary)
    else:
        seq = c.scalar(
            insert(t.reports)
            .values(
                id=report.id,
                feed_id=report.feed_id,
                outlet=report.outlet,
                published_at=published,
                fetched_at=t.stamp(report.fetched_at or now),
                revision=1,
                value=_json.encode(report),
                summary=_json.encode(summary),
            )
            .returning(t.reports.c.seq)
        )
        assert seq is not None  # an insert returns its row
        index_words(c, seq, _words(report))
        _index_facts(c, report.id, summary)
    seen = and_(t.sightings.c.tenant.in_(visible(tenant)), t.sightings.c.report_id == report.id)
    seen_by = {row.tenant for row in c.execute(select(t.sightings.c.tenant).where(seen))} if held is not None else set()
    if tenant not in seen_by:
        c.execute(insert(t.sightings).values(tenant=tenant, report_id=report.id, published_at=published))
    return "seen" if outcome == "same" and not seen_by else outcome


def _words(report: Report) -> str:
    return f"{report.title or ''}\n{report.outlet or ''}\n{report.text}"


def index_all(c: Connection) -> int:
    """Make every report's words findable, in a store whose index is empty; returns how many reports there are."""
    indexed = 0
    for row in c.execute(select(t.reports.c.seq, t.reports.c.value).order_by(t.reports.c.seq)):
        index_words(c, row.seq, _words(_report.decode(row.value)))
        indexed += 1
    return indexed


def _index_facts(c: Connection, report_id: str, summary: Summary) -> None:
    """The actors and claims by which a report is looked up."""
    for table in (t.actors, t.claims):
        c.execute(delete(table).where(table.c.report_id == report_id))
    names = {actor.id: actor.name for actor in summary.actors}
    speakers = {claim.speaker for claim in summary.claims}
    if summary.actors:
        c.execute(
            insert(t.actors),
            [
                {
                    "report_id": report_id,
                    "actor_id": actor.id,
                    "name": actor.name,
                    "folded": actor.name.casefold(),
                    "country": actor.country,
                    "speaks": actor.id in speakers,
                }
                for actor in summary.actors
            ],
        )
    if summary.claims:
        c.execute(
            insert(t.claims),
            [
                {
                    "report_id": report_id,
                    "claim_id": claim.id,
                    "speaker": names.get(claim.speaker or ""),
                    "stance": claim.stance,
                    "disputed": bool(claim.disputes),
                }
                for claim in summary.claims
            ],
        )


def visible(tenant: str) -> list[str]:
    """The tenants whose reports this tenant sees: the operator's and its own."""
    return sorted({"", tenant})


def told(c: Connection, ids: Iterable[str], *, tenant: str | None = None) -> dict[str, Told]:
    """Reports with their summaries by id; with `tenant`, only those that it sees."""
    wanted = list(dict.fromkeys(ids))
    found: dict[str, Told] = {}
    for start in range(0, len(wanted), 500):
        query = select(t.reports.c.id, t.reports.c.value, t.reports.c.summary).where(
            t.reports.c.id.in_(wanted[start : start + 500])
        )
        if tenant is not None:
            query = query.where(
                t.reports.c.id.in_(
                    select(t.sightings.c.report_id).where(
                        t.sightings.c.tenant.in_(visible(tenant)),
                        t.sightings.c.report_id.in_(wanted[start : start + 500]),
                    )
                )
            )
        found |= {row.id: (_report.decode(row.value), _summary.decode(row.summary)) for row in c.execute(query)}
    return {report_id: found[report_id] for report_id in wanted if report_id in found}


def one(c: Connection, report_id: str, *, tenant: str | None = None) -> Told | None:
    """A report with its summary, or None where there is none (or none that `tenant` sees)."""
    return told(c, [report_id], tenant=tenant).get(report_id)


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
    c: Connection,
    *,
    tenant: str,
    count: int = 5,
    since: datetime | None = None,
    outlet: str | None = None,
    skip: int = 0,
) -> tuple[Told, ...]:
    """The newest reports that the tenant sees, newest first."""
    query = (
        select(t.sightings.c.report_id)
        .where(t.sightings.c.tenant.in_(visible(tenant)))
        .order_by(t.sightings.c.published_at.desc(), t.sightings.c.report_id)
        .limit(count)
        .offset(skip)
    )
    if since is not None:
        query = query.where(t.sightings.c.published_at >= t.stamp(since))
    if outlet:
        query = query.join(t.reports, t.reports.c.id == t.sightings.c.report_id).where(
            func.lower(t.reports.c.outlet) == outlet.lower()
        )
    return tuple(told(c, (row.report_id for row in c.execute(query))).values())


def given_hashes(c: Connection, ids: Collection[str]) -> dict[str, str | None]:
    """`Report.given_hash` of those of these reports that are stored, by id."""
    query = select(t.reports.c.id, t.reports.c.value).where(t.among(c, t.reports.c.id, ids))
    return {row.id: _hashed.decode(row.value).given_hash for row in c.execute(query)}


def seen(c: Connection, ids: Collection[str], *, tenants: Iterable[str]) -> dict[str, set[str]]:
    """Which of these tenants see which of these reports; reports that none sees are left out."""
    query = select(t.sightings.c.report_id, t.sightings.c.tenant).where(
        t.among(c, t.sightings.c.report_id, ids), t.sightings.c.tenant.in_(sorted(set(tenants)))
    )
    found: dict[str, set[str]] = {}
    for row in c.execute(query) if ids else ():
        found.setdefault(row.report_id, set()).add(row.tenant)
    return found


def known(c: Connection, ids: Iterable[str]) -> set[str]:
    """Which of these reports the store holds."""
    wanted = list(ids)
    return {
        row.id
        for start in range(0, len(wanted), 500)
        for row in c.execute(select(t.reports.c.id).where(t.reports.c.id.in_(wanted[start : start + 500])))
    }


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


def outlets(c: Connection, *, tenant: str, typed: str = "", limit: int = 25) -> tuple[str, ...]:
    """Names of outlets that the tenant reads, for completion while typing."""
    query = (
        select(t.reports.c.outlet)
        .join(t.sightings, t.sightings.c.report_id == t.reports.c.id)
        .where(t.sightings.c.tenant.in_(visible(tenant)), t.reports.c.outlet.is_not(None))
        .where(func.lower(t.reports.c.outlet).contains(typed.lower(), autoescape=True))
        .distinct()
        .order_by(t.reports.c.outlet)
        .limit(limit)
    )
    return tuple(str(row.outlet) for row in c.execute(query))


def actor_names(c: Connection, *, tenant: str, typed: str = "", limit: int = 25) -> tuple[str, ...]:
    """Names of actors in what the tenant sees, for completion while typing; the most frequent first."""
    query = (
        select(t.actors.c.name, func.count().label("times"))
        .join(t.sightings, t.sightings.c.report_id == t.actors.c.report_id)
        .where(t.sightings.c.tenant.in_(visible(tenant)))
        .where(t.actors.c.folded.contains(typed.casefold(), autoescape=True))
        .group_by(t.actors.c.name)
        .order_by(func.count().desc(), t.actors.c.name)
        .limit(limit)
    )
    return tuple(str(row.name) for row in c.execute(query))
