"""Reports as they come in: the text, who published it, and where in it things stand."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec

Span = tuple[int, int]
"""Half-open `[start, end)` in Unicode code points of a report's text."""


class Report(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=False):
    """One published text; the first seven fields are the input of the extraction contract.

    Attributes:
        id: stable over revisions of the same report.
        published_at: aware, UTC; None where the outlet gives no date.
        lang: ISO 639-1 as the outlet states it; None means "decide from the text".
        feed_id: which of our sources brought it; None for reports handed in by file.
        guid: the outlet's own identifier.
        origin: the agency that the text comes from, where it says so ("Reuters").
        fetched_at: aware, UTC; when we first held the text.
        teaser: the text is only the feed's teaser (the article could not be read).
        given_hash: hash of what the source itself said of it, before an article was read; unchanged means nothing new.
        image: address (http or https) of the picture that the source gives with it; it is never fetched by us.
    """

    id: str
    text: str
    title: str | None = None
    outlet: str | None = None
    url: str | None = None
    published_at: datetime | None = None
    lang: str | None = None
    feed_id: str | None = None
    guid: str | None = None
    origin: str | None = None
    fetched_at: datetime | None = None
    teaser: bool = False
    given_hash: str | None = None
    image: str | None = None


class Given(Report, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """A report as its source gave it, still to be read.

    Attributes:
        markup: `text` is still the markup of a feed's "summary" or "full" content; "" where it is plain text.
    """

    markup: Literal["", "summary", "full"] = ""


class Revision(msgspec.Struct, frozen=True, kw_only=True):
    """A later state of a report: `number` counts from 1 (the first text); `seen_at` is aware, UTC."""

    report_id: str
    number: int
    title: str | None
    text: str
    seen_at: datetime
