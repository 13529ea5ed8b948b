"""What people report as wrong: kept for the operator, with nothing of the message but where it stands."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection

from bot.model.card import Card
from bot.model.command import Asker
from bot.model.complaint import MOST_WORDS, Complaint
from bot.model.errors import CommandError
from bot.model.legible import legible
from bot.store import complaints, tables

MOST_A_DAY = 20


def complain(c: Connection, asker: Asker, *, note: str, link: str, message: str, now: datetime) -> Card:
    """Store an error report; raises `CommandError` where nothing is said, or too much for one day."""
    words = legible(note).strip()
    if not words:
        raise CommandError("what is wrong?", hint="say it in a few words")
    if len(words) > MOST_WORDS:
        raise CommandError("that is too long", subject=f"{len(words)} characters", hint=f"at most {MOST_WORDS}")
    day_ago = tables.stamp(now - timedelta(days=1))
    if complaints.complaints_since(c, user=asker.user, tenant=asker.tenant, since=day_ago) >= MOST_A_DAY:
        raise CommandError("that are many errors for one day", hint="write to whoever runs this bot")
    number = complaints.add_complaint(
        c,
        Complaint(
            at=now,
            platform=asker.platform,
            tenant=asker.tenant,
            user=asker.user,
            link=link,
            message=message,
            note=words,
        ),
    )
    return Card(
        kind="settings",
        title="Thank you, that is noted",
        as_of=now,
        lead=f"Error report {number} goes to whoever runs this bot: your words and a link, nothing else.",
    )
