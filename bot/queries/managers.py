"""`/channel managers`: roles whose members may manage what is read and posted in a place, besides its admins."""

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


def roles_of(c: Connection, tenant: str) -> tuple[str, ...]:
    """The ids of the roles that manage a tenant's place."""
    held = kept.recall(c, AREA, tenant)
    return _ids.decode(held) if held else ()


def manages(c: Connection, asker: Asker) -> bool:
    """Whether a role of the asker's manages the place."""
    return not set(asker.groups).isdisjoint(roles_of(c, asker.tenant))


def managers(c: Connection, q: Question) -> Card:
    """Show the roles, add one (`role`), or take one away (`remove`); given by those who manage the place themselves."""
    held = roles_of(c, q.asker.tenant)
    added, removed = q.option("role").strip("<@&>"), q.option("remove").strip("<@&>")
    if removed and removed not in held:
        raise CommandError("this role manages nothing here", subject=removed[:40], suggestions=("channel managers",))
    if added and added not in held and len(held) >= MOST_ROLES:
        raise CommandError(f"at most {MOST_ROLES} roles can manage a place", hint="remove one first")
    roles = tuple(role for role in dict.fromkeys((*held, added)) if role and role != removed)
    if roles != held:
        kept.keep(c, AREA, q.asker.tenant, msgspec.json.encode(roles).decode())
    lines = tuple(Line(text=f"role {role}", role=role) for role in roles)
    return Card(
        kind="settings",
        title="Who manages this place",
        as_of=q.now,
        lead="" if lines else "Only those who manage the server itself (Discord: Manage Server; Slack: admins).",
        sections=(Section(heading="Roles", lines=lines),) if lines else (),
        actions=(Action(label="This channel", command="channel show"),),
    )
