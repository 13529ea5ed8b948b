"""What a report is found by: the words of its text, and its facts as terms of the index."""

from __future__ import annotations

from collections.abc import Iterable

from bot.model.report import Report
from bot.model.summary import Summary
from bot.store.postings import fact, name_facts, words_in

_DOES = {"denies": "denied", "acknowledges": "acknowledged"}
_MOST_WORDS = 20_000
"""So many different words of a report are indexed: one of PostgreSQL's rows holds a megabyte of them."""
PRIVATE = fact("private")
"""The term of reports that not everybody sees: far fewer than those that everybody does, so a walk leaves these out."""
STATUSES = ("claimed", "denied", "acknowledged", "disputed")


def report_terms(report: Report, summary: Summary, tenants: Iterable[str]) -> set[str]:
    """All terms of a report; the same report, summary and tenants always give the same."""
    words = words_in(f"{report.title or ''}\n{report.outlet or ''}\n{report.text}")
    terms = set(list(dict.fromkeys(words))[:_MOST_WORDS])
    seers = {seen_by(tenant) for tenant in tenants}
    terms |= seers if seen_by("") in seers else {*seers, PRIVATE}
    if report.outlet:
        terms.add(fact("outlet", report.outlet))
    for actor in summary.actors:
        terms.update(name_facts("actor", actor.name))
        if actor.country:
            terms.add(fact("country", actor.country))
    for claim in summary.claims:
        terms.add(fact("status", _DOES.get(claim.stance, "claimed")))
        if claim.disputes:
            terms.add(fact("status", "disputed"))
    return terms


def seen_by(tenant: str) -> str:
    """The term of what a tenant sees; "" is everybody."""
    return fact("tenant", tenant.encode().hex()) if tenant else fact("everybody")
