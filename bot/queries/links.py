"""Links to evidence pages: whoever has one may read that one event or report, as its tenant sees it, until it runs out.

A link is its content and a keyed hash of it (HMAC-SHA-256, RFC 2104): nobody can make one up or turn one into another.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
from datetime import UTC, datetime, timedelta

import msgspec
from sqlalchemy import Connection

from bot.model.card import Action, Card
from bot.store import kept

_AREA, _NAME = "web", "link key"
_LINKED = ("event", "claims", "toll", "compare", "timeline", "report", "evidence")
_MOST_ACTIONS = 5
LABEL = "Evidence page ↗"


class Passage(msgspec.Struct, frozen=True, array_like=True):
    """What a link opens: an event's or report's id, for whom, and until when (seconds since 1970)."""

    what: str
    tenant: str
    until: int


class Links:
    """Makes and reads the links of one installation; `public_url` is where people reach its web door."""

    def __init__(self, public_url: str, key: bytes, *, days: int) -> None:
        self._base = public_url.rstrip("/")
        self._key = key
        self._days = days

    def address(self, what: str, tenant: str, now: datetime) -> str:
        """The link to an event's or report's page; the same all day."""
        today = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        passage = Passage(what, tenant, int((today + timedelta(days=self._days + 1)).timestamp()))
        told = msgspec.json.encode(passage)
        return f"{self._base}/evidence/{_shown(told)}.{_shown(self._sign(told))}"

    def opened(self, token: str, now: datetime) -> Passage | None:
        """What a token opens; None for one that was not made here, or has run out."""
        told, _, signature = token.partition(".")
        try:
            content, given = _read(told), _read(signature)
        except (binascii.Error, ValueError):
            return None
        if not hmac.compare_digest(self._sign(content), given):
            return None
        passage = msgspec.json.decode(content, type=Passage)
        return passage if now.timestamp() < passage.until else None

    def token_in(self, url: str) -> str:
        """The token of an address that was made here; "" for any other address."""
        begun = f"{self._base}/evidence/"
        return url.removeprefix(begun).partition("?")[0].partition("#")[0] if url.startswith(begun) else ""

    def linked(self, card: Card, tenant: str, now: datetime) -> Card:
        """The card with a button that leads to its page, where it is of one event or report."""
        what = card.tag or next((source.report_id for source in card.sources), "")
        if card.kind not in _LINKED or not what:
            return card
        link = Action(label=LABEL, url=self.address(what, tenant, now))
        # The outlet's own link stands among the sources as well; an export can be asked for in words.
        kept_actions = [a for a in card.actions if not a.url and not a.command.startswith("export ")]
        return msgspec.structs.replace(card, actions=(*kept_actions[: _MOST_ACTIONS - 1], link))

    def _sign(self, told: bytes) -> bytes:
        return hmac.digest(self._key, told, hashlib.sha256)


def link_key(c: Connection) -> bytes:
    """The installation's key, drawn when it is first needed; whoever forgets it makes all links void."""
    held = kept.recall(c, _AREA, _NAME)
    if held is None:
        held = secrets.token_hex(32)
        kept.keep(c, _AREA, _NAME, held)
    return bytes.fromhex(held)


def _shown(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def _read(words: str) -> bytes:
    return base64.b64decode(words + "=" * (-len(words) % 4), altchars=b"-_", validate=True)
