"""Lets a product cost something else at some hours, days or seasons: one rate counts at a time, by its rank."""

from alembic import op

revision = "0090"
down_revision = "0076"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("""
        CREATE TABLE price_rates (
            id uuid NOT NULL CONSTRAINT price_rates_pkey PRIMARY KEY,
            product_id uuid NOT NULL
                CONSTRAINT price_rates_product_id_fkey REFERENCES products (id) ON DELETE CASCADE,
            rank smallint NOT NULL,
            weekdays smallint NOT NULL,
            minutes int4range NOT NULL,
            first_day date,
            last_day date,
            yearly boolean NOT NULL DEFAULT false,
            percent integer,
            amount numeric(12, 2),
            currency text NOT NULL DEFAULT 'KRW',
            valid tstzrange NOT NULL,
            reason text NOT NULL,
            set_by uuid CONSTRAINT price_rates_set_by_fkey REFERENCES accounts (id),
            ended_by uuid CONSTRAINT price_rates_ended_by_fkey REFERENCES accounts (id),
            ended_why text NOT NULL DEFAULT '',
            created_at timestamptz NOT NULL DEFAULT now(),
            CONSTRAINT price_rates_rank_in_bounds_check CHECK (rank BETWEEN 1 AND 20),
            CONSTRAINT price_rates_weekdays_known_check CHECK (weekdays BETWEEN 1 AND 127),
            CONSTRAINT price_rates_minutes_in_bounds_check CHECK (
                NOT isempty(minutes) AND lower(minutes) BETWEEN 0 AND 1439
                AND upper(minutes) - lower(minutes) <= 1440
            ),
            CONSTRAINT price_rates_season_whole_check CHECK (
                (first_day IS NULL) = (last_day IS NULL) AND (first_day IS NOT NULL OR NOT yearly)
                AND (yearly OR first_day IS NULL OR first_day <= last_day)
            ),
            CONSTRAINT price_rates_one_way_check CHECK ((percent IS NULL) <> (amount IS NULL)),
            CONSTRAINT price_rates_percent_in_bounds_check CHECK (percent BETWEEN -100 AND 1000 AND percent <> 0),
            CONSTRAINT price_rates_amount_not_negative_check CHECK (amount >= 0),
            CONSTRAINT price_rates_valid_has_start_check CHECK (NOT isempty(valid) AND NOT lower_inf(valid)),
            CONSTRAINT price_rates_one_of_a_rank
                EXCLUDE USING gist (product_id WITH =, rank WITH =, valid WITH &&)
        )
    """)


def downgrade() -> None:
    op.execute("DROP TABLE price_rates")
