"""Annotated reports as training chunks: PolNeAR's train split, and this project's own conflict reports."""

from __future__ import annotations

import json
import random
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from bot.extract.pieces import Chunk, Vocabulary, chunks

ROLES = ("source", "cue", "content")
TAGS = ("O", "B-source", "I-source", "B-cue", "I-cue", "B-content", "I-content")


class Example(NamedTuple):
    """A chunk with the tag of each of its words."""

    chunk: Chunk
    tags: list[int]


class Annotated(NamedTuple):
    """A text with its attributions; each claim maps the three roles to lists of `[start, end)`."""

    text: str
    claims: list[dict[str, list[list[int]]]]


def polnear(path: Path) -> list[Annotated]:
    """The articles of a PolNeAR file in this project's form."""
    read = (json.loads(line) for line in path.open(encoding="utf-8"))
    return [Annotated(article["text"], article["gold"]["claims"]) for article in read]


def outermost(claims: Sequence[dict[str, list[list[int]]]]) -> list[dict[str, list[list[int]]]]:
    """The claims that stand in no other claim's content: one tag a word can only tell these."""

    def inner(claim: dict[str, list[list[int]]]) -> bool:
        marks = [*claim["source"], *claim["cue"]] or claim["content"]
        return bool(marks) and any(
            all(any(a <= s and e <= b for a, b in other["content"]) for s, e in marks)
            for other in claims
            if other is not claim and other["content"]
        )

    return [claim for claim in claims if not inner(claim)]


def contents(document: Annotated) -> Iterator[Annotated]:
    """Contents that hold claims of their own, each as a document: the tagger reads such contents by themselves."""
    for claim in document.claims:
        for start, end in claim["content"]:
            inner = [
                {role: [[a - start, b - start] for a, b in other[role]] for role in ROLES}
                for other in document.claims
                if other is not claim and all(start <= a and b <= end for role in ROLES for a, b in other[role])
            ]
            if inner:
                yield Annotated(document.text[start:end], inner)


def examples(document: Annotated, vocabulary: Vocabulary) -> Iterator[Example]:
    """The document's chunks with their tags."""
    spans = sorted(
        (start, end, role)
        for claim in outermost(document.claims)
        for role, name in enumerate(ROLES)
        for start, end in claim[name]
    )
    tag_of = _tags_by_character(spans)
    for chunk in chunks(document.text, vocabulary):
        tags: list[int] = []
        before: tuple[int, int] | None = None
        for start, _ in chunk.words:
            held = tag_of.get(start)
            tags.append(0 if held is None else 1 + 2 * held[1] + (held == before))
            before = held
        yield Example(chunk, tags)


def _tags_by_character(spans: Iterable[tuple[int, int, int]]) -> dict[int, tuple[int, int]]:
    """For each character (number of its span, role); where spans overlap, the shorter one is seen."""
    tag_of: dict[int, tuple[int, int]] = {}
    numbered = sorted(enumerate(spans), key=lambda item: item[1][0] - item[1][1])
    for number, (start, end, role) in numbered:
        for character in range(start, end):
            tag_of[character] = (number, role)
    return tag_of


_STRAIGHT = str.maketrans("“”‘’", "\"\"''")


def varied(document: Annotated, chance: random.Random) -> Annotated:
    """The document in another dress of the same length: upper case as on the wire, straight quotation marks, or as it is."""
    draw = chance.random()
    if draw < 0.06 and len(document.text.upper()) == len(document.text):
        return document._replace(text=document.text.upper().translate(_STRAIGHT))
    if draw < 0.30:
        return document._replace(text=document.text.translate(_STRAIGHT))
    return document
