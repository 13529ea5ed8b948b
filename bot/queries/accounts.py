"""Where the accounts of an event stand: claims, actors, side by side, over time."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec
from sqlalchemy import Connection

from bot.extract.gazetteer import gazetteer
from bot.model.card import Card, Line, Section
from bot.model.errors import CommandError
from bot.model.event import Event
from bot.model.legible import one_line
from bot.model.summary import Actor, Claim
from bot.queries import cards
from bot.queries.question import (
    PAGE,
    Question,
    counts_of,
    empty,
    event_actions,
    event_asked,
    event_named,
    turning,
)
from bot.queries.tolls import now_lines
from bot.store import events, reports, search
from bot.store.reports import Told

Handler = Callable[[Connection, Question], Card]
_MOST_VOICES = 3
_STATUSES = ("claimed", "denied", "acknowledged", "disputed")


def event(c: Connection, q: Question) -> Card:
    """All reports of one event, outlets and origins counted apart, and where the accounts stand."""
    found = event_asked(c, q)
    if found is None:
        return empty(c, q, q.option("event"))
    told = tuple(reports.told(c, found.reports, tenant=q.asker.tenant).values())
    by_ref = {f"{r.id}#{claim.id}": (r, s, claim) for r, s in told for claim in s.claims}
    disputed = []
    for dispute in found.disputes:
        if dispute.one in by_ref and dispute.other in by_ref:
            (one_r, one_s, one), (other_r, other_s, other) = by_ref[dispute.one], by_ref[dispute.other]
            disputed.append(
                Line(
                    text=cards.said(one_r, one_s, one, 120),
                    note=f"⟂ {cards.said(other_r, other_s, other, 120)}",
                    refs=(dispute.one, dispute.other),
                )
            )
    tolls = now_lines(found)
    listed = tuple(
        Line(
            text=s.headline or r.title or r.id,
            note=r.outlet or "",
            at=r.published_at,
            url=r.url,
            refs=(r.id,),
            command=f"report {r.id}",
        )
        for r, s in told
    )
    sections = [
        Section(
            heading="Where the accounts stand",
            lines=tuple(disputed[:4]),
            left_out=max(0, len(disputed) - 4),
            command=f"claims {found.id} status:disputed",
        ),
        Section(heading="Toll", lines=tuple(tolls[:4]), left_out=max(0, len(tolls) - 4), command=f"toll {found.id}"),
        Section(heading="Reports", lines=listed[-5:], left_out=max(0, len(listed) - 5), command=f"timeline {found.id}"),
    ]
    return Card(
        kind="event",
        title=found.title,
        tag=found.id,
        subtitle=counts_of(found),
        as_of=q.now,
        status="disputed" if disputed else "neutral",
        sections=tuple(section for section in sections if section.lines),
        sources=tuple(cards.source_link(r) for r, _ in told),
        actions=event_actions(found),
    )


def claims(c: Connection, q: Question) -> Card:
    """The ledger of an event: who claims what, and who denies or acknowledges it."""
    status = q.option("status").lower()
    if status and status not in _STATUSES:
        raise CommandError("there is no such status", subject=status, hint=f"one of {', '.join(_STATUSES)}")
    about = q.option("about").lower()
    found = event_asked(c, q) if q.option("event") or not about else event_named(c, about, q)
    by = q.option("by").lower()
    if found is not None:
        told = tuple(reports.told(c, found.reports, tenant=q.asker.tenant).values())
    else:
        ids = search.search(
            c, tenant=q.asker.tenant, query=about or q.option("event"), status=status or None, size=20
        ).ids
        told = tuple(reports.told(c, ids, tenant=q.asker.tenant).values())
    against = _against(found, told)
    lines = [
        msgspec.structs.replace(line, note=against.get(ref) or line.note)
        for r, s in told
        for claim in s.claims
        if by in cards.speaker_of(s, claim).lower()
        and (_has_status(claim, status) or (status == "disputed" and f"{r.id}#{claim.id}" in against))
        for line, ref in [(cards.claim_line(r, s, claim), f"{r.id}#{claim.id}")]
    ]
    if not lines:
        return empty(c, q, " ".join(filter(None, (status, "claims", by, about or q.option("event")))))
    page = q.number("page", 1, most=200)
    pages = -(-len(lines) // PAGE)
    return Card(
        kind="claims",
        title=f"Claims: {found.title}" if found else f"Claims about {about or q.option('event')}",
        tag=found.id if found else "",
        subtitle=counts_of(found) if found else "",
        as_of=q.now,
        status="disputed" if any(line.note for line in lines) else "neutral",
        sections=(Section(heading="Who says what", lines=tuple(lines[(page - 1) * PAGE : page * PAGE])),),
        sources=tuple(cards.source_link(r) for r, _ in told),
        actions=event_actions(found) if found else (),
        **turning(q, page, pages),  # type: ignore[arg-type]  # page, pages and their commands
    )


def _against(found: Event | None, told: Sequence[Told]) -> dict[str, str]:
    """For each disputed claim of an event, who denies or disputes it in whichever report."""
    by_ref = {f"{r.id}#{claim.id}": (s, claim) for r, s in told for claim in s.claims}
    facing: dict[str, list[str]] = {}
    for dispute in found.disputes if found else ():
        if dispute.one in by_ref and dispute.other in by_ref:
            facing.setdefault(dispute.one, []).append(dispute.other)
            facing.setdefault(dispute.other, []).append(dispute.one)
    notes = {}
    for ref, others in facing.items():
        deniers = [by_ref[other] for other in others if by_ref[other][1].stance == "denies"]
        denied = bool(deniers) and by_ref[ref][1].stance != "denies"
        voices = dict.fromkeys(
            cards.speaker_of(s, claim) for s, claim in (deniers if denied else [by_ref[other] for other in others])
        )
        more = f" and {len(voices) - _MOST_VOICES} more" if len(voices) > _MOST_VOICES else ""
        notes[ref] = f"⟂ {'denied' if denied else 'disputed'} by " + ", ".join(list(voices)[:_MOST_VOICES]) + more
    return notes


def _has_status(claim: Claim, status: str) -> bool:
    if status == "disputed":
        return bool(claim.disputes)
    wanted = {"denied": ("denies",), "acknowledged": ("acknowledges",)}.get(status)
    return wanted is None or claim.stance in wanted


def timeline(c: Connection, q: Question) -> Card:
    """An event's reports and change notes by date."""
    found = event_asked(c, q)
    if found is None:
        return empty(c, q, q.option("event"))
    told = reports.told(c, found.reports, tenant=q.asker.tenant)
    lines = [
        Line(
            text=s.headline or r.title or r.id,
            note=r.outlet or "",
            at=r.published_at or r.fetched_at,
            refs=(r.id,),
            url=r.url,
        )
        for r, s in told.values()
    ]
    lines += [
        Line(text=note.text, note=note.kind.replace("_", " "), at=note.at, refs=note.refs or (note.report_id,))
        for note in events.notes_of(c, found.id)
        if note.kind != "new_report" and note.report_id in told
    ]
    start, end = q.time("from"), q.time("to")
    lines = sorted(
        (line for line in lines if line.at and (not start or line.at >= start) and (not end or line.at < end)),
        key=lambda line: (line.at, line.text),
    )
    page = q.number("page", 1, most=200)
    return Card(
        kind="timeline",
        title=f"Timeline: {found.title}",
        tag=found.id,
        subtitle=counts_of(found),
        as_of=q.now,
        sections=(Section(heading="In order", lines=tuple(lines[(page - 1) * 2 * PAGE : page * 2 * PAGE])),),
        sources=tuple(cards.source_link(r) for r, _ in told.values()),
        actions=event_actions(found),
        **turning(q, page, max(1, -(-len(lines) // (2 * PAGE)))),  # type: ignore[arg-type]  # page, pages and their commands
    )


def actor(c: Connection, q: Question) -> Card:
    """An actor's claims and what others claim about it."""
    name = q.option("name")
    if not name:
        raise CommandError("whom do you mean?", hint="give a name: actor Armenia")
    canonical = _canonical(name)
    if q.option("event"):
        found = event_asked(c, q)
        ids = found.reports if found else ()
    else:
        ids = search.search(c, tenant=q.asker.tenant, actor=canonical, size=20).ids
    told = tuple(reports.told(c, ids, tenant=q.asker.tenant).values())
    own: list[Line] = []
    about: list[Line] = []
    names: dict[str, Actor] = {}
    own_in: dict[str, str] = {}
    for r, s in told:
        mine = {a.id for a in s.actors if canonical.casefold() in a.name.casefold()}
        names |= {a.name: a for a in s.actors if a.id in mine}
        own_in |= {a.name: f"{r.id}#{a.id}" for a in s.actors if a.id in mine}
        for claim in s.claims:
            if claim.speaker in mine:
                own.append(cards.claim_line(r, s, claim))
            elif canonical.casefold() in cards.claim_words(r, claim).casefold():
                about.append(cards.claim_line(r, s, claim))
    if not own and not about:
        return empty(c, q, name)
    sections = (
        Section(
            heading="Known as",
            lines=tuple(
                Line(
                    text=f"{a.name} · {a.type.replace('_', ' ')}" + (f" · {a.country}" if a.country else ""),
                    refs=(own_in[a.name],),
                )
                for a in list(names.values())[:5]
            ),
        ),
        Section(heading="Says", lines=tuple(own[:PAGE]), left_out=max(0, len(own) - PAGE)),
        Section(heading="Others say about it", lines=tuple(about[:4]), left_out=max(0, len(about) - 4)),
    )
    return Card(
        kind="actor",
        title=canonical,
        as_of=q.now,
        sections=tuple(s for s in sections if s.lines),
        sources=tuple(cards.source_link(r) for r, _ in told[:10]),
    )


def _canonical(name: str) -> str:
    """ "Baku", "Azeri" → "Azerbaijan"; other names as they are."""
    for shape in (name, name.title(), name.upper()):
        hit = next(iter(gazetteer().hits(shape)), None)
        if hit is not None and hit.span == (0, len(shape)):
            return hit.name
    return one_line(name)


def compare(c: Connection, q: Question) -> Card:
    """Two accounts of an event, side by side."""
    found = event_asked(c, q)
    if found is None:
        return empty(c, q, q.option("event"))
    told = tuple(reports.told(c, found.reports, tenant=q.asker.tenant).values())
    against = _against(found, told)
    spoken: dict[str, list[Line]] = {}
    for r, s in told:
        names = {a.id: a for a in s.actors}
        for claim in s.claims:
            speaker = names.get(claim.speaker or "")
            if speaker is not None:
                side = speaker.country or cards.short_name(speaker.name)
                line = cards.claim_line(r, s, claim)
                note = against.get(f"{r.id}#{claim.id}") or line.note
                spoken.setdefault(side, []).append(msgspec.structs.replace(line, note=note))
    sides = [side for name in ("side_a", "side_b") if (side := _side(q, name, spoken))]
    contested = {side: sum(bool(line.note) for line in spoken[side]) for side in spoken}
    ranked = sorted(spoken, key=lambda side: (-contested[side], -len(spoken[side]), side))
    sides += [side for side in ranked if side not in sides]
    if len(sides) < 2:
        return empty(c, q, f"a second account of {found.id}")
    return Card(
        kind="compare",
        title=f"Two accounts: {found.title}",
        tag=found.id,
        subtitle=counts_of(found),
        as_of=q.now,
        status="disputed",
        sections=tuple(
            Section(
                heading=_side_name(side),
                lines=tuple(spoken[side][:5]),
                left_out=max(0, len(spoken[side]) - 5),
                command=f"claims {found.id}",
            )
            for side in sides[:2]
        ),
        sources=tuple(cards.source_link(r) for r, _ in told),
        actions=event_actions(found),
    )


def _side(q: Question, option: str, spoken: dict[str, list[Line]]) -> str:
    """The side that an option names, "" where it is not given; raises `CommandError` where nobody of it speaks."""
    words = q.option(option)
    if not words:
        return ""
    canonical = _canonical(words).casefold()
    for side in spoken:
        if canonical in (side.casefold(), _side_name(side).casefold()):
            return side
    heard = ", ".join(sorted(_side_name(side) for side in spoken)[:8])
    raise CommandError("nobody of that side speaks in this event", subject=words[:60], hint=f"heard are: {heard}")


def _side_name(side: str) -> str:
    country = gazetteer().countries.get(side)
    return country.name if country else side
