"""Counts how often a refund was tried, and finds at once those whose money came back."""

from alembic import op

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("ALTER TABLE refunds ADD COLUMN tries INTEGER DEFAULT '1' NOT NULL")
    op.execute("ALTER TABLE refunds ADD CONSTRAINT refunds_tries_positive_check CHECK (tries >= 1)")
    op.execute(
        """
        CREATE INDEX payment_attempts_returned_idx ON payment_attempts (updated_at)
        WHERE kind = 'refund' AND state = 'failed'
        """
    )


def downgrade() -> None:
    op.execute("DROP INDEX payment_attempts_returned_idx")
    op.execute("ALTER TABLE refunds DROP COLUMN tries")
