"""Offerings and the prices of a product count their edits, so that two editors of one are told of each other."""

from alembic import op

revision = "0102"
down_revision = "0101"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("ALTER TABLE offerings ADD COLUMN version integer NOT NULL DEFAULT 1")
    op.execute("ALTER TABLE products ADD COLUMN prices_version integer NOT NULL DEFAULT 1")


def downgrade() -> None:
    op.execute("ALTER TABLE products DROP COLUMN prices_version")
    op.execute("ALTER TABLE offerings DROP COLUMN version")
