"""Strangers' text is shown as plain, visible words."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model.legible import legible, one_line, shortened, shown_host


@pytest.mark.parametrize(
    ("given_text", "shown"),
    [
        ("safe\u202etxt.exe", "safetxt.exe"),
        ("a\u200bb\ufeffc", "abc"),
        ("red\x1b[31m alert\x07", "red[31m alert"),
        ("line\r\nfeed\u2028end", "line\nfeed\nend"),
        ("Z" + "\u0301" * 60 + "algo", "Z" + "\u0301" * 4 + "algo"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("@every\u200cone", "@everyone"),
        ("\ud800half", "half"),
    ],
)
def test_hidden_and_reordering_characters_are_neutralised(given_text: str, shown: str) -> None:
    assert legible(given_text) == shown


@given(st.text())
def test_legible_text_is_stable_and_free_of_controls(text: str) -> None:
    once = legible(text)
    assert legible(once) == once
    assert len(once) <= len(text)
    assert not any(unicodedata.category(c) in ("Cc", "Cs") and c not in "\n\t" for c in once)
    assert "\n" not in one_line(text)


@given(st.text(), st.integers(1, 200))
def test_shortened_text_keeps_the_limit_and_says_that_it_is_cut(text: str, limit: int) -> None:
    short = shortened(text, limit)
    assert len(short) <= limit
    assert short == text or short.endswith("…")


def test_a_look_alike_host_is_shown_in_punycode() -> None:
    assert shown_host("https://аpple.com/x") == "xn--pple-43d.com"
    assert shown_host("https://новости.рф/x") == "новости.рф"
    assert shown_host("https://example.org:8080/x") == "example.org"
    assert shown_host("http://[::1") == ""
