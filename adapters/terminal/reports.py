"""`sitrep reports`: what people have reported as wrong."""

from __future__ import annotations

import click
import msgspec

from adapters.terminal.invocation import settings_of
from bot.model.legible import one_line


@click.group("reports")
def reports_group() -> None:
    """What people tell the operator."""


@reports_group.command("errors")
@click.option("--db", help="The database; the settings' own without it.")
@click.option("--settled", is_flag=True, help="Those that have been seen to.")
@click.option("--jsonl", is_flag=True, help="One JSON object an error report.")
@click.option("--settle", "number", type=int, help="Mark this one as seen to.")
@click.pass_context
def errors(ctx: click.Context, db: str | None, settled: bool, jsonl: bool, number: int | None) -> None:
    """Errors in cards that people have reported, oldest first."""
    from bot.store import complaints
    from bot.store.engine import Store

    store = Store(settings_of(ctx, db=db).store.url)
    try:
        if number is not None:
            done = store.write_now(complaints.settle, number)
            click.echo(f"{number} is settled." if done else f"There is no error report {number}.", err=not done)
            ctx.exit(0 if done else 1)
        for one in store.read_now(complaints.complaints, settled=settled):
            if jsonl:
                click.echo(msgspec.json.encode(one).decode())
            else:
                click.echo(
                    f"{one.number}  {one.at:%Y-%m-%d %H:%M} UTC  {one.tenant}  {one_line(one.note)}\n    {one.link}"
                )
    finally:
        store.close()
