"""Creates resources, opening hours, closures and offerings."""

from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.execute(
        """
        CREATE TABLE resources (
            id UUID NOT NULL,
            slug TEXT NOT NULL,
            name TEXT NOT NULL,
            place TEXT DEFAULT '' NOT NULL,
            units INTEGER NOT NULL,
            time_zone TEXT NOT NULL,
            withdrawn_at TIMESTAMP WITH TIME ZONE,
            version INTEGER DEFAULT '1' NOT NULL,
            created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
            updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
            CONSTRAINT resources_pkey PRIMARY KEY (id),
            CONSTRAINT resources_units_in_bounds_check CHECK (units BETWEEN 1 AND 1000),
            CONSTRAINT resources_slug_key UNIQUE (slug)
        )
        """
    )
    op.execute(
        """
        CREATE TABLE closures (
            id UUID NOT NULL,
            resource_id UUID NOT NULL,
            during TSTZRANGE NOT NULL,
            reason TEXT DEFAULT '' NOT NULL,
            created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
            CONSTRAINT closures_pkey PRIMARY KEY (id),
            CONSTRAINT closures_during_bounded_check CHECK (NOT isempty(during) AND NOT lower_inf(during) AND NOT upper_inf(during)),
            CONSTRAINT closures_no_overlap EXCLUDE USING gist (resource_id WITH =, during WITH &&),
            CONSTRAINT closures_resource_id_fkey FOREIGN KEY(resource_id) REFERENCES resources (id) ON DELETE CASCADE
        )
        """
    )
    op.execute(
        """
        CREATE TABLE opening_hours (
            id UUID NOT NULL,
            resource_id UUID NOT NULL,
            weekday SMALLINT NOT NULL,
            minutes INT4RANGE NOT NULL,
            CONSTRAINT opening_hours_pkey PRIMARY KEY (id),
            CONSTRAINT opening_hours_weekday_known_check CHECK (weekday BETWEEN 0 AND 6),
            CONSTRAINT opening_hours_minutes_in_bounds_check CHECK (NOT isempty(minutes) AND lower(minutes) BETWEEN 0 AND 1439 AND upper(minutes) <= 2880),
            CONSTRAINT opening_hours_no_overlap EXCLUDE USING gist (resource_id WITH =, weekday WITH =, minutes WITH &&),
            CONSTRAINT opening_hours_resource_id_fkey FOREIGN KEY(resource_id) REFERENCES resources (id) ON DELETE CASCADE
        )
        """
    )
    op.execute(
        """
        CREATE TABLE resource_units (
            resource_id UUID NOT NULL,
            unit SMALLINT NOT NULL,
            CONSTRAINT resource_units_pkey PRIMARY KEY (resource_id, unit),
            CONSTRAINT resource_units_unit_positive_check CHECK (unit >= 1),
            CONSTRAINT resource_units_resource_id_fkey FOREIGN KEY(resource_id) REFERENCES resources (id)
        )
        """
    )
    op.execute(
        """
        CREATE TABLE offerings (
            id UUID NOT NULL,
            product_id UUID NOT NULL,
            resource_id UUID NOT NULL,
            min_length INTEGER NOT NULL,
            max_length INTEGER NOT NULL,
            length_step INTEGER DEFAULT '30' NOT NULL,
            start_step INTEGER DEFAULT '30' NOT NULL,
            buffer_before INTEGER DEFAULT '0' NOT NULL,
            buffer_after INTEGER DEFAULT '0' NOT NULL,
            lead_time INTEGER DEFAULT '0' NOT NULL,
            horizon_days INTEGER DEFAULT '90' NOT NULL,
            max_quantity INTEGER DEFAULT '1' NOT NULL,
            CONSTRAINT offerings_pkey PRIMARY KEY (id),
            CONSTRAINT offerings_product_id_resource_id_key UNIQUE (product_id, resource_id),
            CONSTRAINT offerings_lengths_in_bounds_check CHECK (min_length > 0 AND max_length >= min_length AND max_length <= 1440),
            CONSTRAINT offerings_steps_positive_check CHECK (length_step > 0 AND start_step > 0),
            CONSTRAINT offerings_buffers_not_negative_check CHECK (buffer_before >= 0 AND buffer_after >= 0),
            CONSTRAINT offerings_window_in_bounds_check CHECK (lead_time >= 0 AND horizon_days BETWEEN 1 AND 730),
            CONSTRAINT offerings_max_quantity_positive_check CHECK (max_quantity >= 1),
            CONSTRAINT offerings_product_id_fkey FOREIGN KEY(product_id) REFERENCES products (id) ON DELETE CASCADE,
            CONSTRAINT offerings_resource_id_fkey FOREIGN KEY(resource_id) REFERENCES resources (id)
        )
        """
    )
    op.execute(
        """
        CREATE INDEX offerings_resource_id_idx ON offerings (resource_id)
        """
    )


def downgrade() -> None:
    op.execute("DROP TABLE offerings")
    op.execute("DROP TABLE resource_units")
    op.execute("DROP TABLE opening_hours")
    op.execute("DROP TABLE closures")
    op.execute("DROP TABLE resources")
