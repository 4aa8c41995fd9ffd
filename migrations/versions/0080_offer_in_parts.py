"""Lets a product be booked on any of several resources, or on one of each of several parts at once."""

from alembic import op

revision = "0080"
down_revision = "0071"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("""
        CREATE TABLE offering_parts (
            product_id uuid NOT NULL
                CONSTRAINT offering_parts_product_id_fkey REFERENCES products (id) ON DELETE CASCADE,
            number smallint NOT NULL
                CONSTRAINT offering_parts_number_in_bounds_check CHECK (number BETWEEN 0 AND 4),
            name text NOT NULL DEFAULT '',
            once boolean NOT NULL DEFAULT false,
            choosable boolean NOT NULL DEFAULT false,
            CONSTRAINT offering_parts_pkey PRIMARY KEY (product_id, number)
        )
    """)
    op.execute("""
        CREATE TABLE offering_places (
            product_id uuid NOT NULL,
            resource_id uuid NOT NULL CONSTRAINT offering_places_resource_id_fkey REFERENCES resources (id),
            number smallint NOT NULL,
            CONSTRAINT offering_places_pkey PRIMARY KEY (product_id, resource_id),
            CONSTRAINT offering_places_product_id_fkey FOREIGN KEY (product_id, number)
                REFERENCES offering_parts (product_id, number) ON DELETE CASCADE
        )
    """)
    op.execute("CREATE INDEX offering_places_resource_id_idx ON offering_places (resource_id)")
    op.execute("ALTER TABLE holds ADD COLUMN served_by text NOT NULL DEFAULT ''")


def downgrade() -> None:
    op.execute("ALTER TABLE holds DROP COLUMN served_by")
    op.execute("DROP TABLE offering_places")
    op.execute("DROP TABLE offering_parts")
