"""Names of actors and outlets in what a tenant sees, kept count of as reports come: for completion while typing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Literal

from sqlalchemy import Connection, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from bot.model.report import Report
from bot.model.summary import Summary
from bot.store import tables as t
from bot.store.postings import words_in

Kind = Literal["actor", "outlet"]
Count = Counter[tuple[str, str, str]]
"""How many reports: (tenant, kind, name) → times."""
_LAST = "\U0010ffff"


def names_of(report: Report, summary: Summary, tenants: Iterable[str], *, times: int = 1) -> Count:
    """The names of a report, each once for each tenant that sees it; `times` -1 takes them back."""
    names = {("actor", actor.name) for actor in summary.actors}
    if report.outlet:
        names.add(("outlet", report.outlet))
    return Counter({(tenant, kind, name): times for tenant in tenants for kind, name in names})


def count_names(c: Connection, counted: Count) -> None:
    """Add to the counts; names that no report has any more are forgotten."""
    changed = [(key, times) for key, times in sorted(counted.items()) if times]
    if not changed:
        return
    statement = (sqlite.insert if c.dialect.name == "sqlite" else postgresql.insert)(t.names)
    c.execute(
        statement.on_conflict_do_update(
            index_elements=["tenant", "kind", "name"], set_={"times": t.names.c.times + statement.excluded.times}
        ),
        [
            {"tenant": tenant, "kind": kind, "name": name, "folded": " ".join(words_in(name)), "times": times}
            for (tenant, kind, name), times in changed
        ],
    )
    for (tenant, kind, name), times in changed:
        if times < 0:
            same = (t.names.c.tenant == tenant, t.names.c.kind == kind, t.names.c.name == name)
            c.execute(delete(t.names).where(*same, t.names.c.times <= 0))


def suggested(c: Connection, kind: Kind, *, tenant: str, typed: str = "", limit: int = 25) -> tuple[str, ...]:
    """Names that begin with what was typed, then those with a word that does; the most frequent first."""
    words = " ".join(words_in(typed))
    if typed.strip() and not words:
        return ()
    begin: Counter[str] = Counter()
    inside: Counter[str] = Counter()
    for seer in sorted({"", tenant}):
        mine = select(t.names.c.name, t.names.c.times).where(t.names.c.tenant == seer, t.names.c.kind == kind)
        mine = mine.order_by(t.names.c.times.desc(), t.names.c.name).limit(limit)
        if words:
            beginning = mine.where(t.names.c.folded >= words, t.names.c.folded < words + _LAST)
            begin.update({row.name: row.times for row in c.execute(beginning)})
            mine = mine.where(t.names.c.folded.like(f"% {words}%"))
        inside.update({row.name: row.times for row in c.execute(mine)})
    ranked = [sorted(found, key=lambda name: (-found[name], name)) for found in (begin, inside)]
    return tuple(dict.fromkeys([*ranked[0], *ranked[1]]))[:limit]
