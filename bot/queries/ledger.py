"""The ledger: who claims what, and who denies or acknowledges it."""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence

import msgspec
from sqlalchemy import Connection

from bot import seen
from bot.model.card import Card, Line, Section
from bot.model.errors import CommandError
from bot.model.event import Event
from bot.model.report import Report, Span
from bot.model.summary import Actor, Claim, Summary
from bot.model.wording import accusation
from bot.queries import cards
from bot.queries.grammar import words_of
from bot.queries.meant import canonical, is_meant, speaks_for, telling_words
from bot.queries.nearest import empty, other_events, said_of, without
from bot.queries.question import PAGE, Question, counts_of, event_actions, event_asked, event_named, turning
from bot.store import events, reports, search
from bot.store.found_by import STATUSES as FOUND_BY
from bot.store.postings import words_in
from bot.store.reports import Told

STATUSES = (*FOUND_BY, "accused")
"""What claims are asked by; `accused` are the claims that accuse whom `about` names."""
_READ = 40
_STEM = 5
"""Words are told alike by their first letters: "shelling" is in "had shelled the town"."""


def claims(c: Connection, q: Question) -> Card:
    """Claims of an event, or of whatever reports there are, by speaker, by what they are about and by status."""
    status = q.option("status").lower()
    if status and status not in STATUSES:
        raise CommandError("there is no such status", subject=status, hint=f"one of {', '.join(STATUSES)}")
    found = _event(c, q)
    told = tuple(reports.told(c, _ids(c, q, found, status), tenant=q.asker.tenant).values())
    against = disputed_by(found, told) if found else _disputed_anywhere(c, q, told)
    held = _held(q, told, status, against)
    named = _telling_of(q.option("about"), found) if status != "accused" else []
    on_topic = [one for one in held if _is_about(*one, named)] if named else held
    if not held:
        return empty(c, q, offers=_with_less(c, q))
    lines = once_each(
        msgspec.structs.replace(line, note=against.get(line.refs[0]) or line.note)
        for line in (cards.claim_line(*one) for one in on_topic or held)
    )
    page = q.number("page", 1, most=200)
    shown = lines[(page - 1) * PAGE : page * PAGE]
    if status == "denied":
        shown = _with_what_they_deny(shown, told)
    others = other_events(c, q, found, "event" if q.option("event") else "about") if found else ()
    heard = {ref.partition("#")[0] for line in lines for ref in line.refs}
    who = f" by {canonical(q.option('by'))}" if q.option("by") else ""
    what = found.title if found else q.option("about") or q.option("event") or "what is reported"
    return Card(
        kind="claims",
        title=f"Claims{who}{' ·' if who else ':'} {what}" if found else f"Claims{who} about {what}",
        tag=found.id if found else "",
        subtitle=counts_of(found) if found else "",
        as_of=q.now,
        status="disputed" if any(line.note for line in lines) else "neutral",
        lead="" if on_topic else f"No claim names “{' '.join(named)}” itself: these are all that fit otherwise.",
        sections=(Section(heading="Who says what", lines=tuple(shown)), *others),
        sources=tuple(cards.source_link(r) for r, _ in told if r.id in heard),
        actions=event_actions(found) if found else (),
        **turning(q, page, -(-len(lines) // PAGE)),  # type: ignore[arg-type]  # page, pages and their commands
    )


def _held(
    q: Question, told: Sequence[Told], status: str, against: Container[str]
) -> list[tuple[Report, Summary, Claim]]:
    """The claims of whom is asked for, of the status asked for, the disputed ones being `against`."""
    held = [(r, s, claim) for r, s in told for claim in s.claims if _is_of(r, s, claim, q.option("by"))]
    if status == "accused":
        return [one for one in held if one[2].stance == "accuses" and _accuses(*one, q.option("about"))]
    return [one for one in held if _has_status(one[2], status, f"{one[0].id}#{one[2].id}" in against)]


def _with_less(c: Connection, q: Question) -> list[Line]:
    """The same question without what it is about, or without its status, where that has an answer."""
    lines = []
    for option in ("about", "status"):
        if q.option(option) and q.option("by"):
            asked = without(q, option)
            if told := tuple(reports.told(c, _ids(c, asked, None, ""), tenant=q.asker.tenant).values()):
                count = len(_held(asked, told, asked.option("status").lower(), ()))
                what = f"Without {said_of(option, q.option(option))}: {count} claim{'s' * (count != 1)}"
                lines += [Line(text=what, command=words_of(asked.command), refs=(told[0][0].id,))] if count else []
    return lines


def once_each(lines: Iterable[Line]) -> list[Line]:
    """A claim that several reports tell in the same words, of the same speaker and with the same note, is one line."""
    merged: dict[tuple[str, str], Line] = {}
    for line in lines:
        before = merged.get((line.text, line.note))
        refs = (*before.refs, *line.refs) if before else line.refs
        merged[line.text, line.note] = msgspec.structs.replace(line, refs=refs)
    return list(merged.values())


def _with_what_they_deny(lines: Iterable[Line], told: Sequence[Told]) -> list[Line]:
    """Denials, each with the claims of its report under it that it answers: "denies it" tells nobody what."""
    by_ref = {f"{r.id}#{claim.id}": (r, s, claim) for r, s in told for claim in s.claims}
    shown: list[Line] = []
    for line in lines:
        report, _, denial = by_ref[line.refs[0]]
        answered = [by_ref[f"{report.id}#{other}"] for other in denial.disputes]
        shown += [line, *(_answered(*one) for one in answered if one[2].stance != "denies")]
    return shown


def _answered(report: Report, summary: Summary, claim: Claim) -> Line:
    return msgspec.structs.replace(cards.claim_line(report, summary, claim), note="", level=1)


def _event(c: Connection, q: Question) -> Event | None:
    """The event that is named, or that what the claims are about names; the latest where nothing else is said."""
    if q.option("event"):
        return event_asked(c, q)
    if q.option("about") and q.option("status") == "accused":
        return None  # whoever is accused may be so in several
    if q.option("about"):
        return event_named(c, q.option("about"), q)
    return None if q.option("by") else event_asked(c, q)


def _ids(c: Connection, q: Question, found: Event | None, status: str) -> Sequence[str]:
    """The reports whose claims are looked through."""
    if found is not None:
        return found.reports
    about = q.option("about")
    if (
        status == "accused"
        and about
        and (ids := search.search(c, tenant=q.asker.tenant, actor=canonical(about), size=_READ).ids)
    ):
        return ids
    words, by = telling_words(about or q.option("event")), q.option("by")
    known = status if status in FOUND_BY else None
    actor = canonical(by) if by else None
    ids = search.search(c, tenant=q.asker.tenant, query=words, actor=actor, status=known, size=20).ids
    if ids or not by:
        return ids
    # "Kremlin spokesman Dmitry Peskov" is found by the words alone.
    return search.search(c, tenant=q.asker.tenant, query=f"{words} {telling_words(by)}", status=known, size=20).ids


def _is_of(report: Report, summary: Summary, claim: Claim, by: str) -> bool:
    speaker: Actor | None = next((actor for actor in summary.actors if actor.id == claim.speaker), None)
    return not by or (speaker is not None and (is_meant(speaker, by) or speaks_for(speaker, by, report.text)))


def _has_status(claim: Claim, status: str, disputed: bool) -> bool:
    if status == "disputed":
        return disputed or bool(claim.disputes)
    named = {"denied": ("denies",), "acknowledged": ("acknowledges",)}
    if status == "claimed":
        return claim.stance not in ("denies", "acknowledges")
    return not status or claim.stance in named[status]


def _accuses(report: Report, summary: Summary, claim: Claim, about: str) -> bool:
    """Whether who is asked about is named in what the claim says, by whichever name."""
    accused = {actor.id for actor in summary.actors if about and is_meant(actor, about)}
    content = {word[:_STEM] for span in accusation(report.text, claim) for word in words_in(report.text[slice(*span)])}
    said = all(word[:_STEM] in content for word in telling_words(about).split())
    return said or _names_one(summary.actors, accused, accusation(report.text, claim))


def names_one(claim: Claim, actors: Sequence[Actor], meant: Container[str]) -> bool:
    """Whether one of these actors is named within what is said."""
    return _names_one(actors, meant, claim.content)


def _names_one(actors: Sequence[Actor], meant: Container[str], within: Sequence[Span]) -> bool:
    named = [span for actor in actors if actor.id in meant for span in actor.mentions]
    return any(start <= at and end <= upto for at, end in named for start, upto in within)


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


def _disputed_anywhere(c: Connection, q: Question, told: Sequence[Told]) -> dict[str, str]:
    """The same for reports of whichever events: another report may deny what one of these tells."""
    tenant, of = q.asker.tenant, [r.id for r, _ in told]
    against: dict[str, str] = {}
    for found in seen.some(c, events.events_of(c, of), tenant=tenant).values():
        facing = {ref.partition("#")[0] for one in found.disputes for ref in (one.one, one.other)}
        against |= disputed_by(found, tuple(reports.told(c, sorted(facing), tenant=tenant).values()))
    return against


def disputed_by(found: Event | None, told: Sequence[Told]) -> dict[str, str]:
    """For each disputed claim of an event, who denies or disputes it in whichever report."""
    by_ref = {f"{r.id}#{claim.id}": (r, s, claim) for r, s in told for claim in s.claims}
    facing: dict[str, list[str]] = {}
    for dispute in found.disputes if found else ():
        if dispute.one in by_ref and dispute.other in by_ref:
            facing.setdefault(dispute.one, []).append(dispute.other)
            facing.setdefault(dispute.other, []).append(dispute.one)
    return {ref: cards.against(by_ref[ref][2], [by_ref[other] for other in others]) for ref, others in facing.items()}
