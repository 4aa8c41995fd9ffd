"""Closures that come again: a series with its rule, whose days are ordinary closures; and which holidays were decided."""

from alembic import op

revision = "0091"
down_revision = "0090"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("""
        CREATE TABLE closure_series (
            id uuid NOT NULL CONSTRAINT closure_series_pkey PRIMARY KEY,
            resource_id uuid NOT NULL
                CONSTRAINT closure_series_resource_id_fkey REFERENCES resources (id) ON DELETE CASCADE,
            every text NOT NULL,
            weekdays smallint NOT NULL,
            minutes int4range NOT NULL DEFAULT '[0,1440)',
            first_day date NOT NULL,
            last_day date,
            left_out date[] NOT NULL DEFAULT '{}',
            reason text NOT NULL DEFAULT '',
            made_by uuid CONSTRAINT closure_series_made_by_fkey REFERENCES accounts (id),
            created_at timestamptz NOT NULL DEFAULT now(),
            CONSTRAINT closure_series_every_known_check CHECK (
                every IN ('week', 'fortnight', 'first', 'second', 'third', 'fourth', 'last')
            ),
            CONSTRAINT closure_series_weekdays_known_check CHECK (weekdays BETWEEN 1 AND 127),
            CONSTRAINT closure_series_minutes_in_bounds_check CHECK (
                NOT isempty(minutes) AND lower(minutes) BETWEEN 0 AND 1439 AND upper(minutes) <= 2880
            )
        )
    """)
    op.execute("CREATE INDEX closure_series_resource_id_idx ON closure_series (resource_id)")
    op.execute("""
        ALTER TABLE closures ADD COLUMN series_id uuid
            CONSTRAINT closures_series_id_fkey REFERENCES closure_series (id)
    """)
    op.execute("CREATE INDEX closures_series_id_idx ON closures (series_id) WHERE series_id IS NOT NULL")
    op.execute("""
        CREATE TABLE holiday_choices (
            resource_id uuid NOT NULL
                CONSTRAINT holiday_choices_resource_id_fkey REFERENCES resources (id) ON DELETE CASCADE,
            day date NOT NULL,
            name text NOT NULL,
            closed boolean NOT NULL,
            CONSTRAINT holiday_choices_pkey PRIMARY KEY (resource_id, day)
        )
    """)


def downgrade() -> None:
    op.execute("DROP TABLE holiday_choices")
    op.execute("ALTER TABLE closures DROP COLUMN series_id")
    op.execute("DROP TABLE closure_series")
