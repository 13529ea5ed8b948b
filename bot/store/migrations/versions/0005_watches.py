"""Watches by their place, what they have been told, and words that wait for people"""

import sqlalchemy as sa
from alembic import op

revision = '0005_watches'
down_revision = '0004_deliveries'


def upgrade() -> None:
    with op.batch_alter_table('watches', schema=None) as batch_op:
        batch_op.add_column(sa.Column('platform', sa.String(), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('channel', sa.String(), nullable=False, server_default=''))
        batch_op.create_index('watches_of_place', ['platform', 'channel'])
    op.create_table('alerts',
    sa.Column('watch_id', sa.String(), nullable=False),
    sa.Column('change', sa.String(), nullable=False),
    sa.Column('tenant', sa.String(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('report_id', sa.String(), nullable=False),
    sa.Column('text', sa.String(), nullable=False),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.Column('delivery', sa.String(), nullable=False),
    sa.PrimaryKeyConstraint('watch_id', 'change')
    )
    op.create_index('ix_alerts_at', 'alerts', ['at'])
    op.create_index('ix_alerts_delivery', 'alerts', ['delivery'])
    op.create_table('person_notes',
    sa.Column('number', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('platform', sa.String(), nullable=False),
    sa.Column('user', sa.String(), nullable=False),
    sa.Column('tenant', sa.String(), nullable=False),
    sa.Column('text', sa.String(), nullable=False),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('number')
    )
    op.create_index('person_notes_of', 'person_notes', ['platform', 'user'])
    op.create_index('ix_events_merged_into', 'events', ['merged_into'])
