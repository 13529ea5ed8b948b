"""How a source is doing: a key for each state, and the sentence that tells an admin what to do."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from bot.model.errors import SourceError

SENTENCES: dict[str, str] = {
    "new": "Not read yet.",
    "ok": "Reads well.",
    "empty": "The feed is in order but has no entries.",
    "moved": "The site has moved the feed for good; the new address is used from now on.",
    "downgraded": "The site leads from https to plain http; it is read, but anybody on the way could change it.",
    "refused": "This address may not be asked: it is not a public http(s) address, or leads to one that is not.",
    "no_such_host": "The site's name does not resolve; check the spelling, or whether the site still exists.",
    "unreachable": "No connection to the site; it is tried again with growing pauses.",
    "tls": "The site's certificate is not valid, so nothing is read from it; tell the site's owner.",
    "timeout": "The site takes too long to answer; it is tried again with growing pauses.",
    "bad_http": "The server's answers break the rules of HTTP; tell the site's owner.",
    "redirect_loop": "The site redirects in a circle; look for the feed's present address with `feeds find`.",
    "too_large": "The answer is too large for a feed; ask the site for a shorter one.",
    "gone": "The site says that this feed is gone for good; it is paused. Look for a new one with `feeds find`.",
    "unauthorised": "The site asks for a log-in; give an address that everybody can read.",
    "forbidden": "The site does not let Sitrep read this feed; ask its owner, or use another feed of the site.",
    "captcha": "The site answers with a robot check instead of the feed; ask its owner to let feed readers in.",
    "not_found": "There is no feed at this address; look for it with `feeds find`.",
    "rate_limited": "The site asks for fewer requests; it is left alone for as long as it says.",
    "server_error": "The site has trouble of its own; it is tried again with growing pauses.",
    "http_error": "The site answers with an error; open the address in a browser to see why.",
    "html": "This address is a web page and not a feed; find the site's feeds with `feeds find`.",
    "not_a_feed": "What the address gives is not a feed that can be read.",
    "malformed": "The feed is damaged and could be read only in part, or not at all; tell the site's owner.",
    "too_complex": "The feed is built so that reading it would take too long; it is left out. Tell the site's owner.",
    "failing": "The feed could not be read; it is tried again with growing pauses.",
}

_STATUS = {
    401: ("unauthorised", "the site asks for a log-in (401)"),
    402: ("forbidden", "the site asks for payment (402)"),
    403: ("forbidden", "the site refuses to be read (403)"),
    404: ("not_found", "there is nothing at this address (404)"),
    407: ("forbidden", "a proxy stands in the way (407)"),
    410: ("gone", "the feed is gone for good (410)"),
    429: ("rate_limited", "the site asks for fewer requests (429)"),
    451: ("forbidden", "the site may not show this here (451)"),
}
_CAPTCHA = re.compile(
    rb"captcha|cf-challenge|challenge-platform|just a moment\.\.\.|attention required! \| cloudflare"
    rb"|ddos protection by|verify you are (?:a )?human|are you a robot|px-captcha|_incapsula_|datadome",
    re.IGNORECASE,
)
MAX_WAIT = 86400.0
"""Seconds that a `Retry-After` is obeyed at most."""


def sentence(health: str) -> str:
    """The sentence for the admin; unknown keys get the general one."""
    return SENTENCES.get(health, SENTENCES["failing"])


def is_robot_check(head: bytes) -> bool:
    """Whether the beginning of a page looks like a captcha or browser check instead of content."""
    return _CAPTCHA.search(head[:65536]) is not None


def status_error(status: int, headers: Mapping[str, str], head: bytes, *, url: str) -> SourceError:
    """The error for an HTTP status other than 200 and 304, with the health state and the pause asked for."""
    health, message = _STATUS.get(status, ("", ""))
    if not health:
        health = "server_error" if status >= 500 else "http_error"
        message = f"the site answers with status {status}"
    if status in (403, 429, 503) and ("cf-mitigated" in headers or is_robot_check(head)):
        health, message = "captcha", f"the site asks whether a human is reading ({status})"
    return SourceError(message, subject=url, hint=sentence(health), health=health, retry_after=retry_after(headers))


def retry_after(headers: Mapping[str, str], *, now: datetime | None = None) -> float | None:
    """Seconds that the server asks us to wait (`Retry-After` in seconds or as a date), at most a day."""
    value = headers.get("retry-after", "").strip()
    if not value:
        return None
    if re.fullmatch(r"[0-9]{1,9}", value):
        return min(float(value), MAX_WAIT)
    try:
        until = parsedate_to_datetime(value)
    except ValueError:
        return None
    if until.tzinfo is None:
        until = until.replace(tzinfo=UTC)
    base = now or _date(headers) or datetime.now(UTC)
    return min(max(0.0, (until - base).total_seconds()), MAX_WAIT)


def _date(headers: Mapping[str, str]) -> datetime | None:
    """The server's own clock, so that a wrong one there or here does not spoil a date it gives."""
    try:
        told = parsedate_to_datetime(headers["date"])
    except (KeyError, ValueError):
        return None
    return told if told.tzinfo else told.replace(tzinfo=UTC)
