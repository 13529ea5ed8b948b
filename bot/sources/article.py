"""The full text of an article, and how to tell it from a paywall, a consent page or the wrong page."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import msgspec
import structlog

from bot.model.errors import SourceError, WorkError
from bot.model.report import Report
from bot.sources.encoding import as_text
from bot.sources.fetch import Answer, Fetcher
from bot.sources.health import is_robot_check
from bot.sources.origin import origin_of
from bot.sources.port import Run

log = structlog.get_logger()

ARTICLE_TIMEOUT = 5.0
"""Seconds that a worker may take over one page."""
MAX_PAGE = 3 * 1024 * 1024
"""Bytes of a page; articles are far smaller."""
_MAX_TEXT = 200_000
_MIN_SHARED = 0.5
"""Share of the teaser's words that an article must have for it to be the teaser's article."""
_WORD = re.compile(r"\w{4,}")
_ACCEPT = "text/html, application/xhtml+xml;q=0.9, */*;q=0.1"
_NOT_FREE = re.compile(
    r"""["']?isAccessibleForFree["']?\s*:\s*["']?false|article:content_tier["']\s+content=["'](?:locked|metered)"""
    r"""|class=["'][^"']{0,100}\b(?:paywall|tp-container|piano-offer)\b""",
    re.I,
)
_SUBSCRIBE = re.compile(
    r"subscribe (?:now )?to (?:continue|keep|read|unlock)|subscribers[- ]only|for subscribers only"
    r"|already a (?:subscriber|member)\?|this (?:article|content|story) is (?:for|reserved for|only available to)"
    r"|create (?:a free|an) account to (?:continue|read)|(?:log|sign) in to (?:continue|read|keep reading)"
    r"|to continue reading|you(?:'|’)ve reached your (?:free |monthly )?(?:article )?limit",
    re.I,
)
_CONSENT = re.compile(
    r"before you continue|we (?:and our (?:\d+ )?partners|value your privacy|use cookies)|accept all(?: cookies)?"
    r"|manage (?:your )?(?:cookie|privacy|consent)|cookie (?:policy|consent|settings)|consent to (?:the use|our)",
    re.I,
)
_CONSENT_HOST = re.compile(r"^(?:consent|privacy|guce|myprivacy)\.|/consent\b|/cookiewall")


class Article(msgspec.Struct, frozen=True, kw_only=True):
    """What a page holds: its text, and why that is not the whole article ("paywall", "consent", "captcha", or "")."""

    text: str = ""
    title: str | None = None
    lang: str | None = None
    obstacle: str = ""


def article_text(page: bytes, url: str, content_type: str = "") -> Article:
    """Read the article out of a page with trafilatura's fast path.

    Pure and dear (30 ms and more): run it in a worker. What cannot be read gives an empty text.
    """
    # Imported here: only the workers that read articles pay for it.
    from trafilatura import bare_extraction

    if is_robot_check(page[:65536]) and len(page) < 65536:
        return Article(obstacle="captcha")
    markup = as_text(page, content_type=content_type).replace("\x00", "")
    read = bare_extraction(
        markup, url=url, fast=True, include_comments=False, include_tables=False, with_metadata=False, as_dict=True
    )
    found = read if isinstance(read, dict) else {}
    text = "\n\n".join(line.strip() for line in str(found.get("text") or "").split("\n") if line.strip())[:_MAX_TEXT]
    return Article(
        text=text,
        title=found.get("title") or None,
        lang=(found.get("language") or None),
        obstacle=_obstacle(markup, text, url),
    )


async def complete(report: Report, *, fetcher: Fetcher, run: Run) -> Report:
    """A teaser's report with its article's text; the report as it is where there is no more to be had.

    Never raises for what the other side does: the teaser is what remains.
    """
    if not report.teaser or not report.url:
        return report
    try:
        answer: Answer = await fetcher.get(report.url, accept=_ACCEPT, max_body=MAX_PAGE)
        if not _is_page(answer):
            return report
        article = await run(article_text, answer.body, answer.url, answer.content_type, timeout=ARTICLE_TIMEOUT)
    except (SourceError, WorkError) as error:
        log.info("article_unread", report_id=report.id, why=getattr(error, "health", "too_complex"))
        return report
    if article.obstacle or not belongs(article.text, report):
        log.info("article_unread", report_id=report.id, why=article.obstacle or "other_text")
        return report
    return msgspec.structs.replace(
        report,
        text=article.text,
        teaser=False,
        lang=report.lang or article.lang,
        origin=origin_of(article.text, title=report.title, outlet=report.outlet) or report.origin,
    )


def belongs(text: str, report: Report) -> bool:
    """Whether a page's text is the article that the report's teaser announces, and more than the teaser."""
    if len(text) <= len(report.text):
        return False
    announced = set(_WORD.findall(f"{report.title or ''} {report.text}".casefold()))
    if not announced:
        return False
    return len(announced & set(_WORD.findall(text.casefold()))) >= _MIN_SHARED * len(announced)


def _is_page(answer: Answer) -> bool:
    kind = answer.content_type.partition(";")[0].strip()
    return kind in ("", "text/html", "application/xhtml+xml", "application/xml", "text/xml", "text/plain")


def _obstacle(markup: str, text: str, url: str) -> str:
    """What stands between us and the article."""
    parts = urlsplit(url)
    if _CONSENT_HOST.search(parts.hostname or "") or _CONSENT_HOST.search(parts.path):
        return "consent"
    ending = text[-500:]
    if _SUBSCRIBE.search(ending) or (len(text) < 1500 and (_NOT_FREE.search(markup) or _SUBSCRIBE.search(text))):
        return "paywall"
    if len(_CONSENT.findall(text)) >= 2 and len(text) < 3000:
        return "consent"
    return ""
