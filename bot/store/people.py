"""People: words that wait for them, what is kept of them, and its erasure."""

from __future__ import annotations

from datetime import datetime

import msgspec
from sqlalchemy import ColumnElement, Connection, Table, delete, insert, select

from bot.model.command import Asker
from bot.model.complaint import Complaint
from bot.model.subscription import QuietHours, Subscription, Watch
from bot.store import alerts, kept, outbox, subscriptions
from bot.store import tables as t

_QUIET = "quiet hours of"
_OF_ONE_TENANT = ("slack",)
"""Platforms on which a person's id is their workspace's own, and may be somebody else's in another."""
_quiet = msgspec.json.Decoder(QuietHours)
_complaint = msgspec.json.Decoder(Complaint)


class Person(msgspec.Struct, frozen=True):
    """Somebody on a platform; `tenant` is "" where the platform's ids mean the same person everywhere."""

    platform: str
    user: str
    tenant: str = ""


class Audited(msgspec.Struct, frozen=True):
    """A setting that somebody changed; `at` is aware, UTC."""

    at: datetime
    tenant: str
    command: str


def person(asker: Asker) -> Person:
    """Who asks."""
    return person_of(asker.platform, asker.user, asker.tenant)


def person_of(platform: str, user: str, tenant: str) -> Person:
    """The person of this id in this tenant."""
    return Person(platform, user, tenant if platform in _OF_ONE_TENANT else "")


def owe_words(c: Connection, who: Person, text: str, *, now: datetime) -> None:
    """Tell a person something when they next give a command; the same words wait only once."""
    words = t.person_notes
    if c.execute(select(words.c.number).where(*_waiting(who), words.c.text == text)).first() is None:
        row = {"platform": who.platform, "user": who.user, "tenant": who.tenant, "text": text, "at": t.stamp(now)}
        c.execute(insert(words).values(**row))


def words_wait(c: Connection, who: Person) -> bool:
    """Whether something waits to be told to a person."""
    return c.execute(select(t.person_notes.c.number).where(*_waiting(who))).first() is not None


def take_words(c: Connection, who: Person) -> tuple[str, ...]:
    """What waits to be told to a person, oldest first; it does not wait any longer."""
    words = t.person_notes
    taken = c.execute(delete(words).where(*_waiting(who)).returning(words.c.number, words.c.text)).all()
    return tuple(str(row.text) for row in sorted(taken, key=lambda row: row.number))


def _waiting(who: Person) -> tuple[ColumnElement[bool], ...]:
    words = t.person_notes
    return (words.c.platform == who.platform, words.c.user == who.user, words.c.tenant == who.tenant)


def quiet_of(c: Connection, who: Person) -> QuietHours | None:
    """A person's quiet hours, for all their watches."""
    held = kept.recall(c, _QUIET, _name(who))
    return _quiet.decode(held) if held else None


def set_quiet(c: Connection, who: Person, quiet: QuietHours | None) -> None:
    """Keep a person's quiet hours and give them to all their watches; None is none."""
    if quiet is None:
        kept.forget(c, _QUIET, _name(who))
    else:
        kept.keep(c, _QUIET, _name(who), msgspec.json.encode(quiet).decode())
    for watch in watches_of(c, who):
        subscriptions.save_watch(c, msgspec.structs.replace(watch, quiet=quiet))


def _name(who: Person) -> str:
    return f"{who.tenant or who.platform} {who.user}"


def watches_of(c: Connection, who: Person) -> tuple[Watch, ...]:
    """A person's watches, in the order in which they were made."""
    held = subscriptions.watches(c, user=who.user, tenant=who.tenant or None)
    own = [watch for watch in held if watch.destination.platform == who.platform]
    return tuple(sorted(own, key=lambda watch: (len(watch.id), watch.id)))


def audited(c: Connection, who: Person) -> tuple[Audited, ...]:
    """The settings that a person changed, newest first."""
    rows = t.audit
    query = select(rows).where(*_theirs(who, rows)).order_by(rows.c.number.desc())
    return tuple(Audited(t.moment(row.at), row.tenant, row.command) for row in c.execute(query))


def complained(c: Connection, who: Person) -> tuple[Complaint, ...]:
    """The errors that a person has reported, newest first."""
    query = select(t.complaints.c.value).where(*_theirs(who, t.complaints)).order_by(t.complaints.c.number.desc())
    return tuple(_complaint.decode(row.value) for row in c.execute(query))


def set_up(c: Connection, who: Person) -> int:
    """How many channels' subscriptions say that this person set them up."""
    return len(_set_up(c, who))


def erase(c: Connection, who: Person) -> dict[str, int]:
    """Erase all that is kept of a person; what a channel was set to stays, without their name. Returns what went."""
    watches = watches_of(c, who)
    for watch in watches:
        alerts.forget(c, watch.id)
        subscriptions.remove_watch(c, watch.id, user=who.user)
    outbox.forget_person(c, who.platform, who.user, tenant=who.tenant, watches=[watch.id for watch in watches])
    set_quiet(c, who, None)
    words = len(take_words(c, who))
    entries = int(c.execute(delete(t.audit).where(*_theirs(who, t.audit))).rowcount)
    told = int(c.execute(delete(t.complaints).where(*_theirs(who, t.complaints))).rowcount)
    named = _set_up(c, who)
    for one in named:
        subscriptions.save_subscription(c, msgspec.structs.replace(one, set_up_by=""))
    return {"watches": len(watches), "words": words, "audit": entries, "channels": len(named), "complaints": told}


def _set_up(c: Connection, who: Person) -> list[Subscription]:
    held = subscriptions.subscriptions(c, tenant=who.tenant or None)
    return [one for one in held if one.set_up_by == who.user and one.destination.platform == who.platform]


def _theirs(who: Person, table: Table) -> tuple[ColumnElement[bool], ...]:
    """The rows of a table with tenants and users that are a person's."""
    rows = table
    if who.tenant:
        return (rows.c.user == who.user, rows.c.tenant == who.tenant)
    of_platform = (rows.c.tenant == who.platform) | rows.c.tenant.startswith(f"{who.platform}:", autoescape=True)
    return (rows.c.user == who.user, of_platform)
