"""Full-text and field search: one walk through the index, newest first (see postings.py).

A common word has a hit in every third report. So only the newest `MOST` hits are looked at: whoever needs older ones
says more, or gives a time.
"""

from __future__ import annotations

from datetime import datetime

import msgspec
from sqlalchemy import Connection, exists, select

from bot.store import tables as t
from bot.store.found_by import PRIVATE, seen_by
from bot.store.postings import fact, newest, whole_name, words_in

MOST = 2000
"""How many of the newest hits there are pages of."""
_MOST_WORDS = 12


class Found(msgspec.Struct, frozen=True):
    """A page of report ids, newest first; how many hits there are in all, and whether there are more than that."""

    ids: tuple[str, ...]
    total: int
    more: bool


def search(
    c: Connection,
    *,
    tenant: str,
    query: str = "",
    actor: str | None = None,
    country: str | None = None,
    start: datetime | None = None,
    end: datetime | None = None,
    status: str | None = None,
    outlet: str | None = None,
    page: int = 1,
    size: int = 10,
    most: int = MOST,
) -> Found:
    """Reports in which all words of `query` stand and that fit the fields, newest first.

    `actor` is a name or words of one; `status` one of `found_by.STATUSES`; `page` counts from 1; no more than `most`
    hits are looked for. Words are words: nothing in them is an operator of the database's query language.
    """
    words = words_in(query)[:_MOST_WORDS]
    if query.strip() and not words:
        return Found((), 0, more=False)
    wanted = list(dict.fromkeys(words))
    wanted += whole_name("actor", actor) if actor else ()
    fields = (("country", country), ("status", status), ("outlet", outlet))
    wanted += [fact(kind, value) for kind, value in fields if value]
    # The list of what everybody sees is the longest there is: what others alone see is left out instead.
    every, hidden = ([[term] for term in wanted], PRIVATE) if wanted else ([seen_terms(c, tenant)], "")
    own = seen_by(tenant) if hidden and _has_own(c, tenant) else ""
    places = newest(c, "report_search", every, limit=most + 1, without=hidden, unless=own, start=start, end=end)
    shown = places[:most][(page - 1) * size : page * size]
    sighting = t.sightings.c
    seen = exists().where(sighting.report_id == t.reports.c.id, sighting.tenant.in_(sorted({"", tenant})))
    rows = c.execute(
        select(t.reports.c.id).where(t.reports.c.place.in_(shown), seen).order_by(t.reports.c.place.desc())
    )
    return Found(tuple(row.id for row in rows), min(len(places), most), more=len(places) > most)


def seen_terms(c: Connection, tenant: str) -> list[str]:
    """What marks that a tenant sees a thing: a term of its own only where it has reports of its own."""
    return [seen_by(""), seen_by(tenant)] if _has_own(c, tenant) else [seen_by("")]


def _has_own(c: Connection, tenant: str) -> bool:
    # By the index's order: what the database knows of so few tenants could lead it to read the whole table.
    tenants = t.sightings.c.tenant
    return bool(tenant) and c.scalar(select(tenants).where(tenants >= tenant).order_by(tenants).limit(1)) == tenant
