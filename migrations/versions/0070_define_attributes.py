"""Lets staff define what is known about the products of a category."""

from alembic import op

revision = "0070"
down_revision = "0062"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("""
        CREATE TABLE attributes (
            id uuid CONSTRAINT attributes_pkey PRIMARY KEY,
            category_id uuid NOT NULL CONSTRAINT attributes_category_id_fkey REFERENCES categories (id),
            slug text NOT NULL CONSTRAINT attributes_slug_key UNIQUE,
            name text NOT NULL,
            kind text NOT NULL CONSTRAINT attributes_kind_known_check
                CHECK (kind IN ('text', 'number', 'choice', 'flag', 'date')),
            unit text NOT NULL DEFAULT '',
            options jsonb NOT NULL DEFAULT '[]'
                CONSTRAINT attributes_options_listed_check CHECK (jsonb_typeof(options) = 'array'),
            required boolean NOT NULL DEFAULT false,
            filterable boolean NOT NULL DEFAULT false,
            shown text NOT NULL DEFAULT 'page' CONSTRAINT attributes_shown_known_check
                CHECK (shown IN ('list', 'page', 'staff')),
            position integer NOT NULL DEFAULT 0,
            version integer NOT NULL DEFAULT 1,
            created_at timestamptz NOT NULL DEFAULT now(),
            updated_at timestamptz NOT NULL DEFAULT now()
        )
    """)
    op.execute("CREATE INDEX attributes_category_id_idx ON attributes (category_id)")


def downgrade() -> None:
    op.execute("DROP TABLE attributes")
