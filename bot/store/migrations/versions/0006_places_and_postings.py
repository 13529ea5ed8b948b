"""Reports and events are found by terms at places: words, facts and who may see them, in one walk"""

import sqlalchemy as sa
from alembic import op

from bot.store.postings import create_indexes
from bot.store.reports import index_all

revision = '0006_places'
down_revision = '0005_watches'


def upgrade() -> None:
    connection = op.get_bind()
    op.drop_table('actors')
    op.drop_table('claims')
    op.execute("DROP TABLE search")
    op.create_table('names',
    sa.Column('tenant', sa.String(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('folded', sa.String(), nullable=False),
    sa.Column('times', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('tenant', 'kind', 'name')
    )
    op.create_index('names_by_use', 'names', ['tenant', 'kind', 'times', 'folded', 'name'])
    op.create_index('names_by_beginning', 'names', ['tenant', 'kind', 'folded', 'times', 'name'])
    op.create_index('notes_by_kind', 'notes', ['kind', 'at', 'number'])
    op.add_column('events', sa.Column('terms', sa.Text(), nullable=False, server_default=''))
    op.drop_column('events', 'folded')
    for table in ('events', 'reports'):
        # A column of its own, and no copy of the table: rows of others refer to it.
        op.add_column(table, sa.Column('place', sa.BigInteger(), nullable=True))
        op.create_index(f'{table}_by_place', table, ['place'], unique=True)
    create_indexes(connection)
    give_places(connection)
    index_all(connection)


def give_places(connection: sa.Connection) -> None:
    """Places by time of publication, 64 in a second, as `postings.free_places` gives them."""
    free, at = 0, (-2**62, '')
    while True:
        rows = connection.execute(
            sa.text("SELECT id, published_at FROM reports WHERE (published_at, id) > (:at, :id)"
                    " ORDER BY published_at, id LIMIT 1000"), {"at": at[0], "id": at[1]}).all()
        if not rows:
            return
        given = []
        for row in rows:
            place = max(free, row.published_at // 1000 * 64)
            given.append({"id": row.id, "place": place})
            free = place + 1
        connection.execute(sa.text("UPDATE reports SET place = :place WHERE id = :id"), given)
        at = rows[-1].published_at, rows[-1].id


def downgrade() -> None:
    raise NotImplementedError("restore the backup that was made before the upgrade")
