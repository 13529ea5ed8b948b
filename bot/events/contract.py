"""Events in the contract's form, one JSON object each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from bot.events.cluster import clusters
from bot.events.naming import event_id
from bot.events.origins import Told
from bot.events.tell import tell
from bot.events.traits import traits_of
from bot.model.event import Event


def events_of(told: Sequence[Told]) -> tuple[Event, ...]:
    """All events of a set of reports at once, numbered by the time of their first report."""
    by_id = {report.id: (report, summary) for report, summary in told}
    found = clusters([traits_of(report, summary) for report, summary in by_id.values()])
    events = []
    for number, ids in enumerate(found, 1):
        event = tell("", [by_id[report_id] for report_id in ids])
        place = event.places[0] if event.places else ""
        events.append(msgspec.structs.replace(event, id=event_id(place, event.title, number)))
    return tuple(events)


def event_line(event: Event) -> bytes:
    """The event as one line of JSON with its line feed."""
    line: dict[str, Any] = {
        "event_id": event.id,
        "title": event.title,
        "reports": event.reports,
        "outlets": event.outlets,
        "origins": event.origins,
        "tolls": [
            {
                "report": entry.report,
                "at": entry.at,
                "speaker": entry.speaker,
                "state": entry.state,
                "groups": entry.groups,
                "min": entry.min,
                "max": entry.max,
                "scope": entry.scope,
            }
            for entry in event.tolls
        ],
        "disputes": [[dispute.one, dispute.other] for dispute in event.disputes],
    }
    return msgspec.json.encode(line) + b"\n"
