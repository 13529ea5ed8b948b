"""The desk: takes a command through any door and answers with a card. It never raises what a person caused."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime

import structlog
from sqlalchemy import Connection

from bot import metrics, seen, trace
from bot.deliver.calendar import zones
from bot.model.card import Card
from bot.model.command import Asker, Command
from bot.model.errors import CommandError, NotAllowed, SitrepError, StoreError
from bot.model.report import Report
from bot.model.summary import Summary
from bot.queries import (
    accounts,
    cards,
    channel,
    checkup,
    complaints,
    evidence,
    export,
    feed_settings,
    feed_traces,
    feeds,
    guide,
    ledger,
    managers,
    news,
    placements,
    privacy,
    reasons,
    rhythm,
    setup,
    sides,
    standing,
    tolls,
    transfer,
    watch,
)
from bot.queries.contact import with_waiting_words
from bot.queries.grammar import parse, words_of
from bot.queries.links import Links
from bot.queries.pictured import Draw, Picture, in_order, pictured, side_by_side, toll_over_time
from bot.queries.question import Question, error_card
from bot.queries.settings_file import MOST_BYTES
from bot.store import answered, audit, kept, names, tenants
from bot.store.engine import Store

log = structlog.get_logger()

Handler = Callable[[Connection, Question], Card]
Suggestion = tuple[str, str]
Understand = Callable[[Report], Awaitable[tuple[Report, Summary]]]

_READING: dict[tuple[str, str], Handler] = {
    ("news", "latest"): news.latest,
    ("news", "search"): news.find,
    ("news", "report"): news.report,
    ("news", "corrections"): evidence.corrections,
    ("news", "evidence"): evidence.evidence,
    ("news", "event"): accounts.event,
    ("news", "claims"): ledger.claims,
    ("news", "toll"): tolls.toll,
    ("news", "timeline"): accounts.timeline,
    ("news", "actor"): sides.actor,
    ("news", "compare"): sides.compare,
    ("news", "export"): export.export,
    ("news", "about"): guide.about,
    ("news", "help"): guide.help_card,
    ("feeds", "list"): feeds.listed,
    ("feeds", "health"): feeds.health,
    ("feeds", "why"): feed_traces.why,
    ("feeds", "export"): feeds.exported,
    ("channel", "show"): channel.show,
    ("channel", "preview"): reasons.preview,
    ("channel", "list"): channel.listed,
    ("channel", "log"): channel.logged,
    ("events", "log"): placements.logged,
    ("channel", "dead"): channel.dead,
    ("channel", "try"): reasons.tried,
    ("channel", "why"): reasons.why,
    ("channel", "export"): transfer.exported,
    ("channel", "doctor"): checkup.checkup,
    ("watch", "list"): watch.listed,
    ("privacy", "show"): privacy.show,
    ("privacy", "export"): privacy.export,
}
_WRITING: dict[tuple[str, str], Handler] = {
    ("feeds", "add"): feeds.add,
    ("feeds", "edit"): feed_settings.edit,
    ("feeds", "remove"): feeds.remove,
    ("feeds", "pause"): feeds.pause,
    ("feeds", "resume"): feeds.resume,
    ("feeds", "refresh"): feeds.refresh,
    ("channel", "setup"): setup.setup,
    ("channel", "follow"): setup.follow,
    ("channel", "unfollow"): setup.unfollow,
    ("channel", "filter"): channel.set_filter,
    ("channel", "format"): channel.set_format,
    ("channel", "schedule"): rhythm.schedule,
    ("channel", "limit"): rhythm.limit,
    ("channel", "quiet"): rhythm.quiet,
    ("channel", "threads"): channel.set_threads,
    ("channel", "mentions"): channel.set_mentions,
    ("channel", "replay"): channel.replay,
    ("channel", "drop"): channel.drop,
    ("channel", "managers"): managers.managers,
    ("channel", "reset"): channel.reset,
    ("watch", "add"): watch.add,
    ("watch", "edit"): watch.edit,
    ("watch", "pause"): watch.pause,
    ("watch", "resume"): watch.resume,
    ("watch", "remove"): watch.remove,
    ("watch", "quiet"): watch.set_quiet,
    ("privacy", "erase"): privacy.erase,
    **{("events", verb): handler for verb, handler in placements.HANDLERS.items()},
}
_OPEN_ROOTS = ("news", "watch", "privacy")
"""Roots whose commands anybody may give; the others are for those who manage the place."""
_FOR_ONE_ALONE = (("watch", "list"), ("privacy", "show"), ("privacy", "export"), ("privacy", "erase"))
_TAKING = {("channel", "restore"): transfer.restored, ("channel", "import"): transfer.imported}
_PICTURES: dict[str, Picture] = {"compare": side_by_side, "timeline": in_order}
"""Kinds of cards that are drawn as well."""
_MOST_SUGGESTIONS = 25
_LONGEST_LABEL = 100
LONGEST_MESSAGE = 20_000


class Desk:
    """Answers commands from the store.

    `reader` reads feeds without storing them (for `feeds test` and `feeds find`); `understand` summarises a report;
    `draw` runs what makes pictures; `links` makes links to evidence pages.
    """

    def __init__(
        self,
        store: Store,
        *,
        clock: Callable[[], datetime],
        understand: Understand,
        reader: feeds.FeedReader | None = None,
        draw: Draw = asyncio.to_thread,
        links: Links | None = None,
    ) -> None:
        self._store = store
        self._clock = clock
        self._understand = understand
        self._reader = reader
        self._draw = draw
        self.owns: dict[str, transfer.Owns] = {}
        """By platform: whether a channel is a tenant's own, as far as that platform's door can tell."""
        self._links = links

    async def ask(self, words: str | Command, asker: Asker) -> Card:
        """Answer words or a command; what is wrong with them becomes the answer.

        What waits to be told to the asker comes along, once, where nobody else sees the answer.
        """
        with trace.begun("ask"):
            card, shared = await self._asked(words, asker)
        alone = not shared and (asker.alone or not asker.direct)
        return await with_waiting_words(self._store, card, asker) if alone else card

    async def _asked(self, words: str | Command, asker: Asker) -> tuple[Card, bool]:
        """The answer, and whether it is for the whole channel."""
        now = self._clock()
        shared = False
        root = "none"
        began = time.perf_counter()
        try:
            command = parse(words, direct=asker.direct) if isinstance(words, str) else words
            root, shared = command.root, command.share
            return await self._answer(Question(command, asker, now)), shared
        except CommandError as error:
            return error_card(error, now), shared
        except SitrepError as error:
            log.warning("question_failed", platform=asker.platform, error=type(error).__name__)
            metrics.QUESTIONS_FAILED.labels(asker.platform).inc()
            return error_card(CommandError(error.message, subject=error.subject, hint=error.hint), now), shared
        finally:
            took = time.perf_counter() - began
            metrics.ANSWERS.labels(asker.platform, root).observe(took)
            log.debug("question_answered", platform=asker.platform, root=root, seconds=round(took, 4))

    async def _answer(self, question: Question) -> Card:
        what = (question.command.root, question.command.verb)
        await self.check(question.command, question.asker)
        if what in _FOR_ONE_ALONE and question.asker.direct and not question.asker.alone:
            raise CommandError(
                "others would see the answer", subject=" ".join(what), hint="ask me that in a direct message"
            )
        if handler := _READING.get(what):
            card = await self._with_picture(await self._store.read(handler, question), question)
            return self._links.linked(card, question.asker.tenant, question.now) if self._links else card
        if handler := _WRITING.get(what):
            return await self._store.write(_recorded, handler, question)
        if what == ("feeds", "test") and self._reader is not None:
            return await feeds.test(self._store, question, self._reader, self._understand)
        if (take := _TAKING.get(what)) and (body := await self._handed_in(question)):
            return await self._store.write(take, question, body, self.owns.get(question.asker.platform))
        if what == ("feeds", "find") and self._reader is not None:
            return await feeds.find(question, self._reader)
        if what == ("feeds", "import") and self._reader is not None:
            return await feed_settings.import_list(self._store, question, self._reader)
        raise CommandError("this command is not available here", subject=" ".join(what), suggestions=("help",))

    async def _handed_in(self, question: Question) -> bytes:
        """The file that comes with a command, or that stands at its address."""
        if text := question.option("file"):
            return text.encode()
        url = question.option("url")
        if not url:
            raise transfer.no_file()
        if self._reader is None:
            raise CommandError("addresses cannot be asked here", subject=url[:80])
        return await self._reader.fetch(url if "://" in url else f"https://{url}", most=MOST_BYTES)

    async def _with_picture(self, card: Card, question: Question) -> Card:
        """The answer with its picture, where it has one."""
        if card.kind == "toll" and question.option("view") == "timeline":
            event = await self._store.read(seen.event, card.tag, tenant=question.asker.tenant)
            return await pictured(card, self._draw, toll_over_time, event) if event else card
        draws = _PICTURES.get(card.kind) if card.tag else None
        return await pictured(card, self._draw, draws, card) if draws else card

    async def check(self, command: Command, asker: Asker) -> None:
        """Raise `NotAllowed` where the asker may not give this command, as things stand now."""
        if command.root in _OPEN_ROOTS or asker.may_manage:
            return
        chosen = (command.root, command.verb) != ("channel", "managers")
        if chosen and asker.groups and await self._store.read(managers.manages, asker):
            return
        raise NotAllowed(
            "you may not change what is read and posted here",
            subject=f"/{command.root} {command.verb}",
            hint="ask somebody who manages this server (Discord: Manage Server; Slack: a workspace admin)",
        )

    async def standing(self, command: Command, asker: Asker) -> dict[str, str]:
        """The present values of a command's options; raises `NotAllowed` where they are not the asker's to see."""
        await self.check(command, asker)
        return await self._store.read(standing.standing, Question(command, asker, self._clock()))

    async def read_text(self, text: str, what: str, asker: Asker) -> Card:
        """What some message says, as claims ("claims") or evidence ("evidence"); the message is not stored."""
        del asker
        now = self._clock()
        report = Report(id="message", text=text[:LONGEST_MESSAGE], outlet="this message", fetched_at=now)
        report, summary = await self._understand(report)
        if not summary.claims and not summary.casualties:
            return Card(
                kind="empty",
                title="Nobody is quoted in this message",
                as_of=now,
                lead=cards.notice_of(summary) or "No attribution and no casualty figure was found in it.",
            )
        return cards.message_card(report, summary, evidence=what == "evidence")

    async def unfolded(self, url: str) -> Card | None:
        """In short what the page behind a link says, to whoever has it; None where it opens nothing of ours."""
        token = self._links.token_in(url) if self._links is not None else ""
        passage = self._links.opened(token, self._clock()) if self._links is not None and token else None
        if passage is None:
            return None
        reader = Asker(platform="web", tenant=passage.tenant, user="")
        found = await self._store.read(seen.event, passage.what, tenant=passage.tenant)
        verb, option = ("event", "event") if found is not None else ("report", "id")
        command = Command(root="news", verb=verb, options={option: passage.what})
        card = await self._store.read(_READING["news", verb], Question(command, reader, self._clock()))
        return card if card.kind == verb else None

    async def complain(self, asker: Asker, *, note: str, link: str, message: str) -> Card:
        """Store what a person holds to be wrong in a message, for the operator."""
        now = self._clock()
        try:
            return await self._store.write(complaints.complain, asker, note=note, link=link, message=message, now=now)
        except CommandError as error:
            return error_card(error, now)

    async def tenant_left(self, tenant: str) -> None:
        """A server or workspace has removed us: its settings rest, and are erased some time later."""
        if await self._store.write(tenants.depart, tenant, self._clock()):
            log.info("tenant_left", tenant=tenant)

    async def tenant_came(self, tenant: str) -> bool:
        """A server or workspace has us (again); True where its settings of before go on."""
        back = await self._store.write(tenants.come_back, tenant)
        log.info("tenant_came", tenant=tenant, back=back)
        return back

    async def tenants_absent(self, platform: str, present: Iterable[str]) -> tuple[str, ...]:
        """Tenants that have set something here, and are not among those present."""
        return await self._store.read(tenants.absent, platform, tuple(present))

    async def tenants_departed(self, platform: str) -> tuple[str, ...]:
        """Tenants that have left, and whose settings rest."""
        return await self._store.read(tenants.departed, platform)

    async def first(self, event: str) -> bool:
        """Whether no node has taken a platform's event yet; a process that is alone remembers for itself."""
        if not self._store.shared:
            return True
        try:
            return await self._store.beside(answered.first, event, self._clock())
        except StoreError:
            return True  # who asks is to be told that the database is away

    async def recall(self, area: str, name: str) -> str | None:
        """A small value that a door keeps between runs, or None."""
        return await self._store.read(kept.recall, area, name)

    async def keep(self, area: str, name: str, value: str) -> None:
        """Keep a small value of a door's."""
        await self._store.write(kept.keep, area, name, value)

    async def forget(self, area: str, name: str) -> None:
        """Keep nothing of a door's under a name any more."""
        await self._store.write(kept.forget, area, name)

    async def take(self, area: str, name: str) -> str | None:
        """A small value of a door's, which is kept no longer: whoever asks second gets None."""
        return await self._store.write(kept.take, area, name)

    async def hold(self, area: str, name: str, holder: str, *, seconds: float) -> bool:
        """Hold a name among all processes that share the store, for so many seconds; False while another does."""
        return await self._store.write(kept.hold, area, name, holder, now=self._clock(), seconds=seconds)

    async def let_go(self, area: str, name: str, holder: str) -> None:
        """Hold a name no longer."""
        await self._store.write(kept.let_go, area, name, holder)

    async def suggest(self, kind: str, typed: str, asker: Asker) -> tuple[Suggestion, ...]:
        """Completions while somebody types, at most 25, as (label, value): events, actors, sources, feeds or zones."""
        return await self._store.read(_suggested, kind, typed.strip(), asker)


def _recorded(c: Connection, handler: Handler, question: Question) -> Card:
    """A handler's answer, with an entry in the audit where it changes what the place is set to."""
    card = handler(c, question)
    if question.command.root not in _OPEN_ROOTS:
        audit.record(c, question.asker, words_of(question.command), now=question.now)
    return card


def _suggested(c: Connection, kind: str, typed: str, asker: Asker) -> tuple[Suggestion, ...]:
    tenant = asker.tenant
    if kind == "event":
        found = seen.latest(c, tenant=tenant, words=typed, count=_MOST_SUGGESTIONS, typing=True)
        pairs = [(f"{event.id} {event.title}", event.id) for event in found]
    elif kind == "actor":
        pairs = [(name, name) for name in names.suggested(c, "actor", tenant=tenant, typed=typed)]
    elif kind == "source":
        pairs = [(name, name) for name in names.suggested(c, "outlet", tenant=tenant, typed=typed)]
    elif kind == "feed":
        pairs = [
            (feed.name or feed.url, feed.id)
            for feed in feeds.visible_feeds(c, tenant)
            if typed.lower() in f"{feed.name} {feed.url}".lower()
        ]
    elif kind == "zone":
        pairs = [(zone, zone) for zone in zones() if typed.lower() in zone.lower()]
    elif kind == "watch":
        pairs = [(f"{one.id} {watch.subject_words(one)}", one.id) for one in watch.own_watches(c, asker)]
    else:
        pairs = []
    return tuple((label[:_LONGEST_LABEL], value) for label, value in pairs if len(value) <= _LONGEST_LABEL)[
        :_MOST_SUGGESTIONS
    ]
