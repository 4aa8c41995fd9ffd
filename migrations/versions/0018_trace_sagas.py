"""Lets a saga name the request it began with, and finds open attempts at the provider without reading all."""

from alembic import op

revision = "0018"
down_revision = "0013"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("ALTER TABLE sagas ADD COLUMN trace TEXT")
    op.execute(
        """
        CREATE INDEX payment_attempts_open_idx ON payment_attempts (state, created_at)
        WHERE state IN ('sent', 'pending', 'unknown')
        """
    )


def downgrade() -> None:
    op.execute("DROP INDEX payment_attempts_open_idx")
    op.execute("ALTER TABLE sagas DROP COLUMN trace")
