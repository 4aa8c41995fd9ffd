"""Creates reconciliations and the differences they find."""

from alembic import op

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    op.execute(
        """
        CREATE TABLE reconciliations (
            id UUID NOT NULL,
            provider TEXT NOT NULL,
            since TIMESTAMP WITH TIME ZONE NOT NULL,
            until TIMESTAMP WITH TIME ZONE NOT NULL,
            began_at TIMESTAMP WITH TIME ZONE NOT NULL,
            ended_at TIMESTAMP WITH TIME ZONE,
            compared INTEGER DEFAULT '0' NOT NULL,
            CONSTRAINT reconciliations_pkey PRIMARY KEY (id)
        )
        """
    )
    op.execute(
        """
        CREATE INDEX reconciliations_provider_began_at_idx ON reconciliations (provider, began_at)
        """
    )
    op.execute(
        """
        CREATE TABLE differences (
            id UUID NOT NULL,
            provider TEXT NOT NULL,
            kind TEXT NOT NULL,
            ref TEXT NOT NULL,
            number TEXT,
            ours NUMERIC(12, 2),
            theirs NUMERIC(12, 2),
            currency TEXT NOT NULL,
            moved_at TIMESTAMP WITH TIME ZONE NOT NULL,
            state TEXT DEFAULT 'open' NOT NULL,
            found_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
            seen_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
            ended_at TIMESTAMP WITH TIME ZONE,
            dismissed_by UUID,
            reason TEXT DEFAULT '' NOT NULL,
            CONSTRAINT differences_pkey PRIMARY KEY (id),
            CONSTRAINT differences_state_known_check CHECK (state IN ('open', 'cured', 'dismissed')),
            CONSTRAINT differences_kind_known_check CHECK (kind IN ('charge_unknown_here', 'charge_in_doubt_here', 'charge_given_up_here', 'charge_missing_there', 'amount_differs', 'refund_unknown_here', 'refund_in_doubt_here', 'refund_missing_there', 'refund_failed_there')),
            CONSTRAINT differences_dismissed_by_somebody_check CHECK ((state = 'dismissed') = (dismissed_by IS NOT NULL)),
            CONSTRAINT differences_dismissed_with_reason_check CHECK (state <> 'dismissed' OR reason <> ''),
            CONSTRAINT differences_provider_kind_ref_key UNIQUE (provider, kind, ref),
            CONSTRAINT differences_dismissed_by_fkey FOREIGN KEY(dismissed_by) REFERENCES accounts (id)
        )
        """
    )
    op.execute(
        """
        CREATE INDEX differences_state_found_at_idx ON differences (state, found_at)
        """
    )


def downgrade() -> None:
    op.execute("DROP TABLE differences")
    op.execute("DROP TABLE reconciliations")
