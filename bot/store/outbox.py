"""The outbox: which cards are owed, leased, sent or dead.

A delivery's lane is its channel and event. Within a lane deliveries go out in the order of their numbers: one that has
failed and waits, or that somebody else has leased, holds back those after it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from operator import attrgetter, itemgetter
from typing import Any

import msgspec
from sqlalchemy import (
    Connection,
    Dialect,
    Integer,
    and_,
    bindparam,
    delete,
    exists,
    func,
    or_,
    select,
    text,
    tuple_,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from bot import trace
from bot.model.delivery import Delivery
from bot.store import tables as t
from bot.store.delivered import ROW, read_row
from bot.store.listed import any_of

_json = msgspec.json.Encoder()
_delivery = msgspec.json.Decoder(Delivery)
_Values = dict[str, object]
Place = tuple[str, str]
"""A platform's name and a channel's id on it."""
_OPEN = ("due", "leased")
_MOVING = ("state", "open", "due_at", "leased_until", "attempts", "tried_at", "postponed", "parts", "posted", "reason")
_LEASING = 0x517E
"""The key of PostgreSQL's advisory lock under which deliveries are leased, by one process at a time: two could else
lease one each of the same lane."""


def _moving(delivery: Delivery) -> _Values:
    """The columns that change while a delivery is under way."""
    return {
        "state": delivery.state,
        "open": delivery.state in _OPEN,
        "due_at": t.stamp(delivery.due_at),
        "leased_until": t.stamp(delivery.leased_until) if delivery.leased_until else None,
        "attempts": delivery.attempts,
        "tried_at": t.stamp(delivery.tried_at) if delivery.tried_at else None,
        "postponed": delivery.postponed,
        "parts": delivery.parts,
        "posted": _json.encode(delivery.posted) if delivery.posted else None,
        "reason": delivery.reason,
    }


def _columns(delivery: Delivery) -> _Values:
    where = delivery.destination
    return _moving(delivery) | {
        "key": delivery.key,
        "number": delivery.order,
        "kind": delivery.kind,
        "lane": _lane(where.platform, where.channel, delivery.event_id or delivery.key),
        "platform": where.platform,
        "tenant": where.tenant,
        "channel": where.channel,
        "event_id": delivery.event_id,
        "subscription_id": delivery.subscription_id,
        "ref": delivery.ref,
        "card": delivery.card,
        "mentions": delivery.mention is not None and not delivery.mention.startswith("@"),
        "value": _json.encode(delivery),
    }


def _lane(platform: str, channel: str, about: str) -> str:
    return f"{platform}\n{channel}\n{about}"


def keep_from_leasing(c: Connection) -> None:
    """Let no other process lease deliveries until this transaction ends; on SQLite none does anyway."""
    if c.dialect.name == "postgresql":
        c.execute(text("SELECT pg_advisory_xact_lock(:key, hashtext(current_schema()))"), {"key": _LEASING})


_ADDING = {
    "sqlite": sqlite.insert(t.deliveries).on_conflict_do_nothing().returning(t.deliveries.c.key),
    "postgresql": postgresql.insert(t.deliveries).on_conflict_do_nothing().returning(t.deliveries.c.key),
}


def enqueue(c: Connection, deliveries: Iterable[Delivery]) -> int:
    """Owe these cards; returns how many are new.

    One whose key is known already is not owed twice; an edit of a card that another edit waits for is folded into that
    one, since a card is made from what is known when it is sent.
    """
    owed = list(deliveries)
    if not owed:
        return 0
    adding = _ADDING[c.dialect.name]
    number = c.scalar(select(func.max(t.deliveries.c.number))) or 0
    added = 0
    for delivery in owed:
        if delivery.kind == "edit" and _folded(c, delivery):
            continue
        row = _columns(msgspec.structs.replace(delivery, order=number + 1, trace=delivery.trace or trace.current()))
        if c.execute(adding, row).one_or_none() is not None:
            added += 1
            number += 1
    return added


def _folded(c: Connection, edit: Delivery) -> bool:
    """Whether an edit of the same card waits already; the newer note is posted if it cannot be made."""
    rows = t.deliveries
    where = edit.destination
    lane = _lane(where.platform, where.channel, edit.event_id or edit.key)
    query = select(rows.c.key, rows.c.value).where(
        rows.c.lane == lane,
        rows.c.open.is_(True),
        rows.c.state == "due",
        rows.c.kind == "edit",
        rows.c.card == edit.card,
    )
    # One that is being leased at this moment may be made from what was known before.
    waiting = c.execute(query.with_for_update(skip_locked=True)).first()
    if waiting is None:
        return False
    if edit.instead:
        value = _json.encode(msgspec.structs.replace(_delivery.decode(waiting.value), instead=edit.instead))
        c.execute(update(rows).where(rows.c.key == waiting.key).values(value=value))
    return True


def lease(
    c: Connection,
    now: datetime,
    *,
    seconds: float,
    limit: int,
    platforms: Iterable[str],
    holder: str = "",
    without: Collection[Place] = (),
) -> tuple[Delivery, ...]:
    """Take due deliveries for `seconds`, oldest first; none to the places in `without`.

    A lease that has run out (its holder died) is due again. Several of one lane may be taken together, in their order.
    Where there are many nodes, one holder at a time posts to a place, so that its order is kept between events, too.
    """
    keep_from_leasing(c)
    shared = c.dialect.name == "postgresql"
    until = t.stamp(now + timedelta(seconds=seconds))
    given = {
        "now": t.stamp(now), "most": limit, "platforms": sorted(platforms), "until": until, "by": holder,
    }  # fmt: skip
    if without:
        given["places"] = sorted(without)
    taken = c.execute(_leasing(bool(without), shared), given)
    return tuple(sorted(map(read_row, taken), key=attrgetter("order")))


@lru_cache(maxsize=4)
def _leasing(with_exceptions: bool, shared: bool) -> Any:
    """The statement of `lease`, built once; with `shared` no place is taken that another holder posts to."""
    rows, earlier = t.deliveries, t.deliveries.alias()
    now = bindparam("now", type_=rows.c.due_at.type)
    ready = or_(
        and_(rows.c.state == "due", rows.c.due_at <= now),
        and_(rows.c.state == "leased", rows.c.leased_until <= now),
    )
    held_back = exists().where(
        earlier.c.lane == rows.c.lane,
        earlier.c.open.is_(True),
        earlier.c.number < rows.c.number,
        or_(
            and_(earlier.c.state == "leased", earlier.c.leased_until > now),
            and_(earlier.c.state == "due", earlier.c.due_at > now, earlier.c.postponed.is_(True)),
        ),
    )
    # An expression, so that the planner reads the open rows in order and does not sort all of a platform's.
    named = rows.c.platform.concat("").in_(bindparam("platforms", expanding=True))
    query = select(rows.c.key).where(rows.c.open.is_(True), named, ready, ~held_back)
    if with_exceptions:
        query = query.where(tuple_(rows.c.platform, rows.c.channel).not_in(bindparam("places", expanding=True)))
    if shared:
        others = t.deliveries.alias()
        theirs = select(others.c.platform, others.c.channel).where(
            others.c.state == "leased", others.c.leased_until > now, others.c.holder != bindparam("by")
        )
        query = query.where(tuple_(rows.c.platform, rows.c.channel).not_in(theirs))
    query = query.order_by(rows.c.number).limit(bindparam("most", type_=Integer))
    return (
        update(rows)
        .where(rows.c.key.in_(query))
        .values(state="leased", leased_until=bindparam("until"), holder=bindparam("by"))
        .returning(*ROW)
    )


_BEGINNING = (
    update(t.deliveries)
    .where(
        t.deliveries.c.key.in_(bindparam("keys", expanding=True)),
        t.deliveries.c.holder == bindparam("by"),
        t.deliveries.c.state == "leased",
    )
    .values(leased_until=bindparam("until"), tried_at=func.coalesce(t.deliveries.c.tried_at, bindparam("began")))
    .returning(t.deliveries.c.key)
)
_NAMED = {"of": "of", "by": "by", **{name: f"to_{name}" for name in _MOVING}}
_ENDING = tuple(name for name in _MOVING if name != "due_at")
"""What is written of a delivery that is done with: its due time, which an index holds, has not changed."""


def begin(c: Connection, keys: Sequence[str], *, holder: str, now: datetime, seconds: float) -> frozenset[str]:
    """Note that these are about to be sent: from now on they may have got through.

    Returns those that are still the holder's, leased anew for `seconds`; the others must not be sent.
    """
    if not keys:
        return frozenset()
    until = t.stamp(now + timedelta(seconds=seconds))
    done = c.execute(_BEGINNING, {"keys": list(keys), "by": holder, "until": until, "began": t.stamp(now)})
    return frozenset(row.key for row in done)


def save(c: Connection, *deliveries: Delivery, holder: str = "") -> None:
    """Store how deliveries now stand: their state, attempts, due time and posted card; what they are stays.

    With a `holder`, only of those that it still has: what another has taken over meanwhile is the other's to tell.
    """
    ended = [one for one in deliveries if one.state not in _OPEN]
    _write(c, ended, _ENDING, holder)
    _write(c, [one for one in deliveries if one.state in _OPEN], _MOVING, holder)


def _write(c: Connection, deliveries: Sequence[Delivery], columns: tuple[str, ...], holder: str) -> None:
    """By the driver's own hand: compiling each row's parameters anew would cost more than writing it."""
    if not deliveries:
        return
    statement, order = _saving(c.dialect, columns, bool(holder))
    rows = [{"of": one.key, "by": holder, **_moving(one)} for one in deliveries]
    if order:
        c.exec_driver_sql(statement, list(map(itemgetter(*order), rows)))
    else:
        c.exec_driver_sql(statement, [{_NAMED[name]: row[name] for name in ("of", "by", *columns)} for row in rows])


@lru_cache(maxsize=8)
def _saving(dialect: Dialect, columns: tuple[str, ...], held: bool) -> tuple[str, tuple[str, ...]]:
    """The statement of `save` as the driver takes it; its columns in order where it takes parameters by place."""
    rows = t.deliveries
    saving = update(rows).where(rows.c.key == bindparam("of"))
    saving = saving.where(rows.c.holder == bindparam("by")) if held else saving
    compiled = saving.values({name: bindparam(_NAMED[name]) for name in columns}).compile(dialect=dialect)
    named = {parameter: name for name, parameter in _NAMED.items()}
    return str(compiled), tuple(named[parameter] for parameter in compiled.positiontup or ())


def release(c: Connection, platforms: Iterable[str]) -> int:
    """Let go of every lease: for the one process that has the outbox to itself, when it starts."""
    rows = t.deliveries
    done = c.execute(
        update(rows)
        .where(rows.c.open.is_(True), rows.c.state == "leased", rows.c.platform.in_(sorted(platforms)))
        .values(state="due", leased_until=None, holder=None)
    )
    return int(done.rowcount)


def hand_back(c: Connection, holders: Collection[str]) -> int:
    """Let go of what these holders have leased and had not begun: what was begun may yet get through."""
    rows = t.deliveries
    theirs = (rows.c.state == "leased", rows.c.holder.in_(sorted(holders)), rows.c.tried_at.is_(None))
    done = c.execute(update(rows).where(*theirs).values(state="due", leased_until=None, holder=None))
    return int(done.rowcount)


_MOVE_EVENTS = (
    update(t.deliveries)
    .where(any_of(t.deliveries.c.event_id, "gone"))
    .values(
        event_id=bindparam("kept"),
        lane=t.deliveries.c.platform + "\n" + t.deliveries.c.channel + "\n" + bindparam("kept"),
    )
)


def move_events(c: Connection, gone: Collection[str], kept: str) -> None:
    """What was owed and posted for events that have been merged into another belongs to that one."""
    c.execute(_MOVE_EVENTS, {"gone": gone, "kept": kept})


def move_cards(c: Connection, refs: Collection[str], event: str | None) -> None:
    """What was owed and posted of these reports ("report:…") belongs to another event, or to none."""
    c.execute(update(t.deliveries).where(t.deliveries.c.ref.in_(refs)).values(event_id=event))


def give_up(c: Connection, *, platform: str, channel: str, why: str) -> int:
    """Count all that is owed to a place as dead, so that it can be replayed when the place is open again."""
    rows = t.deliveries
    done = c.execute(
        update(rows)
        .where(rows.c.platform == platform, rows.c.channel == channel, rows.c.state == "due")
        .values(state="dead", open=False, leased_until=None, reason=why)
    )
    return int(done.rowcount)


def replay(c: Connection, *, tenant: str, channel: str, key: str, now: datetime) -> int:
    """Owe a channel's dead deliveries again whose keys begin with `key` ("" all); returns how many."""
    return _settle(c, tenant, channel, key, state="due", open=True, due_at=t.stamp(now), attempts=0, postponed=False)


def drop(c: Connection, *, tenant: str, channel: str, key: str) -> int:
    """Strike a channel's dead deliveries off whose keys begin with `key` ("" all); returns how many."""
    return _settle(c, tenant, channel, key, state="dropped", open=False, reason="dropped by hand")


def withdraw(c: Connection, *, tenant: str, channel: str) -> int:
    """Strike off all that is owed to a channel and has not been sent; returns how many."""
    rows = t.deliveries
    done = c.execute(
        update(rows)
        .where(rows.c.tenant == tenant, rows.c.channel == channel, rows.c.state == "due")
        .values(state="dropped", open=False, reason="nothing is posted here any more")
    )
    return int(done.rowcount)


def _settle(c: Connection, tenant: str, channel: str, key: str, **values: object) -> int:
    rows = t.deliveries
    done = c.execute(
        update(rows)
        .where(rows.c.tenant == tenant, rows.c.channel == channel, rows.c.state == "dead")
        .where(rows.c.key.startswith(key, autoescape=True))
        .values(**values)
    )
    return int(done.rowcount)


def forget_person(c: Connection, platform: str, user: str, *, tenant: str, watches: Iterable[str]) -> None:
    """Forget what was or is owed to a person's direct messages, and by their watches; of one tenant where given."""
    rows = t.deliveries
    own = [
        rows.c.ref.startswith(f"{kind}:{watch}:", autoescape=True) for watch in watches for kind in ("alert", "alerts")
    ]
    gone = delete(rows).where(rows.c.platform == platform, or_(rows.c.channel == user, *own))
    c.execute(gone.where(rows.c.tenant == tenant) if tenant else gone)
