"""A casualty figure on its way: a phrase, what its people suffered, and what it takes over from the figures before it."""

from __future__ import annotations

import re

import msgspec

from bot.extract.casualty_called import Called
from bot.extract.casualty_parts import larger
from bot.extract.casualty_tolls import toll_groups, toll_state
from bot.extract.victim_heads import STATE_HEADS
from bot.extract.victims import Phrase, predicate_groups
from bot.model.report import Span
from bot.model.summary import Group, State


class Hit(msgspec.Struct):
    """A phrase with its state, on the way to a figure; `continues` are the words that an elliptical one takes up, `called`
    is what the sentence calls somebody with a name, `returns` are words that come back to those whom a figure counts."""

    phrase: Phrase
    state: State
    sentence: Span
    groups: tuple[Group, ...]
    side: str | None
    parent: int | None = None
    continues: Span | None = None
    called: Called | None = None
    returns: tuple[Span, ...] = ()


def hit_of(
    text: str, phrase: Phrase, state: State, sentence: Span, hits: list[Hit], parent: int | None, *, part: bool
) -> Hit:
    """The figure of a phrase; groups, side and words that it does not tell are those of the figure that it goes on from."""
    before = _continued(hits) if phrase.elliptical or phrase.head in ("other", "others") else None
    if (
        before is None
        and phrase.kind == "counted"
        and phrase.head in STATE_HEADS
        and not phrase.groups
        and not _PEOPLE.search(text, *phrase.span)
    ):
        last = _continued(hits)
        before = last if last is not None and last.sentence == sentence else None
    if before is not None and before.state != state and before.sentence != sentence:
        before = next((h for h in reversed(hits) if h.state == state and h.parent is None and h.groups), before)
        before = None if before.state == "displaced" else before
    groups = phrase.groups or predicate_groups(text, phrase, sentence[1]) or toll_groups(text, sentence[0], phrase)
    if _MEN_LOST.search(text, sentence[0], phrase.span[1]):
        groups = ("military",)
    elif groups == ("men",) and _WHOSE_MEN.search(text[slice(*phrase.span)]):
        groups = ()
    elif not groups and _OFFICER.search(text[slice(*phrase.span)]) and _POLICE.search(text, *sentence):
        groups = () if _ARMY.search(text, *sentence) else ("police",)
    side = phrase.side
    if before is not None and not part and _goes_on_from(text, before, phrase, sentence, hits):
        groups, side = groups or before.groups, side or before.side
    return Hit(phrase, state, sentence, groups, side, parent, _words_continued(before))


def _goes_on_from(text: str, before: Hit, phrase: Phrase, sentence: Span, hits: list[Hit]) -> bool:
    """Whether a figure is of the same people's kind as the one before: no toll of all ("to seven"), no others than a mixed lot."""
    if phrase.head in ("other", "others"):
        return not any(
            hit.sentence == before.sentence
            and hit.state == before.state
            and hit.parent is None
            and hit.groups != before.groups
            for hit in hits
        )
    return before.sentence == sentence and toll_state(text, sentence[0], phrase) is None


_PEOPLE = re.compile(r"\b(?:people|persons?|individuals|citizens)\b", re.IGNORECASE)
_MEN_LOST = re.compile(r"\blos(?:t|e|ing)\s+[^.;,]{0,25}\bmen$", re.IGNORECASE)
_WHOSE_MEN = re.compile(r"\b(?:his|her|its|their|our|own)\s+(?:own\s+)?men$", re.IGNORECASE)
"""Men of somebody are his people, not males."""
_OFFICER = re.compile(r"\bofficers?$", re.IGNORECASE)
_POLICE = re.compile(r"\bpolice", re.IGNORECASE)
_ARMY = re.compile(r"\b(?:army|military|soldiers?|troops|coast\s*guard|navy|battalion)\b", re.IGNORECASE)


def _words_continued(before: Hit | None) -> Span | None:
    return None if before is None else before.continues or before.phrase.span


def whole_before(hits: list[Hit], part: Phrase, state: State) -> int | None:
    """The last figure of an earlier sentence that can hold a part."""
    return next(
        (
            i
            for i in range(len(hits) - 1, -1, -1)
            if hits[i].state == state and hits[i].parent is None and larger(hits[i].phrase, part)
        ),
        None,
    )


def _continued(hits: list[Hit]) -> Hit | None:
    """The figure that an elliptical phrase goes on from ("six aid workers were killed and 9 injured")."""
    return next((hit for hit in reversed(hits) if hit.parent is None), None)
