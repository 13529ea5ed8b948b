"""Reports and summaries as lines of JSON: the extraction contract's two streams."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

import msgspec

from bot.model.errors import InputError
from bot.model.report import Report
from bot.model.summary import Summary


class ReportLine(msgspec.Struct, frozen=True):
    """One input line; further keys are ignored. `published_at` without a zone is UTC."""

    id: str
    text: str
    title: str | None = None
    outlet: str | None = None
    url: str | None = None
    published_at: str | None = None
    lang: str | None = None


_decoder = msgspec.json.Decoder(ReportLine)
_encoder = msgspec.json.Encoder()


def read_reports(lines: Iterable[bytes]) -> Iterator[Report | InputError]:
    """A report for each good line, an error naming the line for each bad one; blank lines are passed over."""
    for number, line in enumerate(lines, 1):
        if line.strip():
            yield _read(line, number)


def _read(line: bytes, number: int) -> Report | InputError:
    def wrong(what: str) -> InputError:
        return InputError(what, subject=f"line {number}", hint="see the extraction contract: sitrep schema")

    try:
        given = _decoder.decode(line)
    except msgspec.ValidationError as error:
        return wrong(str(error))
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        return wrong(f"not JSON: {error}")
    except RecursionError:
        return wrong("not read: too deeply nested")
    if not given.id:
        return wrong("`id` is empty")
    try:
        published = _moment(given.published_at)
    except (ValueError, OverflowError):
        return wrong("`published_at` is no ISO-8601 time of the years 1 to 9999")
    return Report(
        id=given.id,
        text=given.text,
        title=given.title,
        outlet=given.outlet,
        url=given.url,
        published_at=published,
        lang=given.lang,
    )


def _moment(written: str | None) -> datetime | None:
    if not written:
        return None
    read = datetime.fromisoformat(written)
    return (read if read.tzinfo else read.replace(tzinfo=UTC)).astimezone(UTC)


def summary_line(summary: Summary) -> bytes:
    """The summary as one line of JSON with its line feed; keys in the contract's order, `null` where there is nothing."""
    return _encoder.encode(_in_order(summary)) + b"\n"


def _in_order(summary: Summary) -> dict[str, Any]:
    return {
        "id": summary.id,
        "headline": summary.headline,
        "actors": summary.actors,
        "claims": [_ordered(claim, _CLAIM) for claim in summary.claims],
        "casualties": [_ordered(figure, _FIGURE) for figure in summary.casualties],
        "place": summary.place,
        "places": summary.places,
        "notice": summary.notice,
    }


_CLAIM = ("id", "speaker", "source", "cue", "content", "stance", "disputes", "sentence")
_FIGURE = (
    "id", "state", "min", "max", "qualifier", "number", "victims", "groups", "side", "subset_of", "scope", "place",
    "according_to", "sentence", "victim_strings",
)  # fmt: skip


def _ordered(value: msgspec.Struct, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: getattr(value, name) for name in names}
