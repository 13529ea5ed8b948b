"""Reports that not everybody sees are marked in the index"""

from alembic import op

from bot.store.reports import mark_private

revision = '0010_private'
down_revision = '0009_corrections'


def upgrade() -> None:
    mark_private(op.get_bind())


def downgrade() -> None:
    raise NotImplementedError("restore the backup that was made before the upgrade")
