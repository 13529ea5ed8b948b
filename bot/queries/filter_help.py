"""`help filter`: the filter language on one card."""

from __future__ import annotations

from datetime import datetime

from bot.deliver.facts import GROUPS, STATES, STATUSES
from bot.model.card import Action, Card, Line, Section
from bot.model.happening import KINDS

_FACTS = (
    ("country:AM", "a country named in it; its code, name, adjective or capital"),
    ('actor:"Armenian defence ministry"', "somebody named in it; Baku is Azerbaijan"),
    ("by:Armenia", "who is quoted"),
    ("status:denied", ", ".join(STATUSES)),
    ("killed>=10", f"one source's own figure, never a sum: {', '.join(STATES)}"),
    ("children>=1", "of whatever state; killed(children)>=1 of one"),
    ("has:children", ", ".join(GROUPS)),
    ("origins>=2", "independent origins of the event so far; outlets>=2 its publishers"),
    ("outlet:BBC", "who published it; place:Kharkiv where it happened"),
    ("kind:strike", ", ".join(KINDS)),
    ("event:KAR-0142", 'one event; feed:"BBC News, World" one feed'),
)
_WORDS = (
    ("ceasefire", "a word of title or text"),
    ('"grain corridor"', "words side by side"),
    ("shell*", "words that begin so"),
    (r"/\bdrones? (?:over|near)/", "a regular expression of RE2"),
)
_JOINED = (
    ("country:AM status:denied", "side by side: both; AND means the same"),
    ("(country:AM OR country:AZ) NOT outlet:X", "one of them, and not the other"),
)


def filter_card(now: datetime) -> Card:
    """What can stand in a filter, with an example of each."""
    return Card(
        kind="help",
        title="The filter language",
        as_of=now,
        lead="One line: words and facts, joined by AND, OR, NOT and brackets.",
        sections=tuple(
            Section(heading=heading, lines=tuple(Line(text=text, note=note) for text, note in rows))
            for heading, rows in (("Facts", _FACTS), ("Words", _WORDS), ("Joined", _JOINED))
        ),
        actions=(Action(label="Help", command="help"),),
    )
