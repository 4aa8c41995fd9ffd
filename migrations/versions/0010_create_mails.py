"""Creates mails."""

from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.execute(
        """
        CREATE TABLE mails (
            id UUID NOT NULL,
            account_id UUID NOT NULL,
            template TEXT NOT NULL,
            data JSONB NOT NULL,
            key TEXT NOT NULL,
            state TEXT DEFAULT 'queued' NOT NULL,
            attempts INTEGER DEFAULT '0' NOT NULL,
            last_error TEXT,
            next_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
            sent_at TIMESTAMP WITH TIME ZONE,
            created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
            CONSTRAINT mails_pkey PRIMARY KEY (id),
            CONSTRAINT mails_state_known_check CHECK (state IN ('queued', 'sent', 'failed')),
            CONSTRAINT mails_account_id_fkey FOREIGN KEY(account_id) REFERENCES accounts (id),
            CONSTRAINT mails_key_key UNIQUE (key)
        )
        """
    )
    op.execute(
        """
        CREATE INDEX mails_account_id_idx ON mails (account_id)
        """
    )
    op.execute(
        """
        CREATE INDEX mails_due_idx ON mails (next_at) WHERE state = 'queued'
        """
    )


def downgrade() -> None:
    op.execute("DROP TABLE mails")
