"""Adds codes by mail and text message, recovery codes, remembered devices and passkeys beside authenticator apps."""

from alembic import op

revision = "0041"
down_revision = "0040"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    _kinds("'totp', 'email', 'sms'")
    op.execute(
        """
        CREATE TABLE sent_codes (
            challenge TEXT NOT NULL,
            account_id UUID NOT NULL,
            digest TEXT NOT NULL,
            tries INTEGER DEFAULT 0 NOT NULL,
            expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
            used_at TIMESTAMP WITH TIME ZONE,
            created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
            CONSTRAINT sent_codes_pkey PRIMARY KEY (challenge),
            CONSTRAINT sent_codes_account_id_fkey FOREIGN KEY(account_id) REFERENCES accounts (id) ON DELETE CASCADE
        )
        """
    )
    op.execute("CREATE INDEX sent_codes_account_id_idx ON sent_codes (account_id)")
    op.execute(
        """
        CREATE TABLE recovery_codes (
            account_id UUID NOT NULL,
            label TEXT NOT NULL,
            digest TEXT NOT NULL,
            used_at TIMESTAMP WITH TIME ZONE,
            created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
            CONSTRAINT recovery_codes_pkey PRIMARY KEY (account_id, label),
            CONSTRAINT recovery_codes_account_id_fkey FOREIGN KEY(account_id) REFERENCES accounts (id) ON DELETE CASCADE
        )
        """
    )
    op.execute(
        """
        CREATE TABLE devices (
            id UUID NOT NULL,
            account_id UUID NOT NULL,
            digest BYTEA NOT NULL,
            agent TEXT NOT NULL,
            expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
            created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
            CONSTRAINT devices_pkey PRIMARY KEY (id),
            CONSTRAINT devices_digest_key UNIQUE (digest),
            CONSTRAINT devices_account_id_fkey FOREIGN KEY(account_id) REFERENCES accounts (id) ON DELETE CASCADE
        )
        """
    )
    op.execute("CREATE INDEX devices_account_id_idx ON devices (account_id)")
    op.execute(
        """
        CREATE TABLE passkeys (
            id UUID NOT NULL,
            account_id UUID NOT NULL,
            credential_id BYTEA NOT NULL,
            public_key BYTEA NOT NULL,
            sign_count BIGINT NOT NULL,
            name TEXT NOT NULL,
            last_used_at TIMESTAMP WITH TIME ZONE,
            created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
            CONSTRAINT passkeys_pkey PRIMARY KEY (id),
            CONSTRAINT passkeys_credential_id_key UNIQUE (credential_id),
            CONSTRAINT passkeys_account_id_fkey FOREIGN KEY(account_id) REFERENCES accounts (id) ON DELETE CASCADE
        )
        """
    )
    op.execute("CREATE INDEX passkeys_account_id_idx ON passkeys (account_id)")


def downgrade() -> None:
    for table in ("passkeys", "devices", "recovery_codes", "sent_codes"):
        op.execute(f"DROP TABLE {table}")
    op.execute("DELETE FROM second_factors WHERE kind <> 'totp'")
    _kinds("'totp'")


def _kinds(names: str) -> None:
    op.execute("ALTER TABLE second_factors DROP CONSTRAINT second_factors_kind_known_check")
    op.execute(f"ALTER TABLE second_factors ADD CONSTRAINT second_factors_kind_known_check CHECK (kind IN ({names}))")
