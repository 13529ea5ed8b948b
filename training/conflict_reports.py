"""This project's own annotated reports: the form in which they are written, and what the trainer and the tests read of it.

A report is a header `### id | outlet | time | title`, paragraphs with marks in square brackets, a line `---` and one line for
each claim and casualty figure. `[s1:…]`, `[c1:…]`, `[x1:…]` are source, cue and content of claim 1; `[k1:…]` the victims of
figure 1; marks nest, may serve several claims (`[s1,s2:…]`) and may stand several times for one claim.

A line `actor 1 name=… type=… country=… roles=… mentions="the army|Its troops|Baku#2"` names an actor by the phrases that mention
it: each counts wherever it stands as a word by itself and in no longer phrase of any actor, `#2` only where it stands for the
second time. A claim's `speaker` is then `a1` or `null`; without such lines it is the speaker's name, with `type` and `country`.

A line `origin 1 of=id` says that the report reprints another's text.

    python -m training.conflict_reports training/conflict       # says what is malformed
"""

from __future__ import annotations

import re
import shlex
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

_MARK = re.compile(r"\[(?P<keys>[scxk]\d+(?:,[scxk]\d+)*):")
_ROLES = {"s": "source", "c": "cue", "x": "content", "k": "victims"}


class OwnReport(NamedTuple):
    """A report with what was annotated; offsets are into `text`.

    `claims` map the three roles to spans and hold the keys of their line (`stance`, `speaker`, …) under `facts`, their
    number under `number`; `casualties` likewise with `victims`. `reprints` is the report whose text this one reprints.
    """

    id: str
    outlet: str
    published_at: str
    title: str
    text: str
    claims: list[dict]
    casualties: list[dict]
    actors: list[dict]
    reprints: str | None = None


class Malformed(ValueError):
    """A report that does not follow the form."""


def read_folder(folder: Path, *, pattern: str = "reports_*.txt") -> Iterator[OwnReport]:
    """All reports of the folder's files, in the files' order."""
    for file in sorted(folder.glob(pattern)):
        yield from read_file(file)


def read_file(file: Path) -> Iterator[OwnReport]:
    """The reports of one file; raises `Malformed` naming the report."""
    for part in re.split(r"^(?=### )", file.read_text(encoding="utf-8"), flags=re.MULTILINE):
        if part.startswith("### "):
            yield _report(part)


def _report(part: str) -> OwnReport:
    header, _, rest = part.partition("\n")
    cells = [cell.strip() for cell in header.removeprefix("### ").split("|")]
    if len(cells) != 4:
        raise Malformed(f"{header}: a header has four parts")
    body, _, notes = rest.partition("\n---\n")
    text, spans = _unmarked(body.strip("\n"), cells[0])
    facts = _facts(notes, cells[0])
    claims, casualties = [], []
    for (kind, number), roles in sorted(spans.items()):
        if kind == "claim":
            if not roles["content"]:
                raise Malformed(f"{cells[0]}: claim {number} has no content")
            claims.append(
                {
                    **{r: roles[r] for r in ("source", "cue", "content")},
                    "number": number,
                    "facts": facts.get((kind, number), {}),
                }
            )
        else:
            casualties.append({"victims": roles["victims"], "number": number, "facts": facts.get((kind, number), {})})
    actors = _actors({number: found for (kind, number), found in facts.items() if kind == "actor"}, text, cells[0])
    reprints = facts.get(("origin", 1), {}).get("of")
    return OwnReport(*cells, text=text, claims=claims, casualties=casualties, actors=actors, reprints=reprints)


def _actors(facts: dict[int, dict[str, str]], text: str, name: str) -> list[dict]:
    """The actors with the spans of their phrases, the longest phrases first, none within another."""
    phrases = sorted(
        ((phrase, number) for number, found in facts.items() for phrase in found["mentions"].split("|")),
        key=lambda item: (-len(item[0].partition("#")[0]), item),
    )
    taken: list[tuple[int, int]] = []
    mentions: dict[int, list[list[int]]] = defaultdict(list)
    for phrase, number in phrases:
        words, _, which = phrase.partition("#")
        spans = [match.span() for match in re.finditer(rf"(?<!\w){re.escape(words)}(?!\w)", text)]
        wanted = [spans[int(which) - 1]] if which and int(which) <= len(spans) else [] if which else spans
        found = [span for span in wanted if not any(start < span[1] and span[0] < end for start, end in taken)]
        if not found:
            raise Malformed(f"{name}: actor {number}: “{phrase}” stands nowhere by itself")
        taken += found
        mentions[number] += [list(span) for span in found]
    return [{"number": number, "facts": found, "mentions": sorted(mentions[number])} for number, found in facts.items()]


def _unmarked(body: str, name: str) -> tuple[str, dict]:
    """The text without marks, and for each claim and figure its spans by role."""
    spans: dict = defaultdict(lambda: defaultdict(list))
    out: list[str] = []
    length = 0
    open_marks: list[tuple[list[str], int]] = []
    at = 0
    while at < len(body):
        if match := _MARK.match(body, at):
            open_marks.append((match["keys"].split(","), length))
            at = match.end()
        elif body[at] == "]":
            if not open_marks:
                raise Malformed(f"{name}: a bracket closes nothing after “{''.join(out)[-40:]}”")
            keys, start = open_marks.pop()
            for key in keys:
                kind = "casualty" if key[0] == "k" else "claim"
                spans[kind, int(key[1:])][_ROLES[key[0]]].append([start, length])
            at += 1
        else:
            out.append(body[at])
            length += 1
            at += 1
    if open_marks:
        raise Malformed(f"{name}: mark {open_marks[-1][0]} is never closed")
    for roles in spans.values():
        for found in roles.values():
            found.sort()
    return "".join(out), spans


def _facts(notes: str, name: str) -> dict:
    """The annotation lines: (kind, number) → key → words."""
    facts = {}
    for line in filter(str.strip, notes.splitlines()):
        try:
            kind, number, *pairs = shlex.split(line)
            facts[kind, int(number)] = dict(pair.split("=", 1) for pair in pairs)
        except ValueError as error:
            raise Malformed(f"{name}: “{line}”: {error}") from None
    return facts


def main() -> None:
    """Read every file of a folder and say what is wrong with it."""
    wrong = 0
    counted: dict[str, int] = defaultdict(int)
    for file in sorted(Path(sys.argv[1]).glob("*.txt")):
        try:
            for report in read_file(file):
                counted["reports"] += 1
                counted["claims"] += len(report.claims)
                counted["casualties"] += len(report.casualties)
                counted["actors"] += len(report.actors)
                for claim in report.claims:
                    if not file.name.startswith("attributions_") and not (claim["cue"] and claim["facts"]):
                        print(f"{file.name} {report.id}: claim {claim['number']} lacks a cue or its line")
        except Malformed as error:
            wrong += 1
            print(f"{file.name}: {error}")
    print(dict(counted))
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
