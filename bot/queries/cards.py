"""From the model to cards: neutral voice, every line with its attribution and the place in the text that bears it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType

import msgspec

from bot.events.changes import figure as figure_words
from bot.model.card import (
    MAX_CASUALTY_LINES,
    MAX_CLAIMS,
    MAX_VISIBLE_CHARACTERS,
    Action,
    Card,
    CardStatus,
    Line,
    Section,
    SourceLink,
)
from bot.model.event import Event, TollEntry
from bot.model.legible import one_line, shortened
from bot.model.report import Report
from bot.model.subscription import Preset
from bot.model.summary import Actor, CasualtyFigure, Claim, Summary
from bot.model.wording import speaker_words, stance_words, told_words

_SHORT = {"Ministry of Defence of": "MoD", "Ministry of Foreign Affairs of": "MFA", "Armed Forces of": "armed forces"}
_CLAIM_LENGTH = 170
_SIDES = 6
_MOST_VOICES = 3
GROUP_WORDS = {
    "civilian": "civilians", "military": "members of the military", "police": "police officers",
    "children": "children", "women": "women", "men": "men",
    "elderly": "elderly people", "medical": "medical staff", "journalist": "journalists", "aid_worker": "aid workers",
    "militant": "fighters", "hostage": "hostages", "prisoner": "prisoners",
}  # fmt: skip
_SINGULAR = {
    "civilian": "civilian", "military": "member of the military", "police": "police officer", "children": "child",
    "women": "woman", "men": "man", "elderly": "elderly person", "medical": "member of the medical staff",
    "journalist": "journalist", "aid_worker": "aid worker", "militant": "fighter", "hostage": "hostage",
    "prisoner": "prisoner",
}  # fmt: skip
STATE_WORDS = {
    "killed": "killed", "injured": "injured", "missing": "missing", "captured": "captured or abducted",
    "displaced": "displaced",
    "unspecified": "killed or injured, not separated",
}  # fmt: skip
_POINTING = re.compile(
    r"(?:it|this|that|them|both|(?:(?P<any>an?)|the|this|that|these|those|such|all)\s+(?:[\w-]+\s+)?"
    r"(?:claims?|accusations?|allegations?|charges?|reports?|accounts?|assertions?|suggestions?|versions?|figures?|tolls?))",
    re.IGNORECASE,
)
"""What a denial denies, where its words only point at it."""
Told = tuple[Report, Summary]


def short_name(name: str) -> str:
    """ "Ministry of Defence of Azerbaijan" as "Azerbaijan MoD"."""
    for long, short in _SHORT.items():
        if name.startswith(long):
            return f"{name.removeprefix(long).strip().removeprefix('the ')} {short}"
    return name


def speaker_of(report: Report, summary: Summary, claim: Claim) -> str:
    """Who says it, in short; "unnamed source" where the text names nobody."""
    return short_name(speaker_words(report.text, summary.actors, claim))


def said(report: Report, summary: Summary, claim: Claim, length: int = _CLAIM_LENGTH) -> str:
    """Who says it, with which stance, and what: a denial is never told without the word that makes it one."""
    words = shortened(told_words(report.text, claim), length)
    points = _POINTING.fullmatch(words) if claim.stance == "denies" else None
    words, colon = ("it" if points and points["any"] else words), ("" if points else ":")
    speaker = speaker_of(report, summary, claim)
    return f"{speaker}{stance_words(report.text, claim, speaker)}{colon} {words}"


def claim_line(report: Report, summary: Summary, claim: Claim) -> Line:
    """One claim: speaker, stance, words; and beside it who disputes it."""
    return Line(
        text=said(report, summary, claim),
        note=_disputed(report, summary, claim),
        refs=(f"{report.id}#{claim.id}",),
    )


def _disputed(report: Report, summary: Summary, claim: Claim) -> str:
    by_id = {other.id: other for other in summary.claims}
    return against(claim, [(report, summary, by_id[other]) for other in claim.disputes if other in by_id])


def against(claim: Claim, others: Sequence[tuple[Report, Summary, Claim]]) -> str:
    """ "⟂ denied by …", "⟂ contradicts …": what stands against a claim; "" where nothing does.

    Only who denies is told to; an accusation has not disputed the denial that answers it, nor one account another.
    """
    deniers = [one for one in others if one[2].stance == "denies"] if claim.stance != "denies" else []
    voices = list(dict.fromkeys(speaker_of(*one) for one in deniers or others))
    more = f" and {len(voices) - _MOST_VOICES} more" if len(voices) > _MOST_VOICES else ""
    relation = "denied by" if deniers else "contradicts"
    return f"⟂ {relation} {', '.join(voices[:_MOST_VOICES])}{more}" if voices else ""


def victims_words(report: Report, figure: CasualtyFigure) -> str:
    """The people of a figure with the number as the source gave it: "at least 25 people", "2 Azerbaijani soldiers"."""
    phrase = one_line(report.text[slice(*figure.victims)])
    if figure.number is not None and figure.qualifier in ("at_least", "at_most", "about"):
        lead = {"at_least": "at least ", "at_most": "up to ", "about": "about "}[figure.qualifier]
        given = report.text[slice(*figure.number)]
        # "more than 20" is at least 21: the source's own figure stands, with the words that make it so.
        more = (
            figure.qualifier == "at_least"
            and given.replace(",", "").isdigit()
            and figure.min == int(given.replace(",", "")) + 1
        )
        return ("more than " if more else lead) + phrase
    if figure.qualifier == "range" and figure.min is not None:
        return f"between {phrase}" if " and " in phrase else phrase
    return phrase


def figure_line(report: Report, summary: Summary, figure: CasualtyFigure, *, level: int = 0) -> Line:
    """One casualty figure with its state and who gives it."""
    claim = next((claim for claim in summary.claims if claim.id == figure.according_to), None)
    who = f"{report.outlet or 'the report'}'s own account"
    if claim is not None:
        denied = claim.stance == "denies" and figure.max != 0
        who = f"{'denied by' if denied else 'according to'} {speaker_of(report, summary, claim)}"
    words = victims_words(report, figure)
    lead = "incl. " if level else ""
    said = _state_words(words, figure)
    if figure.max == 0 and words.casefold() in ("nobody", "no one", "none", "no casualties"):
        words = ""
    state = f"{' — ' * bool(words)}{said}" if said and not level else ""
    scope = {"cumulative": " · running total", "historical": " · earlier event"}.get(figure.scope, "")
    return Line(text=f"{lead}{words}{state}{scope}", note=who, level=level, refs=(f"{report.id}#{figure.id}",))


def _state_words(words: str, figure: CasualtyFigure) -> str:
    if figure.min == figure.max == 0:
        return {"unspecified": "no casualties reported", "killed": "nobody killed", "injured": "nobody hurt"}.get(
            figure.state, f"none {STATE_WORDS[figure.state]}"
        )
    if figure.state != "unspecified" and figure.state in words.lower():
        return ""
    return STATE_WORDS[figure.state]


def casualty_lines(report: Report, summary: Summary) -> list[Line]:
    """The event's figures, subsets under their whole; figures of earlier events are left to the evidence."""
    lines = []
    shown = [figure for figure in summary.casualties if figure.scope != "historical"]
    for figure in shown:
        if figure.subset_of is None:
            lines.append(figure_line(report, summary, figure))
            lines += [figure_line(report, summary, part, level=1) for part in shown if part.subset_of == figure.id]
    return lines


def actor_line(actors: Sequence[Actor]) -> str:
    """The actors by name, speakers first."""
    ranked = sorted(actors, key=lambda actor: "speaker" not in actor.roles)
    return " · ".join(short_name(actor.name) for actor in ranked)


def status_of(summary: Summary, *, revised: bool = False) -> CardStatus:
    """What the card's accent says; its words say it too."""
    if revised:
        return "corrected"
    if any(claim.disputes for claim in summary.claims):
        return "disputed"
    return "denied" if any(claim.stance == "denies" for claim in summary.claims) else "neutral"


def report_card(
    report: Report, summary: Summary, *, preset: Preset = "standard", event: Event | None = None, revised: bool = False
) -> Card:
    """The card of a report, as it is posted; at most `MAX_VISIBLE_CHARACTERS` shown, the rest in `overflow`."""
    claims = sorted(summary.claims, key=lambda claim: (not claim.disputes, claim.speaker is None))
    ordered = [
        claim
        for claim in summary.claims
        if claim in claims[: {"brief": 3, "standard": MAX_CLAIMS, "full": MAX_CLAIMS}[preset]]
    ]
    rest = [claim for claim in summary.claims if claim not in ordered]
    figures = casualty_lines(report, summary)
    most = {"brief": 2, "standard": MAX_CASUALTY_LINES, "full": MAX_CASUALTY_LINES}[preset]
    sections = []
    if summary.actors and preset != "brief":
        shown = summary.actors if preset == "full" else summary.actors[:_SIDES]
        sections.append(
            Section(
                heading="Actors",
                lines=(Line(text=actor_line(shown), refs=tuple(f"{report.id}#{a.id}" for a in shown)),),
                left_out=len(summary.actors) - len(shown),
                command=f"report {report.id} detail:full",
            )
        )
    if ordered:
        sections.append(Section(heading="Claims", lines=tuple(claim_line(report, summary, claim) for claim in ordered)))
    if figures:
        sections.append(Section(heading="Casualties", lines=tuple(figures[:most])))
    target = event.id if event else report.id
    # Whoever asks for all of a report gets all of it; under a posted card buttons tell the rest.
    told_by = behind_buttons(target) if preset != "full" else {}
    further = {
        "Further claims": tuple(claim_line(report, summary, claim) for claim in rest),
        "Further casualties": tuple(figures[most:]),
    }
    overflow = [
        Section(heading=name, lines=lines, told_by=told_by.get(name, "")) for name, lines in further.items() if lines
    ]
    counts = (
        f"{event.outlets} outlet{'s' * (event.outlets != 1)}, {event.origins} origin{'s' * (event.origins != 1)}"
        if event
        else report.outlet or ""
    )
    lead = notice_of(summary)
    card = Card(
        kind="report",
        title=summary.headline or shortened(one_line(report.title or report.id), 150),
        tag=event.id if event else "",
        subtitle=("corrected · " if revised else "") + counts,
        as_of=report.fetched_at or report.published_at,
        status=status_of(summary, revised=revised),
        lead=lead,
        sections=tuple(sections),
        overflow=tuple(overflow),
        sources=(source_link(report),),
        actions=report_actions(report, event),
    )
    return fitted(card, told_by)


def notice_of(summary: Summary) -> str:
    """Why a summary holds less than its text, in a sentence; "" where it does not."""
    notice = summary.notice or ""
    if notice.startswith("language:"):
        return f"This report is not in English ({notice.removeprefix('language:')}): nothing was extracted."
    return {
        "failed": "This report could not be read in time: nothing was extracted.",
        "cut": "Only the beginning of this long report was read.",
    }.get(notice, "")


def report_actions(report: Report, event: Event | None) -> tuple[Action, ...]:
    """The buttons under a card."""
    target = event.id if event else report.id
    actions = [
        Action(label="Evidence", command=f"evidence {report.id}"),
        Action(label="Claims", command=f"claims {target}"),
        Action(label="Toll", command=f"toll {target}"),
    ]
    if event:
        actions.append(Action(label="Timeline", command=f"timeline {event.id}"))
    if report.url:
        actions.append(Action(label="Source ↗", url=report.url))
    return tuple(action for action in actions if len(action.command) <= 90)


def source_link(report: Report) -> SourceLink:
    """The report as a source."""
    return SourceLink(report_id=report.id, outlet=report.outlet or report.id, url=report.url, at=report.published_at)


def visible_length(card: Card) -> int:
    """The characters of a card that a reader sees at once, without buttons."""
    lines = [line for section in card.sections for line in section.lines]
    return (
        len(card.title)
        + len(card.tag)
        + len(card.subtitle)
        + len(card.lead)
        + sum(len(line.text) + len(line.note) for line in lines)
        + sum(len(section.heading) for section in card.sections)
    )


def behind_buttons(target: str) -> dict[str, str]:
    """By which commands the lines are told that do not fit a report's card; `target` is its event's id or its own."""
    return {"Further claims": f"claims {target}", "Further casualties": f"toll {target}"}


def fitted(card: Card, told_by: Mapping[str, str] = MappingProxyType({})) -> Card:
    """The card with its last lines moved to the overflow until what is seen at once is within the limit.

    `told_by` are commands that tell what a section of the overflow holds, by its heading.
    """
    sections, overflow = list(card.sections), list(card.overflow)
    while visible_length(card) > MAX_VISIBLE_CHARACTERS and any(len(section.lines) > 1 for section in sections):
        at = max(
            range(len(sections)),
            key=lambda i: (len(sections[i].lines) > 1, sum(len(line.text) for line in sections[i].lines)),
        )
        section = sections[at]
        moved = section.lines[-1]
        sections[at] = msgspec.structs.replace(section, lines=section.lines[:-1])
        heading = f"Further {section.heading.lower()}"
        held = next((i for i, other in enumerate(overflow) if other.heading == heading), None)
        if held is None:
            overflow.append(Section(heading=heading, lines=(moved,), told_by=told_by.get(heading, "")))
        else:
            overflow[held] = msgspec.structs.replace(overflow[held], lines=(moved, *overflow[held].lines))
        card = msgspec.structs.replace(card, sections=tuple(sections), overflow=tuple(overflow))
    return card


def toll_words(entry: TollEntry) -> str:
    """A toll entry in words: "at least 25 killed", "13 civilians — killed or injured, not separated"."""
    names = _SINGULAR if entry.min == entry.max == 1 else GROUP_WORDS
    people = " ".join(names[group] for group in entry.groups)
    side = f" ({entry.side})" if entry.side else ""
    count = figure_words(entry)
    if entry.state == "unspecified" and entry.min == entry.max == 0:
        return f"no casualties{f' among {people}' if people else ''}{side}"
    if entry.state == "unspecified":
        return f"{count} {people}{side} — {STATE_WORDS['unspecified']}".replace("  ", " ")
    return f"{count} {people}{side} {STATE_WORDS[entry.state]}".replace("  ", " ")


def message_card(report: Report, summary: Summary, *, evidence: bool) -> Card:
    """What a message says: its claims and figures, or the sentences that they rest on."""
    card = report_card(report, summary)
    if evidence:
        items: tuple[Claim | CasualtyFigure, ...] = (*summary.claims, *summary.casualties)
        lines = tuple(
            Line(text=report.text[slice(*item.sentence)], quote=True, note=item.id, refs=(f"{report.id}#{item.id}",))
            for item in items
        )
        card = msgspec.structs.replace(
            card,
            kind="evidence",
            sections=(Section(heading="Sentences", lines=lines[:8]),),
            overflow=(Section(heading="Further sentences", lines=lines[8:]),) if lines[8:] else (),
        )
    return msgspec.structs.replace(
        card, actions=(), sources=(), footer="Read from this message alone; the message is not stored."
    )
