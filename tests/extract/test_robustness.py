"""Texts as feeds really deliver them: remains of HTML, live lines, capitals, other languages."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.extract.markup import without_markup
from bot.extract.pipeline import summarise
from bot.model.report import Report
from bot.model.summary import Summary


def _told(text: str, title: str | None = None) -> Summary:
    return summarise(Report(id="r", text=text, title=title))


def _said(text: str) -> list[tuple[str, str]]:
    return [
        (" ".join(text[a:b] for a, b in claim.source), " ".join(text[a:b] for a, b in claim.content))
        for claim in _told(text).claims
    ]


def test_remains_of_html_are_read_over_and_scripts_say_nothing() -> None:
    text = (
        '<p>The mayor of <b>Kharkiv</b> said four people were killed.</p><script>var a = "He said nine died";</script>'
        "<p>Russia&#39;s defence ministry denied it.</p>"
    )
    said = _said(text)
    assert [content for _, content in said] == ["four people were killed", "it"]
    assert "nine" not in str(said)
    assert {actor.country for actor in _told(text).actors} == {"UA", "RU"}


@given(
    st.lists(
        st.sampled_from(
            [
                "<p>",
                "</p>",
                "<br/>",
                "&amp;",
                "&#39;",
                "&nbsp;",
                "<!-- x -->",
                "<script>",
                "</script>",
                "< 5",
                "a said b.",
            ]
        )
        | st.text(max_size=8),
        max_size=30,
    )
)
def test_blanking_markup_moves_nothing(parts: list[str]) -> None:
    text = "".join(parts)
    assert len(without_markup(text)) == len(text)


def test_live_lines_name_their_sources_without_a_verb() -> None:
    text = "09:30 - Two people are dead in Kherson (source: regional administration)\n10:05 - Manila: seven sailors are hurt\n"
    assert _said(text) == [
        ("regional administration", "Two people are dead in Kherson"),
        ("Manila", "seven sailors are hurt"),
    ]


def test_an_official_before_a_live_lines_colon_says_it() -> None:
    text = "14:20 Odesa mayor Hennadiy Trukhanov: three dockers killed in missile strike on port\n"
    assert _said(text) == [("Odesa mayor Hennadiy Trukhanov", "three dockers killed in missile strike on port")]


def test_a_heading_before_a_colon_is_no_source() -> None:
    assert not _said("Key points: the road to the north is closed until Monday")


def test_another_language_is_named_and_nothing_is_extracted() -> None:
    text = (
        "Der Bürgermeister sagte, dass vier Menschen bei dem Angriff getötet worden seien und die Armee nicht in der Stadt war. "
        "Die Regierung hat den Vorwurf zurückgewiesen."
    )
    told = _told(text, "Angriff")
    assert (told.notice, told.claims, told.casualties, told.headline) == ("language:de", (), (), "Angriff")


@pytest.mark.parametrize(
    "text",
    [
        "",
        " \n\t",
        "\x00\ufeff The army said two died.\u202e",
        "-- " * 500,
        "“",
        "THE ARMY SAID IT DID. THE ELN DENIED IT.",
    ],
)
def test_odd_texts_are_summarised_without_a_fault(text: str) -> None:
    told = _told(text)
    assert all(0 <= a < b <= len(text) for claim in told.claims for a, b in (*claim.source, *claim.cue, *claim.content))


_PIECES = st.sampled_from(
    ["The army said ", "Russia’s defence ministry denied ", "“no”, ", "(NPA) ", "\n• 10:05 - ", "KYIV, May 3 (X) - ", "it. ", "that two soldiers died. ", "<b>", "which "]
)  # fmt: skip


@settings(max_examples=25, deadline=None)
@given(st.lists(_PIECES | st.text(max_size=6), max_size=20))
def test_whatever_is_put_together_spans_lie_in_the_text(parts: list[str]) -> None:
    text = "".join(parts)
    told = _told(text)
    spans = [span for claim in told.claims for span in (*claim.source, *claim.cue, *claim.content, claim.sentence)]
    spans += [span for actor in told.actors for span in actor.mentions]
    assert all(0 <= a < b <= len(text) for a, b in spans)
    ids = {claim.id for claim in told.claims}
    assert all(set(claim.disputes) <= ids - {claim.id} for claim in told.claims)
    assert all(
        claim.id in other.disputes for claim in told.claims for other in told.claims if other.id in claim.disputes
    )


def test_beside_a_sentence_without_end_the_others_are_read() -> None:
    told = _told("Two people were killed in Velana.\n\n" + "was killed " * 4000, "Blast")
    assert [figure.min for figure in told.casualties] == [2]


def test_beside_a_line_of_nothing_but_marks_the_others_are_read() -> None:
    told = _told("Two people were killed in Velana.\n\n" + '"' * 20_000, "Blast")
    assert [figure.min for figure in told.casualties] == [2] and told.claims == ()
