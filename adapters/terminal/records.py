"""`sitrep audit` and `sitrep privacy`: who changed what, and what is kept of a person, for the operator."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import click
import msgspec
from rich.console import Console

from adapters.terminal.invocation import settings_of
from adapters.terminal.render import show
from bot.model.card import Card
from bot.model.command import Asker, Command
from bot.model.errors import InputError
from bot.queries import privacy as asked
from bot.queries.question import Question
from bot.store import audit as entries
from bot.store.engine import Store

OPERATOR = Asker(platform="terminal", tenant="terminal", user="operator")
_DB = click.option("--db", help="The database; the settings' own without it.")


@contextmanager
def _opened(ctx: click.Context, db: str | None) -> Iterator[Store]:
    store = Store(settings_of(ctx, db=db).store.url)
    try:
        yield store
    finally:
        store.close()


@click.command()
@click.option("--tenant", help="Whose: discord:<server>, slack:<workspace>, terminal; everybody's without it.")
@click.option("--count", default=50, show_default=True, type=click.IntRange(1, 10_000), help="So many, newest first.")
@click.option("--json", "as_json", is_flag=True, help="Entries as JSON lines.")
@_DB
@click.pass_context
def audit(ctx: click.Context, tenant: str | None, count: int, as_json: bool, db: str | None) -> None:
    """List who changed which setting, newest first."""
    with _opened(ctx, db) as store:
        found = store.read_now(entries.entries, tenant=tenant, count=count)
    for one in found:
        told = f"{one.at:%Y-%m-%d %H:%M:%S}  {one.tenant}  {one.user}  {one.command}"
        click.echo(msgspec.json.encode(one).decode() if as_json else told)


@click.group()
def privacy() -> None:
    """What is kept of a person: show, export, erase. WHO is discord:<user> or slack:<workspace>:<user>."""


@privacy.command("show")
@click.argument("who")
@_DB
@click.pass_context
def privacy_show(ctx: click.Context, who: str, db: str | None) -> None:
    """Show everything that is kept of a person, as they see it themselves."""
    with _opened(ctx, db) as store:
        show(store.read_now(asked.show, _question("show", who)), Console())


@privacy.command("export")
@click.argument("who")
@click.option("--out", type=click.Path(path_type=Path), help="The file; standard output without it.")
@_DB
@click.pass_context
def privacy_export(ctx: click.Context, who: str, out: Path | None, db: str | None) -> None:
    """Write everything that is kept of a person as JSON."""
    with _opened(ctx, db) as store:
        card: Card = store.read_now(asked.export, _question("export", who))
    assert card.file is not None  # an export is a file
    if out is None:
        click.echo(card.file.content.decode())
    else:
        out.write_bytes(card.file.content + b"\n")
        click.echo(f"wrote {out}", err=True)


@privacy.command("erase")
@click.argument("who")
@click.confirmation_option(prompt="Everything that is kept of this person is erased. Go on?")
@_DB
@click.pass_context
def privacy_erase(ctx: click.Context, who: str, db: str | None) -> None:
    """Erase everything that is kept of a person; the audit says that it was done, not to whom."""
    question = _question("erase", who, confirm="yes")
    with _opened(ctx, db) as store:
        card: Card = store.write_now(asked.erase, question)
        store.write_now(entries.record, OPERATOR, "privacy erase", now=question.now)
        show(card, Console())


def _question(verb: str, who: str, **options: str) -> Question:
    platform, _, rest = who.partition(":")
    workspace, _, user = rest.rpartition(":")
    if platform not in ("discord", "slack", "terminal") or not user or (platform == "slack") != bool(workspace):
        raise InputError(
            "nobody is called that", subject=who, hint="discord:<user id> or slack:<workspace id>:<user id>"
        )
    tenant = f"{platform}:{workspace}" if workspace else platform
    return Question(
        Command(root="privacy", verb=verb, options=options),
        Asker(platform=platform, tenant=tenant, user=user),
        datetime.now(UTC),
    )
