"""`/channel export`, `restore` and `import`: what a place has set, as a file, and back; and other programs' feeds."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Connection

from bot.model.card import Action, Attachment, Card, Line, Section
from bot.model.errors import CommandError
from bot.queries.imports import read_foreign
from bot.queries.question import Question
from bot.queries.settings_file import Place, Restored, read, restore, written
from bot.store import audit, people, subscriptions

Owns = Callable[[str, str], bool]
"""Whether a channel (second) is of a tenant (first)."""
_SHOWN = 12
_NAMES = {"feeds": "Feeds", "channels": "Channels", "watches": "Your watches"}


def exported(c: Connection, q: Question) -> Card:
    """All that this place has set, with the asker's own watches, as one file."""
    content = written(c, tenant=q.asker.tenant, who=people.person(q.asker), now=q.now)
    return Card(
        kind="file",
        title="All settings of this place",
        as_of=q.now,
        lead="Feeds, how channels are posted to, and your own watches. channel restore takes it back.",
        file=Attachment(name="sitrep-settings.json", media_type="application/json", content=content),
    )


def place_of(c: Connection, q: Question, owns: Owns | None) -> Place:
    """The asker's place: channels that are posted to already, this one, and those that `owns` says are its own."""
    asker = q.asker
    held = {order.destination.channel for order in subscriptions.subscriptions(c, tenant=asker.tenant)}

    def may_post(channel: str) -> bool:
        known = channel == asker.channel or channel in held
        return known or (owns is not None and owns(asker.tenant, channel))

    return Place(asker.platform, asker.tenant, may_post, q.now, who=people.person(asker), set_up_by=asker.user)


def restored(c: Connection, q: Question, body: bytes, owns: Owns | None) -> Card:
    """Set this place to what a file of settings says; with one mistake in it nothing is done."""
    done = restore(c, read(body), place_of(c, q, owns))
    if not done.counts:
        return _mistakes(done, q.now)
    audit.record(c, q.asker, "channel restore", now=q.now)
    return _card("Restored", q, done, lead="What the file does not name stays as it was.")


def imported(c: Connection, q: Question, body: bytes, owns: Owns | None) -> Card:
    """Take the feeds (and channels) of another program's file; what is refused is told, the rest is taken."""
    server = q.asker.tenant.partition(":")[2] if q.asker.platform == "discord" else ""
    found = read_foreign(body, server=server)
    done = restore(c, found.file, place_of(c, q, owns), strict=False)
    audit.record(c, q.asker, "channel import", now=q.now)
    refused = (*found.refused, *done.refused)
    lead = "" if found.file.channels else "Feeds alone: channel setup says what is posted here."
    return _card(f"Imported from {found.source}", q, Restored(done.counts, refused), lead=lead, changed=found.changed)


def _card(title: str, q: Question, done: Restored, *, lead: str, changed: tuple[str, ...] = ()) -> Card:
    taken = tuple(
        Line(text=_NAMES[part], note=f"{added} added, {other} changed, {same} there already")
        for part, (added, other, same) in done.counts.items()
        if added or other or same or part != "watches"
    )
    sections = [Section(heading="Taken", lines=taken)]
    sections += [_list("Changed on the way", changed)] if changed else []
    sections += [_list("Refused", done.refused)] if done.refused else []
    return Card(
        kind="settings",
        title=title,
        as_of=q.now,
        lead=lead,
        sections=tuple(sections),
        actions=(
            Action(label="Feeds", command="feeds list"),
            Action(label="This channel", command="channel show"),
            Action(label="Set up", command="channel setup"),
        ),
    )


def _list(heading: str, words: tuple[str, ...]) -> Section:
    return Section(
        heading=heading,
        lines=tuple(Line(text=text) for text in words[:_SHOWN]),
        left_out=max(0, len(words) - _SHOWN),
    )


def _mistakes(done: Restored, now: datetime) -> Card:
    count = len(done.refused)
    return Card(
        kind="error",
        status="error",
        title=f"Nothing was restored: the file has {count} mistake{'s' * (count != 1)}",
        as_of=now,
        lead="Mend them, and give the file again.",
        sections=(_list("Mistakes", done.refused),),
    )


def no_file() -> CommandError:
    """What is told to who gives neither a file nor an address."""
    return CommandError("which file?", hint="attach it, or give its address: channel restore url:https://…")
