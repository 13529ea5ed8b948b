"""OPML: lists of feeds in and out."""

from __future__ import annotations

import re
from collections.abc import Iterable
from xml.parsers import expat
from xml.sax.saxutils import quoteattr

import msgspec

from bot.model.errors import SourceError
from bot.model.feed import Feed
from bot.sources.encoding import as_utf8, without_doctype

MAX_BYTES = 2 * 1024 * 1024
MAX_OUTLINES = 10_000
_MAX_DEPTH = 50
_UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


class Outline(msgspec.Struct, frozen=True, kw_only=True):
    """One feed of a list: its address, its name, and the folders that it stands in, outermost first."""

    url: str
    name: str = ""
    folders: tuple[str, ...] = ()
    kind: str = "feed"


def read_opml(body: bytes) -> tuple[Outline, ...]:
    """The feeds of an OPML file in document order, each address once; outlines without an address are folders.

    Raises `SourceError` where it is not OPML, too large, or nested more than 50 deep. No entity is expanded.
    """
    if len(body) > MAX_BYTES:
        raise SourceError(f"the list is larger than {MAX_BYTES // 1024} KiB", hint="split it", health="too_large")
    reading = _Reading()
    parser = expat.ParserCreate(encoding="utf-8")
    parser.StartElementHandler = reading.start
    parser.EndElementHandler = reading.end
    try:
        parser.Parse(without_doctype(as_utf8(body)).strip(), True)
    except expat.ExpatError as error:
        raise SourceError(
            f"the list is not well-formed XML (line {error.lineno})", hint="export it again", health="malformed"
        ) from None
    if not reading.is_opml:
        raise SourceError("this is no OPML file", hint="its root element must be <opml>", health="not_a_feed")
    return tuple(reading.found.values())


def write_opml(feeds: Iterable[Feed], *, title: str = "Sitrep feeds") -> bytes:
    """An OPML 2.0 file of the feeds, in the order given; folders of the settings are left out."""
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<opml version="2.0">',
        f"<head><title>{_text(title)}</title></head>",
        "<body>",
    ]
    for feed in feeds:
        if not feed.url.startswith(("http://", "https://")):
            continue
        name = _attribute(feed.name or feed.url)
        kind = "" if feed.kind == "feed" else f" sitrepKind={_attribute(feed.kind)}"
        lines.append(f'  <outline type="rss" text={name} title={name} xmlUrl={_attribute(feed.url)}{kind}/>')
    lines += ["</body>", "</opml>", ""]
    return "\n".join(lines).encode("utf-8", "replace")


class _Reading:
    """What expat tells while it reads."""

    def __init__(self) -> None:
        self.is_opml = False
        self.found: dict[str, Outline] = {}
        self._path: list[str | None] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        local = name.rpartition(":")[2].lower()
        if not self._path and local == "opml":
            self.is_opml = True
        if len(self._path) >= _MAX_DEPTH or len(self.found) > MAX_OUTLINES:
            raise SourceError("the list is nested too deeply or too long", hint="split it", health="too_complex")
        folder: str | None = None
        if local == "outline":
            given = {key.lower(): value.strip() for key, value in attributes.items()}
            name_given = " ".join((given.get("title") or given.get("text") or "").split())[:200]
            if url := given.get("xmlurl") or (given.get("url") if given.get("type", "").lower() == "rss" else ""):
                folders = tuple(part for part in self._path if part)
                self.found.setdefault(url, Outline(url=url, name=name_given, folders=folders, kind=_kind(given)))
            else:
                folder = name_given or None
        self._path.append(folder)

    def end(self, _name: str) -> None:
        self._path.pop()


def _kind(given: dict[str, str]) -> str:
    kind = given.get("sitrepkind", "")
    return kind if kind in ("page", "reliefweb") else "feed"


def _attribute(value: str) -> str:
    return quoteattr(_UNFIT.sub("\ufffd", value))


def _text(value: str) -> str:
    return _UNFIT.sub("\ufffd", value).replace("&", "&amp;").replace("<", "&lt;")
