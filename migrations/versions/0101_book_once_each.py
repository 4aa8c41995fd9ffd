"""A product may say that one person has one booking of a time at most."""

from alembic import op

revision = "0101"
down_revision = "0100"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("ALTER TABLE offerings ADD COLUMN once_each boolean NOT NULL DEFAULT false")


def downgrade() -> None:
    op.execute("ALTER TABLE offerings DROP COLUMN once_each")
