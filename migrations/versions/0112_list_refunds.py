"""Lets staff turn the pages of all refunds, however many there are."""

from alembic import op

revision = "0112"
down_revision = "0111"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("CREATE INDEX refunds_created_at_idx ON refunds (created_at, id)")


def downgrade() -> None:
    op.execute("DROP INDEX refunds_created_at_idx")
