"""Notes of what changed are found by the outlet of their report"""

import sqlalchemy as sa
from alembic import op

from bot.store.postings import folded

revision = '0009_corrections'
down_revision = '0008_nodes'


def upgrade() -> None:
    op.add_column('notes', sa.Column('outlet', sa.String(), nullable=False, server_default=''))
    connection = op.get_bind()
    name_outlets(connection)
    op.create_index('notes_by_outlet', 'notes', ['outlet', 'kind', 'at', 'number'])


def name_outlets(connection: sa.Connection) -> None:
    """Give each note the outlet of its report."""
    last = -1
    while True:
        rows = connection.execute(
            sa.text("SELECT notes.number, reports.outlet FROM notes JOIN reports ON reports.id = notes.report_id"
                    " WHERE notes.number > :last ORDER BY notes.number LIMIT 1000"), {"last": last}).all()
        if not rows:
            return
        connection.execute(
            sa.text("UPDATE notes SET outlet = :outlet WHERE number = :number"),
            [{"number": row.number, "outlet": folded(row.outlet or "")} for row in rows])
        last = rows[-1].number


def downgrade() -> None:
    raise NotImplementedError("restore the backup that was made before the upgrade")
