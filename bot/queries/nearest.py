"""Nothing was found: what was searched, and the nearest thing that exists."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Sequence

import msgspec
from sqlalchemy import Connection

from bot import seen
from bot.model.card import Action, Card, Line, Section
from bot.model.event import Event
from bot.queries.grammar import words_of
from bot.queries.meant import canonical, country_of, telling_words
from bot.queries.question import Question, events_told_of
from bot.store import events, names, search
from bot.store.postings import words_in

_SAID = {
    "query": "words “{}”", "topic": "“{}”", "event": "“{}”", "id": "“{}”", "name": "“{}”", "actor": "actor {}",
    "about": "about “{}”", "by": "said by {}", "country": "country {}", "status": "claims {}", "source": "outlet {}",
    "from": "from {}", "to": "until {}", "since": "since {}", "field": "field {}", "group": "{} alone",
}  # fmt: skip
_NAMES: dict[str, names.Kind] = {"actor": "actor", "by": "actor", "name": "actor", "source": "outlet"}
_TEXTS = ("query", "topic", "event", "about", "id")
_LOOSENED = ("status", "source", "actor", "country", "from", "to", "since", "by", "about", "field")
_ALIKE = 0.6
"""How alike two names must be spelled for the one to be offered in place of the other."""
_MOST = 4
_OTHERS = 3


def empty(c: Connection, q: Question, searched: str = "", offers: Sequence[Line] = ()) -> Card:
    """An empty answer: what was searched, the nearest that exists, `offers` before all, and else the latest events."""
    said = searched or asked_for(q)
    offers = (*offers, *_nearest(c, q))[:_MOST]
    found = _nearest_events(c, q)
    latest = found or seen.latest(c, tenant=q.asker.tenant, count=_MOST)
    lines = tuple(
        Line(text=f"{event.id}  {event.title}", at=event.last_at, command=f"event {event.id}", refs=(event.reports[0],))
        for event in latest
    )
    heading = "Nearest events" if found else "Latest events"
    sections = [Section(heading="Nearest that exists", lines=tuple(offers)), Section(heading=heading, lines=lines)]
    offered = [Action(label=line.text, command=line.command) for line in offers if len(line.command) <= 90]
    return Card(
        kind="empty",
        title=f"Nothing found for {said or q.command.verb}",
        as_of=q.now,
        lead="Only what this server's feeds have brought is searched." if latest else "No reports have come in yet.",
        sections=tuple(section for section in sections if section.lines),
        actions=(*offered[:2], *(Action(label=event.id, command=f"event {event.id}") for event in latest))[:5],
    )


def asked_for(q: Question) -> str:
    """What was asked for, in words: words “hospital”, claims denied."""
    said = ", ".join(_SAID[name].format(value) for name, value in q.command.options.items() if name in _SAID and value)
    return f"claims {said}" if said and q.command.verb == "claims" and not said.startswith(("claims", "“")) else said


def _nearest(c: Connection, q: Question) -> list[Line]:
    """The same question with a name spelled as it is known, or with one condition less, where that finds something."""
    lines: list[Line] = []
    for option, kind in _NAMES.items():
        for name in _alike(c, kind, q.option(option), q.asker.tenant):
            asked = asked_with(q, **{option: name})
            if hits := _hits(c, asked, kind, most=1):
                lines.append(Line(text=f"Did you mean {name}?", command=words_of(asked.command), refs=hits.ids))
    if q.command.verb in ("search", "latest"):
        given = [option for option in (*_LOOSENED, "query", "topic") if q.option(option)]
        for option in given if len(given) > 1 else ():
            asked = without(q, option)
            if hits := _hits(c, asked):
                what = said_of(option, q.option(option))
                lines.append(
                    Line(text=f"Without {what}: {_counted(hits)}", command=words_of(asked.command), refs=hits.ids)
                )
    elif words := telling_words(q.option("event") or q.option("id") or q.option("name")):
        hits = search.search(c, tenant=q.asker.tenant, query=words, size=1)
        if hits.ids:
            told = f"Reports with these words: {_counted(hits)}"
            lines.append(Line(text=told, command=f"search {words}", refs=hits.ids))
    return lines[:_MOST]


def _counted(hits: search.Found) -> str:
    return f"{hits.total:,}{' and more' if hits.more else ''} report{'s' * (hits.total != 1)}"


def said_of(option: str, value: str) -> str:
    """An option and its value in words: actor Armenia, about “drones”."""
    return _SAID[option].format(value)


def other_events(c: Connection, q: Question, found: Event, option: str = "event") -> tuple[Section, ...]:
    """Further events that the same words name, each opening the same question about it; none where the words are an id.

    The answer is about the latest of them: who meant another finds it here.
    """
    telling = telling_words(q.option(option))
    if not telling or q.option(option).upper() == found.id or q.number("page", 1) > 1:
        return ()
    alike: Sequence[Event | None] = seen.latest(c, tenant=q.asker.tenant, words=telling, count=_OTHERS + 1)
    if not alike:  # then the event was found by the words of its reports
        of = events_told_of(c, telling, tenant=q.asker.tenant)
        alike = [seen.event(c, one, tenant=q.asker.tenant) for one in dict.fromkeys(of[: _OTHERS + 1])]
    lines = tuple(
        Line(
            text=f"{event.id}  {event.title}",
            at=event.last_at,
            command=words_of(asked_with(q, event=event.id).command),
            refs=(event.reports[-1],),
        )
        for event in alike
        if event is not None and event.id != found.id
    )
    return (Section(heading="Other events of these words", lines=lines[:_OTHERS]),) if lines else ()


def without(q: Question, option: str) -> Question:
    """The same question with one condition less."""
    return asked_with(q, **{option: ""})


def asked_with(q: Question, **options: str) -> Question:
    """The same question with other options; "" takes one away."""
    kept = {name: value for name, value in {**q.command.options, **options}.items() if value and name != "page"}
    return msgspec.structs.replace(q, command=msgspec.structs.replace(q.command, options=kept))


def _hits(
    c: Connection, q: Question, kind: names.Kind | None = None, *, most: int = search.MOST
) -> search.Found | None:
    """What the fields of a question find; None for nothing. `kind` is of the name in it, where no search is asked."""
    fields = _fields(q)
    if not fields and kind:
        name = next(q.option(option) for option, of in _NAMES.items() if of == kind and q.option(option))
        fields = {"actor": canonical(name)} if kind == "actor" else {"outlet": name}
    found = search.search(c, tenant=q.asker.tenant, size=1, most=most, **fields) if fields else None  # type: ignore[arg-type]  # its own options
    return found if found is not None and found.ids else None


def _alike(c: Connection, kind: names.Kind, typed: str, tenant: str) -> list[str]:
    """Known names that are spelled like this one, and are not it."""
    words = words_in(typed)
    if not words:
        return []
    begun = names.suggested(c, kind, tenant=tenant, typed=words[0][:3], limit=200)
    by_fold = {" ".join(words_in(name)): name for name in begun}
    known = " ".join(words_in(canonical(typed)))
    if any(f" {known} " in f" {fold} " for fold in by_fold):  # whom these words mean was looked for
        return []
    likeness = {fold: _likeness(known, fold) for fold in by_fold}
    alike = sorted((fold for fold in by_fold if likeness[fold] >= _ALIKE), key=lambda fold: -likeness[fold])[:3]
    of = {fold: fold.split() for fold in by_fold}
    every = sorted({word for held in of.values() for word in held})
    close = set(difflib.get_close_matches(words[0], every, n=len(every) or 1, cutoff=0.8))
    alike += [fold for fold, held in of.items() if close.intersection(held)]
    return [by_fold[fold] for fold in dict.fromkeys(alike)][:2]


def _likeness(one: str, other: str) -> float:
    """How alike two names are spelled where they part: offices alone ("ministry of defence of …") make none alike."""
    mine, theirs = one.split(), other.split()
    same = next((n for n, (a, b) in enumerate(zip(mine, theirs, strict=False)) if a != b), min(len(mine), len(theirs)))
    rest, their_rest = " ".join(mine[same:]), " ".join(theirs[same:])
    if not rest or not their_rest:
        return _ALIKE
    matcher = difflib.SequenceMatcher(None, their_rest, rest)
    return matcher.ratio() if matcher.quick_ratio() >= _ALIKE else 0.0


def _fields(q: Question) -> dict[str, object]:
    """What `search` is asked by."""
    read: dict[str, Callable[[str], str]] = {"query": str, "topic": telling_words, "actor": canonical}
    read |= {"status": str, "source": str}
    given = {name: of(q.option(name)) for name, of in read.items() if q.option(name)}
    found: dict[str, object] = {{"topic": "query", "source": "outlet"}.get(name, name): given[name] for name in given}
    if q.option("country"):
        found["country"] = country_of(q.option("country")) or q.option("country").upper()
    for name, field in (("from", "start"), ("since", "start"), ("to", "end")):
        if at := q.time(name):
            found[field] = at
    return found


def _nearest_events(c: Connection, q: Question) -> tuple[Event, ...]:
    """Events in which at least one of the words stands, or in whose reports it does: the longest word first."""
    tenant = q.asker.tenant
    words = [word for option in _TEXTS for word in telling_words(q.option(option)).split()]
    found: dict[str, Event] = {}
    for word in sorted(dict.fromkeys(words), key=lambda word: (-len(word), word))[:5]:
        near = seen.latest(c, tenant=tenant, words=word, count=_MOST)
        if not near and len(word) > 4:
            near = seen.latest(c, tenant=tenant, words=word[: max(4, len(word) - 2)], count=_MOST, typing=True)
        if not near:
            ids = search.search(c, tenant=tenant, query=word, size=_MOST).ids
            near = tuple(seen.some(c, events.events_of(c, ids), tenant=tenant).values())
        found |= {event.id: event for event in near}
    return tuple(found.values())[:_MOST]
