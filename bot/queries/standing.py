"""How things stand: the present values of a command's options, with which a form for it begins."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Connection

from bot.queries.question import Question
from bot.queries.watch import own_watches
from bot.store import feeds, subscriptions

Values = dict[str, str]


def standing(c: Connection, q: Question) -> Values:
    """Option → words as somebody would type them; {} where nothing is set yet, or the command has no form."""
    known = _STANDING.get((q.command.root, q.command.verb))
    return {name: value for name, value in known(c, q).items() if value} if known else {}


def _channel(c: Connection, q: Question) -> Values:
    held = subscriptions.subscriptions(c, tenant=q.asker.tenant, channel=q.asker.channel) if q.asker.channel else ()
    return {"filter": held[0].filter} if held else {}


def _feed(c: Connection, q: Question) -> Values:
    held = feeds.feed(c, q.option("feed"), tenant=q.asker.tenant)
    if held is None or held.tenant != q.asker.tenant:
        return {}
    times = {"interval": str(held.interval // 60), "backfill": str(held.backfill)}
    return {"name": held.name, "preset": held.preset, **times}


def _watch(c: Connection, q: Question) -> Values:
    wanted = q.option("watch")
    held = next((watch for watch in own_watches(c, q.asker) if watch.id == wanted), None)
    if held is None:
        return {}
    told = {"actor": held.actor, "country": held.country, "keywords": held.keywords}
    return {**told, "when": ",".join(held.when), "mode": held.schedule.mode}


_STANDING: dict[tuple[str, str], Callable[[Connection, Question], Values]] = {
    ("channel", "filter"): _channel,
    ("feeds", "edit"): _feed,
    ("watch", "edit"): _watch,
}
