"""Texts that have been dropped, and reports that have been forgotten"""

import sqlalchemy as sa
from alembic import op

revision = '0007_retention'
down_revision = '0006_places'


def upgrade() -> None:
    op.add_column('reports', sa.Column('dropped', sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_index('reports_to_drop', 'reports', ['dropped', 'fetched_at'])
    op.create_table('forgotten',
    sa.Column('report_id', sa.String(), nullable=False),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('report_id')
    )


def downgrade() -> None:
    raise NotImplementedError("restore the backup that was made before the upgrade")
