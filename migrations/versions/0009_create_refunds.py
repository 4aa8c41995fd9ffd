"""Creates refunds and their lines."""

from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.execute(
        """
        CREATE TABLE refunds (
            id UUID NOT NULL,
            order_id UUID NOT NULL,
            state TEXT DEFAULT 'requested' NOT NULL,
            amount NUMERIC(12, 2) NOT NULL,
            points INTEGER DEFAULT '0' NOT NULL,
            accrual INTEGER DEFAULT '0' NOT NULL,
            currency TEXT DEFAULT 'KRW' NOT NULL,
            reason TEXT NOT NULL,
            requested_by UUID NOT NULL,
            decided_by UUID,
            decision_reason TEXT DEFAULT '' NOT NULL,
            decided_at TIMESTAMP WITH TIME ZONE,
            sent_at TIMESTAMP WITH TIME ZONE,
            settled_at TIMESTAMP WITH TIME ZONE,
            attempt_key TEXT,
            idempotency_key TEXT,
            request_hash TEXT,
            created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
            updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
            CONSTRAINT refunds_pkey PRIMARY KEY (id),
            CONSTRAINT refunds_state_known_check CHECK (state IN ('requested', 'approved', 'rejected', 'sent', 'settled', 'cancelled')),
            CONSTRAINT refunds_money_not_negative_check CHECK (amount >= 0 AND points >= 0 AND accrual >= 0),
            CONSTRAINT refunds_rejected_with_reason_check CHECK (state <> 'rejected' OR decision_reason <> ''),
            CONSTRAINT refunds_attempt_key_key UNIQUE (attempt_key),
            CONSTRAINT refunds_order_id_idempotency_key_key UNIQUE (order_id, idempotency_key),
            CONSTRAINT refunds_order_id_fkey FOREIGN KEY(order_id) REFERENCES orders (id),
            CONSTRAINT refunds_requested_by_fkey FOREIGN KEY(requested_by) REFERENCES accounts (id),
            CONSTRAINT refunds_decided_by_fkey FOREIGN KEY(decided_by) REFERENCES accounts (id)
        )
        """
    )
    op.execute(
        """
        CREATE UNIQUE INDEX refunds_open_once_idx ON refunds (order_id) WHERE state IN ('requested', 'approved')
        """
    )
    op.execute(
        """
        CREATE INDEX refunds_order_id_idx ON refunds (order_id)
        """
    )
    op.execute(
        """
        CREATE INDEX refunds_state_created_at_idx ON refunds (state, created_at)
        """
    )
    op.execute(
        """
        CREATE TABLE refund_lines (
            refund_id UUID NOT NULL,
            order_line_id UUID NOT NULL,
            amount NUMERIC(12, 2) NOT NULL,
            points INTEGER DEFAULT '0' NOT NULL,
            CONSTRAINT refund_lines_pkey PRIMARY KEY (refund_id, order_line_id),
            CONSTRAINT refund_lines_money_not_negative_check CHECK (amount >= 0 AND points >= 0),
            CONSTRAINT refund_lines_refund_id_fkey FOREIGN KEY(refund_id) REFERENCES refunds (id),
            CONSTRAINT refund_lines_order_line_id_fkey FOREIGN KEY(order_line_id) REFERENCES order_lines (id)
        )
        """
    )


def downgrade() -> None:
    op.execute("DROP TABLE refund_lines")
    op.execute("DROP TABLE refunds")
