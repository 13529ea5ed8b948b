"""The subject of a cue's own sentence speaks: "JNIM, which is linked to al-Qaeda, claimed the attack".

Where the tagger finds no source in a sentence, the linking lends the cue the last one named; a subject that can speak and stands
before the cue goes before it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import msgspec

from bot.extract.attribution import Attribution
from bot.extract.gazetteer import Gazetteer
from bot.extract.naming import PRONOUNS, can_speak
from bot.model.report import Span

_SUBJECT = re.compile(
    r"\W{0,3}(?P<who>(?!(?:In|On|At|For|From|By|With|After|Before|During|While|When|As|But|And|If|Since|Of|To|Among|According)\b)"
    r"[A-Z][\w’'.-]*(?:\s+(?!(?:is|are|was|were|be|been|has|have|had|not|will|would|to|that)\b)[\w’'.-]+){0,6}?)"
    r"(?:,\s+(?:which|who|whose|whom|an?|the|based|led|backed|linked|part|also|one)\s[^.;!?“”\"]{2,140},|\s+\([^()]{1,60}\))?"
    r"\s+(?:(?:has|have|had|also|later|then|since|meanwhile|quickly|\w+ly)\s+){0,2}$"
)


def with_subjects(text: str, found: Sequence[Attribution], names: Gazetteer) -> tuple[Attribution, ...]:
    """The attributions, those that were lent a source of an earlier sentence with the subject of their own where it can speak."""
    kept = list(found)
    lent: dict[tuple[Span, tuple[Span, ...]], Span] = {}
    for number, one in enumerate(found):
        if not one.cue or any(span[1] > one.sentence[0] for span in one.source):
            continue
        key = (one.sentence, one.source)
        subject = lent.get(key) or _subject(text, one, names)
        if subject is not None and subject[1] <= one.cue[0][0]:
            lent[key] = subject
            kept[number] = msgspec.structs.replace(one, source=(subject,))
    return tuple(kept)


def _subject(text: str, one: Attribution, names: Gazetteer) -> Span | None:
    """Who stands at the beginning of a cue's sentence and has no other verb than the cue."""
    start, cue = one.sentence[0], one.cue[0][0]
    match = _SUBJECT.fullmatch(text, start, cue)
    if match is None or match["who"].lower() in PRONOUNS or not can_speak(match["who"], names):
        return None
    return match.span("who")
