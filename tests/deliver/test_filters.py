"""The filter language: what passes, what is refused and where, and why."""

from __future__ import annotations

import msgspec
import pytest
import re2
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.deliver.facts import Facts
from bot.deliver.filters import compiled, explain
from bot.deliver.orders import Order, Orders
from bot.deliver.patterns import Pattern, required
from bot.events.tell import tell
from bot.model.errors import CommandError
from bot.model.report import Report
from bot.model.summary import Actor, CasualtyFigure, Claim, Summary
from tests.samples import NOW, told

TEXT = (
    "Kestria's army said 12 civilians, including 4 children, were killed in Orun. Osmia denied shelling the air base."
)
REPORT = Report(id="r1", published_at=NOW, text=TEXT, title="Shelling in Orun", outlet="Riverside News", feed_id="f1")
SUMMARY = Summary(
    id="r1",
    actors=(
        Actor(id="a1", name="Armed Forces of Armenia", type="military", country="AM"),
        Actor(id="a2", name="Azerbaijan", type="state", country="AZ"),
    ),
    claims=(
        Claim(id="c1", content=((20, 60),), sentence=(0, 75), speaker="a1"),
        Claim(id="c2", content=((90, 100),), sentence=(76, 110), speaker="a2", stance="denies", disputes=("c1",)),
    ),
    casualties=(
        CasualtyFigure(
            id="k1", state="killed", min=12, max=12, qualifier="exact", victims=(20, 30), sentence=(0, 75),
            groups=("civilian",), according_to="c1", place="Orun",
        ),
        CasualtyFigure(
            id="k2", state="killed", min=4, max=4, qualifier="exact", victims=(42, 52), sentence=(0, 75),
            groups=("children",), subset_of="k1", according_to="c1",
        ),
        CasualtyFigure(id="k3", state="killed", min=9, max=9, qualifier="exact", victims=(1, 2), sentence=(0, 75)),
        CasualtyFigure(
            id="k4", state="injured", min=80, max=80, qualifier="exact", victims=(1, 2), sentence=(76, 110),
            according_to="c2",
        ),
        CasualtyFigure(
            id="k5", state="killed", min=900, max=900, qualifier="exact", victims=(1, 2), sentence=(0, 75),
            scope="historical",
        ),
    ),
)  # fmt: skip
FACTS = Facts.of(REPORT, SUMMARY, tell("ORU-0001", [(REPORT, SUMMARY)]), merged=("ORU-0009",))


def passes(line: str) -> bool:
    return compiled(line).passes(FACTS)


@pytest.mark.parametrize(
    "line",
    [
        "", "country:AM", "country:armenia", "country:Yerevan", "country:armenian AND country:AZ", "status:denied",
        "status:disputed", "actor:Baku", 'actor:"armenian army"', "by:azeri", "killed>=12", "killed >= 12", "killed≥12",
        "children>=4", "killed(children)>=4", "killed(child)>=4", "civilians>=12", "has:children", "has:civilians",
        "outlet:riverside", 'outlet:"Riverside News"', "place:orun", "feed:f1", "feed:F1", "event:oru-0001", "event:ORU-0009",
        "origins>=1", "shelling", "SHELLING", '"air base"', "shell*", "/air\\s+ba.e/", "kind:strike",
        "country:AM (status:acknowledged OR killed>=10) NOT outlet:x", "NOT NOT shelling", "NOT (x OR y)", "not drone",
    ],
)  # fmt: skip
def test_what_a_report_says_passes(line: str) -> None:
    assert passes(line)


@pytest.mark.parametrize(
    "line",
    [
        "country:RU", "status:acknowledged", "actor:Russia", "by:Russia", "outlet:river", "place:or", "feed:f2",
        "event:oru-0002", "origins>=2", "shell", '"base air"', "drone*", "/airbase/", "kind:flood", "NOT shelling",
        "country:AM AND drone", "(x OR y)", "displaced>=1", "killed(women)>=1",
    ],
)  # fmt: skip
def test_what_it_does_not_say_does_not(line: str) -> None:
    assert not passes(line)


def test_a_toll_is_one_sources_figure_and_never_a_sum() -> None:
    assert passes("killed>=12") and not passes("killed>=13")


def test_what_is_denied_or_of_an_earlier_war_is_nobodys_figure() -> None:
    assert not passes("injured>=1") and not passes("killed>=900")


@pytest.mark.parametrize(
    ("line", "place", "hint"),
    [
        ("country:AM coutry:AZ", "character 12", "country:"), ("country:Armena", "character 1", "Armenia"),
        ("status:denyed", "character 1", "status:denied"), ("kind:strik", "character 1", "kind:strike"),
        ("has:childs", "character 1", "has:"), ("killd>=3", "character 1", "killed>=1"), ("killed>3", "character 1", "killed>=4"),
        ("killed:3", "character 1", "killed>=3"), ("killed>=0", "character 1", "killed>=1"),
        ("a AND", "character 6", "must follow"), ("a AND OR b", "character 7", "between"), ("(a", "character 3", "add )"),
        ("a)", "character 2", "partner"), ('"a', "character 1", "partner"), ("/(?=a)/", "character 1", "look-around"),
        ("country:", "character 1", "country:AM"), ("x " * 60, "character 81", ""), ("(" * 12 + "a", "character 11", ""),
        ("ab*", "character 1", "shell*"), ("http://x.example", "character 1", '"http://x.example"'),
    ],
)  # fmt: skip
def test_a_mistake_is_pointed_at_and_the_nearest_offered(line: str, place: str, hint: str) -> None:
    with pytest.raises(CommandError) as caught:
        compiled(line)
    assert place in caught.value.subject and hint in caught.value.hint


@given(st.text(alphabet='abz ()"/:>=*1\\|ANDORTkilledcountry≥', max_size=60))
@settings(max_examples=400)
def test_any_line_is_either_read_or_refused_in_words(line: str) -> None:
    try:
        assert compiled(line).passes(FACTS) in (True, False)
    except CommandError as error:
        assert error.subject


def test_each_part_says_whether_it_holds_and_what_it_saw() -> None:
    passed, seen = explain("country:AM (status:acknowledged OR killed>=50) NOT outlet:riverside", FACTS)
    assert not passed
    assert [(part.shown, part.holds, part.level) for part in seen] == [
        ("country:AM", True, 0),
        ("one of these", False, 0),
        ("status:acknowledged", False, 1),
        ("killed>=50", False, 1),
        ("NOT outlet:riverside", False, 0),
    ]
    assert "12, according to Armed Forces of Armenia" in seen[3].what
    assert "riverside news" in seen[4].what


_LINES = st.recursive(
    st.sampled_from(
        [
            "country:AM", "country:AZ", "country:RU", "status:denied", "killed>=10", "children>=1", "origins>=2", "shelling",
            "hospital", "shell*", '"air base"', "/drone.{0,9}/", "/hospital|dam/", "actor:Israel", "by:Armenia", "outlet:sample",
            "place:gaza", "kind:strike", "has:civilians", "NOT hospital",
        ]
    ),
    lambda inner: st.tuples(inner, st.sampled_from([" AND ", " OR ", " NOT "]), inner).map(lambda three: f"({''.join(three)})"),
    max_leaves=6,
)  # fmt: skip


@given(st.lists(_LINES, max_size=12), st.integers(0, 9), st.sampled_from(["", "t0", "t1"]))
@settings(max_examples=300, deadline=None)
def test_looking_facts_up_finds_the_same_orders_as_asking_each(lines: list[str], number: int, tenant: str) -> None:
    report, summary = told()[number]
    report = msgspec.structs.replace(report, feed_id=f"f{number % 3}")
    facts = Facts.of(report, summary, tell("X-1", [(report, summary)]))
    orders = [Order(i, f"t{i % 2}", line, feeds=("f1", "f2") if i % 3 == 0 else ()) for i, line in enumerate(lines)]
    wanted = [
        order.item
        for order in orders
        if tenant in ("", order.tenant)
        and (not order.feeds or facts.feed in order.feeds)
        and compiled(order.line).passes(facts)
    ]
    assert Orders(orders).wanting(facts, tenant=tenant) == wanted


def test_an_order_whose_filter_cannot_be_read_harms_no_other() -> None:
    orders = Orders([Order("bad", "t", "country:Atlantis"), Order("good", "t", "country:AM")])
    assert orders.wanting(FACTS, tenant="") == ["good"]


_PATTERNS = st.lists(
    st.sampled_from(["abc", "bca?", "cab*", "a{0,2}", "(ab|c)", "[abc]", ".", "|", "\\w+", "abcab{2}", "^", "c+", "(a(b|c)?)*", "ABC"]),
    min_size=1, max_size=6,
).map("".join)  # fmt: skip


@given(_PATTERNS, st.text(alphabet="abc", max_size=14))
@settings(max_examples=600)
def test_what_must_stand_in_a_match_stands_in_every_match(words: str, text: str) -> None:
    try:
        plain = re2.compile(f"(?i){words}")
    except re2.error:
        return
    assert (Pattern(words).found(text) is not None) == (plain.search(text) is not None), required(words)


def test_a_pattern_that_would_blow_up_elsewhere_takes_no_time_to_speak_of() -> None:
    assert Pattern("(a*)*b").found("a" * 50_000) is None
