"""What many feeds write and no reader of XML or of dates takes as it is meant, written as they take it.

All searches are linear in the document.
"""

from __future__ import annotations

import re
from html import escape
from html.entities import html5

_KNOWN = rb"(?:lt|gt|amp|quot|apos|#\d{1,7}|#[xX][0-9A-Fa-f]{1,6});"
_ODD_REFERENCE = re.compile(rb"&(?!" + _KNOWN + rb")")
_REFERENCE_OR_LITERAL = re.compile(
    rb"<!\[CDATA\[.*?(?:\]\]>|\Z)|<!--.*?(?:-->|\Z)|&(?!" + _KNOWN + rb")(?:([A-Za-z][A-Za-z0-9]{1,31});)?", re.S
)
_HALF = re.compile(rb"\\u[dD][89A-Fa-f]")
_HALF_OR_ESCAPE = re.compile(
    rb"\\(?:u[dD][89ABab][0-9A-Fa-f]{2}\\u[dD][C-Fc-f][0-9A-Fa-f]{2}|(u[dD][89A-Fa-f][0-9A-Fa-f]{2})|.)", re.S
)
_DATE_BEGUN = b"<pubDate>"
_BEFORE_DATE = rb"(<pubDate>\s{0,20}(?:<!\[CDATA\[)?\s{0,20})"
_USUAL_DATE = re.compile(rb"<pubDate>\w{3}, \d\d? \w{3} \d{4} \d\d:\d\d:\d\d (?:GMT|[+-]\d{4})<")
_DOTTED_DATE = re.compile(_BEFORE_DATE + rb"(\d{1,2})\.(\d{1,2})\.(\d{4})\b")
_ZONES = {
    b"AFT": b"+0430", b"ART": b"-0300", b"AZT": b"+0400", b"BRT": b"-0300", b"CAT": b"+0200", b"CLT": b"-0400",
    b"COT": b"-0500", b"EAT": b"+0300", b"GST": b"+0400", b"HKT": b"+0800", b"ICT": b"+0700", b"IRDT": b"+0430",
    b"IRST": b"+0330", b"MMT": b"+0630", b"MYT": b"+0800", b"NPT": b"+0545", b"NZDT": b"+1300", b"NZST": b"+1200",
    b"PET": b"-0500", b"PHT": b"+0800", b"PKT": b"+0500", b"SAST": b"+0200", b"SGT": b"+0800", b"TRT": b"+0300",
    b"UZT": b"+0500", b"VET": b"-0400", b"WAT": b"+0100", b"WIB": b"+0700", b"WIT": b"+0900", b"WITA": b"+0800",
}  # fmt: skip
"""Names of zones that the readers take for UTC; those that mean several zones are left to them."""
_ODD_ZONE = re.compile(
    _BEFORE_DATE
    + rb"([^<>\]]{5,40}?\d:\d\d)\s+(?:(?:(?:GMT|UTC)\s?(?=[+-]))?([+-])(\d{1,2})(?::?(\d\d))?|("
    + b"|".join(_ZONES)
    + rb"))\s*(?=\]\]>|<)"
)


def mended(document: bytes) -> bytes:
    """The document with HTML's entities as characters and a bare `&` as `&amp;`, outside of CDATA and comments.

    Halves of characters in JSON are replaced by U+FFFD: they are text to Python, and to nobody else.
    Dates of RSS whose zone or order the readers misread are written with an offset, or the year first.
    """
    if document[:1] in (b"{", b"["):
        return _HALF_OR_ESCAPE.sub(_whole, document) if _HALF.search(document) else document
    if _ODD_REFERENCE.search(document):
        document = _REFERENCE_OR_LITERAL.sub(_written_out, document)
    return _with_plain_dates(document)


def _whole(found: re.Match[bytes]) -> bytes:
    return rb"\ufffd" if found[1] else found[0]


def _written_out(found: re.Match[bytes]) -> bytes:
    whole, name = found[0], found[1]
    if whole[:1] == b"<":
        return whole
    character = html5.get(f"{name.decode('ascii')};") if name else None
    return escape(character, quote=False).encode() if character else b"&amp;" + whole[1:]


def _with_plain_dates(document: bytes) -> bytes:
    """A feed's dates are all of one make: the first of the channel and the first of an entry tell of it."""
    at = document.find(_DATE_BEGUN)
    second = document.find(_DATE_BEGUN, at + 1)
    if at == -1 or (_USUAL_DATE.match(document, at) and (second == -1 or _USUAL_DATE.match(document, second))):
        return document
    return _DOTTED_DATE.sub(_year_first, _ODD_ZONE.sub(_with_offset, document))


def _year_first(found: re.Match[bytes]) -> bytes:
    begun, day, month, year = found.groups()
    return bytes(begun + year + b"-" + month.rjust(2, b"0") + b"-" + day.rjust(2, b"0"))


def _with_offset(found: re.Match[bytes]) -> bytes:
    begun, moment, sign, hours, minutes, name = found.groups()
    offset = _ZONES[name] if name else sign + hours.rjust(2, b"0") + (minutes or b"00")
    return bytes(begun + moment + b" " + offset)
