"""Whatever a card says: no limit exceeded, nobody mentioned, no markup left open, nothing lost."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.discord.render import render
from adapters.slack import render as slack
from adapters.terminal.render import plain
from bot.model.card import Action, Card, Line, Section, SourceLink, Table, Thumbnail
from tests.adapters.discord.simulated import assert_within_limits, components_in
from tests.stand_ins.slack_server import assert_sound

_NASTY = st.sampled_from(
    ["@everyone", "<@&1>", "<!channel>", "<@U1>", "[x](https://evil.example)", "||spoiler||", "```", "# head", "-# small",
     "\u202egnp", "\x1b[31m", "z" + "\u0301" * 40, "<t:1:R>", ":smile:", "1. one", "> quote", "**b", "https://evil.example/a"]
)  # fmt: skip
_WORDS = st.lists(st.one_of(st.text(max_size=12), _NASTY), min_size=1, max_size=4).map(" ".join)
_LONG = st.one_of(_WORDS, st.sampled_from([1, 40, 400, 1500]).map(lambda n: "word " * n))
_LINES = st.builds(
    Line,
    text=_LONG,
    note=_WORDS,
    url=st.one_of(st.none(), st.just("https://e.example/a"), _WORDS),
    quote=st.booleans(),
    level=st.integers(0, 1),
    command=st.sampled_from(["", "report x"]),
)
_SECTIONS = st.lists(
    st.builds(Section, heading=_WORDS, lines=st.lists(_LINES, max_size=4).map(tuple), left_out=st.integers(0, 9)),
    max_size=6,
).map(tuple)
_ACTIONS = st.lists(st.builds(Action, label=_WORDS, command=_WORDS, url=st.one_of(st.none(), _WORDS)), max_size=8).map(
    tuple
)
_CARDS = st.builds(
    Card,
    kind=st.just("report"),
    title=_LONG,
    tag=_WORDS,
    subtitle=_LONG,
    lead=_LONG,
    sections=_SECTIONS,
    overflow=_SECTIONS,
    sources=st.lists(
        st.builds(SourceLink, report_id=_WORDS, outlet=_WORDS, url=st.one_of(st.none(), st.just("https://e.example"))),
        max_size=12,
    ).map(tuple),
    actions=_ACTIONS,
    table=st.one_of(
        st.none(),
        st.builds(Table, columns=st.just(("a", "b")), rows=st.lists(st.tuples(_WORDS, _WORDS), max_size=6).map(tuple)),
    ),
    footer=_LONG,
    thumbnail=st.one_of(
        st.none(), st.builds(Thumbnail, url=st.sampled_from(["https://e.example/a.jpg", "x:y"]), alt=_LONG)
    ),
    pages=st.integers(1, 9),
    next_page=st.sampled_from(["", "search x page:2"]),
)
_OPEN = re.compile(r"(?<!\\)(?:@everyone|@here|<@|<!|<#|\|\||```|\]\((?!<https?://))")


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(_CARDS)
def test_no_card_exceeds_a_limit_of_discord_or_mentions_anybody(card: Card) -> None:
    rendered = render(card, share="toll KAR-0001 share", again="0123456789abcdef", mention="7")
    payload = [c for c in rendered.view.to_components() if c.get("content") != "<@&7>"]
    assert_within_limits(rendered.view.to_components())
    for component in components_in(payload):
        if component["type"] == 10:
            assert not _OPEN.search(component["content"])
            assert not any(c in component["content"] for c in "\u202e\x1b\u200b")


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(_CARDS)
def test_what_does_not_fit_goes_along_as_a_file(card: Card) -> None:
    rendered = render(card)
    shown = "".join(c.get("content", "") for c in components_in(rendered.view.to_components()))
    behind = b"".join(file.fp.read() for file in rendered.files).decode("utf-8")
    everything = re.sub(r"\W", "", shown + behind)
    for section in (*card.sections, *card.overflow):
        for line in section.lines:
            words = re.findall(r"[A-Za-z]{4,}", line.text)
            assert all(word in everything for word in words[:3])


def _texts(value: object) -> Iterator[tuple[str, str]]:
    """All text objects within blocks, as (type, text)."""
    if isinstance(value, dict):
        if value.get("type") in ("mrkdwn", "plain_text"):
            yield value["type"], value["text"]
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _texts(inner)


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(_CARDS)
def test_no_card_exceeds_a_limit_of_slack_or_mentions_anybody(card: Card) -> None:
    rendered = slack.render(card)
    for blocks in (rendered.blocks, *rendered.thread):
        assert_sound({"blocks": list(blocks), "text": rendered.text or "x"})
        for kind, text in _texts(blocks):
            assert kind == "plain_text" or not re.search(r"<(?!date\^|https?://)", text)
            assert not any(c in text for c in "\u202e\x1b\u200b")
    assert 0 < len(rendered.text) <= 4000
    assert "<!" not in rendered.text and "<@" not in rendered.text


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(_CARDS)
def test_on_slack_what_does_not_fit_goes_to_the_thread(card: Card) -> None:
    rendered = slack.render(card)
    everything = re.sub(r"\W", "", json.dumps([rendered.blocks, rendered.thread], ensure_ascii=False))
    for section in (*card.sections, *card.overflow):
        for line in section.lines:
            assert all(word in everything for word in re.findall(r"[A-Za-z]{4,}", line.text)[:3])


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(_CARDS)
def test_the_terminal_gets_no_control_characters(card: Card) -> None:
    text = plain(card)
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e\u200b]", text)
