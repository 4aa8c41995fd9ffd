"""Creates the apps that may ask for tokens."""

from alembic import op

revision = "0050"
down_revision = "0042"


def upgrade() -> None:
    op.execute(
        """
        CREATE TABLE oauth_clients (
            id TEXT NOT NULL,
            name TEXT NOT NULL,
            secret_hash BYTEA,
            redirect_uris TEXT[] DEFAULT '{}' NOT NULL,
            scope TEXT NOT NULL,
            account_id UUID,
            closed_at TIMESTAMP WITH TIME ZONE,
            created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
            CONSTRAINT oauth_clients_pkey PRIMARY KEY (id),
            CONSTRAINT oauth_clients_id_plain_check CHECK (id ~ '^[a-z0-9][a-z0-9-]{2,63}$'),
            CONSTRAINT oauth_clients_named_check CHECK (name <> ''),
            CONSTRAINT oauth_clients_for_something_check CHECK (scope <> ''),
            CONSTRAINT oauth_clients_partner_has_a_secret_check CHECK (account_id IS NULL OR secret_hash IS NOT NULL),
            CONSTRAINT oauth_clients_leads_somewhere_check CHECK (account_id IS NOT NULL OR redirect_uris <> '{}'),
            CONSTRAINT oauth_clients_account_id_fkey FOREIGN KEY (account_id) REFERENCES accounts (id) ON DELETE CASCADE
        )
        """
    )


def downgrade() -> None:
    op.execute("DROP TABLE oauth_clients")
