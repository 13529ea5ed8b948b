"""What waits to be understood is MessagePack"""

import msgspec
import sqlalchemy as sa
from alembic import op

revision = '0011_received'
down_revision = '0010_private'


def upgrade() -> None:
    pack_received(op.get_bind())


def pack_received(connection: sa.Connection) -> None:
    """Write each row's value, which was JSON, as MessagePack."""
    last = 0
    while True:
        rows = connection.execute(
            sa.text("SELECT number, value FROM received WHERE number > :last ORDER BY number LIMIT 100"),
            {"last": last}).all()
        if not rows:
            return
        connection.execute(
            sa.text("UPDATE received SET value = :value WHERE number = :number"),
            [{"number": row.number, "value": msgspec.msgpack.encode(msgspec.json.decode(row.value))} for row in rows])
        last = rows[-1].number


def downgrade() -> None:
    raise NotImplementedError("restore the backup that was made before the upgrade")
