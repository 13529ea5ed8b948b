"""Casualty figures: how many of whom suffered what, according to whom (CONTRACT rules 1 to 5, 9, 11, 13 and 14).

Each sentence is read by itself: phrases for people (`victims`), words for what happened to them (`casualty_words`), and rules
that join the two by position and voice. Nothing is promoted: a word that says only "casualties" never yields "killed".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date

import msgspec

from bot.extract.attribution import Attribution
from bot.extract.casualty_bystanders import stands_aside
from bot.extract.casualty_called import called, counts_of_rows
from bot.extract.casualty_context import Carriers, place_of, scopes_of
from bot.extract.casualty_hits import Hit, hit_of, whole_before
from bot.extract.casualty_lists import is_one_of_them, listed
from bot.extract.casualty_model import STATES, Setting, is_generic, missed_state
from bot.extract.casualty_open import is_left_open
from bot.extract.casualty_parts import (
    breakdown,
    goes_on,
    in_brackets,
    is_besides,
    is_grave,
    is_left_with,
    is_of_a_state,
    is_of_whom,
    is_part,
    is_part_of_earlier,
    is_what_they_are,
    larger,
    own_state,
    parents,
    with_joined,
    with_listed,
)
from bot.extract.casualty_reach import victims_of
from bot.extract.casualty_reading import as_read
from bot.extract.casualty_same import counted_elsewhere, is_named_next, repeats, words_for
from bot.extract.casualty_shares import is_share, opens_shares, share_of_toll
from bot.extract.casualty_tolls import casualties_told, is_of_a_toll, is_retold, toll_state
from bot.extract.casualty_words import MAY_HOLD, triggers
from bot.extract.dates import told_on
from bot.extract.victims import Phrase, phrases
from bot.model.report import Span
from bot.model.summary import CasualtyFigure, State


def casualties_of(
    text: str, *, sentences: Sequence[Span], attributions: Sequence[Attribution], published: date | None = None
) -> tuple[CasualtyFigure, ...]:
    """All casualty figures of the text in order; `according_to` is "c<n>" for the n-th attribution (from 1).

    `published` is the day of the report, for one whose first lines tell none.
    """
    hits: list[Hit] = []
    since, written, text = 0, text, as_read(text)
    speakers = [span for attribution in attributions for span in attribution.source]
    for reading in readings_of(text, sentences):
        placed = len(hits)
        _place(text, reading, hits, speakers)
        if len(hits) == placed and hits and since < _MEMORY:
            _read_on(text, reading.setting.sentence, hits)
        since = 0 if len(hits) > placed else since + 1
    hits = _without_returns(text, hits)
    for i, whole in counts_of_rows(hits).items():
        hits[i].parent = whole
        hits[i].groups = hits[i].groups or hits[whole].groups
    carriers, repeated = Carriers(attributions), repeats(text, hits)
    named, scopes = words_for(hits, repeated), scopes_of(text, hits, repeated, told_on(written) or published)
    return tuple(
        CasualtyFigure(
            id=f"k{number}",
            state=hit.state,
            min=hit.phrase.min,
            max=hit.phrase.max,
            qualifier=hit.phrase.qualifier,
            number=hit.phrase.number,
            victims=hit.phrase.span,
            sentence=hit.sentence,
            groups=hit.groups,
            side=hit.side,
            subset_of=f"k{hit.parent + 1}" if hit.parent is not None else None,
            scope=scopes[number - 1],
            place=place_of(written, hit.sentence, hit.phrase.span),
            according_to=carriers.innermost(hit.phrase.number or hit.phrase.span),
            victim_strings=tuple(written[slice(*span)] for span in named[number - 1]),
        )
        for number, hit in enumerate(hits, 1)
    )


def _without_returns(text: str, hits: list[Hit]) -> list[Hit]:
    """The figures without those that only come back to people counted elsewhere, whose words these take over."""
    wholes = {hit.parent for hit in hits}
    kept = []
    for i, (hit, after) in enumerate(zip(hits, (*hits[1:], None), strict=False)):
        known = counted_elsewhere(text, hit, hits)
        if i in wholes or (known is None and not is_named_next(text, hit, after)):
            kept.append(i)
        elif known is not None:
            hits[known].returns = (*hits[known].returns, hit.phrase.span)
    place = {old: new for new, old in enumerate(kept)}
    for i in kept:
        parent = hits[i].parent
        hits[i].parent = None if parent is None else place[parent]
    return [hits[i] for i in kept]


_SPEAKS = re.compile(
    r"(?:,(?:[^,.;]{1,40},)?)?\s+(?:(?:has|have|had|also|later)\s+)?(?:said|says|told|counted|reported|saw|found|heard|described|recalled|added|denied|confirmed)\b"
)
"""After somebody who tells of others: "Her neighbour, a teacher, counted nine dead"."""
_LONGEST_SENTENCE = 3000
"""Characters; what is longer is no sentence that somebody wrote, and would take its rules seconds."""
_MEMORY = 3
"""Sentences without a figure after which "six, said the hospital" no longer goes on from the last one."""


class Reading(msgspec.Struct, frozen=True):
    """A sentence as the rules read it: its phrases for people, and what happened to which of them, by their places.

    Attributes:
        parts: places of phrases that are by their words a part of another figure.
        wholes: for a part the place of the figure that it belongs to.
        listed: places of phrases that a list of victims names ("the dead were identified as …").
    """

    setting: Setting
    people: list[Phrase]
    states: dict[int, State]
    parts: set[int]
    wholes: dict[int, int]
    listed: frozenset[int] = frozenset()


def readings_of(text: str, sentences: Sequence[Span]) -> Iterator[Reading]:
    """Every sentence as the rules read it, in order; one without a word for casualties has no phrases."""
    told, text = told_on(text), as_read(text)
    for number, sentence in enumerate(sentences):
        place = (number, len(sentences))
        if sentence[1] - sentence[0] <= _LONGEST_SENTENCE and MAY_HOLD.search(text, *sentence):
            yield _by_rules(Setting(text, sentence, tuple(triggers(text, *sentence)), told, place))
        else:
            yield Reading(Setting(text, sentence, (), told, place), [], {}, set(), {})


def _by_rules(setting: Setting) -> Reading:
    text, (start, end) = setting.text, setting.sentence
    people = phrases(text, start, end)
    parts = with_joined(
        text, people, {i for i, one in enumerate(people) if is_part(text, start, one) or is_share(text, start, one)}
    )
    parts, apart = with_listed(text, people, parts), in_brackets(text, people)
    states = _by_own_words(text, start, people)
    _by_triggers(setting, people, parts | {*apart}, states)
    named = _by_lists(setting, people, parts, states)
    wholes = parents(people, parts, states)
    for i in sorted(parts):
        if state := own_state(text, people[i], setting.triggers):
            states[i] = state
            parts = parts if i in wholes else parts - {i}
    wholes |= breakdown(text, people, states, end)
    for i, whole in apart.items():
        one = people[i]
        if i not in states and whole in states and one.kind != "plural" and larger(people[whole], one):
            states[i], wholes[i] = states[whole], whole
    _by_neighbours(setting, people, states, wholes)
    kept = {i: state for i, state in sorted(states.items()) if i not in parts or i in wholes or i in named}
    return Reading(setting, people, kept, parts, wholes, frozenset(named))


def _by_own_words(text: str, start: int, people: Sequence[Phrase]) -> dict[int, State]:
    """What phrases say by themselves, and what a toll says of the figure at its end."""
    states: dict[int, State] = {}
    for i, phrase in enumerate(people):
        if (
            phrase.state is not None
            and phrase.kind != "single"
            and (phrase.kind != "plural" or casualties_told(text, phrase))
        ):
            dead = phrase.state == "missing" and _BODIES_OF.search(text, start, phrase.span[0])
            states[i] = "killed" if dead else phrase.state
        elif state := share_of_toll(text, start, phrase) or toll_state(text, start, phrase):
            states[i] = state
    return states


def _by_triggers(setting: Setting, people: list[Phrase], parts: set[int], states: dict[int, State]) -> None:
    """What the words for what happened say of phrases."""
    text, (start, _) = setting.text, setting.sentence
    tolls = any(phrase.elliptical and phrase.state is None and i in states for i, phrase in enumerate(people))
    for trigger in setting.triggers:
        for i in victims_of(text, setting.sentence, trigger, people, parts, states):
            if people[i].head in _ALIVE or (
                tolls and people[i].kind == "plural" and is_of_a_toll(text, start, people[i])
            ):
                continue  # "the number of guards killed rose to 26" has one figure
            if people[i].head not in _OPEN_HEADS or trigger.state == "unspecified":
                died = trigger.state == "killed" and trigger.standing in ("left", "either") and people[i].state is None
                before = states.setdefault(i, trigger.state)
                if people[i].state == "displaced" and trigger.standing in ("left", "either"):
                    states[i] = trigger.state  # "displaced families were burned to death"
                if died and (before in _BEFORE_DEATH or (before == "injured" and _DIED.match(text, trigger.span[0]))):
                    states[i] = "killed"  # "who was kidnapped on Monday, was found dead"
    for i in range(len(people) - 1, 0, -1):
        if people[i].state and i in states and is_left_with(text, start, people[i - 1], people[i]):
            states.setdefault(i - 1, states[i])  # "leaving the groom and two guests dead"
    for i, phrase in enumerate(people):
        if is_of_a_state(text, phrase) and (fate := own_state(text, phrase, setting.triggers)):
            states[i] = fate  # "one of the wounded has died"


def _by_lists(setting: Setting, people: list[Phrase], parts: set[int], states: dict[int, State]) -> set[int]:
    """The places of victims that lists name; whoever is told right before the name is no further figure."""
    named: set[int] = set()
    for state, places in listed(setting.text, setting.sentence, people):
        named |= set(places)
        first, before = places[0], places[0] - 1
        if state is not None:
            states |= dict.fromkeys(places, state)
        if first and is_one_of_them(setting.text, people[before], people[first]):
            if known := states.pop(before, None):
                states[first] = known
            parts.discard(before)
            groups = people[first].groups or people[before].groups
            people[first] = msgspec.structs.replace(people[first], groups=groups)
    return named


def _by_neighbours(
    setting: Setting, people: Sequence[Phrase], states: dict[int, State], wholes: dict[int, int]
) -> None:
    """What phrases without a state take over from one before: "ten were hurt, two gravely"; "along with a guard"."""
    text, (start, end) = setting.text, setting.sentence
    for i in range(1, len(people)):
        again = goes_on(text, start, people[i], end)
        retold = is_retold(text, setting.sentence, people[i])
        told = max((j for j in states if j < i and people[j].kind == "counted"), default=None) if retold else i - 1
        if i in states:
            continue
        if is_grave(text, people[i], end) and states.get(i - 1) == "injured" and larger(people[i - 1], people[i]):
            states[i], wholes[i] = "injured", i - 1
        elif told in states and (again or retold):
            states[i] = states[told]
        elif is_besides(text, start, people[i]) and (earlier := [j for j in states if j < i]):
            states[i] = states[max(earlier)]


def _place(text: str, reading: Reading, hits: list[Hit], speakers: Sequence[Span]) -> None:
    """Add the sentence's figures, in order: those of the rules, and those that the model finds beside them."""
    placed: dict[int, int] = {}
    nouns = called(text, reading.setting.sentence, reading.people)
    for i, phrase in enumerate(reading.people):
        state = reading.states.get(i)
        if phrase.kind in ("name", "single") and (
            (state not in STATES and any(start <= phrase.span[0] < end for start, end in speakers))
            or _SPEAKS.match(text, phrase.span[1])
        ):
            continue  # "The mayor, Ana Ruiz, said four people had died": who speaks has not died.
        if i and is_what_they_are(text, reading.people[i - 1], phrase):
            continue
        part = i in reading.parts
        alone = part and i not in reading.wholes  # what its whole has suffered, no word tells
        if state is None and not alone and not stands_aside(text, reading.setting.sentence, reading.people, i):
            state = missed_state(reading.setting, phrase, part=part)
        if state is None or is_left_open(text, reading.setting.sentence, phrase, state):
            continue
        parent = placed.get(reading.wholes[i]) if i in reading.wholes else None
        if i not in reading.wholes and (
            i in reading.listed
            or is_part_of_earlier(text, phrase)
            or share_of_toll(text, reading.setting.sentence[0], phrase)
        ):
            earlier = [hit for hit in hits if i not in reading.listed or hit.sentence != reading.setting.sentence]
            parent = whole_before(earlier, phrase, state) if phrase.state in (None, state) else None
        hit = hit_of(text, phrase, state, reading.setting.sentence, hits, parent, part=part or parent is not None)
        if (
            i in reading.states
            and state in STATES
            and parent is None
            and is_generic(reading.setting, phrase, state, hit.groups, part=part)
        ):
            continue
        if i and is_of_whom(text, reading.people[i - 1], phrase):
            hit.continues = reading.people[i - 1].span
        if noun := nouns.get(i):
            hit.called, hit.groups = noun, hit.groups or noun.groups
            if hit.parent is None and noun.whole in placed and hits[placed[noun.whole]].state == state:
                hit.parent = placed[noun.whole]
        placed[i] = len(hits)
        hits.append(hit)


def _read_on(text: str, sentence: Span, hits: list[Hit]) -> None:
    """Add figures that go on from those of an earlier sentence: "Two of them are nurses"; "The hospital said six"."""
    people = phrases(text, *sentence)
    named = {i for state, one_list in listed(text, sentence, people) if state is None for i in one_list}
    shares = opens_shares(text, sentence)
    for i, phrase in enumerate(people):
        before = next((hit for hit in reversed(hits) if hit.parent is None), hits[-1])
        if i in named or (shares and phrase.kind in ("counted", "single")):
            parent = whole_before(hits, phrase, before.state)
            if parent is not None:
                hits.append(hit_of(text, phrase, before.state, sentence, hits, parent, part=True))
        elif i + 1 in named and is_one_of_them(text, phrase, people[i + 1]):
            continue  # "One of them is Ana Ruiz"
        elif is_part_of_earlier(text, phrase):
            parent = whole_before(hits, phrase, before.state)
            if parent is not None:
                hits.append(hit_of(text, phrase, hits[parent].state, sentence, hits, parent, part=True))
        elif is_retold(text, sentence, phrase):
            hits.append(hit_of(text, phrase, before.state, sentence, hits, None, part=False))


_OPEN_HEADS = frozenset(("casualty", "casualties", "losses"))
"""Words for people that no verb makes killed or injured: "casualties were buried" leaves open how many."""
_DIED = re.compile(r"(?:died|dies|die|succumb)", re.IGNORECASE)
_BEFORE_DEATH = frozenset(("captured", "missing"))
_ALIVE = frozenset(("survivor", "survivors"))
_BODIES_OF = re.compile(r"\b(?:bod(?:y|ies)|corpses?|remains)\s+of\s+(?:the\s+)?$", re.IGNORECASE)
