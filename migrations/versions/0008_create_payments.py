"""Creates payments, attempts and the provider's events."""

from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.execute(
        """
        CREATE TABLE provider_events (
            provider TEXT NOT NULL,
            event_id TEXT NOT NULL,
            kind TEXT NOT NULL,
            object_ref TEXT,
            received_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
            CONSTRAINT provider_events_pkey PRIMARY KEY (provider, event_id)
        )
        """
    )
    op.execute(
        """
        CREATE TABLE payments (
            id UUID NOT NULL,
            order_id UUID NOT NULL,
            provider TEXT NOT NULL,
            provider_ref TEXT,
            state TEXT NOT NULL,
            amount NUMERIC(12, 2) NOT NULL,
            currency TEXT DEFAULT 'KRW' NOT NULL,
            refunding NUMERIC(12, 2) DEFAULT '0' NOT NULL,
            refunded NUMERIC(12, 2) DEFAULT '0' NOT NULL,
            created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
            updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
            CONSTRAINT payments_pkey PRIMARY KEY (id),
            CONSTRAINT payments_state_known_check CHECK (state IN ('sent', 'action_needed', 'unknown', 'paid', 'refused', 'cancelled')),
            CONSTRAINT payments_amount_positive_check CHECK (amount > 0),
            CONSTRAINT payments_never_refund_more_than_paid_check CHECK (refunding >= 0 AND refunded >= 0 AND refunding + refunded <= amount),
            CONSTRAINT payments_paid_is_known_outside_check CHECK (state <> 'paid' OR provider_ref IS NOT NULL),
            CONSTRAINT payments_order_id_fkey FOREIGN KEY(order_id) REFERENCES orders (id)
        )
        """
    )
    op.execute(
        """
        CREATE INDEX payments_order_id_idx ON payments (order_id)
        """
    )
    op.execute(
        """
        CREATE UNIQUE INDEX payments_order_once_idx ON payments (order_id) WHERE state NOT IN ('refused', 'cancelled')
        """
    )
    op.execute(
        """
        CREATE UNIQUE INDEX payments_provider_ref_idx ON payments (provider, provider_ref)
        """
    )
    op.execute(
        """
        CREATE TABLE payment_attempts (
            key TEXT NOT NULL,
            payment_id UUID NOT NULL,
            kind TEXT NOT NULL,
            state TEXT DEFAULT 'sent' NOT NULL,
            amount NUMERIC(12, 2) NOT NULL,
            provider_ref TEXT,
            answer TEXT,
            created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
            updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
            CONSTRAINT payment_attempts_pkey PRIMARY KEY (key),
            CONSTRAINT payment_attempts_kind_known_check CHECK (kind IN ('charge', 'refund')),
            CONSTRAINT payment_attempts_state_known_check CHECK (state IN ('sent', 'pending', 'done', 'failed', 'unknown')),
            CONSTRAINT payment_attempts_amount_positive_check CHECK (amount > 0),
            CONSTRAINT payment_attempts_payment_id_fkey FOREIGN KEY(payment_id) REFERENCES payments (id)
        )
        """
    )
    op.execute(
        """
        CREATE INDEX payment_attempts_payment_id_idx ON payment_attempts (payment_id)
        """
    )


def downgrade() -> None:
    op.execute("DROP TABLE payment_attempts")
    op.execute("DROP TABLE payments")
    op.execute("DROP TABLE provider_events")
