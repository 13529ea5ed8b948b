"""`sitrep db`: what an operator does with the database."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

import click
from rich.console import Console

from adapters.terminal.invocation import address, settings_of
from bot.model.errors import SitrepError
from bot.store.copying import Progress
from bot.store.upkeep import Soundness


@click.group("db")
@click.option("--db", help="The database; the settings' own without it.")
@click.pass_context
def db_group(ctx: click.Context, db: str | None) -> None:
    """The database: its schema, its soundness, copies of it."""
    ctx.obj = settings_of(ctx, db=db).store.url


@db_group.command()
@click.pass_obj
def migrate(url: str) -> None:
    """Bring the schema to the newest revision."""
    from bot.store.engine import Store

    store = Store(url, exclusive=True)
    try:
        before, _ = store.schema()
        store.migrate()
        after, _ = store.schema()
    finally:
        store.close()
    was = "" if before == after else f"was {before or 'missing'} and "
    click.echo(f"The schema {was}is {after}.")


@db_group.command()
@click.pass_obj
def check(url: str) -> None:
    """Say whether the database is sound; ends with status 1 where it is not."""
    from bot.store.engine import Store
    from bot.store.upkeep import check as look_over

    store = Store(url)
    try:
        found = look_over(store)
    finally:
        store.close()
    click.echo(f"{found.version}, schema {found.schema or 'missing'}")
    for table, rows in found.rows.items():
        click.echo(f"  {table:16}{rows:>12,}")
    for what in found.wrong:
        click.echo(f"wrong: {what}", err=True)
    sys.exit(1 if found.wrong else 0)


@db_group.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.pass_obj
def backup(url: str, file: Path) -> None:
    """Write everything to a new SQLite FILE; the bot may go on meanwhile."""
    from bot.store.engine import Store
    from bot.store.upkeep import back_up

    store = Store(url)
    try:
        found = back_up(store, file, progress=_progress())
    finally:
        store.close()
    click.echo(f"Wrote {file}: {_told(found)}")


@db_group.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.confirmation_option(prompt="What the database holds now is replaced. Go on?")
@click.pass_obj
def restore(url: str, file: Path) -> None:
    """Put a backup in the place of the database's content."""
    from bot.store.upkeep import restore as put_back

    found = put_back(file, url, progress=_progress())
    click.echo(f"Restored: {_told(found)}")


@db_group.command()
@click.argument("target")
@click.pass_obj
def copy(url: str, target: str) -> None:
    """Copy everything into another, empty database (from SQLite to PostgreSQL, or back), and prove that it arrived."""
    from bot.store.copying import copy_store
    from bot.store.engine import Store

    if address(target) == url:
        raise SitrepError("source and target are the same", subject=target, hint="name another database")
    source, there = Store(url, exclusive=True), Store(address(target), exclusive=True)
    try:
        proofs = copy_store(source, there, progress=_progress())
    finally:
        source.close()
        there.close()
    for proof in proofs:
        click.echo(f"  {proof.table:16}{proof.rows:>12,} rows, the same on both sides ({proof.digest[:12]})")


@db_group.command()
@click.pass_obj
def vacuum(url: str) -> None:
    """Give back the room of what is gone; on SQLite with the bot stopped."""
    from bot.store.engine import Store
    from bot.store.upkeep import vacuum as give_back

    store = Store(url, exclusive=True)
    try:
        before, after = give_back(store)
    finally:
        store.close()
    click.echo(f"{before / 2**20:,.1f} MiB before, {after / 2**20:,.1f} MiB now.")


@db_group.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--before", required=True, type=click.DateTime(["%Y-%m-%d"]), help="What was published before this day, UTC."
)
@click.pass_obj
def archive(url: str, file: Path, before: datetime) -> None:
    """Write reports with summaries, and events, to FILE as JSON lines, packed with gzip; nothing is removed."""
    from bot.store.archive import write_archive
    from bot.store.engine import Store

    store = Store(url)
    try:
        counts = write_archive(store, file, before=before.replace(tzinfo=UTC))
    finally:
        store.close()
    click.echo(f"Wrote {file}: {counts['reports']:,} reports, {counts['events']:,} events.")


def _told(found: Soundness) -> str:
    return f"{found.rows['reports']:,} reports, {found.rows['events']:,} events, schema {found.schema}."


def _progress() -> Progress:
    """Tells how far a long copy has got, where somebody looks on."""
    console = Console(stderr=True)

    def tell(table: str, rows: int) -> None:
        if console.is_terminal:
            console.print(f"{table}: {rows:,}", end="\r")

    return tell
