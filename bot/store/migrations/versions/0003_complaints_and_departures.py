"""Errors that people report, and tenants that have left"""

import sqlalchemy as sa
from alembic import op

revision = '0003_complaints'
down_revision = '0002_received'


def upgrade() -> None:
    op.create_table('complaints',
    sa.Column('number', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.Column('tenant', sa.String(), nullable=False),
    sa.Column('user', sa.String(), nullable=False),
    sa.Column('settled', sa.Boolean(), nullable=False),
    sa.Column('value', sa.LargeBinary(), nullable=False),
    sa.PrimaryKeyConstraint('number')
    )
    with op.batch_alter_table('complaints', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_complaints_tenant'), ['tenant'], unique=False)
        batch_op.create_index(batch_op.f('ix_complaints_user'), ['user'], unique=False)

    op.create_table('departures',
    sa.Column('tenant', sa.String(), nullable=False),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('tenant')
    )
    with op.batch_alter_table('departures', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_departures_at'), ['at'], unique=False)
