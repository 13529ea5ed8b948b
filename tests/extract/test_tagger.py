"""The tagger: the same answer always, offsets that are the text's, and any input read to its end."""

from __future__ import annotations

import itertools
import os
import subprocess
import sys

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.extract.pieces import CHUNK_PIECES, Vocabulary, chunks
from bot.extract.tagger import WEIGHTS, Tagger, tagger
from bot.extract.words import paragraphs, sentences, words

REPORT = (
    "The harbour master of Velana said two tugs had burned out, and denied that a third was missing.\n\n"
    "“Nobody slept,” a deckhand told Coast Radio. According to the port's clinic, four men were treated for smoke."
)

texts = st.text(
    alphabet=st.one_of(
        st.sampled_from(list(" \n\t.,:;!?\"'“”‘’«»()[]-–—…•")),
        st.characters(codec="utf-8"),
    ),
    max_size=400,
)


@pytest.fixture(scope="module")
def vocabulary() -> Vocabulary:
    return Vocabulary(WEIGHTS / "pieces.txt")


@given(texts)
@example("He said .\u2028\u2029no")
@example("\x1c\x1d")
def test_words_are_in_order_and_hold_every_mark_of_the_text(text: str) -> None:
    found = words(text)
    assert all(0 <= start < end <= len(text) for start, end in found)
    assert all(before[1] <= after[0] for before, after in itertools.pairwise(found))
    between = "".join(
        text[a:b]
        for a, b in zip([0, *(end for _, end in found)], [*(start for start, _ in found), len(text)], strict=True)
    )
    assert not between.strip()


@given(texts)
def test_sentences_lie_in_paragraphs_and_lose_nothing(text: str) -> None:
    blocks, stops = paragraphs(text), sentences(text)
    assert all(any(a <= start and end <= b for a, b in blocks) for start, end in stops)
    assert all(before[1] <= after[0] for before, after in itertools.pairwise(stops))
    assert "".join("".join(text[a:b].split()) for a, b in stops) == "".join(text.split())


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("Lt. Gen. Amos Reyk met the U.N. envoy on Sept. 4. They spoke for an hour.", 2),
        ("The price rose to 3.5 million. Nobody paid.", 2),
        ("“Stop!” she cried. “Why?” he asked.", 2),
        ("He lives in the U.S. The house is small.", 2),
        ("No. 4 was George W. Harn, of Bell Co. in Ohio.", 1),
    ],
)
def test_a_sentence_does_not_end_at_an_abbreviation(text: str, count: int) -> None:
    assert len(sentences(text)) == count


@settings(deadline=None)
@given(texts)
def test_chunks_hold_every_word_once_and_no_more_pieces_than_allowed(text: str) -> None:
    found = chunks(text, tagger()._vocabulary)
    assert [word for chunk in found for word in chunk.words] == words(text)
    for chunk in found:
        assert len(chunk.pieces) == len(chunk.marks) <= CHUNK_PIECES + 2
        assert len(chunk.first) == len(chunk.words)


def test_a_word_is_cut_into_the_longest_pieces_of_the_vocabulary(vocabulary: Vocabulary) -> None:
    shown = (WEIGHTS / "pieces.txt").read_text(encoding="utf-8").splitlines()
    assert [shown[n] for n in vocabulary.pieces("Shelling")] == ["shell", "##ing"]
    assert [shown[n] for n in vocabulary.pieces("cease-fire")] == ["cease", "-", "fire"]
    assert vocabulary.pieces("Élysée") == vocabulary.pieces("elysee")
    assert vocabulary.pieces("\ue000") == (vocabulary.unknown,)


def test_a_report_is_tagged_the_same_after_any_other_text() -> None:
    alone = Tagger().tag(REPORT)
    other = tagger()
    other.tag("Quite another text, he said. " * 40)
    assert other.tag(REPORT) == alone
    assert other.tag(REPORT) == alone


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="processes cannot be bound here")
def test_a_process_that_is_bound_to_one_processor_stays_bound() -> None:
    """It may move while the runtime is loaded, so that this finds out what the processor can do."""
    asked = (
        "import os; os.sched_setaffinity(0, {min(os.sched_getaffinity(0))}); bound = os.sched_getaffinity(0)\n"
        "import bot.extract.tagger; assert os.sched_getaffinity(0) == bound"
    )
    subprocess.run([sys.executable, "-c", asked], check=True, timeout=60)


def test_a_paragraph_is_tagged_the_same_wherever_its_chunk_stands() -> None:
    """Chunks are read one by one: what stands in another chunk changes nothing."""
    filler = "The committee said that the road had been closed for repairs since the spring of last year. " * 6
    together = tagger().tag(f"{filler.strip()}\n\n{filler.strip()}")
    apart = tagger().tag(filler.strip())
    count = len(apart.words)
    again = [s for s in together.stretches if s.words[0] >= count]
    assert [(s.role, s.words[0] - count, s.words[1] - count, s.confidence) for s in again] == [
        (s.role, *s.words, s.confidence) for s in apart.stretches
    ]


def test_stretches_are_in_order_and_do_not_overlap() -> None:
    found = tagger().tag(REPORT)
    assert {stretch.role for stretch in found.stretches} == {"source", "cue", "content"}
    assert all(a.span[1] <= b.span[0] for a, b in itertools.pairwise(found.stretches))
    for stretch in found.stretches:
        assert stretch.span == (found.words[stretch.words[0]][0], found.words[stretch.words[1] - 1][1])
        assert 0 < stretch.confidence <= 1


@pytest.mark.parametrize("text", ["", " \n\t ", "\u00a0", "\u2028"])
def test_a_text_without_words_has_no_tags(text: str) -> None:
    assert tagger().tag(text).stretches == []
