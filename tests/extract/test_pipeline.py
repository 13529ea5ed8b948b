"""From a text to its summary: attributed, verbatim, the same every time."""

from __future__ import annotations

import io
import json
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.extract.lines import read_reports, summary_line
from bot.extract.pipeline import summarise
from bot.model.report import Report
from bot.model.summary import Summary


def read(text: str, title: str | None = None) -> Summary:
    return summarise(Report(id="r", text=text, title=title))


def test_the_first_sample_comes_out_right(shared: Path) -> None:
    text = next((shared / "seeds").glob("*.txt")).read_text(encoding="utf-8")
    summary = read(text)
    names = {actor.id: actor.name for actor in summary.actors}
    by = {claim.id: claim for claim in summary.claims}
    civilians, children = (k for k in summary.casualties if k.state == "unspecified")
    assert (civilians.min, civilians.groups) == (13, ("civilian",))
    assert (children.min, children.groups, children.subset_of) == (9, ("children",), civilians.id)
    assert names[by[civilians.according_to or ""].speaker or ""] == "Armenian sources"
    (soldiers,) = (k for k in summary.casualties if k.state == "injured")
    assert (soldiers.min, soldiers.side) == (2, "AZ")
    assert names[by[soldiers.according_to or ""].speaker or ""] == "Ministry of Defence of Azerbaijan"
    (accusation,) = (c for c in summary.claims if c.stance == "accuses")
    denials = [c for c in summary.claims if c.stance == "denies" and accusation.id in c.disputes]
    assert [names[c.speaker or ""] for c in denials] == ["Ministry of Defence of Armenia"]
    premier = next(actor for actor in summary.actors if actor.name == "Nikol Pashinyan")
    assert (premier.type, premier.country) == ("official", "AM")
    assert not any(k.state == "killed" for k in summary.casualties)
    for claim in summary.claims:
        said = " ".join(text[a:b] for a, b in claim.content)
        assert "early 1990s" not in said and "Lachin Corridor" not in said


def test_nested_attributions_give_one_claim_each() -> None:
    summary = read("The agency Interfax reported that Kyiv had said its forces shot down nine drones over the city.")
    names = {actor.id: actor.name for actor in summary.actors}
    assert [names.get(c.speaker or "") for c in summary.claims] == ["Interfax", "Ukraine"]


def test_a_pronoun_speaks_for_who_spoke_before() -> None:
    summary = read("Governor Olena Hrytsak said the station had been hit. She added that two drivers were missing.")
    speakers = {claim.speaker for claim in summary.claims}
    assert len(speakers) == 1 and None not in speakers


def test_upper_case_wire_copy_is_read() -> None:
    summary = read("THE ARMY SAID THREE SOLDIERS WERE WOUNDED NEAR SAN MIGUEL. THE REBELS DENIED THE ATTACK.")
    assert {claim.stance for claim in summary.claims} == {"asserts", "denies"}
    assert summary.casualties[0].min == 3


def test_an_empty_text_gives_an_empty_summary() -> None:
    assert read("") == Summary(id="r") == read(" \n ")


def test_a_title_that_tells_a_claim_as_fact_is_attributed() -> None:
    text = (
        "Russian missiles hit a power plant in Poltava on Tuesday, the regional governor said. Repairs will take weeks."
    )
    assert (
        read(text, title="Russian missiles hit power plant in Poltava")
        .headline.lower()
        .startswith("regional governor:")
    )
    assert read(text, title="Governor: missiles hit plant").headline == "Governor: missiles hit plant"


def test_two_hundred_thousand_characters_are_read() -> None:
    sentence = "The mayor said four people had been injured in the market. "
    summary = read((sentence * 8 + "\n\n") * 430)
    assert len(summary.claims) > 3000


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                "The ministry said ",
                "two soldiers were killed",
                ". ",
                "\n\n",
                '"',
                "“we deny it”",
                "he added",
                " at least 20 ",
                "Moscow ",
                "\u202e",
                "<b>",
                "• ",
                "12:05 ",
                "é",
                "🙂",
            ]
        ),
        max_size=25,
    ).map("".join)
)
def test_every_span_lies_in_the_text_and_the_answer_is_the_same_again(text: str) -> None:
    summary = read(text)
    assert summary_line(summary) == summary_line(read(text))
    spans = [s for c in summary.claims for s in (*c.source, *c.cue, *c.content, c.sentence)]
    spans += [s for k in summary.casualties for s in (k.victims, k.sentence, *([k.number] if k.number else []))]
    spans += [s for a in summary.actors for s in a.mentions]
    assert all(0 <= a < b <= len(text) for a, b in spans)
    ids = {claim.id for claim in summary.claims}
    assert all(set(c.disputes) <= ids - {c.id} for c in summary.claims)
    assert all(k.according_to is None or k.according_to in ids for k in summary.casualties)
    assert all(k.min is None or k.max is None or k.min <= k.max for k in summary.casualties)


def test_figures_do_not_fall_below_what_they_were(shared: Path) -> None:
    """A gate on the annotated conflict set: no measure of it may sink; and no casualty may become a death."""
    import importlib.util
    import sys

    folder = shared / "eval" / "conflict"
    loaded = importlib.util.spec_from_file_location("conflict_score", folder / "score.py")
    assert loaded and loaded.loader
    module = importlib.util.module_from_spec(loaded)
    sys.modules["conflict_score"] = module
    loaded.loader.exec_module(module)
    golds = [json.loads(line) for line in (folder / "gold.jsonl").read_text(encoding="utf-8").splitlines()]
    reports = read_reports(io.BytesIO((folder / "reports.jsonl").read_bytes()))
    systems = {r.id: json.loads(summary_line(summarise(r))) for r in reports if isinstance(r, Report)}
    out = module.score(golds, systems)
    assert out["casualties"]["promoted"] == 0
    assert out["claims"]["triple"]["F1"] >= 91
    assert out["claims"]["stance"] >= 95 and out["claims"]["speaker"] >= 95
    assert out["claims"]["disputes"]["F1"] >= 50
    assert out["casualties"]["record"]["F1"] >= 90
    assert out["actors"]["with country"]["F1"] >= 84
