"""Reports that wait to be understood"""

import sqlalchemy as sa
from alembic import op

revision = '0002_received'
down_revision = '0001'


def upgrade() -> None:
    op.create_table('received',
    sa.Column('number', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('feed_id', sa.String(), nullable=False),
    sa.Column('tenant', sa.String(), nullable=False),
    sa.Column('reports', sa.Integer(), nullable=False),
    sa.Column('value', sa.LargeBinary(), nullable=False),
    sa.PrimaryKeyConstraint('number')
    )
    op.create_index('ix_received_feed_id', 'received', ['feed_id'])
