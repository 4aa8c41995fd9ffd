"""Keeps how somebody had shown who they are when they let an app in, for its tokens to say (RFC 9068, 2.2.1)."""

from alembic import op

revision = "0055"
down_revision = "0060"


def upgrade() -> None:
    op.execute("ALTER TABLE oauth_codes ADD COLUMN shown TEXT[] NOT NULL DEFAULT '{}'")
    op.execute("ALTER TABLE oauth_grants ADD COLUMN shown TEXT[] NOT NULL DEFAULT '{}'")


def downgrade() -> None:
    op.execute("ALTER TABLE oauth_grants DROP COLUMN shown")
    op.execute("ALTER TABLE oauth_codes DROP COLUMN shown")
