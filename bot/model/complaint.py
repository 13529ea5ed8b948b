"""What somebody holds to be wrong in a card, as told to the operator."""

from __future__ import annotations

from datetime import datetime

import msgspec


class Complaint(msgspec.Struct, frozen=True, kw_only=True):
    """An error that a person has reported; of the message itself nothing is kept but where it stands.

    Attributes:
        number: counts from 1, 0 while it is not stored.
        at: aware, UTC.
        link: address of the message; "" where the platform has none.
        message: the platform's id of it.
        note: what the person wrote, ≤ `MOST_WORDS` characters.
        settled: the operator has seen to it.
    """

    number: int = 0
    at: datetime
    platform: str
    tenant: str
    user: str
    link: str
    message: str
    note: str
    settled: bool = False


MOST_WORDS = 1000
