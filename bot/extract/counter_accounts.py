"""Answers in a sentence of their own: "Residents contested that: nobody …", "The ministry gave a different version: …".

Their verbs say what the speaker thinks of what was told before; what follows a colon is the speaker's own account. Such a
sentence has no verb of saying, and its words are then told by whoever spoke before, or by nobody.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import msgspec

from bot.extract.attribution import Attribution, begins_at
from bot.extract.gazetteer import Gazetteer
from bot.extract.naming import can_speak
from bot.extract.words import sentences
from bot.model.report import Span

_WHO = r"(?P<who>(?!(?:that|which|who|there|this|these|those)\b)(?:(?!(?:but|and|while|whereas|said|says)\b)[\w’'.,-]+\s+){1,14}?)"
_ADVERBS = r"(?:(?:has|have|had|also|later|since|now|meanwhile|quickly|promptly|at\s+once|then|\w+ly)\s+){0,2}"
_VERSION = r"(?:version|account|story|explanation|picture|reading)"
_TELLS = (
    rf"(?:g[ai]ve[sn]?|offer(?:s|ed)?|present(?:s|ed)?|tells?|told|ha[sd]|have)\s+(?:quite\s+)?(?:an?|another|its|their|his|her|the)\s+"
    rf"(?:(?:\w+ly|very|quite|rather)\s+)?(?:(?:different|other|opposite|contrary|conflicting|own)\s+)?{_VERSION}(?:\s+of\s+[^:.;\n]{{1,40}})?"
    r"|(?:shift|pass|push|turn)(?:s|es|ed)?\s+(?:on\s+|back\s+)?the\s+blame(?:\s+elsewhere)?|(?:saw|sees?)\s+it\s+(?:otherwise|differently)|disagree[sd]?|begs?\s+to\s+differ"
)
_OUGHT = r"(?:contest(?:s|ed)?|disput(?:es?|ed)|den(?:y|ies|ied)|reject(?:s|ed)?|doubt(?:s|ed)?|dismiss(?:es|ed)?|refut(?:es?|ed)|contradict(?:s|ed)?|challenge[sd]?)"
_MOCKS = (
    r"(?:(?:laugh|scoff|sneer)(?:s|ed)?\s+(?:off|at)|(?:wave|brushe?|shrug|bat|sweep)(?:s|ge?d|d|ed|ted)?\s+(?:off|aside|away)|swept\s+aside"
    r"|t(?:ook|akes?)\s+issue\s+with)"
)
_SAID = (
    r"(?:accounts?|versions?|claims?|charges?|accusations?|allegations?|reports?|stor(?:y|ies)|statements?|figures?|counts?|tolls?|numbers?|descriptions?"
    r"|explanations?|findings?|remarks?|suggestions?|narratives?)"
)
_IT = rf"(?:it|this|that|them|him|her|both|(?:the|this|that|these|those|such|all|both|any)\s+(?:[\w’'-]+\s+){{0,2}}?{_SAID})"
_AFTER = r"(?P<how>\s+(?:\w+ly|outright|out\s+of\s+hand|at\s+once|in\s+full|altogether))?(?=\s*(?:[.;:]|,?\s+(?:and|but)\b|$))"
_ANSWER = re.compile(
    rf"(?:^|;\s+|,\s+(?:but|while|whereas)\s+){_WHO}{_ADVERBS}"
    rf"(?:(?P<tells>{_TELLS})(?=\s*:)|(?P<denies>{_OUGHT})\s+(?P<it>{_IT}){_AFTER}"
    rf"|(?P<mocks>{_MOCKS})\s+(?P<what>(?:{_IT}|the\s+(?:[\w’'-]+\s+){{0,3}}?[\w’'-]+)){_AFTER.replace('how', 'so')})"
    r"(?:\s*:\s+(?P<said>\S.*))?",
    re.IGNORECASE | re.DOTALL,
)
_MAY_ANSWER = re.compile(
    rf"\b(?:{_VERSION}|blame|differ(?:ently)?|otherwise|disagree[sd]?|{_OUGHT}|{_MOCKS})\b", re.IGNORECASE
)
_PRONOUN = re.compile(r"(?:it|he|she|they)$", re.IGNORECASE)
_QUOTE = re.compile(r"[“\"][^“”\"\n]+[”\"]")
_SURE = 0.9


def with_counter_accounts(text: str, found: Sequence[Attribution], names: Gazetteer) -> tuple[Attribution, ...]:
    """The attributions with those of such sentences, in the order in which they begin; nobody else's words reach into them."""
    told = list(found)
    for answer, clause in _answers(text, found, names):
        cue = answer.cue[0]
        beside = [one for one in told if one.cue and clause[0] <= one.cue[0][0] < clause[1]]
        own = next((one for one in beside if one.cue[0][0] < cue[1] and cue[0] < one.cue[-1][1]), None)
        said = answer.content
        if own is not None or beside:  # "…: the piers had cracked, he said"
            said = tuple(span for span in said if ":" not in text[cue[1] : span[0]])
            clause = (clause[0], said[-1][1] if said else cue[1])
        if own is not None:
            said = (*said, *(span for span in own.content if span[0] >= clause[1]))
        told = [_without(one, clause) for one in told if one is not own]
        if said:
            told.append(msgspec.structs.replace(answer, content=said))
    return tuple(sorted((one for one in told if one.content), key=begins_at))


def _answers(text: str, found: Sequence[Attribution], names: Gazetteer) -> Iterator[tuple[Attribution, Span]]:
    """Attributions of such sentences, each with its clause."""
    if not _MAY_ANSWER.search(text):
        return
    for start, end in sentences(text):
        if not _MAY_ANSWER.search(text, start, end):
            continue
        for match in _ANSWER.finditer(text[start:end]):
            who = match["who"].strip().rstrip(",")
            if not (_PRONOUN.match(who) or can_speak(who, names)):
                continue
            cue = next(match.span(kind) for kind in ("tells", "denies", "mocks") if match[kind])
            parts = [match.span(part) for part in ("it", "what") if match[part]]
            last = start + match.end()
            if match["said"]:
                said = start + match.start("said")
                last = max(last, _quote_end(text, said))
                parts.append((said - start, said - start + len(text[said:last].rstrip(" .\n"))))
            at = match.start("who")
            yield (
                Attribution(
                    source=((start + at, start + at + len(who)),),
                    cue=((start + cue[0], start + cue[1]),),
                    content=tuple((start + one, start + other) for one, other in parts),
                    sentence=(start, end),
                    confidence=_SURE,
                ),
                (start + at, last),
            )


def _quote_end(text: str, at: int) -> int:
    """Where a quotation ends that begins at an offset and may go on over sentences; the offset itself where none begins."""
    quote = _QUOTE.match(text, at)
    return quote.end() if quote else at


def _without(one: Attribution, clause: Span) -> Attribution:
    """What somebody says, without the words of a clause that is another's."""
    if not any(start < clause[1] and clause[0] < end for start, end in one.content):
        return one
    parts = [
        part
        for start, end in one.content
        for part in ((start, min(end, clause[0])), (max(start, clause[1]), end))
        if part[0] < part[1]
    ]
    source = tuple(span for span in one.source if span[1] <= clause[0] or clause[1] <= span[0])
    return msgspec.structs.replace(one, content=tuple(parts), source=source)
