"""The schema's revisions: which there are, which one a database has, and the way to the newest."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from sqlalchemy import Connection, inspect, text

_MIGRATIONS = Path(__file__).resolve().parent / "migrations"
_REVISION = re.compile(r"^revision = ['\"](\w+)['\"]$", re.MULTILINE)


@cache
def revisions() -> tuple[str, ...]:
    """All that this program knows, oldest first.

    Read from the migrations' files, which are numbered: loading Alembic takes longer than all else that a start does
    with the database, and a start nearly always finds the newest schema.
    """
    files = sorted((_MIGRATIONS / "versions").glob("[0-9]*.py"))
    return tuple(found[1] for file in files if (found := _REVISION.search(file.read_text(encoding="utf-8"))))


def revision_of(c: Connection) -> str | None:
    """The revision that a database has; None where it has no schema yet."""
    if not inspect(c).has_table("alembic_version"):
        return None
    found: str | None = c.scalar(text("SELECT version_num FROM alembic_version"))
    return found


def upgrade(c: Connection) -> None:
    """Bring a database to the newest revision, in the transaction of this connection."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    config.attributes["connection"] = c
    command.upgrade(config, "head")
