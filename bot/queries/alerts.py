"""The card of an alert: what changed, and one sentence that says why it came and how to stop it."""

from __future__ import annotations

from datetime import datetime

import msgspec
from sqlalchemy import Connection

from bot import seen
from bot.model.card import MAX_CLAIMS, Action, Card, Line, Section
from bot.model.delivery import Delivery
from bot.model.legible import shortened
from bot.model.subscription import Watch
from bot.queries import cards
from bot.queries.watch import subject_words, when_words
from bot.store import alerts, events, reports, subscriptions
from bot.store.alerts import Alert

_SHOWN = 8


def alert_card(c: Connection, delivery: Delivery, watch_id: str, *, now: datetime) -> Card | None:
    """The card of an alert's delivery; None where its watch or its reports are gone."""
    watch = subscriptions.watch(c, watch_id)
    told = alerts.of_delivery(c, delivery.key)
    if watch is None or not told:
        return None
    held = reports.told(c, [alert.report_id for alert in told], tenant=watch.destination.tenant)
    told = tuple(alert for alert in told if alert.report_id in held)
    if not told:
        return None
    if len(held) == 1:
        (report, summary) = next(iter(held.values()))
        event = seen.event_of(c, report.id, tenant=watch.destination.tenant)
        card = cards.report_card(report, summary, preset="brief", event=event)
        sections = (_changes(told), *card.sections)
        told_by = cards.behind_buttons(event.id if event else report.id)
        card = cards.fitted(msgspec.structs.replace(card, kind="alert", sections=sections), told_by)
        return msgspec.structs.replace(card, actions=(*card.actions[:3], *_actions(watch)), footer=why_words(watch))
    return _several(c, watch, told, held, now)


def _changes(told: tuple[Alert, ...]) -> Section:
    lines = tuple(Line(text=alert.text, refs=(alert.report_id,)) for alert in told)
    return Section(heading="What changed", lines=lines[:MAX_CLAIMS], left_out=max(0, len(lines) - MAX_CLAIMS))


def _several(c: Connection, watch: Watch, told: tuple[Alert, ...], held: dict[str, cards.Told], now: datetime) -> Card:
    lines = []
    for report_id, (report, summary) in held.items():
        event = events.event_of(c, report_id)
        reasons = [alert.text for alert in told if alert.report_id == report_id and alert.kind != "new"]
        lines.append(
            Line(
                text=summary.headline or report.title or report.id,
                note=" · ".join([*([event.id] if event else []), *reasons]) or report.outlet or "",
                at=report.published_at,
                url=report.url,
                refs=(report_id,),
                command=f"report {report_id}" if len(report_id) < 70 else "",
            )
        )
    card = Card(
        kind="alert",
        title=f"{len(told)} changes: {shortened(subject_words(watch), 100)}",
        as_of=now,
        sections=(Section(heading="Reports", lines=tuple(lines[:_SHOWN])),),
        overflow=(Section(heading="Further reports", lines=tuple(lines[_SHOWN:])),) if lines[_SHOWN:] else (),
        sources=tuple(cards.source_link(report) for report, _ in held.values()),
        actions=_actions(watch),
        footer=why_words(watch),
    )
    return cards.fitted(card)


def why_words(watch: Watch) -> str:
    """One sentence: why the alert came, and how to stop it."""
    about, when = shortened(subject_words(watch), 60), shortened(when_words(watch), 60)
    return f"You get this because you watch {about} for {when}; “watch remove {watch.id}” stops it."


def _actions(watch: Watch) -> tuple[Action, ...]:
    return (
        Action(label="Pause a day", command=f"watch pause {watch.id} 1d"),
        Action(label="Stop", command=f"watch remove {watch.id}"),
    )
