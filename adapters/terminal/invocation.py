"""What a command of the command line was called with: the settings in force, and the database it means."""

from __future__ import annotations

import os
from pathlib import Path

import click
import msgspec

from adapters.logs import set_up_logs
from bot.settings import Settings, read_settings


def settings_of(ctx: click.Context, *, db: str | None = None) -> Settings:
    """The settings of `--config` and the environment, with `db` in the place of their database; sets the logs up."""
    file = ctx.find_root().obj
    settings = read_settings(file if isinstance(file, Path) else None, os.environ)
    set_up_logs(settings.log.level, settings.log.format)
    if db:
        settings = msgspec.structs.replace(settings, store=msgspec.structs.replace(settings.store, url=address(db)))
    return settings


def address(db: str) -> str:
    """An SQLAlchemy address; a bare path is an SQLite file."""
    return db if "://" in db else f"sqlite:///{db}"
