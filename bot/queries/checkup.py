"""`/channel doctor`: what keeps posts from getting through here, in words."""

from __future__ import annotations

from sqlalchemy import Connection

from bot.model.card import Action, Card, Line, Section
from bot.model.errors import CommandError
from bot.queries.question import Question
from bot.store import delivered, subscriptions

_MOST_FAILED = 5


def checkup(c: Connection, q: Question) -> Card:
    """The permissions that are missing in this channel, what its posts are paused for, and which failed last."""
    if not q.asker.channel:
        raise CommandError("this is no channel", hint="give the command in the channel that is meant")
    lacks = q.asker.lacks or ()
    held = subscriptions.subscriptions(c, tenant=q.asker.tenant, channel=q.asker.channel)
    failed = delivered.in_state(c, "dead", tenant=q.asker.tenant, channel=q.asker.channel, limit=_MOST_FAILED)
    paused = [order.paused for order in held if order.paused]
    sections = (
        Section(heading="Missing permissions", lines=tuple(Line(text=text) for text in lacks)),
        Section(heading="Paused", lines=tuple(Line(text=text) for text in paused)),
        Section(heading="Did not get through", lines=tuple(Line(text=d.reason or d.ref, at=d.due_at) for d in failed)),
    )
    told = tuple(section for section in sections if section.lines)
    if q.asker.lacks is None:
        lead = "This place does not tell what the bot may do here."
    elif told:
        lead = "Give the bot's role what is missing, under the channel's permissions." if lacks else ""
    else:
        lead = "Nothing is missing here." + ("" if held else " Nothing is posted here yet: channel setup starts it.")
    return Card(
        kind="settings",
        status="error" if lacks or paused else "neutral",
        title="What is wrong here" if told else "All is well here",
        as_of=q.now,
        lead=lead,
        sections=told,
        actions=(Action(label="This channel", command="channel show"), Action(label="Log", command="channel log")),
    )
