"""`/channel managers`: who may manage what is read and posted in a place, besides its admins.

On Discord the place is the server, and its managers are roles; on Slack it is the channel, and they are persons.
"""

from __future__ import annotations

import msgspec
from sqlalchemy import Connection

from bot.model.card import Action, Card, Line, Section
from bot.model.command import Asker
from bot.model.errors import CommandError
from bot.queries.question import Question
from bot.store import kept

AREA = "managers"
MOST_ROLES = 10
_ids = msgspec.json.Decoder(tuple[str, ...])


def _place(asker: Asker) -> str:
    return f"{asker.tenant} {asker.channel}" if asker.platform == "slack" else asker.tenant


def roles_of(c: Connection, asker: Asker) -> tuple[str, ...]:
    """The ids of the roles (Slack: persons) that manage the place where the asker is."""
    held = kept.recall(c, AREA, _place(asker))
    return _ids.decode(held) if held else ()


def manages(c: Connection, asker: Asker) -> bool:
    """Whether a role of the asker's manages the place."""
    return not set(asker.groups).isdisjoint(roles_of(c, asker))


def _id(mentioned: str) -> str:
    """The id within "<@&123>" or "<@U123|name>"."""
    return mentioned.strip("<@&>").partition("|")[0]


def managers(c: Connection, q: Question) -> Card:
    """Show the roles, add one (`role`), or take one away (`remove`); given by those who manage the place themselves."""
    held = roles_of(c, q.asker)
    added, removed = _id(q.option("role")), _id(q.option("remove"))
    if removed and removed not in held:
        raise CommandError("they manage nothing here", subject=removed[:40], suggestions=("channel managers",))
    if added and added not in held and len(held) >= MOST_ROLES:
        raise CommandError(f"at most {MOST_ROLES} can manage a place", hint="remove one first")
    roles = tuple(role for role in dict.fromkeys((*held, added)) if role and role != removed)
    if roles != held:
        kept.keep(c, AREA, _place(q.asker), msgspec.json.encode(roles).decode())
    kind = "person" if q.asker.platform == "slack" else "role"
    lines = tuple(Line(text=f"{kind} {role}", role=role) for role in roles)
    return Card(
        kind="settings",
        title="Who manages this place",
        as_of=q.now,
        lead="" if lines else "Only those who manage the server itself (Discord: Manage Server; Slack: admins).",
        sections=(Section(heading="Managers", lines=lines),) if lines else (),
        actions=(Action(label="This channel", command="channel show"),),
    )
