"""How things stand: the present values of a command's options, with which a form for it begins."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Connection

from bot.queries.question import Question
from bot.queries.watch import own_watches
from bot.store import subscriptions

Values = dict[str, str]


def standing(c: Connection, q: Question) -> Values:
    """Option → words as somebody would type them; {} where nothing is set yet, or the command has no form."""
    known = _STANDING.get((q.command.root, q.command.verb))
    return {name: value for name, value in known(c, q).items() if value} if known else {}


def _channel(c: Connection, q: Question) -> Values:
    held = subscriptions.subscriptions(c, tenant=q.asker.tenant, channel=q.asker.channel) if q.asker.channel else ()
    return {"filter": held[0].filter} if held else {}


def _watch(c: Connection, q: Question) -> Values:
    wanted = q.option("watch")
    held = next((watch for watch in own_watches(c, q.asker) if watch.id == wanted), None)
    if held is None:
        return {}
    told = {"actor": held.actor, "country": held.country, "keywords": held.keywords}
    return {**told, "when": ",".join(held.when), "mode": held.schedule.mode}


_STANDING: dict[tuple[str, str], Callable[[Connection, Question], Values]] = {
    ("channel", "filter"): _channel,
    ("watch", "edit"): _watch,
}
