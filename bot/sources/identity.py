"""Which texts are the same: report, revision, near-duplicate."""

from __future__ import annotations

import hashlib
import re
import unicodedata
import zlib
from collections.abc import Iterable, Mapping
from urllib.parse import urlsplit

from bot.model.report import Report

_TRACKING = re.compile(
    r"(?:utm_\w+|fbclid|gclid|dclid|msclkid|mc_cid|mc_eid|igshid|cmpid|ocid|at_\w+|ns_\w+|ito|smid|partner|rss|__twitter_impression)",
    re.I,
)
_VARIANT = re.compile(r"^(?:www|m|amp|mobile)\.(?=[^.]+\.)")
_SITE_VARIANT = re.compile(r"^(?:www|feeds?|rss|m|amp)\.(?=[^.]+\.)")
_WORD = re.compile(r"\w+")


def report_id(*, site: str, guid: str | None, link: str | None, title: str | None, text: str) -> str:
    """The id of a report, the same in every reading and revision: by guid, else canonical link, else content.

    `site` (`site_of` the feed) is part of it, so that no feed can pass off its text as a revision of another site's
    report; copies across sites are found as near-duplicates.
    """
    if guid:
        known_by = "guid:" + (canonical_link(guid) if guid.startswith(("http://", "https://")) else guid)
    elif link:
        known_by = "link:" + canonical_link(link)
    else:
        known_by = "text:" + fingerprint(title, text)
    return "r" + _hash(f"{site}\n{known_by}")[:15]


def site_of(url: str) -> str:
    """The site that a feed belongs to: its host without "www." and the like; for folders the address itself."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https"):
        return url
    host = (parts.hostname or "").lower()
    return _SITE_VARIANT.sub("", host)


def fingerprint(title: str | None, text: str) -> str:
    """A hash of the words alone: layout, case and punctuation do not make a revision, words and figures do."""
    folded = unicodedata.normalize("NFKC", f"{title or ''}\n{text}").casefold()
    return _hash(" ".join(_WORD.findall(folded)))[:16]


def given_hash(title: str | None, text: str) -> str:
    """A quick hash of what a source says of a report, as given (`Report.given_hash`)."""
    told = f"{title or ''}\n{text}".encode("utf-8", "surrogatepass")
    return "%08x%x" % (zlib.crc32(told), len(told))  # noqa: UP031 - in half the time of an f-string


def newly_told(reports: Iterable[Report], held: Mapping[str, Report]) -> tuple[Report, ...]:
    """Those reports that say something new: unknown ones, and known ones whose source has changed its words.

    `held` has the stored reports by id. A bumped date or other markup is nothing new.
    """
    return tuple(report for report in reports if (known := held.get(report.id)) is None or _says_more(report, known))


def _says_more(report: Report, known: Report) -> bool:
    if report.given_hash is not None and report.given_hash == known.given_hash:
        return False
    if known.given_hash is not None and not known.teaser and report.teaser:
        # The article was read in full; the source's own words have moved, so that it is read again.
        return True
    return fingerprint(report.title, report.text) != fingerprint(known.title, known.text)


def canonical_link(link: str) -> str:
    """The address of a page without what only tracks its reader: fragment, campaign parameters, "www."."""
    try:
        parts = urlsplit(link.strip())
        host = _VARIANT.sub("", parts.hostname or "")
        port = f":{parts.port}" if parts.port not in (None, 80, 443) else ""
    except ValueError:
        return link.strip()
    query = parts.query
    if query:
        query = "&".join(pair for pair in query.split("&") if pair and not _TRACKING.fullmatch(pair.partition("=")[0]))
    return f"https://{host}{port}{parts.path.rstrip('/') or '/'}{'?' if query else ''}{query}"


def _hash(text: str) -> str:
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
