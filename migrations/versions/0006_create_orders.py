"""Creates orders and their lines."""

from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.execute(
        """
        CREATE TABLE orders (
            id UUID NOT NULL,
            number TEXT NOT NULL,
            account_id UUID NOT NULL,
            state TEXT NOT NULL,
            currency TEXT DEFAULT 'KRW' NOT NULL,
            total NUMERIC(12, 2) NOT NULL,
            points_used INTEGER DEFAULT '0' NOT NULL,
            charge NUMERIC(12, 2) NOT NULL,
            points_accrued INTEGER DEFAULT '0' NOT NULL,
            refunded NUMERIC(12, 2) DEFAULT '0' NOT NULL,
            points_returned INTEGER DEFAULT '0' NOT NULL,
            refusal TEXT,
            action_url TEXT,
            pay_by TIMESTAMP WITH TIME ZONE,
            idempotency_key TEXT,
            request_hash TEXT,
            placed_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
            updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
            CONSTRAINT orders_pkey PRIMARY KEY (id),
            CONSTRAINT orders_state_known_check CHECK (state IN ('processing', 'awaiting_payment', 'completed', 'cancelled', 'refunding', 'refunded')),
            CONSTRAINT orders_money_not_negative_check CHECK (total >= 0 AND points_used >= 0 AND charge >= 0),
            CONSTRAINT orders_money_adds_up_check CHECK (charge + points_used = total),
            CONSTRAINT orders_refunded_in_bounds_check CHECK (refunded >= 0 AND refunded <= charge),
            CONSTRAINT orders_points_returned_in_bounds_check CHECK (points_returned >= 0 AND points_returned <= points_used),
            CONSTRAINT orders_account_id_idempotency_key_key UNIQUE (account_id, idempotency_key),
            CONSTRAINT orders_number_key UNIQUE (number),
            CONSTRAINT orders_account_id_fkey FOREIGN KEY(account_id) REFERENCES accounts (id)
        )
        """
    )
    op.execute(
        """
        CREATE INDEX orders_account_id_placed_at_idx ON orders (account_id, placed_at)
        """
    )
    op.execute(
        """
        CREATE INDEX orders_placed_at_idx ON orders (placed_at)
        """
    )
    op.execute(
        """
        CREATE INDEX orders_state_placed_at_idx ON orders (state, placed_at)
        """
    )
    op.execute(
        """
        CREATE TABLE order_lines (
            id UUID NOT NULL,
            order_id UUID NOT NULL,
            position INTEGER NOT NULL,
            kind TEXT NOT NULL,
            state TEXT DEFAULT 'active' NOT NULL,
            product_id UUID NOT NULL,
            hold_id UUID,
            title TEXT NOT NULL,
            quantity INTEGER NOT NULL,
            amount NUMERIC(12, 2) NOT NULL,
            points_share INTEGER DEFAULT '0' NOT NULL,
            charge_share NUMERIC(12, 2) NOT NULL,
            CONSTRAINT order_lines_pkey PRIMARY KEY (id),
            CONSTRAINT order_lines_kind_known_check CHECK (kind IN ('booking', 'goods')),
            CONSTRAINT order_lines_booking_has_hold_check CHECK ((kind = 'booking') = (hold_id IS NOT NULL)),
            CONSTRAINT order_lines_state_known_check CHECK (state IN ('active', 'cancelling', 'cancelled')),
            CONSTRAINT order_lines_quantity_positive_check CHECK (quantity >= 1),
            CONSTRAINT order_lines_shares_not_negative_check CHECK (charge_share >= 0 AND points_share >= 0),
            CONSTRAINT order_lines_money_adds_up_check CHECK (charge_share + points_share = amount),
            CONSTRAINT order_lines_order_id_position_key UNIQUE (order_id, position),
            CONSTRAINT order_lines_order_id_fkey FOREIGN KEY(order_id) REFERENCES orders (id),
            CONSTRAINT order_lines_product_id_fkey FOREIGN KEY(product_id) REFERENCES products (id),
            CONSTRAINT order_lines_hold_id_fkey FOREIGN KEY(hold_id) REFERENCES holds (id)
        )
        """
    )
    op.execute(
        """
        CREATE INDEX order_lines_hold_id_idx ON order_lines (hold_id)
        """
    )


def downgrade() -> None:
    op.execute("DROP TABLE order_lines")
    op.execute("DROP TABLE orders")
