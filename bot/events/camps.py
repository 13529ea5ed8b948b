"""On which side speakers stand: those of one country, and bodies whose names share a name."""

from __future__ import annotations

import re
from collections.abc import Sequence

import msgspec

from bot.events.origins import Told

_NAME = re.compile(r"\b[A-Z][\w’'-]*")
_TITLES = frozenset(
    "ministry minister ministries defence defense foreign affairs interior health armed forces army navy air "
    "force coast guard police spokesman spokeswoman spokesperson president presidency prime governor mayor "
    "office official officials adviser advisor chief head general colonel commander authorities government "
    "human rights ombudsman local regional emergency service services state the of for in and to region "
    "republic people united national council security party movement front group members separatists ethnic "
    "residents sources witnesses fighters rebels northern southern eastern western north south east west".split()
)
_ROOT = 4
"""Letters by which a country's name and its adjective are taken for one: "Chin|a", "Chin|ese"."""


class Camps(msgspec.Struct, frozen=True):
    """Which camp each speaker belongs to, and by which roots of names a camp is named in a text."""

    speakers: dict[tuple[str, str], str]
    roots: dict[str, frozenset[str]]

    def of_claim(self, report_id: str, speaker: str | None) -> str:
        """The camp of a report's actor; "" where there is none."""
        return self.speakers.get((report_id, speaker or ""), "")

    def named_in(self, words: str) -> frozenset[str]:
        """The camps that the words name."""
        roots = {_root(name) for name in _NAME.findall(words)}
        return frozenset(camp for camp, known in self.roots.items() if roots & known)


def camps_of(ordered: Sequence[Told]) -> Camps:
    """The camps of an event's actors."""
    roots: dict[str, set[str]] = {}
    speakers: dict[tuple[str, str], str] = {}
    for report, summary in ordered:
        for actor in summary.actors:
            if actor.country and actor.type != "media":
                speakers[report.id, actor.id] = actor.country
                if actor.type != "official" or len(_own(actor.name)) == 1:
                    roots.setdefault(actor.country, set()).update(_own(actor.name))
    for report, summary in ordered:
        for actor in summary.actors:
            if not actor.country and actor.type != "media":
                own = _own(actor.name)
                camp = next((c for c in sorted(roots) if not _is_country(c) and roots[c] & own), actor.name)
                speakers[report.id, actor.id] = camp
                roots.setdefault(camp, set()).update(own)
    return Camps(speakers, {camp: frozenset(known) for camp, known in roots.items()})


def _is_country(camp: str) -> bool:
    return len(camp) == 2 and camp.isupper()  # ISO 3166-1 alpha-2


def _own(name: str) -> set[str]:
    """The roots of what is a name in an actor's name, and its initials where it has three or more words."""
    words = _NAME.findall(name)
    own = {_root(word) for word in words if word.casefold() not in _TITLES}
    initials = "".join(word[0] for word in words)
    return own | ({_root(initials)} if len(initials) > 2 else set())


def _root(word: str) -> str:
    return word.casefold()[:_ROOT]
