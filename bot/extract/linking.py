"""Stretches of one attribution joined: which source and content belong to which cue, and what the tagger's cut mends.

A group holds the stretches of one attribution by role.
"""

from __future__ import annotations

import bisect
import re
from collections import defaultdict
from collections.abc import Sequence
from itertools import pairwise

import msgspec

from bot.extract.tagger import Tagged
from bot.model.report import Span

_SENTENCE_END = 8
"""Words that a sentence's end counts for in the distance between a stretch and a cue."""
_REACH = 60
"""Words beyond which a content without a cue nearer by is not one of that cue."""
Group = dict[str, list[Tagged]]
"""Stretches by role, as they belong together."""


def joined(stretches: Sequence[Tagged], words: Sequence[Span], stops: Sequence[Span], text: str) -> list[Group]:
    """The groups of a text's stretches, each with a content; `words` and `stops` are the spans of its words and sentences."""
    ends = _ends(words, stops, text)
    groups = _with_participles(link(stretches, ends, text), ends, text)
    groups = _with_accused(_with_cited(groups, ends, text), text)
    for group in groups:
        _take_subject(group, ends, text)
        group["content"] = _without_scraps(group, stops, text)
    return groups


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


def _with_cited(groups: list[Group], ends: Sequence[int], text: str) -> list[Group]:
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
        near = [other for other in (*groups[:i][-1:], *groups[i + 1 :][:1]) if _beside(other["cue"][0], cue, ends)]
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


def _beside(one: Tagged, other: Tagged, ends: Sequence[int]) -> bool:
    """Whether two cues are of one sentence."""
    return one.paragraph == other.paragraph and not _ends_between(one.words, other.words, ends)


def _is_cited(stretch: Tagged, cue: Tagged) -> bool:
    """Whether a content is rather whom "citing" names: few words, right after it."""
    return stretch.words[0] == cue.words[1] and stretch.words[1] - stretch.words[0] <= _CITED_WORDS


ACCUSES = re.compile(r"\baccus(?:e[sd]?|ing)$", re.IGNORECASE)


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
            and ACCUSES.search(text, *before["cue"][-1].span)
            and all(before["cue"][-1].span[1] <= s.span[0] < group["cue"][0].span[0] for s in before["content"])
        ):
            before["cue"] += group["cue"]
            before["content"] += group["content"]
        else:
            kept.append(group)
    return kept


_MOST_OF = 0.6
"""Of a sentence's length, so much of it must be what somebody said in the sentence before or after."""


def _without_scraps(group: Group, stops: Sequence[Span], text: str) -> list[Tagged]:
    """Contents without a few unquoted words of another sentence, which are of nobody: "Two people" of "Two people are inside"."""

    ends = [end for _, end in stops]

    def place(at: int) -> int:
        return min(bisect.bisect_right(ends, at), len(stops) - 1)

    own = {place(cue.span[0]) for cue in group["cue"]}

    def belongs(stretch: Tagged) -> bool:
        start, end = stretch.span
        if place(start) in own or place(end - 1) in own or _QUOTED.search(text, max(0, start - 1), end + 1):
            return True
        first, last = stops[place(start)]
        return end - start >= _MOST_OF * (last - first)

    kept = [stretch for stretch in group["content"] if belongs(stretch)]
    return kept or group["content"]


_QUOTED = re.compile(r"[\"“”‘’«»„]")
