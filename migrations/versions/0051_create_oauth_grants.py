"""Creates what people allowed apps, and the codes and refresh tokens that came of it."""

from alembic import op

revision = "0051"
down_revision = "0050"


def upgrade() -> None:
    op.execute(
        """
        CREATE TABLE oauth_grants (
            id UUID NOT NULL,
            kind TEXT NOT NULL,
            account_id UUID NOT NULL,
            client_id TEXT NOT NULL,
            scope TEXT NOT NULL,
            auth_time TIMESTAMP WITH TIME ZONE,
            granted_at TIMESTAMP WITH TIME ZONE NOT NULL,
            used_at TIMESTAMP WITH TIME ZONE NOT NULL,
            expires_at TIMESTAMP WITH TIME ZONE,
            revoked_at TIMESTAMP WITH TIME ZONE,
            revoked_because TEXT,
            CONSTRAINT oauth_grants_pkey PRIMARY KEY (id),
            CONSTRAINT oauth_grants_kind_known_check CHECK (kind IN ('code', 'client')),
            CONSTRAINT oauth_grants_revoked_with_reason_check
                CHECK ((revoked_at IS NULL) = (revoked_because IS NULL)),
            CONSTRAINT oauth_grants_account_id_fkey FOREIGN KEY (account_id) REFERENCES accounts (id) ON DELETE CASCADE,
            CONSTRAINT oauth_grants_client_id_fkey
                FOREIGN KEY (client_id) REFERENCES oauth_clients (id) ON DELETE CASCADE
        );
        CREATE INDEX oauth_grants_account_id_idx ON oauth_grants (account_id, client_id);
        CREATE UNIQUE INDEX oauth_grants_client_once_idx ON oauth_grants (client_id)
            WHERE kind = 'client' AND revoked_at IS NULL;

        CREATE TABLE oauth_codes (
            code_hash BYTEA NOT NULL,
            client_id TEXT NOT NULL,
            account_id UUID NOT NULL,
            scope TEXT NOT NULL,
            redirect_uri TEXT NOT NULL,
            code_challenge TEXT NOT NULL,
            auth_time TIMESTAMP WITH TIME ZONE,
            issued_at TIMESTAMP WITH TIME ZONE NOT NULL,
            expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
            grant_id UUID,
            CONSTRAINT oauth_codes_pkey PRIMARY KEY (code_hash),
            CONSTRAINT oauth_codes_client_id_fkey
                FOREIGN KEY (client_id) REFERENCES oauth_clients (id) ON DELETE CASCADE,
            CONSTRAINT oauth_codes_account_id_fkey FOREIGN KEY (account_id) REFERENCES accounts (id) ON DELETE CASCADE,
            CONSTRAINT oauth_codes_grant_id_fkey FOREIGN KEY (grant_id) REFERENCES oauth_grants (id) ON DELETE CASCADE
        );
        CREATE INDEX oauth_codes_expires_at_idx ON oauth_codes (expires_at);

        CREATE TABLE oauth_refresh_tokens (
            token_hash BYTEA NOT NULL,
            grant_id UUID NOT NULL,
            issued_at TIMESTAMP WITH TIME ZONE NOT NULL,
            used_at TIMESTAMP WITH TIME ZONE,
            CONSTRAINT oauth_refresh_tokens_pkey PRIMARY KEY (token_hash),
            CONSTRAINT oauth_refresh_tokens_grant_id_fkey
                FOREIGN KEY (grant_id) REFERENCES oauth_grants (id) ON DELETE CASCADE
        );
        CREATE INDEX oauth_refresh_tokens_grant_id_idx ON oauth_refresh_tokens (grant_id);
        """
    )


def downgrade() -> None:
    op.execute("DROP TABLE oauth_refresh_tokens; DROP TABLE oauth_codes; DROP TABLE oauth_grants")
