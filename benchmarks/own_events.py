"""Events of our own, with gold claims, disputes across reports and tolls, run through the scorer of the conflict set.

    python -m benchmarks.own_events ../shared/eval            # needs the scorer that lies beside the corpora

Each file of `training/events` is one event in the form of `training/conflict_reports.py`; `against=r2:3` in a claim's
line names claims of other reports that it cannot stand beside. Rules are written while reading the files named `dev_…`;
those named `heldout_…` are only counted.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from benchmarks.accuracy import scored
from bot.events.contract import event_line, events_of
from bot.extract.lines import summary_line
from bot.extract.pipeline import summarise
from bot.model.report import Report
from bot.model.summary import Actor, CasualtyFigure, Claim, Summary
from training.conflict_reports import OwnReport, read_file

EVENTS = Path(__file__).resolve().parents[1] / "training" / "events"
_Line = dict[str, Any]


def report_of(own: OwnReport) -> Report:
    """The report as an outlet published it."""
    return msgspec.convert(
        {
            "id": own.id,
            "outlet": own.outlet,
            "published_at": own.published_at,
            "title": own.title,
            "text": own.text,
        },
        Report,
    )


def gold_summary(own: OwnReport) -> Summary:
    """What the annotation says of the report, in the contract's form."""
    actors: dict[str, Actor] = {}
    claims = []
    for claim in own.claims:
        facts = claim["facts"]
        name = facts.get("speaker")
        if name and name not in actors:
            kind, country = facts.get("type", "other"), facts.get("country")
            actors[name] = Actor(id=f"a{len(actors) + 1}", name=name, type=kind, country=country)
        spans = {role: tuple(tuple(span) for span in claim[role]) for role in ("source", "cue", "content")}
        if name:
            mentions = tuple(dict.fromkeys((*actors[name].mentions, *spans["source"])))
            actors[name] = msgspec.structs.replace(actors[name], mentions=mentions)
        claims.append(
            Claim(
                id=f"c{claim['number']}",
                speaker=actors[name].id if name else None,
                stance=facts.get("stance", "asserts"),
                sentence=spans["content"][0],
                disputes=tuple(f"c{other}" for other in facts.get("disputes", "").split(",") if other),
                **spans,
            )
        )
    return Summary(id=own.id, actors=tuple(actors.values()), claims=tuple(claims), casualties=_figures(own))


def _figures(own: OwnReport) -> tuple[CasualtyFigure, ...]:
    figures = []
    for casualty in own.casualties:
        facts = casualty["facts"]
        low, high = (None if facts[end] == "null" else int(facts[end]) for end in ("min", "max"))
        carrier, whole = facts.get("according_to"), facts.get("subset_of")
        span = tuple(casualty["victims"][0])
        figures.append(
            CasualtyFigure(
                id=f"k{casualty['number']}",
                state=facts["state"],
                min=low,
                max=high,
                qualifier=facts["qualifier"],
                victims=span,
                sentence=span,
                groups=tuple(facts["groups"].split(",")) if "groups" in facts else (),
                side=facts.get("side"),
                scope=facts["scope"],
                subset_of=f"k{whole}" if whole else None,
                according_to=f"c{carrier}" if carrier else None,
            )
        )
    return tuple(figures)


def gold_event(reports: Sequence[OwnReport], name: str) -> _Line:
    """The annotated event in the contract's form: its disputes, within reports and across them, and its toll."""
    disputes = set()
    tolls = []
    for own in reports:
        summary = gold_summary(own)
        denials = {claim.id for claim in summary.claims if claim.stance == "denies"}
        for claim in own.claims:
            here = f"{own.id}#c{claim['number']}"
            against = [f"{own.id}:{n}" for n in claim["facts"].get("disputes", "").split(",") if n]
            against += [ref for ref in claim["facts"].get("against", "").split(",") if ref]
            disputes |= {tuple(sorted((here, ref.replace(":", "#c")))) for ref in against}
        tolls += [
            {"report": own.id, "state": f.state, "min": f.min, "max": f.max, "scope": f.scope}
            for f in summary.casualties
            if f.max == 0 or f.according_to not in denials
        ]
    ids = [own.id for own in reports]
    origins = len({own.outlet for own in reports if own.reprints is None})
    return {"event_id": name, "reports": ids, "origins": origins, "disputes": sorted(disputes), "tolls": tolls}


def measure(files: Sequence[Path], folder: Path, scorer: Path) -> dict[str, _Line]:
    """The scorer's answer with our summaries and with the annotated ones; leaves its inputs in `folder`."""
    told = {file.stem: list(read_file(file)) for file in files}
    every = [own for reports in told.values() for own in reports]
    reports = [report_of(own) for own in every]
    encode = msgspec.json.encode
    gold = [gold_summary(own) for own in every]
    _write(folder / "events.jsonl", [encode(gold_event(owns, name)) for name, owns in told.items()])
    _write(folder / "reports.jsonl", [encode(report) for report in reports])
    _write(folder / "gold.jsonl", [encode(summary) for summary in gold])
    _write(folder / "ours.jsonl", [summary_line(summarise(report)).rstrip(b"\n") for report in reports])
    found = {}
    for name, summaries in (("ours", None), ("gold", gold)):
        used = summaries or [summarise(report) for report in reports]
        events = events_of(list(zip(reports, used, strict=True)))
        _write(folder / f"{name}-events.jsonl", [event_line(event).rstrip(b"\n") for event in events])
        words = ["--gold", "events.jsonl", "--reports", "reports.jsonl", "--claims", "gold.jsonl"]
        words += ["--summaries", f"{name}.jsonl", "--system", f"{name}-events.jsonl"]
        paths = [str(folder / word) if word.endswith(".jsonl") else word for word in words]
        found[name] = msgspec.json.decode(scored(str(scorer), *paths, "--json"))
    return found


def _write(file: Path, lines: Sequence[bytes]) -> None:
    file.write_bytes(b"".join(line + b"\n" for line in lines))


def main() -> None:
    """Print the figures of the files that rules are written by, and of those held out."""
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "../shared/eval")
    scorer = folder / "conflict" / "score_events.py"
    if not scorer.is_file():
        sys.exit(f"the scorer is not at {scorer}: nothing is measured")
    for part in ("dev", "heldout"):
        with tempfile.TemporaryDirectory() as place:
            found = measure(sorted(EVENTS.glob(f"{part}_*.txt")), Path(place), scorer)
        for summaries, figures in found.items():
            print(f"== {part}, {'summaries of Sitrep' if summaries == 'ours' else 'annotated summaries'}")
            for name, value in figures.items():
                print(f"{name:22s} {value}")


if __name__ == "__main__":
    main()
