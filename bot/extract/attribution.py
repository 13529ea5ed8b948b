"""Who says what: a text's attributions, each with source, cue and content.

The tagger says which words are of which role; `linking` joins them, and contents that hold an attribution of their own
("Reuters reported that Kyiv said …") are read once more by themselves.
"""

from __future__ import annotations

import bisect
import re
from collections.abc import Sequence

import msgspec

from bot.extract.linking import ACCUSES, joined
from bot.extract.tagger import Tagged, tagger
from bot.extract.words import sentences
from bot.model.report import Span

_NAMES = re.compile(r"\b(?:known|referred|dubbed|nicknamed|so-called|called)\b", re.IGNORECASE)
"""Cues by which nobody in particular says anything: "known as the Lachin Corridor"."""
_NESTED_LENGTH = 20
"""Characters: a shorter content holds no attribution of its own."""
_NESTED_CONFIDENCE = 0.75
"""Below it, what was found in a content is left out: read without its surroundings, a content misleads more often."""
_NESTED_CUE = re.compile(
    r"\b(?:sa(?:id|ys?|ying)|told|tell(?:s|ing)?|according to|accus(?:es?|ed|ing)|den(?:y|ies|ied|ying)"
    r"|claim(?:s|ed|ing)?|alleg(?:es?|ed|ing)|announc(?:es?|ed|ing)|warn(?:s|ed|ing)?|report(?:s|ed|ing)"
    r"|add(?:s|ed|ing)|insist(?:s|ed|ing)?|stat(?:es|ed|ing)|blam(?:es?|ed|ing)|confirm(?:s|ed|ing)?"
    r"|acknowledg(?:es?|ed|ing)|admit(?:s|ted|ting)?|reject(?:s|ed|ing)?|dismiss(?:es|ed|ing)?|citing|quot(?:es?|ed|ing)"
    r"|urg(?:es?|ed|ing)|vow(?:s|ed|ing)?|maintain(?:s|ed|ing))\b",
    re.IGNORECASE,
)


class Attribution(msgspec.Struct, frozen=True, kw_only=True):
    """One attribution; offsets into the text.

    Attributes:
        source: the words that name the speaker; empty where none is named.
        cue: the words that mark the attribution; empty for a quotation that nobody introduces.
        content: what is said, never empty.
        sentence: the sentence of the cue (or of the content, without one).
        confidence: mean probability of the tags, rounded to three digits.
        nested_in: index of the attribution whose content holds this one.
    """

    source: tuple[Span, ...]
    cue: tuple[Span, ...]
    content: tuple[Span, ...]
    sentence: Span
    confidence: float
    nested_in: int | None = None


def attributions(text: str) -> tuple[Attribution, ...]:
    """All attributions of the text, in the order in which they begin; offsets are verbatim and in range."""
    found = [one for one in _read(text, 0, len(text)) if one.source or not _NAMES.search(_words(text, one.cue))]
    every: list[tuple[Attribution, Attribution | None]] = [(attribution, None) for attribution in found]
    for attribution in found:
        for start, end in attribution.content:
            if end - start >= _NESTED_LENGTH and _NESTED_CUE.search(text, start, end):
                every += [(nested, attribution) for nested in _read(text, start, end) if _is_nested(nested, text)]
    ordered = sorted(every, key=lambda item: (begins_at(item[0]), item[1] is not None))
    place = {id(attribution): index for index, (attribution, _) in enumerate(ordered)}
    return tuple(
        msgspec.structs.replace(attribution, nested_in=place[id(parent)]) if parent is not None else attribution
        for attribution, parent in ordered
    )


def _words(text: str, spans: Sequence[Span]) -> str:
    return " ".join(text[start:end] for start, end in spans)


def begins_at(attribution: Attribution) -> int:
    """Where the first of an attribution's words stands."""
    return min(start for spans in (attribution.source, attribution.cue, attribution.content) for start, _ in spans)


def told_until(attribution: Attribution, end: int) -> Attribution:
    """What somebody says, up to where another's words begin; its content may be left empty."""
    content = tuple((start, min(stop, end)) for start, stop in attribution.content if start < end)
    return msgspec.structs.replace(attribution, content=content)


def _is_nested(attribution: Attribution, text: str) -> bool:
    """Whether what was found in a content is an attribution for certain: somebody says it, with a verb of saying."""
    return (
        bool(attribution.source)
        and attribution.confidence >= _NESTED_CONFIDENCE
        and any(_NESTED_CUE.search(text, start, end) for start, end in attribution.cue)
    )


def _read(text: str, start: int, end: int) -> list[Attribution]:
    """The attributions of a stretch of the text, read by itself, none of them nested."""
    part = text[start:end]
    tags = tagger().tag(part)
    if not tags.stretches:
        return []
    stops = sentences(part)
    sentence_ends = [end for _, end in stops]
    found = []
    for group in joined(tags.stretches, tags.words, stops, part):
        chief = (group["cue"] or group["content"])[0]
        sentence = stops[min(bisect.bisect_right(sentence_ends, chief.span[0]), len(stops) - 1)]
        members = [member for role in ("source", "cue", "content") for member in group[role]]
        cue, content = _with_deed(*_with_accusing_of(_spans(group["cue"]), _spans(group["content"]), part), part)
        found.append(
            Attribution(
                source=_moved(_without_relatives(_spans(group["source"]), part), start),
                cue=_moved(cue, start),
                content=_moved(_without_dateline(content, part), start),
                sentence=(sentence[0] + start, sentence[1] + start),
                confidence=round(sum(member.confidence for member in members) / len(members), 3),
            )
        )
    return found


_RELATIVE = re.compile(r",\s+(?:which|who|whose|whom|where)\s")


def _without_relatives(spans: tuple[Span, ...], text: str) -> tuple[Span, ...]:
    """Sources without what a relative clause adds (CONTRACT rule 14): "Malaysia, which chairs the bloc,"."""
    found = ((span, _RELATIVE.search(text, *span)) for span in spans)
    return tuple((span[0], match.start()) if match else span for span, match in found)


_ACCUSED_BEFORE = re.compile(r"\b(?P<verb>accus(?:e[sd]?|ing))\b[^.!?\n]{0,80}$", re.IGNORECASE)
_OF_DOING = re.compile(r"\bof(?=\s+(?:(?:not|having|being)\s+)?[\"“'‘]?\w+ing\b)", re.IGNORECASE)
_OF = re.compile(r"\bof\b", re.IGNORECASE)


def _with_accusing_of(
    cues: tuple[Span, ...], contents: tuple[Span, ...], text: str
) -> tuple[tuple[Span, ...], tuple[Span, ...]]:
    """ "accused X of doing Y": the "of" is a part of the cue, not of the content; and so is the verb where only "of" was found."""
    if len(cues) == 1 and text[slice(*cues[0])] == "of" and (verb := _ACCUSED_BEFORE.search(text, 0, cues[0][0])):
        return (verb.span("verb"), *cues), contents
    if len(cues) != 1 or not ACCUSES.search(text, *cues[0]):
        return cues, contents
    for i, (start, end) in enumerate(contents):
        if start < cues[0][1]:
            continue
        every = list(_OF.finditer(text, start, end))
        of = _OF_DOING.search(text, start, end) or (every[0] if len(every) == 1 else None)
        if of is not None:
            parts = [(start, start + len(text[start : of.start()].rstrip()))]
            parts.append((end - len(text[of.end() : end].lstrip()), end))
            kept = [part for part in parts if part[0] < part[1]]
            rest = (*contents[:i], *kept, *contents[i + 1 :])
            return ((*cues, of.span()), rest) if rest else (cues, contents)
    return cues, contents


_DATELINE = re.compile(
    r"[A-Z][A-Z’'.-]{2,}(?:[ /,]+[A-Z][\w’'.-]*)*(?:,?\s+(?:[A-Z][a-z]{2,8}\.?\s+\d{1,2}|\d{1,2}\s+[A-Z][a-z]{2,8}))?(?:\s*\([^()]{1,40}\))?\s*(?:[-–—]+|:)\s+"
)


def _without_dateline(contents: tuple[Span, ...], text: str) -> tuple[Span, ...]:
    """What is said, without the dateline that it follows: "DAMASCUS, July 14 - More than …"."""
    start = contents[0][0]
    match = _DATELINE.match(text, start)
    if match is None or text[text.rfind("\n", 0, start) + 1 : start].strip():
        return contents
    return tuple((max(begin, match.end()), end) for begin, end in contents if end > match.end()) or contents


_DENIES_DOING = re.compile(
    r"^(?:\w+\s+)*(?:den(?:y|ies|ied|ying)|admit(?:s|ted|ting)?)\s+(?P<deed>\w+ing)$", re.IGNORECASE
)


def _with_deed(
    cues: tuple[Span, ...], contents: tuple[Span, ...], text: str
) -> tuple[tuple[Span, ...], tuple[Span, ...]]:
    """ "denies supporting the rebels": the deed is a part of what is denied, not of the cue."""
    match = _DENIES_DOING.match(text[slice(*cues[-1])]) if cues else None
    if match is None:
        return cues, contents
    start, end = cues[-1][0] + match.start("deed"), cues[-1][1]
    rest = [span for span in contents if span[0] < start or text[end : span[0]].strip()]
    goes_on = next((span for span in contents if span not in rest), (start, end))
    return (*cues[:-1], (cues[-1][0], start - 1)), tuple(sorted([*rest, (start, goes_on[1])]))


def _spans(stretches: list[Tagged]) -> tuple[Span, ...]:
    return tuple(sorted(stretch.span for stretch in stretches))


def _moved(spans: tuple[Span, ...], offset: int) -> tuple[Span, ...]:
    return tuple((start + offset, end + offset) for start, end in spans)
