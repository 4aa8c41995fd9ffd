"""Creates holds and reservations, with the constraint that no overlap can be stored."""

from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.execute(
        """
        CREATE TABLE holds (
            id UUID NOT NULL,
            account_id UUID NOT NULL,
            product_id UUID NOT NULL,
            resource_id UUID NOT NULL,
            starts_at TIMESTAMP WITH TIME ZONE NOT NULL,
            ends_at TIMESTAMP WITH TIME ZONE NOT NULL,
            quantity INTEGER NOT NULL,
            amount NUMERIC(12, 2) NOT NULL,
            currency TEXT DEFAULT 'KRW' NOT NULL,
            extensions INTEGER DEFAULT '0' NOT NULL,
            idempotency_key TEXT,
            request_hash TEXT,
            created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
            CONSTRAINT holds_pkey PRIMARY KEY (id),
            CONSTRAINT holds_quantity_positive_check CHECK (quantity >= 1),
            CONSTRAINT holds_ends_after_start_check CHECK (ends_at > starts_at),
            CONSTRAINT holds_amount_not_negative_check CHECK (amount >= 0),
            CONSTRAINT holds_account_id_fkey FOREIGN KEY(account_id) REFERENCES accounts (id),
            CONSTRAINT holds_product_id_fkey FOREIGN KEY(product_id) REFERENCES products (id),
            CONSTRAINT holds_resource_id_fkey FOREIGN KEY(resource_id) REFERENCES resources (id)
        )
        """
    )
    op.execute(
        """
        CREATE INDEX holds_account_id_created_at_idx ON holds (account_id, created_at)
        """
    )
    op.execute(
        """
        CREATE UNIQUE INDEX holds_idempotency_idx ON holds (account_id, idempotency_key)
        """
    )
    op.execute(
        """
        CREATE TABLE reservations (
            id UUID NOT NULL,
            hold_id UUID NOT NULL,
            resource_id UUID NOT NULL,
            unit SMALLINT NOT NULL,
            account_id UUID NOT NULL,
            during TSTZRANGE NOT NULL,
            status TEXT DEFAULT 'PENDING' NOT NULL,
            expires_at TIMESTAMP WITH TIME ZONE,
            order_id UUID,
            created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
            updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
            CONSTRAINT reservations_pkey PRIMARY KEY (id),
            CONSTRAINT reservations_resource_id_unit_fkey FOREIGN KEY(resource_id, unit) REFERENCES resource_units (resource_id, unit),
            CONSTRAINT reservations_status_known_check CHECK (status IN ('PENDING', 'CONFIRMED', 'CANCELLED')),
            CONSTRAINT reservations_during_bounded_check CHECK (NOT isempty(during) AND NOT lower_inf(during) AND NOT upper_inf(during) AND isfinite(lower(during)) AND isfinite(upper(during))),
            CONSTRAINT reservations_pending_ends_or_is_ordered_check CHECK (status <> 'PENDING' OR order_id IS NOT NULL OR expires_at IS NOT NULL),
            CONSTRAINT reservations_confirmed_is_ordered_check CHECK (status <> 'CONFIRMED' OR order_id IS NOT NULL),
            CONSTRAINT reservations_no_overlap EXCLUDE USING gist (resource_id WITH =, unit WITH =, during WITH &&) WHERE (status <> 'CANCELLED'),
            CONSTRAINT reservations_hold_id_fkey FOREIGN KEY(hold_id) REFERENCES holds (id),
            CONSTRAINT reservations_account_id_fkey FOREIGN KEY(account_id) REFERENCES accounts (id)
        )
        """
    )
    op.execute(
        """
        CREATE INDEX reservations_account_id_idx ON reservations (account_id)
        """
    )
    op.execute(
        """
        CREATE INDEX reservations_expiring_idx ON reservations (expires_at) WHERE status = 'PENDING' AND order_id IS NULL
        """
    )
    op.execute(
        """
        CREATE INDEX reservations_hold_id_idx ON reservations (hold_id)
        """
    )
    op.execute(
        """
        CREATE INDEX reservations_order_id_idx ON reservations (order_id)
        """
    )


def downgrade() -> None:
    op.execute("DROP TABLE reservations")
    op.execute("DROP TABLE holds")
