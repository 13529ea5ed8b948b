"""`/privacy`: what is kept of the person who asks, as a list, as a file, and its erasure."""

from __future__ import annotations

import msgspec
from sqlalchemy import Connection

from bot.deliver import quiet
from bot.model.card import Action, Attachment, Card, Line, Section
from bot.queries.question import Question
from bot.queries.watch import subject_words, when_words
from bot.store import people

_SHOWN = 10
_NOT_KEPT = (
    "Your messages, questions and their answers are not kept. Your id at the platform stands beside what is listed."
)


def show(c: Connection, q: Question) -> Card:
    """Everything that is kept of the asker."""
    who = people.person(q.asker)
    watches, audited = people.watches_of(c, who), people.audited(c, who)
    hours, channels = people.quiet_of(c, who), people.set_up(c, who)
    sections = []
    if watches:
        lines = tuple(Line(text=f"{watch.id}  {subject_words(watch)}", note=when_words(watch)) for watch in watches)
        sections.append(Section(heading="Your watches", lines=lines[:_SHOWN], left_out=max(0, len(lines) - _SHOWN)))
    settings = [Line(text="Quiet hours", note=quiet.told(hours))] if hours else []
    settings += (
        [Line(text=f"Channels that you set up: {channels}", note="your id stands beside them")] if channels else []
    )
    if settings:
        sections.append(Section(heading="Settings", lines=tuple(settings)))
    if audited:
        lines = tuple(Line(text=entry.command, at=entry.at, note=entry.tenant) for entry in audited)
        sections.append(
            Section(
                heading="Settings that you changed",
                lines=lines[:_SHOWN],
                left_out=max(0, len(lines) - _SHOWN),
                command="privacy export",
            )
        )
    if told := people.complained(c, who):
        lines = tuple(Line(text=one.note, at=one.at, note=one.link) for one in told)
        sections.append(
            Section(heading="Errors that you reported", lines=lines[:_SHOWN], left_out=max(0, len(lines) - _SHOWN))
        )
    return Card(
        kind="settings",
        title="What is kept of you" if sections else "Nothing is kept of you",
        as_of=q.now,
        lead=_NOT_KEPT,
        sections=tuple(sections),
        actions=(Action(label="As a file", command="privacy export"), Action(label="Erase", command="privacy erase")),
    )


def export(c: Connection, q: Question) -> Card:
    """The same, complete, as a JSON file."""
    who = people.person(q.asker)
    content = {
        "platform": who.platform,
        "user": who.user,
        "as_of": q.now,
        "watches": people.watches_of(c, who),
        "quiet_hours": people.quiet_of(c, who),
        "channels_set_up": people.set_up(c, who),
        "settings_changed": people.audited(c, who),
        "errors_reported": people.complained(c, who),
    }
    return Card(
        kind="file",
        title="What is kept of you",
        as_of=q.now,
        lead=_NOT_KEPT,
        file=Attachment(
            name="sitrep-privacy.json",
            media_type="application/json",
            content=msgspec.json.format(msgspec.json.encode(content), indent=1),
        ),
    )


def erase(c: Connection, q: Question) -> Card:
    """Erase it, once the asker has said so twice."""
    who = people.person(q.asker)
    if q.option("confirm").casefold() != "yes":
        count = len(people.watches_of(c, who))
        return Card(
            kind="settings",
            title="Erase all that is kept of you?",
            as_of=q.now,
            lead=f"{count} watches, your quiet hours, and your id beside settings that you changed. What a channel is "
            "set to stays, without your name. This cannot be undone.",
            actions=(
                Action(label="Erase it all", command="privacy erase confirm:yes"),
                Action(label="Keep it", command="privacy show"),
            ),
        )
    gone = people.erase(c, who)
    return Card(
        kind="settings",
        title="All that was kept of you is erased",
        as_of=q.now,
        lead=f"{gone['watches']} watches, {gone['audit']} entries of changed settings, {gone['complaints']} error "
        f"reports. {gone['channels']} channels that you set up stay as they are, without your name.",
    )
