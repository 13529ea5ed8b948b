"""On which side speakers stand: those of one country, of one armed group, and bodies whose names share a name."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

import msgspec

from bot.events.origins import Told
from bot.model.report import Report
from bot.model.summary import Actor

_NAME = re.compile(r"\b[A-Z][\w’'-]*")
_TITLES = frozenset(
    "ministry minister ministries defence defense foreign affairs interior health armed forces army navy air "
    "force coast guard police spokesman spokeswoman spokesperson president presidency prime governor mayor "
    "office official officials adviser advisor chief head general colonel commander authorities government "
    "human rights ombudsman local regional emergency service services state the of for in and to region "
    "republic people united council security party movement front group members separatists ethnic "
    "residents sources witnesses fighters rebels northern southern eastern western north south east west "
    "troops soldiers military militia coalition royal brigade wing mission department committee agency staff "
    "operator owner company firm union leader director engineer spokespeople "
    "dr mr mrs ms captain major lieutenant a an it its he she they we our their his her on at by from".split()
)
_ROOT = 4
"""Letters by which a country's name and its adjective are taken for one: "Chin|a", "Chin|ese"."""
_BODIES = ("state", "government", "military")
_PERSONS = ("official", "other")
_APART = ("international_org", "ngo", "media")
"""Whoever stands on no side, whatever country the text names beside them."""
_ROLES = {
    "army": re.compile(
        r"\b(?:army|troops|soldiers|military|regime|junta|(?:war)?planes|jets|armed forces"
        r"|government (?:troops|forces))\b",
        re.IGNORECASE,
    ),
    "rebels": re.compile(
        r"\b(?:rebels?|guerrillas?|militants?|paramilitar(?:y|ies)|militia(?:men)?|insurgents?|separatists)\b",
        re.IGNORECASE,
    ),
    "police": re.compile(r"\b(?:police(?:men)?|officers)\b", re.IGNORECASE),
    "company": re.compile(r"\b(?:company|firm|operator|owners?)\b", re.IGNORECASE),
}
_SERVE = {"army": "military", "rebels": "armed_group"}
_MENTIONS = 8


class Camps(msgspec.Struct, frozen=True):
    """Which camp each speaker belongs to, and by which words a camp is named in a text.

    `by_root` has the first letters of names; `roles` say whose "the army" is, where but one camp has any.
    """

    speakers: dict[tuple[str, str], str]
    by_root: dict[str, tuple[str, ...]]
    roles: dict[str, str]

    def of_claim(self, report_id: str, speaker: str | None) -> str:
        """The camp of a report's actor; "" where there is none."""
        return self.speakers.get((report_id, speaker or ""), "")

    def named_in(self, words: str) -> tuple[tuple[int, str], ...]:
        """Where in the words which camps are named, in order."""
        found = [(start, camp) for start, root in _roots_in(words) for camp in self.by_root.get(root, ())]
        for role, camp in self.roles.items():
            found += [(start, camp) for start in _role_in(role, words)]
        return tuple(sorted(found))


@lru_cache(maxsize=4096)
def _roots_in(words: str) -> tuple[tuple[int, str], ...]:
    """Where which names stand in a claim's words, by their roots."""
    return tuple((match.start(), _root(match.group())) for match in _NAME.finditer(words))


@lru_cache(maxsize=4096)
def _role_in(role: str, words: str) -> tuple[int, ...]:
    """Where a claim's words name those who have a role."""
    return tuple(match.start() for match in _ROLES[role].finditer(words))


class _Named(msgspec.Struct, frozen=True):
    """An actor of one report, with the roots of its own names, and the words that the text names it with."""

    report: str
    actor: Actor
    own: frozenset[str]
    mentioned: frozenset[str]
    called: str


def camps_of(ordered: Sequence[Told]) -> Camps:
    """The camps of an event's actors."""
    every = [_named(report, actor) for report, summary in ordered for actor in summary.actors]
    countries = _countries(every)
    roots: dict[str, set[str]] = defaultdict(set)
    for one in every:
        country = countries[one.report, one.actor.id]
        if country and one.actor.type in _BODIES:
            roots[country] |= one.own | one.mentioned
    groups = _groups(every, roots)
    for camp, known in groups.items():
        roots[camp] |= known
    fighters = {one.actor.name for one in every if one.actor.type == "armed_group"}
    speakers = {
        (one.report, one.actor.id): camp
        for one in every
        if (camp := _camp(one, countries[one.report, one.actor.id], groups, fighters, roots))
    }
    roles = _roles(every, speakers)
    for one in every:
        # "The army", of no country that the report names: whose it is where there is but one.
        if one.actor.type in _BODIES and not one.own and speakers.get((one.report, one.actor.id)) == one.actor.name:
            role = next((role for role in roles if _ROLES[role].search(one.actor.name)), "")
            speakers[one.report, one.actor.id] = roles.get(role, one.actor.name)
        elif one.actor.type == "official" and (role := _speaks_for(one, roles)) and not _known(one, roots):
            speakers[one.report, one.actor.id] = roles[role]
    held = {camp: frozenset(found) for camp, found in roots.items() if found}
    by_root: dict[str, tuple[str, ...]] = {}
    for camp, apart in _told_apart(held, groups).items():
        for root in sorted(apart):
            by_root[root] = (*by_root.get(root, ()), camp)
    return Camps(speakers, by_root, roles)


def _speaks_for(one: _Named, roles: dict[str, str]) -> str:
    """The role that a person is introduced with ("a military spokesman"), where but one camp has it; else ""."""
    return next((role for role in roles if _ROLES[role].search(f"{one.actor.name} {one.called}")), "")


def _known(one: _Named, roots: dict[str, set[str]]) -> bool:
    """Whether the text names a camp beside a person, by which it is told where he stands."""
    return any(known & one.mentioned for known in roots.values())


def _named(report: Report, actor: Actor) -> _Named:
    words = " ".join(report.text[start:end] for start, end in actor.mentions[:_MENTIONS])
    return _Named(report.id, actor, frozenset(_own(actor.name)), frozenset(_own_roots(words)), words)


def _countries(every: Sequence[_Named]) -> dict[tuple[str, str], str]:
    """The country of each actor: what most reports say of who has that name; persons go by their surnames."""
    by_name: dict[str, Counter[str]] = defaultdict(Counter)
    for one in every:
        if one.actor.country:
            for key in _keys(one.actor):
                # Who is named in full was introduced there, with the office and the country.
                by_name[key][one.actor.country] += len(_NAME.findall(one.actor.name))
    found = {}
    for one in every:
        counts = next((by_name[key] for key in _keys(one.actor) if by_name.get(key)), None)
        if one.actor.type not in _APART and counts:
            found[one.report, one.actor.id] = max(counts, key=lambda country: counts[country])
        else:
            found[one.report, one.actor.id] = ""
    return found


def _keys(actor: Actor) -> Iterator[str]:
    """What an actor is known by in other reports: a person by the surname, everybody else by the whole name."""
    names = _NAME.findall(actor.name)
    person = actor.type in _PERSONS and names and not {name.casefold() for name in names} & _TITLES
    yield names[-1].casefold() if person else actor.name.casefold()


def _groups(every: Sequence[_Named], countries: dict[str, set[str]]) -> dict[str, set[str]]:
    """The camps that are no country's, by the name that comes first, with their roots.

    Armed groups go by any name that they share; companies, unions and persons by all that one of their names holds.
    """
    taken = {root for known in countries.values() for root in known}
    groups: dict[str, set[str]] = {}
    for kind in ("armed_group", "other"):
        for one in every:
            own = one.own - taken
            if one.actor.type != kind or not own:
                continue
            alike = (
                name
                for name, known in groups.items()
                if (known & own if kind == "armed_group" else known <= own or own <= known)
            )
            groups.setdefault(next(alike, one.actor.name), set()).update(own)
    return groups


def _camp(
    one: _Named, country: str, groups: dict[str, set[str]], fighters: set[str], roots: dict[str, set[str]]
) -> str:
    """An actor's camp: the group it is named with, else its country, else the country it is named with, else itself.

    Companies, unions and witnesses stand for themselves, whatever country they are in.
    """
    if one.actor.type == "media":
        return ""
    if one.actor.type in _APART:
        return one.actor.name
    names = one.own if one.actor.type in _BODIES else one.own | one.mentioned
    beside = one.mentioned - one.own if one.actor.type in _PERSONS else frozenset()
    armed = next((camp for camp in groups if camp in fighters and groups[camp] & names), "")
    group = armed or next((camp for camp in groups if groups[camp] & beside), "")
    if one.actor.type == "other":
        return group or next((camp for camp in groups if groups[camp] & one.own), one.actor.name)
    if group:
        return group
    nation = next((camp for camp in sorted(roots) if camp not in groups and roots[camp] & names), "")
    return country or nation or one.actor.name


def _told_apart(roots: dict[str, frozenset[str]], groups: Iterable[str]) -> dict[str, frozenset[str]]:
    """The roots without those by which two camps would be named at once; a group's name is the group's."""
    held = Counter(root for known in roots.values() for root in known)
    mine = {root for camp in groups for root in roots[camp]}
    return {
        camp: frozenset(root for root in known if held[root] == 1 or (camp in groups and root in mine))
        for camp, known in roots.items()
    }


def _roles(every: Sequence[_Named], speakers: dict[tuple[str, str], str]) -> dict[str, str]:
    """Whose "the army", "the police" or "the company" are, where but one camp of the event has any."""
    found = {}
    for role, words in _ROLES.items():
        camps = {
            camp
            for one in every
            if one.actor.type not in _APART
            and (one.actor.type == _SERVE[role] if role in _SERVE else words.search(f"{one.actor.name} {one.called}"))
            and (camp := speakers.get((one.report, one.actor.id), ""))
            # An army of no country that the report names may be that of a camp which another names.
            and (camp != one.actor.name or one.own)
        }
        # In a war between states "the army" may be anybody's.
        if len(camps) == 1:
            found[role] = camps.pop()
    return found


def _own(name: str) -> set[str]:
    """The roots of what is a name in an actor's name, and its initials where it has three or more words."""
    words = _NAME.findall(name)
    initials = "".join(word[0] for word in words)
    return _own_roots(name) | ({_root(initials)} if len(initials) > 2 else set())


def _own_roots(words: str) -> set[str]:
    return {_root(word) for word in _NAME.findall(words) if word.casefold() not in _TITLES}


def _root(word: str) -> str:
    return word.casefold().removesuffix("'s").removesuffix("’s")[:_ROOT]
