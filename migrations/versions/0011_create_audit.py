"""Creates the audit trail, which is only ever appended to."""

from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.execute(
        """
        CREATE TABLE audit_entries (
            id BIGINT GENERATED ALWAYS AS IDENTITY,
            at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
            actor_id UUID,
            action TEXT NOT NULL,
            subject_kind TEXT NOT NULL,
            subject_id TEXT NOT NULL,
            details JSONB DEFAULT '{}' NOT NULL,
            CONSTRAINT audit_entries_pkey PRIMARY KEY (id)
        )
        """
    )
    op.execute(
        """
        CREATE INDEX audit_entries_actor_id_idx ON audit_entries (actor_id, id)
        """
    )
    op.execute(
        """
        CREATE INDEX audit_entries_subject_idx ON audit_entries (subject_kind, subject_id, id)
        """
    )
    op.execute(
        """
        CREATE TRIGGER audit_entries_appended_only BEFORE UPDATE OR DELETE ON audit_entries
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
        """
    )
    op.execute(
        """
        CREATE TABLE proposals (
            id UUID NOT NULL,
            act TEXT NOT NULL,
            subject TEXT NOT NULL,
            details JSONB DEFAULT '{}' NOT NULL,
            reason TEXT NOT NULL,
            state TEXT DEFAULT 'open' NOT NULL,
            proposed_by UUID NOT NULL,
            proposed_at TIMESTAMP WITH TIME ZONE NOT NULL,
            decided_by UUID,
            decided_at TIMESTAMP WITH TIME ZONE,
            CONSTRAINT proposals_pkey PRIMARY KEY (id),
            CONSTRAINT proposals_state_known_check CHECK (state IN ('open', 'confirmed', 'withdrawn')),
            CONSTRAINT proposals_decided_by_somebody_check CHECK ((state = 'open') = (decided_by IS NULL)),
            CONSTRAINT proposals_four_eyes_check CHECK (state <> 'confirmed' OR decided_by <> proposed_by),
            CONSTRAINT proposals_with_reason_check CHECK (reason <> ''),
            CONSTRAINT proposals_proposed_by_fkey FOREIGN KEY(proposed_by) REFERENCES accounts (id),
            CONSTRAINT proposals_decided_by_fkey FOREIGN KEY(decided_by) REFERENCES accounts (id)
        )
        """
    )
    op.execute(
        """
        CREATE UNIQUE INDEX proposals_open_once_idx ON proposals (subject, act) WHERE state = 'open'
        """
    )


def downgrade() -> None:
    op.execute("DROP TABLE proposals")
    op.execute("DROP TABLE audit_entries")
