"""`sitrep settings`: all that a server or workspace has set as a file, and back, for the operator."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from adapters.terminal.invocation import settings_of
from bot.model.command import Asker
from bot.model.errors import InputError
from bot.queries.settings_file import Place, read, restore, written
from bot.store import audit
from bot.store.engine import Store

_TENANT = click.option(
    "--tenant", default="terminal", show_default=True, help="Whose: discord:<server>, slack:<workspace>."
)
_DB = click.option("--db", help="The database; the settings' own without it.")


@click.group("settings")
def settings_group() -> None:
    """What a server or workspace has set: as a file, and back."""


@settings_group.command("export")
@_TENANT
@_DB
@click.option("--out", type=click.Path(path_type=Path), help="The file; standard output without it.")
@click.pass_context
def export_settings(ctx: click.Context, tenant: str, db: str | None, out: Path | None) -> None:
    """Write feeds and channels as one file."""
    store = Store(settings_of(ctx, db=db).store.url)
    content = store.read_now(written, tenant=tenant, who=None, now=datetime.now(UTC))
    store.close()
    if out is None:
        click.echo(content.decode())
    else:
        out.write_bytes(content + b"\n")
        click.echo(f"wrote {out}", err=True)


@settings_group.command("restore")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@_TENANT
@_DB
@click.pass_context
def restore_settings(ctx: click.Context, file: Path, tenant: str, db: str | None) -> None:
    """Set feeds and channels to what a file says; with one mistake in it nothing is done."""
    store = Store(settings_of(ctx, db=db).store.url)
    store.migrate()
    # Which channels are the tenant's is the operator's to know.
    place = Place(tenant.partition(":")[0], tenant, lambda channel: True, datetime.now(UTC))
    done = store.write_now(restore, read(file.read_bytes()), place)
    if done.counts:
        by = Asker(platform="terminal", tenant=tenant, user="operator")
        store.write_now(audit.record, by, "settings restore", now=place.now)
    store.close()
    if not done.counts:
        raise InputError("; ".join(done.refused), subject=str(file), hint="nothing was restored")
    for part, (added, changed, same) in done.counts.items():
        click.echo(f"{part}: {added} added, {changed} changed, {same} there already", err=True)
