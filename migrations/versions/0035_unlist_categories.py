"""Lets a category be left out of every list, and found by its address alone."""

from alembic import op

revision = "0035"
down_revision = "0028"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("ALTER TABLE categories ADD COLUMN unlisted BOOLEAN DEFAULT false NOT NULL")


def downgrade() -> None:
    op.execute("ALTER TABLE categories DROP COLUMN unlisted")
