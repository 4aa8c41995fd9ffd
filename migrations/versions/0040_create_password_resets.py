"""Creates the links by which one may choose a new password."""

from alembic import op

revision = "0040"
down_revision = "0037"


def upgrade() -> None:
    op.execute(
        """
        CREATE TABLE password_resets (
            digest BYTEA NOT NULL,
            account_id UUID NOT NULL,
            expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
            used_at TIMESTAMP WITH TIME ZONE,
            created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
            CONSTRAINT password_resets_pkey PRIMARY KEY (digest),
            CONSTRAINT password_resets_account_id_fkey FOREIGN KEY(account_id) REFERENCES accounts (id) ON DELETE CASCADE
        )
        """
    )
    op.execute("CREATE INDEX password_resets_account_id_idx ON password_resets (account_id)")


def downgrade() -> None:
    op.execute("DROP TABLE password_resets")
