"""The extraction contract's streams: what a bad line costs, and what the output looks like."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.extract.lines import read_reports, summary_line
from bot.extract.pipeline import summarise
from bot.extract.schema import contract_json_schema
from bot.model import summary as model
from bot.model.errors import InputError
from bot.model.report import Report

GOOD = b'{"id": "r", "text": "The mayor said two men were hurt."}'
DEEP = b'{"id": "r", "text": "", "gold": ' + b"[" * 20_000 + b"]" * 20_000 + b"}"


def one(line: bytes) -> Report | InputError:
    (read,) = read_reports([line])
    return read


@pytest.mark.parametrize(
    ("line", "what"),
    [
        (b"not json", "not JSON"),
        (b"[1]", "object"),
        (b'{"text": "x"}', "`id`"),
        (b'{"id": "", "text": "x"}', "`id`"),
        (b'{"id": "r"}', "`text`"),
        (b'{"id": "r", "text": null}', "text"),
        (b'{"id": 4, "text": "x"}', "id"),
        (b'{"id": "r", "text": "x", "lang": 7}', "lang"),
        (b'{"id": "r", "text": "\xff"}', "not JSON"),
        (b'{"id": "r", "text": "x", "published_at": "yesterday"}', "published_at"),
        (b'{"id": "r", "text": "x", "published_at": "0001-01-01T00:00:00+05:00"}', "published_at"),
        (DEEP, "nested"),
    ],
)
def test_a_bad_line_is_answered_with_its_number_and_the_next_is_read(line: bytes, what: str) -> None:
    before, wrong, after = read_reports([GOOD, line, GOOD])
    assert isinstance(before, Report) and isinstance(after, Report)
    assert isinstance(wrong, InputError)
    assert "line 2" in str(wrong) and what in str(wrong)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2024-05-01T10:00:00Z", datetime(2024, 5, 1, 10, tzinfo=UTC)),
        ("2024-05-01T10:00:00+02:00", datetime(2024, 5, 1, 8, tzinfo=UTC)),
        ("2024-05-01T10:00:00", datetime(2024, 5, 1, 10, tzinfo=UTC)),
        ("20240501T1000Z", datetime(2024, 5, 1, 10, tzinfo=UTC)),
        ("2024-05-01", datetime(2024, 5, 1, tzinfo=UTC)),
    ],
)
def test_a_time_is_read_with_and_without_a_zone(written: str, meant: datetime) -> None:
    read = one(json.dumps({"id": "r", "text": "", "published_at": written}).encode())
    assert isinstance(read, Report) and read.published_at == meant


def test_unknown_keys_are_ignored() -> None:
    assert one(b'{"id": "r", "text": "x", "gold": {"claims": []}}') == one(b'{"id": "r", "text": "x"}')


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=60))
def test_whatever_a_line_holds_it_is_a_report_or_an_error(line: bytes) -> None:
    assert all(isinstance(read, Report | InputError) for read in read_reports([line]))


def test_a_summary_is_one_line_in_the_contracts_order_with_its_nulls() -> None:
    written = summary_line(summarise(Report(id="r", text="The mayor said two men were hurt by a shell.")))
    assert written.endswith(b"\n") and written.count(b"\n") == 1
    out = json.loads(written)
    assert list(out)[:5] == ["id", "headline", "actors", "claims", "casualties"]
    assert list(out["claims"][0]) == ["id", "speaker", "source", "cue", "content", "stance", "disputes", "sentence"]
    assert out["casualties"][0]["side"] is None and out["casualties"][0]["min"] == 2


def test_the_shipped_schema_is_the_models_own() -> None:
    shipped = Path(model.__file__).with_name("contract.schema.json")
    assert json.loads(shipped.read_text(encoding="utf-8")) == json.loads(json.dumps(contract_json_schema()))


def test_what_is_written_follows_the_schema_and_what_is_malformed_does_not() -> None:
    schema = contract_json_schema()
    validator = jsonschema.Draft202012Validator({"$ref": "#/$defs/Summary", "$defs": schema["$defs"]})
    out = json.loads(summary_line(summarise(Report(id="r", text="Kyiv denied that its forces shelled the town."))))
    validator.validate(out)
    out["claims"][0]["stance"] = "thinks"
    assert not validator.is_valid(out)
