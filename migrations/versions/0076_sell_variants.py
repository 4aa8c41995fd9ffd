"""Lets a product be sold in variants: rows of their own, with a name among the others of the same product."""

from alembic import op

revision = "0076"
down_revision = "0075"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("""
        ALTER TABLE products
            ADD COLUMN variant_of uuid CONSTRAINT products_variant_of_fkey REFERENCES products (id),
            ADD COLUMN variant text NOT NULL DEFAULT '',
            ADD CONSTRAINT products_variant_named_check CHECK ((variant_of IS NULL) = (variant = '')),
            ADD CONSTRAINT products_not_its_own_variant_check CHECK (variant_of <> id)
    """)
    op.execute("CREATE INDEX products_variant_of_idx ON products (variant_of)")


def downgrade() -> None:
    op.execute("""
        ALTER TABLE products
            DROP COLUMN variant_of,
            DROP COLUMN variant
    """)
