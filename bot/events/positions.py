"""What a claim says of who did what: the acts that it tells of, at whose door it lays them, or that it denies them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

import msgspec

from bot.events.camps import Camps
from bot.events.origins import Told
from bot.events.traits import stems, telling
from bot.model.acts import DEEDS, Act, acts_in, first_act, is_bare_denial
from bot.model.summary import Actor, CasualtyFigure, Claim, Summary
from bot.model.word_kinds import WordKinds

_TELLING = 3.0
NO_ACCOUNT = ("demands", "supports", "acknowledges", "warns")
"""Stances of claims that tell nothing which could be denied."""
_NAMED = re.compile(r"\b(?!No\b|Not\b|None\b|Nobody\b|The\b)[A-Z]\w")
_SIGNS = WordKinds(
    (
        ("negated", r"(?:not|never|no|none|nobody|nothing|neither|nor)\b|[\w]*n['’]t\b|only\b.{0,40}\bmilitary\b"),
        ("ourselves", r"(?:we|our|us|ours)\b"),
        ("their_own", r"(?:its|it|their|they|he|she|his|her)\b"),
        (
            "dismissed",
            r"(?:hype|fabricat\w+|lies?|false\w*|fake|absurd|nonsense|fairy tales?|slander|baseless|propaganda"
            r"|invention|upside down|ridiculous|untrue|unfounded|groundless)\b",
        ),
    )
)
_WRONGS: frozenset[Act] = frozenset({"harm", "civilians", "provocation", "abuse"})
"""What nobody says that his own side did, without confirming it."""
_WATCHES = re.compile(r"\b(?:rights|observatory|monitors?|monitoring|red cross|red crescent)\b", re.IGNORECASE)
_REVILED = re.compile(r"\b(?:junta|regime|occupiers?|occupation|invaders?|aggressors?|putschists)\b", re.IGNORECASE)
_PASSIVE = re.compile(r"\b(?:was|were|been|being|be|is|are)\s+(?:\w+ly\s+)?$", re.IGNORECASE)
_HURT = re.compile(
    r"\b(?:kill|wound|injur|maim)(?:ed|ing|s|es)\b(?=\s+(?:at least|more than|about|around|the|an?|his|her|our|their"
    r"|\d|\w+teen|two|three|four|five|six|seven|eight|nine|ten|dozens|several|women|children|men|people|civilians"
    r"|hundreds)\b)",
    re.IGNORECASE,
)
"""Where somebody kills or wounds others, who stand after it."""
_CARRIED_OUT = re.compile(
    r"^\W*\w+(?:\W+\w+){0,6}?\W+(?:carried out|conducted|launched|committed|perpetrated|ordered|dropped)\b",
    re.IGNORECASE,
)
_BESIDE = re.compile(r"[\w'’-]+(?:\s+\w+){0,3}?(?:,|\s+and)\s+(?:the\s+)?(?:\w+\s+)?")
"""What stands between two that are named side by side."""
_CLAUSE = re.compile(r"\b(?:when|after|as|while|that|because|since|where)\b", re.IGNORECASE)
_AGENT = re.compile(r"\bby\b(?:\W+\w+){0,5}?\W+$", re.IGNORECASE)
_PLACED = re.compile(r"\b(?:on|in|near|at|inside|over|across|off)\s+(?:the\s+|a\s+)?$", re.IGNORECASE)
_ORIGIN = re.compile(r"\bfrom\b(?:\W+\w+){0,3}?\W+$", re.IGNORECASE)


class Position(msgspec.Struct, gc=False, frozen=True):
    """A claim of one of the reports, with what comparing looks at.

    Attributes:
        ref: `report#claim`.
        camp: who says it; "" where nobody on a side does.
        handed_on: an outlet tells it as another's words.
        denies: it says that something was not so: of the speaker's own side, unless it says whose.
        doers: the camps at whose door it lays its acts; empty where it names nobody.
        suffered: it tells what was done to the speaker's own side, without saying by whom.
        bare: its words point at what they answer more than they tell it ("the charge").
        words: its telling words.
        figures: the casualty figures that it carries; `victims` the stems by which each names its people.
        others: whether it names anybody at all, of a camp or not.
        tells: it gives an account of the event, which could be denied.
    """

    ref: str
    report: str
    claim: Claim
    camp: str
    handed_on: bool
    denies: bool
    doers: frozenset[str]
    named: frozenset[str]
    suffered: bool
    bare: bool
    words: frozenset[str]
    acts: frozenset[Act]
    figures: tuple[CasualtyFigure, ...]
    victims: dict[str, frozenset[str]]
    others: bool
    tells: bool


def positions_in(told: Told, camps: Camps) -> list[Position]:
    """The positions of those of a report's claims that somebody makes, in its order."""
    report, summary = told
    types = {actor.id: actor.type for actor in summary.actors}
    found = [
        _position(report.id, report.text, summary, claim, _inner(summary, claim, types), camps)
        for claim in summary.claims
        if claim.speaker
    ]
    return _apart_from_their_own(told, camps, found)


def _apart_from_their_own(told: Told, camps: Camps, found: list[Position]) -> list[Position]:
    """The positions, where nobody stands on the side at whose door he lays harm to people, or the beginning of it.

    The country of a person is often but the report's; who tells of "Malian jets" that bombed people is none of them,
    unless name or office say so.
    """
    report, summary = told
    speaks_for = {
        actor.id: {camp for _, camp in camps.named_in(_called(report.text, actor))} if _may_speak_for(actor) else set()
        for actor in summary.actors
    }
    apart = {
        one.claim.speaker
        for one in found
        if one.camp
        and one.doers == {one.camp}
        and not one.handed_on
        and one.claim.stance in ("asserts", "accuses")
        and one.acts & _WRONGS
        and (one.camp not in speaks_for.get(one.claim.speaker or "", set()) or _reviles(report.text, one.claim))
    }
    return [
        msgspec.structs.replace(one, camp=f"{report.id}#{one.claim.speaker}") if one.claim.speaker in apart else one
        for one in found
    ]


def _reviles(text: str, claim: Claim) -> bool:
    """Whether a claim calls those who did it what nobody calls his own ("the junta")."""
    return any(_REVILED.search(text, start, end) for start, end in claim.content)


def _called(text: str, actor: Actor) -> str:
    return " . ".join((actor.name, *(text[start:end] for start, end in actor.mentions)))


def _may_speak_for(actor: Actor) -> bool:
    """Whether an actor that a country's name is part of speaks for the country: those who watch it do not."""
    return _WATCHES.search(actor.name) is None


def _position(report_id: str, text: str, summary: Summary, claim: Claim, told: Claim, camps: Camps) -> Position:
    camp = camps.of_claim(report_id, told.speaker)
    words = " ".join(text[start:end] for start, end in claim.content)
    acts, marks = acts_in(words), _marks(words)
    named = camps.named_in(words)
    denies = _says_no(told, words, camp, named)
    carriers = {claim.id, told.id}
    figures = [figure for figure in summary.casualties if figure.according_to in carriers]
    accused = {other for _, other in named} if claim.stance == "accuses" else set()
    doers = frozenset() if denies else _doers(claim, words, camp, named)
    if camp and accused == {camp}:
        # Who accuses a side does not stand on it, whatever country the report seems to give them.
        camp, doers = f"{report_id}#{told.speaker}", frozenset({camp})
    if doers and "harm" in acts and not acts & DEEDS:
        acts |= {"attack"}  # somebody killed them
    return Position(
        ref=f"{report_id}#{claim.id}",
        report=report_id,
        claim=claim,
        camp=camp,
        handed_on=told is not claim,
        denies=denies,
        doers=doers,
        named=frozenset(other for _, other in named),
        suffered=not denies and not doers and marks.ourselves,
        bare=not acts & DEEDS and marks.bare,
        words=_telling(words),
        acts=acts,
        figures=tuple(figures),
        victims={figure.id: frozenset(stems(text[slice(*figure.victims)])) for figure in figures},
        others=marks.names,
        tells=not denies and claim.stance not in NO_ACCOUNT and not _elsewhere(figures),
    )


def _elsewhere(figures: Sequence[CasualtyFigure]) -> bool:
    """Whether a claim's figures are all of other times and places."""
    return bool(figures) and all(figure.scope != "event" for figure in figures)


@lru_cache(maxsize=4096)
def _telling(words: str) -> frozenset[str]:
    return frozenset(stem for stem in stems(words) if telling(stem) > _TELLING)


def _inner(summary: Summary, claim: Claim, types: Mapping[str, str]) -> Claim:
    """The claim; for what an outlet hands on, the one within it of whoever says the same words."""
    if types.get(claim.speaker or "") != "media":
        return claim
    within = (
        other
        for other in summary.claims
        if types.get(other.speaker or "media") != "media"
        and any(a < end and start < b for a, b in other.content for start, end in claim.content)
    )
    return next(within, claim)


class _Marks(msgspec.Struct, gc=False, frozen=True):
    """What the words of a claim show by themselves, whoever says them."""

    dismisses: bool
    ourselves: bool
    their_own: bool
    negated: bool
    bare: bool
    names: bool


@lru_cache(maxsize=4096)
def _marks(words: str) -> _Marks:
    """Looked for once: an event's claims are compared anew with each report that comes."""
    signs = _SIGNS.among(words)
    dismisses = "dismissed" in signs
    return _Marks(
        dismisses=dismisses,
        ourselves="ourselves" in signs,
        their_own="their_own" in signs,
        negated="negated" in signs,
        bare=dismisses or is_bare_denial(words),
        names=_NAMED.search(words) is not None,
    )


def _says_no(claim: Claim, words: str, camp: str, named: Sequence[tuple[int, str]]) -> bool:
    """Whether a claim denies: by its stance, or since it says of the speaker's own side that something was not so."""
    if claim.stance == "denies":
        return True
    if claim.stance != "asserts":
        return False
    marks = _marks(words)
    own = marks.ourselves or any(other == camp for _, other in named)
    if not own and not any(other != camp for _, other in named):
        own = marks.their_own
    return marks.dismisses or (own and marks.negated)


def _doers(claim: Claim, words: str, camp: str, named: Sequence[tuple[int, str]]) -> frozenset[str]:
    """At whose door a claim lays what it tells."""
    if claim.stance == "accuses":
        return frozenset(other for _, other in named if other != camp)
    act = first_act(words)
    if act is None and (hurt := _HURT.search(words)):
        act = hurt.start()
    for start, other in named:
        by = (_AGENT.search(words[:start]) and not _PLACED.search(words[:start])) or (
            start > (act or 0) and _ORIGIN.search(words[:start])
        )
        if by or (act is not None and start > act and _CARRIED_OUT.search(words[start:])):
            return frozenset({other})
    if act is None or not named:
        return frozenset()
    # "… were hurt when a Chinese ship rammed theirs": the doer stands in the act's own clause.
    clause = max((match.end() for match in _CLAUSE.finditer(words[:act])), default=0)
    start, first = next((one for one in named if clause <= one[0] <= act), named[0])
    if start > act or _PASSIVE.search(words[:act]):
        return frozenset()
    # "M23 and Rwanda's army bombed …": both did it.
    beside = {other for at, other in named if start < at <= act and _BESIDE.fullmatch(words[start:at])}
    return frozenset({first, *beside})
