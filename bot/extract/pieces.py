"""Words as word pieces and small features: the tagger's input, the same in training and in use.

The pieces are those of BERT's uncased vocabulary (WordPiece, longest match first).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import msgspec

from bot.extract.words import paragraphs, sentences, words
from bot.model.report import Span

CHUNK_PIECES = 126
"""Pieces of one chunk, beside the two that mark its start and end."""
_WORD_PIECES = 12
"""A longer "word" (an address, a hash) is cut: its first pieces say what it is."""
_LONGEST_PIECE = 24

QUOTE_STATES = 3  # outside, inside of quotation marks, on a mark
SHAPES = 6  # lower, Capitalised, UPPER, number, punctuation, other
PLACES = 4  # first, second, third-to-fifth word of its paragraph, later


def mark_of(quote_state: int, shape: int, place: int) -> int:
    """The three small features of a word as one number, below `QUOTE_STATES * SHAPES * PLACES`."""
    return (quote_state * SHAPES + shape) * PLACES + place


_OUTSIDE = mark_of(0, 4, 3)  # of the pieces that mark a chunk's start and end


class Chunk(msgspec.Struct, frozen=True):
    """Whole paragraphs (or sentences of a long one) as the tagger reads them.

    Attributes:
        words: offsets of the words.
        pieces: vocabulary numbers, the marks of start and end included.
        marks: per piece, the mark of its word (`mark_of`).
        first: for each word, the position of its first piece in `pieces`.
        starts: word indexes at which a paragraph begins.
    """

    words: list[Span]
    pieces: list[int]
    marks: list[int]
    first: list[int]
    starts: list[int]


class Vocabulary:
    """The word pieces by number, from a file with one piece a line."""

    def __init__(self, file: Path) -> None:
        self._numbers = {piece: number for number, piece in enumerate(file.read_text(encoding="utf-8").splitlines())}
        self.unknown, self.start, self.end = (self._numbers[mark] for mark in ("[UNK]", "[CLS]", "[SEP]"))
        self.pieces = lru_cache(maxsize=50_000)(self._pieces)
        self.pieces_and_shape = lru_cache(maxsize=50_000)(lambda word: (self._pieces(word), _shape(word)))

    def _pieces(self, word: str) -> tuple[int, ...]:
        """The pieces of one word, at least one and at most `_WORD_PIECES`."""
        plain = "".join(c for c in unicodedata.normalize("NFD", word.lower()) if unicodedata.category(c) != "Mn")
        found: list[int] = []
        for part in _parts(plain):
            found += self._longest_first(part)
            if len(found) >= _WORD_PIECES:
                break
        return tuple(found[:_WORD_PIECES]) or (self.unknown,)

    def _longest_first(self, part: str) -> list[int]:
        found: list[int] = []
        start = 0
        while start < len(part):
            prefix = "##" if start else ""
            for end in range(min(len(part), start + _LONGEST_PIECE), start, -1):
                number = self._numbers.get(prefix + part[start:end])
                if number is not None:
                    found.append(number)
                    start = end
                    break
            else:
                return [self.unknown]
        return found


def _parts(word: str) -> list[str]:
    """A word cut at its punctuation, as BERT's vocabulary wants it."""
    if word.isalnum():
        return [word]
    parts: list[str] = [""]
    for character in word:
        if character.isalnum():
            parts[-1] += character
        else:
            parts += [character, ""]
    return [part for part in parts if part]


_OPEN, _CLOSE, _STRAIGHT = "“«„", "”»", '"'


def _quote_states(text: str, found: Sequence[Span]) -> list[int]:
    """Per word of a paragraph: 0 outside, 1 inside of quotation marks, 2 a mark; an opened quotation ends with it."""
    states: list[int] = []
    inside = False
    for start, end in found:
        mark = text[start] if end - start == 1 else ""
        if mark and mark in _OPEN + _CLOSE + _STRAIGHT:
            inside = mark in _OPEN or (mark in _STRAIGHT and not inside)
            states.append(2)
        else:
            states.append(int(inside))
    return states


def _shape(word: str) -> int:
    if word[0].isdigit():
        return 3
    if not word[0].isalnum():
        return 4
    if word.islower():
        return 0
    if word.isupper():
        return 2 if len(word) > 1 else 1
    return 1 if word[0].isupper() else 5


def chunks(text: str, vocabulary: Vocabulary) -> list[Chunk]:
    """The text in chunks of whole paragraphs, at most `CHUNK_PIECES` long; longer paragraphs part at sentences."""
    packed: list[list[_Unit]] = []
    room = 0
    for unit in _units(text, vocabulary):
        if unit.size > room:
            packed.append([])
            room = CHUNK_PIECES
        packed[-1].append(unit)
        room -= unit.size
    return [_chunk(units, vocabulary) for units in packed]


class _Unit(msgspec.Struct, frozen=True):
    """What is kept together: a paragraph, or a part of a long one; `size` in pieces."""

    words: list[Span]
    pieces: list[tuple[int, ...]]
    marks: list[int]
    size: int


def _units(text: str, vocabulary: Vocabulary) -> list[_Unit]:
    every = words(text)
    units: list[_Unit] = []
    at = 0
    for _, stop in paragraphs(text):
        begin = at
        while at < len(every) and every[at][0] < stop:
            at += 1
        found = every[begin:at]
        if not found:
            continue
        shown = [vocabulary.pieces_and_shape(text[start:end]) for start, end in found]
        pieces = [numbers for numbers, _ in shown]
        marks = [
            mark_of(state, shape, index if index < 2 else 2 if index < 5 else 3)
            for index, (state, (_, shape)) in enumerate(zip(_quote_states(text, found), shown, strict=True))
        ]
        size = sum(map(len, pieces))
        if size <= CHUNK_PIECES:
            units.append(_Unit(found, pieces, marks, size))
            continue
        for start, end in _cuts(found, pieces, [end for _, end in sentences(text)]):
            kept = pieces[start:end]
            units.append(_Unit(found[start:end], kept, marks[start:end], sum(map(len, kept))))
    return units


def _cuts(found: list[Span], pieces: list[tuple[int, ...]], ends: list[int]) -> list[tuple[int, int]]:
    """Where to part a paragraph so that no part is too long: after a sentence if one ends in time, else anywhere."""
    cuts: list[tuple[int, int]] = []
    stops = set(ends)
    start, size, last_stop = 0, 0, 0
    for i, (_, end) in enumerate(found):
        if size + len(pieces[i]) > CHUNK_PIECES:
            cut = last_stop if last_stop > start else i
            cuts.append((start, cut))
            size = sum(map(len, pieces[cut:i]))
            start = cut
        size += len(pieces[i])
        if end in stops:
            last_stop = i + 1
    cuts.append((start, len(found)))
    return cuts


def _chunk(units: list[_Unit], vocabulary: Vocabulary) -> Chunk:
    found: list[Span] = []
    numbers, marks, first, starts = [vocabulary.start], [_OUTSIDE], [], []
    for unit in units:
        starts.append(len(found))
        found += unit.words
        for pieces, mark in zip(unit.pieces, unit.marks, strict=True):
            first.append(len(numbers))
            numbers += pieces
            marks += [mark] * len(pieces)
    return Chunk(found, [*numbers, vocabulary.end], [*marks, _OUTSIDE], first, starts)
