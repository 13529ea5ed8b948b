"""Errors that people have reported."""

from __future__ import annotations

import msgspec
from sqlalchemy import Connection, func, insert, select, update

from bot.model.complaint import Complaint
from bot.store import tables as t

_json = msgspec.json.Encoder()
_complaint = msgspec.json.Decoder(Complaint)


def add_complaint(c: Connection, complaint: Complaint) -> int:
    """Store one; returns its number."""
    row = {"at": t.stamp(complaint.at), "tenant": complaint.tenant, "user": complaint.user, "settled": False}
    done = c.execute(insert(t.complaints).values(**row, value=_json.encode(complaint)).returning(t.complaints.c.number))
    return int(done.scalar_one())


def complaints(c: Connection, *, settled: bool = False, count: int = 100) -> tuple[Complaint, ...]:
    """The oldest that are not settled (or those that are), at most `count`."""
    query = select(t.complaints).where(t.complaints.c.settled.is_(settled)).order_by(t.complaints.c.number).limit(count)
    return tuple(
        msgspec.structs.replace(_complaint.decode(row.value), number=row.number, settled=row.settled)
        for row in c.execute(query)
    )


def complaints_since(c: Connection, *, user: str, tenant: str, since: int) -> int:
    """How many a person has sent since a stamp."""
    own = (t.complaints.c.user == user, t.complaints.c.tenant == tenant, t.complaints.c.at >= since)
    return int(c.scalar(select(func.count()).select_from(t.complaints).where(*own)) or 0)


def settle(c: Connection, number: int) -> bool:
    """Mark one as seen to; False where there is none of that number."""
    done = c.execute(update(t.complaints).where(t.complaints.c.number == number).values(settled=True))
    return bool(done.rowcount)
