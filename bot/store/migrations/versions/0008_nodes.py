"""Many nodes on one PostgreSQL: who is there, who holds which feed, and the queue of what is to be understood"""

import sqlalchemy as sa
from alembic import op

from bot.store.jobs import install

revision = '0008_nodes'
down_revision = '0007_retention'


def upgrade() -> None:
    op.create_table('nodes',
    sa.Column('id', sa.String(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('started_at', sa.BigInteger(), nullable=False),
    sa.Column('until', sa.BigInteger(), nullable=False),
    sa.Column('keeper', sa.Boolean(), nullable=False),
    sa.PrimaryKeyConstraint('id')
    )
    op.add_column('feeds', sa.Column('holder', sa.String(), nullable=True))
    op.create_index('feeds_held', 'feeds', ['holder'],
                    sqlite_where=sa.text("holder IS NOT NULL"), postgresql_where=sa.text("holder IS NOT NULL"))
    op.add_column('received', sa.Column('told', sa.LargeBinary(), nullable=True))
    connection = op.get_bind()
    if connection.dialect.name == 'postgresql':
        op.create_index('deliveries_leased', 'deliveries', ['platform', 'channel'], postgresql_where=sa.text("state = 'leased'"))
        install(connection)


def downgrade() -> None:
    raise NotImplementedError("restore the backup that was made before the upgrade")
