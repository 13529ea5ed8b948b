"""The learned tagger: which words of a text name a source, mark an attribution (cue), or are what is said (content).

A MiniLM of six layers with a tag layer, run by ONNX Runtime on one thread, and a first-order CRF decoded here.
Each chunk is run by itself, so that the answer never depends on what else is read with it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Literal

import msgspec
import numpy as np
import numpy.typing as npt

from bot.extract.pieces import Chunk, Vocabulary, chunks
from bot.model.report import Span


@contextmanager
def _on_any_processor() -> Iterator[None]:
    """Let a process that is bound to one processor use all for a moment.

    ONNX Runtime tries a processor's matrix unit (AMX, twice as fast here) by moving between two processors while it is
    loaded, and does without it where it cannot move.
    """
    bound = os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else set()
    if len(bound) != 1:
        yield
        return
    try:
        os.sched_setaffinity(0, range(os.cpu_count() or 1))
        yield
    finally:
        os.sched_setaffinity(0, bound)


with _on_any_processor():
    import onnxruntime

Role = Literal["source", "cue", "content"]
ROLES: tuple[Role, ...] = ("source", "cue", "content")
WEIGHTS = Path(__file__).resolve().parent / "weights"

_TAGS = 1 + 2 * len(ROLES)  # O, then B and I of each role
_FORBIDDEN = -1e4
_AT_ONCE = 64  # chunks whose paths are looked for side by side; more would need memory

Floats = npt.NDArray[np.float32]


class Tagged(msgspec.Struct, frozen=True):
    """A stretch of words of one role.

    Attributes:
        span: its offsets.
        words: half-open range of word numbers in the text.
        paragraph: number of its paragraph (or part of a long one).
        confidence: mean probability of its tags, 0 to 1.
    """

    role: Role
    span: Span
    words: tuple[int, int]
    paragraph: int
    confidence: float


class Tags(msgspec.Struct, frozen=True):
    """All that the tagger says of a text: the words' offsets, and the tagged stretches in order."""

    words: list[Span]
    stretches: list[Tagged]


class Tagger:
    """The weights, loaded once; `tag` is a pure function of the text."""

    def __init__(self, folder: Path = WEIGHTS) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.execution_mode = onnxruntime.ExecutionMode.ORT_SEQUENTIAL
        # The network says itself which operators are joined (training/network.py); the runtime's own fusions are slower.
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
        self._session = onnxruntime.InferenceSession(
            str(folder / "tagger.onnx"), options, providers=["CPUExecutionProvider"]
        )
        self._moves = _allowed(np.load(folder / "transitions.npy"))
        self._vocabulary = Vocabulary(folder / "pieces.txt")

    def tag(self, text: str) -> Tags:
        """The text's words and the stretches of source, cue and content among them."""
        found: list[Span] = []
        stretches: list[Tagged] = []
        paragraph = 0
        every = chunks(text, self._vocabulary)
        for begin in range(0, len(every), _AT_ONCE):
            together = every[begin : begin + _AT_ONCE]
            scores = [self._scores(chunk) for chunk in together]
            for chunk, own, path in zip(together, scores, _best_paths(scores, self._moves), strict=True):
                sure = _probabilities(own, path)
                starts = {start: number for number, start in enumerate(chunk.starts)}
                stretches += _stretches(chunk, path, sure, starts, offset=len(found), paragraph=paragraph)
                found += chunk.words
                paragraph += len(chunk.starts)
        return Tags(found, stretches)

    def _scores(self, chunk: Chunk) -> Floats:
        """Words × tags."""
        inputs = {
            "pieces": np.array([chunk.pieces], dtype=np.int64),
            "marks": np.array([chunk.marks], dtype=np.int64),
            "first": np.array(chunk.first, dtype=np.int64),
        }
        scores: Floats = self._session.run(None, inputs)[0][0]
        return scores


@lru_cache(maxsize=1)
def tagger() -> Tagger:
    """The one tagger of this process."""
    return Tagger()


def _allowed(transitions: Floats) -> Floats:
    """The CRF's transitions with those barred that make no sense: an I- tag only goes on with its own role."""
    moves = transitions.astype(np.float32).copy()
    for role in range(len(ROLES)):
        inside = 2 + 2 * role
        for before in range(_TAGS + 1):
            if before not in (inside, inside - 1):
                moves[before, inside] = _FORBIDDEN
    return moves


def _best_paths(scores: Sequence[Floats], moves: Floats) -> list[list[int]]:
    """Viterbi: the tags of each chunk's words, all chunks side by side; the last row of `moves` leads from a chunk's start."""
    counts = [len(own) for own in scores]
    longest = max(counts)
    padded = np.zeros((longest, len(scores), _TAGS), dtype=np.float32)
    for number, own in enumerate(scores):
        padded[: len(own), number] = own
    between = np.ascontiguousarray(moves[:_TAGS].T)  # to a tag, from a tag
    best = np.empty_like(padded)
    back = np.empty((longest, len(scores), _TAGS), dtype=np.int64)
    best[0] = padded[0] + moves[_TAGS]
    for i in range(1, longest):
        reached = best[i - 1][:, None, :] + between
        reached.argmax(2, out=back[i])
        np.add(reached.max(2), padded[i], out=best[i])
    return [_traced(best[:, number], back[:, number], count) for number, count in enumerate(counts)]


def _traced(best: Floats, back: npt.NDArray[np.int64], count: int) -> list[int]:
    """One chunk's path, followed back from its last word."""
    path = [int(best[count - 1].argmax())]
    for origins in back[count - 1 : 0 : -1].tolist():
        path.append(origins[path[-1]])
    return path[::-1]


def _probabilities(scores: Floats, path: Sequence[int]) -> Floats:
    """The softmax of each word's scores at the tag that was chosen."""
    shifted = np.exp(scores - scores.max(1, keepdims=True))
    chosen: Floats = shifted[np.arange(len(path)), list(path)] / shifted.sum(1)
    return chosen


def _stretches(
    chunk: Chunk, path: Sequence[int], sure: Floats, starts: dict[int, int], *, offset: int, paragraph: int
) -> list[Tagged]:
    """The runs of B- and I- tags; none crosses a paragraph."""
    found: list[Tagged] = []
    here = paragraph
    begin: int | None = None

    def close(end: int) -> None:
        if begin is not None:
            span = chunk.words[begin][0], chunk.words[end - 1][1]
            role = ROLES[(path[begin] - 1) // 2]
            mean = round(float(sure[begin:end].mean()), 3)
            found.append(Tagged(role, span, (begin + offset, end + offset), here, mean))

    for i, tag in enumerate(path):
        fresh = i in starts
        if begin is not None and (fresh or tag == 0 or tag % 2 == 1):
            close(i)
            begin = None
        if fresh:
            here = paragraph + starts[i]
        if tag and begin is None:
            begin = i
    close(len(path))
    return found
