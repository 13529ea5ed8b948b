"""The JSON Schema of the extraction contract, made from the same types that encode and decode it."""

from __future__ import annotations

from typing import Any

import msgspec

from bot.extract.lines import ReportLine
from bot.model.summary import CONTRACT_VERSION, Summary


def contract_json_schema() -> dict[str, Any]:
    """Definitions of the input line (`ReportLine`) and the output line (`Summary`) under `$defs`."""
    _, definitions = msgspec.json.schema_components([ReportLine, Summary], ref_template="#/$defs/{name}")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"Sitrep extraction contract, version {CONTRACT_VERSION}",
        "description": "`ReportLine` is one line of input, `Summary` one line of output. Offsets count Unicode code points.",
        "oneOf": [{"$ref": "#/$defs/ReportLine"}, {"$ref": "#/$defs/Summary"}],
        "$defs": definitions,
    }
