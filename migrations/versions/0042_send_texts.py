"""Lets what is sent to people go as a text message as well as by mail."""

from alembic import op

revision = "0042"
down_revision = "0041"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute(
        """
        ALTER TABLE mails ADD COLUMN channel TEXT DEFAULT 'mail' NOT NULL,
        ADD CONSTRAINT mails_channel_known_check CHECK (channel IN ('mail', 'sms'))
        """
    )


def downgrade() -> None:
    op.execute("ALTER TABLE mails DROP COLUMN channel")
