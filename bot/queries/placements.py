"""`/events`: an admin's word on which reports belong together.

Events are shared: every server that reads a feed sees its reports, and all see those of the operator's feeds. So a
server's admins may rearrange an event only where every report of it came from that server's own feeds alone; the
operator (the terminal) may always.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from sqlalchemy import Connection

from bot import rearranging, seen
from bot.model.card import Action, Card, Line, Section
from bot.model.errors import CommandError, NotAllowed
from bot.queries.question import Question, counts_of
from bot.rearranging import Rearranged
from bot.store import audit, events, reports

OPERATOR = "terminal"
"""The platform at which the one who runs the process asks."""


def merge(c: Connection, q: Question) -> Card:
    """`events merge KAR-0142 KAR-0150`: one event of several, under the oldest id."""
    names = _words(q, "event", "other")
    _check(c, q, names)
    done = rearranging.merge(c, names, by=_by(q))
    return _done(c, q, f"{done.events[0].id} now holds what was told under {', '.join(names).upper()}", done)


def split(c: Connection, q: Question) -> Card:
    """`events split KAR-0142 report …`: the named reports become an event of their own."""
    name, *parts = _words(q, "event", "reports") or [""]
    _check(c, q, [name])
    done = rearranging.split(c, name, parts, by=_by(q))
    kept, new = done.events
    return _done(c, q, f"{kept.id} was split: the rest is told under {new.id}", done)


def detach(c: Connection, q: Question) -> Card:
    """`events detach report`: the report belongs to no event."""
    report = q.option("report")
    _check(c, q, [report])
    return _done(c, q, "The report belongs to no event now", rearranging.detach(c, report, by=_by(q)))


def attach(c: Connection, q: Question) -> Card:
    """`events attach report event:KAR-0142`: the report belongs to that event."""
    report, *more = _words(q, "report", "event") or [""]
    if not more:
        raise CommandError("attaching takes a report and an event", hint="events attach <report> event:KAR-0142")
    _check(c, q, [report, more[0]])
    done = rearranging.attach(c, report, more[0], by=_by(q))
    return _done(c, q, f"The report is told under {done.events[0].id} now", done)


def logged(c: Connection, q: Question) -> Card:
    """`events log`: what was said about events here, newest first."""
    lines = tuple(
        Line(text=entry.command, note=f"by {entry.user}", at=entry.at)
        for entry in audit.entries(c, tenant=q.asker.tenant, beginning="events ", count=q.number("count", 10, most=50))
    )
    lead = "" if lines else "Nobody has rearranged events here."
    sections = (Section(heading="Newest first", lines=lines),) if lines else ()
    return Card(kind="settings", title="What was said about events", as_of=q.now, lead=lead, sections=sections)


def _words(q: Question, *options: str) -> list[str]:
    """The options' words, one by one: what is typed without names stands in the first."""
    return [word for option in options for word in q.option(option).replace(",", " ").split()]


def _by(q: Question) -> str:
    return f"{q.asker.tenant}/{q.asker.user}"


def _check(c: Connection, q: Question, names: Iterable[str]) -> None:
    """Refuse what is not there for this tenant, and what others see as well."""
    touched: dict[str, None] = {}
    for name in filter(None, names):
        found = events.event(c, name) or events.event_of(c, name)
        members = [*(found.reports if found else ()), *([name] if reports.one(c, name) else [])]
        # What another server reads does not exist here: the answer must not tell otherwise.
        if not members or not reports.told(c, members, tenant=_seer(q)):
            raise CommandError(
                "no event or report of that id", subject=name, hint="see latest", suggestions=("latest",)
            )
        touched |= dict.fromkeys(members)
    if q.asker.platform != OPERATOR and not reports.owned(c, touched, tenant=q.asker.tenant):
        raise NotAllowed(
            "others see reports of this event too",
            subject=" ".join(names),
            hint="a server may rearrange events that its own feeds alone have brought; ask the operator for the others",
        )


def _seer(q: Question) -> str | None:
    return None if q.asker.platform == OPERATOR else q.asker.tenant


def _done(c: Connection, q: Question, said: str, done: Rearranged) -> Card:
    rearranging.tell_of(c, done, now=q.now)
    after = done.events if q.asker.platform == OPERATOR else seen.as_seen(c, done.events, tenant=q.asker.tenant)
    lines = tuple(
        Line(
            text=f"{event.id}  {event.title}",
            note=f"{len(event.reports)} report{'s' * (len(event.reports) != 1)}, {counts_of(event)}",
            at=event.last_at,
            refs=(event.reports[0],),
            command=f"event {event.id}",
        )
        for event in after
    )
    return Card(
        kind="settings",
        title=said,
        as_of=q.now,
        lead="It stays so when later reports come. Saying it otherwise undoes it: merge, split, attach, detach.",
        sections=(Section(heading="As it stands", lines=lines),) if lines else (),
        actions=tuple(Action(label=event.id, command=f"event {event.id}") for event in after),
    )


HANDLERS: dict[str, Callable[[Connection, Question], Card]] = {
    "merge": merge,
    "split": split,
    "detach": detach,
    "attach": attach,
}
"""The verbs that change something."""
