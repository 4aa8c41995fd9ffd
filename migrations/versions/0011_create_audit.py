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


def downgrade() -> None:
    op.execute("DROP TABLE audit_entries")
