"""Full-text and field search.

A common word has a hit in every third report; ranking them all takes seconds at a million reports. So only the newest
`RANKED` hits are looked at, newest first, and a page goes on from where the last one ended.
"""

from __future__ import annotations

import re
from datetime import datetime

import msgspec
from sqlalchemy import Connection, Select, bindparam, exists, func, select, text

from bot.store import tables as t

RANKED = 2000
"""How many of the newest hits of the words are looked at for the fields' sake."""
_WORD = re.compile(r"[^\W_]+")
_MOST_WORDS = 12


class Found(msgspec.Struct, frozen=True):
    """A page of report ids, newest first, how many hits are known of, and whether there may be more."""

    ids: tuple[str, ...]
    total: int
    more: bool


def index_words(c: Connection, seq: int, words: str) -> None:
    """Make a report's words findable."""
    if c.dialect.name == "sqlite":
        c.execute(text("INSERT INTO search(rowid, words) VALUES (:seq, :words)"), {"seq": seq, "words": words})
    else:
        c.execute(
            text("INSERT INTO search(seq, words) VALUES (:seq, to_tsvector('simple', :words))"),
            {"seq": seq, "words": words},
        )


def unindex_words(c: Connection, seq: int, words: str) -> None:
    """Forget a report's words; `words` must be those that were indexed."""
    if c.dialect.name == "sqlite":
        c.execute(
            text("INSERT INTO search(search, rowid, words) VALUES ('delete', :seq, :words)"),
            {"seq": seq, "words": words},
        )
    else:
        c.execute(text("DELETE FROM search WHERE seq = :seq"), {"seq": seq})


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
) -> Found:
    """Reports in which all words of `query` stand and that fit the fields, newest first.

    `status` is "claimed", "denied", "acknowledged" or "disputed"; `page` counts from 1. Words are words: nothing in
    them is an operator of the database's query language.
    """
    words = _WORD.findall(query)[:_MOST_WORDS]
    if query.strip() and not words:
        return Found((), 0, more=False)
    hits = _of_words(c, words) if words else None
    reports = t.reports
    wanted: Select[tuple[str]] = select(reports.c.id).where(
        exists().where(t.sightings.c.tenant.in_(sorted({"", tenant})), t.sightings.c.report_id == reports.c.id)
    )
    if hits is not None:
        wanted = wanted.where(reports.c.seq.in_(bindparam("hits", expanding=True)))
    if actor:
        named = t.actors.c.folded.contains(actor.casefold(), autoescape=True)
        wanted = wanted.where(exists().where(t.actors.c.report_id == reports.c.id, named))
    if country:
        wanted = wanted.where(exists().where(t.actors.c.report_id == reports.c.id, t.actors.c.country == country))
    if status:
        wanted = wanted.where(exists().where(t.claims.c.report_id == reports.c.id, _status(status)))
    if outlet:
        wanted = wanted.where(func.lower(reports.c.outlet) == outlet.lower())
    if start is not None:
        wanted = wanted.where(reports.c.published_at >= t.stamp(start))
    if end is not None:
        wanted = wanted.where(reports.c.published_at < t.stamp(end))
    wanted = wanted.order_by(reports.c.published_at.desc(), reports.c.id)
    if hits is not None:
        every = [row.id for row in c.execute(wanted, {"hits": hits})]
        cut = every[(page - 1) * size : page * size]
        return Found(tuple(cut), len(every), more=len(every) > page * size or len(hits) == RANKED)
    rows = [row.id for row in c.execute(wanted.limit(size + 1).offset((page - 1) * size))]
    return Found(tuple(rows[:size]), (page - 1) * size + len(rows), more=len(rows) > size)


def _of_words(c: Connection, words: list[str]) -> list[int]:
    """The newest hits of all the words together; the last word may be the beginning of one."""
    if c.dialect.name == "sqlite":
        match = " ".join(f'"{word}"' for word in words)
        statement = "SELECT rowid AS seq FROM search WHERE search MATCH :match ORDER BY rowid DESC LIMIT :most"
    else:
        match = " & ".join(f"'{word}'" for word in words)
        statement = "SELECT seq FROM search WHERE words @@ to_tsquery('simple', :match) ORDER BY seq DESC LIMIT :most"
    return [row.seq for row in c.execute(text(statement), {"match": match, "most": RANKED})]


def _status(status: str):  # type: ignore[no-untyped-def]  # the type of a clause is not nameable in short
    if status == "disputed":
        return t.claims.c.disputed
    stances = {"denied": ["denies"], "acknowledged": ["acknowledges"]}
    return t.claims.c.stance.in_(stances.get(status, ["asserts", "accuses", "warns", "demands", "supports"]))
