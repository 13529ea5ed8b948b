"""The ledger: who claims what, and who denies or acknowledges it."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from sqlalchemy import Connection

from bot.model.card import Card, Section
from bot.model.errors import CommandError
from bot.model.event import Event
from bot.model.report import Report
from bot.model.summary import Actor, Claim, Summary
from bot.queries import cards
from bot.queries.meant import canonical, is_meant, telling_words
from bot.queries.nearest import empty
from bot.queries.question import PAGE, Question, counts_of, event_actions, event_asked, event_named, turning
from bot.store import reports, search
from bot.store.found_by import STATUSES
from bot.store.postings import words_in
from bot.store.reports import Told

_STEM = 5
"""Words are told alike by their first letters: "shelling" is in "had shelled the town"."""


def claims(c: Connection, q: Question) -> Card:
    """Claims of an event, or of whatever reports there are, by speaker, by what they are about and by status."""
    status = q.option("status").lower()
    if status and status not in STATUSES:
        raise CommandError("there is no such status", subject=status, hint=f"one of {', '.join(STATUSES)}")
    found = _event(c, q)
    told = tuple(reports.told(c, _ids(c, q, found, status), tenant=q.asker.tenant).values())
    against = disputed_by(found, told)
    held = [(r, s, claim) for r, s in told for claim in s.claims if _is_of(s, claim, q.option("by"))]
    held = [one for one in held if _has_status(one[2], status, f"{one[0].id}#{one[2].id}" in against)]
    named = _telling_of(q.option("about"), found)
    on_topic = [one for one in held if _is_about(*one, named)] if named else held
    if not held:
        return empty(c, q)
    lines = [
        msgspec.structs.replace(line, note=against.get(line.refs[0]) or line.note)
        for line in (cards.claim_line(*one) for one in on_topic or held)
    ]
    page = q.number("page", 1, most=200)
    heard = {line.refs[0].partition("#")[0] for line in lines}
    who = f" by {canonical(q.option('by'))}" if q.option("by") else ""
    what = found.title if found else q.option("about") or q.option("event") or "what is reported"
    return Card(
        kind="claims",
        title=f"Claims{who}: {what}" if found else f"Claims{who} about {what}",
        tag=found.id if found else "",
        subtitle=counts_of(found) if found else "",
        as_of=q.now,
        status="disputed" if any(line.note for line in lines) else "neutral",
        lead="" if on_topic else f"No claim names “{' '.join(named)}” itself: these are all that fit otherwise.",
        sections=(Section(heading="Who says what", lines=tuple(lines[(page - 1) * PAGE : page * PAGE])),),
        sources=tuple(cards.source_link(r) for r, _ in told if r.id in heard),
        actions=event_actions(found) if found else (),
        **turning(q, page, -(-len(lines) // PAGE)),  # type: ignore[arg-type]  # page, pages and their commands
    )


def _event(c: Connection, q: Question) -> Event | None:
    """The event that is named, or that what the claims are about names; the latest where nothing else is said."""
    if q.option("event"):
        return event_asked(c, q)
    if q.option("about"):
        return event_named(c, q.option("about"), q)
    return None if q.option("by") else event_asked(c, q)


def _ids(c: Connection, q: Question, found: Event | None, status: str) -> Sequence[str]:
    """The reports whose claims are looked through."""
    if found is not None:
        return found.reports
    return search.search(
        c,
        tenant=q.asker.tenant,
        query=telling_words(q.option("about") or q.option("event")),
        actor=canonical(q.option("by")) if q.option("by") else None,
        status=status or None,
        size=20,
    ).ids


def _is_of(summary: Summary, claim: Claim, by: str) -> bool:
    speaker: Actor | None = next((actor for actor in summary.actors if actor.id == claim.speaker), None)
    return not by or (speaker is not None and is_meant(speaker, by))


def _has_status(claim: Claim, status: str, disputed: bool) -> bool:
    if status == "disputed":
        return disputed or bool(claim.disputes)
    named = {"denied": ("denies",), "acknowledged": ("acknowledges",)}
    if status == "claimed":
        return claim.stance not in ("denies", "acknowledges")
    return not status or claim.stance in named[status]


def _telling_of(about: str, found: Event | None) -> list[str]:
    """The words of the topic that do not already name the event."""
    words = telling_words(about).split() if about else []
    named = set(words_in(f"{found.id} {found.title} {' '.join(found.places)}")) if found else set()
    return [word for word in words if word not in named]


def _is_about(report: Report, summary: Summary, claim: Claim, words: Sequence[str]) -> bool:
    """Whether the claim, or one that it disputes, has all these words in its sentence."""
    of = {other.id: other for other in summary.claims}
    heard = [claim, *(of[other] for other in claim.disputes if other in of)]
    said = {word[:_STEM] for one in heard for word in words_in(report.text[slice(*one.sentence)])}
    return all(word[:_STEM] in said for word in words)


def disputed_by(found: Event | None, told: Sequence[Told]) -> dict[str, str]:
    """For each disputed claim of an event, who denies or disputes it in whichever report."""
    by_ref = {f"{r.id}#{claim.id}": (r, s, claim) for r, s in told for claim in s.claims}
    facing: dict[str, list[str]] = {}
    for dispute in found.disputes if found else ():
        if dispute.one in by_ref and dispute.other in by_ref:
            facing.setdefault(dispute.one, []).append(dispute.other)
            facing.setdefault(dispute.other, []).append(dispute.one)
    return {ref: cards.against(by_ref[ref][2], [by_ref[other] for other in others]) for ref, others in facing.items()}
