"""Where the files that travel with the program lie: `config/` and `seeds/`, in a checkout and installed alike."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def contract_schema() -> Path:
    """The JSON Schema of the extraction contract: input, summary and event."""
    return _PACKAGE / "model" / "contract.schema.json"


def shipped(name: str) -> Path:
    """The path of a shipped file or folder, such as `config/sitrep.toml` or `seeds`.

    In an installed wheel the two folders lie inside the package; in a checkout, beside it.
    """
    installed = _PACKAGE / "_data" / name
    return installed if installed.exists() else _PACKAGE.parent / name
