"""Lets staff find an order by the beginning of its number, or by a part of a name or an address, among many."""

from alembic import op

revision = "0110"
down_revision = "0103"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("CREATE INDEX orders_number_idx ON orders (number text_pattern_ops)")
    op.execute("CREATE INDEX accounts_search_idx ON accounts USING gin (email gin_trgm_ops, lower(name) gin_trgm_ops)")


def downgrade() -> None:
    op.execute("DROP INDEX accounts_search_idx")
    op.execute("DROP INDEX orders_number_idx")
