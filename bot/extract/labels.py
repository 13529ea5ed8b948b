"""Attributions of lists and live reports that no verb marks: "… (source: Red Cross)", "Manila: seven are hurt"."""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from bot.extract.attribution import Attribution, begins_at
from bot.extract.gazetteer import Gazetteer
from bot.extract.naming import identify
from bot.model.report import Span

_LINE = re.compile(r"[^\n]+")
_SOURCED = re.compile(
    r"^(?P<lead>\W{0,12}(?:\d{1,2}[:.]\d{2}\W+)?)(?P<what>.{12,}?)\s*\((?P<cue>[Ss]ources?:|[Vv]ia|[Pp]er)\s+(?P<who>[^()]{2,60})\)\W*$"
)
_LABELLED = re.compile(
    r"^\s*(?:[•▪*–—-]\s*(?:\d{1,2}[:.]\d{2}\W+)?|\d{1,2}[:.]\d{2}\W+)(?P<who>[A-Z][\w .’'-]{1,60}?)(?P<cue>:)\s+(?P<what>\S.{11,})$"
)
_SPEAKS = frozenset({"official", "military", "government", "international_org", "ngo", "armed_group"})
_LONGEST_LINE = 2000
"""Characters; what is longer is no line of a list or a live report."""
_SURE = 0.9


def with_labels(text: str, found: tuple[Attribution, ...], names: Gazetteer) -> tuple[Attribution, ...]:
    """The attributions with those of lists and live reports, in the order in which they begin."""
    more = list(_labelled(text, found, names))
    if not more:
        return found
    order = sorted((*found, *more), key=begins_at)
    place = {id(one): number for number, one in enumerate(order)}
    return tuple(
        one if one.nested_in is None else msgspec.structs.replace(one, nested_in=place[id(found[one.nested_in])])
        for one in order
    )


def _labelled(text: str, found: tuple[Attribution, ...], names: Gazetteer) -> Iterator[Attribution]:
    """What lines without an attribution of their own name as their source; who stands before a colon must be a known name, after a bullet or a time: "SUDAN: …" is a heading."""
    told = sorted(one.sentence for one in found)
    for line in _LINE.finditer(text):
        start, end = line.span()
        if end - start > _LONGEST_LINE or any(begin < end and start < stop for begin, stop in told):
            continue
        match = _SOURCED.match(line.group()) or _LABELLED.match(line.group())
        if match is None or (match["cue"] == ":" and not _is_known(match["who"], names)):
            continue

        def at(group: str, match: re.Match[str] = match, start: int = start) -> tuple[Span, ...]:
            return ((start + match.start(group), start + match.end(group)),)

        yield Attribution(source=at("who"), cue=at("cue"), content=at("what"), sentence=(start, end), confidence=_SURE)


def _is_known(who: str, names: Gazetteer) -> bool:
    """Whether the words before a colon are a person in office, a body, or just a state's or capital's name."""
    if identify(who, names).type in _SPEAKS:
        return True
    return any(hit.span == (0, len(who)) and hit.sense != "demonym" and not hit.weak for hit in names.hits(who))
