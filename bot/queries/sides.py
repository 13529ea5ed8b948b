"""Who speaks: an actor's own claims and what others claim about it, and two accounts side by side."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sized

import msgspec
from sqlalchemy import Connection

from bot import seen
from bot.model.card import Action, Card, Line, Section
from bot.model.errors import CommandError
from bot.model.event import Event
from bot.model.summary import Actor
from bot.model.wording import told_words
from bot.queries import cards
from bot.queries.ledger import disputed_by, names_one, once_each
from bot.queries.meant import canonical, is_meant, side_name, side_of, speaks_for, telling_words
from bot.queries.nearest import empty
from bot.queries.question import PAGE, Question, counts_of, event_actions, event_asked, turning
from bot.store import events, reports, search
from bot.store.postings import words_in
from bot.store.reports import Told

_READ = 40
"""Of an actor's newest reports, so many are read."""
_MOST_NAMES = 5
_MOST_CLAIMS = 5


def actor(c: Connection, q: Question) -> Card:
    """An actor's roles and names, its claims, and what others claim about it."""
    name = q.option("name")
    if not name:
        raise CommandError("whom do you mean?", hint="give a name: actor Armenia")
    usual = canonical(name)
    found = event_asked(c, q) if q.option("event") else None
    if q.option("event"):
        ids: tuple[str, ...] = found.reports if found else ()
    else:
        ids = search.search(c, tenant=q.asker.tenant, actor=usual, size=_READ).ids
        # "Kremlin spokesman Dmitry Peskov" is found by the words alone.
        ids = ids or search.search(c, tenant=q.asker.tenant, query=telling_words(name), size=_READ).ids
    told = tuple(reports.told(c, ids, tenant=q.asker.tenant).values())
    own, about, heard = _spoken(told, name)
    if not own and not about and not heard:
        return empty(c, q)
    page = q.number("page", 1, most=200)
    cut = slice((page - 1) * PAGE, page * PAGE)
    sections = (
        Section(heading="Known as", lines=tuple(_known_as(told, heard)[:_MOST_NAMES]) if page == 1 else ()),
        Section(heading="Says", lines=tuple(own[cut])),
        Section(heading="Others say about it", lines=tuple(about[cut])),
    )
    of_it = {line.refs[0].partition("#")[0] for section in sections for line in section.lines}
    return Card(
        kind="actor",
        title=usual + (f" in {found.id}" if found else ""),
        tag=found.id if found else "",
        subtitle=f"{_counted(own, 'claim')} made, {len(about)} about it, in {_counted(told, 'report')}",
        as_of=q.now,
        sections=tuple(s for s in sections if s.lines),
        sources=tuple(cards.source_link(r) for r, _ in told if r.id in of_it),
        actions=event_actions(found) if found else _events_of(c, told),
        **turning(q, page, max(-(-len(own) // PAGE), -(-len(about) // PAGE), 1)),  # type: ignore[arg-type]  # page, pages and their commands
    )


def _counted(items: Sized, one: str) -> str:
    return f"{len(items)} {one}{'s' * (len(items) != 1)}"


def _spoken(told: tuple[Told, ...], name: str) -> tuple[list[Line], list[Line], dict[str, list[tuple[str, Actor]]]]:
    """The actor's own claims, the others' about it, and the actors that are meant, by name."""
    own: list[Line] = []
    about: list[Line] = []
    heard: dict[str, list[tuple[str, Actor]]] = {}
    wanted = words_in(canonical(name))
    for r, s in told:
        mine = {a.id for a in s.actors if is_meant(a, name) or speaks_for(a, name, r.text)}
        for a in s.actors:
            if a.id in mine:
                heard.setdefault(a.name, []).append((f"{r.id}#{a.id}", a))
        for claim in s.claims:
            if claim.speaker in mine:
                own.append(cards.claim_line(r, s, claim))
            elif names_one(claim, s.actors, mine) or set(wanted) <= set(words_in(told_words(r.text, claim))):
                about.append(cards.claim_line(r, s, claim))
    return once_each(own), once_each(about), heard


def _known_as(told: tuple[Told, ...], heard: dict[str, list[tuple[str, Actor]]]) -> list[Line]:
    """Each name with its kind, the roles it was given, and how the reports call it; the most frequent first."""
    texts = {r.id: r.text for r, _ in told}
    lines = []
    for name, held in sorted(heard.items(), key=lambda item: (-len(item[1]), item[0])):
        one = held[0][1]
        roles = Counter(role for _, a in held for role in a.roles if role != "mentioned")
        called = Counter(texts[ref.partition("#")[0]][slice(*span)] for ref, a in held for span in a.mentions)
        aliases = [words for words, _ in called.most_common(6) if words.casefold() != name.casefold()][:4]
        kind = one.type.replace("_", " ") + (f" · {one.country}" if one.country else "")
        note = " · ".join(
            part
            for part in (
                "roles: " + ", ".join(role for role, _ in roles.most_common()) if roles else "",
                "called " + ", ".join(f"“{alias}”" for alias in aliases) if aliases else "",
            )
            if part
        )
        lines.append(Line(text=f"{name} · {kind}", note=note, refs=(held[0][0],)))
    return lines


def _events_of(c: Connection, told: tuple[Told, ...]) -> tuple[Action, ...]:
    of = events.events_of(c, [r.id for r, _ in told])[:4]
    return tuple(Action(label=event_id, command=f"event {event_id}") for event_id in of)


def compare(c: Connection, q: Question) -> Card:
    """Two accounts of an event, side by side."""
    found = event_asked(c, q) if q.option("event") else _where_both_speak(c, q) or event_asked(c, q)
    if found is None:
        return empty(c, q)
    told = tuple(reports.told(c, found.reports, tenant=q.asker.tenant).values())
    spoken = accounts_of(found, told)
    sides = two_sides(q, spoken)
    if len(sides) < 2:
        heard = side_name(sides[0]) if sides else "nobody"
        return empty(c, q, f"a second account of {found.id}: only {heard} is quoted")
    return Card(
        kind="compare",
        title=f"Two accounts: {found.title}",
        tag=found.id,
        subtitle=counts_of(found),
        as_of=q.now,
        status="disputed" if any(line.note for side in sides for line in spoken[side]) else "neutral",
        sections=tuple(
            Section(
                heading=side_name(side),
                lines=tuple(spoken[side][:_MOST_CLAIMS]),
                left_out=max(0, len(spoken[side]) - _MOST_CLAIMS),
                command=f"claims {found.id} by:{_quoted(side_name(side))}",
            )
            for side in sides
        ),
        sources=tuple(cards.source_link(r) for r, _ in told),
        actions=event_actions(found),
    )


def _where_both_speak(c: Connection, q: Question) -> Event | None:
    """The latest event in which the sides that are asked for speak; None where no side is asked for."""
    names = [canonical(words) for option in ("side_a", "side_b") if (words := q.option(option))]
    ids = [search.search(c, tenant=q.asker.tenant, actor=name, size=_READ).ids for name in names]
    of = [events.events_of(c, found) for found in ids]
    for event_id in of[0] if of else ():
        found = seen.event(c, event_id, tenant=q.asker.tenant) if all(event_id in other for other in of) else None
        told = tuple(reports.told(c, found.reports, tenant=q.asker.tenant).values()) if found else ()
        if found and all(_speaks(name, accounts_of(found, told)) for name in names):
            return found
    return None


def accounts_of(found: Event, told: tuple[Told, ...]) -> dict[str, list[Line]]:
    """What each side says, the disputed first: side → claims."""
    against = disputed_by(found, told)
    spoken: dict[str, list[Line]] = {}
    for r, s in told:
        names = {a.id: a for a in s.actors}
        for claim in s.claims:
            speaker = names.get(claim.speaker or "")
            if speaker is not None and speaker.type != "media":
                line = cards.claim_line(r, s, claim)
                note = against.get(line.refs[0]) or line.note
                spoken.setdefault(side_of(speaker), []).append(msgspec.structs.replace(line, note=note))
    return {side: sorted(once_each(lines), key=lambda line: not line.note) for side, lines in spoken.items()}


def two_sides(q: Question, spoken: dict[str, list[Line]]) -> list[str]:
    """The sides that are asked for; what is not asked is filled with those that dispute each other most."""
    sides = [side for name in ("side_a", "side_b") if (side := _side(q, name, spoken))]
    contested = {side: sum(bool(line.note) for line in lines) for side, lines in spoken.items()}
    ranked = sorted(spoken, key=lambda side: (-contested[side], -len(spoken[side]), side))
    return [*dict.fromkeys(sides), *(side for side in ranked if side not in sides)][:2]


def _side(q: Question, option: str, spoken: dict[str, list[Line]]) -> str:
    """The side that an option names, "" where it is not given; raises `CommandError` where nobody of it speaks."""
    words = q.option(option)
    if not words:
        return ""
    if side := _speaks(words, spoken):
        return side
    heard = ", ".join(sorted(side_name(side) for side in spoken)[:8])
    raise CommandError("nobody of that side speaks in this event", subject=words[:60], hint=f"heard are: {heard}")


def _speaks(words: str, spoken: Iterable[str]) -> str:
    """Which of these sides the words mean, "" for none."""
    wanted = canonical(words).casefold()
    return next((s for s in spoken if wanted in (s.casefold(), side_name(s).casefold(), canonical(s).casefold())), "")


def _quoted(name: str) -> str:
    return f'"{name}"' if " " in name else name
