"""Cards with their pictures, drawn beside the event loop; the drawing library is loaded with the first one."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import msgspec

from bot.model.card import Attachment, Card
from bot.model.errors import WorkError
from bot.model.event import Event

Picture = Callable[[Any], Attachment | None]
Draw = Callable[[Picture, Any], Awaitable[Attachment | None]]
"""Runs a drawing function, on what it draws, beside the event loop."""


async def pictured(card: Card, draw: Draw, picture: Picture, drawn: Card | Event) -> Card:
    """The card with a picture; where that cannot be drawn in time, the words alone, and it says so."""
    try:
        return msgspec.structs.replace(card, picture=await draw(picture, drawn))
    except WorkError:
        said = f"{card.footer} The picture could not be drawn; the words are whole.".strip()
        return msgspec.structs.replace(card, footer=said)


def toll_over_time(event: Event) -> Attachment | None:
    """See `charts.toll_chart`."""
    from bot.queries.charts import toll_chart

    return toll_chart(event)


def side_by_side(card: Card) -> Attachment | None:
    """See `pictures.two_columns`."""
    from bot.queries.pictures import two_columns

    return two_columns(card)


def in_order(card: Card) -> Attachment | None:
    """See `pictures.over_time`."""
    from bot.queries.pictures import over_time

    return over_time(card)
