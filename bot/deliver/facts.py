"""What a filter looks at: the facts of one report in its event, made once and asked by every filter."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import get_args

import msgspec

from bot.model.event import Event
from bot.model.report import Report
from bot.model.summary import Group, State, Summary
from bot.model.wording import speaker_words

STATES: tuple[str, ...] = get_args(State)
GROUPS: tuple[str, ...] = get_args(Group)
STATUSES = ("claimed", "denied", "acknowledged", "disputed")
_OTHER_WORDS = {
    "civilians": "civilian", "child": "children", "kids": "children", "soldiers": "military", "troops": "military",
    "medics": "medical", "journalists": "journalist", "aid_workers": "aid_worker", "aidworkers": "aid_worker",
    "militants": "militant", "fighters": "militant", "hostages": "hostage", "prisoners": "prisoner", "woman": "women",
    "man": "men",
}  # fmt: skip
_WORD = re.compile(r"\w+")


def group_named(word: str) -> str | None:
    """The group that a word means ("civilians" → "civilian"), or None."""
    return word if word in GROUPS else _OTHER_WORDS.get(word)


def words_in(text: str) -> list[str]:
    """The words of a text in lower case, in order."""
    return _WORD.findall(text.casefold())


class Facts(msgspec.Struct, frozen=True):
    """The facts of one report, all in lower case.

    Attributes:
        text, words, sorted_words: title and text, and the words that stand in them.
        named: the names of "actors", "speakers", "places" and "outlets", each with the words that it is made of.
        countries: codes of the actors and of the sides that victims belong to.
        numbers: the highest figure that one source gives, never a sum: by state ("killed"), by group ("children"), by
            both ("killed(children)"); and "origins" and "outlets" of the event.
        givers: who gives that figure, by the same names.
        events: the event's id and those of events merged into it.
    """

    text: str
    words: frozenset[str]
    sorted_words: tuple[str, ...]
    named: dict[str, dict[str, frozenset[str]]]
    countries: frozenset[str]
    statuses: frozenset[str]
    groups: frozenset[str]
    numbers: dict[str, int]
    givers: dict[str, str]
    feed: str
    kind: str
    events: frozenset[str]

    @classmethod
    def of(cls, report: Report, summary: Summary, event: Event | None, *, merged: Iterable[str] = ()) -> Facts:
        """The facts of a report in its event; `merged` are ids of events that have become part of it."""
        text = f"{report.title or ''}\n{report.text}".casefold()
        names = {actor.id: actor.name for actor in summary.actors}
        numbers, givers = _figures(report, summary)
        words = frozenset(_WORD.findall(text))
        numbers["origins"], numbers["outlets"] = (event.origins, event.outlets) if event else (1, 1)
        figures = summary.casualties
        countries = {actor.country for actor in summary.actors} | {figure.side for figure in figures}
        places = (summary.place, *(figure.place for figure in figures), *(event.places if event else ()))
        return cls(
            text=text,
            words=words,
            sorted_words=tuple(sorted(words)),
            named={
                "actors": _by_words(names.values()),
                "speakers": _by_words(names[claim.speaker] for claim in summary.claims if claim.speaker in names),
                "places": _by_words(place for place in places if place),
                "outlets": _by_words([report.outlet] if report.outlet else []),
            },
            countries=frozenset(country.casefold() for country in countries if country),
            statuses=_statuses(report, summary, event),
            groups=frozenset(group for figure in figures for group in figure.groups),
            numbers=numbers,
            givers=givers,
            feed=(report.feed_id or "").casefold(),
            kind=event.kind if event else "",
            events=frozenset(one.casefold() for one in (event.id, *merged)) if event else frozenset(),
        )


def _by_words(names: Iterable[str]) -> dict[str, frozenset[str]]:
    return {name.casefold(): frozenset(words_in(name)) for name in names}


def _statuses(report: Report, summary: Summary, event: Event | None) -> frozenset[str]:
    stances = {claim.stance for claim in summary.claims}
    statuses = {"claimed"} if summary.claims else set()
    statuses |= {"denied"} if "denies" in stances else set()
    statuses |= {"acknowledged"} if "acknowledges" in stances else set()
    own = f"{report.id}#"
    across = event is not None and any(d.one.startswith(own) or d.other.startswith(own) for d in event.disputes)
    if across or any(claim.disputes for claim in summary.claims):
        statuses.add("disputed")
    return frozenset(statuses)


def _figures(report: Report, summary: Summary) -> tuple[dict[str, int], dict[str, str]]:
    """The highest figure by state, group and both, and who gives it; what a source denies is nobody's figure."""
    claims = {claim.id: claim for claim in summary.claims}
    numbers: dict[str, int] = {}
    givers: dict[str, str] = {}
    for figure in summary.casualties:
        claim = claims.get(figure.according_to or "")
        if figure.scope != "event" or not figure.min or (claim is not None and claim.stance == "denies"):
            continue
        giver = (
            speaker_words(report.text, summary.actors, claim) if claim else f"{report.outlet or 'the report'} itself"
        )
        keys = (figure.state, *figure.groups, *(f"{figure.state}({group})" for group in figure.groups))
        for key in keys:
            if figure.min > numbers.get(key, 0):
                numbers[key], givers[key] = figure.min, giver
    return numbers, givers
