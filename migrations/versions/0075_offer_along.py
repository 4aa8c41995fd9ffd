"""Says which goods are offered together with a product that is booked, and how many at most."""

from alembic import op

revision = "0075"
down_revision = "0074"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("""
        CREATE TABLE addons (
            product_id uuid NOT NULL CONSTRAINT addons_product_id_fkey REFERENCES products (id),
            goods_id uuid NOT NULL CONSTRAINT addons_goods_id_fkey REFERENCES products (id),
            most integer NOT NULL CONSTRAINT addons_most_positive_check CHECK (most >= 1),
            position integer NOT NULL,
            CONSTRAINT addons_pkey PRIMARY KEY (product_id, goods_id)
        )
    """)
    op.execute("CREATE INDEX addons_goods_id_idx ON addons (goods_id)")


def downgrade() -> None:
    op.execute("DROP TABLE addons")
