"""Products that many want at once may have a queue in front of them: how many choose at a time, and for how long."""

from alembic import op

revision = "0103"
down_revision = "0102"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("""
        CREATE TABLE rushes (
            product_id uuid NOT NULL,
            open boolean DEFAULT false NOT NULL,
            at_once integer NOT NULL,
            minutes integer NOT NULL,
            opened_at timestamptz DEFAULT now() NOT NULL,
            version integer DEFAULT 1 NOT NULL,
            CONSTRAINT rushes_pkey PRIMARY KEY (product_id),
            CONSTRAINT rushes_product_id_fkey FOREIGN KEY (product_id) REFERENCES products (id) ON DELETE CASCADE,
            CONSTRAINT rushes_at_once_in_bounds_check CHECK (at_once BETWEEN 1 AND 100000),
            CONSTRAINT rushes_minutes_in_bounds_check CHECK (minutes BETWEEN 1 AND 60)
        )
    """)


def downgrade() -> None:
    op.execute("DROP TABLE rushes")
