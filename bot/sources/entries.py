"""Feed entries as reports: plain text, absolute links, the outlet's name, and whether more is to be had."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from bot.model.feed import Feed, ParsedFeed
from bot.model.report import Given, Report
from bot.sources.identity import given_hash, report_id, site_of
from bot.sources.origin import origin_of
from bot.sources.wording import text_of

_AHEAD = timedelta(days=1)
_MAX_TEXT = 200_000
_MAX_TITLE = 500
_FULL_LENGTH = 900
"""Characters from which a text without other signs counts as the whole report."""
_CUT_OFF_ENDS = ("...", "…", "[…]", "[...]", "(more)", "»", "→")
_READ_ON = re.compile(
    r"(?:read|continue|learn|see|view) (?:more|full|reading|the (?:full|rest|whole)|article|story)[^\n]{0,60}$", re.I
)
_READ_ON_WORDS = ("more", "full", "reading", "article", "story", "rest", "whole")
_POSTED_BY = re.compile(r"\n+[^\n]{0,40}\bThe post\b[^\n]{1,300}\bappeared first on\b[^\n]{1,120}$")


def reports_of(parsed: ParsedFeed, feed: Feed, *, now: datetime) -> tuple[Given, ...]:
    """The reports of a feed in document order, each id once, their texts as given; entries that are empty are left out.

    Quick: most of what a feed says is known already. `read_given` reads the texts of what is not.
    """
    site = site_of(feed.url)
    outlet = feed.name or parsed.title
    latest = now + _AHEAD
    reports: dict[str, Given] = {}
    for entry in parsed.entries:
        if not entry.title and not entry.content:
            continue
        text = text_of(entry.content) if not entry.id and not entry.link else ""
        link = entry.link if entry.link and entry.link.startswith(("http://", "https://")) else None
        report = Given(
            id=report_id(site=site, guid=entry.id, link=link, title=entry.title, text=text),
            text=entry.content,
            title=(entry.title or "")[:_MAX_TITLE] or None,
            outlet=entry.outlet or outlet,
            url=link,
            published_at=_plausible(entry.published or entry.updated, now, latest),
            lang=entry.lang,
            feed_id=feed.id,
            guid=entry.id,
            fetched_at=now,
            given_hash=given_hash(entry.title, entry.content),
            markup="full" if entry.full else "summary",
            image=entry.image,
        )
        reports.setdefault(report.id, report)
    return tuple(reports.values())


def read_given(given: Given) -> Report | None:
    """A given report with its text as words, its agency, and whether it is a teaser; None where it has no words."""
    whole = text_of(given.text) if given.markup else given.text
    text = _without_footer(whole)[:_MAX_TEXT] if given.markup else given.text
    if not given.title and not text:
        return None
    title = given.title or _first_words(text)
    return Report(
        id=given.id,
        text=text or title,
        title=title,
        outlet=given.outlet,
        url=given.url,
        published_at=given.published_at,
        lang=given.lang,
        feed_id=given.feed_id,
        guid=given.guid,
        origin=given.origin or origin_of(text, title=title, outlet=given.outlet),
        fetched_at=given.fetched_at,
        teaser=is_teaser(whole, full=given.markup == "full") if given.markup else given.teaser,
        given_hash=given.given_hash,
        image=given.image,
    )


def is_teaser(text: str, *, full: bool) -> bool:
    """Whether a feed's text is only the beginning or a summary of the article.

    `full` says that the feed gives it as content and not as a summary; such a text is believed unless it is cut off.
    """
    if text.endswith(_CUT_OFF_ENDS) or _read_on(text):
        return True
    return len(text) < (_FULL_LENGTH // 3 if full else _FULL_LENGTH)


def _read_on(text: str) -> re.Match[str] | None:
    """A closing "Continue reading …", where there is one."""
    last = text[text.rfind("\n", -120) + 1 :][-120:]
    lowered = last.lower()
    return _READ_ON.search(last) if any(word in lowered for word in _READ_ON_WORDS) else None


def _without_footer(text: str) -> str:
    """The text without what a publishing system has added: "The post … appeared first on …", "Read more"."""
    if "appeared first on" in text[-300:]:
        start = max(0, len(text) - 600)
        text = text[:start] + _POSTED_BY.sub("", text[start:])
    found = _read_on(text)
    return text[: len(text) - len(found[0])].rstrip(" \n-–—[(") if found and len(found[0]) < len(text) else text


def _first_words(text: str) -> str:
    line = text.split("\n", 1)[0]
    return line if len(line) <= 100 else line[:99].rsplit(" ", 1)[0] + "…"


def _plausible(moment: datetime | None, now: datetime, latest: datetime) -> datetime | None:
    """A date that can be: not later than `latest` (clocks are wrong), not before the Web."""
    if moment is None or moment.year < 1990:
        return None
    if moment <= now:
        return moment
    return None if moment > latest else now
