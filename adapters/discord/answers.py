"""How interactions are answered: rights looked up, the card in time, and a way to show it to everybody."""

from __future__ import annotations

import asyncio
import secrets
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from functools import partial
from types import MappingProxyType
from typing import Any

import aiohttp
import discord
import msgspec
import structlog

from adapters.discord import limits, modals
from adapters.discord.people import Rights, asker_of, writer_of
from adapters.discord.render import Rendered, render
from bot.model.card import Card
from bot.model.command import Asker, Command
from bot.model.errors import CommandError
from bot.queries.desk import Desk
from bot.queries.grammar import parse, words_of
from bot.queries.question import error_card
from bot.work.calm import Calm

log = structlog.get_logger()

Interaction = discord.Interaction[Any]
Work = Callable[[], Awaitable[Card]]

SOON = 0.25
"""Seconds after which the person is told that the answer takes a moment; Discord gives up after three."""
AT_ONCE = 3
"""Look-ups that are worked on at the same time: more would only take turns at one interpreter."""
CROWD = 6
"""Look-ups in hand from which on the next is told at once that it takes a moment."""
NOBODY = discord.AllowedMentions.none()
_NOT_SHARED = {"error", "empty", "help", "settings"}
_MOST_TYPED = 500
"""Forms with mistakes whose words are kept, so that nobody has to type them again."""


_BROKEN = CommandError("something broke on our side", hint="it is in the log; please try again")
_NO_FILES: Mapping[str, discord.Attachment] = MappingProxyType({})


class Answers:
    """Answers commands, forms and messages through one desk."""

    def __init__(self, desk: Desk, rights: Rights) -> None:
        self.desk = desk
        self._rights = rights
        self._typed: OrderedDict[str, tuple[str, Command]] = OrderedDict()
        self._turns = asyncio.Semaphore(AT_ONCE)
        self._calm = Calm()
        self._in_hand = 0

    async def command(
        self,
        interaction: Interaction,
        asked: Command | str,
        *,
        turning: bool = False,
        files: Mapping[str, discord.Attachment] = _NO_FILES,
    ) -> None:
        """Answer a command, or show its form where it has one and nothing else has been said.

        With `turning` the answer takes the place of the page that the button stands under; `files` are options whose
        words are in attached files.
        """
        command = asked if isinstance(asked, Command) else _understood(asked)
        if command is None:
            await self._card(interaction, lambda: self.desk.ask(str(asked), asker_of(interaction)))
            return
        if not files and modals.fields_of(command) and await self._form_shown(interaction, command):
            return
        asked_now = partial(self._asked, interaction, command, files)
        if command.root != "news":
            await self._card(interaction, asked_now, share=command.share, turning=turning)
            return
        # Counted before anything is waited for: where many come in one turn of the loop, each sees those before it.
        crowded = self._in_hand >= CROWD
        self._in_hand += 1
        try:
            await self._card(
                interaction,
                partial(self._in_turn, asked_now),
                crowded=crowded,
                share=command.share,
                offer="" if command.share else f"{words_of(command)} share",
                turning=turning,
            )
        finally:
            self._in_hand -= 1

    async def _asked(
        self, interaction: Interaction, command: Command, files: Mapping[str, discord.Attachment] = _NO_FILES
    ) -> Card:
        if files:
            words = {name: await _words_in(file) for name, file in files.items()}
            command = msgspec.structs.replace(command, options={**command.options, **words})
        return await self.desk.ask(command, await self.asker(interaction, command))

    async def _in_turn(self, work: Work) -> Card:
        """Work on a look-up when it is its turn, and nobody waits to be told that theirs takes a moment."""
        async with self._turns:
            await self._calm.come()
            return await work()

    async def asker(self, interaction: Interaction, command: Command) -> Asker:
        """Who asks, with the rights that they have at this moment for this command."""
        return await self._rights.of(asker_of(interaction), command.root, interaction.guild_id)

    async def _form_shown(self, interaction: Interaction, command: Command) -> bool:
        """Show a command's form as things stand; False where the command is to be answered without one."""
        try:
            values = await self.desk.standing(command, await self.asker(interaction, command))
        except CommandError:
            return False  # the answer says why
        form = modals.form_for(command, values, str(interaction.locale))
        if form is None:
            return False
        await interaction.response.send_modal(form)
        return True

    async def form(self, interaction: Interaction) -> None:
        """Answer a form that was handed in; where something is wrong with it, what was typed can be taken up again."""
        data: Any = interaction.data
        custom_id = str(data["custom_id"])
        if custom_id.startswith(modals.COMPLAINT):
            await self._card(interaction, lambda: self._complained(interaction, custom_id, modals.values_of(data)))
            return
        command = modals.handed_in(custom_id, data)
        if command is None:
            error = CommandError("this form is of an earlier version", hint="open it again", suggestions=("help",))
            await self._card(interaction, lambda: _at_once(error_card(error, datetime.now(UTC))))
            return
        await self._card(interaction, lambda: self._asked(interaction, command), typed=command)

    async def again(self, interaction: Interaction, token: str) -> None:
        """Open a form again with what was typed."""
        user, command = self._typed.get(token, ("", None))
        form = None
        if command is not None and user == str(interaction.user.id):
            form = modals.form_for(command, command.options, str(interaction.locale))
        if form is not None:
            await interaction.response.send_modal(form)
            return
        error = CommandError("what you typed is not kept any more", hint="give the command again")
        await self._card(interaction, lambda: _at_once(error_card(error, datetime.now(UTC))))

    async def failed(self, interaction: Interaction, *, outdated: bool) -> None:
        """Answer a command that could not be taken: it is `outdated`, or something broke before its answer."""
        if interaction.response.is_done() or interaction.type is not discord.InteractionType.application_command:
            return
        error = _BROKEN
        if outdated:
            error = CommandError(
                "this command has changed since your Discord learnt it",
                hint="wait a minute or restart Discord, and give it again",
                suggestions=("help",),
            )
        await self._card(interaction, lambda: _at_once(error_card(error, datetime.now(UTC))))

    async def _complained(self, interaction: Interaction, custom_id: str, values: dict[str, str]) -> Card:
        channel, _, message = custom_id.removeprefix(modals.COMPLAINT).partition(" ")
        link = f"https://discord.com/channels/{interaction.guild_id or '@me'}/{channel}/{message}"
        return await self.desk.complain(asker_of(interaction), note=values.get("note", ""), link=link, message=message)

    async def written(self, words: str, message: discord.Message) -> Card:
        """The answer to a direct message or a mention."""

        async def work() -> Card:
            command = _understood(words)
            asker = writer_of(message)
            if command is not None and message.guild is not None:
                asker = await self._rights.of(asker, command.root, message.guild.id)
            return await self.desk.ask(words, asker)

        return await _safely(work)

    async def read(self, interaction: Interaction, text: Callable[[], Awaitable[str]], what: str) -> None:
        """Answer with the claims or the evidence in a text that somebody points at."""

        async def work() -> Card:
            return await self.desk.read_text(await text(), what, asker_of(interaction))

        await self._card(interaction, work)

    async def _card(
        self,
        interaction: Interaction,
        work: Work,
        *,
        share: bool = False,
        offer: str = "",
        typed: Command | None = None,
        turning: bool = False,
        crowded: bool = False,
    ) -> None:
        """Answer with the card that `work` makes, at once or after a deferral; whatever happens, there is an answer.

        `offer` are the words that share it later; `typed` is what to keep where the card tells of an error. Where it is
        `crowded`, the work begins after the deferral: all others have their first answer before.
        """
        in_place = turning and interaction.message is not None and interaction.message.flags.ephemeral
        defer = partial(interaction.response.defer, **({} if in_place else {"ephemeral": not share, "thinking": True}))
        task: asyncio.Task[Card] | None = None
        try:
            if crowded:
                await defer()
            task = asyncio.create_task(_safely(work))
            await asyncio.wait({task}, timeout=None if crowded else SOON)
            late = crowded or not task.done()
            if late and not crowded:
                await defer()
            rendered = self._rendered(await task, interaction, offer, typed)
            await _deliver(interaction, rendered, late=late, in_place=in_place, share=share)
        except discord.HTTPException as error:
            # The person has left, or Discord has given the interaction up: there is nobody to tell.
            log.warning("answer_not_delivered", status=error.status, code=error.code)
        except (aiohttp.ClientError, OSError) as error:
            log.warning("answer_not_delivered", error=type(error).__name__)
        finally:
            if task is not None:
                task.cancel()

    def _rendered(self, card: Card, interaction: Interaction, offer: str, typed: Command | None) -> Rendered:
        again = ""
        if typed is not None and card.kind == "error":
            again = secrets.token_hex(8)
            self._typed[again] = (str(interaction.user.id), typed)
            while len(self._typed) > _MOST_TYPED:
                self._typed.popitem(last=False)
        shared = offer if card.kind not in _NOT_SHARED and interaction.guild_id is not None else ""
        return render(card, share=shared, again=again)


async def _deliver(interaction: Interaction, rendered: Rendered, *, late: bool, in_place: bool, share: bool) -> None:
    """Put the answer where it belongs: after a deferral, in place of a page, or as a message of its own."""
    if late:
        await interaction.edit_original_response(
            view=rendered.view, attachments=rendered.files, allowed_mentions=NOBODY
        )
    elif in_place:
        await interaction.response.edit_message(view=rendered.view, attachments=rendered.files, allowed_mentions=NOBODY)
    else:
        await interaction.response.send_message(
            view=rendered.view, files=rendered.files, ephemeral=not share, allowed_mentions=NOBODY
        )


def _understood(words: str) -> Command | None:
    """The command of a button's words; None where an earlier version wrote them, and the grammar has changed."""
    try:
        return parse(words)
    except CommandError:
        return None


async def _words_in(file: discord.Attachment) -> str:
    """The text of an attached file; raises `CommandError` where it is too long or cannot be had."""
    if file.size > limits.ATTACHED:
        raise CommandError("this file is too long", subject=file.filename[:60], hint=f"at most {limits.ATTACHED} bytes")
    try:
        return (await file.read()).decode("utf-8", "replace")
    except discord.HTTPException:
        raise CommandError("this file could not be read", subject=file.filename[:60], hint="attach it anew") from None


async def _at_once(card: Card) -> Card:
    return card


async def _safely(work: Work) -> Card:
    """The card, or one that says that something broke: a person never waits for an answer that does not come."""
    try:
        return await work()
    except CommandError as error:
        return error_card(error, datetime.now(UTC))
    except Exception:
        log.exception("answer_failed")
        return error_card(_BROKEN, datetime.now(UTC))
