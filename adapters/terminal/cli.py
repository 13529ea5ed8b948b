"""`sitrep`: the command line."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import AsyncExitStack, suppress
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import IO, TYPE_CHECKING

import click
import msgspec

from adapters.logs import set_up_logs
from adapters.terminal.invocation import settings_of
from bot import VERSION
from bot.model.errors import InputError, SitrepError
from bot.settings import Settings, read_settings, shown
from bot.work.collector import hold

if TYPE_CHECKING:
    from bot.deliver.port import Platform
    from bot.model.card import Card
    from bot.model.finding import Finding

_ELSEWHERE = {
    "audit": "adapters.terminal.records:audit",
    "db": "adapters.terminal.database:db_group",
    "privacy": "adapters.terminal.records:privacy",
    "reports": "adapters.terminal.reports:reports_group",
    "settings": "adapters.terminal.transfer:settings_group",
}


class _Sitrep(click.Group):
    """Prints our own errors as one line and ends with status 2.

    Commands of other modules are loaded when they are asked for: what a command needs is paid for by none of the
    others, nor by the worker processes, which load this module, too.
    """

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All commands' names."""
        return sorted([*super().list_commands(ctx), *_ELSEWHERE])

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """A command by its name."""
        module, _, name = _ELSEWHERE.get(cmd_name, "").partition(":")
        found: click.Command | None = (
            getattr(import_module(module), name) if module else super().get_command(ctx, cmd_name)
        )
        return found

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except SitrepError as error:
            click.echo(f"sitrep: {error}", err=True)
            ctx.exit(2)
        except BrokenPipeError:
            sys.stdout = None  # nobody reads any more: nothing is to be flushed
            ctx.exit(0)


@click.group(cls=_Sitrep, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(VERSION, prog_name="sitrep")
@click.option("--config", type=click.Path(path_type=Path), help="A settings file; the shipped defaults without it.")
@click.pass_context
def main(ctx: click.Context, config: Path | None) -> None:
    """Who says what, and who disputes it: a news bot for conflict and crisis reporting."""
    ctx.obj = config


def _lines(stream: IO[bytes]) -> Iterator[bytes]:
    return iter(stream.readline, b"")


@main.command()
@click.argument("source", type=click.File("rb"), default="-")
def extract(source: IO[bytes]) -> None:
    """Read reports as JSON lines, write their summaries as JSON lines, in the same order."""
    from bot.extract.lines import read_reports, summary_line
    from bot.extract.pipeline import summarise

    bad = False
    out = sys.stdout.buffer
    for report in read_reports(_lines(source)):
        if isinstance(report, InputError):
            click.echo(f"sitrep: {report}", err=True)
            bad = True
            continue
        out.write(summary_line(summarise(report)))
        out.flush()
    if bad:
        sys.exit(2)


@main.command()
def schema() -> None:
    """Print the JSON Schema of the extraction contract."""
    from bot.shipped import contract_schema

    click.echo(contract_schema().read_text(encoding="utf-8"), nl=False)


@main.command()
@click.option("--jsonl", "source", type=click.File("rb"), required=True, help="Reports, one JSON object a line.")
@click.option("--db", help="The database; the settings' own without it.")
@click.pass_context
def ingest(ctx: click.Context, source: IO[bytes], db: str | None) -> None:
    """Store reports with their summaries and events; storing one again changes nothing."""
    from adapters.assemble import utc_now
    from bot.extract.lines import read_reports
    from bot.extract.pipeline import summarise
    from bot.intake import file_reports
    from bot.store.engine import Store

    settings = settings_of(ctx, db=db)
    store = Store(settings.store.url, exclusive=True)
    store.migrate()
    bad = False
    counts = {"new": 0, "revised": 0, "seen": 0, "same": 0}
    for report in read_reports(_lines(source)):
        if isinstance(report, InputError):
            click.echo(f"sitrep: {report}", err=True)
            bad = True
            continue
        (filed,) = store.write_now(file_reports, [(report, summarise(report))], now=utc_now())
        counts[filed.outcome] += 1
    store.close()
    click.echo(f"{counts['new']} new, {counts['revised']} revised, {counts['seen'] + counts['same']} known", err=True)
    if bad:
        sys.exit(2)


@main.command()
@click.option("--jsonl", is_flag=True, required=True, help="One JSON object an event.")
@click.option("--db", help="The database; the settings' own without it.")
@click.pass_context
def events(ctx: click.Context, jsonl: bool, db: str | None) -> None:
    """Print the events that the stored reports tell of."""
    del jsonl
    from bot.events.contract import event_line
    from bot.store import events as shelf
    from bot.store.engine import Store

    store = Store(settings_of(ctx, db=db).store.url)
    for event in store.read_now(shelf.everything):
        sys.stdout.buffer.write(event_line(event))
    store.close()


@main.group("feeds")
def feeds_group() -> None:
    """What the feed parser reads, and which addresses the guard lets be asked."""


@feeds_group.command("parse")
@click.option("--jsonl", is_flag=True, required=True, help="JSON lines in and out.")
@click.argument("source", type=click.File("rb"), default="-")
def feeds_parse(jsonl: bool, source: IO[bytes]) -> None:
    """Feeds in base64 to what was read of them; no network is touched."""
    del jsonl
    from bot.sources.lines import parse_lines

    _write(parse_lines(_lines(source)))


@feeds_group.command("guard")
@click.option("--jsonl", is_flag=True, required=True, help="JSON lines in and out.")
@click.argument("source", type=click.File("rb"), default="-")
def feeds_guard(jsonl: bool, source: IO[bytes]) -> None:
    """Addresses to verdicts; no network is touched: `dns` says what each name resolves to."""
    del jsonl
    from bot.sources.lines import guard_lines

    _write(guard_lines(_lines(source)))


def _write(objects: Iterable[object]) -> None:
    for value in objects:
        sys.stdout.buffer.write(msgspec.json.encode(value) + b"\n")
        sys.stdout.buffer.flush()


@main.command()
@click.argument("words", nargs=-1, required=True)
@click.option("--db", help="The database; the settings' own without it.")
@click.option("--zone", default="UTC", show_default=True, help="Time zone of what is shown.")
@click.option("--plain", "as_plain", is_flag=True, help="Plain text even in a terminal.")
@click.pass_context
def ask(ctx: click.Context, words: tuple[str, ...], db: str | None, zone: str, as_plain: bool) -> None:
    """Ask in the same words as in chat: sitrep ask "toll karabakh"."""
    from rich.console import Console

    from adapters.assemble import built
    from adapters.terminal.render import plain, show
    from bot.model.command import Asker
    from bot.work.local import ThreadWorkers

    settings = settings_of(ctx, db=db)
    asker = Asker(
        platform="terminal",
        tenant="terminal",
        user="operator",
        channel="terminal",
        may_manage=True,
        zone=zone,
        direct=True,
        alone=True,
    )

    async def answer() -> Card:
        async with built(settings, workers=ThreadWorkers(), exclusive=False) as house:
            return await house.desk.ask(" ".join(words), asker)

    card = asyncio.run(answer())
    if as_plain:
        click.echo(plain(card, zone=zone), nl=False)
    else:
        show(card, Console(), zone=zone)
    if card.file is not None:
        Path(card.file.name).write_bytes(card.file.content)
        click.echo(f"wrote {card.file.name}", err=True)
    sys.exit(1 if card.kind in ("error", "empty") else 0)


@main.command()
@click.pass_context
def run(ctx: click.Context) -> None:
    """Start the bot: every platform whose token is set, else the terminal alone."""
    hold()
    settings = settings_of(ctx)
    with suppress(KeyboardInterrupt):
        asyncio.run(_run(settings, partial(read_settings, ctx.obj, os.environ)))


async def _run(settings: Settings, read_again: Callable[[], Settings]) -> None:
    from rich.console import Console

    from adapters.assemble import built, running
    from adapters.doors import Doors
    from adapters.reload import reload
    from adapters.terminal.platform import TerminalPlatform

    told: asyncio.Queue[signal.Signals] = asyncio.Queue()
    _heard(told, signal.SIGHUP)  # one that comes while the bot starts is done afterwards; by itself it would end it
    async with AsyncExitStack() as stack:
        if settings.log.traces:
            from adapters.telemetry import export_traces

            stack.push_async_callback(asyncio.to_thread, export_traces(settings.log.traces))
        house = await stack.enter_async_context(built(settings))
        console = Console()
        terminal = TerminalPlatform(console)
        doors = Doors(house)
        if not doors.platforms:
            console.print(
                "No platform is configured: reports are read and can be asked for with [bold]sitrep ask[/bold].\n"
                "Set DISCORD_TOKEN (docs/discord.md), or SLACK_BOT_TOKEN and SLACK_APP_TOKEN (docs/slack.md),\n"
                "and start again."
            )
        try:
            await house.join()  # what comes in from now on is for one of the nodes to answer
            # What is owed to a platform waits until its door is open.
            platforms: dict[str, Platform] = {terminal.name: terminal}
            await doors.open(lambda platform: platforms.update({platform.name: platform}))
            async with running(house, platforms):
                await _until_told_to_stop(told, partial(reload, house, read_again))
        finally:
            await doors.shut()


def _heard(told: asyncio.Queue[signal.Signals], *signals: signal.Signals) -> None:
    for number in signals:
        asyncio.get_running_loop().add_signal_handler(number, told.put_nowait, number)


async def _until_told_to_stop(told: asyncio.Queue[signal.Signals], reload: Callable[[], Awaitable[object]]) -> None:
    """Wait for SIGINT or SIGTERM; SIGHUP reads the settings again meanwhile, one time after the other."""
    _heard(told, signal.SIGINT, signal.SIGTERM)
    while await told.get() == signal.SIGHUP:
        await reload()


@main.command()
@click.option("--keep", type=click.Path(path_type=Path), help="Keep the demo's database here.")
@click.pass_context
def demo(ctx: click.Context, keep: Path | None) -> None:
    """Run the real bot over the sample reports, and print the cards."""
    from rich.console import Console

    from adapters.terminal.demo import run_demo

    set_up_logs("warning", "pretty")
    asyncio.run(run_demo(read_settings(ctx.obj, {}), Console(), keep=keep))


@main.command()
@click.option("--json", "as_json", is_flag=True, help="Findings as JSON lines.")
@click.pass_context
def doctor(ctx: click.Context, as_json: bool) -> None:
    """Say whether all is well, and what to do where it is not; ends with status 1 where something is wrong."""
    from rich.console import Console

    from adapters.assemble import built
    from adapters.doors import Doors
    from adapters.terminal.findings import show_findings
    from bot.work.local import ThreadWorkers

    settings = settings_of(ctx)

    async def look() -> tuple[Finding, ...]:
        async with built(settings, workers=ThreadWorkers(), exclusive=False, migrate=False) as house:
            return (*await house.examine(), *await Doors(house).examine())

    found = asyncio.run(look())
    if as_json:
        _write(found)
    else:
        show_findings(found, Console())
    sys.exit(1 if any(one.level == "wrong" for one in found) else 0)


@main.command()
def key() -> None:
    """Make a key for SITREP_SECRET_KEYS, with which workspaces' tokens are encrypted."""
    from cryptography.fernet import Fernet

    click.echo(Fernet.generate_key().decode())


@main.group()
def config() -> None:
    """The settings."""


@config.command("show")
@click.pass_context
def config_show(ctx: click.Context) -> None:
    """Print the settings that are in force; tokens only as set or not set."""
    click.echo(msgspec.json.format(msgspec.json.encode(shown(settings_of(ctx))), indent=2))


@config.command("check")
@click.pass_context
def config_check(ctx: click.Context) -> None:
    """Say whether the settings and the presets are right."""
    from bot.queries.presets import check_presets

    settings_of(ctx)
    check_presets()
    click.echo("The settings are right.")


if __name__ == "__main__":
    main()
