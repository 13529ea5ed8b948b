"""The two word indexes, of reports and of events: which of them hold all these terms, newest first.

Words are cut and folded here and nowhere else, so SQLite and PostgreSQL find the same. A report's facts (its actors,
countries, outlet, what its claims do, who may see it) are terms beside its words: a search by words and fields is one
walk through sorted lists, never a scan. Rows are numbered by their `place`, which grows with time: the newest come
first without sorting, and a span of time is a range of places.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from functools import cache, lru_cache
from itertools import pairwise
from typing import Any, Literal

from sqlalchemy import ColumnElement, Connection, Select, TextClause, bindparam, func, select, text

Index = Literal["report_search", "event_search"]
PER_SECOND = 64
"""Places in a second; what is more goes to the next second's."""
_WORD = re.compile(r"[^\W_]+")
_LONGEST = 100
"""So many letters of a word count."""
_FACT, _GAP = "\ue000", "\ue001"
"""Private-use letters: no word of a text has them, so no text can pass for a fact."""


def words_in(words: str) -> list[str]:
    """The words of a text in order, without case and accents ("Zürich's" → "zurich", "s")."""
    plain = words.casefold()
    if not plain.isascii():
        plain = "".join(c for c in unicodedata.normalize("NFKD", plain) if unicodedata.category(c) != "Mn").casefold()
    return [word[:_LONGEST] for word in _WORD.findall(plain)]


def folded(words: str) -> str:
    """A name by its words alone, so that it is the same however it is written."""
    return " ".join(words_in(words))


def fact(kind: str, *values: str) -> str:
    """A term that stands for a fact: fact("country", "AM")."""
    return _FACT + _GAP.join([kind, *(word for value in values for word in words_in(value) or [value.encode().hex()])])


@lru_cache(maxsize=4096)
def name_facts(kind: str, name: str) -> tuple[str, ...]:
    """The terms of a name: its words, and each two neighbours, so that whole names are told apart."""
    words = words_in(name)
    return (*(fact(kind, word) for word in words), *(fact(kind, one, other) for one, other in pairwise(words)))


def whole_name(kind: str, name: str) -> tuple[str, ...]:
    """The fewest of a name's terms that find it: its neighbours, which hold its words, or its one word."""
    facts = name_facts(kind, name)
    words = len(words_in(name))
    return facts[words:] if words > 1 else facts


def first_place(at: datetime) -> int:
    """The first place of a second (aware time)."""
    return int(at.timestamp()) * PER_SECOND


def is_of(place: int, at: datetime) -> bool:
    """Whether a place is one of that time's own second."""
    return 0 <= place - first_place(at) < PER_SECOND


def free_places(c: Connection, column: ColumnElement[int], times: Iterable[datetime]) -> list[int]:
    """A free place for each of these times, in their order; `column` holds the places that are taken."""
    free: dict[int, int] = {}
    found = []
    taken = select(func.max(column)).where(column >= bindparam("first"), column < bindparam("last"))
    for at in times:
        second = first_place(at)
        while (place := free.get(second) or _free_in(c, taken, second)) == second + PER_SECOND:
            free[second] = place
            second += PER_SECOND
        free[second] = place + 1
        found.append(place)
    return found


def _free_in(c: Connection, taken: Select[Any], second: int) -> int:
    """The first free place of a second, which is the next one's first where there is none."""
    last = c.scalar(taken, {"first": second, "last": second + PER_SECOND})
    return second if last is None else int(last) + 1


@cache
def _putting(index: Index, dialect: str) -> TextClause:
    if dialect == "sqlite":
        return text(f"INSERT INTO {index}(rowid, terms) VALUES (:place, :terms)")  # noqa: S608 - two fixed names
    vector = "array_to_tsvector(CAST(:terms AS text[]))"
    return text(f"INSERT INTO {index}(place, terms) VALUES (:place, {vector})")  # noqa: S608 - as above


@cache
def _taking(index: Index, dialect: str) -> TextClause:
    if dialect == "sqlite":
        return text(f"INSERT INTO {index}({index}, rowid, terms) VALUES ('delete', :place, :terms)")  # noqa: S608 - two fixed names
    return text(f"DELETE FROM {index} WHERE place = :place")  # noqa: S608 - as above


def put(c: Connection, index: Index, rows: Iterable[tuple[int, Collection[str]]]) -> None:
    """Index terms at their places."""
    if c.dialect.name == "sqlite":
        given = [{"place": place, "terms": _line(terms)} for place, terms in rows]
    else:
        given = [{"place": place, "terms": sorted(set(terms))} for place, terms in rows]
    if given:
        c.execute(_putting(index, c.dialect.name), given)


def take(c: Connection, index: Index, place: int, terms: Collection[str]) -> None:
    """Take a place out of the index; `terms` must be those that were put there."""
    row: dict[str, object] = {"place": place}
    if c.dialect.name == "sqlite":
        row["terms"] = _line(terms)
    c.execute(_taking(index, c.dialect.name), row)


def _line(terms: Collection[str]) -> str:
    return " ".join(sorted(set(terms)))


def newest(
    c: Connection,
    index: Index,
    wanted: Sequence[Sequence[str]],
    *,
    limit: int,
    beginning: str = "",
    without: str = "",
    unless: str = "",
    start: datetime | None = None,
    end: datetime | None = None,
) -> list[int]:
    """The newest places at which, of each of the `wanted`, one term stands; newest first.

    `beginning` must begin one of the words; places at which `without` stands are left out, unless `unless` stands there
    too; `start` is taken in, `end` is not.
    """
    bounds = {
        "first": first_place(start) if start else 0,
        "last": first_place(end) if end else 2**62,
        "most": limit,
    }
    if c.dialect.name == "sqlite":
        every = [" OR ".join(f'"{term}"' for term in terms) for terms in wanted]
        every += [f'"{beginning}" *'] * bool(beginning)
        match = " AND ".join(f"({terms})" for terms in every)
        if without:
            match = f'({match}) NOT ("{without}"' + (f' NOT "{unless}")' if unless else ")")
        statement = (
            f"SELECT rowid AS place FROM {index} WHERE {index} MATCH :match"  # noqa: S608 - two fixed names
            " AND rowid >= :first AND rowid < :last ORDER BY rowid DESC LIMIT :most"
        )
    else:
        every = [" | ".join(f"'{term}'" for term in terms) for terms in wanted]
        every += [f"'{beginning}':*"] * bool(beginning)
        match = " & ".join(f"({terms})" for terms in every)
        if without:
            match = f"({match}) & !('{without}'" + (f" & !'{unless}')" if unless else ")")
        statement = (
            f"SELECT place FROM {index} WHERE terms @@ CAST(:match AS tsquery)"  # noqa: S608 - as above
            " AND place >= :first AND place < :last ORDER BY place DESC LIMIT :most"
        )
    return [*c.execute(text(statement), {"match": match, **bounds}).scalars()]


def create_indexes(c: Connection) -> None:
    """Make both indexes, empty. SQLite's hold terms alone: no positions, which nothing asks for."""
    for index, prefixes in (("report_search", ""), ("event_search", ", prefix='1 2 3'")):
        if c.dialect.name == "sqlite":
            c.exec_driver_sql(
                f"CREATE VIRTUAL TABLE {index} USING fts5(terms, content='', detail=none, tokenize='ascii'{prefixes})"
            )
        else:
            c.exec_driver_sql(f"CREATE TABLE {index} (place bigint PRIMARY KEY, terms tsvector NOT NULL)")
            c.exec_driver_sql(f"CREATE INDEX {index}_terms ON {index} USING gin (terms)")
