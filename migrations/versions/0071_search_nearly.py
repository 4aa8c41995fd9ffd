"""Lets a search find what was nearly typed: words in their letters, Korean syllables taken apart."""

from alembic import op

revision = "0071"
down_revision = "0070"

WORDS = "lower(normalize(name || ' ' || summary, NFD))"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute(f"ALTER TABLE products ADD COLUMN words text NOT NULL GENERATED ALWAYS AS ({WORDS}) STORED")
    op.execute("CREATE INDEX products_words_idx ON products USING gin (words gin_trgm_ops)")
    op.execute("DROP INDEX products_search_idx")
    op.execute("CREATE INDEX products_attributes_idx ON products USING gin (attributes jsonb_path_ops)")


def downgrade() -> None:
    op.execute("CREATE INDEX products_search_idx ON products USING gin (lower(name || ' ' || summary) gin_trgm_ops)")
    op.execute("DROP INDEX products_attributes_idx")
    op.execute("DROP INDEX products_words_idx")
    op.execute("ALTER TABLE products DROP COLUMN words")
