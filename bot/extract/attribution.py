"""Who says what: a text's attributions, each with source, cue and content.

The tagger says which words are of which role; `link` joins them, and contents that hold an attribution of their own
("Reuters reported that Kyiv said …") are read once more by themselves.
"""

from __future__ import annotations

import bisect
import re
from collections import defaultdict
from collections.abc import Sequence
from itertools import pairwise

import msgspec

from bot.extract.tagger import Tagged, tagger
from bot.extract.words import sentences
from bot.model.report import Span

_SENTENCE_END = 8
"""Words that a sentence's end counts for in the distance between a stretch and a cue."""
_REACH = 60
"""Words beyond which a content without a cue nearer by is not one of that cue."""
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
Group = dict[str, list[Tagged]]
"""Stretches by role, as they belong together."""


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
    ends = _ends(tags.words, stops, part)
    found = []
    for group in _with_accused(
        _with_cited(_with_participles(link(tags.stretches, ends, part), ends, part), part), part
    ):
        _take_subject(group, ends, part)
        chief = (group["cue"] or group["content"])[0]
        sentence = stops[min(bisect.bisect_right(sentence_ends, chief.span[0]), len(stops) - 1)]
        members = [member for role in ("source", "cue", "content") for member in group[role]]
        cue, content = _with_deed(*_with_accusing_of(_spans(group["cue"]), _spans(group["content"]), part), part)
        found.append(
            Attribution(
                source=_moved(_without_relatives(_spans(group["source"]), part), start),
                cue=_moved(cue, start),
                content=_moved(content, start),
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


_GOES_ON = re.compile(r",\s+(?:\w+ly\s+|also\s+|instead\s+)?$", re.IGNORECASE)


def _with_participles(groups: list[Group], ends: Sequence[int], text: str) -> list[Group]:
    """ "denied claims by X that Y, insisting that Z": Y is of what was denied, and who denied insists."""
    for before, group in pairwise(groups):
        cue, first = group["cue"][0], before["cue"][0]
        begin, end = cue.span
        if (
            not text[begin:end].lower().endswith("ing")
            or not _GOES_ON.search(text, max(0, begin - 24), begin)
            or cue.paragraph != first.paragraph
            or _ends_between(first.words, cue.words, ends)
        ):
            continue
        earlier = [s for s in group["content"] if first.words[1] <= s.words[0] and s.words[1] <= cue.words[0]]
        subject = [s for s in before["source"] if s.words[1] <= first.words[0]]
        if earlier and before["content"] and len(earlier) < len(group["content"]):
            before["content"] += earlier
            group["content"] = [s for s in group["content"] if s not in earlier]
        if subject and all(first.words[1] <= s.words[0] < cue.words[0] for s in group["source"]):
            before["source"] += [s for s in group["source"] if s not in before["source"]]
            group["source"] = subject
    return groups


_CITES = re.compile(r"^(?:citing|quoting|with reference to)$", re.IGNORECASE)
_CITED_WORDS = 9
_SUBJECT_WORDS = 7


def _with_cited(groups: list[Group], text: str) -> list[Group]:
    """ "…, it said, citing the ministry": the ministry says it too, and what it says is what the outer source says.

    Also drops what is left without a content.
    """
    for group in groups:
        if not group["content"]:
            group["content"] = _answered(group["cue"][-1], text)
    for i, group in enumerate(groups):
        cue = group["cue"][0]
        if not _CITES.match(text[slice(*cue.span)]):
            continue
        near = [
            other for other in (*groups[:i][-1:], *groups[i + 1 :][:1]) if other["cue"][0].paragraph == cue.paragraph
        ]
        cited = next((s for s in group["content"] if _is_cited(s, cue)), None)
        said = [s for s in group["content"] if s is not cited]
        if near and said and not near[0]["content"]:
            near[0]["content"] = said  # "… reported, citing the ministry, that …"
        if cited is not None and (said or near):
            group["source"], group["content"] = [cited], said or near[0]["content"]
        elif near and near[0]["content"] is said:
            group["content"] = []
    return [group for group in groups if group["content"]]


_ANSWERS = re.compile(
    r"\b(?:den(?:y|ies|ied|ying)|reject(?:s|ed|ing)?|dismiss(?:es|ed|ing)?|disput(?:es?|ed|ing)|confirm(?:s|ed|ing)?)$",
    re.I,
)
_POINTS_BACK = re.compile(r"\s+(?P<what>this|that|it|them)(?=\s*(?:[,.;:]|and\b|but\b|saying\b|in\s|on\s))")


def _answered(cue: Tagged, text: str) -> list[Tagged]:
    """ "The agency denied that, saying …": the pronoun is what is denied, where nothing else was found."""
    match = _POINTS_BACK.match(text, cue.span[1]) if _ANSWERS.search(text, *cue.span) else None
    if match is None:
        return []
    words = (cue.words[1], cue.words[1] + 1)
    return [msgspec.structs.replace(cue, role="content", span=match.span("what"), words=words)]


def _is_cited(stretch: Tagged, cue: Tagged) -> bool:
    """Whether a content is rather whom "citing" names: few words, right after it."""
    return stretch.words[0] == cue.words[1] and stretch.words[1] - stretch.words[0] <= _CITED_WORDS


_ACCUSES = re.compile(r"\baccus(?:e[sd]?|ing)$", re.IGNORECASE)
_ACCUSED_BEFORE = re.compile(r"\b(?P<verb>accus(?:e[sd]?|ing))\b[^.!?\n]{0,80}$", re.IGNORECASE)
_OF_DOING = re.compile(r"\bof(?=\s+(?:(?:not|having|being)\s+)?[\"“'‘]?\w+ing\b)", re.IGNORECASE)
_OF = re.compile(r"\bof\b", re.IGNORECASE)


def _take_subject(group: Group, ends: Sequence[int], text: str) -> None:
    """ "The civil defence reported three wounded": what stands right before the cue says it, not a source of another sentence."""
    cue, content = group["cue"][0], group["content"]
    if len(content) < 2 or any(not _ends_between(source.words, cue.words, ends) for source in group["source"]):
        return
    subject = next((s for s in content if s.words[1] == cue.words[0]), None)
    if (
        subject is not None
        and subject.words[1] - subject.words[0] <= _SUBJECT_WORDS
        and content[-1].words[0] >= cue.words[1]
    ):
        group["source"], group["content"] = [subject], [s for s in content if s is not subject]


def _with_accused(groups: list[Group], text: str) -> list[Group]:
    """ "accused X of doing Y", where verb and "of" were taken for two cues: one accusation, whose content begins with X."""
    kept: list[Group] = []
    for group in groups:
        before = kept[-1] if kept else None
        if (
            before is not None
            and text[slice(*group["cue"][0].span)] == "of"
            and _ACCUSES.search(text, *before["cue"][-1].span)
            and all(before["cue"][-1].span[1] <= s.span[0] < group["cue"][0].span[0] for s in before["content"])
        ):
            before["cue"] += group["cue"]
            before["content"] += group["content"]
        else:
            kept.append(group)
    return kept


def _with_accusing_of(
    cues: tuple[Span, ...], contents: tuple[Span, ...], text: str
) -> tuple[tuple[Span, ...], tuple[Span, ...]]:
    """ "accused X of doing Y": the "of" is a part of the cue, not of the content; and so is the verb where only "of" was found."""
    if len(cues) == 1 and text[slice(*cues[0])] == "of" and (verb := _ACCUSED_BEFORE.search(text, 0, cues[0][0])):
        return (verb.span("verb"), *cues), contents
    if len(cues) != 1 or not _ACCUSES.search(text, *cues[0]):
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


def _ends(found: Sequence[Span], stops: Sequence[Span], text: str) -> list[int]:
    """The numbers of the words that end a sentence, or a part of one that a semicolon ends."""
    starts = [start for start, _ in found]
    of_sentences = {bisect.bisect_left(starts, end) - 1 for _, end in stops}
    return sorted(of_sentences | {number for number, (start, _) in enumerate(found) if text[start] == ";"})


def link(stretches: Sequence[Tagged], ends: Sequence[int], text: str) -> list[Group]:
    """Join sources and contents to cues: each goes to the nearest cue of its paragraph.

    `ends` are the word numbers after which a sentence (or a part of it, at a semicolon) ends. A cue without a source takes the nearest one of its
    paragraph, one before it sooner than one after; a cue may stay without a content.
    """
    joined: list[Group] = []
    by_paragraph: dict[int, list[Tagged]] = defaultdict(list)
    for stretch in stretches:
        by_paragraph[stretch.paragraph].append(stretch)
    for found in by_paragraph.values():
        groups = _linked(found, ends)
        if joined and not groups and joined[-1]["content"]:
            # A quotation that goes on: “… in a paragraph of its own belongs to whom the last one quoted.
            joined[-1]["content"] += [s for s in found if s.role == "content" and text[s.span[0]] in _QUOTE_MARKS]
        joined += groups
    return joined


_QUOTE_MARKS = "\"“'‘«„"


def _linked(found: list[Tagged], ends: Sequence[int]) -> list[Group]:
    """One paragraph's groups, in the order of their cues."""
    groups: list[Group] = [
        {"source": [], "cue": [stretch], "content": []} for stretch in found if stretch.role == "cue"
    ]
    if not groups:
        return []
    sources = [stretch for stretch in found if stretch.role == "source"]
    for stretch in found:
        if stretch.role != "cue":
            distance, index = min((_distance_to(stretch, group["cue"], ends), i) for i, group in enumerate(groups))
            if distance <= _REACH:
                groups[index][stretch.role].append(stretch)
    beside = {source.words[1]: source for source in sources}
    taken = {id(beside[group["cue"][0].words[0]]) for group in groups if group["cue"][0].words[0] in beside}
    for group in groups:
        if not group["source"]:
            group["source"] = _borrowed(sources, taken, group["cue"][0], ends)
    return groups


def _borrowed(sources: list[Tagged], taken: set[int], cue: Tagged, ends: Sequence[int]) -> list[Tagged]:
    """The nearest source before a cue that has none, else one after it, but not the next sentence's own ("said X; Y denied")."""

    def distance(source: Tagged) -> int:
        return _distance(source.words, cue.words, ends)

    before = [source for source in sources if source.words[0] < cue.words[0]]
    free = before or [
        source for source in sources if id(source) not in taken or not _ends_between(source.words, cue.words, ends)
    ]
    nearest = min(free, key=lambda source: (distance(source), source.span), default=None)
    return [] if nearest is None else [nearest]


def _distance_to(stretch: Tagged, cues: list[Tagged], ends: Sequence[int]) -> int:
    return min(_distance(stretch.words, cue.words, ends) for cue in cues)


def _distance(one: tuple[int, int], other: tuple[int, int], ends: Sequence[int]) -> int:
    """Words between two ranges of word numbers; a sentence's end between them counts as several."""
    left, right = sorted((one, other))
    return max(0, right[0] - left[1]) + _SENTENCE_END * _ends_between(one, other, ends)


def _ends_between(one: tuple[int, int], other: tuple[int, int], ends: Sequence[int]) -> int:
    """How many sentences end between two ranges of word numbers."""
    left, right = sorted((one, other))
    return max(0, bisect.bisect_left(ends, right[0]) - bisect.bisect_left(ends, left[1] - 1))
