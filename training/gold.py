"""Our own annotated reports as lines of the extraction contract, and how far the program's summaries agree with them.

The measures are the conflict set's: claims pair by the characters of their contents (Dice .5 or more), `triple` wants source
and cue to touch the annotated ones, stance and speaker are shares of the claims found, actors pair by the characters of
their mentions; what is `optional` counts neither for nor against.

    python -m training.gold open heldout [--wrong]      # the files training/conflict/measured_open.txt, heldout_*.txt
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from bot.extract.lines import summary_line
from bot.extract.pipeline import summarise
from bot.model.report import Report
from training.conflict_reports import OwnReport, read_folder

FOLDER = Path(__file__).resolve().parent / "conflict"
SETS = {
    "open": "measured_open.txt",
    "open2": "measured_open_02.txt",
    "sealed": "measured_sealed.txt",
    "sealed2": "measured_sealed_02.txt",
    "heldout": "heldout_*.txt",
    "trained": "reports_*.txt",
    "disputes": "disputes_*.txt",
}
Line = dict[str, Any]
Told = Callable[[str, str, str], object]
"""Hears of each disagreement: report, kind, words."""


def gold_line(report: OwnReport) -> Line:
    """The annotated summary. Where claims tell their speakers' names, these are the actors, mentioned by their sources."""
    actors = [_actor(f"a{one['number']}", one["facts"], one["mentions"]) for one in report.actors]
    by_name: dict[str, Line] = {}
    claims = []
    for claim in report.claims:
        facts = claim["facts"]
        speaker = facts.get("speaker", "null")
        if not report.actors and speaker != "null":
            named = by_name.setdefault(speaker, _actor(f"a{len(by_name) + 1}", {"name": speaker, **facts}, []))
            named["mentions"] += claim["source"]
            speaker = named["id"]
        claims.append(
            {
                "id": f"c{claim['number']}",
                "speaker": None if speaker == "null" else speaker,
                "stance": facts.get("stance", "asserts"),
                "disputes": [f"c{number}" for number in facts["disputes"].split(",")] if facts.get("disputes") else [],
                **{role: claim[role] for role in ("source", "cue", "content")},
                "optional": "optional" in facts,
            }
        )
    return {"id": report.id, "actors": actors or list(by_name.values()), "claims": claims}


def _actor(number: str, facts: dict[str, str], mentions: list[list[int]]) -> Line:
    country = facts.get("country")
    return {
        "id": number,
        "name": facts.get("name", ""),
        "type": facts.get("type", "other"),
        "country": None if country in (None, "", "null") else country,
        "roles": facts.get("roles", "speaker").split(","),
        "mentions": mentions,
        "optional": "optional" in facts,
    }


def told_line(report: OwnReport) -> Line:
    """What the program says of the report, as a line of the contract."""
    line: Line = json.loads(summary_line(summarise(Report(id=report.id, text=report.text, title=report.title or None))))
    return line


def agreement(pairs: Iterable[tuple[Line, Line, str]], wrong: Told = lambda *_: None) -> dict[str, float]:
    """Measures in per cent over pairs of an annotated and a told line and the text."""
    n: Counter[str] = Counter()
    for gold, told, text in pairs:
        n.update(_compared(gold, told, lambda kind, words, of=gold["id"]: wrong(of, kind, words), text))
    return {
        "triple": _f1(n["triple"], n["claims told"], n["claims"]),
        "content": _f1(n["found"], n["claims told"], n["claims"]),
        "stance": _share(n["stance"], n["found"]),
        "speaker": _share(n["speaker"], n["found"]),
        "disputes": _f1(n["link right"], n["links told"], n["links"]),
        "disputes P": _share(n["link right"], n["links told"]),
        "disputes R": _share(n["link right"], n["links"]),
        "actors": _f1(n["actor found"], n["actors told"], n["actors"]),
        "with country": _f1(n["country"], n["actors told"], n["actors"]),
        "country of found": _share(n["country"], n["actor found"]),
        "type": _share(n["type"], n["actor found"]),
    }


def _compared(gold: Line, told: Line, wrong: Callable[[str, str], object], text: str) -> Counter[str]:
    n: Counter[str] = Counter()

    def words(spans: Sequence[Sequence[int]]) -> str:
        return " … ".join(text[start:end] for start, end in spans)

    aligned = paired(gold["actors"], told["actors"], lambda g, t: len(_at(g["mentions"]) & _at(t["mentions"])))
    as_gold = {t["id"]: g["id"] for g, t in aligned}
    n["actors"] = sum(not g["optional"] for g in gold["actors"])
    n["actors told"] = len(told["actors"]) - sum(g["optional"] for g, _ in aligned)
    for g, t in aligned:
        if not g["optional"]:
            n["actor found"] += 1
            n["country"] += g["country"] == t["country"]
            n["type"] += g["type"] == t["type"]
            if g["country"] != t["country"]:
                wrong("country", f"{g['country']} ≠ {t['country']}: {words(t['mentions'][:3])}")
            if g["type"] != t["type"]:
                wrong("type", f"{g['type']} ≠ {t['type']}: {words(t['mentions'][:3])}")
    for g in gold["actors"]:
        if not g["optional"] and all(g is not found for found, _ in aligned):
            wrong("actor missed", f"{g['name']}: {words(g['mentions'][:2])}")
    for t in told["actors"]:
        if t["id"] not in as_gold:
            wrong("actor invented", f"{t['name']} [{t['country']}]: {words(t['mentions'][:3])}")

    found = paired(gold["claims"], told["claims"], alike)
    n["claims"] = sum(not g["optional"] for g in gold["claims"])
    n["claims told"] = len(told["claims"]) - sum(g["optional"] for g, _ in found)
    for g, t in found:
        if g["optional"]:
            continue
        n["found"] += 1
        whole = ((not g["source"] and not t["source"]) or bool(_at(g["source"]) & _at(t["source"]))) and bool(
            _at(g["cue"]) & _at(t["cue"])
        )
        n["triple"] += whole
        n["stance"] += g["stance"] == t["stance"]
        right = (as_gold.get(t["speaker"]) if t["speaker"] else None) == g["speaker"] and bool(
            g["speaker"] or not t["speaker"]
        )
        n["speaker"] += right
        if not whole:
            wrong(
                "source or cue", f"{words(g['source'])} | {words(g['cue'])} ≠ {words(t['source'])} | {words(t['cue'])}"
            )
        if g["stance"] != t["stance"]:
            wrong("stance", f"{g['stance']} ≠ {t['stance']}: {words(g['cue'])} | {words(g['content'])}")
        if not right:
            names = {a["id"]: a["name"] for a in told["actors"]}
            wanted = {a["id"]: a["name"] for a in gold["actors"]}
            wrong(
                "speaker",
                f"{wanted.get(g['speaker'])} ≠ {names.get(t['speaker'])}: {words(g['source'])} {words(g['cue'])}",
            )
    for g in gold["claims"]:
        if not g["optional"] and all(g is not one for one, _ in found):
            wrong("claim missed", words([*g["source"], *g["cue"], *g["content"]]))
    for t in told["claims"]:
        if all(t is not one for _, one in found):
            wrong("claim invented", words([*t["source"], *t["cue"], *t["content"]]))
    _links_compared(gold, told, found, n, wrong, words)
    return n


def _links_compared(
    gold: Line,
    told: Line,
    found: list[tuple[Line, Line]],
    n: Counter[str],
    wrong: Callable[[str, str], object],
    words: Any,
) -> None:
    """Disputes as unordered links; one with an optional end counts only when found."""
    as_gold = {t["id"]: g["id"] for g, t in found}
    optional = {g["id"] for g in gold["claims"] if g["optional"]}
    links = {frozenset((g["id"], other)) for g in gold["claims"] for other in g["disputes"]}
    ours = {frozenset((t["id"], other)) for t in told["claims"] for other in t["disputes"] if other != t["id"]}
    mapped = {frozenset(as_gold.get(end, f"{end}?") for end in link) for link in ours}
    must = {link for link in links if not link & optional}
    n["links"], n["link right"], n["links told"] = len(must), len(must & mapped), len(mapped - (links - must))
    said = {g["id"]: words([*g["source"], *g["cue"], *g["content"]]) for g in gold["claims"]}
    said |= {f"{t['id']}?": words([*t["source"], *t["cue"], *t["content"]]) for t in told["claims"]}
    for kind, which in (("dispute missed", must - mapped), ("dispute invented", mapped - links)):
        for link in sorted(map(sorted, which)):
            wrong(kind, " // ".join(f"[{end}] {said.get(end, '?')}" for end in link))


def paired(gold: Sequence[Line], told: Sequence[Line], score: Callable[[Line, Line], float]) -> list[tuple[Line, Line]]:
    """One-to-one pairs, the best score first; required before optional at equal scores."""
    ranked = sorted(
        ((score(g, t), not g["optional"], -i, -j) for i, g in enumerate(gold) for j, t in enumerate(told)), reverse=True
    )
    pairs: list[tuple[Line, Line]] = []
    used: tuple[set[int], set[int]] = set(), set()
    for value, _, i, j in ranked:
        if value > 0 and i not in used[0] and j not in used[1]:
            used[0].add(i)
            used[1].add(j)
            pairs.append((gold[-i], told[-j]))
    return pairs


def alike(gold: Line, told: Line) -> float:
    one, other = _at(gold["content"]), _at(told["content"])
    dice = 2 * len(one & other) / (len(one) + len(other)) if one or other else 0.0
    return dice + 0.1 * bool(_at(gold["cue"]) & _at(told["cue"])) if dice >= 0.5 else 0.0


def _at(spans: Iterable[Sequence[int]]) -> set[int]:
    return {i for start, end in spans for i in range(start, end)}


def _share(right: int, of: int) -> float:
    return round(100 * right / of, 1) if of else 0.0


def _f1(right: int, told: int, gold: int) -> float:
    return round(200 * right / (told + gold), 1) if right else 0.0


def compared(pattern: str) -> Iterator[tuple[Line, Line, str]]:
    """The annotated and the told line and the text of each report of our own whose file matches."""
    for report in read_folder(FOLDER, pattern=pattern):
        yield gold_line(report), told_line(report), report.text


def main() -> None:
    """Print the measures of each set, and with --wrong what disagrees."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sets", nargs="+", choices=SETS)
    parser.add_argument("--wrong", action="store_true")
    a = parser.parse_args()
    for name in a.sets:
        hear = (lambda *what: print("{}  {:16s} {}".format(*what))) if a.wrong else (lambda *_: None)
        print(f"{name:8s}", json.dumps(agreement(compared(SETS[name]), hear)))


if __name__ == "__main__":
    main()
