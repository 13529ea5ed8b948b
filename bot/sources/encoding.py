"""The bytes of a feed as UTF-8 without traps: encodings put right, NUL bytes and document types taken out."""

from __future__ import annotations

import codecs
import re

from bot.model.errors import SourceError

_DECLARED = re.compile(rb"""^\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._:-]{1,40})["']""", re.I)
_DECLARATION = re.compile(rb"^\s*<\?xml[^>]{0,300}\?>")
_CHARSET = re.compile(r"""charset\s*=\s*["']?([A-Za-z0-9._:-]{1,40})""", re.I)
_META = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?([A-Za-z0-9._:-]{1,40})""", re.I)
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# Codecs that are slow on purpose-made input, or that are no encodings of text on the wire.
_REFUSED_CODECS = frozenset(
    {"utf-7", "punycode", "idna", "unicode_escape", "raw_unicode_escape", "undefined", "mbcs", "oem"}
)
_PROLOG = re.compile(rb"\s+")
_ENTITY = re.compile(rb"""<!ENTITY\s+([A-Za-z_][\w.-]{0,60})\s+(?:"([^"<%]{0,1024})"|'([^'<%]{0,1024})')\s*>""")
_REFERENCE = re.compile(rb"&([A-Za-z_][\w.-]{0,60});")
_MAX_ENTITIES = 100
_ESCAPED = re.compile(rb"&(?!(?:#\d{1,7}|#x[0-9A-Fa-f]{1,6}|amp|lt|gt|quot|apos);)")


def as_utf8(body: bytes, *, content_type: str = "") -> bytes:
    """The document in UTF-8 with its declaration saying so; bytes that fit no encoding become U+FFFD.

    Order: byte order mark; UTF-16 seen by its NULs; the declaration; the `charset` of `content_type`; UTF-8;
    Windows-1252 (as browsers and feedparser have it).
    """
    for mark, encoding in _MARKS:
        if body.startswith(mark):
            return (
                body[3:] if encoding == "utf-8" and _is_utf8(body) else _declared_utf8(body.decode(encoding, "replace"))
            )
    if body[:2] == b"<\x00" or body[:2] == b"\x00<":
        encoding = "utf-16-le" if body[:2] == b"<\x00" else "utf-16-be"
        return _declared_utf8(body.decode(encoding, "replace"))
    body = body.replace(b"\x00", b"") if b"\x00" in body else body
    declared = _DECLARED.match(body[:512])
    named = declared[1].decode("ascii") if declared else ""
    if not named and (told := _CHARSET.search(content_type)):
        named = told[1]
    codec = _codec(named)
    if codec in ("", "utf-8", "ascii"):
        if _is_utf8(body):
            return body if codec == "utf-8" or not named else _declared_utf8(body.decode("utf-8"))
        return _declared_utf8(_guessed(body))
    try:
        return _declared_utf8(body.decode(codec))
    except UnicodeDecodeError:
        return _declared_utf8(body.decode("utf-8") if _is_utf8(body) else body.decode(codec, "replace"))


def as_text(page: bytes, *, content_type: str = "") -> str:
    """A web page as text, by byte order mark, `content_type`, its `meta charset`, UTF-8, or Windows-1252."""
    for mark, encoding in _MARKS:
        if page.startswith(mark):
            return page[len(mark) :].decode(encoding if encoding == "utf-8" else _ordered(mark, encoding), "replace")
    named = _CHARSET.search(content_type)
    told = named[1] if named else ""
    if not told and (meta := _META.search(page[:4096])):
        told = meta[1].decode("ascii")
    codec = _codec(told)
    if codec and codec != "utf-8":
        return page.decode(codec, "replace")
    return page.decode("utf-8") if _is_utf8(page) else _guessed(page)


def _ordered(mark: bytes, encoding: str) -> str:
    order = "le" if mark.startswith(b"\xff") else "be"
    return f"{encoding}-{order}"


def without_doctype(body: bytes) -> bytes:
    """The document without its document type; its plain entities (no markup, no nesting) are written out.

    External and nested entities are dropped, never fetched or expanded. Raises `SourceError` where writing the
    entities out would blow the document up.
    """
    start = _doctype_start(body)
    if start is None:
        return body
    end, subset = _doctype_end(body, start + 9)
    kept = body[:start] + body[end:]
    if not subset:
        return kept
    entities = {name: double or single for name, double, single in _ENTITY.findall(subset)[:_MAX_ENTITIES]}
    plain = {name: value for name, value in entities.items() if not _ESCAPED.search(value)}
    if not plain:
        return kept
    room = len(kept) * 2 + 65536
    growth = sum(len(plain.get(name, b"")) for name in _REFERENCE.findall(kept))
    if growth > room:
        raise SourceError("the feed's entities would blow it up", health="too_complex")
    return _REFERENCE.sub(lambda reference: plain.get(reference[1], reference[0]), kept)


def _doctype_start(body: bytes) -> int | None:
    """Where the document type begins; it can only stand before the root, among comments and instructions."""
    at = 0
    while True:
        if blanks := _PROLOG.match(body, at):
            at = blanks.end()
        if body.startswith(b"<?", at):
            end, width = body.find(b"?>", at), 2
        elif body.startswith(b"<!--", at):
            end, width = body.find(b"-->", at), 3
        else:
            return at if body[at : at + 9].upper() == b"<!DOCTYPE" else None
        if end == -1:
            return None
        at = end + width


def _doctype_end(body: bytes, start: int) -> tuple[int, bytes]:
    """Where the document type ends, and its internal subset."""
    close, bracket = body.find(b">", start), body.find(b"[", start)
    if bracket != -1 and (close == -1 or bracket < close):
        end = re.compile(rb"\]\s{0,100}>").search(body, bracket)
        if end is None:
            raise SourceError("the feed's document type has no end", health="malformed")
        return end.end(), body[bracket : end.start()]
    if close == -1:
        raise SourceError("the feed's document type has no end", health="malformed")
    return close + 1, b""


def _is_utf8(body: bytes) -> bool:
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _guessed(body: bytes) -> str:
    """Text that is not the UTF-8 it should be: with a few broken bytes if that explains it, else Windows-1252."""
    text = body.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    others = sum(character > "\x7f" for character in text[:200_000]) - min(broken, 200_000)
    if broken * 4 <= others:
        return text
    try:
        return body.decode("windows-1252")
    except UnicodeDecodeError:
        return body.decode("latin-1")


def _codec(name: str) -> str:
    """Python's name of an encoding, "" for unknown and refused ones."""
    try:
        found = codecs.lookup(name) if name else None
    except (LookupError, ValueError):
        return ""
    if found is None or not found._is_text_encoding or found.name in _REFUSED_CODECS:
        return ""
    # Pages that say Latin-1 mean Windows-1252 (WHATWG Encoding Standard).
    return "windows-1252" if found.name == "iso8859-1" else found.name


def _declared_utf8(text: str) -> bytes:
    body = text.replace("\x00", "").lstrip("\ufeff").encode("utf-8", "replace")
    return _DECLARATION.sub(b'<?xml version="1.0" encoding="utf-8"?>', body, count=1)
