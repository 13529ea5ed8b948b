"""Attributions: who says what, with offsets that are the text's own words."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.extract.attribution import Attribution, attributions
from bot.model.report import Span
from training.conflict_reports import OwnReport, read_folder

FOLDER = Path(__file__).resolve().parents[2] / "training" / "conflict"

parts = st.sampled_from(
    [
        "The governor of Velana said",
        "according to the ministry",
        "“We saw nothing,”",
        "two people were injured",
        "Moscow denied",
        "he added",
        "that",
        ":",
        ".",
        ",",
        "\n\n",
        "- ",
        '"',
        "(source: police)",
        "&amp;",
        "<br>",
        "\u200b",
        "😀",
        "TROOPS FIRED, WITNESSES SAID",
    ]
)
texts = st.one_of(st.lists(parts, max_size=25).map(" ".join), st.text(max_size=200))


def shown(text: str, spans: tuple[Span, ...]) -> str:
    return " … ".join(text[start:end] for start, end in spans)


def only(text: str) -> Attribution:
    found = attributions(text)
    assert len(found) == 1, [shown(text, one.content) for one in found]
    return found[0]


@settings(deadline=None, max_examples=60)
@given(texts)
@example("")
@example("said said said: “")
def test_every_span_is_in_the_text_and_every_attribution_has_a_content(text: str) -> None:
    found = attributions(text)
    for one in found:
        assert one.content
        for spans in (one.source, one.cue, one.content):
            assert all(0 <= start < end <= len(text) for start, end in spans)
            assert all(not text[start].isspace() and not text[end - 1].isspace() for start, end in spans)
            assert all(a[1] <= b[0] for a, b in itertools.pairwise(spans))
        assert 0 <= one.confidence <= 1
        assert 0 <= one.sentence[0] < one.sentence[1] <= len(text)
    begins = [min(s for spans in (one.source, one.cue, one.content) for s, _ in spans) for one in found]
    assert begins == sorted(begins)


@settings(deadline=None, max_examples=20)
@given(st.lists(texts, min_size=2, max_size=4))
def test_the_answer_does_not_depend_on_what_was_read_before(several: list[str]) -> None:
    forth = [attributions(text) for text in several]
    back = [attributions(text) for text in reversed(several)]
    assert forth == back[::-1]


@pytest.mark.parametrize(
    ("text", "source", "cue", "content"),
    [
        (
            "The mayor of Orlin said three houses had burned down.",
            "The mayor of Orlin",
            "said",
            "three houses had burned down",
        ),
        (
            "Two bridges were destroyed, according to the regional police.",
            "the regional police",
            "according to",
            "Two bridges were destroyed",
        ),
        (
            "THE ARMY COMMAND DENIED THAT ITS TROOPS HAD ENTERED THE VILLAGE.",
            "THE ARMY COMMAND",
            "DENIED",
            "ITS TROOPS HAD ENTERED THE VILLAGE",
        ),
        (
            "“Nobody warned us,” a baker told reporters.",
            "a baker",
            "told",
            "“Nobody warned us,”",
        ),
    ],
)
def test_source_cue_and_content_of_a_plain_attribution(text: str, source: str, cue: str, content: str) -> None:
    one = only(text)
    assert shown(text, one.source) == source
    assert cue in shown(text, one.cue)
    assert content in shown(text, one.content)
    assert one.sentence == (0, len(text))


def test_a_discontinuous_cue_keeps_its_accused_out_of_the_cue() -> None:
    text = "The foreign ministry accused the rebels of shelling a clinic near the border."
    one = only(text)
    assert shown(text, one.source) == "The foreign ministry"
    assert shown(text, one.cue) == "accused … of"
    assert "shelling a clinic" in shown(text, one.content)


def test_who_denies_insists_and_what_others_claim_is_not_theirs() -> None:
    text = "City police denied claims by lawyers that guards had shot nine students, insisting only water was used."
    denied, insisted = attributions(text)
    assert shown(text, insisted.source) == "City police"
    assert "had shot nine students" in shown(text, denied.content)
    assert shown(text, insisted.content) == "only water was used"


def test_a_dateline_is_not_what_is_said() -> None:
    text = "DAMASCUS, July 14 - More than 80 people have been killed, the observatory said."
    assert shown(text, only(text).content).startswith("More than 80")


def test_scraps_of_another_sentence_are_of_nobody() -> None:
    text = (
        "Governor Oleh Synko wrote that 97 people had been injured. Two people were still believed to be under the "
        "debris. Russia's defence ministry said its forces had struck a base."
    )
    contents = [shown(text, one.content) for one in attributions(text)]
    assert "97 people had been injured" in contents and "its forces had struck a base" in contents


def test_a_deed_that_is_denied_is_what_is_said() -> None:
    text = "Lesotho denies arming the miners."
    one = only(text)
    assert (shown(text, one.cue), shown(text, one.content)) == ("denies", "arming the miners")


def test_an_attribution_within_a_content_is_one_of_its_own() -> None:
    text = (
        "The agency Norda reported on Friday that the health ministry said nine people had been wounded in the blast."
    )
    outer, inner = attributions(text)
    assert (outer.nested_in, inner.nested_in) == (None, 0)
    assert shown(text, inner.source) == "the health ministry"
    assert all(any(a <= s and e <= b for a, b in outer.content) for s, e in inner.content)


def test_a_second_cue_of_a_sentence_has_the_source_of_the_first() -> None:
    text = "The interior ministry denied the report and said that no shots had been fired."
    found = attributions(text)
    assert [shown(text, one.source) for one in found] == ["The interior ministry"] * 2
    assert [shown(text, one.cue) for one in found] == ["denied", "said"]


def test_a_cue_does_not_take_the_source_of_another_sentence() -> None:
    text = "Four huts burned, it was said; the army denies the charge."
    for one in attributions(text):
        if "denies" not in shown(text, one.cue):
            assert "army" not in shown(text, one.source)


def test_who_is_cited_says_it_beside_who_cites() -> None:
    text = "Baku said, citing its border guards, that four soldiers were wounded."
    outer, cited = attributions(text)
    assert (shown(text, outer.source), shown(text, outer.cue)) == ("Baku", "said")
    assert (shown(text, cited.source), shown(text, cited.cue)) == ("its border guards", "citing")
    assert outer.content == cited.content


def test_plain_telling_is_no_attribution() -> None:
    assert (
        attributions("Rain fell on the valley all night. Two bridges were closed at dawn and the school stayed shut.")
        == ()
    )


def test_a_very_long_text_is_read_to_its_end() -> None:
    paragraph = "The mayor of Orlin said three houses had burned down. Rain fell in the night.\n\n"
    text = paragraph * (200_000 // len(paragraph))
    found = attributions(text)
    assert len(found) == text.count("said")
    one, last = found[0], found[-1]
    moved = len(text) - len(paragraph)
    assert last.content == tuple((start + moved, end + moved) for start, end in one.content)


def test_a_text_without_any_break_is_read_to_its_end() -> None:
    text = "the mayor said " + "houses burned and " * 3000
    assert attributions(text)
    attributions("x" * 50_000)
    attributions("“" * 5_000)


# ------------------------------------------------------- our own held-out reports: never trained upon


def _characters(spans: list[list[int]] | tuple[Span, ...]) -> set[int]:
    return {i for start, end in spans for i in range(start, end)}


def _agree(one: set[int], other: set[int]) -> float:
    return 2 * len(one & other) / (len(one) + len(other)) if one or other else 0.0


def _found(report: OwnReport) -> tuple[int, int, int]:
    """Claims found with source and cue, claims annotated, claims told by the program."""
    told = [(_characters(a.source), _characters(a.cue), _characters(a.content)) for a in attributions(report.text)]
    right, used = 0, set()
    for claim in report.claims:
        source, cue, content = (_characters(claim[role]) for role in ("source", "cue", "content"))
        best = max(
            (i for i in range(len(told)) if i not in used),
            key=lambda i: _agree(content, told[i][2]) + 0.1 * bool(cue & told[i][1]),
            default=None,
        )
        if best is not None and _agree(content, told[best][2]) >= 0.5:
            used.add(best)
            right += (not source or bool(source & told[best][0])) and bool(cue & told[best][1])
    return right, len(report.claims), len(told)


def test_four_in_five_claims_of_reports_never_trained_upon_are_found_whole() -> None:
    counted = [_found(report) for report in read_folder(FOLDER, pattern="heldout_*.txt")]
    right, annotated, told = (sum(column) for column in zip(*counted, strict=True))
    assert annotated > 140
    assert 2 * right / (annotated + told) > 0.79
