"""Lets the list of refunds find the move that a refund comes from."""

from alembic import op

revision = "0111"
down_revision = "0110"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("CREATE INDEX moves_refund_id_idx ON moves (refund_id)")


def downgrade() -> None:
    op.execute("DROP INDEX moves_refund_id_idx")
