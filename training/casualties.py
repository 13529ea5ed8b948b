"""Train what the rules leave open about casualty figures: figures that they miss, bare plurals that tell of nobody.

Two logistic models over named features (bot/extract/casualty_model.py), from two kinds of text: MUC-3/4's development
reports with their answer keys, and our own annotated reports. The keys are strings and numbers; they are laid over
the phrases that the bot itself finds. What the keys leave out by their own rules, the victims of battles, is no
example of anything: readers want it shown.

    python -m training.casualties --muc ../shared/eval/muc-dev.jsonl --conflict training/conflict
"""

from __future__ import annotations

import argparse
import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np

from bot.extract.casualties import Reading, readings_of
from bot.extract.casualty_model import (
    STATES,
    WEIGHTS,
    is_combat,
    may_be_missed,
    missed_features,
    told_features,
    weights_of,
)
from bot.extract.words import sentences
from training.conflict_reports import read_folder

RARE = 6
"""A feature of fewer examples is left out."""
OWN_WEIGHT = 3.0
"""An example of our own reports against one of MUC's: they are fewer, and of today's kinds."""
WEAK = 0.5
"""An example that only its words, its number and its sentence say to be one."""
MISSED_FROM, TOLD_FROM, COMBAT_TOLD_FROM = 0.6, 0.4, 0.25
_PLAIN = frozenset(
    "the a an of and or in to at by for with their his her its was were is are two three four five six seven eight nine ten some "
    "several many other others least about more than".split()
)


class Example(NamedTuple):
    """Features of a phrase, what it is (0, or 1 and on) and how much it counts."""

    features: list[str]
    label: int
    weight: float


class Examples(NamedTuple):
    """For each model its examples."""

    missed: list[Example]
    told: list[Example]


def _words(text: str) -> set[str]:
    return {word for word in re.findall(r"[a-z0-9]+", text.lower()) if word not in _PLAIN}


def _of_muc(file: Path, *, folds: int, without: int | None, into: Examples) -> None:
    """Every phrase of MUC's reports that its keys say something of; `without` leaves out one fold of the reports."""
    for number, line in enumerate(file.open(encoding="utf-8")):
        if without is not None and number % folds == without:
            continue
        report = json.loads(line)
        text, keys = report["text"], report["gold"]["casualties"]
        for reading in readings_of(text, sentences(text)):
            for i in range(len(reading.people)):
                _add_keyed(reading, i, keys, into)


def _fits(key: dict, least: int | None, most: int | None) -> bool:
    for number in key["numbers"]:
        if number["plural"]:
            if least is not None and least >= 2:
                return True
        elif number.get("unstated"):
            if least in (1, None):
                return True
        elif (number["min"], number["max"]) == (least or 0, most):
            return True
    return False


def _add_keyed(reading: Reading, i: int, keys: list[dict], into: Examples) -> None:
    phrase, text = reading.people[i], reading.setting.text
    named = [_words(text[slice(*phrase.span)])]
    if phrase.elliptical or phrase.head in ("other", "others"):
        named += [_words(text[slice(*p.span)]) for p in reading.people[:i] if not p.elliptical]
    same_words = [k for k in keys if any(_words(s) & words for s in k["strings"] for words in named)]
    right = {k["state"] for k in same_words if _fits(k, phrase.min, phrase.max)}
    total = any((t["min"], t["max"]) == (phrase.min, phrase.max) for k in keys for t in k["totals"])
    open_question = not right and (bool(same_words) or total)
    rule = reading.states.get(i)
    part = i in reading.parts
    if rule in STATES and phrase.max != 0:
        combat = is_combat(reading.setting, phrase.groups)
        if open_question or (right and rule not in right) or (not right and combat):
            return
        into.told.append(Example([*told_features(reading.setting, phrase, rule, part=part)], int(bool(right)), 1.0))
    elif rule is None and may_be_missed(reading.setting, phrase) and not open_question:
        told = {trigger.state for trigger in reading.setting.triggers}
        fitting = [state for state in STATES if state in right & told]
        if len(fitting) > 1 or (right and not fitting):
            return
        label = 1 + STATES.index(fitting[0]) if fitting else 0
        features = [*missed_features(reading.setting, phrase, part=part)]
        into.missed.append(Example(features, label, WEAK if label else 1.0))


def _of_own(folder: Path, into: Examples) -> None:
    for report in read_folder(folder):
        figures = [(*k["victims"][0], k["facts"]) for k in report.casualties]
        for reading in readings_of(report.text, sentences(report.text)):
            for i in range(len(reading.people)):
                _add_own(reading, i, figures, into)


def _add_own(reading: Reading, i: int, figures: list[tuple[int, int, dict]], into: Examples) -> None:
    phrase = reading.people[i]
    start, end = phrase.span
    here = [facts for s, e, facts in figures if s < end and start < e]
    ends = (str(phrase.min).replace("None", "null"), str(phrase.max).replace("None", "null"))
    facts = next((f for f in here if (f.get("min", "null"), f.get("max", "null")) == ends), None)
    rule = reading.states.get(i)
    part = i in reading.parts
    if rule in STATES and phrase.max != 0:
        if facts is None or facts.get("state") != rule:
            return
        features = [*told_features(reading.setting, phrase, rule, part=part)]
        into.told.append(Example(features, 1, OWN_WEIGHT))
    elif rule is None and may_be_missed(reading.setting, phrase):
        state = facts.get("state") if facts else None
        if here and state not in STATES:
            return
        features = [*missed_features(reading.setting, phrase, part=part)]
        into.missed.append(Example(features, 1 + STATES.index(state) if state in STATES else 0, OWN_WEIGHT))


def fitted(
    examples: list[Example], classes: int, *, penalty: float, steps: int = 400
) -> Iterator[tuple[str, np.ndarray]]:
    """Logistic regression with a penalty on the weights' squares, by full-batch Adam from nought: no chance in it.

    Yields each feature with its weight for each class but the first.
    """
    counted = Counter(name for example in examples for name in example.features)
    names = sorted(name for name, count in counted.items() if count >= RARE)
    column = {name: i for i, name in enumerate(names)}
    table = np.zeros((len(examples), len(names)), dtype=np.float32)
    for row, example in enumerate(examples):
        for name in example.features:
            if name in column:
                table[row, column[name]] = 1.0
    label = np.array([example.label for example in examples])
    counts = np.array([example.weight for example in examples], dtype=np.float32)[:, None]
    target = np.eye(classes, dtype=np.float32)[label]
    weight = np.zeros((len(names), classes), dtype=np.float32)
    mean, square = np.zeros_like(weight), np.zeros_like(weight)
    for step in range(1, steps + 1):
        scores = table @ weight
        scores = np.exp(scores - scores.max(1, keepdims=True))
        slope = table.T @ ((scores / scores.sum(1, keepdims=True) - target) * counts) / counts.sum() + penalty * weight
        mean = 0.9 * mean + 0.1 * slope
        square = 0.99 * square + 0.01 * slope**2
        weight -= 0.03 * (mean / (1 - 0.9**step)) / (np.sqrt(square / (1 - 0.99**step)) + 1e-6)
    for name, row in zip(names, weight, strict=True):
        yield name, row[1:] - row[0]


def main() -> None:
    """Parse the command line, train, write the weights."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--muc", type=Path, required=True)
    parser.add_argument("--conflict", type=Path, required=True)
    parser.add_argument("--folds", type=int, default=4)
    parser.add_argument("--without", type=int, help="leave this fold of MUC's reports out, to measure on it")
    parser.add_argument("--out", type=Path, default=WEIGHTS)
    a = parser.parse_args()
    examples = Examples([], [])
    _of_muc(a.muc, folds=a.folds, without=a.without, into=examples)
    _of_own(a.conflict, examples)
    for name in Examples._fields:
        print(name, dict(sorted(Counter(example.label for example in getattr(examples, name)).items())))
    missed = {
        name: (round(float(row[0]), 3), round(float(row[1]), 3))
        for name, row in fitted(examples.missed, 3, penalty=1e-3)
    }
    told = {name: round(float(row[0]), 3) for name, row in fitted(examples.told, 2, penalty=1e-2)}
    thresholds = {"missed_from": MISSED_FROM, "told_from": TOLD_FROM, "combat_told_from": COMBAT_TOLD_FROM}
    a.out.write_bytes(weights_of(missed, told, thresholds))
    print(f"{a.out}: {a.out.stat().st_size / 1e3:.0f} kB")


if __name__ == "__main__":
    main()
