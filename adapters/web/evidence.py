"""Evidence pages: server-rendered, for whoever holds a signed link; no script, no cookie, nothing from elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from aiohttp import web
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from bot.model.errors import WorkError
from bot.model.legible import legible, one_line, shown_host
from bot.queries.evidence_page import EvidencePage, evidence_page
from bot.queries.links import Links, Passage
from bot.queries.pictured import Draw, toll_over_time
from bot.store.engine import Store

_TEMPLATES = Path(__file__).resolve().parent / "templates"
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "private, max-age=60",
}
_GONE = "There is no such page: its link is not whole, or it has run out. Ask the bot again for a new one."


class EvidencePages:
    """Answers links of `links` from the store; charts are drawn by `draw`."""

    def __init__(self, store: Store, links: Links, draw: Draw, *, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._links = links
        self._draw = draw
        self._clock = clock
        made = Environment(
            loader=FileSystemLoader(_TEMPLATES),
            autoescape=select_autoescape(default=True),
            undefined=StrictUndefined,
            trim_blocks=True,
        )
        made.filters |= {
            "plain": one_line, "legible": legible, "utc": utc_words, "web_address": web_address, "host": shown_host,
        }  # fmt: skip
        self._page = made.get_template("page.html")

    def routes(self) -> list[web.RouteDef]:
        """Where the pages, their charts and their style are."""
        return [
            web.get("/evidence/style.css", self._style),
            web.get("/evidence/{token}", self._answer),
            web.get("/evidence/{token}/toll.png", self._chart),
        ]

    async def _answer(self, request: web.Request) -> web.Response:
        """A page, or 404 for whatever is not a link of ours."""
        token = request.match_info["token"]
        passage, page = await self._opened(token)
        if passage is None or page is None:
            return web.Response(status=404, text=_GONE, headers=_HEADERS)
        drawn = page.event is not None and bool(page.figures)
        words = self._page.render(
            page=page,
            as_of=self._clock(),
            until=datetime.fromtimestamp(passage.until, UTC),
            chart=f"{token}/toll.png" if drawn else "",
            alt=_alt(page) if drawn else "",
            prefix="",
        )
        return web.Response(text=words, content_type="text/html", headers=_HEADERS)

    async def _chart(self, request: web.Request) -> web.Response:
        """The toll over time as a picture."""
        _, page = await self._opened(request.match_info["token"])
        try:
            drawn = await self._draw(toll_over_time, page.event) if page is not None and page.event else None
        except WorkError:
            drawn = None
        if drawn is None:
            return web.Response(status=404, text=_GONE, headers=_HEADERS)
        return web.Response(body=drawn.content, content_type=drawn.media_type, headers=_HEADERS)

    async def _style(self, request: web.Request) -> web.Response:
        """How all pages look."""
        del request
        return web.Response(text=(_TEMPLATES / "style.css").read_text(), content_type="text/css", headers=_HEADERS)

    async def _opened(self, token: str) -> tuple[Passage | None, EvidencePage | None]:
        passage = self._links.opened(token, self._clock())
        page = await self._store.read(evidence_page, passage.what, passage.tenant) if passage else None
        return passage, page


def _alt(page: EvidencePage) -> str:
    from bot.queries.charts import alt_text  # loads what draws

    return alt_text(page.event) if page.event is not None else ""


def utc_words(at: datetime) -> str:
    """A time for people."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def web_address(url: str | None) -> str:
    """An address that may stand in a link; "" for none, and for whatever is not http(s)."""
    try:
        parts = urlsplit(url or "")
    except ValueError:
        return ""
    return (url or "") if parts.scheme in ("http", "https") and parts.hostname else ""
