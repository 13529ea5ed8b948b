"""Deliveries with what changes in columns, lanes, and what digests collect.

Revision ID: 0004_deliveries
Revises: 0003_complaints
"""

import json
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0004_deliveries"
down_revision = '0003_complaints'
branch_labels = None
depends_on = None

_COLUMNS: tuple[sa.Column[Any], ...] = (
    sa.Column("kind", sa.String(), nullable=False, server_default="post"),
    sa.Column("open", sa.Boolean(), nullable=False, server_default=sa.false()),
    sa.Column("holder", sa.String()),
    sa.Column("attempts", sa.Integer(), nullable=False, server_default="0"),
    sa.Column("tried_at", sa.BigInteger()),
    sa.Column("postponed", sa.Boolean(), nullable=False, server_default=sa.false()),
    sa.Column("parts", sa.Integer(), nullable=False, server_default="0"),
    sa.Column("posted", sa.LargeBinary()),
    sa.Column("reason", sa.String(), nullable=False, server_default=""),
    sa.Column("lane", sa.String(), nullable=False, server_default=""),
    sa.Column("subscription_id", sa.String()),
    sa.Column("card", sa.String(), nullable=False, server_default=""),
    sa.Column("mentions", sa.Boolean(), nullable=False, server_default=sa.false()),
)
_INDEXES = {
    "ix_deliveries_number": ["number"],
    "deliveries_of_channel": ["platform", "channel", "number"],
    "deliveries_of_subscription": ["subscription_id", "due_at"],
}


_OPEN_INDEXES = {"deliveries_open": ["number"], "deliveries_of_lane": ["lane", "number"]}


def upgrade() -> None:
    with op.batch_alter_table("deliveries") as batch_op:
        batch_op.drop_index("deliveries_due")
        batch_op.drop_index("deliveries_of_channel")
        for column in _COLUMNS:
            batch_op.add_column(column._copy())
    _fill()
    with op.batch_alter_table("deliveries") as batch_op:
        for name, columns in _INDEXES.items():
            batch_op.create_index(name, columns, unique=False)
    for name, columns in _OPEN_INDEXES.items():
        op.create_index(
            name,
            "deliveries",
            columns,
            unique=False,
            sqlite_where=sa.text("open IS 1"),
            postgresql_where=sa.text("open IS true"),
        )
    op.create_table(
        "digest_items",
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("ref", sa.String(), nullable=False),
        sa.Column("event_id", sa.String()),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("owner", "due_at", "ref"),
    )


def _fill() -> None:
    """What stood in the values alone goes into the columns; an unfinished attempt is one of which nobody knows."""
    connection = op.get_bind()
    names = "key state due_at event_id platform channel value " + " ".join(column.name for column in _COLUMNS)
    table = sa.table("deliveries", *(sa.column(name) for name in names.split()))
    rows = [(row, json.loads(row.value)) for row in connection.execute(sa.select(table)).all()]
    cards = {_message(row, held): row.key for row, held in rows if held["kind"] != "edit" and held.get("posted")}
    for row, held in rows:
        # An edit named the message; from here on it names the card that stands there.
        if held["kind"] == "edit":
            held["card"] = cards.get(_message(row, held), "")
        posted = held.get("posted")
        tried = row.due_at if row.state in ("due", "leased") and held.get("attempts") else None
        connection.execute(
            sa.update(table)
            .where(table.c.key == row.key)
            .values(
                kind=held["kind"],
                open=row.state in ("due", "leased"),
                attempts=held.get("attempts", 0),
                tried_at=tried,
                posted=json.dumps(posted).encode() if posted else None,
                reason=held.get("reason", ""),
                lane=f"{row.platform}\n{row.channel}\n{row.event_id or row.key}",
                subscription_id=held.get("subscription_id"),
                card=held.get("card", ""),
                value=json.dumps(held).encode(),
            )
        )


def _message(row: Any, held: dict[str, Any]) -> tuple[str, str, str]:
    posted = held.get("posted") or {}
    return row.platform, posted.get("channel", ""), posted.get("message", "")


def downgrade() -> None:
    op.drop_table("digest_items")
    for name in _OPEN_INDEXES:
        op.drop_index(name, "deliveries")
    with op.batch_alter_table("deliveries") as batch_op:
        for name in _INDEXES:
            batch_op.drop_index(name)
        for column in _COLUMNS:
            batch_op.drop_column(column.name)
        batch_op.create_index("deliveries_due", ["state", "due_at", "number"], unique=False)
        batch_op.create_index("deliveries_of_channel", ["platform", "channel", "state"], unique=False)
