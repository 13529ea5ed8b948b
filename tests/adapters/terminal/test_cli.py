"""The command line: the contract's streams, one clear line for each mistake."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import jsonschema
import pytest
from click.testing import CliRunner, Result

from adapters.terminal.cli import main
from bot import VERSION
from bot.extract.schema import contract_json_schema
from bot.shipped import contract_schema, shipped

REPORT = {
    "id": "r1",
    "title": None,
    "text": "The governor of Kherson said at least four people had been killed. Moscow denied that it had shelled the town.",
    "outlet": "Sample Wire",
    "url": None,
    "published_at": "2024-06-11T05:12:00Z",
    "lang": "en",
}


def run(*words: str, given: str = "") -> Result:
    return CliRunner().invoke(main, list(words), input=given.encode())


def lines_of(result: Result) -> list[dict]:
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_each_report_line_gives_one_summary_line_in_order() -> None:
    given = "\n".join(json.dumps({**REPORT, "id": f"r{n}"}) for n in range(3))
    result = run("extract", given=given)
    assert result.exit_code == 0
    assert [line["id"] for line in lines_of(result)] == ["r0", "r1", "r2"]


def test_the_output_follows_the_shipped_schema() -> None:
    schema = json.loads(contract_schema().read_text(encoding="utf-8"))
    assert schema == json.loads(json.dumps(contract_json_schema())), "run the schema's generator"
    validator = jsonschema.Draft202012Validator({"$ref": "#/$defs/Summary", "$defs": schema["$defs"]})
    for file in sorted(shipped("seeds/reports").glob("*.json")):
        (summary,) = lines_of(run("extract", given=json.dumps(json.loads(file.read_text(encoding="utf-8")))))
        assert not list(validator.iter_errors(summary))


def test_bad_lines_are_named_and_good_ones_kept() -> None:
    given = "\n".join(
        [
            "not json",
            json.dumps({"id": "x"}),
            json.dumps({**REPORT, "text": 3}),
            json.dumps(REPORT),
            '{"id":"e","text":""}',
        ]
    )
    result = run("extract", given=given)
    assert result.exit_code == 2
    assert [line["id"] for line in lines_of(result)] == ["r1", "e"]
    assert "line 1" in result.stderr and "not JSON" in result.stderr
    assert "line 2" in result.stderr and "`text`" in result.stderr
    assert "line 3" in result.stderr and "$.text" in result.stderr


def test_every_span_is_verbatim_and_every_claim_has_its_sentence() -> None:
    (summary,) = lines_of(run("extract", given=json.dumps({**REPORT, "gold": {"ignored": True}})))
    text = REPORT["text"]
    said, denied = summary["claims"]
    assert text[slice(*said["source"][0])] == "The governor of Kherson"
    assert denied["stance"] == "denies"
    (figure,) = summary["casualties"]
    assert (figure["state"], figure["min"], figure["max"], figure["qualifier"]) == ("killed", 4, None, "at_least")
    assert text[slice(*figure["number"])] == "four"
    assert figure["according_to"] == said["id"]
    for claim in summary["claims"]:
        start, end = claim["sentence"]
        assert all(start <= a < b <= end for a, b in claim["cue"])


def test_the_same_input_gives_the_same_bytes_in_any_batch() -> None:
    reports = [
        json.dumps({**REPORT, "id": f"r{n}", "text": REPORT["text"] + f" Reports differ {n}."}) for n in range(4)
    ]
    together = run("extract", given="\n".join(reversed(reports))).stdout.splitlines()
    alone = [run("extract", given=report).stdout.strip() for report in reports]
    assert together == alone[::-1]


def test_ingesting_twice_changes_nothing(tmp_path: Path) -> None:
    source = tmp_path / "reports.jsonl"
    source.write_text(json.dumps(REPORT) + "\n", encoding="utf-8")
    db = str(tmp_path / "news.db")
    first = run("ingest", "--jsonl", str(source), "--db", db)
    assert "1 new" in first.stderr
    again = run("ingest", "--jsonl", str(source), "--db", db)
    assert "1 known" in again.stderr
    (event,) = lines_of(run("events", "--jsonl", "--db", db))
    assert event["reports"] == ["r1"]
    assert event["tolls"][0]["min"] == 4


def test_a_question_is_answered_from_the_store(tmp_path: Path) -> None:
    source = tmp_path / "reports.jsonl"
    source.write_text(json.dumps(REPORT) + "\n", encoding="utf-8")
    db = str(tmp_path / "news.db")
    run("ingest", "--jsonl", str(source), "--db", db)
    answer = run("ask", "--db", db, "--plain", "how many killed in Kherson?")
    assert answer.exit_code == 0
    assert "at least 4 killed" in answer.stdout and "according to" in answer.stdout
    nothing = run("ask", "--db", db, "--plain", "toll Atlantis")
    assert nothing.exit_code == 1
    assert "Nothing found for “Atlantis”" in nothing.stdout


def test_feeds_are_parsed_and_addresses_judged_without_a_network() -> None:
    feed = b"<rss version='2.0'><channel><title>T</title><item><title>A</title><link>https://e.org/a</link></item></channel></rss>"
    (parsed,) = lines_of(
        run("feeds", "parse", "--jsonl", given=json.dumps({"file": "f", "body": base64.b64encode(feed).decode()}))
    )
    assert parsed["entries"][0]["link"] == "https://e.org/a"
    (verdict,) = lines_of(
        run(
            "feeds",
            "guard",
            "--jsonl",
            given=json.dumps({"url": "http://a.example/", "dns": {"a.example": ["127.0.0.1"]}}),
        )
    )
    assert verdict["verdict"] == "deny"


def test_the_version_told_is_the_packages() -> None:
    assert run("--version").stdout == f"sitrep, version {VERSION}\n"


@pytest.mark.parametrize("words", [("run",), ("config", "check")])
def test_a_wrong_setting_is_one_line_and_no_traceback(tmp_path: Path, words: tuple[str, ...]) -> None:
    file = tmp_path / "bad.toml"
    file.write_text("[sources]\nintervall = 3\n", encoding="utf-8")
    result = run("--config", str(file), *words)
    assert result.exit_code == 2
    assert result.stderr.count("\n") == 1
    assert "did you mean interval?" in result.stderr


@pytest.mark.parametrize(
    "words",
    ["doctor", "db check", "db backup b.db", "db archive a.gz --before 2026-01-01", "audit", "reports errors",
     "events --jsonl", "privacy show discord:1"],
)  # fmt: skip
def test_in_a_new_directory_a_look_makes_nothing_and_says_what_would(
    words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = run(*words.split())
    assert "sitrep run" in result.output and "Traceback" not in result.output
    assert not [file for file in tmp_path.rglob("*") if file.is_file()]


@pytest.mark.parametrize("name", ["ask", "audit", "db", "doctor", "feeds", "privacy", "reports", "run", "settings"])
def test_every_command_is_listed_and_can_be_asked_for_help(name: str) -> None:
    assert f"\n  {name} " in run("--help").output
    asked = run(name, "--help")
    assert asked.exit_code == 0 and f"Usage: main {name}" in asked.output
