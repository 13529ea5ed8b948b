"""What the rules leave open about a phrase for people, decided by two small learned models over its surroundings.

One says of a phrase that no rule read whether it names killed or injured people all the same; the other of a bare
plural that a rule read ("judges were murdered") whether it tells of anybody in particular. Logistic models over named
features, trained by `training.casualties`. A word that says only "casualties" is out of their reach (CONTRACT rule 2).
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import lru_cache
from pathlib import Path

import msgspec

from bot.extract.casualty_words import Trigger
from bot.extract.dates import named
from bot.extract.victims import Phrase
from bot.model.report import Span
from bot.model.summary import Group, State

WEIGHTS = Path(__file__).resolve().parent / "weights" / "casualties.json"
STATES: tuple[State, State] = ("killed", "injured")


class Setting(msgspec.Struct, frozen=True):
    """What a sentence and its report say around a phrase, the same for all phrases of the sentence.

    Attributes:
        told: the date of the report, where its first lines give one.
        place: the sentence's number, and how many there are.
    """

    text: str
    sentence: Span
    triggers: tuple[Trigger, ...]
    told: date | None
    place: tuple[int, int]


class _Weights(msgspec.Struct, frozen=True):
    """For each feature its weights for "killed" and "injured" against neither, and its weight for a figure told.

    Attributes:
        missed_from, told_from, combat_told_from: the least probabilities; of combat, where the keys that the models
            learned from are silent, a figure is left out only where that is plain.
    """

    missed: dict[str, tuple[float, float]]
    told: dict[str, float]
    missed_from: float
    told_from: float
    combat_told_from: float


@lru_cache(maxsize=1)
def _weights() -> _Weights:
    return msgspec.json.decode(WEIGHTS.read_bytes(), type=_Weights)


def missed_state(setting: Setting, phrase: Phrase, *, part: bool) -> State | None:
    """Killed or injured, where a phrase that no rule read names such people; only with a word for it in the sentence."""
    if not may_be_missed(setting, phrase):
        return None
    weights = _weights()
    killed = injured = 0.0
    for name in missed_features(setting, phrase, part=part):
        found = weights.missed.get(name)
        if found:
            killed += found[0]
            injured += found[1]
    sum_of = 1.0 + math.exp(killed) + math.exp(injured)
    at, state = max(((math.exp(killed) / sum_of, STATES[0]), (math.exp(injured) / sum_of, STATES[1])))
    told = any(trigger.state == state for trigger in setting.triggers)
    return state if told and at >= weights.missed_from else None


def is_generic(setting: Setting, phrase: Phrase, state: State, groups: Sequence[Group], *, part: bool) -> bool:
    """Whether a bare plural tells of no victims in particular ("those who murder judges")."""
    if phrase.kind != "plural":
        return False
    weights = _weights()
    total = sum(weights.told.get(name, 0.0) for name in told_features(setting, phrase, state, part=part))
    least = weights.combat_told_from if is_combat(setting, groups) else weights.told_from
    return 1.0 / (1.0 + math.exp(-total)) < least


def is_combat(setting: Setting, groups: Sequence[Group]) -> bool:
    """Whether a figure may be one of a battle: its victims are armed, or its sentence tells of fighting."""
    return bool(_ARMED & set(groups)) or bool(_COMBAT.search(setting.text, *setting.sentence))


_ARMED = frozenset(("military", "militant", "police"))
_NEVER = re.compile(r"\b(?:casualt|victim|loss|losses|lost|neutrali)\w*", re.IGNORECASE)


def may_be_missed(setting: Setting, phrase: Phrase) -> bool:
    """Whether the model may speak of a phrase at all: never beside a word that leaves open what happened."""
    return (
        phrase.kind != "none"
        and phrase.state in (None, *STATES)
        and any(trigger.state in STATES for trigger in setting.triggers)
        and all(trigger.state != "unspecified" for trigger in setting.triggers)
        and not _NEVER.search(setting.text, *setting.sentence)
    )


def missed_features(setting: Setting, phrase: Phrase, *, part: bool) -> Iterator[str]:
    """Names of what holds of a phrase that no rule read."""
    yield from _of_phrase(setting, phrase, part=part)
    yield from _of_sentence(setting)
    for group in phrase.groups:
        yield f"group={group}"
    if _COMBAT.search(setting.text, *setting.sentence):
        yield "combat"
    for state in {trigger.state: None for trigger in setting.triggers}:
        yield f"has={state}"


def told_features(setting: Setting, phrase: Phrase, state: State, *, part: bool) -> Iterator[str]:
    """Names of what holds of a figure that a rule read; nothing that tells combat from attacks: readers want both."""
    yield f"state={state}"
    yield f"state={state},kind={phrase.kind}"
    yield from _of_phrase(setting, phrase, part=part)
    yield from _of_sentence(setting)


_COMBAT = re.compile(
    r"\b(?:clash\w*|combat\w*|fighting|battle\w*|ambush\w*|firefight\w*|skirmish\w*|confrontation\w*|offensive)\b",
    re.IGNORECASE,
)
_FLAGS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (name, re.compile(rf"\b(?:{words})\b", re.IGNORECASE))
    for name, words in (
        ("attack", r"bomb\w*|explo\w+|attack\w*|assassin\w*|murder\w*|massacre\w*|shot|gunned|dynamite|terroris\w*|shell\w*|missiles?|strikes?"),
        ("open", r"would|could|might|may|must|should|will|if|threat\w*|plan\w*|intend\w*|attempt\w*|try\w*|order\w*|not|never|whoever|every|each|any|always|continue\w*"),
        ("recent", r"today|yesterday|this\s+(?:morning|afternoon|evening|week)|last\s+(?:night|sunday|monday|tuesday|wednesday|thursday|friday|saturday)|tonight|on\s+(?:sun|mon|tues|wednes|thurs|fri|satur)day"),
        ("years", r"(?:19|20)\d\d|years?|months?\s+ago|decades?|last\s+(?:year|month)"),
        ("trial", r"trial|sentenced|convicted|charged|accused|investigat\w+|case|court|judge|involved|responsible|suspects?|arrest\w*|extradit\w+"),
        ("rite", r"funeral|anniversary|buried|commemorat\w+|mourn\w*|condolences|tribute|memory|replace\w*|succeed\w*"),
        ("had", r"had\s+(?:been\s+)?(?:\w+ed|died|fallen)|since|before|previous\w*|earlier|former\w*"),
        ("war", r"war|conflict|violence|decade|campaign|history"),
    )
)  # fmt: skip
_DETERMINER = re.compile(r"(?:the|his|her|their|its|this|that|these|those)\b", re.IGNORECASE)
_TOKEN = re.compile(r"[\w']+|[^\w\s]")
_SIZES = (2, 5, 20, 100, 1000)


def _age(setting: Setting) -> str | None:
    """How long before the report the day is that its sentence names."""
    if setting.told is None:
        return None
    days = [day.age for day in named(setting.text, *setting.sentence, setting.told) if day.age >= 0]
    if not days:
        return None
    return next((f"days<{most}" for most in (3, 10, 30, 90) if min(days) < most), "days>90")


def _of_sentence(setting: Setting) -> Iterator[str]:
    yield "always"
    for name, pattern in _FLAGS:
        if pattern.search(setting.text, *setting.sentence):
            yield name
    number, count = setting.place
    yield "first" if number == 0 else "second" if number < 3 else f"at={4 * number // max(1, count)}"
    if count > 25:
        yield "long"
    if age := _age(setting):
        yield age
    if setting.text.find('"', *setting.sentence) >= 0:
        yield "quoted"


def _of_phrase(setting: Setting, phrase: Phrase, *, part: bool) -> Iterator[str]:
    text, (start, end) = setting.text, setting.sentence
    words = text[slice(*phrase.span)].lower()
    yield f"kind={phrase.kind}"
    yield f"head={phrase.head}"
    yield f"qualifier={phrase.qualifier}"
    yield f"opens={words.split()[0][:12]}"
    least = phrase.min or 0
    yield f"size={next((i for i, size in enumerate(_SIZES) if least < size), len(_SIZES))}"
    for name, holds in (("elliptical", phrase.elliptical), ("part", part), ("definite", _DETERMINER.match(words))):
        if holds:
            yield name
    if phrase.state:
        yield f"says={phrase.state}"
    before = _TOKEN.findall(text[max(start, phrase.span[0] - 40) : phrase.span[0]].lower())[-2:]
    after = _TOKEN.findall(text[phrase.span[1] : min(end, phrase.span[1] + 40)].lower())[:2]
    yield from (f"before{i}={word}" for i, word in enumerate(reversed(before)))
    yield from (f"after{i}={word}" for i, word in enumerate(after))
    yield from _of_triggers(text, phrase, setting.triggers)


def _of_triggers(text: str, phrase: Phrase, triggers: Sequence[Trigger]) -> Iterator[str]:
    """The nearest word for what happened on either side."""
    nearest: dict[str, tuple[int, Trigger]] = {}
    for trigger in triggers:
        side = "right" if trigger.span[0] >= phrase.span[1] else "left"
        gap = trigger.span[0] - phrase.span[1] if side == "right" else phrase.span[0] - trigger.span[1]
        if side not in nearest or gap < nearest[side][0]:
            nearest[side] = (gap, trigger)
    for side, (gap, trigger) in sorted(nearest.items(), key=lambda item: item[0]):
        kind = f"{side}:{trigger.state},{trigger.standing}"
        yield kind
        yield f"{kind},{min(6, max(0, gap) // 8)}"
        yield f"{side}:{' '.join(text[slice(*trigger.span)].lower().split())[:20]}"
        between = text[phrase.span[1] : trigger.span[0]] if side == "right" else text[trigger.span[1] : phrase.span[0]]
        if "," in between:
            yield f"{side}:comma"
        if re.search(r"\b(?:who|whom|which|that)\b", between, re.IGNORECASE):
            yield f"{side}:who"
        if re.search(r"\bby\b", between, re.IGNORECASE):
            yield f"{side}:by"
        if re.search(r"\band\b", between, re.IGNORECASE):
            yield f"{side}:and"
    if nearest:
        side, (_, trigger) = min(nearest.items(), key=lambda item: (item[1][0], item[0]))
        yield f"nearest={side},{trigger.state},{trigger.standing}"


def weights_of(
    missed: Mapping[str, tuple[float, float]], told: Mapping[str, float], thresholds: Mapping[str, float]
) -> bytes:
    """The weights as the file that the bot reads."""
    return msgspec.json.format(
        msgspec.json.encode({"missed": dict(sorted(missed.items())), "told": dict(sorted(told.items())), **thresholds}),
        indent=0,
    )
